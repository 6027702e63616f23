"""``onrecord doctor``: is everything there that a server needs, and if not, what helps.

It changes nothing, and is for a database of any size: it may read all of it.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from app.db.engine import database_path, make_reader_engine, make_writer_engine
from app.db.schema import HEAD, get_revision
from app.db.search import check_search
from app.db.trouble import explain_trouble
from app.db.urls import describe_url, is_postgresql
from app.settings import Settings

# Less free space than this, or than the database itself takes, is said to be little.
_FREE_BYTES = 1 << 30


@dataclass(frozen=True, slots=True)
class Finding:
    """What a look at one thing showed.

    Attributes:
        what: The thing.
        is_good: Nothing has to be done.
        words: What was seen.
        help: What to do about it; empty when nothing.
    """

    what: str
    is_good: bool
    words: str
    help: str = ""


def examine(settings: Settings) -> Iterator[Finding]:
    """Look at the database, its index, the seeds, the model and the disk, in this order.

    An error of one look is its finding; the others go on.
    """
    looks: tuple[Callable[[Settings], Iterator[Finding]], ...] = (
        _look_at_database,
        _look_at_search,
        _look_at_seeds,
        _look_at_model,
        _look_at_disk,
    )
    for look in looks:
        what = look.__name__.removeprefix("_look_at_")
        try:
            yield from look(settings)
        except DBAPIError as error:
            words = explain_trouble(error, url=settings.database_url)
            yield Finding(what, False, words or str(error.orig), "" if words else "See the log.")
        except (OSError, ValueError) as error:
            yield Finding(what, False, str(error))


def _look_at_server(settings: Settings) -> Iterator[Finding]:
    where = describe_url(settings.database_url)
    engine = make_reader_engine(settings.database_url)
    try:
        with engine.connect() as connection:
            revision = get_revision(connection)
            counts = _count(connection) if revision == HEAD else ""
    finally:
        engine.dispose()
    if revision == HEAD:
        yield Finding("database", True, f"{where} answers{counts}")
    else:
        words = f"{where} has tables of version {revision}; this program's are {HEAD}"
        yield Finding("database", False, words, "Bring it up to date: onrecord ingest")


def _count(connection: Connection) -> str:
    row = connection.execute(
        text(
            "SELECT (SELECT count(*) FROM articles), (SELECT count(*) FROM quotes),"
            " (SELECT count(*) FROM sources WHERE status = 'failed'), state"
            " FROM dataset"
        )
    ).one_or_none()
    if row is None:
        return ""
    counts = f"; {row[0]:,} articles, {row[1]:,} quotes, {row[3]}"
    return counts + (f", {row[2]:,} files could not be read" if row[2] else "")


def _look_at_database(settings: Settings) -> Iterator[Finding]:
    if is_postgresql(settings.database_url):
        yield from _look_at_server(settings)
        return
    path = database_path(settings.database_url)
    if not path.exists():
        yield Finding("database", False, f"there is none at {path}", "Load it: onrecord ingest")
        return
    engine = make_reader_engine(settings.database_url)
    try:
        with engine.connect() as connection:
            faults = [row[0] for row in connection.exec_driver_sql("PRAGMA integrity_check(3)")]
            faults = [fault for fault in faults if fault != "ok"]
            strays = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
            revision = get_revision(connection)
            counts = _count(connection) if revision == HEAD else ""
    finally:
        engine.dispose()
    if faults or strays:
        words = "; ".join([*faults, *([f"{len(strays)} rows point nowhere"] if strays else [])])
        yield Finding(
            "database",
            False,
            f"{path} is damaged: {words}",
            "Restore a backup, or move the file (with its -wal and -shm) away and run "
            "onrecord ingest, which makes it anew from the seed files",
        )
    elif revision != HEAD:
        words = f"{path} has tables of version {revision}; this program's are {HEAD}"
        yield Finding("database", False, words, "Bring it up to date: onrecord ingest")
    else:
        yield Finding("database", True, f"{path}, {_size(path.stat().st_size)}, whole{counts}")


def _look_at_search(settings: Settings) -> Iterator[Finding]:
    if not is_postgresql(settings.database_url):
        path = database_path(settings.database_url)
        if not path.exists():
            return
        if not os.access(path, os.W_OK) or not os.access(path.parent, os.W_OK):
            words = "not looked at: that needs the right to write the database"
            yield Finding("search", True, words)
            return
    engine = make_writer_engine(settings.database_url)
    try:
        with engine.connect() as connection:
            if get_revision(connection) != HEAD:
                return
            faults = check_search(connection)
    finally:
        engine.dispose()
    if faults:
        again = "Move the database away and make it anew: onrecord ingest"
        yield Finding("search", False, "; ".join(faults), again)
    else:
        yield Finding("search", True, "the indexes are in step with their tables")


def _look_at_seeds(settings: Settings) -> Iterator[Finding]:
    from app.parsing.readers import find_files

    for seed in settings.seeds:
        if not isinstance(seed, Path):
            yield Finding("seeds", True, f"{seed}: elsewhere, not looked at", "")
        elif not os.path.lexists(seed):
            yield Finding(
                "seeds", False, f"{seed} is not there", "Set ONRECORD_SEEDS, or mount the folder"
            )
        elif not os.access(seed, os.R_OK):
            yield Finding("seeds", False, f"{seed} may not be read", f"chmod -R a+rX {seed}")
        else:
            count = sum(1 for _ in find_files([seed]))
            yield Finding(
                "seeds", count > 0, f"{seed}: {count:,} files",
                "" if count else "Put articles there: .txt .md .html .json .jsonl",
            )  # fmt: skip


def _look_at_model(settings: Settings) -> Iterator[Finding]:
    from app.parsing.pipeline import load_parser, model_version
    from app.parsing.types import RawArticle
    from app.vocabulary import FileFormat

    try:
        name = model_version(settings.tagger, spacy_model=settings.spacy_model)
        parser = load_parser(settings.tagger, spacy_model=settings.spacy_model)
        said = "“The river rose,” Ann Bell said on Monday."
        found = parser.parse(RawArticle(key="0", text=said, format=FileFormat.TEXT)).quotations
    except (ImportError, OSError) as error:
        yield Finding(
            "model", False, str(error), "Install the program again; servers go on without"
        )
        return
    yield Finding(
        "model",
        len(found) == 1,
        f"{name} reads",
        "" if found else "It finds no quote in a plain one",
    )


def _look_at_disk(settings: Settings) -> Iterator[Finding]:
    if is_postgresql(settings.database_url):
        return  # it is the server's
    path = database_path(settings.database_url)
    folder = next(parent for parent in path.parents if parent.exists())
    free = shutil.disk_usage(folder).free
    needed = max(_FREE_BYTES, path.stat().st_size if path.exists() else 0)
    words = f"{_size(free)} free at {folder}"
    if not os.access(folder, os.W_OK):
        yield Finding(
            "disk", False, f"{folder} may not be written",
            "Servers with --no-ingest can do with it; ingest needs to write there",
        )  # fmt: skip
    elif free < needed:
        yield Finding(
            "disk", False, words, f"Free {_size(needed - free)}, for a backup or a new one"
        )
    else:
        yield Finding("disk", True, words)


def _size(count: float) -> str:
    units = ("bytes", "KiB", "MiB", "GiB", "TiB")
    step = 0
    while count >= 1024 and step < len(units) - 1:
        count, step = count / 1024, step + 1
    return f"{count:.1f} {units[step]}" if step else f"{count:.0f} {units[step]}"
