"""What there is to do: files on the disk against files in the database, by content."""

import errno
import hashlib
import os
import stat
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from app.ingest.ledger import Ledger
from app.ingest.resolve.corrections import FILE_NAMES
from app.parsing.readers import SeedFile, is_warc, list_slices
from app.vocabulary import SourceStatus

_CHUNK = 1 << 18


class SeedsMissingError(Exception):
    """A file or folder that is to be read is not there.

    To go on would take its articles out of the database; it may just not be mounted.
    """


@dataclass(frozen=True, slots=True)
class Work:
    """A file to read.

    Attributes:
        sha256: In hexadecimal; empty when the file cannot be opened, so that it is tried again.
        size: In bytes.
        is_new: The database does not know the file.
    """

    file: SeedFile
    sha256: str
    size: int
    is_new: bool


@dataclass(frozen=True, slots=True)
class Scan:
    """What was found.

    Attributes:
        files: All files by name.
        work: Those to read, by name.
        gone: Names of the database's files that are no longer there, sorted.
    """

    files: dict[str, SeedFile]
    work: tuple[Work, ...]
    gone: tuple[str, ...]


def scan_files(files: Iterable[SeedFile], *, ledger: Ledger, max_bytes: int) -> Scan:
    """Compare files with what the database holds of them.

    A file is to be read when the database does not know it, its content is another, parser or
    model have another version, it could not be opened, or the last reading was cut off. A folder
    that cannot be listed keeps the files that the database has from it.

    Args:
        files: As `find_files` yields them.
        ledger: What the database holds.
        max_bytes: Larger files are not hashed, since they are not read either.
    """
    found: dict[str, SeedFile] = {}
    work: list[Work] = []
    closed_folders: list[str] = []
    for file, sha256, size in hash_files(files, max_bytes=max_bytes):
        if file.name in found:
            continue
        found[file.name] = file
        known = ledger.sources.get(file.name)
        if (
            known is None
            or not sha256
            or known.sha256 != sha256
            or known.versions != ledger.versions
            or known.status == SourceStatus.LOADING
        ):
            work.append(Work(file, sha256, size, is_new=known is None))
        if not sha256 and file.url is None and file.path.is_dir():
            closed_folders.append(f"{file.name}/")
    work.sort(key=lambda one: one.file.name)
    gone = (
        name
        for name in ledger.sources
        if name not in found
        and not name.startswith(tuple(closed_folders))
        and name.rpartition("/")[2].lower() not in FILE_NAMES
    )
    return Scan(found, tuple(work), tuple(sorted(gone)))


def hash_files(files: Iterable[SeedFile], *, max_bytes: int) -> Iterator[tuple[SeedFile, str, int]]:
    """Yield files, of large WARC files their slices, each with its hash and size in bytes.

    Args:
        files: Whole files, or slices as this yielded them.
        max_bytes: See `scan_files`.
    """
    for file in files:
        if not is_warc(str(file.place)):
            yield file, *hash_file(file, max_bytes=max_bytes)
            continue
        # Read piece by piece, so that no limit is needed.
        whole, size = hash_file(file, max_bytes=sys.maxsize)
        if file.span is not None:
            yield file, _hash_slice(whole, file.span), file.span[1] - file.span[0]
            continue
        slices = list_slices(size)
        if len(slices) == 1:
            yield file, whole, size
            continue
        for start, end in slices:
            # Named as a range of HTTP is, with its last byte.
            one = replace(file, name=f"{file.name}#bytes={start}-{end - 1}", span=(start, end))
            yield one, _hash_slice(whole, (start, end)), end - start


def _hash_slice(whole: str, span: tuple[int, int]) -> str:
    """Return what changes when a slice does; the whole counts, since a record may run over."""
    return hashlib.sha256(f"{whole} {span}".encode()).hexdigest() if whole else ""


def hash_file(file: SeedFile, *, max_bytes: int) -> tuple[str, int]:
    """Return the SHA-256 of a regular file's content, in hexadecimal, and its size in bytes.

    Of a file elsewhere it is `SeedFile.version`: the content is not fetched to be compared.

    The hash is empty when the file cannot be opened, is no regular file, is a link out of its
    folder, or is larger than `max_bytes`: what is wrong with it is for the reader to say. Pipes
    are never waited for.
    """
    if file.url is not None:
        return file.version, file.size
    # System calls without Python's file objects: for small files those are most of the time.
    flags = os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        try:
            descriptor = os.open(file.place, flags)
        except OSError as error:
            if error.errno != errno.ELOOP:
                return "", 0
            target = file.path.resolve(strict=True)
            if not target.is_relative_to(file.root.resolve()):
                return "", 0
            descriptor = os.open(target, flags)
        try:
            status = os.fstat(descriptor)
            size = status.st_size
            if not stat.S_ISREG(status.st_mode) or size > max_bytes:
                return "", size
            data = os.read(descriptor, _CHUNK)
            if len(data) == size:
                return hashlib.sha256(data).hexdigest(), size
            digest = hashlib.sha256(data)
            while data := os.read(descriptor, _CHUNK):
                digest.update(data)
            return digest.hexdigest(), size
        finally:
            os.close(descriptor)
    except (OSError, RuntimeError):
        return "", 0
