"""Where a search matched: in an item that is written as it is found in its text."""

import json

import pytest
from pydantic_core import to_json

from app.api.search import MAX_MATCHES, find_hit
from app.api.written import write_items
from app.db.search import parse_query
from app.records import pack

pytestmark = pytest.mark.one_database  # hits are found in texts alone

LONG = "The front is crumbling, said the minister. " * 12


@pytest.mark.parametrize(
    ("text", "q", "parts", "at"),
    [
        ("The front is crumbling,", "front crumbling", None, 0),
        ("The front is crumbling,", "front crumbling", None, 887),
        ("nothing of it", "front", None, 5),
        ('a "quoted" front\\ with\n line\tbreaks\u2028 and é 🙂', "front line", None, 3),
        (LONG, "minister -peace", None, 40),
        (LONG, '"the minister" fro*', None, 0),
        ("one front, he said, another front", "front", [[100, 110], [120, 133]], 100),
        ("one front, he said, another front", "said", [[100, 110], [120, 133]], 100),
        ("front " * (2 * MAX_MATCHES), "front", None, 1),
    ],
)
def test_a_hit_is_written_as_it_is_found(
    text: str, q: str, parts: list[list[int]] | None, at: int
) -> None:
    query = parse_query(q)
    hit = find_hit(text, query=query, parts=parts, at=at)
    said = (text, at, None, None) if parts is None else ("its parts", at, parts, text)
    written = write_items([pack(b'{"id":"qt_1","search":null}')], [said], query=query)
    assert written == b'[{"id":"qt_1","search":%b}]' % to_json(hit)
    for match in json.loads(written)[0]["search"]["matches"]:
        found = text[match["start"] - at : match["end"] - at]
        assert find_hit(found, query=query)["matches"]
    assert len(hit["matches"]) <= MAX_MATCHES
