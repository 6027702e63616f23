"""Ingest on a Dask cluster: real scheduler and workers, as processes of this machine."""

import json
import os
import signal
import threading
import time
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
from distributed import LocalCluster
from fake_parser import FakeParser
from house import House

from app.ingest.cluster import ClusterError
from app.ingest.job import run_ingest
from app.ingest.ledger import Versions
from app.ingest.load import ParserSource
from app.ingest.report import Report
from app.ingest.scan import SeedsMissingError
from app.parsing.readers import warc
from tests import databases
from tests.warcs import Entry, to_page, to_warc

# On both databases: the workers of a cluster write rows on one of them only.
pytestmark = [pytest.mark.cluster, pytest.mark.slow]

WORDS = "The council had asked for a report on the harbour and on what it costs, and it had one."
PAGES, LINES, FILES = 100, 20, 20


@pytest.fixture(scope="module")
def cluster() -> Iterator[LocalCluster]:
    with LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, host="127.0.0.1"
    ) as cluster:
        yield cluster


def write_500(house: House) -> None:
    """A web archive of 100 articles among other pages, and 20 files of 20 articles each."""
    entries = []
    for number in range(PAGES):
        said = f'"No {number}," said Ann B{"aeiou"[number % 5]}ll in Riga.'
        page = to_page(f"Page {number}", said, WORDS, language="de" if number % 7 else "en")
        entries.append(Entry(f"https://post.example/{number}", page))
        if number % 10 == 0:
            menu = b"<html><body><ul><li>One<li>Two</ul></body></html>"
            entries.append(Entry(f"https://post.example/menu-{number}", menu))
    elsewhere = house.folder / "bucket"
    elsewhere.mkdir()
    (elsewhere / "news.warc.gz").write_bytes(to_warc(entries))
    for file in range(FILES):
        lines = (
            {"id": f"{file}-{n}", "text": f'"No {n}," said Bo N{"aeiou"[n % 5]}b in Oslo.'}
            for n in range(LINES)
        )
        house.write(f"f{file:02}.jsonl", "\n".join(json.dumps(line) for line in lines))


def ingest(house: House, *, seconds: float = 0.0, **settings: Any) -> Report:
    source = ParserSource(versions=Versions("1", "m"), load=partial(FakeParser, seconds=seconds))
    seeds = (house.seeds, f"file://{house.folder}/bucket/*.warc.gz")
    changed = house.settings.model_copy(update={"seeds": seeds, **settings})
    return run_ingest(changed, source=source)


def has_staged(house: House) -> bool:
    """Say whether anything is left of what workers wrote."""
    tables = "information_schema.tables WHERE table_name LIKE 'staged%'"
    return databases.kind() == databases.POSTGRESQL and bool(
        house.value(f"SELECT count(*) FROM {tables}")
    )


def count_articles(house: House) -> int:
    return int(house.value("SELECT count(*) FROM articles"))


def test_killing_a_worker_loses_nothing_and_writes_nothing_twice(
    house: House, cluster: LocalCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Small, so that the archive is a dozen tasks.
    monkeypatch.setattr(warc, "SLICE_BYTES", 4_000)
    write_500(house)
    plain = ingest(house)
    assert plain.articles == PAGES + LINES * FILES
    expected = house.dump()
    house.start_anew()
    killed = []

    def kill_one() -> None:
        while count_articles(house) < 30:
            time.sleep(0.05)
        pid = next(iter(cluster.workers.values())).pid
        os.kill(pid, signal.SIGKILL)
        killed.append(pid)

    killer = threading.Thread(target=kill_one)
    killer.start()
    report = ingest(house, seconds=0.02, ingest_scheduler=cluster.scheduler_address)
    killer.join()
    assert len(killed) == 1
    assert report.articles == PAGES + LINES * FILES
    assert report.files_total > FILES + 5
    assert house.dump() == expected
    house.check()
    assert not has_staged(house)
    (warnings,) = house.query(
        "SELECT warnings FROM sources WHERE path LIKE '%#bytes=0-%' ORDER BY path LIMIT 1"
    )
    assert "1 page left out: is HTML with no article in it" in json.loads(warnings[0])[-1]
    again = ingest(house, ingest_scheduler=cluster.scheduler_address)
    assert (again.articles, again.files_unchanged) == (0, report.files_total)


def test_a_poisoned_file_fails_alone_after_its_retries(house: House, cluster: LocalCluster) -> None:
    house.write("a.txt", '"It works," said Ann Bell in Riga.')
    house.write("b.txt", 'CRASH "It works," said Ann Bell in Riga.')
    house.write("c.json", "{")
    house.write("d.txt", '"It works," said Bo Nib in Riga.')
    source = ParserSource(versions=Versions("1", "m"), load=FakeParser)
    settings = house.settings.model_copy(update={"ingest_scheduler": cluster.scheduler_address})
    report = run_ingest(settings, source=source)
    rows = house.query("SELECT path, status, error FROM sources ORDER BY path")
    assert [row[:2] for row in rows] == [
        ("seeds/a.txt", "loaded"),
        ("seeds/b.txt", "failed"),
        ("seeds/c.json", "failed"),
        ("seeds/d.txt", "loaded"),
    ]
    assert rows[1][2] == (
        "article 0: the process that read it died (SIGSEGV), and so did the next one"
    )
    assert report.files_failed == 2


def test_a_scheduler_that_is_not_there_is_said_plainly(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.write("a.txt", "Words.")
    monkeypatch.setattr("app.ingest.cluster.CONNECT_S", 1.0)
    settings = house.settings.model_copy(update={"ingest_scheduler": "tcp://127.0.0.1:9"})
    source = ParserSource(versions=Versions("1", "m"), load=FakeParser)
    with pytest.raises(
        ClusterError, match=r"no Dask scheduler can be reached at tcp://127\.0\.0\.1:9"
    ):
        run_ingest(settings, source=source)


def test_a_url_with_nothing_behind_it_changes_nothing(house: House) -> None:
    house.write("a.txt", '"It works," said Ann Bell in Riga.')
    house.ingest()
    before = house.dump()
    with pytest.raises(SeedsMissingError, match="there is nothing at file://"):
        ingest(house)
    after = house.dump()
    assert {**after, "dataset": []} == {**before, "dataset": []}
