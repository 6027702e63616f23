"""Measure what docs/scale.md reckons with: words read, rows and bytes stored, what queries cost.

    python -m tests.quality.measure_scale [--copies N]

Our own articles are read and stored in both databases, then stored N times over with other ids,
dates and outlets, and every hundredth time with other entities, so that the tables are large and
their words are real. PostgreSQL is a server of the tests' own (`tests.databases`).
"""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient
from sqlalchemy import Connection, Engine, Table, func, select, text

from app.db import tables
from app.db.bulk import insert_rows
from app.db.engine import make_writer_engine
from app.db.ids import to_key
from app.ingest.job import find_parser, run_ingest
from app.ingest.load import ParserSource
from app.ingest.months import recount_months
from app.ingest.parse import Parser
from app.main import create_app
from app.parsing.types import ParsedArticle, RawArticle
from app.settings import Settings
from tests import databases

ROOT = Path(__file__).parents[2]
TABLES = {table.name: table for table in tables.metadata.sorted_tables}
# Keys of what every copy has of its own, and of what some copies share.
_OWN = {"articles", "sources", "quotes", "claims", "attributions", "entity_clusters"}
_ENTITY_VARIANTS = 100
_OUTLETS = 500
_DAYS = 3650
_ROWS_AT_ONCE = 20_000
QUERIES = (
    "/v1/quotes?limit=50",
    "/v1/quotes?limit=50&sort=published_at",
    "/v1/quotes?speaker={slug}&limit=50",
    "/v1/quotes?q=government",
    "/v1/quotes?q=%22prime+minister%22",
    "/v1/articles?q=court+hearing",
    "/v1/articles?q=said&sort=relevance",
    "/v1/entities?q=min*",
    "/v1/quotes/match?text={words}",
    "/v1/quotes/counts?group_by=speaker&interval=month",
)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    arguments.add_argument("--copies", type=int, default=100)
    copies = arguments.parse_args().copies
    with tempfile.TemporaryDirectory() as name, databases.running_server() as server:
        path = Path(name) / "scale.db"
        with databases.known_server(server):
            parser = find_parser(Settings()).load()  # once in the life of a process
            report: dict[str, Any] = {"copies": copies}
            for kind in (databases.POSTGRESQL, databases.SQLITE):
                databases.use(kind)
                read(path.with_name("first.db"), parser=parser)  # statements are written once
                report[f"read_into_{kind}"] = read(path, parser=parser)
            rows = {
                name: [dict(row) for row in found]
                for name, found in read_rows(make_writer_engine(databases.url_of(path)))
            }
            for kind in (databases.SQLITE, databases.POSTGRESQL):
                databases.use(kind)
                other = path.with_name("copies.db")
                databases.make_empty_database(other)
                report[kind] = measure(other, rows, copies=copies)
    sys.stdout.write(json.dumps(report, indent=2) + "\n")


class Stopwatch:
    """A parser, and how many seconds of this process's processors it has taken."""

    def __init__(self, parser: Parser) -> None:
        self.spent = 0.0
        self._parser = parser

    def parse(self, raw: RawArticle) -> ParsedArticle:
        return next(self.pipe([raw]))

    def pipe(self, raws: Iterable[RawArticle]) -> Iterator[ParsedArticle]:
        parsed = iter(self._parser.pipe(raws))
        while True:
            started = time.process_time()
            one = next(parsed, None)
            self.spent += time.process_time() - started
            if one is None:
                return
            yield one


def read(path: Path, *, parser: Parser) -> dict[str, float]:
    """Read our own articles into a database; say what parsing and what all the rest takes.

    Processor seconds are those of this process: what PostgreSQL's server takes is not in them.
    """
    seeds = (ROOT / "seeds", ROOT / "tests" / "articles")
    # In this process, whose processor time is looked at.
    settings = Settings(database_url=databases.url_of(path), seeds=seeds, ingest_workers=0)
    databases.make_empty_database(path)
    stopwatch = Stopwatch(parser)
    versions = find_parser(settings).versions
    spent, started = time.process_time(), time.perf_counter()
    report = run_ingest(settings, source=ParserSource(versions, load=lambda: stopwatch))
    spent, seconds = time.process_time() - spent, time.perf_counter() - started
    return {
        "articles": report.articles,
        "words": report.words,
        "seconds": round(seconds, 1),
        "parsing_words_per_processor_second": round(report.words / stopwatch.spent, 1),
        "other_processor_seconds_per_article": round(
            (spent - stopwatch.spent) / report.articles, 4
        ),
    }


def read_rows(engine: Engine) -> Iterator[tuple[str, Any]]:
    with engine.connect() as connection:
        for name, table in TABLES.items():
            yield name, connection.execute(select(table)).mappings().all()
    engine.dispose()


