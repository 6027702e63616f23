"""A corpus in the real tables: made by the migrations, filled in bulk, kept for the next run.

In three steps, so that two processes always have something to do:

1. Articles are made in the order of their keys, some thousands at a time, and their rows spooled
   to files: those of tables whose keys are hashes by the range that the key is in, so that each
   range can be sorted in memory.
2. Tables are loaded in two parts, each into a database of its own and in the order of its keys, so
   that no page is written twice. Indexes and triggers are taken away before; indexes are made over
   the rows, and the full-text indexes are built as FTS5 itself builds them ('rebuild'). That of
   the articles is filled along with them, since they come in the order that FTS5 likes.
3. The second part's tables and indexes are copied into the first part's database as they lie there
   (an INSERT between tables that are alike copies records and sorts nothing). Meanwhile what is of
   all articles together is made, in a third one, which is copied too. At last entities' records are
   made of all that.

Afterwards the tables, indexes and triggers are those of the migrations, character by character.

Not filled, since no answer of the API comes from them: what ingest keeps for its own next run
(`local_entities`, `local_entity_calls`, `entity_clusters`, `article_parses`); nor what tells copies
of articles (`article_sketches`, `article_bands`): no two of these articles are copies.
"""

import gc
import hashlib
import marshal
import multiprocessing
import shutil
import sqlite3
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
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
from tests.benchmarks.articles import Draft, draft_articles
from tests.benchmarks.rows import (
    ARTICLES_OF_A_FILE,
    OF_ARTICLE,
    Row,
    give_keys,
    make_rows,
    to_source_key,
    to_source_path,
)
from tests.benchmarks.world import SEED, World

# Raised by hand whenever other rows are made of the same seed: a corpus on the disk is then stale.
GENERATOR_VERSION = 2
FOLDER = Path(__file__).parent / "corpora"

_AT_ONCE = 500  # articles drafted at once: what is drawn for one depends on it
_AT_A_TIME = 10_000  # articles whose rows are spooled together, and some of them loaded together
_RANGE_BITS = 5  # of a key, that say its range; of a million articles the rows of one are 270 MB
_LOADED = datetime(2026, 1, 1, tzinfo=UTC)
_EMPTY = {
    "local_entities", "local_entity_calls", "entity_clusters", "article_parses",
    "entity_redirects", "entity_corrections", "removed_articles",
    "article_sketches", "article_bands", "monthly_counts",
}  # fmt: skip
_NO_TIME = np.iinfo(np.int64).max
# FTS5 writes a segment each time its table in memory is full, and merges segments later: with
# 256 MB in place of 1 MB it hardly ever merges. The setting is put back afterwards.
_SEARCH_BYTES, _USUAL_SEARCH_BYTES = 256 << 20, 1 << 20
_ALONG = "article_search"  # filled with the articles
_SHADOWS = ("data", "idx", "docsize", "config")  # the tables that a full-text index is kept in
# Tables are written and read in order, so it is the sorting of an index that uses this: up to
# 512 MB.
_CACHE_KIB = 1_000_000

Say = Callable[[str], None]
# Rows by table: the column names, and the values of each row in their order.
Spooled = dict[str, tuple[tuple[str, ...], list[tuple[Any, ...]]]]


@dataclass(frozen=True, slots=True)
class Counted:
    """What is counted of some articles.

    Attributes:
        articles: How many they are.
        links: For each article and entity of it: the entity's number, its mentions, and when the
            article was published (seconds since 1970, or `_NO_TIME`).
        quotes: The number of the speaker of each quotation of a named one.
        claims: The same for claims.
        full: The number of the entity for each mention by its full name.
        short: The same for its short name.
    """

    articles: int
    links: NDArray[np.int64]
    quotes: NDArray[np.int64]
    claims: NDArray[np.int64]
    full: NDArray[np.int64]
    short: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class _Part:
    """Tables that are loaded by one process, into a database of its own.

    Attributes:
        name: What the names of its spooled files begin with.
        tables: Those of articles.
        searches: Their full-text indexes.
        months: What is counted by month.
    """

    name: str
    tables: tuple[str, ...]
    searches: tuple[str, ...]
    months: tuple[str, ...]


