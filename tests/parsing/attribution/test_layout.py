"""Speakers that the layout tells: signed quotations and turns of a transcript."""

import pytest

from app.parsing.attribution.layout import find_signed, find_turns
from app.parsing.attribution.quoted import find_quoted
from app.parsing.pieces import find_paragraphs


def signed(text: str) -> list[tuple[str, str, str]]:
    paragraphs = find_paragraphs(text)
    found = find_signed(text, paragraphs, find_quoted(text, paragraphs))
    return [tuple(s.of(text) for s in (one.content[0], one.cue, one.source)) for one in found]


def turns(text: str) -> list[tuple[str, ...]]:
    found = find_turns(text, find_paragraphs(text))
    return [tuple(s.of(text) for s in (one.source, *one.content)) for one in found]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("“He makes me afraid.” — Ann Lee", [("“He makes me afraid.”", "—", "Ann Lee")]),
        ("“He makes me afraid.”― Ann Lee.", [("“He makes me afraid.”", "―", "Ann Lee")]),
        ('"He makes me afraid." -- Ann Lee', [('"He makes me afraid."', "--", "Ann Lee")]),
        ("“He makes me afraid.”\n\n– Ann Lee", [("“He makes me afraid.”", "–", "Ann Lee")]),
        ("“He makes me afraid,” said Ann – twice.", []),
        ("“He makes me afraid.” – and then he left", []),
        ("He said: “No.” — Ann Lee", []),
    ],
)
def test_a_dash_and_a_name_behind_a_quotation_sign_it(
    text: str, expected: list[tuple[str, str, str]]
) -> None:
    assert signed(text) == expected


def test_turns_are_names_in_capitals_before_a_colon() -> None:
    text = "“TAPPER: Is it so?\n\nFALLIN: It is.\n\nTAPPER: Thank you.”"
    assert turns(text) == [
        ("TAPPER", "Is it so?"),
        ("FALLIN", "It is."),
        ("TAPPER", "Thank you.”"),
    ]


def test_a_quoted_turn_goes_on_while_paragraphs_open_with_a_mark() -> None:
    text = "“TAPPER: Is it so?\n\n“FALLIN: It is.\n\n“And more.\n\n“TAPPER: Thanks.”\n\nHe left."
    assert turns(text)[1] == ("FALLIN", "It is.", "“And more.")
    assert turns(text)[2] == ("TAPPER", "Thanks.”")


def test_one_line_in_capitals_is_no_transcript() -> None:
    assert turns("WATCH: The storm.\n\nUPDATE: It is over.\n\nAP: A chair moved money.") == []