def measure(path: Path, rows: dict[str, Any], *, copies: int) -> dict[str, Any]:
    engine = make_writer_engine(databases.url_of(path))
    started = time.perf_counter()
    with engine.begin() as connection:
        for name, table in TABLES.items():
            if name != "monthly_counts":
                write_copies(connection, table, rows[name], copies=copies)
        recount_months(connection)
    loaded = time.perf_counter() - started
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if databases.kind() == databases.POSTGRESQL:
            connection.execute(text("VACUUM ANALYZE"))
            sizes, largest = size_on_postgresql(connection), _LARGEST_ON_POSTGRESQL
        else:
            connection.execute(text("ANALYZE"))
            sizes, largest = size_on_sqlite(connection), _LARGEST_ON_SQLITE
        indexes = connection.execute(text(largest), {"most": _SHOWN_INDEXES}).all()
        count = {
            name: connection.scalar(select(func.count()).select_from(table))
            for name, table in TABLES.items()
        }
    engine.dispose()
    settings = Settings(
        database_url=databases.url_of(path),
        ingest_at_start=False,
        log_requests=False,
        cache_bytes=0,  # an answer that is kept costs nothing
    )
    with TestClient(create_app(settings)) as client:
        costs = dict(time_queries(client))
    articles = count["articles"]
    return {
        "articles": articles,
        "load_seconds": round(loaded, 1),
        "rows_per_article": round(sum(count.values()) / articles, 1),
        "rows": count,
        "bytes_per_article": {name: round(size / articles) for name, size in sizes.items()},
        "bytes_in_all": sum(sizes.values()),
        "largest_indexes_per_article": {name: round(size / articles) for name, size in indexes},
        "milliseconds": costs,
    }


def write_copies(connection: Connection, table: Table, rows: Any, *, copies: int) -> None:
    shared = table.name in {"entities", "entity_aliases", "entity_redirects", "entity_corrections"}
    if table.name == "dataset":
        insert_rows(connection, table, rows)
        return
    waiting: list[dict[str, Any]] = []
    for number in range(min(copies, _ENTITY_VARIANTS) if shared else copies):
        waiting += [to_copy(table, row, number) for row in rows]
        if len(waiting) >= _ROWS_AT_ONCE:
            insert_rows(connection, table, waiting)
            waiting = []
    insert_rows(connection, table, waiting)


def to_copy(table: Table, row: dict[str, Any], number: int) -> dict[str, Any]:
    """Return a row with the keys, the dates and the outlet of a copy."""
    copy = dict(row)
    for column in table.columns:
        value = copy[column.name]
        if value is None:
            continue
        target = target_of(column)
        if target in _OWN:
            copy[column.name] = to_key(str(value), str(number))
        elif target == "entities":
            copy[column.name] = to_key(str(value), "entity", str(number % _ENTITY_VARIANTS))
        elif isinstance(value, datetime) and column.name == "published_at":
            copy[column.name] = value - timedelta(days=number * 7919 % _DAYS)
        elif column.name == "outlet":
            copy[column.name] = f"{value} {number * 31 % _OUTLETS}"
        elif column.name in ("path", "slug", "base", "group_key", "call"):
            # A file is each copy's own; names go with the entities.
            variant = number if column.name == "path" else number % _ENTITY_VARIANTS
            copy[column.name] = f"{value}-{variant}"
    return copy


def target_of(column: Any) -> str | None:
    if column.name == "key":
        return str(column.table.name)
    for key in column.foreign_keys:
        return str(key.column.table.name)
    named = {
        "entity_key": "entities",
        "cluster_key": "entity_clusters",
        "founder_article": "articles",
        "story_key": "articles",
    }
    return named.get(column.name)


def size_on_postgresql(connection: Connection) -> dict[str, int]:
    rows = connection.execute(
        text(
            "SELECT relname, pg_table_size(oid) AS table_size, pg_indexes_size(oid) AS index_size "
            "FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace "
            "ORDER BY relname"
        )
    ).all()
    sizes = {}
    for row in rows:
        sizes[row.relname] = row.table_size
        sizes[f"{row.relname} (indexes)"] = row.index_size
    return sizes


def size_on_sqlite(connection: Connection) -> dict[str, int]:
    rows = connection.execute(
        text(
            "SELECT coalesce(tbl_name, s.name) || CASE WHEN type = 'index' THEN ' (indexes)' "
            "ELSE '' END AS name, sum(pgsize) FROM dbstat AS s "
            "LEFT JOIN sqlite_master ON sqlite_master.name = s.name GROUP BY 1 ORDER BY 1"
        )
    ).all()
    return {row[0]: row[1] for row in rows}


_SHOWN_INDEXES = 12
_LARGEST_ON_SQLITE = """\
SELECT s.name, sum(pgsize) AS size FROM dbstat AS s
JOIN sqlite_master ON sqlite_master.name = s.name AND type = 'index'
GROUP BY 1 ORDER BY 2 DESC LIMIT :most"""
_LARGEST_ON_POSTGRESQL = """\
SELECT relname, pg_relation_size(oid) AS size FROM pg_class
WHERE relkind = 'i' AND relnamespace = 'public'::regnamespace
ORDER BY 2 DESC LIMIT :most"""


def time_queries(client: TestClient, repeats: int = 7) -> Iterator[tuple[str, float]]:
    """Yield each query with the least milliseconds that it took, totals counted anew each time."""
    slug = client.get("/v1/entities?limit=1&sort=-quote_count").json()["data"][0]["id"]
    said = client.get("/v1/quotes?limit=1").json()["data"][0]["text"]
    for query in QUERIES:
        address = query.format(slug=slug, words=" ".join(said.split()[:8]))

        def ask(address: str = address) -> None:
            client.app.state.source.dataset._totals.clear()
            assert client.get(address).status_code == 200, address

        yield query, round(min(spent(ask) for _ in range(repeats)) * 1000, 1)


def spent(do: Callable[[], None]) -> float:
    started = time.perf_counter()
    do()
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
