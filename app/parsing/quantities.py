"""Numbers with their units and dates, as written and as values."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from app.parsing.attribution.lexicon import read_lexicon
from app.parsing.types import DateExpression, Quantity, Span

_ONES = {
    word: number
    for number, word in enumerate(
        (
            *("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
            *("eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen"),
            *("eighteen", "nineteen"),
        ),
        start=1,
    )
}
_TENS = dict(
    zip(
        ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"],
        range(20, 100, 10),
        strict=True,
    )
)
_SCALES = {"hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12}
_SHORT_SCALES = {"k": 1e3, "m": 1e6, "bn": 1e9, "b": 1e9, "tn": 1e12}
_CURRENCIES = {"$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY", "₹": "INR", "₽": "RUB", "₴": "UAH"}
_WORDS = "|".join([*_ONES, *_TENS, *_SCALES, "dozen", "half", "a hundred", "a thousand"])
_NUMBER = re.compile(
    rf"(?<![\w.,])(?:(?P<currency>(?:US|A|C)?[$€£¥₹₽₴])\s?)?"
    rf"(?:(?P<digits>\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?|\d+(?:\.\d+)?)"
    rf"(?:(?P<short>k|m|bn|b|tn)\b|[\s-](?P<scale>hundred|thousand|million|billion|trillion)s?\b)?"
    rf"|(?P<words>(?:{'|'.join([*_ONES, *_TENS, *_SCALES])})"
    rf"(?:(?:[\s-]|\sand\s)(?:{'|'.join([*_ONES, *_TENS, *_SCALES])}))*\b))",
    re.I,
)
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            *("january|jan", "february|feb", "march|mar", "april|apr", "may", "june|jun"),
            *("july|jul", "august|aug", "september|sept|sep", "october|oct", "november|nov"),
            "december|dec",
        ),
        start=1,
    )
    for name in names.split("|")
}
_MONTH = (
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December"
    r"|(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept|Sep|Oct|Nov|Dec)\b\.?)"
)
_DATE = re.compile(
    rf"\b(?:(?P<iso>\d{{4}}-\d\d-\d\d)"
    rf"|(?P<m1>{_MONTH})\s+(?P<d1>\d{{1,2}})(?:st|nd|rd|th)?(?!\d)(?:,?\s+(?P<y1>(?:1[5-9]|20)\d\d))?\b"
    rf"|(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?(?P<m2>{_MONTH})(?:,?\s+(?P<y2>(?:1[5-9]|20)\d\d))?"
    rf"|(?P<m3>{_MONTH}),?\s+(?:of\s+)?(?P<y3>(?:1[5-9]|20)\d\d)\b"
    r"|(?P<day>(?:(?:last|next|this)\s+)?(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day)\b"
    r"|(?P<relative>(?:today|yesterday|tomorrow|tonight)\b|(?:last|next|this|the past|the last)\s+"
    r"(?:week|month|year|summer|winter|spring|autumn|fall|night|decade|weekend|quarter)\b"
    r"|(?:(?:nearly|about|almost|some|more than)\s+)?(?:\d+|one|two|three|four|five|six|seven|eight"
    r"|nine|ten|a)\s+(?:days?|weeks?|months?|years?|decades?)\s+(?:ago|later|earlier))"
    rf"|(?P<month>(?:in|since|until|by|last|this|next|of|early|late)\s+{_MONTH}\b(?!,?\s+(?:of\s+)?\d))"
    r"|(?P<year>(?:(?<=in )|(?<=since )|(?<=by )|(?<=of )|(?<=from )|(?<=until )|(?<=the ))"
    r"(?:1[5-9]|20)\d\d)(?!\d|[.,]\d))",
)


@lru_cache(maxsize=1)
def load_units() -> dict[str, str]:
    """Return unit words with the symbols that they stand for ("square miles": "mi2")."""
    return dict(read_lexicon("units.tsv"))


@lru_cache(maxsize=1)
def _unit_pattern() -> re.Pattern[str]:
    words = sorted(load_units(), key=len, reverse=True)
    return re.compile(r"[\s-]?(" + "|".join(re.escape(word) for word in words) + r")(?!\w)", re.I)


def find_quantities(text: str, spans: Sequence[Span]) -> tuple[Quantity, ...]:
    """Find the numbers in stretches of a text, in text order, dates left out.

    The span covers currency sign, number, scale word and a known unit ("$4.5 million", "90 square
    miles"); `unit` is the lexicon's symbol, an ISO 4217 code, "%" or None.
    """
    found: list[Quantity] = []
    for span in spans:
        dates = [item.span for item in find_dates(text, [span])]
        for match in _NUMBER.finditer(text, *span):
            here = Span(*match.span())
            if any(date.overlaps(here) for date in dates):
                continue
            value = _value(match)
            if value is None or _is_pronoun(text, match):
                continue
            end, unit = match.end(), None
            if match["currency"]:
                unit = _CURRENCIES[match["currency"][-1]]
            measured = _unit_pattern().match(text, match.end(), span.end)
            if measured is not None:
                end = measured.end()
                unit = unit or load_units()[measured.group(1).lower()]
            found.append(Quantity(Span(match.start(), end), value, unit))
    return tuple(found)


def _is_pronoun(text: str, match: re.Match[str]) -> bool:
    # "one" is as often "somebody" as it is a number.
    if (match["words"] or "").lower() != "one":
        return False
    after = text[match.end() : match.end() + 12]
    return not re.match(r"\s(?:of|in|hundred|percent|per|year|month|day|week|million)\b", after)


def _value(match: re.Match[str]) -> float | None:
    if match["digits"]:
        value = float(match["digits"].replace(",", ""))
        if match["short"]:
            value *= _SHORT_SCALES[match["short"].lower()]
        if match["scale"]:
            value *= _SCALES[match["scale"].lower()]
        return value
    total = current = 0.0
    for word in re.findall(r"[a-z]+", match["words"].lower()):
        if word in _ONES:
            current += _ONES[word]
        elif word in _TENS:
            current += _TENS[word]
        elif word == "hundred":
            current = (current or 1.0) * 100
        elif word in _SCALES:
            total += (current or 1.0) * _SCALES[word]
            current = 0.0
    return total + current if total + current else None


def find_dates(text: str, spans: Sequence[Span]) -> tuple[DateExpression, ...]:
    """Find dates in stretches of a text, in text order.

    `value` is given where the words themselves say it ("June 3, 2024", "June 2024", "in 2024");
    relative dates have None, since nothing here knows a clock.
    """
    found: list[DateExpression] = []
    for span in spans:
        for match in _DATE.finditer(text, *span):
            start, end = match.span()
            if match["month"]:
                start += match.group().index(match.group().split()[-1])
            found.append(DateExpression(Span(start, end), _iso(match)))
    return tuple(found)


def _iso(match: re.Match[str]) -> str | None:
    if match["iso"]:
        return match["iso"]
    if match["year"]:
        return match["year"]
    for number in ("1", "2"):
        month, day, year = match[f"m{number}"], match[f"d{number}"], match[f"y{number}"]
        if month and year and 1 <= int(day) <= 31:
            return f"{year}-{_MONTHS[month.lower().rstrip('.')]:02d}-{int(day):02d}"
    if match["m3"]:
        return f"{match['y3']}-{_MONTHS[match['m3'].lower().rstrip('.')]:02d}"
    return None
