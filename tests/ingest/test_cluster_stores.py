"""Ingest on a Dask cluster whose workers read from object stores, over each one's protocol."""

from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
from distributed import LocalCluster
from fake_parser import FakeParser
from house import House

from app.ingest.job import run_ingest
from app.ingest.ledger import Versions
from app.ingest.load import ParserSource
from app.ingest.report import Report
from app.parsing.readers import warc
from tests.stores import serving_gcs, serving_s3
from tests.warcs import Entry, to_page, to_warc

# The database is not the point, and the store is the same on both.
pytestmark = [
    *(pytest.mark.stores, pytest.mark.cluster),
    *(pytest.mark.slow, pytest.mark.one_database),
]

WORDS = "The council had asked for a report on the harbour and on what it costs, and it had one."
PAGES = 30


@pytest.fixture(scope="module", params=[serving_s3, serving_gcs], ids=["s3", "gcs"])
def bucket(request: pytest.FixtureRequest) -> Iterator[Any]:
    with request.param() as system:
        yield system


@pytest.fixture(scope="module")
def cluster(bucket: Any) -> Iterator[LocalCluster]:
    # After the store: its processes are told by their environment where that is.
    with LocalCluster(
        n_workers=2,
        threads_per_worker=1,
        processes=True,
        dashboard_address="127.0.0.1:0",
        host="127.0.0.1",
    ) as cluster:
        yield cluster


def ingest(house: House, seeds: str, **settings: Any) -> Report:
    source = ParserSource(versions=Versions("1", "m"), load=partial(FakeParser))
    changed = house.settings.model_copy(update={"seeds": (seeds,), **settings})
    return run_ingest(changed, source=source)


def test_a_web_archive_in_a_store_is_read_by_the_workers_as_a_plain_run_reads_it(
    house: House, cluster: LocalCluster, bucket: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = to_warc(
        Entry(
            f"https://post.example/{number}",
            to_page(f"Page {number}", f'"No {number}," said Ann B{"aeiou"[number % 5]}ll.', WORDS),
        )
        for number in range(PAGES)
    )
    monkeypatch.setattr(warc, "SLICE_BYTES", len(archive) // 6)
    bucket.pipe("news/cc/1.warc.gz", archive)
    bucket.pipe("news/cc/2.txt", b'"It works," said Ann Bell in Riga.')
    bucket.pipe("news/cc/readme.pdf", b"%PDF")
    seeds = bucket.unstrip_protocol("news/cc/*.[tw]*")
    plain = ingest(house, seeds)
    assert plain.articles == PAGES + 1
    expected = house.dump()
    house.start_anew()
    report = ingest(house, seeds, ingest_scheduler=cluster.scheduler_address)
    assert (report.articles, report.files_failed) == (PAGES + 1, 0)
    assert report.files_total >= 7
    assert house.dump() == expected
    again = ingest(house, seeds, ingest_scheduler=cluster.scheduler_address)
    assert (again.articles, again.files_unchanged) == (0, report.files_total)
    # Another content, told by the store's entity tag: only that is read again.
    bucket.pipe("news/cc/2.txt", b'"It stops," said Ann Bell in Riga.')
    changed = ingest(house, seeds, ingest_scheduler=cluster.scheduler_address)
    assert (changed.articles, changed.files_changed) == (1, 1)