# Half of the work each: 26 s of CPU for 80,000 articles. The keys of the second part's tables are
# hashes, those of the first begin with an article's, or are few.
_SAID = _Part(
    name="said",
    tables=("attributions", "quotes", "quote_about", "quote_records", "quote_words",
            "claims", "claim_about", "claim_records", "claim_words"),
    searches=("quote_search", "claim_search"),
    months=("quotes", "claims"),
)  # fmt: skip
_ARTICLES = _Part(
    name="articles",
    tables=tuple(OF_ARTICLE.keys() - set(_SAID.tables)),
    searches=(_ALONG,),
    months=("articles",),
)


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
        processes: How many make rows and load them; 0 does it here.
        say: Is told the progress, a line now and then.
    """
    path = find_corpus(articles, folder=folder)
    if path.exists():
        return path
    folder.mkdir(parents=True, exist_ok=True)
    for stale in folder.glob(f"{articles}-*"):
        shutil.rmtree(stale) if stale.is_dir() else stale.unlink()
    partial = path.with_suffix(".partial")
    write_corpus(partial, articles=articles, processes=processes, say=say)
    partial.rename(path)
    return path


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
    # Made here, so that processes that are forked share them.
    world.order, world.slugs  # noqa: B018
    tell(f"{articles:,} articles about {len(world.names):,} names")
    upgrade(f"sqlite:///{path}")
    with closing(_open(path)) as database:
        triggers = _take_away(database, "trigger")
    spool = path.with_suffix(".spool")
    spool.mkdir()
    said, whole = spool / "said.db", spool / "whole.db"
    for other in (said, whole):
        shutil.copy(path, other)
    tally = _Tally(len(world.names))
    filled: set[str] = set()
    written = 0
    with _without_collector(), _make_map(world, processes=processes) as run:
        for counted in run(_spool, [(spool, at) for at in range(0, articles, _AT_A_TIME)]):
            for some in counted:
                tally.add(some)
                written += some.articles
            tell(f"{written:,} articles made")
        for part, tables in run(_load, [(spool, path, _ARTICLES), (spool, said, _SAID)]):
            filled |= tables
            tell(f"{part}: loaded, indexes made, months counted")
        loading = run(_load_whole, [(whole, tally)])
        with closing(_open(path)) as database:
            _copy(said, database, (*_SAID.tables, "monthly_counts"), searches=_SAID.searches)
            for tables in loading:
                filled |= tables
                _copy(whole, database, tables, searches=("entity_search",))
            _check_complete(filled)
            _make_entity_records(database)
            for sql in triggers:
                database.execute(sql)
            database.execute("PRAGMA locking_mode=NORMAL").fetchall()
            database.execute("PRAGMA journal_mode=WAL").fetchall()
    shutil.rmtree(spool)
    tell(f"done: {path.stat().st_size / 1e9:.2f} GB")


def _open(path: Path) -> sqlite3.Connection:
    database = sqlite3.connect(path, isolation_level=None)
    for pragma in ("journal_mode=OFF", "synchronous=OFF", "locking_mode=EXCLUSIVE",
                   "foreign_keys=OFF", f"cache_size=-{_CACHE_KIB}"):  # fmt: skip
        database.execute(f"PRAGMA {pragma}").fetchall()
    return database


def _take_away(database: sqlite3.Connection, kind: str, tables: Iterable[str] = ()) -> list[str]:
    """Drop the indexes or triggers, of all tables or some; return how to make them again."""
    found = database.execute(
        "SELECT name, tbl_name, sql FROM sqlite_master"
        " WHERE type = ? AND sql IS NOT NULL ORDER BY rowid",
        (kind,),
    ).fetchall()
    taken = [(name, sql) for name, table, sql in found if not tables or table in tables]
    for name, _ in taken:
        database.execute(f'DROP {kind} "{name}"')
    return [sql for _, sql in taken]


def _load(task: tuple[Path, Path, _Part]) -> tuple[str, set[str]]:
    """Load a part's spooled rows into a database; return its name and which tables were filled."""
    spool, path, part = task
    with closing(_open(path)) as database:
        writer = _Writer(database)
        indexes = _take_away(database, "index", part.tables)
        if _ALONG in part.searches:
            _set_search_memory(database, _ALONG, _SEARCH_BYTES)
        database.execute("BEGIN")
        for rows in _read_spooled(spool, part):
            for table, (columns, values) in rows.items():
                writer.insert(table, columns, values)
            if "articles" in rows:
                writer.index_articles(*rows["articles"])
        database.execute("COMMIT")
        for sql in indexes:
            database.execute(sql)
        for what in part.months:
            _count_months(database, what)
        for table in part.searches:
            if table == _ALONG:
                _set_search_memory(database, table, _USUAL_SEARCH_BYTES)
            else:
                _build_search(database, table)
    return part.name, set(writer.columns)


