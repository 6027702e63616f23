"""Reading a plain request: the part that all pages of a list share, and the cursor."""

import re
import string
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

from pydantic import ValidationError

from app.api.caching import encode_query
from app.api.deps import NOT_COUNTED
from app.api.parameters import query_names
from app.api.plain.lists import LISTS

_PAGING = ("limit", "cursor", "sort", "include")
_MOST_QUERY = 512
_MOST_CURSOR = 2000
_ENTITY = re.compile(r"/v1/entities/([a-z0-9-]+)")
# In place of the slug of a speaker: stands in no address.
_SLOT = b"\0"
_ENCODED_SLOT = "%00"
_IN_SLUGS = (string.ascii_lowercase + string.digits + "-").encode()
_IN_CURSORS = (string.ascii_letters + string.digits + "-_").encode()
_CURSOR = b"cursor="
_WHO = {path: listed.who.encode() + b"=" for path, listed in LISTS.items()}


class NotPlainError(Exception):
    """The framework is to answer."""


class Asked(NamedTuple):
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

    before: bytes
    after: bytes
    url: bytes
    scope: str
    counted: str
    filters: Mapping[str, Sequence[str]]
    limit: int
    embeds: bool

    def with_cursor(self, cursor: bytes | None) -> bytes:
        """Return the address of a page."""
        return self.url if cursor is None else b"%bcursor=%b%b" % (self.before, cursor, self.after)


def read_slug(path: str, query: bytes) -> str | None:
    """Return the entity's slug of a request for one as it is; None of any other request."""
    found = None if query else _ENTITY.fullmatch(path)
    return None if found is None else found[1]


def read_asked(path: str, query: bytes) -> tuple[Asked, bytes | None]:
    """Read a request for one of `LISTS`; return it with its cursor.

    Raises:
        NotPlainError: It asks for more than is done here, or something is wrong with it.
    """
    if _SLOT in query or b"&q=" in query or query.startswith(b"q="):
        raise NotPlainError
    cursor = None
    if _CURSOR in query:
        before, cursor, after = _take(query, _CURSOR)
        if not cursor or len(cursor) > _MOST_CURSOR or cursor.translate(None, _IN_CURSORS):
            raise NotPlainError
        query = before + after[1:] if after else before[:-1]
    if len(query) > _MOST_QUERY:
        raise NotPlainError
    who, slug = _WHO[path], b""
    # Nothing is escaped, under which the same name could stand again.
    if b"%" not in query:
        before, word, after = _take(query, who)
        if word and not word.translate(None, _IN_SLUGS):
            slug, query = word, before + who + _SLOT + after
    pattern = _read_pattern(path, query)
    if pattern is None:
        raise NotPlainError
    return pattern.fill(slug), cursor


def _take(query: bytes, name: bytes) -> tuple[bytes, bytes, bytes]:
    """Return what stands before a parameter, its value, and the rest of a query.

    Args:
        query: Without its question mark.
        name: The parameter's, with its ``=``; the value is empty where it does not stand just once.
    """
    before, name, rest = query.partition(name)
    if name in rest or not (before == b"" or before.endswith(b"&")):
        return query, b"", b""
    value, mark, after = rest.partition(b"&")
    return before, value, mark + after


@dataclass(frozen=True, slots=True)
class _Pattern:
    """What all lists of a speaker have in common, or one list that is of no single speaker.

    Attributes:
        addresses: The first three of `Asked`, each split where the slug stands.
        names: The next two, likewise.
        who: The filter that is the slug; None where there is none.
        filters: The others.
        limit: As in `Asked`.
        embeds: As in `Asked`.
    """

    addresses: Sequence[Sequence[bytes]]
    names: Sequence[Sequence[str]]
    who: str | None
    filters: Mapping[str, Sequence[str]]
    limit: int
    embeds: bool

    def fill(self, slug: bytes) -> Asked:
        before, after, url = map(slug.join, self.addresses)
        word = slug.decode()
        scope, counted = map(word.join, self.names)
        filters = self.filters if self.who is None else {**self.filters, self.who: [word]}
        return Asked(before, after, url, scope, counted, filters, self.limit, self.embeds)


# What is read for one page holds for all pages of its list, and but for the slug in it for the
# lists of every speaker; reading it cost a third of a request. To find the list itself among
# 1,024 that are known took as long as filling the slug in.
@lru_cache(maxsize=128)
def _read_pattern(path: str, query: bytes) -> _Pattern | None:
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

    def join(without: Sequence[str]) -> str:
        words = "&".join(words for pair, words in encoded if pair[0] not in without)
        return f"{path}?{words}" if words else path

    has_slot = _SLOT in query

    def split(words: str) -> list[str]:
        return words.split(_ENCODED_SLOT) if has_slot else [words]

    addresses = (
        f"{path}?" + "".join(f"{words}&" for pair, words in encoded if pair[0] < "cursor"),
        "".join(f"&{words}" for pair, words in encoded if pair[0] > "cursor"),
        join(()),
    )
    return _Pattern(
        addresses=[[part.encode() for part in split(words)] for words in addresses],
        names=[split(join(("limit",))), split(join(NOT_COUNTED))],
        who=listed.who if has_slot else None,
        filters=filters,
        limit=parameters.limit,
        embeds=parameters.include is not None,
    )
