"""WARC files like those of Common Crawl's news, for tests: written byte by byte, by no library that
reads them too."""

import gzip
import zlib
from collections.abc import Iterable
from dataclasses import dataclass

_PAGE = """<!DOCTYPE html>
<html lang="{language}"><head><meta charset="utf-8"><title>{title}</title>
<script>var boilerplate = "Cookies say nothing.";</script></head>
<body><nav><ul><li><a href="/">Home</a></li><li><a href="/news">News</a></li></ul></nav>
<article><h1>{title}</h1>{paragraphs}</article>
<footer><p>All rights reserved.</p></footer></body></html>"""


@dataclass(frozen=True)
class Entry:
    """A record of a WARC file."""

    url: str
    body: bytes
    kind: str = "response"
    status: str = "200 OK"
    content_type: str = "text/html; charset=utf-8"
    content_encoding: str = ""
    date: str = "2026-03-01T12:00:00Z"


def to_page(title: str, *paragraphs: str, language: str = "en") -> bytes:
    """Return an article's page with boilerplate around it."""
    written = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    return _PAGE.format(title=title, paragraphs=written, language=language).encode()


def to_warc(entries: Iterable[Entry], *, compressed: bool = True) -> bytes:
    """Return the file's bytes: a warcinfo record, then the entries."""
    info = b"software: tests\r\n"
    records = [_to_record("warcinfo", "", info, "application/warc-fields", "2026-03-01T12:00:00Z")]
    for entry in entries:
        encoding = f"Content-Encoding: {entry.content_encoding}\r\n" * bool(entry.content_encoding)
        head = (
            f"HTTP/1.1 {entry.status}\r\nContent-Type: {entry.content_type}\r\n{encoding}"
            f"Content-Length: {len(entry.body)}\r\n\r\n"
        )
        block = head.encode() + entry.body
        kind = "application/http; msgtype=response"
        records.append(_to_record(entry.kind, entry.url, block, kind, entry.date))
    return b"".join(gzip.compress(record, mtime=0) if compressed else record for record in records)


def _to_record(kind: str, url: str, block: bytes, content_type: str, date: str) -> bytes:
    target = f"WARC-Target-URI: {url}\r\n" if url else ""
    number = f"{zlib.crc32(url.encode()):012}"
    return (
        (
            f"WARC/1.0\r\nWARC-Type: {kind}\r\n{target}WARC-Date: {date}\r\n"
            f"WARC-Record-ID: <urn:uuid:00000000-0000-0000-0000-{number}>\r\n"
            f"Content-Type: {content_type}\r\nContent-Length: {len(block)}\r\n\r\n"
        ).encode()
        + block
        + b"\r\n\r\n"
    )
