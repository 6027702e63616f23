"""Files that are elsewhere: listed and opened by fsspec, by URL.

``s3://``, ``gs://``, ``hdfs://``, ``https://`` and whatever else fsspec knows; each needs its own
package (s3fs, gcsfs, pyarrow, aiohttp), and takes credentials from where that package does.
https://filesystem-spec.readthedocs.io
"""

import hashlib
import time
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import IO, Any

from app.parsing.errors import ReadError
from app.parsing.readers.files import SeedFile

# What stores say of a file that changes when its content does, the surest first.
_IDENTITY = ("ETag", "etag", "md5Hash", "checksum", "mtime", "LastModified", "last_modified")
_TRIES = 3
_WAIT_S = 1.0


class RemoteError(Exception):
    """A URL cannot be listed; with the URL and the reason."""


def is_url(path: object) -> bool:
    """Say whether a path of the settings is a URL."""
    return isinstance(path, str) and "://" in path


def find_remote_files(url: str) -> Iterator[SeedFile]:
    """List the files that a URL names: one, all below a folder, or those that match a pattern.

    Args:
        url: With ``*``, ``?`` and ``**`` as fsspec's glob has them.

    Yields:
        Each file, by name. `SeedFile.version` is a hash of what the store says of its content
        (entity tag, checksum or time of change, and size): nothing is fetched.

    Raises:
        RemoteError: There is nothing, or it cannot be reached, or its package is not installed.
    """
    try:
        import fsspec
    except ImportError as error:
        raise RemoteError(f"{url} needs fsspec: pip install 'on-record[cluster]'") from error
    try:
        system, path = fsspec.core.url_to_fs(url)
        if any(mark in path for mark in "*?["):
            found: dict[str, dict[str, Any]] = system.glob(path, detail=True)
        else:
            info = system.info(path)
            found = {path: info} if info["type"] == "file" else system.find(path, detail=True)
    except FileNotFoundError as error:
        raise RemoteError(f"there is nothing at {url}") from error
    except Exception as error:
        # Each store has errors of its own.
        raise RemoteError(f"{url} cannot be listed: {type(error).__name__}: {error}") from error
    files = {name: info for name, info in sorted(found.items()) if info["type"] == "file"}
    if not files:
        raise RemoteError(f"there is nothing at {url}")
    for name, info in files.items():
        full = str(system.unstrip_protocol(name))
        size = int(info.get("size") or 0)
        identity = [str(info[key]) for key in _IDENTITY if info.get(key)]
        version = hashlib.sha256("\n".join([full, str(size), *identity[:1]]).encode()).hexdigest()
        path = Path(PurePosixPath(name).name)
        yield SeedFile(path, path.parent, full, url=full, size=size, version=version)


def open_remote(file: SeedFile) -> IO[bytes]:
    """Open a file for reading; it can be sought in.

    Raises:
        ReadError: It could not be opened, tried three times.
    """
    import fsspec

    for number in range(1, _TRIES + 1):
        try:
            stream: IO[bytes] = fsspec.open(file.url, "rb").open()
        except Exception as error:
            if number == _TRIES or isinstance(error, FileNotFoundError):
                raise ReadError(
                    file.name, f"cannot be opened: {type(error).__name__}: {error}"
                ) from error
            time.sleep(_WAIT_S * number)
        else:
            return stream
    raise AssertionError
