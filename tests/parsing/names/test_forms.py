"""Where names begin and end."""

import pytest

from app.parsing.names.forms import find_surname, is_name, split_name, trim_name
from app.parsing.types import Span


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Marta Lind’s", "Marta Lind"),
        ("the Harbour Board", "Harbour Board"),
        ("Mayor Marta Lind", "Marta Lind"),
        ("Peregrine Voss rose", "Peregrine Voss"),
        ("libertarian Sorn Institute", "Sorn Institute"),
        ("Bank of", "Bank"),
        ("van Dorn", "van Dorn"),
        ("Orm-based Sorn Group", "Sorn Group"),
        ("Lind campaign", "Lind campaign"),
        ("Helen Voss KC", "Helen Voss"),
    ],
)
def test_what_is_no_part_of_a_name_is_cut(text: str, kept: str) -> None:
    span = trim_name(text, Span(0, len(text)))
    assert span is not None
    assert span.of(text) == kept


def test_a_generation_belongs_to_the_name() -> None:
    text = "Joseph R. Voss, Jr., is a fellow."
    span = trim_name(text, Span(0, 14))
    assert span is not None
    assert span.of(text) == "Joseph R. Voss, Jr."


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Getty/Agora", ["Getty", "Agora"]),
        ("Orm University’s School of Law", ["Orm University", "School of Law"]),
        ("St. Lind’s Church", ["St. Lind’s Church"]),
    ],
)
def test_two_names_in_one_are_split(text: str, parts: list[str]) -> None:
    assert [span.of(text) for span in split_name(text, Span(0, len(text)))] == parts


@pytest.mark.parametrize(
    ("form", "surname"),
    [
        ("Marta Lind", "Lind"),
        ("Usama bin Sorn", "bin Sorn"),
        ("Bill de Sorn", "de Sorn"),
        ("Joseph Voss, Jr.", "Voss"),
        ("Karl Voss III", "Voss"),
    ],
)
def test_surnames(form: str, surname: str) -> None:
    assert find_surname(form) == surname


@pytest.mark.parametrize("form", ["Sir", "Ukrainian", "Friday", "New", "123", "orm", "A\nB"])
def test_what_is_no_name(form: str) -> None:
    assert not is_name(form)
