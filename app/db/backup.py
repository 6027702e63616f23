"""A copy of the database while it is in use."""

import os
import sqlite3
from pathlib import Path

from app.db.engine import PAGE_BYTES, DatabaseMissingError, database_path
from app.db.urls import is_postgresql


def back_up(url: str, *, target: Path) -> int:
    """Write one state of the database into a new file (``VACUUM INTO``), whole and compact.

    Servers and ingest go on meanwhile. The copy appears under its name only when it is complete
    and checked, so that a backup that was cut off is never taken for one. To restore it, stop the
    server and put it in the database's place, without the old ``-wal`` and ``-shm`` files.
    https://www.sqlite.org/lang_vacuum.html#vacuuminto

    Args:
        url: The database.
        target: The file to make; its folder is there.

    Returns:
        Its size in bytes.

    Raises:
        DatabaseMissingError: There is no database.
        FileExistsError: There is a file of that name.
        ValueError: The URL is refused, or the copy is not whole.
        sqlite3.Error: The database cannot be read, or the copy not written.
    """
    if is_postgresql(url):
        raise ValueError(
            "PostgreSQL is backed up by its own pg_dump: "
            "https://www.postgresql.org/docs/current/backup-dump.html"
        )
    path = database_path(url)
    if not path.exists():
        raise DatabaseMissingError(path)
    if target.exists():
        raise FileExistsError(f"{target} is there already; a backup replaces nothing")
    unfinished = target.with_name(f".{target.name}.unfinished")
    unfinished.unlink(missing_ok=True)
    try:
        source = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, timeout=10)
        try:
            source.execute(f"PRAGMA page_size={PAGE_BYTES}")  # of the copy
            source.execute("VACUUM INTO ?", (str(unfinished),))
        finally:
            source.close()
        copy = sqlite3.connect(unfinished)
        try:
            (found,) = copy.execute("PRAGMA quick_check(1)").fetchone()
        finally:
            copy.close()
        if found != "ok":
            raise ValueError(f"the copy is not whole ({found}); the database itself may be damaged")
        descriptor = os.open(unfinished, os.O_RDONLY)
        os.fsync(descriptor)
        os.close(descriptor)
        unfinished.rename(target)
    finally:
        unfinished.unlink(missing_ok=True)
    return target.stat().st_size
