"""Measures reading in a process of its own; prints one line of JSON.

    python -m tests.benchmarks.reading ingest FOLDER DATABASE
    python -m tests.benchmarks.reading workers FOLDER DATABASE NUMBER
    python -m tests.benchmarks.reading unchanged FOLDER DATABASE

`ingest` is everything from the file to the committed row, and the model pipeline alone over the
same texts in memory, in turns of ten articles, so that both have the machine as it is in the same
few seconds; `workers` is ingest with worker processes (0: in its own), once forty articles are
stored; `unchanged` looks through files that the database knows. Times do not contain the loading of
the model, nor what either does for the first time.
"""

import json
import os
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from sqlalchemy import insert

from app.db.engine import make_writer_engine
from app.db.schema import upgrade
from app.db.tables import Source, metadata
from app.ingest.job import find_parser, run_ingest
from app.ingest.ledger import Ledger
from app.ingest.load import ParserSource
from app.ingest.parse import Parser
from app.ingest.report import NoProgress, Report
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
_TURN = 10  # articles
_SETTLED = 40  # articles that are stored before workers are no further ahead than at the end


class Turns(NoProgress):
    """Reads with the model alone what ingest has just stored, and notes the process's memory."""

    def __init__(self, parser: Parser, raws: list[RawArticle]) -> None:
        self.memory: list[tuple[int, float]] = []
        self.words = 0
        self.seconds = 0.0  # of the model alone
        self._parser = parser
        self._raws = raws
        self._done = 0

    def show(self, *, done: int, articles: int, words: int) -> None:  # noqa: ARG002
        if articles < min(self._done + _TURN, len(self._raws)) or articles == self._done:
            return
        self.memory.append((articles, read_memory(os.getpid())["anonymous"]))
        turn = self._raws[self._done : articles]
        self._done = articles
        started = time.perf_counter()
        self.words += sum(parsed.word_count for parsed in self._parser.pipe(turn))
        self.seconds += time.perf_counter() - started


def measure_ingest(folder: Path, database: Path) -> dict[str, object]:
    """Ingest a folder into a new database; in turns read it with the model, and keep nothing.

    In this process, as the model alone is: worker processes are measured by themselves.
    """
    raws = list(read_articles([folder]))
    parser = find_parser(Settings()).load()
    some = [Path(file.place) for file in islice(find_files([folder]), _WARM_UP)]
    warm = database.with_name(f"warm-{database.name}")
    _ingest(some, warm, Turns(parser, raws[:_WARM_UP]), parser=parser)
    turns = Turns(parser, raws)
    seconds, report = _ingest([folder], database, turns, parser=parser)
    if (turns.words, len(raws)) != (report.words, report.articles):
        raise RuntimeError(f"the model read {turns.words} words, ingest {report.words}")
    return {
        "words": report.words,
        "articles": report.articles,
        "seconds": seconds - turns.seconds,
        "bare_seconds": turns.seconds,
        "memory": turns.memory,
    }


def _ingest(
    places: Sequence[Path], database: Path, turns: Turns, *, parser: Parser
) -> tuple[float, Report]:
    settings = Settings(database_url=f"sqlite:///{database}", seeds=tuple(places), ingest_workers=0)
    upgrade(settings.database_url)
    source = ParserSource(versions=find_parser(settings).versions, load=lambda: parser)
    started = time.perf_counter()
    report = run_ingest(settings, progress=turns, source=source)
    seconds = time.perf_counter() - started
    if report.files_failed:
        raise RuntimeError(f"{report.files_failed} files failed: {report.problems[:3]}")
    return seconds, report


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


def main() -> None:
    """Measure what the command line names."""
    what, folder, *more = sys.argv[1:]
    if what == "workers":
        database, workers = more
        found = measure_workers(Path(folder), Path(database), int(workers))
    else:
        measure = {"ingest": measure_ingest, "unchanged": measure_unchanged}[what]
        found = measure(Path(folder), Path(more[0]))
    sys.stdout.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    main()
