"""WARC files, as web archives and crawlers write them: one page, one article.

ISO 28500:2017 (https://iipc.github.io/warc-specifications/). Of a file, the responses of HTTP that
were HTML and came with status 200 are read, by FastWARC. The records may stand plain or each in a
gzip member of its own, as Common Crawl's do.

A large file is read in slices, each by whoever has time for it. A slice has the records that begin
in it, so that each record is in one slice and nobody needs an index: where the first one begins is
seen by its first bytes.
"""

import os
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from app.parsing.errors import ReadError
from app.parsing.readers.article import ReadOptions, ReadResult
from app.parsing.readers.files import SeedFile
from app.parsing.readers.html import read_html
from app.vocabulary import FileFormat

SUFFIXES = (".warc", ".warc.gz")
SLICE_BYTES = 8 * 2**20
"""Of a file as it is stored; some 500 pages of Common Crawl's news."""

_GZIP = b"\x1f\x8b\x08"  # RFC 1952: the two magic bytes, and deflate
_WARC = b"WARC/1."
_LOOK_AT = 1 << 20
_HTML_TYPES = frozenset({"text/html", "application/xhtml+xml"})
_UTF8_MARK = b"\xef\xbb\xbf"


class WarcMissingError(ReadError):
    """The library that reads WARC is not installed."""


@dataclass(frozen=True, slots=True)
class Page:
    """An HTML page of a WARC file.

    Attributes:
        url: Where it was found; no two pages of a file have the same.
        crawled_at: When, as the record states it (ISO 8601), or None.
        html: The page.
    """

    url: str
    crawled_at: str | None
    html: bytes

    @property
    def key(self) -> str:
        """What tells it from the others of its file."""
        return self.url


@dataclass(frozen=True, slots=True)
class Pages:
    """What a WARC file, or a slice of one, holds.

    Attributes:
        articles: Its pages in file order, articles or not.
        warnings: What was wrong with parts of it.
    """

    articles: tuple[Page, ...]
    warnings: tuple[str, ...]
    format: FileFormat = FileFormat.WARC


def is_warc(name: str) -> bool:
    """Say whether a file is a WARC file by its name."""
    return name.lower().endswith(SUFFIXES)


def list_slices(size: int) -> list[tuple[int, int]]:
    """Return the slices, [start, end) in bytes, in which a WARC file of `size` bytes is read."""
    starts = range(0, max(size, 1), SLICE_BYTES)
    return [(start, min(start + SLICE_BYTES, size)) for start in starts]


def read_pages(
    stream: IO[bytes], *, file: SeedFile, start: int, end: int, options: ReadOptions
) -> Pages:
    """Read the pages whose records begin in [start, end).

    Args:
        stream: The whole file; it can be sought in.
        file: For messages.
        start: In bytes of the file as it is stored.
        end: In the same.
        options: A page of more than `max_bytes` is left out.

    Raises:
        ReadError: It is no WARC file, is damaged, or FastWARC is not installed.
    """
    try:
        from fastwarc.warc import ArchiveIterator, WarcRecordType
    except ImportError as error:
        raise WarcMissingError(
            file.name, "WARC files need FastWARC: pip install 'on-record[cluster]'"
        ) from error
    first = find_record(stream, start=start, end=end)
    if first is None:
        if start == 0:
            raise ReadError(file.name, "is no WARC file: it does not begin with a record")
        return Pages((), ())
    stream.seek(first)
    last, length, last_page = first, 0, -1
    pages: dict[str, Page] = {}
    warnings: list[str] = []
    try:
        for record in ArchiveIterator(
            stream, record_types=WarcRecordType.response, parse_http=True, auto_decode="all"
        ):
            if record.stream_pos >= end:  # counted from the file's start, by `stream.tell`
                break
            last, length = record.stream_pos, int(record.headers.get("Content-Length") or 0)
            url = (record.headers.get("WARC-Target-URI") or "").strip("<> ")
            if not url or not _is_page(record):
                continue
            html = record.reader.read(options.max_bytes + 1)
            if len(html) > options.max_bytes:
                warnings.append(f"{url} has more than {options.max_bytes:,} bytes; left out")
            elif url in pages:
                warnings.append(f"{url} stands here twice; the first is kept")
            else:
                last_page = last
                date = record.headers.get("WARC-Date")
                pages[url] = Page(url, date, _to_utf8(html, charset=record.http_charset))
    except (OSError, ValueError, EOFError) as error:
        reason = f"is damaged after {len(pages):,} pages: {error}"
        raise ReadError(file.name, reason) from error
    if not _is_whole(stream, last, length=length):
        # As a download that broke off; the library reads what there is without a word.
        warnings.append("the file is cut off in its last record, which is left out")
        if last_page == last:
            pages.popitem()
    return Pages(tuple(pages.values()), tuple(warnings))


