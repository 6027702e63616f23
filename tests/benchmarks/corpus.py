"""A corpus in the real tables: made by the migrations, filled in bulk, kept for the next run.

Indexes and triggers are taken away, rows are loaded in the order of their articles' keys, indexes
are made over them, and the full-text indexes are built as FTS5 itself builds them ('rebuild'). That
of the articles is filled along with them, since they come in the order that FTS5 likes.
Afterwards the tables, indexes and triggers are those of the migrations, character by character.

Not filled, since no answer of the API comes from them: what ingest keeps for its own next run
(`local_entities`, `local_entity_calls`, `entity_clusters`, `article_parses`); nor what tells copies
of articles (`article_sketches`, `article_bands`): no two of these articles are copies.
"""

import gc
import hashlib
import multiprocessing
import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.db.ids import to_key, to_outlet_key
from app.db.schema import HEAD, upgrade
from app.db.tables import metadata
from app.ingest.job import find_parser
from app.records import RECORDS_VERSION, fill_entity_records
from app.settings import Settings
from app.vocabulary import EntityType, MentionKind
from tests.benchmarks.articles import draft_articles
from tests.benchmarks.rows import (
    ARTICLES_OF_A_FILE,
    OF_ARTICLE,
    Row,
    give_keys,
    make_records,
    to_source_key,
    to_source_path,
)
from tests.benchmarks.world import SEED, World

# Raised by hand whenever other rows are made of the same seed: a corpus on the disk is then stale.
GENERATOR_VERSION = 2
FOLDER = Path(__file__).parent / "corpora"

_AT_ONCE = 500  # articles that a process makes before it hands them over
_AHEAD = 6  # portions that wait for being written; each some 8 MB
_LOADED = datetime(2026, 1, 1, tzinfo=UTC)
_EMPTY = {
    "local_entities", "local_entity_calls", "entity_clusters", "article_parses",
    "entity_redirects", "entity_corrections", "removed_articles",
    "article_sketches", "article_bands", "monthly_counts",
}  # fmt: skip
_RECORDS = ("quote_records", "claim_records")
_NO_TIME = np.iinfo(np.int64).max
# FTS5 writes a segment each time its table in memory is full, and merges segments later: with
# 256 MB in place of 1 MB it hardly ever merges. The setting is put back afterwards.
_SEARCH_BYTES, _USUAL_SEARCH_BYTES = 256 << 20, 1 << 20
_ALONG = "article_search"  # filled while others make rows, when there is time

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Batch:
    """Some articles as rows.

    Attributes:
        rows: By table: the column names, and the values of each row in their order.
        links: For each article and entity of it: the entity's number, its mentions, and when the
            article was published (seconds since 1970, or `_NO_TIME`).
        quotes: The number of the speaker of each quotation of a named one.
        claims: The same for claims.
        full: The number of the entity for each mention by its full name.
        short: The same for its short name.
    """

    rows: dict[str, tuple[tuple[str, ...], list[tuple[Any, ...]]]]
    links: NDArray[np.int64]
    quotes: NDArray[np.int64]
    claims: NDArray[np.int64]
    full: NDArray[np.int64]
    short: NDArray[np.int64]


def find_corpus(articles: int, *, folder: Path = FOLDER) -> Path:
    """Return where a corpus of this size, of this generator and these tables, is kept."""
    tables = [
        f"{table.name}({', '.join(table.columns.keys())})" for table in metadata.sorted_tables
    ]
    digest = hashlib.sha256("\n".join(tables).encode()).hexdigest()[:8]
    return folder / f"{articles}-generator{GENERATOR_VERSION}-schema{HEAD}-{digest}.db"


def ensure_corpus(
    articles: int, *, folder: Path = FOLDER, processes: int = 2, say: Say = lambda _: None
) -> Path:
    """Return a corpus of this size; make it when there is none, or only one that is out of date.

    Args:
        articles: How many.
        folder: Where corpora are kept; stale ones of the same size are deleted.
        processes: How many make rows while this one writes them; 0 makes them here.
        say: Is told the progress, a line now and then.
    """
    path = find_corpus(articles, folder=folder)
    if path.exists():
        return path
    folder.mkdir(parents=True, exist_ok=True)
    for stale in folder.glob(f"{articles}-*"):
        stale.unlink()
    partial = path.with_suffix(".partial")
    write_corpus(partial, articles=articles, processes=processes, say=say)
    partial.rename(path)
    return path


def read_once(path: Path) -> float:
    """Read a file from end to end; return how many seconds that took.

    What is measured is the program and not the disk: a database that fits into memory lies there
    after a day's use, and the small one lies there from its first request on.
    """
    began = time.monotonic()
    with path.open("rb", buffering=0) as file:
        while file.read(1 << 24):
            pass
    return time.monotonic() - began


