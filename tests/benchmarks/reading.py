"""Measures reading in a process of its own; prints one line of JSON.

    python -m tests.benchmarks.reading bare FOLDER
    python -m tests.benchmarks.reading ingest FOLDER DATABASE
    python -m tests.benchmarks.reading workers FOLDER DATABASE NUMBER
    python -m tests.benchmarks.reading unchanged FOLDER DATABASE

`bare` is the model pipeline alone over texts in memory; `ingest` is everything from the file to
the committed row with a parser that is loaded already; `workers` is the same with worker processes
(0: in its own), once forty articles are stored; `unchanged` looks through files that the database
knows. Times do not contain the loading of the model.
"""

import json
import os
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import insert

from app.db.engine import make_writer_engine
from app.db.schema import upgrade
from app.db.tables import Source, metadata
from app.ingest.job import find_parser, run_ingest
from app.ingest.ledger import Ledger
from app.ingest.load import ParserSource
from app.ingest.parse import Parser
from app.ingest.report import NoProgress
from app.ingest.rows import to_source_key, to_values
from app.ingest.scan import hash_file
from app.parsing.readers.files import find_files
from app.parsing.types import RawArticle
from app.settings import Settings
from app.vocabulary import SourceStatus
from tests.benchmarks.files import read_articles
from tests.benchmarks.servers import read_memory

_MOST_BYTES = 20_000_000
_WARM_UP = 8  # articles that are read before the clock starts
_SETTLED = 40  # articles that are stored before workers are no further ahead than at the end


class Watch(NoProgress):
    """Notes the process's memory as ingest goes on."""

    def __init__(self) -> None:
        self.memory: list[tuple[int, float]] = []

    def show(self, *, done: int, articles: int, words: int) -> None:  # noqa: ARG002
        if not self.memory or articles >= self.memory[-1][0] + 10:
            self.memory.append((articles, read_memory(os.getpid())["anonymous"]))


def measure_bare(folder: Path) -> dict[str, object]:
    """Read texts with the model, `Parser.pipe`, and keep nothing."""
    raws = list(read_articles([folder]))
    parser = _load(raws)
    started = time.perf_counter()
    words = sum(parsed.word_count for parsed in parser.pipe(raws))
    seconds = time.perf_counter() - started
    return {"words": words, "articles": len(raws), "seconds": seconds}


def measure_ingest(folder: Path, database: Path) -> dict[str, object]:
    """Ingest a folder into a new database."""
    # In this process, as the model alone is: worker processes are measured by themselves.
    settings = Settings(database_url=f"sqlite:///{database}", seeds=(folder,), ingest_workers=0)
    upgrade(settings.database_url)
    parser = _load(list(read_articles([folder]))[:_WARM_UP])
    source = ParserSource(versions=find_parser(settings).versions, load=lambda: parser)
    watch = Watch()
    started = time.perf_counter()
    report = run_ingest(settings, progress=watch, source=source)
    seconds = time.perf_counter() - started
    if report.files_failed:
        raise RuntimeError(f"{report.files_failed} files failed: {report.problems[:3]}")
    return {
        "words": report.words,
        "articles": report.articles,
        "seconds": seconds,
        "memory": watch.memory,
    }


class Clock(NoProgress):
    """Notes when there was how much."""

    def __init__(self) -> None:
        self.read: list[tuple[float, int]] = []

    def show(self, *, done: int, articles: int, words: int) -> None:  # noqa: ARG002
        self.read.append((time.perf_counter(), words))


def measure_workers(folder: Path, database: Path, workers: int) -> dict[str, object]:
    """Ingest a folder into a new database with worker processes; they load the model meanwhile."""
    clock = Clock()
    settings = Settings(
        database_url=f"sqlite:///{database}", seeds=(folder,), ingest_workers=workers
    )
    upgrade(settings.database_url)
    report = run_ingest(settings, progress=clock)
    if report.files_failed:
        raise RuntimeError(f"{report.files_failed} files failed: {report.problems[:3]}")
    # Workers are ahead of a writer that has just begun: what they had ready is no part of the rate.
    (began, before), (ended, words) = clock.read[_SETTLED], clock.read[-1]
    return {"words": words - before, "seconds": ended - began}


def measure_unchanged(folder: Path, database: Path) -> dict[str, object]:
    """Ingest a folder whose files the database knows as they are.

    Their rows are written here as a first ingest would have left them, since reading them all with
    the model would take an hour; that no parser is loaded shows that they are taken for unchanged.
    """
    settings = Settings(database_url=f"sqlite:///{database}", seeds=(folder,))
    versions = find_parser(settings).versions
    if not database.exists():
        _write_sources(settings, folder)

    started = time.perf_counter()
    report = run_ingest(settings, source=ParserSource(versions=versions, load=_refuse_to_load))
    seconds = time.perf_counter() - started
    if report.files_unchanged != report.files_total:
        raise RuntimeError(f"of {report.files_total} files {report.files_unchanged} are unchanged")
    return {"files": report.files_total, "seconds": seconds}


def _refuse_to_load() -> Parser:
    raise RuntimeError("a file was taken for changed")


def _write_sources(settings: Settings, folder: Path) -> None:
    upgrade(settings.database_url)
    engine = make_writer_engine(settings.database_url)
    now = datetime.now(UTC)
    versions = find_parser(settings).versions
    with engine.begin() as connection:
        Ledger(connection, versions=versions, now=now)
        rows = []
        for file in find_files([folder]):
            sha256, size = hash_file(file, max_bytes=_MOST_BYTES)
            row = Source(
                key=to_source_key(file.name), path=file.name, sha256=sha256, size=size,
                format="text", status=SourceStatus.LOADED, error=None, error_field=None,
                warnings=[], article_count=1, parser_version=versions.parser,
                model_version=versions.model, read_at=now,
            )  # fmt: skip
            rows.append(to_values(row))
        connection.execute(insert(metadata.tables["sources"]), rows)
    engine.dispose()


def _load(raws: list[RawArticle]) -> Parser:
    parser = find_parser(Settings()).load()
    for _ in parser.pipe(raws[:_WARM_UP]):
        pass
    return parser


def main() -> None:
    """Measure what the command line names."""
    what, folder, *more = sys.argv[1:]
    if what == "bare":
        found = measure_bare(Path(folder))
    elif what == "workers":
        database, workers = more
        found = measure_workers(Path(folder), Path(database), int(workers))
    else:
        measure = {"ingest": measure_ingest, "unchanged": measure_unchanged}[what]
        found = measure(Path(folder), Path(more[0]))
    sys.stdout.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    main()
