"""Charts as numbers: what the SVG in the templates is drawn from, and the tables beside it."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

TIMELINE_WIDTH, TIMELINE_HEIGHT = 640.0, 90.0
MIN_MONTHS, MAX_MONTHS = 12, 120

# The embedded outline of the land, in degrees: west, north (y grows to the south), width, height.
WORLD = (-180.0, -84.0, 360.0, 142.0)
# A map shows its places with so much around them, and never less than so wide, in degrees: nearer,
# the outline is too coarse to be recognised.
MAP_MARGIN, MIN_MAP_WIDTH = 12.0, 90.0


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
class Rank:
    """One line of a list of the most frequent.

    Attributes:
        name: What it stands for.
        slug: The id of the entity of that name, or None.
        counts: How many, one number for each series.
        widths: The bars of those numbers; the greatest in the list is 100 wide.
    """

    name: str
    slug: str | None
    counts: tuple[int, ...]
    widths: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Point:
    """A place on a map: x is degrees east, y is degrees south.

    Attributes:
        count: How many articles name it; the circle's area grows with it.
        radius: In degrees.
    """

    name: str
    slug: str
    count: int
    x: float
    y: float
    radius: float


@dataclass(frozen=True, slots=True)
class Map:
    """A map of places.

    Attributes:
        points: In the given order.
        frame: The part of the world that is shown, as an SVG viewBox has it.
    """

    points: tuple[Point, ...]
    frame: str


def draw_months(*series: Iterable[tuple[str, int]]) -> list[tuple[Bar, ...]]:
    """Return the bars of each month from the first to the last, empty ones included.

    At least 12 months, which end with the last one; at most the latest 120.

    Args:
        series: Each a day of each month ("2024-11-01") and how many, in any order. All share the
            months and the scale; a month's bars stand side by side, in the order of the series.
    """
    counted = [
        Counter({int(day[:4]) * 12 + int(day[5:7]) - 1: count for day, count in one})
        for one in series
    ]
    months = {month for counts in counted for month in counts}
    if not months:
        return []
    last = max(months)
    first = max(min(*months, last - MIN_MONTHS + 1), last - MAX_MONTHS + 1)
    step = TIMELINE_WIDTH / (last - first + 1)
    width = step * 0.8 / len(counted)
    most = max(max(counts.values(), default=0) for counts in counted)
    totals = [sum(counts.values()) or 1 for counts in counted]
    drawn = []
    for place, month in enumerate(range(first, last + 1)):
        bars = []
        for number, (counts, total) in enumerate(zip(counted, totals, strict=True)):
            height = TIMELINE_HEIGHT * counts[month] / most
            bars.append(
                Bar(
                    label=f"{month // 12:04}-{month % 12 + 1:02}",
                    count=counts[month],
                    share=counts[month] / total,
                    x=round(place * step + step * 0.1 + number * width, 2),
                    y=round(TIMELINE_HEIGHT - height, 2),
                    width=round(width, 2),
                    height=round(height, 2),
                )
            )
        drawn.append(tuple(bars))
    return drawn


def draw_shares(counts: Sequence[tuple[str, int]], *, width: float = 640.0) -> list[Bar]:
    """Return one bar of stacked shares, in the given order; empty when there is nothing."""
    total = sum(count for _, count in counts)
    bars, x = [], 0.0
    for label, count in counts:
        share = count / total if total else 0.0
        bars.append(Bar(label, count, share, round(x, 2), 0.0, round(share * width, 2), 24.0))
        x += share * width
    return bars if total else []


def draw_ranks(*series: Sequence[tuple[str, str | None, int]], top: int) -> list[Rank]:
    """Return the most frequent, the greatest sum over all series first.

    Args:
        series: Each a name, the id of the entity of that name or None, and how many.
        top: The most lines, from 1.
    """
    counts: dict[tuple[str, str | None], list[int]] = {}
    for number, one in enumerate(series):
        for name, slug, count in one:
            counts.setdefault((name, slug), [0] * len(series))[number] = count
    ranked = sorted(counts.items(), key=lambda item: (-sum(item[1]), item[0][0]))[:top]
    most = max((max(found) for _, found in ranked), default=0) or 1
    return [
        Rank(name, slug, tuple(found), tuple(round(100 * count / most, 2) for count in found))
        for (name, slug), found in ranked
    ]


def draw_map(places: Sequence[tuple[str, str, int, float, float]]) -> Map | None:
    """Return a map of places, or None when there is none.

    Args:
        places: Each a name, an id, how many articles name it, and where it is in degrees east and
            north.
    """
    if not places:
        return None
    west, north, width, height = _frame([(east, -up) for *_, east, up in places])
    # Circles are as large on a map of a region as on one of the world.
    scale, most = width / WORLD[2], max(count for _, _, count, _, _ in places) or 1
    points = [
        Point(
            name=name,
            slug=slug,
            count=count,
            x=round(east, 2),
            y=round(-up, 2),
            radius=round((2.4 + 3.6 * (count / most) ** 0.5) * scale, 2),
        )
        for name, slug, count, east, up in places
    ]
    return Map(tuple(points), f"{west:.1f} {north:.1f} {width:.1f} {height:.1f}")


def _frame(points: Sequence[tuple[float, float]]) -> tuple[float, float, float, float]:
    """Return the part of the world around points, with the world's ratio of width to height."""
    ratio = WORLD[2] / WORLD[3]
    xs, ys = [x for x, _ in points], [y for _, y in points]
    wide = max(xs) - min(xs) + 2 * MAP_MARGIN
    high = max(ys) - min(ys) + 2 * MAP_MARGIN
    width = min(max(wide, high * ratio, MIN_MAP_WIDTH), WORLD[2])
    height = width / ratio
    west = (min(xs) + max(xs) - width) / 2
    north = (min(ys) + max(ys) - height) / 2
    return (
        min(max(west, WORLD[0]), WORLD[0] + WORLD[2] - width),
        min(max(north, WORLD[1]), WORLD[1] + WORLD[3] - height),
        width,
        height,
    )
