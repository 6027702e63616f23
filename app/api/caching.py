"""ETags, and answers that need no data.

An ETag is weak and made of the dataset's version, the software's version and the canonical URL:
everything that an answer depends on. A request that names the current one is answered with 304
before any SQL.
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from email.utils import format_datetime
from functools import lru_cache
from urllib.parse import parse_qsl, quote, urlencode

from fastapi import Request, Response

from app import __version__
from app.api.dataset import DatasetState

CACHE_CONTROL = "public, max-age=60, stale-while-revalidate=600"


class NotModifiedError(Exception):
    """Ends a request with 304: the client has the answer already.

    Args:
        headers: Those that the answer would have had.
    """

    def __init__(self, headers: dict[str, str]) -> None:
        """See the class."""
        self.headers = headers
        super().__init__("not modified")


def canonical_url(request: Request, *, without: Sequence[str] = ()) -> str:
    """Return the path and the query with its parameters in alphabetical order.

    Repeated values keep their order of value too, since they mean the same in any order.

    Args:
        request: Whose address it is.
        without: Names of parameters to leave out.
    """
    path = quote(request.scope.get("root_path", "") + _path_in_app(request), safe="/:@!$&'()*+,;=~")
    raw = request.scope["query_string"]
    if not raw:
        return path
    pairs = _encode_short(raw) if len(raw) < _SHORT else _encode_pairs(raw)
    query = "&".join([words for name, words in pairs if name not in without])
    return f"{path}?{query}" if query else path


def _encode_pairs(raw: bytes) -> tuple[tuple[str, str], ...]:
    """Return the parameters of a query in their order: the name of each, and it encoded."""
    pairs = sorted(parse_qsl(raw.decode("latin-1"), keep_blank_values=True))
    return tuple((pair[0], encode_query([pair])) for pair in pairs)


# A request asks for its address in four forms.
_SHORT = 512
_encode_short = lru_cache(maxsize=128)(_encode_pairs)


def _path_in_app(request: Request) -> str:
    path: str = request.scope["path"]
    root: str = request.scope.get("root_path", "")
    return path.removeprefix(root) if root else path


def encode_query(pairs: Sequence[tuple[str, str]]) -> str:
    """Return parameters as a query string; commas and colons stay readable."""
    return urlencode(pairs, safe=",:*", quote_via=quote)


def make_etag(version: str, url: str) -> str:
    """Return the weak ETag of a URL's answer in one version of the data."""
    return write_etag(version, url.encode("utf-8", "surrogatepass")).decode()


def write_etag(version: str, url: bytes) -> bytes:
    """Return the ETag that `make_etag` makes, as it is sent."""
    etag = _begin_etag(version).copy()
    etag.update(url)
    return b'W/"%b"' % etag.hexdigest().encode()


@lru_cache(maxsize=8)
def _begin_etag(version: str) -> hashlib.blake2b:
    return hashlib.blake2b(f"{version}\n{__version__}\n".encode(), digest_size=12)


@lru_cache(maxsize=8)
def _format_time(moment: datetime) -> str:
    return format_datetime(moment, usegmt=True)


def data_headers(state: DatasetState, url: str) -> dict[str, str]:
    """Return the headers of an answer that comes from the data."""
    return {"ETag": make_etag(state.version or "", url), **version_headers(state)}


def version_headers(state: DatasetState) -> dict[str, str]:
    """Return those of them that all answers of one state of the data have."""
    headers = {"Cache-Control": CACHE_CONTROL, "X-Dataset-Version": state.version or ""}
    if state.changed_at is not None:
        headers["Last-Modified"] = _format_time(state.changed_at)
    return headers


def matches_etag(header: str, etag: str) -> bool:
    """Say whether an If-None-Match header lists the ETag (weak comparison, RFC 9110 13.1.2)."""
    wanted = etag.removeprefix("W/")
    return any(part.strip().removeprefix("W/") == wanted for part in header.split(","))


def check_not_modified(request: Request, headers: dict[str, str]) -> None:
    """End the request here when the client names the current ETag.

    ``*`` is not answered here, since it asks whether there is an answer at all: see
    `answer_any_etag`.

    Raises:
        NotModifiedError: It does.
    """
    header = ",".join(request.headers.getlist("if-none-match"))
    if header and matches_etag(header, headers["ETag"]):
        raise NotModifiedError(headers)


def answer_any_etag(request: Request, headers: dict[str, str]) -> None:
    """End the request when the client wants an answer only if there is none (``*``).

    Raises:
        NotModifiedError: There is one.
    """
    if request.headers.get("if-none-match", "").strip() == "*":
        raise NotModifiedError(headers)


async def on_not_modified(request: Request, error: Exception) -> Response:  # noqa: ARG001
    """Build the 304."""
    assert isinstance(error, NotModifiedError)
    response = Response(status_code=304, headers=error.headers)
    return response
