"""Measure what it spares the process that writes when a cluster's workers write the rows.

    python -m tests.quality.measure_staging [--rounds N]

Our own articles are parsed once, then stored in PostgreSQL N times over, each time in an empty
database: by turns with the rows made and sent by the process that writes, and with rows that were
copied beside before. PostgreSQL is a server of the tests' own (`tests.databases`).
"""

import argparse
import json
import os
import pickle
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

from sqlalchemy import Engine, insert, text

from app.db import tables
from app.db.engine import make_writer_engine
from app.ingest.job import find_parser
from app.ingest.jobs import ParseJob, Prepared, ReadJob
from app.ingest.rows import to_source_key, to_values
from app.ingest.staged import Staged, to_staged
from app.ingest.staging import close_staging, open_staging, write_staged
from app.ingest.store import store_article
from app.parsing.readers import ReadOptions, find_files
from app.settings import Settings
from tests import databases

ROOT = Path(__file__).parents[2]
Article = tuple[str, Prepared]


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    arguments.add_argument("--rounds", type=int, default=5)
    rounds = arguments.parse_args().rounds
    articles = list(parse())
    found: dict[str, list[dict[str, float]]] = {"sent": [], "copied": []}
    with (
        tempfile.TemporaryDirectory() as name,
        databases.running_server() as server,
        databases.known_server(server),
    ):
        databases.use(databases.POSTGRESQL)
        for number in range(rounds + 1):
            for how, runs in found.items():
                path = Path(name) / f"{how}{number}.db"
                runs.append(store(path, articles, copied=how == "copied"))
                databases.drop_database(path)
    report: dict[str, Any] = {
        # The first round writes the statements.
        how: {key: round(median(run[key] for run in runs[1:]), 2) for key in runs[0]}
        for how, runs in found.items()
    }
    sys.stdout.write(json.dumps({"articles": len(articles), **report}, indent=2) + "\n")


def parse() -> Iterator[Article]:
    parser = find_parser(Settings()).load()
    options = ReadOptions()
    for file in find_files([ROOT / "seeds", ROOT / "tests" / "articles"]):
        read: Any = ReadJob(file, options).run(lambda: parser)
        for item in getattr(read, "articles", ()):
            outcome = ParseJob(item, file, options, with_rows=True).run(lambda: parser)
            if isinstance(outcome, Prepared):
                yield file.name, outcome


def store(path: Path, articles: list[Article], *, copied: bool) -> dict[str, float]:
    """Store all articles, each in a transaction; return milliseconds and bytes for one of them."""
    databases.make_empty_database(path)
    engine = make_writer_engine(databases.url_of(path))
    with engine.begin() as connection:
        for name in dict.fromkeys(name for name, _ in articles):
            connection.execute(insert(tables.metadata.tables["sources"]), to_source(name))
    work: list[tuple[str, Prepared | Staged]] = []
    started = time.process_time()
    if copied:
        work += copy(engine, articles)
    else:
        work += articles
    copying = time.process_time() - started
    results = [pickle.dumps(one if isinstance(one, Staged) else strip(one)) for _, one in work]
    processor, wall = time.process_time(), time.perf_counter()
    with engine.connect() as connection:
        server = int(connection.scalar(text("SELECT pg_backend_pid()")) or 0)
    served = read_processor_seconds(server)
    for (name, _), result in zip(work, results, strict=True):
        one = pickle.loads(result)
        with engine.begin() as connection:
            if isinstance(one, Staged):
                store_article(
                    connection, parsed=one, source_key=to_source_key(name), source_name=name
                )
            else:
                store_article(
                    connection,
                    parsed=one.parsed,
                    source_key=to_source_key(name),
                    source_name=name,
                    packed=one.packed,
                    sketch=one.sketch,
                    locals_=one.locals,
                )
    processor, wall = time.process_time() - processor, time.perf_counter() - wall
    with engine.begin() as connection:
        assert connection.scalar(text("SELECT pg_backend_pid()")) == server
        served = read_processor_seconds(server) - served
        close_staging(connection)
    engine.dispose()
    count = len(articles)
    return {
        "writer_processor_ms": processor / count * 1000,
        "its_server_process_ms": served / count * 1000,
        "writer_ms": wall / count * 1000,
        "worker_processor_ms": copying / count * 1000,
        "result_bytes": sum(map(len, results)) / count,
    }


def read_processor_seconds(pid: int) -> float:
    """Return the processor time of another process (proc(5): utime and stime)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def copy(engine: Engine, articles: list[Article]) -> Iterator[tuple[str, Staged]]:
    with engine.begin() as connection:
        open_staging(connection)
    for name, one in articles:
        assert one.rows is not None
        with engine.begin() as connection:
            rows = [(one.rows, one.packed)]
            (key,) = write_staged(connection, rows, source_key=to_source_key(name))
        yield (
            name,
            to_staged(
                key,
                one.rows,
                locals_=one.locals,
                sketch=one.sketch,
                word_count=one.parsed.word_count,
                warnings=(),
            ),
        )


def strip(one: Prepared) -> Prepared:
    return Prepared(one.parsed, one.packed, one.sketch, one.locals, one.warnings)


def to_source(name: str) -> dict[str, Any]:
    return to_values(
        tables.Source(
            key=to_source_key(name),
            path=name,
            sha256="",
            size=0,
            format=None,
            status="loading",
            error=None,
            error_field=None,
            warnings=[],
            article_count=0,
            parser_version="",
            model_version="",
            read_at=datetime.now(UTC),
        )
    )


if __name__ == "__main__":
    main()
