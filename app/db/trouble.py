"""What went wrong with the database, in words that say what to do about it.

SQLite's own words ("database disk image is malformed") are for programmers; whoever runs the
program needs to know which file, whether anything is lost, and what helps.
https://www.sqlite.org/rescode.html
"""

import sqlite3
import sys

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from app.db.engine import database_path
from app.db.urls import describe_url

_NOTHING_LOST = "Everything that was committed is kept, and the next ingest goes on from there."
_REBUILD = (
    "Bring back a backup, or move the file away together with its -wal and -shm files and run "
    "`onrecord ingest`: all of it is made anew from the seed files, but for the memory of articles "
    "that were removed and of ids that entities had before. `onrecord doctor` shows what is broken"
)


class DamagedDatabaseError(Exception):
    """The database's file is damaged; nothing is written into it.

    Args:
        url: Of the database.
        found: What SQLite found first.
    """

    def __init__(self, url: str, found: str) -> None:
        """See the class."""
        self.found = found
        super().__init__(_say_damaged(url, found))


def check_pages(connection: Connection, *, url: str) -> None:
    """Read every page of the database and see that its trees are whole (``PRAGMA quick_check``).

    Raises:
        DamagedDatabaseError: They are not.
        sqlalchemy.exc.DBAPIError: The file cannot even be opened as a database.
    """
    found = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar()
    if found != "ok":
        raise DamagedDatabaseError(url, str(found))


def explain_trouble(error: BaseException, *, url: str) -> str | None:
    """Say what an error of the database means and what to do, in full sentences.

    Args:
        error: What was raised.
        url: The database's.

    Returns:
        None when the error is not the database's, or is a fault of this program.
    """
    if isinstance(error, DamagedDatabaseError):
        return str(error)
    cause = error.orig if isinstance(error, DBAPIError) else error
    if "psycopg" in sys.modules and isinstance(cause, sys.modules["psycopg"].OperationalError):
        said = " ".join(str(cause).split())
        return f"{describe_url(url)} cannot be used ({said}). {_NOTHING_LOST}"
    if not isinstance(cause, sqlite3.Error):
        return None
    name = getattr(cause, "sqlite_errorname", "")
    path = database_path(url)
    if name.startswith("SQLITE_FULL"):
        return f"the disk that holds {path} is full. Free some space and try again. {_NOTHING_LOST}"
    if name.startswith("SQLITE_IOERR"):
        return (
            f"the disk that holds {path} does not take or give what it should ({cause}; {name}). "
            f"It may be full, over a quota, or failing. {_NOTHING_LOST}"
        )
    if name.startswith(("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM")):
        return (
            f"{path} cannot be written ({cause}): the file and its folder must be writable for "
            "whoever runs ingest, since SQLite keeps a log beside the file. Nothing was changed."
        )
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return f"another program has {path} locked. Close it and try again. {_NOTHING_LOST}"
    if name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")):
        return _say_damaged(url, str(cause))
    return None


def _say_damaged(url: str, found: str) -> str:
    reason = " ".join(found.split())
    return f"the database {database_path(url)} is damaged ({reason}). {_REBUILD}"
