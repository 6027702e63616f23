"""The bars of a timeline and the lines of its table, written here and not by a template.

They are ten years of months with a dozen values each, and a template calls for each value to have
it escaped: that took 6 of the 10 ms of a processor that a page about somebody is written in. All
are numbers of ours, and dates of months.
"""

from collections.abc import Iterable, Sequence

from markupsafe import Markup

from app.pages.charts import Bar
from app.pages.words import count_words, write_month


def write_bars(months: Iterable[Sequence[Bar]]) -> Markup:
    """Return the bars as rectangles of an SVG: of each month its quotations, then its claims."""
    bars = [
        f'<rect class="series-{series}" x="{bar.x}" y="{bar.y}" width="{bar.width}" '
        f'height="{bar.height}"><title>{bar.label}: {count_words(bar.count, what)}</title></rect>'
        for month in months
        for series, what, bar in zip((1, 2), ("quotation", "claim"), month, strict=True)
        if bar.count
    ]
    return Markup("".join(bars))  # noqa: S704 (numbers and dates)  # nosec B704


def write_lines(months: Iterable[Sequence[Bar]]) -> Markup:
    """Return the lines of a table, one for each month in which something was said or claimed."""
    lines = [
        f'<tr><th scope="row"><time datetime="{quotes.label}">{write_month(quotes.label)}</time>'
        f'</th><td class="number">{quotes.count:,}</td><td class="number">{claims.count:,}</td>'
        "</tr>\n"
        for quotes, claims in months
        if quotes.count or claims.count
    ]
    return Markup("".join(lines))  # noqa: S704 (numbers and dates)  # nosec B704
