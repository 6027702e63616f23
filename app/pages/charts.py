"""Charts as numbers: what the SVG in the templates is drawn from, and the tables beside it."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

TIMELINE_WIDTH, TIMELINE_HEIGHT = 640.0, 90.0
MIN_MONTHS, MAX_MONTHS = 12, 120


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a chart, in the units of its SVG.

    Attributes:
        label: What it stands for.
        count: How many.
        share: Of the whole, in [0, 1].
    """

    label: str
    count: int
    share: float
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Point:
    """A place on the map: x is degrees east, y is degrees south.

    Attributes:
        count: How often it is spoken of; the circle's area grows with it.
        radius: In degrees.
    """

    name: str
    slug: str
    count: int
    x: float
    y: float
    radius: float


def draw_months(counts: Iterable[tuple[str, int]]) -> list[Bar]:
    """Return a bar for each month from the first to the last, empty ones included.

    At least 12 months, which end with the last one; at most the latest 120.

    Args:
        counts: A day of each month ("2024-11-01") and how many, in any order.
    """
    months = Counter({int(day[:4]) * 12 + int(day[5:7]) - 1: count for day, count in counts})
    if not months:
        return []
    last = max(months)
    first = max(min(*months, last - MIN_MONTHS + 1), last - MAX_MONTHS + 1)
    step = TIMELINE_WIDTH / (last - first + 1)
    most, total = max(months.values()), sum(months.values())
    bars = []
    for place, month in enumerate(range(first, last + 1)):
        count = months[month]
        height = TIMELINE_HEIGHT * count / most
        bars.append(
            Bar(
                label=f"{month // 12:04}-{month % 12 + 1:02}",
                count=count,
                share=count / total,
                x=round(place * step + step * 0.1, 2),
                y=round(TIMELINE_HEIGHT - height, 2),
                width=round(step * 0.8, 2),
                height=round(height, 2),
            )
        )
    return bars


def draw_shares(counts: Sequence[tuple[str, int]], *, width: float = 640.0) -> list[Bar]:
    """Return one bar of stacked shares, in the given order; empty when there is nothing."""
    total = sum(count for _, count in counts)
    bars, x = [], 0.0
    for label, count in counts:
        share = count / total if total else 0.0
        bars.append(Bar(label, count, share, round(x, 2), 0.0, round(share * width, 2), 24.0))
        x += share * width
    return bars if total else []


def draw_ranks(counts: Sequence[tuple[str, int]], *, width: float = 100.0) -> list[Bar]:
    """Return a bar for each count, the greatest as wide as `width`."""
    most = max((count for _, count in counts), default=0) or 1
    total = sum(count for _, count in counts) or 1
    return [
        Bar(label, count, count / total, 0.0, 0.0, round(width * count / most, 2), 8.0)
        for label, count in counts
    ]
