"""Plain text, with a header only where one is plainly stated.

Two headers are known; anything else is the article's own text, untouched:

1. Labelled lines at the very top, closed by a blank line. The first is ``Title:`` or
   ``Headline:``; the others are any of ``By: Author: Byline: Published: Date: Source: Outlet:
   URL: Language: Id: Section: Invented:``.
2. A headline, a line ``By NAME`` beneath it (with or without a blank line between), perhaps
   labelled lines as above, closed by a blank line. The headline is one line of at most 200
   characters without a full stop at its end; the byline holds nothing but capitalised names.

A text that opens otherwise has no headline: its first words become a derived title.
"""

import re
from typing import NamedTuple

from app.parsing.errors import ReadError
from app.parsing.normalize import normalize_text
from app.parsing.readers.article import ReadOptions, ReadResult, Stated, build_article
from app.parsing.readers.decoding import decode
from app.parsing.readers.files import SeedFile
from app.vocabulary import FileFormat

_LABELS = {
    "title": "title",
    "headline": "title",
    "by": "authors",
    "author": "authors",
    "authors": "authors",
    "byline": "authors",
    "published": "published_at",
    "date": "published_at",
    "source": "outlet",
    "outlet": "outlet",
    "url": "url",
    "language": "language",
    "id": "id",
    "section": "section",
    "invented": "invented",
}
_LABELLED = re.compile(r"([A-Za-z]{2,9}):[ \t]+(\S.*)")
# Names have capitals; particles ("van", "de") may stand between them.
_PARTICLE = r"(?:(?:van|von|der|den|de|da|di|du|la|le|al|bin)[ \t]+)"
_WORD = r"[^\W\d_a-z][\w.'’-]*"
_NAME = rf"{_PARTICLE}*{_WORD}(?:[ \t]+{_PARTICLE}*{_WORD}){{0,4}}"
_BYLINE = re.compile(
    rf"(?:By|BY)[ \t]+({_NAME}(?:(?:,[ \t]+|,?[ \t]+(?:and|AND|&)[ \t]+){_NAME}){{0,5}})[ \t]*"
)
_HEADLINE_AT_MOST = 200
_HEADER_LINES_AT_MOST = 20


class _Header(NamedTuple):
    fields: dict[str, str]
    length: int


def read_text(data: bytes, *, file: SeedFile, options: ReadOptions) -> ReadResult:
    """Read a plain text file as one article.

    Raises:
        ReadError: It is not UTF-8 text, or empty or too long.
    """
    text = normalize_text(decode(data, name=file.name))
    if not text.strip():
        raise ReadError(file.name, "is only white space")
    header = _find_header(text)
    fields = dict(header.fields)
    meta: dict[str, object] = {}
    if "invented" in fields:
        meta["invented"] = fields.pop("invented").lower() in ("true", "yes")
    if "section" in fields:
        meta["section"] = fields.pop("section")
    stated = Stated(text=text[header.length :], meta=meta, **fields)
    article, warnings = build_article(stated, file=file, format=FileFormat.TEXT, options=options)
    return ReadResult(FileFormat.TEXT, (article,), tuple(warnings))


def _find_header(text: str) -> _Header:
    """Return the stated header and where the text after it begins; empty and 0 without one."""
    nothing = _Header({}, 0)
    # Only the opening is looked at, so that a header costs the same in a long file.
    lines = text[:10_000].split("\n")[:_HEADER_LINES_AT_MOST]
    first = _LABELLED.fullmatch(lines[0].rstrip())
    fields: dict[str, str] = {}
    if first and _LABELS.get(first[1].lower()) == "title":
        at = 0
    else:
        at = 2 if len(lines) > 2 and not lines[1].strip() else 1
        byline = _BYLINE.fullmatch(lines[at]) if len(lines) > at else None
        headline = lines[0].strip()
        if not byline or not headline or len(headline) > _HEADLINE_AT_MOST or headline[-1] == ".":
            return nothing
        fields = {"title": headline, "authors": byline[1]}
        at += 1
    while at < len(lines) and lines[at].strip():
        labelled = _LABELLED.fullmatch(lines[at].rstrip())
        name = _LABELS.get(labelled[1].lower()) if labelled else None
        if labelled is None or name is None or name in fields:
            return nothing
        fields[name] = labelled[2]
        at += 1
    length = sum(len(line) + 1 for line in lines[:at])
    body = re.compile(r"\s*\n(?=[ \t]*\S)").match(text, length - 1)
    # Without a blank line and words beneath it, it was no header.
    if body is None or at >= len(lines) or lines[at].strip():
        return nothing
    return _Header(fields, body.end())
