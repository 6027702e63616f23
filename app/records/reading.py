"""What a quotation's or claim's record says of itself, read without taking all of it apart.

A record begins with its id, its article's, its form or kind, its words and where they stand, and
its time is near the end. In a text each quotation mark has a backslash before it, so that a key
with its marks and what stands before it is found where it is one.
"""

import re
from typing import NamedTuple

from pydantic_core import from_json

# {"id":"qt_0123456789abc","article_id":"art_0123456789abc", and so on
_KIND, _KEY, _ARTICLE_KEY = slice(7, 9), slice(10, 23), slice(43, 56)
_FORM_AT = 58
_TIME = b'"published_at":'
_TEXT, _SPAN, _PARTS = b'"text":', b',"span":{"start":', b'"parts":['
_PLAIN = re.compile(
    rb'"[a-z]+":"[a-z_]+","text":("[^"\\\\]*"),"span":{"start":([0-9]+),"end":([0-9]+)},'
    rb'"parts":\[{"start":[0-9]+,"end":([0-9]+),'
)
_PART = re.compile(rb'\{"start":([0-9]+),"end":([0-9]+),"text":')
_AFTER_PARTS = {b"qt": b'],"speaker":', b"cl": b'],"claimant":'}


class Words(NamedTuple):
    """The words of a record.

    Attributes:
        text: All of them, the parts joined by a space, as they are indexed.
        parts: Where each part begins in the article, and its words, in text order.
    """

    text: str
    parts: list[tuple[int, str]]


class PlainWords(NamedTuple):
    """The words of a record, as it has them, where their letters are written as they are.

    Attributes:
        written: All of them as JSON, with the marks around them.
        spans: Where each part stands in the article, in text order; a space joins two in `written`.
    """

    written: bytes
    spans: list[tuple[int, int]]


def read_key(record: bytes) -> int:
    """Return the key of what a record is of."""
    return int(record[_KEY], 32)


def read_article_key(record: bytes) -> int:
    """Return the key of its article."""
    return int(record[_ARTICLE_KEY], 32)


def read_time(record: bytes) -> bytes | None:
    """Return its article's time as in RFC 3339, in UTC and without a zone; None where it has none.

    ``2026-01-31T09:30:00`` for instance, or with microseconds.
    """
    start = record.rindex(_TIME) + len(_TIME)
    if record[start : start + 1] != b'"':
        return None
    return record[start + 1 : record.index(b'Z"', start)]


def read_plain_words(record: bytes) -> PlainWords | None:
    """Return its words without making a text of them; None where JSON writes a letter otherwise.

    It takes 2 µs on average, where two in five have several parts.
    """
    found = _PLAIN.match(record, _FORM_AT)
    if found is None:
        return None
    written, start, end, first_end = found.groups()
    if first_end == end:
        return PlainWords(written, [(int(start), int(end))])
    parts_at = found.start(4)
    parts_end = record.index(_AFTER_PARTS[record[_KIND]], parts_at)
    more = _PART.findall(record, parts_at, parts_end)
    return PlainWords(written, [(int(start), int(first_end)), *((int(s), int(e)) for s, e in more)])


def read_words(record: bytes) -> Words:
    """Return its words.

    Most are of one part, whose words are all of them: then it takes 2 µs, and with several 3.5.
    """
    text_at = record.index(_TEXT) + len(_TEXT)
    text_end = record.index(_SPAN, text_at)
    text = from_json(record[text_at:text_end])
    start = text_end + len(_SPAN)
    parts_at = record.index(_PARTS, start) + len(_PARTS) - 1
    end = record.index(_AFTER_PARTS[record[_KIND]], parts_at) + 1
    if record.find(b"},{", parts_at, end) < 0:
        return Words(text, [(int(record[start : record.index(b",", start)]), text)])
    parts = from_json(record[parts_at:end])
    return Words(text, [(part["start"], part["text"]) for part in parts])
