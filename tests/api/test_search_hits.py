"""Where a search matched: in the words of an item's record."""

import json
from typing import Any

import pytest
from pydantic_core import to_json

from app.api.search import MAX_MATCHES, find_hit
from app.api.written import write_items
from app.db.search import parse_query
from app.records import pack

pytestmark = pytest.mark.one_database  # hits are found in texts alone

LONG = "The front is crumbling, said the minister. " * 12


@pytest.mark.parametrize(
    ("parts", "q"),
    [
        ([(0, "The front is crumbling,")], "front crumbling"),
        ([(887, "The front is crumbling,")], "front crumbling"),
        ([(5, "nothing of it")], "front"),
        ([(3, 'a "quoted" front\\ with\n line\tbreaks\u2028 and é 🙂')], "front line"),
        ([(40, LONG)], "minister -peace"),
        ([(0, LONG)], '"the minister" fro*'),
        ([(100, "one front,"), (120, "another front")], "front"),
        ([(100, "one front,"), (120, "another front")], '"front another"'),
        ([(1, "front " * (2 * MAX_MATCHES))], "front"),
        ([(1, "front " * MAX_MATCHES), (9000, "front")], "front"),
    ],
)
def test_a_hit_is_found_in_the_words_of_a_record(parts: list[tuple[int, str]], q: str) -> None:
    query = parse_query(q)
    text = " ".join(words for _, words in parts)
    hit = find_hit(text, query=query, parts=parts)
    spans = [{"start": at, "end": at + len(words), "text": words} for at, words in parts]
    record: dict[str, Any] = {"id": "qt_0000000000001", "article_id": "art_0000000000001"}
    record |= {"form": "direct", "text": text, "span": {"start": parts[0][0], "end": 99}}
    record |= {"parts": spans, "speaker": None, "search": None}
    written = write_items([pack(to_json(record))], query=query)
    assert json.loads(written) == [{**record, "search": hit}]
    assert len(hit["matches"]) <= MAX_MATCHES
    for match in hit["matches"]:
        at, words = next(
            (at, words) for at, words in parts if at <= match["start"] < at + len(words)
        )
        found = words[match["start"] - at : match["end"] - at]
        assert find_hit(found, query=query)["matches"]
    snippet = hit["snippet"]
    for match in snippet["matches"]:
        assert find_hit(snippet["text"][match["start"] : match["end"]], query=query)["matches"]


def test_what_matches_across_parts_is_shown_where_they_are_joined() -> None:
    parts = [(100, "one front,"), (120, "another front")]
    hit = find_hit("one front, another front", query=parse_query('"front another"'), parts=parts)
    assert hit == {
        "matches": [],
        "snippet": {"text": "one front, another front", "matches": [{"start": 4, "end": 18}]},
    }
