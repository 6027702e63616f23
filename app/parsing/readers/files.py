"""Which files there are, and their bytes, read without following a trap."""

import errno
import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path
from typing import IO

from app.parsing.errors import ReadError

# Files that stand beside articles and are none: hand-written facts about entities, and what
# editors leave behind.
_BESIDE_ARTICLES = frozenset({"entities.yaml", "entities.yml"})
_EDITOR_LEFTOVERS = ("~", ".bak", ".orig", ".swp", ".swo", ".tmp", ".rej")


@dataclass(frozen=True, slots=True)
class SeedFile:
    """A file that may hold articles.

    Attributes:
        place: Where it is; text where folders were read, since to make each its `path` took a third
            of the time in which unchanged files are looked through.
        root: The folder that it was found under; nothing outside of it is read.
        name: Its stable label: the path from the root's parent, with slashes
            ("seeds/000_x.txt"); for a file that was given by itself, the file's name.
        url: Where it is when that is not on this machine's disk; `place` then has its name only.
        size: Of a file elsewhere, in bytes.
        version: Of a file elsewhere, what changes with its content.
        span: The slice of it that is read, [start, end) in bytes; None: all of it.
    """

    place: str | Path
    root: Path
    name: str
    url: str | None = None
    size: int = 0
    version: str = ""
    span: tuple[int, int] | None = None

    @property
    def path(self) -> Path:
        """Where it is."""
        return Path(self.place)


def find_files(paths: Iterable[Path]) -> Iterator[SeedFile]:
    """Find the files that `paths` (files and folders) name, folders read to any depth.

    Hidden files and folders, editors' left-overs and ``entities.yaml`` are passed over. Files of
    a kind that no reader knows, links, pipes and paths that do not exist are yielded too, so that
    `read_file` can say what is wrong with them. Links to folders are not entered.

    Yields:
        Each file once, in the order of `paths` and by name inside of a folder.
    """
    given = [Path(os.path.abspath(path)) for path in paths]
    labels = _label_roots(given)
    seen: set[str] = set()
    for path, label in zip(given, labels, strict=True):
        if path.is_dir():
            found = _walk(str(path), root=path, label=label)
        else:
            found = iter([SeedFile(str(path), path.parent, label)])
        if len(given) == 1:  # nothing is met twice within one folder
            yield from found
            return
        for file in found:
            place = str(file.place)
            if place not in seen:
                seen.add(place)
                yield file


def _label_roots(paths: list[Path]) -> list[str]:
    """Name each path by its last part, by more parts where two would be called the same."""
    unique = list(dict.fromkeys(paths))
    lengths = dict.fromkeys(unique, 1)
    while True:
        labels = {path: "/".join(path.parts[-lengths[path] :]) for path in unique}
        shared = [
            path
            for path in unique
            if list(labels.values()).count(labels[path]) > 1 and lengths[path] < len(path.parts)
        ]
        if not shared:
            return [_to_utf8(labels[path]) for path in paths]
        for path in shared:
            lengths[path] += 1


def _walk(folder: str, *, root: Path, label: str) -> Iterator[SeedFile]:
    try:
        with os.scandir(folder) as entries:
            listing = sorted(entries, key=attrgetter("name"))
    except OSError:
        yield SeedFile(folder, root, label)
        return
    for entry in listing:
        if _is_passed_over(entry.name):
            continue
        name = f"{label}/{_to_utf8(entry.name)}"
        if entry.is_dir(follow_symlinks=False):
            yield from _walk(entry.path, root=root, label=name)
        else:
            yield SeedFile(entry.path, root, name)


def _is_passed_over(name: str) -> bool:
    lower = name.lower()
    return (
        lower.startswith(".")
        or (lower.startswith("#") and lower.endswith("#"))
        or lower in _BESIDE_ARTICLES
        or lower.endswith(_EDITOR_LEFTOVERS)
    )


def _to_utf8(name: str) -> str:
    """Make a file name printable: bytes that are not UTF-8 are escaped."""
    return name if name.isascii() else os.fsencode(name).decode("utf-8", "backslashreplace")


def read_bytes(file: SeedFile, *, max_bytes: int) -> bytes:
    """Read a regular file that lies inside of its root, at most `max_bytes` bytes long.

    Pipes, sockets and devices are never waited for, and a link out of the root is not followed.

    Raises:
        ReadError: It cannot be read, is no regular file, lies outside, is too large, or is empty.
    """
    if file.url is not None:
        # Imported here: it knows of `SeedFile`.
        from app.parsing.readers.remote import open_remote

        if file.size > max_bytes:
            raise ReadError(file.name, f"has {file.size:,} bytes; at most {max_bytes:,} are read")
        with open_remote(file) as stream:
            data = stream.read(max_bytes + 1)
        return _check_size(file, data=data, size=len(data), max_bytes=max_bytes)
    with open_local(file) as stream:
        size = os.fstat(stream.fileno()).st_size
        try:
            data = stream.read(max_bytes + 1) if size <= max_bytes else b""
        except OSError as error:
            raise ReadError(file.name, _say_why_not(error)) from error
    return _check_size(file, data=data, size=size, max_bytes=max_bytes)


def _check_size(file: SeedFile, *, data: bytes, size: int, max_bytes: int) -> bytes:
    size = max(size, len(data))
    if size > max_bytes:
        raise ReadError(file.name, f"has {size:,} bytes; at most {max_bytes:,} are read")
    if not data:
        raise ReadError(file.name, "is empty")
    return data


def open_local(file: SeedFile) -> IO[bytes]:
    """Open a regular file that lies inside of its root.

    Raises:
        ReadError: It cannot be opened, is no regular file, or lies outside.
    """
    try:
        path = file.path.resolve(strict=True)
        if not path.is_relative_to(file.root.resolve()):
            raise ReadError(file.name, "is a link that leads out of its folder; it is not followed")
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise ReadError(file.name, _say_what_it_is(status.st_mode))
        # The path can be exchanged after the look at it: the open file is looked at again, and
        # neither a link nor a pipe that took its place can lead astray or block.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC)
        stream = os.fdopen(descriptor, "rb")
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            stream.close()
            raise ReadError(file.name, _say_what_it_is(status.st_mode))
    except (OSError, RuntimeError) as error:
        raise ReadError(file.name, _say_why_not(error)) from error
    return stream


def _say_what_it_is(mode: int) -> str:
    kinds = (
        (stat.S_ISDIR, "a folder"),
        (stat.S_ISFIFO, "a named pipe"),
        (stat.S_ISSOCK, "a socket"),
        (stat.S_ISCHR, "a device"),
        (stat.S_ISBLK, "a device"),
    )
    kind = next((words for test, words in kinds if test(mode)), "something else")
    return f"is {kind}, not a file"


def _say_why_not(error: OSError | RuntimeError) -> str:
    number = error.errno if isinstance(error, OSError) else errno.ELOOP
    if number == errno.ENOENT:
        return "does not exist"
    if number in (errno.EACCES, errno.EPERM):
        return "may not be read: permission is missing"
    if number == errno.ELOOP:
        return "is a link that leads in a circle"
    return f"cannot be read: {error}"
