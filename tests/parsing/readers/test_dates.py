from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from app.parsing.readers.dates import DateError, parse_date

NINE_THIRTY = datetime(2026, 3, 14, 9, 30, tzinfo=UTC)
DAY = datetime(2026, 3, 14, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "language", "expected"),
    [
        ("2026-03-14", None, DAY),
        ("20260314", None, DAY),
        ("2026-03-14T09:30:00Z", None, NINE_THIRTY),
        ("2026-03-14T09:30", None, NINE_THIRTY),
        (" 2026-03-14T10:30:00+01:00 ", None, NINE_THIRTY),
        ("14 March 2026", None, DAY),
        ("March 14, 2026", None, DAY),
        ("Saturday 14th March 2026", None, DAY),
        ("14 Mar 2026 at 9.30am", None, NINE_THIRTY),
        ("Sat, 14 Mar 2026 09:30:00 +0000", None, NINE_THIRTY),
        ("14 March 2026 4:30 am EST", None, NINE_THIRTY),
        ("14 mars 2026", "fr", DAY),
        ("14. März 2026", "de-AT", DAY),
        ("14 March 2026", "xx", DAY),
        ("14/03/2026", None, DAY),
        ("03/14/2026", None, DAY),
        ("03/03/2026", None, datetime(2026, 3, 3, tzinfo=UTC)),
        ("03/04/2026", "en-GB", datetime(2026, 4, 3, tzinfo=UTC)),
        ("03/04/2026", "en-US", datetime(2026, 3, 4, tzinfo=UTC)),
        ("03.04.2026", "de", datetime(2026, 4, 3, tzinfo=UTC)),
        (date(2026, 3, 14), None, DAY),
        (datetime(2026, 3, 14, 9, 30), None, NINE_THIRTY),  # noqa: DTZ001
        (datetime(2026, 3, 14, 11, 30, tzinfo=timezone(timedelta(hours=2))), None, NINE_THIRTY),
    ],
)
def test_a_full_date_is_read_as_utc(
    value: object, language: str | None, expected: datetime
) -> None:
    found = parse_date(value, language=language)

    assert found == expected
    assert found.utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    "value",
    [
        *("", "soon", "yesterday", "March 2026", "2026", "14 March", "Saturday", "14/03/26"),
        *("31 February 2026", "2026-02-31", "2026-13-01", "around 14 March 2026", "0000-00-00"),
        *("14 March 20260", "x" * 10_000 + " 2026", "Updated: 14 March 2026", "2026-W11"),
    ],
)
def test_what_is_no_full_date_is_refused(value: str) -> None:
    with pytest.raises(DateError, match="is not a full date with day, month and year"):
        parse_date(value)


@pytest.mark.parametrize("value", [20260314, None, True, ["2026-03-14"], {"year": 2026}])
def test_what_is_no_text_is_refused(value: object) -> None:
    with pytest.raises(DateError, match="is not a date"):
        parse_date(value)


@pytest.mark.parametrize("language", [None, "en", "zz", "en-CA"])
def test_a_date_that_two_readers_would_read_differently_is_refused(language: str | None) -> None:
    with pytest.raises(DateError, match="is ambiguous"):
        parse_date("03/04/2026", language=language)


def test_a_date_at_the_edge_of_the_calendar_is_refused() -> None:
    with pytest.raises(DateError, match="lies outside of the years 1 to 9999"):
        parse_date("9999-12-31T23:59:59-01:00")
    with pytest.raises(DateError):
        parse_date("31 December 9999 23:59 -0100")
