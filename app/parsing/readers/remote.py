"""Files that are elsewhere: listed and opened by fsspec, by URL.

``s3://``, ``gs://``, ``hdfs://``, ``https://`` and whatever else fsspec knows; each needs its own
package (s3fs, gcsfs, pyarrow, aiohttp), and takes credentials from where that package does.
https://filesystem-spec.readthedocs.io
"""

import hashlib
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import IO, Any

from app.parsing.errors import ReadError
from app.parsing.readers.files import SeedFile

# What stores say of a file that changes when its content does, the surest first.
_IDENTITY = (
    *("ETag", "etag", "md5Hash", "Content-MD5", "Digest", "checksum"),
    *("mtime", "LastModified", "last_modified", "Last-Modified", "created"),
)
# Packages that open a kind of store, and the extra that has each.
_EXTRAS = {
    **{"s3": "s3", "s3a": "s3", "gs": "gcs", "gcs": "gcs"},
    **{"hdfs": "hdfs", "http": "http", "https": "http"},
}
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
        system.invalidate_cache()  # what an earlier run of this process listed
        if any(mark in path for mark in "*?["):
            found: dict[str, dict[str, Any]] = system.glob(path, detail=True)
        else:
            info = system.info(path)
            found = {path: info} if info["type"] == "file" else system.find(path, detail=True)
        files = {
            name: _ask_more(system, name, info)
            for name, info in sorted(found.items())
            if info["type"] == "file"
        }
    except ImportError as error:
        extra = _EXTRAS.get(url.partition("://")[0])
        advice = f"pip install 'on-record[cluster,{extra}]'" if extra else str(error)
        raise RemoteError(f"{url} needs a package that is not installed: {advice}") from error
    except FileNotFoundError as error:
        raise RemoteError(f"there is nothing at {url}") from error
    except Exception as error:
        # Each store has errors of its own.
        raise RemoteError(f"{url} cannot be listed: {type(error).__name__}: {error}") from error
    if not files:
        raise RemoteError(f"there is nothing at {url}")
    for name, info in files.items():
        full = str(system.unstrip_protocol(name))
        size = int(info.get("size") or 0)
        identity = [_to_text(info[key]) for key in _IDENTITY if info.get(key)]
        version = hashlib.sha256("\n".join([full, str(size), *identity[:1]]).encode()).hexdigest()
        path = Path(PurePosixPath(name).name)
        yield SeedFile(path, path.parent, full, url=full, size=size, version=version)


def _ask_more(system: Any, name: str, info: dict[str, Any]) -> dict[str, Any]:
    """Return what a store says of a file, asked for that alone where its list says too little.

    A page of links, which is the list of a server on the web, has neither sizes nor times.
    """
    if info.get("size") is not None and any(info.get(key) for key in _IDENTITY):
        return info
    found: dict[str, Any] = system.info(name)
    return found


def _to_text(value: object) -> str:
    # Some stores give a time as such in one answer, and as seconds in another.
    return str(value.timestamp() if isinstance(value, datetime) else value)


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