def _read_spooled(spool: Path, part: _Part) -> Iterator[Spooled]:
    """Yield a part's rows in the order of their keys; delete the files."""
    files = sorted(spool.glob(f"{part.name}-*"))
    for _, some in groupby(files, key=lambda file: file.name.split("-")[1]):
        rows: Spooled = {}
        for file in some:
            for dump in marshal.loads(file.read_bytes()):
                for table, (columns, values) in marshal.loads(dump).items():
                    rows.setdefault(table, (columns, []))[1].extend(values)
            file.unlink()
        if part is _SAID:
            for _, values in rows.values():
                values.sort()
        yield rows


def _load_whole(task: tuple[Path, "_Tally"]) -> set[str]:
    """Make and load what is of all articles together; return which tables were filled."""
    path, tally = task
    assert _world is not None
    with closing(_open(path)) as database:
        writer = _Writer(database)
        database.execute("BEGIN")
        for table, rows in _make_whole(_world, tally):
            indexes = _take_away(database, "index", (table,))
            writer.insert_rows(table, rows)
            for sql in indexes:
                database.execute(sql)
        _build_search(database, "entity_search")
        database.execute("COMMIT")
    return set(writer.columns)


def _copy(
    path: Path, database: sqlite3.Connection, tables: Iterable[str], *, searches: Iterable[str]
) -> None:
    """Copy tables from another database, where the same indexes lie over them."""
    database.execute("ATTACH ? AS other", (str(path),))
    database.execute("BEGIN")
    shadows = [f"{table}_{what}" for table in searches for what in _SHADOWS]
    for table in shadows:
        database.execute(f"DELETE FROM main.{table}")  # what FTS5 notes of an empty index
    for table in (*tables, *shadows):
        database.execute(f"INSERT INTO main.{table} SELECT * FROM other.{table}")
    database.execute("COMMIT")
    database.execute("DETACH other")