def write_corpus(
    path: Path, *, articles: int, seed: int = SEED, processes: int = 0, say: Say = lambda _: None
) -> None:
    """Write a corpus into a new file.

    Raises:
        ValueError: The tables have a column, or there is a table, that the generator does not know.
    """
    started = time.monotonic()

    def tell(what: str) -> None:
        say(f"{time.monotonic() - started:6.0f} s  {what}")

    world = World(articles, seed=seed)
    world.order  # noqa: B018  # made here, so that processes that are forked share it
    tell(f"{articles:,} articles about {len(world.names):,} names")
    upgrade(f"sqlite:///{path}")
    with (
        _without_collector(),
        closing(sqlite3.connect(path, isolation_level=None)) as database,
    ):
        for pragma in ("journal_mode=OFF", "synchronous=OFF", "locking_mode=EXCLUSIVE",
                       "foreign_keys=OFF", f"cache_size=-{_cache_kib()}", "threads=2"):  # fmt: skip
            database.execute(f"PRAGMA {pragma}").fetchall()
        writer = _Writer(database)
        made = writer.take_away()
        tally = _Tally(len(world.names))
        for table in made.searches:
            _set_search_memory(database, table, _SEARCH_BYTES)
        database.execute("BEGIN")
        written = 0
        for batch in _make_batches(world, processes=processes):
            for table, (columns, values) in batch.rows.items():
                writer.insert(table, columns, values)
            writer.index_articles(*batch.rows["articles"])
            tally.add(batch)
            written += len(batch.rows["articles"][1])
            if written % 20_000 < _AT_ONCE:
                tell(f"{written:,} articles written")
        for name, rows in _make_whole(world, tally):
            writer.insert_rows(name, rows)
        writer.check_complete()
        database.execute("COMMIT")
        for sql in made.indexes:
            database.execute(sql)
        _count_months(database)
        _make_entity_records(database)
        tell("indexes made, months counted, entities' records made")
        for table in made.searches:
            if table != _ALONG:
                database.execute(f"INSERT INTO {table} ({table}) VALUES ('rebuild')")
                tell(f"{table} built")
            _set_search_memory(database, table, _USUAL_SEARCH_BYTES)
        for sql in made.triggers:
            database.execute(sql)
        database.execute("PRAGMA locking_mode=NORMAL").fetchall()
        database.execute("PRAGMA journal_mode=WAL").fetchall()
    tell(f"done: {path.stat().st_size / 1e9:.2f} GB")


@dataclass(frozen=True, slots=True)
class _Taken:
    """What was taken away for the time of the load, as SQL."""

    indexes: list[str]
    triggers: list[str]
    searches: list[str]


