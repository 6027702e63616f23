"""Numbers and dates in words for people."""

from datetime import date, datetime
from functools import lru_cache


def write_day(when: datetime) -> str:
    """Return a date for people: "28 November 2024"."""
    return f"{when.day} {_name_month(when.year, when.month)}"


def write_month(month: str) -> str:
    """Return a month for people: "November 2024" of "2024-11"."""
    return _name_month(int(month[:4]), int(month[5:]))


@lru_cache(maxsize=2048)
def _name_month(year: int, month: int) -> str:
    # A page has two hundred dates of 120 months, and to write one takes 7 µs.
    return f"{date(year, month, 1):%B %Y}"


def write_number(value: int) -> str:
    """Return a number with its thousands parted."""
    return f"{value:,}"


def count_words(count: int, one: str, many: str | None = None) -> str:
    """Return "1 quotation", "1,204 quotations"."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"
