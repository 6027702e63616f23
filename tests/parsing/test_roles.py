"""Descriptions that a text ties to a name."""

import pytest

from app.parsing.roles import cut_marks, find_roles
from app.parsing.types import Entity, Mention, Span
from app.vocabulary import EntityType, MentionKind


@pytest.mark.parametrize(
    ("text", "name", "roles"),
    [
        ("Jon Lind, a Ukrainian platoon commander, wrote.", "Jon Lind",
         ["a Ukrainian platoon commander"]),
        ("Jon Lind, the head of Norway’s weather service in Oslo, left.", "Jon Lind",
         ["the head of Norway’s weather service in Oslo"]),
        ("Ukrainian defense analyst Jon Lind spoke.", "Jon Lind", ["Ukrainian defense analyst"]),
        ("They met the retired surgeon Jon Lind.", "Jon Lind", ["the retired surgeon"]),
        ("Jon Lind, governor of the Bank of Orm, left.", "Jon Lind",
         ["governor of the Bank of Orm"]),
        ("Jon Lind (D-N.Y.) left.", "Jon Lind", ["D-N.Y."]),
        ("Jon Lind, R-Ohio, left.", "Jon Lind", ["R-Ohio"]),
        ("Senator Jon Lind (R-IN) left.", "Jon Lind", ["Senator", "R-IN"]),
        ("Senator Mr. Jon Lind left.", "Jon Lind", ["Senator"]),
        ("Mr. Jon Lind spoke.", "Jon Lind", []),
        ("In the evening Jon Lind spoke.", "Jon Lind", []),
        ("Jon Lind, the day before, left.", "Jon Lind", []),
    ],
)  # fmt: skip
def test_roles(text: str, name: str, roles: list[str]) -> None:
    start = text.index(name)
    entity = Entity("e1", name, EntityType.PERSON)
    mention = Mention(Span(start, start + len(name)), MentionKind.NAME, "e1")
    found = find_roles(text, entities=[entity], mentions=[mention])
    assert [span.of(text) for span in sorted(found.get("e1", []))] == roles


def test_a_cue_is_no_part_of_a_role() -> None:
    text = "So wrote analyst Jon Lind."
    entity = Entity("e1", "Jon Lind", EntityType.PERSON)
    mention = Mention(Span(17, 25), MentionKind.NAME, "e1")
    found = find_roles(text, entities=[entity], mentions=[mention], cues=[Span(3, 8)])
    assert [span.of(text) for span in found["e1"]] == ["analyst"]


@pytest.mark.parametrize(
    ("words", "kept"),
    [("Jon Lind,", "Jon Lind"), ("Jon Lind — ", "Jon Lind"), ("Orm Inc.", "Orm Inc."), (",", ",")],
)
def test_a_source_does_not_end_in_a_comma(words: str, kept: str) -> None:
    assert cut_marks(words, Span(0, len(words))).of(words) == kept