def read_page(page: Page, *, file: SeedFile, options: ReadOptions) -> ReadResult:
    """Read a page as one article, whose key and URL are the record's.

    Raises:
        ReadError: There is no article on it, see `app.parsing.readers.html.read_html`.
    """
    from dataclasses import replace

    result = read_html(page.html, file=file, options=options)
    (article,) = result.articles
    crawled = {"crawled_at": page.crawled_at} if page.crawled_at else {}
    article = replace(
        article,
        key=page.url,
        url=page.url,
        format=FileFormat.WARC,
        meta={**article.meta, **crawled},
    )
    return ReadResult(FileFormat.WARC, (article,), result.warnings)


def find_record(stream: IO[bytes], *, start: int, end: int) -> int | None:
    """Return where the first record in [start, end) begins, or None when none does."""
    stream.seek(0)
    mark = _GZIP if stream.read(len(_GZIP)) == _GZIP else _WARC
    for at in _find_marks(stream, mark, start=start, end=end):
        if mark == _WARC or _is_member(stream, at):
            return at
    return None


def _find_marks(stream: IO[bytes], mark: bytes, *, start: int, end: int) -> Iterator[int]:
    at = start
    while at < end:
        stream.seek(at)
        # A mark may lie across the border of two looks.
        data = stream.read(min(_LOOK_AT, end - at) + len(mark) - 1)
        found = data.find(mark)
        while found >= 0:
            # In a plain file, "WARC/1." may also stand in the middle of a page.
            if mark == _GZIP or at + found == 0 or _follows_a_record(stream, at + found):
                yield at + found
            found = data.find(mark, found + 1)
        at += _LOOK_AT


def _follows_a_record(stream: IO[bytes], at: int) -> bool:
    """Say whether two empty lines, as each record ends, stand before an offset."""
    stream.seek(max(0, at - 4))
    return stream.read(4) == b"\r\n\r\n"


def _is_member(stream: IO[bytes], at: int) -> bool:
    """Say whether a gzip member with a record begins at an offset, and not just like bytes."""
    stream.seek(at)
    try:
        return zlib.decompressobj(31).decompress(stream.read(4096), len(_WARC)) == _WARC
    except zlib.error:
        return False


def _is_whole(stream: IO[bytes], at: int, *, length: int) -> bool:
    """Say whether the record at an offset, with a block of `length` bytes, is there to its end."""
    stream.seek(at)
    data = stream.read(len(_GZIP))
    if data != _GZIP:
        stream.seek(at)
        head = stream.read(_LOOK_AT).find(b"\r\n\r\n") + 4
        return at + head + length <= stream.seek(0, os.SEEK_END)
    member = zlib.decompressobj(31)
    while data:
        member.decompress(data)
        data = member.unused_data or stream.read(_LOOK_AT)
        if member.eof:
            return True
    return False


def _is_page(record: "object") -> bool:
    headers = getattr(record, "http_headers", None)
    kind = (getattr(record, "http_content_type", None) or "").split(";")[0].strip().lower()
    return headers is not None and headers.status_code == 200 and kind in _HTML_TYPES


def _to_utf8(html: bytes, *, charset: str | None) -> bytes:
    """Return a page in UTF-8 where only its HTTP header says in what character set it is."""
    if not charset or charset.lower() in {"utf-8", "utf8"}:
        return html
    try:
        # The header goes before what the page declares (HTML standard, 13.2.3.2).
        return _UTF8_MARK + html.decode(charset).encode()
    except (LookupError, UnicodeError):
        return html
