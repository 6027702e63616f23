"""Charts are numbers before they are drawn."""

from itertools import pairwise

import pytest

from app.pages.charts import (
    MIN_MAP_WIDTH,
    TIMELINE_HEIGHT,
    TIMELINE_WIDTH,
    WORLD,
    draw_map,
    draw_months,
    draw_ranks,
    draw_shares,
)


def test_months_without_quotations_have_their_place() -> None:
    bars = [one for (one,) in draw_months([("2025-03-01", 2), ("2024-11-01", 4)])]
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


def test_series_share_their_months_and_their_scale_and_stand_side_by_side() -> None:
    months = draw_months([("2025-01-01", 1)], [("2025-03-01", 4)])
    assert len(months) == 12
    assert [[bar.count for bar in bars] for bars in months[-3:]] == [[1, 0], [0, 0], [0, 4]]
    assert months[-3][0].height == TIMELINE_HEIGHT / 4
    assert months[-1][1].height == TIMELINE_HEIGHT
    bars = [bar for month in months for bar in month]
    assert all(left.x + left.width <= right.x + 0.02 for left, right in pairwise(bars))


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
    assert (bars[0][0].label, bars[-1][0].label, len(bars)) == labels


def test_nothing_is_no_chart() -> None:
    assert draw_months([]) == []
    assert draw_months([], []) == []
    assert draw_shares([("named", 0)]) == []
    assert draw_ranks([], [], top=3) == []
    assert draw_map([]) is None


def test_shares_stand_side_by_side_and_fill_the_bar() -> None:
    bars = draw_shares([("named", 3), ("unnamed", 1), ("none", 0)], width=100.0)
    assert [(bar.x, bar.width, bar.share) for bar in bars] == [
        (0.0, 75.0, 0.75),
        (75.0, 25.0, 0.25),
        (100.0, 0.0, 0.0),
    ]


def test_the_greatest_is_first_and_as_wide_as_there_is_room() -> None:
    ranks = draw_ranks(
        [("Ann", "ann", 1), ("Bo", "bo", 3)], [("Bo", "bo", 4), ("Cy", "cy", 2)], top=2
    )
    assert [(rank.name, rank.slug, rank.counts) for rank in ranks] == [
        ("Bo", "bo", (3, 4)),
        ("Cy", "cy", (0, 2)),
    ]
    assert [rank.widths for rank in ranks] == [(75.0, 100.0), (0.0, 50.0)]


KYIV, MOSCOW, SYDNEY = (30.5, 50.5), (37.6, 55.8), (151.2, -33.9)
ANADYR, NOME = (177.5, 64.7), (-165.4, 64.5)


@pytest.mark.parametrize("places", [[KYIV], [KYIV, MOSCOW], [KYIV, SYDNEY], [ANADYR, NOME]])
def test_a_map_holds_its_places_and_never_leaves_the_world(
    places: list[tuple[float, float]],
) -> None:
    drawn = draw_map([(str(at), str(at), 1, *at) for at in places])
    assert drawn
    west, north, width, height = map(float, drawn.frame.split())
    assert width >= MIN_MAP_WIDTH
    assert width / height == pytest.approx(WORLD[2] / WORLD[3], rel=0.01)
    assert WORLD[0] <= west <= WORLD[0] + WORLD[2] - width + 0.1
    assert WORLD[1] <= north <= WORLD[1] + WORLD[3] - height + 0.1
    for point, (east, up) in zip(drawn.points, places, strict=True):
        assert (point.x, point.y) == (east, -up)
        assert west <= point.x <= west + width
        assert north <= point.y <= north + height


def test_a_map_of_a_region_is_of_that_region() -> None:
    near, far = (
        draw_map([("a", "a", 4, *KYIV), ("b", "b", 1, *other)]) for other in (MOSCOW, SYDNEY)
    )
    assert near
    assert far
    assert float(near.frame.split()[2]) < float(far.frame.split()[2])
    # What more articles name has the larger circle.
    assert near.points[0].radius > near.points[1].radius
