"""Worker processes: they change nothing, and when one dies, at most its article is lost."""

import json
import os
import signal
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from fake_parser import FakeParser
from house import House

from app.ingest.job import run_ingest
from app.ingest.jobs import Failure, ParseJob, Prepared
from app.ingest.ledger import Versions
from app.ingest.load import ParserSource
from app.ingest.pool import Limits, WorkerPool
from app.parsing.readers import ReadOptions, SeedFile
from app.parsing.types import RawArticle
from app.vocabulary import FileFormat

pytestmark = [pytest.mark.slow, pytest.mark.one_database]  # workers write nothing

BELL = '"It works," said Ann Bell in Riga.'


def to_job(text: str, key: str = "0") -> ParseJob:
    raw = RawArticle(key=key, text=text, format=FileFormat.TEXT)
    return ParseJob(raw, SeedFile(Path("a.txt"), Path(), "seeds/a.txt"), ReadOptions())


def write_mixed(house: House) -> None:
    """Files of one and of many articles, and such that cannot be read."""
    for number in range(12):
        house.write(f"a{number:02}.txt", f'"No {number}," said Ann Bell in Riga.')
    lines = (
        {
            "id": str(n),
            "text": f'"No {n}," said Bo N{"abcdefgh"[n % 8]} in Oslo.' + " BREAK" * (n == 7),
        }
        for n in range(40)
    )
    house.write("m.jsonl", "\n".join(json.dumps(line) for line in lines))
    house.write("bad.json", "{")
    house.write("empty.txt", "")
    house.write("z.txt", '"Last," said Cy Low in Bonn.')


@pytest.fixture
def plain(build_house: Callable[[str], House]) -> dict[str, list[tuple[object, ...]]]:
    house = build_house("plain")
    write_mixed(house)
    house.ingest()
    return house.dump()


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_with_any_number_of_workers_the_database_is_the_same_row_for_row(
    house: House, plain: dict[str, list[tuple[object, ...]]], workers: int
) -> None:
    write_mixed(house)
    report = house.ingest_with_workers(workers)
    assert report.articles == 52
    assert house.dump() == plain


def test_a_worker_that_is_killed_is_replaced_and_nothing_is_lost(
    house: House, plain: dict[str, list[tuple[object, ...]]]
) -> None:
    write_mixed(house)
    killed: list[int] = []

    def kill_children() -> None:
        while len(killed) < 3:
            time.sleep(0.5)
            for pid in set(list_children()) - set(killed):
                os.kill(pid, signal.SIGKILL)
                killed.append(pid)

    killer = threading.Thread(target=kill_children)
    killer.start()
    report = house.ingest_with_workers(2, seconds=0.2)
    killer.join()
    assert len(killed) >= 3
    assert report.articles == 52
    assert house.dump() == plain


def list_children() -> list[int]:
    """Return the workers that this process has started, once they are at work."""
    found = []
    for task in os.listdir("/proc/self/task"):
        with open(f"/proc/self/task/{task}/children") as file:
            for pid in file.read().split():
                with open(f"/proc/{pid}/cmdline") as line:
                    if "app.ingest.worker" in line.read():
                        found.append(int(pid))
    return found


@pytest.mark.parametrize(
    ("word", "reason", "limits"),
    [
        ("CRASH", "the process that read it died (SIGSEGV), and so did the next one", {}),
        # Long enough for any other article on a machine that is busy.
        ("HANG", "it took longer than 6 s and was given up", {"max_article_seconds": 6.0}),
        (
            "HOG",
            "it took more than 500 MB of memory and was given up",
            {"max_article_memory": 500_000_000},
        ),
    ],
)
def test_an_article_that_is_too_much_for_its_process_costs_only_itself(
    house: House, word: str, reason: str, limits: dict[str, float]
) -> None:
    reason = f"article 0: {reason}"
    house.write("a.txt", BELL)
    house.write("b.txt", f"{word} {BELL}")
    house.write("c.txt", BELL)
    report = house.ingest_with_workers(1, **limits)
    assert house.query("SELECT path, status, error FROM sources ORDER BY path") == [
        ("seeds/a.txt", "loaded", None),
        ("seeds/b.txt", "failed", reason),
        ("seeds/c.txt", "loaded", None),
    ]
    assert report.problems == (("seeds/b.txt", None, reason),)
    assert house.ingest_with_workers(1).files_unchanged == 3


def test_results_are_for_the_jobs_that_they_answer_and_the_parser_is_loaded_once() -> None:
    with WorkerPool(FakeParser, workers=2, limits=Limits()) as pool:
        futures = [pool.submit(to_job(f"{BELL} No {n}", key=str(n))) for n in range(20)]
        results = [future.result() for future in futures]
        pids = pool.pids
        assert 1 <= len(pids) <= 2
    assert [r.parsed.raw.key for r in results if isinstance(r, Prepared)] == [
        str(n) for n in range(20)
    ]
    assert not any(os.path.exists(f"/proc/{pid}") for pid in pids)


def test_what_nobody_expected_comes_back_with_its_traceback() -> None:
    with WorkerPool(FakeParser, workers=1, limits=Limits()) as pool:
        result = pool.submit(to_job("BREAK")).result()
    assert isinstance(result, Failure)
    assert result.reason == "ValueError: the parser broke"
    assert "Traceback" in result.details


def load_nothing() -> FakeParser:
    raise OSError("no such model")


def test_a_parser_that_cannot_be_loaded_stops_the_run_with_its_own_error(house: House) -> None:
    house.write("a.txt", BELL)
    source = ParserSource(versions=Versions("1", "m"), load=load_nothing)
    settings = house.settings.model_copy(update={"ingest_workers": 2})
    with pytest.raises(OSError, match="no such model"):
        run_ingest(settings, source=source)
    assert house.query("SELECT state FROM dataset") == [("failed",)]


def test_closing_ends_a_worker_in_the_middle_of_an_article() -> None:
    pool = WorkerPool(partial(FakeParser, seconds=3600), workers=1, limits=Limits())
    pool.submit(to_job(BELL))
    while not pool.pids:
        time.sleep(0.01)
    (pid,) = pool.pids
    started = time.monotonic()
    pool.close()
    assert time.monotonic() - started < 60  # the article takes an hour
    assert not os.path.exists(f"/proc/{pid}")