class _Writer:
    """Inserts rows, and sees to it that no column and no table is forgotten."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self.database = database
        self.columns: dict[str, tuple[str, ...]] = {}

    def take_away(self) -> _Taken:
        """Drop indexes and triggers; return how to make them again."""
        made: dict[str, list[tuple[str, str]]] = {"index": [], "trigger": [], "table": []}
        for kind, name, sql in self.database.execute(
            "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY rowid"
        ):
            made.setdefault(kind, []).append((name, sql))
        for kind in ("index", "trigger"):
            for name, _ in made[kind]:
                self.database.execute(f'DROP {kind} "{name}"')
        return _Taken(
            indexes=[sql for _, sql in made["index"]],
            triggers=[sql for _, sql in made["trigger"]],
            searches=[name for name, sql in made["table"] if "USING fts5" in sql],
        )

    def insert(self, table: str, columns: tuple[str, ...], values: list[tuple[Any, ...]]) -> None:
        """Insert rows, given as values in the order of the columns."""
        if table not in self.columns:
            known = {row[1] for row in self.database.execute(f"PRAGMA table_info({table})")}
            if known != set(columns):
                raise ValueError(
                    f"{table}: the generator does not fill {sorted(known - set(columns))} and "
                    f"knows {sorted(set(columns) - known)}, which is not there; see rows.py"
                )
            self.columns[table] = columns
        names = ", ".join(f'"{column}"' for column in columns)
        marks = ", ".join("?" * len(columns))
        self.database.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", values)

    def insert_rows(self, table: str, rows: list[Row]) -> None:
        """Insert rows, given as dicts with the same keys in the same order."""
        if rows:
            self.insert(table, tuple(rows[0]), [tuple(row.values()) for row in rows])

    def index_articles(self, columns: tuple[str, ...], values: list[tuple[Any, ...]]) -> None:
        """Put articles into their full-text index; they are given as to `insert`.

        Not by its trigger: a trigger's statement makes FTS5 write a segment for each article and
        merge them, which takes four times as long.
        """
        key, title, text = map(columns.index, ("key", "title", "text"))
        self.database.executemany(
            f"INSERT INTO {_ALONG} (rowid, title, text) VALUES (?, ?, ?)",
            [(row[key], row[title], row[text]) for row in values],
        )

    def check_complete(self) -> None:
        """Refuse a database with a table that nobody filled or left empty on purpose."""
        forgotten = set(metadata.tables) - set(self.columns) - _EMPTY
        if forgotten:
            raise ValueError(f"the generator does not know the tables {sorted(forgotten)}")


class _Tally:
    """What is counted of each entity over all articles, by its number."""

    def __init__(self, names: int) -> None:
        self.articles, self.mentions, self.quotes, self.claims, self.full, self.short = (
            np.zeros(names, np.int64) for _ in range(6)
        )
        self.first = np.full(names, _NO_TIME)
        self.last = np.full(names, -1)

    def add(self, batch: Batch) -> None:
        """Add the share of some articles."""
        who, mentions, times = batch.links
        np.add.at(self.articles, who, 1)
        np.add.at(self.mentions, who, mentions)
        dated = times != _NO_TIME
        np.minimum.at(self.first, who[dated], times[dated])
        np.maximum.at(self.last, who[dated], times[dated])
        for counts, of in (
            (self.quotes, batch.quotes), (self.claims, batch.claims),
            (self.full, batch.full), (self.short, batch.short),
        ):  # fmt: skip
            np.add.at(counts, of, 1)


def _make_whole(world: World, tally: _Tally) -> Iterator[tuple[str, list[Row]]]:
    """Yield the rows that are of all articles together, by table.

    Counters that ingest keeps over all articles have their place here.
    """
    yield "sources", _make_sources(world)
    yield "entities", _make_entities(world, tally)
    yield "entity_aliases", _make_aliases(world, tally)
    yield "dataset", [_make_dataset(world)]


def _make_sources(world: World) -> list[Row]:
    versions = find_parser(Settings()).versions
    return [
        {
            "key": to_source_key(first),
            "path": to_source_path(first // ARTICLES_OF_A_FILE),
            "sha256": hashlib.sha256(to_source_path(first).encode()).hexdigest(),
            "size": 2_600 * (min(first + ARTICLES_OF_A_FILE, world.articles) - first),
            "format": "jsonl",
            "status": "loaded",
            "error": None,
            "error_field": None,
            "warnings": "[]",
            "article_count": min(first + ARTICLES_OF_A_FILE, world.articles) - first,
            "parser_version": versions.parser,
            "model_version": versions.model,
            "read_at": _to_time(_LOADED.timestamp()),
        }
        for first in range(0, world.articles, ARTICLES_OF_A_FILE)
    ]


def _make_entities(world: World, tally: _Tally) -> list[Row]:
    rows = []
    for number in np.flatnonzero(tally.articles).tolist():
        name = world.names[number]
        is_place = name.type is EntityType.PLACE
        has_date = tally.last[number] >= 0
        rows.append(
            {
                "key": name.key,
                "slug": name.slug,
                "name": name.full,
                "type": name.type.value,
                "external_ids": "{}",
                "country": "NO" if is_place and number % 2 else None,
                "latitude": number % 120 - 60.0 if is_place else None,
                "longitude": number % 340 - 170.0 if is_place else None,
                "article_count": int(tally.articles[number]),
                "mention_count": int(tally.mentions[number]),
                "quote_count": int(tally.quotes[number]),
                "claim_count": int(tally.claims[number]),
                "first_seen": _to_time(tally.first[number]) if has_date else None,
                "last_seen": _to_time(tally.last[number]) if has_date else None,
            }
        )
    return sorted(rows, key=lambda row: row["key"])


def _make_aliases(world: World, tally: _Tally) -> list[Row]:
    rows = [
        {"entity_key": name.key, "text": text, "folded": text.lower(), "count": int(count)}
        for name, full, short in zip(world.names, tally.full, tally.short, strict=True)
        for text, count in ((name.full, full), (name.short, short))
        if count
    ]
    return sorted(rows, key=lambda row: (row["entity_key"], row["text"]))


def _make_dataset(world: World) -> Row:
    versions = find_parser(Settings()).versions
    files = -(-world.articles // ARTICLES_OF_A_FILE)
    return {
        "pk": 1,
        "checksum": to_key("benchmark", str(world.seed), str(world.articles)),
        "changed_at": _to_time(_LOADED.timestamp()),
        "parser_version": versions.parser,
        "model_version": versions.model,
        "records_version": RECORDS_VERSION,
        "first_ingest_done": 1,
        "state": "ready",
        "files_total": files,
        "files_done": files,
        "ingest_started_at": _to_time(_LOADED.timestamp()),
        "ingest_ended_at": _to_time(_LOADED.timestamp()),
    }


def _count_months(database: sqlite3.Connection) -> None:
    """Count what ingest would have kept, see `app.ingest.months`."""
    insert = """
        INSERT INTO monthly_counts (what, "of", month, "count")
        SELECT '{what}', {of}, coalesce(substr(published_at, 1, 7) || '-01', ''), count(*)
        FROM {rows} WHERE {of} IS NOT NULL GROUP BY 2, 3"""
    database.create_function("outlet_key", 1, to_outlet_key, deterministic=True)
    named = "article_entities JOIN articles ON articles.key = article_entities.article_key"
    for what, of, rows in (
        ("articles", "article_entities.entity_key", named),
        ("quotes", "speaker_key", "quotes"),
        ("claims", "claimant_key", "claims"),
    ):
        database.execute(insert.format(what=what, of=of, rows=rows))
        database.execute(insert.format(what=what, of="0", rows=what))
        by_outlet = f"""
            INSERT INTO monthly_counts (what, "of", month, "count")
            SELECT '{what}', outlet_key(outlet), month, number FROM (
                SELECT outlet, coalesce(substr(published_at, 1, 7) || '-01', '') AS month,
                    count(*) AS number
                FROM {what} WHERE outlet IS NOT NULL GROUP BY 1, 2)"""
        database.execute(by_outlet)


def _make_entity_records(database: sqlite3.Connection) -> None:
    database.execute("BEGIN")
    last: int | None = -1
    while last is not None:
        last = fill_entity_records(database, after=last)
    database.execute("COMMIT")


@contextmanager
def _without_collector() -> Iterator[None]:
    """Let no rows be looked through for cycles, here and in what is forked: they make none."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _set_search_memory(database: sqlite3.Connection, table: str, size: int) -> None:
    database.execute(f"INSERT INTO {table} ({table}, rank) VALUES ('hashsize', ?)", (size,))


