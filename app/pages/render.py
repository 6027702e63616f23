"""Templates, and what they need to write numbers, dates, links and matches."""

import re
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from fastapi import Request
from markupsafe import Markup
from starlette.responses import HTMLResponse

from app import __version__
from app.api.search import Snippet
from app.pages.answers import Desk
from app.pages.assets import NAMES
from app.pages.direction import find_direction
from app.pages.reader import Reader
from app.pages.records import is_pronoun
from app.pages.timeline import write_bars, write_lines
from app.pages.words import count_words, write_day, write_month, write_number

# Styles too are files of ours: there is no style attribute and no style element on any page.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
# Of every page: whoever follows a link to an outlet does not tell it what was read here.
SECURITY = {
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "same-origin",
}
if TYPE_CHECKING:
    from jinja2 import Environment

_HOST = re.compile(r"[A-Za-z0-9.\-]+(:\d+)?|\[[0-9a-fA-F:.]+\](:\d+)?")


def make_pieces(snippet: Snippet) -> list[tuple[str, bool]]:
    """Return a snippet's text in pieces, each with whether it is a match."""
    pieces, at = [], 0
    for match in snippet["matches"]:
        pieces.append((snippet["text"][at : match["start"]], False))
        pieces.append((snippet["text"][match["start"] : match["end"]], True))
        at = match["end"]
    pieces.append((snippet["text"][at:], False))
    return [piece for piece in pieces if piece[0]]


def write_query(**values: str | None) -> str:
    """Return values as a query string with its question mark; what is None or empty is left out."""
    pairs = {name: value for name, value in values.items() if value}
    return f"?{urlencode(pairs, quote_via=quote)}" if pairs else ""


@cache
def _find_environment() -> "Environment":
    # Made for the first page: a server that is asked for data alone need not import it.
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("app.pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        pieces=make_pieces,
        day=write_day,
        month=write_month,
        number=write_number,
        direction=find_direction,
        bars=write_bars,
        lines=write_lines,
    )
    environment.tests.update(pronoun=is_pronoun)
    environment.globals.update(query=write_query, count=count_words, version=__version__)
    return environment


def render(template: str, **values: Any) -> str:
    """Return a template with its values; everything in them is escaped."""
    return _find_environment().get_template(template).render(values)


def render_reader(reader: Reader, *, root: str) -> Markup:
    """Return the reader of an article, to stand in a page.

    A long article has a hundred thousand pieces: they are put together here, once, rather than
    handed up one by one through every template that includes this one.
    """
    return Markup(render("reader.html", reader=reader, root=root))  # noqa: S704 (escaped by the template)  # nosec B704


def page_response(desk: Desk, template: str, **values: Any) -> HTMLResponse:
    """Write a page, with the requests that it was made of.

    Args:
        desk: Where its answers came from.
        template: Its name.
        values: What it shows.
    """
    request = desk.call.request
    shown = {**common_values(request), "requests": list_requests(desk), **values}
    body = render(template, **shown)
    return HTMLResponse(body, headers={**desk.call.headers, **SECURITY})


def common_values(request: Request) -> dict[str, Any]:
    """Return what every template needs: where the server is, and where its files are."""
    root = find_root(request)
    host = request.headers.get("host", "")
    if not _HOST.fullmatch(host):
        host = "127.0.0.1:8000"
    return {
        "root": root,
        "server": f"{request.url.scheme}://{host}{root}",
        "assets": {name: f"{root}/assets/{served}" for name, served in NAMES.items()},
        "q": "",
    }


def find_root(request: Request) -> str:
    """Return the path that the application is mounted under, without a slash at its end."""
    root: str = request.scope.get("root_path", "")
    return root.rstrip("/")


def list_requests(desk: Desk) -> Sequence[str]:
    """Return the paths that the page's answers came from, each once, in order."""
    return list(dict.fromkeys(answer.url for answer in desk.answers))
