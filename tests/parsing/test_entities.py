"""Names, their types and who is the same, on hand-built Readings: no language model."""

import pytest

from app.parsing.entities import find_entities
from app.parsing.types import NameSpan, Reading, Span
from app.vocabulary import EntityType

P, O, L = EntityType.PERSON, EntityType.ORGANISATION, EntityType.PLACE  # noqa: E741


def read(text: str, names: list[tuple[str, EntityType]]) -> Reading:
    """A Reading whose name spans are the first occurrences of the given words."""
    spans = [
        NameSpan(Span(text.index(word), text.index(word) + len(word)), kind, 0.75)
        for word, kind in names
    ]
    return Reading(
        words=(),
        sentences=(),
        names=tuple(sorted(spans, key=lambda item: item.span)),
        attributions=(),
    )


def entities(text: str, names: list[tuple[str, EntityType]]) -> list[tuple[str, str, list[str]]]:
    found, mentions = find_entities(text, read(text, names))
    return [
        (e.name, e.type.value, [m.span.of(text) for m in mentions if m.entity == e.key])
        for e in found
    ]


@pytest.mark.parametrize(
    ("text", "names", "expected"),
    [
        (
            "Marta Lind spoke. Later Lind left. Lind’s boat sank.",
            [("Marta Lind", P)],
            [("Marta Lind", "person", ["Marta Lind", "Lind", "Lind"])],
        ),
        (
            "The Harbour Safety Board met. HSB rules are old.",
            [("Harbour Safety Board", O), ("HSB", O)],
            [("Harbour Safety Board", "organisation", ["Harbour Safety Board", "HSB"])],
        ),
        (
            "Mayor Marta Lind met Dr. Ola Brandt.",
            [("Mayor Marta Lind", P), ("Dr. Ola Brandt", P)],
            [
                ("Marta Lind", "person", ["Marta Lind"]),
                ("Ola Brandt", "person", ["Ola Brandt"]),
            ],
        ),
        # one type for a name, by the words beside it
        (
            "They took the town of Velm. Velm is small.",
            [("Velm", P)],
            [("Velm", "place", ["Velm", "Velm"])],
        ),
        (
            "They may take over Velm next, a major city 90 miles west of here.",
            [("Velm", P)],
            [("Velm", "place", ["Velm"])],
        ),
        (
            "The ice melts in the Velm region.",
            [],
            [("Velm", "place", ["Velm"])],
        ),
        (
            "So wrote the website Velmo, which is small.",
            [],
            [("Velmo", "organisation", ["Velmo"])],
        ),
        # known names are found without a reader
        (
            "Russia and NATO met in Kyiv, Reuters wrote.",
            [],
            [
                ("Russia", "place", ["Russia"]),
                ("NATO", "organisation", ["NATO"]),
                ("Kyiv", "place", ["Kyiv"]),
                ("Reuters", "organisation", ["Reuters"]),
            ],
        ),
        # nationalities and parts of an event's name are no entities
        ("Russian troops and Ukrainians in the Ukraine War.", [("Russian", L)], []),
        # forms of one country
        (
            "The United States and the U.S. are one.",
            [("United States", L)],
            [("United States", "place", ["United States", "U.S."])],
        ),
        (
            "Donald Brandt ran. The Brandt campaign lost.",
            [("Donald Brandt", P), ("Brandt campaign", O)],
            [
                ("Donald Brandt", "person", ["Donald Brandt"]),
                ("Brandt campaign", "organisation", ["Brandt campaign"]),
            ],
        ),
        ("", [], []),
        ("no names at all, 123 🙂", [], []),
    ],
)
def test_entities(
    text: str,
    names: list[tuple[str, EntityType]],
    expected: list[tuple[str, str, list[str]]],
) -> None:
    assert entities(text, names) == expected


def test_two_people_of_one_surname_stay_two() -> None:
    text = "Marta Lind met Ola Lind. Lind laughed."
    found = entities(text, [("Marta Lind", P), ("Ola Lind", P)])
    assert [name for name, _, _ in found] == ["Marta Lind", "Ola Lind"]


def test_a_title_tells_two_people_of_one_surname_apart() -> None:
    text = "Ruth Callander met Tom Callander. Mrs. Callander left. Mr. Callander slept. Callander!"
    found = entities(text, [("Ruth Callander", P), ("Tom Callander", P)])
    assert [(name, len(places)) for name, _, places in found] == [
        ("Ruth Callander", 2),
        ("Tom Callander", 3),
    ]


def test_keys_follow_the_first_mention() -> None:
    text = "Velm and Sarn lie far from Orm."
    found, _ = find_entities(text, read(text, [("Orm", L), ("Velm", L), ("Sarn", L)]))
    assert [(e.key, e.name) for e in found] == [("e1", "Velm"), ("e2", "Sarn"), ("e3", "Orm")]