def _cache_kib() -> int:
    """Return a quarter of the memory, at most 6 GB: quotations come in no order of their keys."""
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return min(6_000_000, memory // 4096)


def _to_time(seconds: float) -> str:
    return f"{datetime.fromtimestamp(int(seconds), UTC):%Y-%m-%d %H:%M:%S.%f}"


_world: World | None = None  # of a process that makes rows; it is there when the process is forked


def _make_batches(world: World, *, processes: int) -> Iterator[Batch]:
    global _world
    _world = world
    starts = range(0, world.articles, _AT_ONCE)
    if not processes:
        yield from map(_make_batch, starts)
        return
    room = threading.Semaphore(_AHEAD)

    def hand_out() -> Iterator[int]:
        for start in starts:
            room.acquire()
            yield start

    with multiprocessing.get_context("fork").Pool(processes) as pool:
        for batch in pool.imap(_make_batch, hand_out()):
            room.release()
            yield batch
        # Let them end by themselves: terminating a pool can wait for ever for one that is about to
        # take its next task.
        pool.close()
        pool.join()


def _make_batch(start: int) -> Batch:
    assert _world is not None
    world = _world
    end = min(start + _AT_ONCE, world.articles)
    columns: dict[str, tuple[str, ...]] = {}
    values: dict[str, list[tuple[Any, ...]]] = {table: [] for table in (*OF_ARTICLE, *_RECORDS)}
    links: list[tuple[int, int, int]] = []
    quotes, claims, full, short = [], [], [], []
    for draft in draft_articles(world, start=start, end=end):
        article = give_keys(world, draft)
        made = {table: make(article) for table, make in OF_ARTICLE.items()}
        for table, some in (*made.items(), *make_records(article, made).items()):
            if some:
                columns.setdefault(table, tuple(some[0]))
                values[table] += [tuple(row.values()) for row in some]
        when = _NO_TIME if draft.published_at is None else int(draft.published_at.timestamp())
        counts: dict[int, int] = {}
        for first, last, who, kind in draft.mentions:
            counts[who] = counts.get(who, 0) + 1
            if kind is MentionKind.NAME:
                is_full = last - first == len(world.names[who].full)
                (full if is_full else short).append(who)
        links += [(who, count, when) for who, count in counts.items()]
        quotes += [one.speaker for one in draft.said if one.form and one.speaker is not None]
        spoken = [draft.said[claim.said] for claim in draft.claims if claim.said is not None]
        claims += [one.speaker for one in spoken if one.speaker is not None]
    return Batch(
        rows={table: (columns[table], some) for table, some in values.items() if some},
        links=np.array(links, np.int64).reshape(-1, 3).T,
        quotes=np.array(quotes, np.int64),
        claims=np.array(claims, np.int64),
        full=np.array(full, np.int64),
        short=np.array(short, np.int64),
    )
