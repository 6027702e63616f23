"""The margin lists who speaks, in the order of the text, and no pronoun as if it were a name."""

from typing import Any

import pytest

from app.pages.records import is_pronoun
from app.pages.voices import list_voices

TEXT = "Ann said it rains. They hope that it ends, she added. A clerk says it will."


def attribution(id: str, *parts: str, slug: str | None, name: str, cue: str) -> Any:
    spans = [
        {"start": TEXT.index(part), "end": TEXT.index(part) + len(part), "text": part}
        for part in parts
    ]
    start, end = spans[0]["start"], spans[-1]["end"]
    return {
        "id": id,
        "content": {"start": start, "end": end, "text": TEXT[start:end], "parts": spans},
        "cue": {"text": cue},
        "speaker": {
            "kind": "named" if slug else "unnamed",
            "entity_id": slug,
            "name": name,
            "role": None,
        },
    }


def voices(*attributions: Any) -> list[tuple[str, bool, list[str]]]:
    found: Any = {
        "article_id": "art_1",
        "mentions": [],
        "attributions": list(attributions),
        "quotes": [],
        "claims": [],
    }
    return [(v.name, v.clear, [one.words for one in v.said]) for v in list_voices(found)]


def test_what_one_says_in_a_row_is_together() -> None:
    said = attribution("at_1", "it rains", slug="ann", name="Ann", cue="said")
    added = attribution("at_2", "that it ends", slug="ann", name="Ann", cue="added")
    says = attribution("at_3", "it will", slug=None, name="A clerk", cue="says")
    assert voices(said, added, says, said) == [
        ("Ann", True, ["it rains", "that it ends"]),
        ("A clerk", True, ["it will"]),
        ("Ann", True, ["it rains"]),
    ]


def test_a_pronoun_that_nobody_could_resolve_is_no_name() -> None:
    hope = attribution("at_1", "that it ends", slug=None, name="They", cue="hope")
    known = attribution("at_2", "it rains", slug="they", name="They", cue="sang")
    assert [clear for _, clear, _ in voices(hope, known)] == [False, True]


def test_what_stands_between_the_parts_is_not_said() -> None:
    split = attribution("at_1", "They hope", "it ends", slug="ann", name="Ann", cue="added")
    assert voices(split) == [("Ann", True, ["They hope … it ends"])]


@pytest.mark.parametrize(
    ("words", "is_one"),
    [("their", True), ("He", True), ("WHOM", True), ("the aide", False), ("Theo", False)],
)
def test_pronouns_are_told_from_names(words: str, is_one: bool) -> None:
    assert is_pronoun(words) is is_one
