"""Forms, their places and their types, put together."""

import pytest

from app.parsing.names import PERSON, collect_names
from app.parsing.names.collect import join_persons
from app.parsing.types import NameSpan, Reading, Span


def read(text: str, *persons: str) -> Reading:
    spans = [Span(text.index(p), text.index(p) + len(p)) for p in persons]
    return Reading((), (), tuple(NameSpan(s, PERSON, 0.8) for s in sorted(spans)), ())


def forms(text: str, *persons: str) -> dict[str, int]:
    return {name.form: len(name.spans) for name in collect_names(text, read(text, *persons))}


@pytest.mark.parametrize(
    ("text", "persons", "expected"),
    [
        ("Florist Ada Lind left.", ["Florist Ada Lind"], {"Ada Lind": 1}),
        ("Bill Lind met the Linds.", ["Bill Lind", "Linds"], {"Bill Lind": 1}),
        ("Usama bin Sorn fled. So bin Sorn hid.", ["Usama bin Sorn"],
         {"Usama bin Sorn": 1, "bin Sorn": 1}),
        ("An anti-Lind mood. Lind left.", ["Lind"], {"Lind": 2}),
        ("She called @Lind. Lind left.", ["Lind"], {"Lind": 1}),
        ("His “Contract with Lind” failed. Lind left.", ["Lind"], {"Lind": 1}),
        ("The GOP nominee spoke; the GOP must live with it.", [], {"GOP": 1}),
        ("They live in the U.S.", [], {"U.S.": 1}),
    ],
)  # fmt: skip
def test_forms(text: str, persons: list[str], expected: dict[str, int]) -> None:
    assert forms(text, *persons) == expected


@pytest.mark.parametrize(
    ("text", "seen", "joined"),
    [
        ("Per Lind left", ["Per", "Lind"], ["Per Lind"]),
        ("Anna Lind left", ["Lind"], ["Anna Lind"]),
        ("When Lind left", ["Lind"], ["Lind"]),
    ],
)
def test_parts_of_one_person_are_joined(text: str, seen: list[str], joined: list[str]) -> None:
    found = join_persons(text, read(text, *seen).names)
    assert [item.span.of(text) for item in found] == joined


def test_the_white_house_acts_or_is_a_place() -> None:
    acts = "The White House said so. They met at the White House."
    stands = "They met at the White House."
    assert [n.type.value for n in collect_names(acts, read(acts))] == ["organisation"]
    assert [n.type.value for n in collect_names(stands, read(stands))] == ["place"]
