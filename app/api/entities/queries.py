"""Which rows a request for entities or mentions is about."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from itertools import chain, repeat
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    CompoundSelect,
    Row,
    Select,
    Text,
    bindparam,
    select,
    union_all,
)
from sqlmodel import Session

from app.api.counting import Dimension
from app.api.entities.parameters import ArticleEntityFilters, EntityFilters, MentionFilters
from app.api.filters import in_entities, keys_of
from app.api.listing import Listing
from app.api.paging import Term
from app.api.search import join_hits, matches
from app.api.sorting import read_order
from app.api.stored import (
    article_entities,
    entities,
    entity_aliases,
    entity_roles,
    mentions,
)
from app.db.ids import ARTICLE
from app.db.search import Query, SearchTarget
from app.records import MAX_ALIASES, MAX_ROLES

# Sizes of portions in which entities are looked up. SQLite takes 500 SELECTs in one statement; a
# page has 200 items at most.
_SELECTS = (1, 5, 20, 50, 200)
_NO_KEY = -1  # of no entity: fills up a portion
_BY_KEY = Term("key", entities.c.key, int)
_TERMS = {
    "mention_count": Term("mention_count", entities.c.mention_count, int),
    "article_count": Term("article_count", entities.c.article_count, int),
    "quote_count": Term("quote_count", entities.c.quote_count, int),
    "claim_count": Term("claim_count", entities.c.claim_count, int),
    "name": Term("name", entities.c.name, str),
    "first_seen": Term("first_seen", entities.c.first_seen, datetime, nullable=True),
    "last_seen": Term("last_seen", entities.c.last_seen, datetime, nullable=True),
    "id": Term("slug", entities.c.slug, str),
}
ENTITY_DIMENSIONS = {
    "type": Dimension(entities.c.type),
    "country": Dimension(entities.c.country),
}
_MENTION_ORDER = [
    Term("article_key", mentions.c.article_key, int),
    Term("start", mentions.c.start, int),
    Term("end", mentions.c.end, int),
    Term("entity_key", mentions.c.entity_key, int),
]


@dataclass(frozen=True, slots=True)
class Names:
    """The aliases and roles of some entities, by entity key, each in order."""

    aliases: dict[int, list[Row[Any]]] = field(default_factory=dict)
    roles: dict[int, list[Row[Any]]] = field(default_factory=dict)


# Made once, as all that follows: making a statement takes as long as running one that finds a row.
_ALL = select(entities)
_BY_SLUG = _ALL.where(entities.c.slug == bindparam("slug", type_=Text()))
_BY_KEYS = _ALL.where(entities.c.key.in_(bindparam("wanted", expanding=True)))


def find_entities(*, filters: EntityFilters, query: Query | None) -> Listing:
    """Return the list of entities that pass the filters."""
    statement = _ALL
    if filters.type:
        statement = statement.where(entities.c.type.in_(filters.type))
    if filters.country:
        statement = statement.where(entities.c.country.in_(filters.country))
    if filters.min_mentions is not None:
        statement = statement.where(entities.c.mention_count >= filters.min_mentions)
    found = join_hits(statement, SearchTarget.ENTITIES, query=query, table=entities)
    order = read_order(filters.sort, terms=_TERMS, last=[_BY_KEY], relevance=found.relevance)
    return Listing(
        found.statement,
        found.counted,
        order,
        key=entities.c.key,
        rows=_ALL,
        hits=found.hits,
    )


def get_entity(session: Session, slug: str) -> Row[Any] | None:
    """Return an entity's row, or None."""
    return session.execute(_BY_SLUG, {"slug": slug}).one_or_none()


def has_entity(session: Session, slug: str) -> bool:
    """Say whether there is such an entity."""
    found = session.scalar(select(entities.c.key).where(entities.c.slug == slug))
    return found is not None


def get_entities(session: Session, keys: Iterable[int | None]) -> dict[int, Row[Any]]:
    """Return the rows of several entities, by key; one query."""
    wanted = sorted({key for key in keys if key is not None})
    if not wanted:
        return {}
    rows = session.execute(_BY_KEYS, {"wanted": wanted}).all()
    return {row.key: row for row in rows}


def get_names(session: Session, keys: Iterable[int]) -> Names:
    """Return the aliases and roles of several entities; two queries."""
    wanted = sorted(set(keys))
    return Names(
        aliases=_read_first_of_each(session, _select_aliases, wanted),
        roles=_read_first_of_each(session, _select_roles, wanted),
    )


