"""Who a source refers to, on hand-built Readings: no language model."""

import pytest

from app.vocabulary import EntityType, SpeakerKind
from tests.parsing.handmade import parse

P, O, L = EntityType.PERSON, EntityType.ORGANISATION, EntityType.PLACE  # noqa: E741


CASES = [
    (
        "Marta Lind arrived late. She said it rained.",
        {"Marta Lind": P},
        [("She", "said", "it rained")],
        ["Marta Lind"],
    ),
    (
        "Marta Lind met Peter Brandt. He said it rained.",
        {"Marta Lind": P, "Peter Brandt": P},
        [("He", "said", "it rained")],
        ["Peter Brandt"],
    ),
    (
        "Ola Brandt said it rained. Lamps went out. He added it was cold.",
        {"Ola Brandt": P},
        [("Ola Brandt", "said", "it rained"), ("He", "added", "it was cold")],
        ["Ola Brandt", "Ola Brandt"],
    ),
    (
        "Brek set the goals in June, when he declared it over.",
        {"Brek": P},
        [("he", "declared", "it over")],
        ["Brek"],
    ),
    (
        "Ola Brandt, who said it rained, left.",
        {"Ola Brandt": P},
        [("who", "said", "it rained")],
        ["Ola Brandt"],
    ),
    (
        "Harbour Board Secretary Jona Lind said it rained.",
        {"Harbour Board": O, "Jona Lind": P},
        [("Harbour Board Secretary Jona Lind", "said", "it rained")],
        ["Jona Lind"],
    ),
    (
        "Marta Lind’s letter said it rained.",
        {"Marta Lind": P},
        [("Marta Lind’s letter", "said", "it rained")],
        ["Marta Lind"],
    ),
    (
        "Ola Brandt, a ship’s surgeon, slept. The surgeon said it rained.",
        {"Ola Brandt": P},
        [("The surgeon", "said", "it rained")],
        ["Ola Brandt"],
    ),
]


@pytest.mark.parametrize(("text", "names", "said", "speakers"), CASES)
def test_named_speakers(
    text: str,
    names: dict[str, EntityType],
    said: list[tuple[str, str, str]],
    speakers: list[str],
) -> None:
    parsed = parse(text, names, said)
    by_key = {entity.key: entity.name for entity in parsed.entities}
    assert [by_key.get(a.speaker or "") for a in parsed.attributions] == speakers
    assert all(a.speaker_kind is SpeakerKind.NAMED for a in parsed.attributions)
    assert all(a.coreference for a in parsed.attributions)


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("A senior military official said it rained.", "A senior military official"),
        ("A spokesman for Ola Brandt said it rained.", "A spokesman for Ola Brandt"),
        ("Ola Brandt’s neighbours said it rained.", "Ola Brandt’s neighbours"),
        ("Several voters in Velm said it rained.", "Several voters in Velm"),
    ],
)
def test_unnamed_speakers(text: str, source: str) -> None:
    names = {name: kind for name, kind in (("Ola Brandt", P), ("Velm", L)) if name in text}
    (attribution,) = parse(text, names, [(source, "said", "it rained")]).attributions
    assert attribution.speaker is None
    assert attribution.speaker_kind is SpeakerKind.UNNAMED


def test_a_pronoun_goes_on_with_an_unnamed_speaker() -> None:
    text = "An army officer said it rained. He added it was cold."
    said = [("An army officer", "said", "it rained"), ("He", "added", "it was cold")]
    _, second = parse(text, {}, said).attributions
    assert second.speaker_kind is SpeakerKind.UNNAMED
    assert second.coreference[0].rule == "pronoun:unnamed-speaker"


def test_a_rejected_candidate_is_kept_with_its_reason() -> None:
    text = "Ola Brandt met Jon Lind. He said it rained."
    (attribution,) = parse(
        text, {"Ola Brandt": P, "Jon Lind": P}, [("He", "said", "it rained")]
    ).attributions
    (candidate,) = attribution.candidates
    assert 0 < candidate.score < 1
    assert candidate.reason.startswith("pronoun:")


def test_the_authors_own_words_are_own_voice() -> None:
    (attribution,) = parse("I think it rained.", {}, [("I", "think", "it rained")]).attributions
    assert attribution.speaker_kind is SpeakerKind.OWN_VOICE
