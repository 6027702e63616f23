"""Ingest on a Dask cluster: real scheduler and workers, as processes of this machine."""

import json
import os
import signal
import threading
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from distributed import LocalCluster
from fake_parser import FakeParser
from house import House
from smiths import MAYOR, MAYOR_AGAIN, SURGEON, write_articles
from sqlalchemy import Connection

from app.ingest import job, staging, store
from app.ingest.cluster import Cluster, ClusterError
from app.ingest.job import run_ingest
from app.ingest.ledger import Versions
from app.ingest.load import ParserSource
from app.ingest.pool import Limits
from app.ingest.report import Report
from app.ingest.scan import SeedsMissingError
from app.ingest.staged import Staged
from app.parsing.readers import warc
from app.settings import Settings
from tests import databases
from tests.warcs import Entry, to_page, to_warc

# On both databases: the workers of a cluster write rows on one of them only.
pytestmark = [pytest.mark.cluster, pytest.mark.slow]

WORDS = "The council had asked for a report on the harbour and on what it costs, and it had one."
LINES = 60  # more than a worker writes at once


@pytest.fixture(scope="module")
def cluster() -> Iterator[LocalCluster]:
    with LocalCluster(
        n_workers=2,
        threads_per_worker=1,
        processes=True,
        dashboard_address="127.0.0.1:0",
        host="127.0.0.1",
    ) as cluster:
        yield cluster


def to_name(number: int) -> str:
    """Return the letters of one of forty people: whoever is in all articles costs all of them."""
    return "aeiou"[number % 5] + "bdfgklmn"[number // 5 % 8]


def write_many(house: House, *, pages: int, files: int) -> None:
    """A web archive of some articles among other pages, and files of 60 articles each."""
    entries = []
    for number in range(pages):
        said = f'"No {number}," said Ann B{to_name(number)}l in Riga.'
        page = to_page(f"Page {number}", said, WORDS, language="de" if number % 7 else "en")
        entries.append(Entry(f"https://post.example/{number}", page))
        if number % 10 == 0:
            menu = b"<html><body><ul><li>One<li>Two</ul></body></html>"
            entries.append(Entry(f"https://post.example/menu-{number}", menu))
    elsewhere = house.folder / "bucket"
    elsewhere.mkdir()
    (elsewhere / "news.warc.gz").write_bytes(to_warc(entries))
    for file in range(files):
        lines = (
            {
                "id": f"{file}-{n}",
                "text": f'"No {n}," said Bo N{to_name(file * LINES + n)}b in Oslo.',
            }
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


def count_moved(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return where the keys of articles are noted whose rows are moved as a worker wrote them."""
    moved: list[int] = []

    def note(connection: Connection, staged: Staged) -> None:
        staging.move_rows(connection, staged)
        moved.append(staged.article_key)

    monkeypatch.setattr(store, "move_rows", note)
    return moved


def count_articles(house: House) -> int:
    return int(house.value("SELECT count(*) FROM articles"))


def test_killing_a_worker_loses_nothing_and_writes_nothing_twice(
    house: House, cluster: LocalCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    # 500 articles where the workers write, fewer where they do not.
    writes = databases.kind() == databases.POSTGRESQL
    pages, files = (80, 7) if writes else (20, 1)
    # Small, so that the archive is many tasks.
    monkeypatch.setattr(warc, "SLICE_BYTES", 40 * pages)
    moved = count_moved(monkeypatch)
    write_many(house, pages=pages, files=files)
    plain = ingest(house)
    assert plain.articles == pages + LINES * files
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
    report = ingest(house, seconds=0.005, ingest_scheduler=cluster.scheduler_address)
    killer.join()
    assert len(killed) == 1
    assert report.articles == pages + LINES * files
    assert report.files_total > files + 5
    # Most rows were a worker's: all but those of whose entities the guess was wrong.
    assert (len(moved) > report.articles * 0.9) if writes else not moved
    assert house.dump() == expected
    house.check()
    assert not has_staged(house)
    (warnings,) = house.query(
        "SELECT warnings FROM sources WHERE path LIKE '%#bytes=0-%' ORDER BY path LIMIT 1"
    )
    assert "1 page left out: is HTML with no article in it" in json.loads(warnings[0])[-1]
    again = ingest(house, ingest_scheduler=cluster.scheduler_address)
    assert (again.articles, again.files_unchanged) == (0, report.files_total)


HARD = {
    "url": "https://post.example/hard",
    "title": 'Ça "va" \\ 😀',
    "authors": ["Zoë\tO’N"],
    "published_at": "2024-05-03T10:00:00.25+02:00",
    "section": {"a": [1.5e-7, None, "\u2028"]},
    "text": '"Ça va \\n {100} %s," said Ann Bell in Riga, "and ‘1 000 €’ :key," said Bo Nib.',
}


def test_who_is_who_is_decided_by_the_writer_whatever_workers_guessed(
    house: House, cluster: LocalCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_articles(
        house, (SURGEON, "2024-05-02"), (MAYOR, "2024-05-01"), (MAYOR_AGAIN, "2024-06-01")
    )
    house.write("hard.jsonl", json.dumps(HARD))
    house.write("entities.yaml", "entities: [{id: ann-bell, name: Ann B., same_as: [bo-nib]}]")
    source = ParserSource(versions=Versions("1", "m"), load=FakeParser)
    run_ingest(house.settings, source=source)
    expected = house.dump()
    assert len(house.query("SELECT * FROM quotes")) == 2
    house.start_anew()
    moved = count_moved(monkeypatch)
    settings = house.settings.model_copy(update={"ingest_scheduler": cluster.scheduler_address})
    run_ingest(settings, source=source)
    assert house.dump() == expected
    # The surgeon's guess was right when it was moved, in the order of the files; two others' too.
    assert len(moved) == (3 if databases.kind() == databases.POSTGRESQL else 0)


@pytest.mark.postgresql
def test_rows_that_workers_cannot_write_are_written_by_the_writer(
    postgresql_server: databases.Server,
    tmp_path: Path,
    cluster: LocalCluster,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    databases.use(databases.POSTGRESQL)
    databases.make_empty_database(tmp_path / "empty.db")
    house = House(tmp_path, empty_database=tmp_path / "empty.db")
    house.write("a.txt", '"It works," said Ann Bell in Riga.')
    house.write("b.txt", '"It does," said Bo Nib in Oslo.')
    source = ParserSource(versions=Versions("1", "m"), load=FakeParser)
    nowhere = "postgresql+psycopg://postgres@127.0.0.1:9/nowhere"

    def connect(settings: Settings, *, source: ParserSource) -> Cluster:
        address = cluster.scheduler_address
        return Cluster(address, load=source.load, limits=Limits(), database_url=nowhere)

    monkeypatch.setattr(job, "make_pool", connect)
    report = run_ingest(house.settings, source=source)
    assert (report.articles, report.files_failed) == (2, 0)
    assert house.value("SELECT count(*) FROM quotes") == 2
    said = [record for record in caplog.messages if "so they are written here" in record]
    assert len(said) == 1


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
