"""Reading a plain request: the part that all pages of a list share, and the cursor."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl

from pydantic import ValidationError

from app.api.caching import encode_query
from app.api.deps import NOT_COUNTED
from app.api.parameters import query_names
from app.api.plain.lists import LISTS

_PAGING = ("limit", "cursor", "sort", "include")
_MOST_QUERY = 512
_CURSOR = re.compile(rb"[A-Za-z0-9_-]{1,2000}")
_SEARCH = re.compile(rb"(?<![^&])q=")
# In place of the slug of a speaker: stands in no address, and is what its encoding is put back to.
_SLOT = b"\0"
_WHO = {
    listed.who: re.compile(rb"(?<![^&])%b=([a-z0-9-]+)(?![^&])" % listed.who.encode())
    for listed in LISTS.values()
}


class NotPlainError(Exception):
    """The framework is to answer."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What plain requests that differ by their cursor alone ask for.

    Attributes:
        before: The canonical URL up to where a cursor stands in it.
        after: The rest of it.
        url: The canonical URL without a cursor.
        scope: What its cursors are good for.
        counted: What its total is of.
        filters: The values of each filter that has any.
        limit: The most items.
        embeds: The speaker's entity is to be in each item.
    """

    before: str
    after: str
    url: str
    scope: str
    counted: str
    filters: Mapping[str, Sequence[str]]
    limit: int
    embeds: bool

    def with_cursor(self, cursor: str | None) -> str:
        """Return the address of a page."""
        return self.url if cursor is None else f"{self.before}cursor={cursor}{self.after}"


def read_asked(path: str, query: bytes) -> tuple[Asked, str | None]:
    """Read a request for one of `LISTS`; return it with its cursor.

    Raises:
        NotPlainError: It asks for more than is done here, or something is wrong with it.
    """
    if _SLOT in query or _SEARCH.search(query):
        raise NotPlainError
    cursor = None
    if b"cursor=" in query:
        pairs = query.split(b"&")
        cursors = [pair for pair in pairs if pair.startswith(b"cursor=")]
        if len(cursors) != 1 or _CURSOR.fullmatch(cursors[0], 7) is None:
            raise NotPlainError
        cursor = cursors[0][7:].decode()
        query = b"&".join(pair for pair in pairs if pair is not cursors[0])
    if len(query) > _MOST_QUERY:
        raise NotPlainError
    asked = _read_list(path, query)
    if asked is None:
        raise NotPlainError
    return asked, cursor


# What is read for one page holds for all pages of its list; reading it cost a third of a request.
# Pages of speakers as they are quoted, a million articles: three in four are of a list that is
# known here, and every other with 256. Each takes a kilobyte.
@lru_cache(maxsize=1024)
def _read_list(path: str, query: bytes) -> Asked | None:
    who = LISTS[path].who
    whose = _WHO[who].findall(query)
    # Once, and nothing is escaped, under which the same name could stand again.
    if len(whose) != 1 or b"%" in query or query.count(who.encode() + b"=") > 1:
        return _read_shared(path, query)
    asked = _read_shared(path, _WHO[who].sub(b"%b=%b" % (who.encode(), _SLOT), query))
    if asked is None:
        return None
    slot, slug = _SLOT.decode(), whose[0].decode()
    return replace(
        asked,
        before=asked.before.replace(slot, slug),
        after=asked.after.replace(slot, slug),
        url=asked.url.replace(slot, slug),
        scope=asked.scope.replace(slot, slug),
        counted=asked.counted.replace(slot, slug),
        filters={**asked.filters, who: [slug]},
    )


# And but for the slug in it for the lists of every speaker.
@lru_cache(maxsize=128)
def _read_shared(path: str, query: bytes) -> Asked | None:
    listed = LISTS[path]
    pairs = parse_qsl(query.decode("latin-1"), keep_blank_values=True)
    allowed = query_names(listed.parameters)
    given: dict[str, Any] = {}
    for name, value in pairs:
        if name not in allowed or (name in given and not allowed[name]) or name == "cursor":
            return None
        if allowed[name]:
            given.setdefault(name, []).append(value)
        else:
            given[name] = value
    filters = {name: values for name, values in given.items() if name not in _PAGING}
    if filters.keys() - listed.columns.keys() - {listed.who}:
        return None
    try:
        parameters: Any = listed.parameters.model_validate(given)
    except ValidationError:
        return None
    if parameters.sort != "-published_at" or parameters.include not in (None, listed.who):
        return None
    encoded = sorted((pair, encode_query([pair])) for pair in pairs)
    if _SLOT in query:
        encoded = [(pair, words.replace("%00", _SLOT.decode())) for pair, words in encoded]

    def join(without: Sequence[str]) -> str:
        words = "&".join(words for pair, words in encoded if pair[0] not in without)
        return f"{path}?{words}" if words else path

    return Asked(
        before=f"{path}?" + "".join(f"{words}&" for pair, words in encoded if pair[0] < "cursor"),
        after="".join(f"&{words}" for pair, words in encoded if pair[0] > "cursor"),
        url=join(()),
        scope=join(("limit",)),
        counted=join(NOT_COUNTED),
        filters=filters,
        limit=parameters.limit,
        embeds=parameters.include is not None,
    )