class _Writer:
    """Inserts rows, and sees to it that no column is forgotten."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self.database = database
        self.columns: dict[str, tuple[str, ...]] = {}

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


def _check_complete(filled: set[str]) -> None:
    """Refuse a database with a table that nobody filled or left empty on purpose."""
    forgotten = set(metadata.tables) - filled - _EMPTY
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

    def add(self, counted: Counted) -> None:
        """Add the share of some articles."""
        who, mentions, times = counted.links
        np.add.at(self.articles, who, 1)
        np.add.at(self.mentions, who, mentions)
        dated = times != _NO_TIME
        np.minimum.at(self.first, who[dated], times[dated])
        np.maximum.at(self.last, who[dated], times[dated])
        for counts, of in (
            (self.quotes, counted.quotes), (self.claims, counted.claims),
            (self.full, counted.full), (self.short, counted.short),
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


def _count_months(database: sqlite3.Connection, what: str) -> None:
    """Count articles, quotes or claims as ingest would have, see `app.ingest.months`."""
    insert = """
        INSERT INTO monthly_counts (what, "of", month, "count")
        SELECT '{what}', {of}, coalesce(substr(published_at, 1, 7) || '-01', ''), count(*)
        FROM {rows} WHERE {of} IS NOT NULL GROUP BY 2, 3"""
    database.create_function("outlet_key", 1, to_outlet_key, deterministic=True)
    named = "article_entities JOIN articles ON articles.key = article_entities.article_key"
    of, rows = {
        "articles": ("article_entities.entity_key", named),
        "quotes": ("speaker_key", "quotes"),
        "claims": ("claimant_key", "claims"),
    }[what]
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


def _build_search(database: sqlite3.Connection, table: str) -> None:
    _set_search_memory(database, table, _SEARCH_BYTES)
    database.execute(f"INSERT INTO {table} ({table}) VALUES ('rebuild')")
    _set_search_memory(database, table, _USUAL_SEARCH_BYTES)


def _to_time(seconds: float) -> str:
    return f"{datetime.fromtimestamp(int(seconds), UTC):%Y-%m-%d %H:%M:%S.%f}"


_world: World | None = None  # of a process that makes rows; it is there when the process is forked


@contextmanager
def _make_map(world: World, *, processes: int) -> Iterator[Callable[..., Iterable[Any]]]:
    """Yield what maps a function over its tasks: in processes, or here if there are none."""
    global _world
    _world = world
    if not processes:
        yield map
        return
    with multiprocessing.get_context("fork").Pool(processes) as pool:
        yield pool.imap_unordered
        # Let them end by themselves: terminating a pool can wait for ever for one that is about to
        # take its next task.
        pool.close()
        pool.join()


def _spool(task: tuple[Path, int]) -> list[Counted]:
    """Make some articles; write their rows into files and return what is counted of them."""
    assert _world is not None
    world = _world
    spool, first = task
    last = min(first + _AT_A_TIME, world.articles)
    counted = []
    files: defaultdict[str, list[bytes]] = defaultdict(list)
    for start in range(first, last, _AT_ONCE):
        drafts = list(draft_articles(world, start=start, end=min(start + _AT_ONCE, last)))
        counted.append(_count(world, drafts))
        made = make_rows([give_keys(world, draft) for draft in drafts])
        for file, rows in _divide(made, place=f"{first:012}").items():
            files[file].append(marshal.dumps(rows))
    for file, dumps in files.items():
        (spool / f"{file}-{first}").write_bytes(marshal.dumps(dumps))
    return counted


def _divide(made: dict[str, list[Row]], *, place: str) -> dict[str, Spooled]:
    """Return rows by the file that they are spooled to: its part and its place in their order."""
    files: defaultdict[str, Spooled] = defaultdict(dict)
    for table, rows in made.items():
        if not rows:
            continue
        columns = tuple(rows[0])
        values = map(tuple, map(dict.values, rows))
        if table in _ARTICLES.tables:
            files[f"{_ARTICLES.name}-{place}"][table] = (columns, list(values))
            continue
        ranges: list[list[tuple[Any, ...]]] = [[] for _ in range(1 << _RANGE_BITS)]
        for row in values:
            ranges[row[0] >> 63 - _RANGE_BITS].append(row)
        for number, some in enumerate(ranges):
            files[f"{_SAID.name}-{number:02}"][table] = (columns, some)
    return files


def _count(world: World, drafts: list[Draft]) -> Counted:
    links: list[tuple[int, int, int]] = []
    quotes, claims, full, short = [], [], [], []
    for draft in drafts:
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
    return Counted(
        articles=len(drafts),
        links=np.array(links, np.int64).reshape(-1, 3).T,
        quotes=np.array(quotes, np.int64),
        claims=np.array(claims, np.int64),
        full=np.array(full, np.int64),
        short=np.array(short, np.int64),
    )
