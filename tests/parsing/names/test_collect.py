"""Forms, their places and their types, put together."""

import pytest

from app.parsing.names import ORGANISATION, PERSON, collect_names
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
        # a given name alone, but not another's
        ("Anna Lind left. So Anna slept.", ["Anna Lind"], {"Anna Lind": 1, "Anna": 1}),
        ("Anna Lind left. So Anna Voss slept.", ["Anna Lind"], {"Anna Lind": 1}),
        # headlines and labels
        ("LIND: No. Marta Lind left.", ["Marta Lind"], {"LIND": 1, "Marta Lind": 1}),
        ("SORN WINS! Then Sorn left.", ["SORN"], {"SORN": 1, "Sorn": 1}),
        # a mark that stands by itself belongs to its letter
        ("Zoe Sorna\u0306 left.", ["Zoe Sorna"], {"Zoe Sorna\u0306": 1}),
        ("The USS Lind sank.", ["USS Lind"], {}),
        ("Ann May left on May 5. Then May slept.", ["Ann May"], {"Ann May": 1, "May": 1}),
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
        ("Anna Sorn left", ["Anna"], ["Anna Sorn"]),
        ("Anna President left", ["Anna"], ["Anna"]),
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


def test_a_law_is_no_body() -> None:
    text = "The Orm Fishing Act failed."
    seen = NameSpan(Span(4, 19), ORGANISATION, 0.9)
    assert collect_names(text, Reading((), (), (seen,), ())) == []


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("The brokerage Velm closed.", "organisation"),
        ("He closed a bank. Velm was sad.", "person"),
        ("He lives in Velm. In Velm it rained.", "place"),
    ],
)
def test_the_words_before_a_name_say_what_it_is(text: str, kind: str) -> None:
    (name,) = collect_names(text, read(text, "Velm"))
    assert name.type.value == kind
