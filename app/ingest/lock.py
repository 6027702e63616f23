"""One ingest at a time for each database, over all processes that use it.

With PostgreSQL the lock is the server's, see `app.db.postgresql.IngestLock`. With SQLite it is the
operating system's own on a file beside the database (flock), so that it goes with the process that
holds it, however that ends. The file itself stays: to delete it would let two processes lock two
files of one name. https://man7.org/linux/man-pages/man2/flock.2.html
"""

import contextlib
import fcntl
import os
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

from app.db.engine import database_path
from app.db.urls import describe_url, is_postgresql

_LOOK_EVERY_S = 0.1


class LockHeldError(Exception):
    """Another process is loading articles into the database.

    Args:
        where: The lock: its file's path, or its server's URL without the password.
        holder: What is known of the holder.
    """

    def __init__(self, where: str, holder: str) -> None:
        """See the class."""
        self.where = where
        self.holder = holder
        super().__init__(
            f"another ingest is at work on this database: {holder or 'it has not said who it is'} "
            f"(lock {where})"
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
        sqlalchemy.exc.OperationalError: The server cannot be reached.
    """
    if is_postgresql(url):
        from app.db.postgresql import open_ingest_lock

        with open_ingest_lock(url) as lock:
            yield _wait(
                lock.take,
                lock.describe_holder,
                where=describe_url(url),
                wait_s=wait_s,
                is_stopped=is_stopped,
            )
        return
    database = database_path(url)
    path = database.with_name(f"{database.name}.lock")
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        held = _wait(
            lambda: _try_lock(descriptor),
            lambda: _read_holder(descriptor),
            where=f"file {path}",
            wait_s=wait_s,
            is_stopped=is_stopped,
        )
        if held:
            started = datetime.now(UTC).isoformat(timespec="seconds")
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, f"process {os.getpid()}, since {started}\n".encode(), 0)
        yield held
        if held:
            os.ftruncate(descriptor, 0)
    finally:
        os.close(descriptor)


def _wait(
    take: Callable[[], bool],
    describe_holder: Callable[[], str],
    *,
    where: str,
    wait_s: float | None,
    is_stopped: Callable[[], bool],
) -> bool:
    since = time.monotonic()
    while not (held := take()) and not is_stopped():
        if wait_s is not None and time.monotonic() - since >= wait_s:
            raise LockHeldError(where, describe_holder())
        time.sleep(_LOOK_EVERY_S)
    return held


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _read_holder(descriptor: int) -> str:
    return os.pread(descriptor, 200, 0).decode("utf-8", "replace").strip()
