import gzip
import io
from pathlib import Path

import pytest

from app.parsing.errors import ReadError
from app.parsing.readers import (
    ReadOptions,
    RemoteError,
    SeedFile,
    find_remote_files,
    list_slices,
    read_file,
    read_parts,
)
from app.parsing.readers.warc import SLICE_BYTES, read_pages
from app.vocabulary import FileFormat
from tests.warcs import Entry, to_page, to_warc

WORDS = (
    "The council had asked for a report on the harbour and on what it costs the town, and it had "
    "one within the week."
)
ZOE = to_page("Zoë", WORDS, f"{WORDS} Zoë").replace(b'<meta charset="utf-8">', b"")
NEWS = [
    Entry("https://post.example/a", to_page("Harbour", '"It works," said Ann Bell.', WORDS)),
    Entry("https://post.example/a.png", b"\x89PNG", content_type="image/png"),
    Entry("https://post.example/gone", to_page("Gone", WORDS), status="404 Not Found"),
    Entry("https://post.example/a", b"GET /a HTTP/1.1\r\n\r\n", kind="request"),
    Entry("https://post.example/menu", b"<html><body><ul><li>One<li>Two</ul></body></html>"),
    Entry(
        "https://post.example/b",
        gzip.compress(to_page("Hafen", "Der Hafen ist zu.", WORDS, language="de")),
        content_encoding="gzip",
    ),
    Entry(
        "https://post.example/c",
        ZOE.decode().encode("latin-1"),
        content_type="text/html; charset=iso-8859-1",
    ),
]


def write(folder: Path, data: bytes, name: str = "news.warc.gz") -> SeedFile:
    (folder / name).write_bytes(data)
    return SeedFile(folder / name, folder, name)


@pytest.mark.parametrize("compressed", [True, False])
def test_a_page_is_an_article_with_its_url_as_identity(tmp_path: Path, compressed: bool) -> None:
    name = "news.warc.gz" if compressed else "news.warc"
    result = read_file(write(tmp_path, to_warc(NEWS, compressed=compressed), name))
    assert result.format == FileFormat.WARC
    assert [(a.key, a.url, a.title, a.language) for a in result.articles] == [
        ("https://post.example/a", "https://post.example/a", "Harbour", "en"),
        ("https://post.example/b", "https://post.example/b", "Hafen", "de"),
        ("https://post.example/c", "https://post.example/c", "Zoë", "en"),
    ]
    assert result.articles[0].text.startswith('"It works," said Ann Bell.')
    assert "rights reserved" not in result.articles[0].text
    assert result.articles[0].meta == {"crawled_at": "2026-03-01T12:00:00Z"}
    assert result.warnings == ("https://post.example/menu is HTML with no article in it; left out",)


@pytest.mark.parametrize("compressed", [True, False])
@pytest.mark.parametrize("size", [700, 2_500, 10_000])
def test_slices_have_each_record_once_and_in_order(
    tmp_path: Path, compressed: bool, size: int
) -> None:
    # A page that speaks of records is none.
    trap = to_page("Trap", f"{WORDS} WARC/1.0\r\nWARC-Type: response", WORDS)
    entries = [Entry(f"https://post.example/{n}", trap) for n in range(40)]
    data = to_warc(entries, compressed=compressed)
    file = write(tmp_path, data)
    found = []
    for start in range(0, len(data), size):
        end = min(start + size, len(data))
        pages = read_pages(io.BytesIO(data), file=file, start=start, end=end, options=ReadOptions())
        found += [page.key for page in pages.articles]
    assert found == [entry.url for entry in entries]


def test_slices_cover_a_file() -> None:
    assert list_slices(0) == [(0, 0)]
    assert list_slices(SLICE_BYTES) == [(0, SLICE_BYTES)]
    assert list_slices(SLICE_BYTES + 1) == [(0, SLICE_BYTES), (SLICE_BYTES, SLICE_BYTES + 1)]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "is no WARC file"),
        (b"words and words", "is no WARC file"),
        (gzip.compress(b"words", mtime=0), "is no WARC file"),
        (to_warc(NEWS)[:400] + b"\xff" * 9 + to_warc(NEWS)[409:], "is damaged after 0 pages"),
    ],
)
def test_what_is_no_warc_file_is_refused(tmp_path: Path, data: bytes, reason: str) -> None:
    with pytest.raises(ReadError, match=reason):
        read_file(write(tmp_path, data))


@pytest.mark.parametrize("compressed", [True, False])
@pytest.mark.parametrize("cut", [10, 300])
def test_of_a_file_that_is_cut_off_the_last_page_is_left_out(
    tmp_path: Path, compressed: bool, cut: int
) -> None:
    data = to_warc([NEWS[0], NEWS[6]], compressed=compressed)
    pages = read_parts(write(tmp_path, data[:-cut]))
    assert [page.key for page in pages.articles] == ["https://post.example/a"]
    assert pages.warnings == ("the file is cut off in its last record, which is left out",)
    assert len(read_parts(write(tmp_path, data)).articles) == 2


def test_a_page_above_the_limit_and_one_that_came_before_are_left_out(tmp_path: Path) -> None:
    entries = [NEWS[0], NEWS[0], Entry("https://post.example/l", to_page("L", *[WORDS] * 100))]
    result = read_file(
        write(tmp_path, to_warc(entries)), options=ReadOptions(max_bytes=len(WORDS) * 50)
    )
    assert [article.key for article in result.articles] == ["https://post.example/a"]
    assert [warning.split(" ", 1)[1] for warning in result.warnings] == [
        "stands here twice; the first is kept",
        f"has more than {len(WORDS) * 50:,} bytes; left out",
    ]


def test_files_elsewhere_are_listed_and_read_by_url(tmp_path: Path) -> None:
    data = to_warc(NEWS)
    (tmp_path / "news").mkdir()
    write(tmp_path / "news", data, "a.warc.gz")
    write(tmp_path / "news", data, "b.warc.gz")
    write(tmp_path / "news", b'"It works," said Ann Bell.', "c.txt")
    url = f"file://{tmp_path}/news"
    assert [file.path.name for file in find_remote_files(url)] == [
        "a.warc.gz",
        "b.warc.gz",
        "c.txt",
    ]
    files = list(find_remote_files(f"{url}/*.warc.gz"))
    assert [file.name for file in files] == [f"{url}/a.warc.gz", f"{url}/b.warc.gz"]
    assert files[0].size == len(data)
    assert len(read_file(files[0]).articles) == 3
    (text,) = find_remote_files(f"{url}/c.txt")
    assert read_file(text).articles[0].text == '"It works," said Ann Bell.'
    write(tmp_path / "news", data + data, "a.warc.gz")
    again = next(find_remote_files(f"{url}/a.warc.gz"))
    assert again.version != files[0].version
    for nothing in (f"{url}/*.json", f"{url}/x", "nosuch://bucket/x"):
        with pytest.raises(RemoteError, match=r"there is nothing|cannot be listed"):
            list(find_remote_files(nothing))
