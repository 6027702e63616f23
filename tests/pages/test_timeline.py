"""A timeline's bars and the lines of its table."""

from markupsafe import Markup

from app.pages.charts import draw_months
from app.pages.timeline import write_bars, write_lines

MONTHS = draw_months([("2024-11-01", 1204), ("2024-12-01", 1)], [("2024-12-01", 2)])


def test_each_month_has_a_bar_for_its_quotations_and_one_for_its_claims() -> None:
    bars = write_bars(MONTHS)
    assert isinstance(bars, Markup)
    assert bars == (
        '<rect class="series-1" x="538.67" y="0.0" width="21.33" height="90.0">'
        "<title>2024-11: 1,204 quotations</title></rect>"
        '<rect class="series-1" x="592.0" y="89.93" width="21.33" height="0.07">'
        "<title>2024-12: 1 quotation</title></rect>"
        '<rect class="series-2" x="613.33" y="89.85" width="21.33" height="0.15">'
        "<title>2024-12: 2 claims</title></rect>"
    )


def test_months_without_anything_have_no_line() -> None:
    lines = write_lines(MONTHS)
    assert isinstance(lines, Markup)
    assert lines == (
        '<tr><th scope="row"><time datetime="2024-11">November 2024</time></th>'
        '<td class="number">1,204</td><td class="number">0</td></tr>\n'
        '<tr><th scope="row"><time datetime="2024-12">December 2024</time></th>'
        '<td class="number">1</td><td class="number">2</td></tr>\n'
    )
