"""Items as lines of CSV: RFC 4180, in UTF-8, and nothing that a spreadsheet would compute."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from pydantic_core import to_json

# A cell that begins with one of these is a formula to a spreadsheet, or makes the next one so; the
# full-width forms count in East Asian ones. https://owasp.org/www-community/attacks/CSV_Injection
_FORMULA = frozenset("=+-@\t\r\n＝＋－＠")
_SEPARATOR = "; "


def write_line(cells: Iterable[str]) -> str:
    """Return one line of CSV, with its CRLF."""
    line = io.StringIO()
    csv.writer(line, lineterminator="\r\n").writerow(cells)
    return line.getvalue()


def to_cells(item: Mapping[str, Any], columns: Sequence[str]) -> list[str]:
    """Return an item's values for some columns, each as text for a cell.

    Args:
        item: What the schema promises.
        columns: Keys, those of nested objects with dots: "speaker.name". Where a part of the way
            is null, the cell is empty.
    """
    return [_to_cell(_find(item, column)) for column in columns]


def _find(item: Any, column: str) -> Any:
    for name in column.split("."):
        if item is None:
            return None
        item = item[name]
    return item


def _to_cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list) and all(isinstance(part, str) for part in value):
        value = _SEPARATOR.join(value)
    if not isinstance(value, str):
        value = to_json(value).decode()
    return defuse(value)


def defuse(text: str) -> str:
    """Put an apostrophe before what a spreadsheet would take for a formula; NUL becomes �."""
    text = text.replace("\0", "\ufffd")
    if text[:1] in _FORMULA or text.lstrip()[:1] in _FORMULA:
        return f"'{text}" if text else text
    return text
