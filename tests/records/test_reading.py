"""What is read of a record without taking it apart is what stands in it."""

from collections.abc import Callable
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic_core import from_json, to_json

from app.db.ids import ARTICLE, to_id
from app.records import (
    claim_record,
    quote_record,
    read_article_key,
    read_key,
    read_time,
    read_words,
)

pytestmark = pytest.mark.one_database  # no database is asked

# What would end a record's parts, or begin its time, if it were no text.
NASTY = [
    '],"speaker":',
    '],"claimant":',
    ',"span":{"start":',
    '"published_at":"',
    "},{",
    '"text":',
    "\\",
    '"',
    "]",
    "é🙂",
]
WORDS = st.lists(st.sampled_from(NASTY) | st.text(max_size=8), min_size=1, max_size=6).map("".join)
KEYS = st.integers(min_value=0, max_value=2**63 - 1)
TIMES = st.none() | st.datetimes(timezones=st.just(UTC))


def make_quote(said: Any, text: str) -> dict[str, Any]:
    return quote_record(said, given=None, slug="ines-varga", text=text, about=["velm"])


def make_claim(said: Any, text: str) -> dict[str, Any]:
    return claim_record(said, given=None, slug=None, text=text, about=[])


@pytest.mark.parametrize("make", [make_quote, make_claim])
@given(parts=st.lists(WORDS, min_size=1, max_size=3), key=KEYS, article_key=KEYS, time=TIMES)
def test_a_record_says_what_stands_in_it(
    make: Callable[[Any, str], dict[str, Any]],
    parts: list[str],
    key: int,
    article_key: int,
    time: datetime | None,
) -> None:
    text, spans = "Before. ", []
    for part in parts:
        spans.append([len(text), len(text) + len(part)])
        text += f"{part}, he said. "
    said = SimpleNamespace(
        key=key,
        article_key=article_key,
        form="direct",
        kind="statement",
        text=" ".join(parts),
        start=spans[0][0],
        end=spans[-1][1],
        parts=spans,
        content=spans,
        speaker_kind="named",
        speaker_name='Ines "],"speaker":" Varga',
        speaker_role=None,
        claimant_kind="own_voice",
        claimant_name=None,
        claimant_role=None,
        quote_key=None,
        hedges=[],
        negated=False,
        numbers=[],
        dates=[],
        check_worthiness=0.5,
        method="rule",
        confidence=0.5,
        outlet='The "published_at":"Z" Courier',
        language="en",
        published_at=time,
    )
    record = to_json(make(said, text))
    whole = from_json(record)
    words = read_words(record)
    assert words.text == whole["text"]
    assert words.parts == [(part["start"], part["text"]) for part in whole["parts"]]
    for start, part in words.parts:
        assert text[start : start + len(part)] == part
    assert read_key(record) == key
    assert read_article_key(record) == article_key
    assert to_id(ARTICLE, article_key) == whole["article_id"]
    found = read_time(record)
    assert (None if found is None else found.decode() + "Z") == whole["published_at"]
    if time is not None:
        assert found is not None
        assert found.decode() + "+00:00" == time.isoformat()
