"""One ingest at a time for each database, over all processes of the machine.

The lock is the operating system's own on a file beside the database (flock), so that it goes with
the process that holds it, however that ends. The file itself stays: to delete it would let two
processes lock two files of one name. https://man7.org/linux/man-pages/man2/flock.2.html
"""

import contextlib
import fcntl
import os
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from app.db.engine import database_path

_LOOK_EVERY_S = 0.1


class LockHeldError(Exception):
    """Another process is loading articles into the database.

    Args:
        path: The lock file.
        holder: What the holder wrote about itself.
    """

    def __init__(self, path: Path, holder: str) -> None:
        """See the class."""
        self.path = path
        self.holder = holder
        super().__init__(
            f"another ingest is at work on this database: {holder or 'it has not said who it is'} "
            f"(lock file {path})"
        )


@contextlib.contextmanager
def lock_database(
    url: str, *, wait_s: float | None = None, is_stopped: Callable[[], bool] = lambda: False
) -> Iterator[bool]:
    """Hold the database's ingest lock for the length of a ``with`` block.

    Args:
        url: The database, as an SQLAlchemy URL.
        wait_s: How many seconds to wait for another process; 0 refuses at once, None waits for as
            long as it takes.
        is_stopped: Asked while waiting; when it says True, the waiting ends.

    Yields:
        True while the lock is held, False when the waiting was stopped.

    Raises:
        LockHeldError: It was not free in time.
        OSError: The lock file cannot be made.
        ValueError: The URL names no file.
    """
    database = database_path(url)
    path = database.with_name(f"{database.name}.lock")
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        since = time.monotonic()
        while not (held := _try_lock(descriptor)) and not is_stopped():
            if wait_s is not None and time.monotonic() - since >= wait_s:
                raise LockHeldError(path, _read_holder(descriptor))
            time.sleep(_LOOK_EVERY_S)
        if held:
            started = datetime.now(UTC).isoformat(timespec="seconds")
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, f"process {os.getpid()}, since {started}\n".encode(), 0)
        yield held
        if held:
            os.ftruncate(descriptor, 0)
    finally:
        os.close(descriptor)


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _read_holder(descriptor: int) -> str:
    return os.pread(descriptor, 200, 0).decode("utf-8", "replace").strip()
