"""Numbers and dates: text -> span, value and unit."""

import pytest

from app.parsing.quantities import find_dates, find_quantities
from app.parsing.types import Span


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("seizing 90 square miles of land", [("90 square miles", 90.0, "mi2")]),
        ("a population of 700,000 before", [("700,000", 700000.0, None)]),
        ("$4.5 million was lost", [("$4.5 million", 4_500_000.0, "USD")]),
        ("it cost €20m", [("€20m", 20_000_000.0, "EUR")]),
        ("rose by 3.2 percent", [("3.2 percent", 3.2, "%")]),
        ("rose by 12%", [("12%", 12.0, "%")]),
        ("twenty-three boats", [("twenty-three", 23.0, None)]),
        ("two hundred and five people", [("two hundred and five people", 205.0, "person")]),
        ("five million barrels", [("five million barrels", 5_000_000.0, "barrel")]),
        ("no one came", []),
        ("on May 3, 2024 it rained", []),
        ("", []),
    ],
)
def test_quantities(text: str, expected: list[tuple[str, float, str | None]]) -> None:
    found = find_quantities(text, [Span(0, len(text))])
    assert [(item.span.of(text), item.value, item.unit) for item in found] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("on May 3, 2024 it rained", [("May 3, 2024", "2024-05-03")]),
        ("on 3 May 2024 it rained", [("3 May 2024", "2024-05-03")]),
        ("in June 2023 it rained", [("June 2023", "2023-06")]),
        ("in 2019 it rained", [("2019", "2019")]),
        ("in June it rained", [("June", None)]),
        ("on Friday it rained", [("Friday", None)]),
        ("nearly three years ago", [("nearly three years ago", None)]),
        ("2024-02-29 was a day", [("2024-02-29", "2024-02-29")]),
        ("it may rain; they march on", []),
    ],
)
def test_dates(text: str, expected: list[tuple[str, str | None]]) -> None:
    found = find_dates(text, [Span(0, len(text))])
    assert [(item.span.of(text), item.value) for item in found] == expected
