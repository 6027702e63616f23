"""Charts are numbers before they are drawn."""

import pytest

from app.pages.charts import TIMELINE_HEIGHT, TIMELINE_WIDTH, draw_months, draw_ranks, draw_shares


def test_months_without_quotations_have_their_place() -> None:
    bars = draw_months([("2025-03-01", 2), ("2024-11-01", 4)])
    assert [bar.label for bar in bars][-5:] == [
        "2024-11",
        "2024-12",
        "2025-01",
        "2025-02",
        "2025-03",
    ]
    assert [bar.count for bar in bars] == [0] * 7 + [4, 0, 0, 0, 2]
    assert bars[7].height == TIMELINE_HEIGHT
    assert bars[11].height == TIMELINE_HEIGHT / 2
    assert bars[11].y + bars[11].height == TIMELINE_HEIGHT
    assert bars[-1].x + bars[-1].width <= TIMELINE_WIDTH


@pytest.mark.parametrize(
    ("days", "labels"),
    [
        (["2024-01-01"], ("2023-02", "2024-01", 12)),
        (["1999-12-01", "2024-01-01"], ("2014-02", "2024-01", 120)),
    ],
)
def test_a_timeline_has_at_least_a_year_and_at_most_ten(
    days: list[str], labels: tuple[str, str, int]
) -> None:
    bars = draw_months([(day, 1) for day in days])
    assert (bars[0].label, bars[-1].label, len(bars)) == labels


def test_nothing_is_no_chart() -> None:
    assert draw_months([]) == []
    assert draw_shares([("named", 0)]) == []
    assert draw_ranks([]) == []


def test_shares_stand_side_by_side_and_fill_the_bar() -> None:
    bars = draw_shares([("named", 3), ("unnamed", 1), ("none", 0)], width=100.0)
    assert [(bar.x, bar.width, bar.share) for bar in bars] == [
        (0.0, 75.0, 0.75),
        (75.0, 25.0, 0.25),
        (100.0, 0.0, 0.0),
    ]


def test_the_greatest_is_as_wide_as_there_is_room() -> None:
    assert [bar.width for bar in draw_ranks([("a", 4), ("b", 1)])] == [100.0, 25.0]