def _read_first_of_each(
    session: Session, selects: Callable[[int], CompoundSelect[Any]], keys: list[int]
) -> dict[int, list[Row[Any]]]:
    found: dict[int, list[Row[Any]]] = {}
    for start in range(0, len(keys), _SELECTS[-1]):
        some = keys[start : start + _SELECTS[-1]]
        room = next(room for room in _SELECTS if len(some) <= room)
        padded = chain(some, repeat(_NO_KEY, room - len(some)))
        values = {f"key_{at}": key for at, key in enumerate(padded)}
        for row in session.execute(selects(room), values).all():
            found.setdefault(row.entity_key, []).append(row)
    return found


@cache
def _select_aliases(number: int) -> CompoundSelect[Any]:
    table = entity_aliases.c
    # A row is a tuple, whose own "count" would stand before the column's.
    columns = [table.entity_key, table.text, table.count.label("uses")]
    return _first_of_each(number, columns, [table.count.desc(), table.text], MAX_ALIASES)


@cache
def _select_roles(number: int) -> CompoundSelect[Any]:
    table = entity_roles.c
    order = [table.article_key, table.start, table.end]
    return _first_of_each(number, list(table), order, MAX_ROLES)


def _first_of_each(
    number: int,
    columns: Sequence[ColumnElement[Any]],
    order: Sequence[ColumnElement[Any]],
    limit: int,
) -> CompoundSelect[Any]:
    # One limited SELECT an entity, in portions: a window over all rows of the entities would read
    # the 50,000 roles of who is in every other article to show twenty. Made once for each size of
    # portion: making it was 40 percent of what answering with an entity took.
    return union_all(
        *(
            select(
                select(*columns)
                .where(columns[0] == bindparam(f"key_{at}", type_=columns[0].type))
                .order_by(*order)
                .limit(limit)
                .subquery()
            )
            for at in range(number)
        )
    )


def find_article_entities(
    article_key: int, *, filters: ArticleEntityFilters, query: Query | None = None
) -> Listing:
    """Return the list of an article's entities that pass the filters.

    The rows have an entity's columns, and `here`: its mentions in the article.
    """
    here = article_entities.c.mention_count
    named = article_entities.join(entities, entities.c.key == article_entities.c.entity_key)
    statement = (
        select(entities, here.label("here"))
        .select_from(named)
        .where(article_entities.c.article_key == article_key)
    )
    if filters.type:
        statement = statement.where(entities.c.type.in_(filters.type))
    found = join_hits(statement, SearchTarget.ENTITIES, query=query, table=entities, counted=named)
    order = read_order(
        filters.sort,
        terms={"mention_count": Term("here", here, int), "name": _TERMS["name"]},
        last=[_BY_KEY],
        relevance=found.relevance,
    )
    return Listing(found.statement, found.counted, order)


@cache
def select_mentions() -> Select[Any]:
    """Return the statement for the columns that `mention_from_row` reads."""
    return (
        select(mentions, entities.c.slug)
        .select_from(mentions)
        .join(entities, entities.c.key == mentions.c.entity_key)
    )


def find_mentions(
    *,
    filters: MentionFilters,
    article_key: int | None = None,
    entity: str | None = None,
) -> Listing:
    """Return the list of mentions, each article's together in text order.

    Args:
        filters: What the client asked for.
        article_key: Only those of this article.
        entity: Only those of the entity with this slug.
    """
    statement = select_mentions()
    if article_key is not None:
        statement = statement.where(mentions.c.article_key == article_key)
    if entity is not None:
        statement = statement.where(in_entities(mentions.c.entity_key, [entity]))
    if filters.kind:
        statement = statement.where(mentions.c.kind.in_(filters.kind))
    if filters.entity:
        statement = statement.where(in_entities(mentions.c.entity_key, filters.entity))
    if filters.article:
        keys = keys_of(ARTICLE, filters.article)
        statement = statement.where(mentions.c.article_key.in_(keys))
    if filters.q is not None:
        statement = statement.where(matches(mentions.c.text, q=filters.q))
    return Listing(statement, mentions, _MENTION_ORDER)


_MENTIONS_OF_ARTICLE = (
    select_mentions()
    .where(mentions.c.article_key == bindparam("wanted", type_=BigInteger()))
    .order_by(*(term.column for term in _MENTION_ORDER))
)


def get_article_mentions(session: Session, article_key: int) -> list[Row[Any]]:
    """Return all mentions of an article, in text order; one query."""
    return list(session.execute(_MENTIONS_OF_ARTICLE, {"wanted": article_key}).all())
