"""Files in stores of several kinds: real servers over HTTP, S3 and Google's, and this process's
memory."""

import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import fsspec
import pytest
from fsspec.registry import _registry

from app.parsing.errors import ReadError
from app.parsing.readers import RemoteError, find_files, find_remote_files, read_file, warc
from app.parsing.readers.files import SeedFile
from app.parsing.readers.warc import list_slices
from tests.stores import serving_gcs, serving_http, serving_s3
from tests.warcs import Entry, to_page, to_warc

SAID = '"It works," said Ann Bell.'
WORDS = "The council had asked for a report on the harbour and on what it costs, and it had one."
PAGES = to_warc(
    Entry(
        f"https://post.example/{number}", to_page(f"Page {number}", f"{SAID} No {number}.", WORDS)
    )
    for number in range(30)
)
SERVERS = {"s3": serving_s3, "gcs": serving_gcs}
Store = tuple[str, Callable[[str, bytes], None]]


@pytest.fixture(
    params=[
        *("memory", "http"),
        *(pytest.param(name, marks=pytest.mark.stores) for name in SERVERS),
    ]
)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """A store's address, and what puts a file there."""
    with ExitStack() as stack:
        if request.param == "http":

            def put(name: str, data: bytes) -> None:
                (tmp_path / name).parent.mkdir(exist_ok=True)
                (tmp_path / name).write_bytes(data)

            yield stack.enter_context(serving_http(tmp_path)), put
        elif request.param in SERVERS:
            system = stack.enter_context(SERVERS[request.param]())
            address = system.unstrip_protocol("news")
            yield address, lambda name, data: system.pipe(f"news/{name}", data)
        else:
            memory = fsspec.filesystem("memory")
            yield "memory://", lambda name, data: memory.pipe(f"/{name}", data)
            memory.rm("/", recursive=True)


def put_some(put: Callable[[str, bytes], None]) -> None:
    put("2026/a.txt", SAID.encode())
    put("2026/b.jsonl", json.dumps({"id": 1, "text": SAID}).encode())
    put("2026/c.warc.gz", PAGES)


def test_files_are_listed_by_pattern_and_read(store: Store) -> None:
    address, put = store
    put_some(put)
    files = list(find_remote_files(f"{address}/2026/*"))
    assert [(file.path.name, file.size) for file in files] == [
        ("a.txt", len(SAID)),
        ("b.jsonl", len(json.dumps({"id": 1, "text": SAID}))),
        ("c.warc.gz", len(PAGES)),
    ]
    assert [len(read_file(file).articles) for file in files] == [1, 1, 30]
    assert all(file.name.startswith(f"{address}/") for file in files)
    assert [file.name for file in find_remote_files(f"{address}/2026/*.warc.gz")] == [files[2].name]
    assert list(find_remote_files(files[0].name)) == [files[0]]


def test_a_file_elsewhere_is_read_as_one_on_disk_is(store: Store, tmp_path: Path) -> None:
    address, put = store
    put_some(put)
    folder = tmp_path / "disk"
    folder.mkdir()
    put_some(lambda name, data: (folder / Path(name).name).write_bytes(data))

    def read(files: Iterable[SeedFile]) -> list[tuple[str | None, ...]]:
        found = [article for file in files for article in read_file(file).articles]
        return [(article.url, article.title, article.text) for article in found]

    on_disk = read(find_files([folder]))
    assert len(on_disk) == 32
    assert read(find_remote_files(f"{address}/2026/*")) == on_disk


def test_a_folder_is_all_that_is_below_it(store: Store) -> None:
    address, put = store
    if address.startswith("http"):
        pytest.skip("on the web a folder is a page")
    put_some(put)
    assert len(list(find_remote_files(address))) == 3
    assert len(list(find_remote_files(f"{address}/2026"))) == 3


def test_other_content_of_the_same_size_is_another_version(store: Store, tmp_path: Path) -> None:
    address, put = store
    put_some(put)
    (first,) = find_remote_files(f"{address}/2026/*.txt")
    assert list(find_remote_files(f"{address}/2026/*.txt")) == [first]
    put("2026/a.txt", SAID.replace("works", "stops").encode())
    if address.startswith("http"):
        # A server's times are whole seconds.
        path = tmp_path / "2026/a.txt"
        os.utime(path, (path.stat().st_mtime + 5, path.stat().st_mtime + 5))
    (second,) = find_remote_files(f"{address}/2026/*.txt")
    assert (second.name, second.size) == (first.name, first.size)
    assert second.version != first.version


def test_a_slice_of_a_large_file_is_read_alone(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(warc, "SLICE_BYTES", len(PAGES) // 4 + 1)
    address, put = store
    put_some(put)
    (whole,) = find_remote_files(f"{address}/2026/*.warc.gz")
    slices = list_slices(whole.size)
    assert len(slices) == 4
    found = [
        article.url for span in slices for article in read_file(replace(whole, span=span)).articles
    ]
    assert found == [f"https://post.example/{number}" for number in range(30)]


def test_a_server_that_gives_no_parts_of_files_is_read_from_the_start(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(SAID)
    (tmp_path / "c.warc.gz").write_bytes(PAGES)
    with serving_http(tmp_path, ranges=False) as address:
        files = [next(find_remote_files(f"{address}/{name}")) for name in ("a.txt", "c.warc.gz")]
        assert [len(read_file(file).articles) for file in files] == [1, 30]


def test_what_is_not_there_is_said(store: Store) -> None:
    address, put = store
    put_some(put)
    for nothing in (f"{address}/2026/*.json", f"{address}/2026/x"):
        with pytest.raises(RemoteError, match=f"there is nothing at {address}"):
            list(find_remote_files(nothing))


def test_a_file_that_goes_between_listing_and_reading_is_that_files_error(
    store: Store, tmp_path: Path
) -> None:
    address, put = store
    put_some(put)
    (file,) = find_remote_files(f"{address}/2026/*.txt")
    if address.startswith("memory"):
        fsspec.filesystem("memory").rm("/2026/a.txt")
    elif address.startswith(("s3", "gs")):
        fsspec.filesystem(address.partition(":")[0]).rm("news/2026/a.txt")
    else:
        (tmp_path / "2026/a.txt").unlink()
    with pytest.raises(ReadError, match="cannot be opened: FileNotFoundError"):
        read_file(file)


def test_a_store_that_does_not_answer_is_said() -> None:
    with pytest.raises(RemoteError, match=r"http://127\.0\.0\.1:9/a\.txt"):
        list(find_remote_files("http://127.0.0.1:9/a.txt"))


@pytest.mark.parametrize(
    ("module", "url", "extra"),
    [("gcsfs", "gs://bucket/*", "gcs"), ("pyarrow.fs", "hdfs://host/news/*", "hdfs")],
)
def test_a_missing_package_is_named(
    module: str, url: str, extra: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    # What another test has imported.
    monkeypatch.delitem(_registry, url.partition(":")[0], raising=False)
    with pytest.raises(RemoteError, match=rf"pip install 'on-record\[cluster,{extra}\]'"):
        list(find_remote_files(url))
