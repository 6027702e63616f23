"""Dates as files state them, read strictly: a full date or nothing."""

import re
from datetime import UTC, date, datetime

from app.parsing.readers.languages import primary_language

_NUMERIC = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4})(?:[ T,]+(.*))?", re.ASCII)
_YEAR_FIRST = re.compile(r"\d{4}([./-])(0?[1-9]|1[0-2])\1\d{1,2}(?!\d)", re.ASCII)
_YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)", re.ASCII)
# Longer than any date that somebody writes, and short enough to be searched at no cost.
_LONGEST_DATE = 80
# In which order a language writes 03/04/2026 when its region decides (CLDR short date formats).
_MONTH_FIRST = frozenset({"en-us", "en-ph", "en-pr", "en-gu", "fil", "fil-ph"})
_DAY_FIRST_ENGLISH = frozenset({"en-gb", "en-ie", "en-au", "en-nz", "en-in", "en-za", "en-sg"})
# Languages whose plain tag leaves no doubt, because they write the day first everywhere.
_DAY_FIRST = frozenset(
    {"bg", "cs", "da", "de", "el", "es", "fi", "fr", "hr", "it", "nb", "nl", "no", "pl", "pt"}
    | {"ro", "ru", "sk", "sr", "tr", "uk"}
)

_OUTSIDE = "lies outside of the years 1 to 9999"
_NOT_FULL = "is not a full date with day, month and year"


class DateError(ValueError):
    """A stated date cannot be read; its message says why."""


def parse_date(value: object, *, language: str | None = None) -> datetime:
    """Read a stated date.

    ISO 8601 first, then whatever dateparser reads without guessing: day, month and year must all
    be there. A date without a time is midnight, one without a time zone is UTC.

    Args:
        value: A string, or a date or datetime as YAML gives it.
        language: The BCP 47 tag that the file states; it decides what 03/04/2026 is.

    Returns:
        The moment, time zone aware, in UTC.

    Raises:
        DateError: It is no full date, or an ambiguous one.
    """
    if isinstance(value, datetime):
        return _to_utc(value)
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day, tzinfo=UTC)
    if not isinstance(value, str):
        raise DateError("is not a date")
    words = " ".join(value.split())
    try:
        # Python takes "2026-W11" for that week's Monday.
        found = datetime.fromisoformat(words if "W" not in words else "")
    except ValueError:
        found = _parse_written(words, language=language)
    return _to_utc(found)


def _parse_written(words: str, *, language: str | None) -> datetime:
    if len(words) > _LONGEST_DATE or not _YEAR.search(words):
        raise DateError(_NOT_FULL)
    languages = ["en"]
    primary = primary_language(language)
    order = "DMY"
    if words[:4].isdigit():
        # dateparser would read 2026-13-01 as the thirteenth of January.
        order = "YMD"
        if not _YEAR_FIRST.match(words):
            raise DateError(_NOT_FULL)
    elif numeric := _NUMERIC.fullmatch(words):
        order = _find_order(int(numeric[1]), int(numeric[3]), language=language)
    options = {
        "STRICT_PARSING": True,
        "REQUIRE_PARTS": ["day", "month", "year"],
        "PARSERS": ["absolute-time"],
        "DATE_ORDER": order,
        "TIMEZONE": "UTC",
        "TO_TIMEZONE": "UTC",
        "RETURN_AS_TIMEZONE_AWARE": True,
        # dateparser looks at the clock only to fill in what a date leaves out; nothing may be.
        "RELATIVE_BASE": datetime(2000, 1, 1),  # noqa: DTZ001 - it wants a naive one
    }
    if primary and primary != "en":
        languages.insert(0, primary)
    try:
        found = _search(words, languages=languages, options=options)
    except OverflowError:
        raise DateError(_OUTSIDE) from None
    if found is None:
        raise DateError(_NOT_FULL)
    return found


def _search(words: str, *, languages: list[str], options: dict[str, object]) -> datetime | None:
    # Imported here, because most files state no date or an ISO one and dateparser takes as long
    # to load and to warm up as a hundred small files take to read.
    import dateparser

    try:
        return dateparser.parse(words, languages=languages, settings=options)
    except ValueError:
        # dateparser does not know the stated language: English, always the last, stays.
        return dateparser.parse(words, languages=languages[-1:], settings=options)


def _find_order(first: int, second: int, *, language: str | None) -> str:
    """Return dateparser's order for a numeric date, if numbers or language leave no doubt."""
    if first > 12 or first == second:
        return "DMY"
    if second > 12:
        return "MDY"
    tag = (language or "").lower()
    if tag in _MONTH_FIRST:
        return "MDY"
    if tag in _DAY_FIRST_ENGLISH or primary_language(language) in _DAY_FIRST:
        return "DMY"
    raise DateError("is ambiguous: day and month can be exchanged; write it as YYYY-MM-DD")


def _to_utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        return moment.replace(tzinfo=UTC)
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise DateError(_OUTSIDE) from None
