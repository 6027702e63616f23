"""Which entities articles name together with one, and what is said between them."""

from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    Float,
    Integer,
    Row,
    Select,
    bindparam,
    cast,
    func,
    select,
)
from sqlmodel import Session

from app.api.cooccurrences.schemas import MAX_ARTICLES, Cooccurrence, CooccurrenceFilters
from app.api.entities.build import build_entity_list
from app.api.listing import FirstPage, Listing, prepare_grouped
from app.api.opened import Shape
from app.api.paging import Term
from app.api.search import join_hits
from app.api.sorting import read_order
from app.api.stored import article_entities, articles, entities, quote_about, quotes
from app.db.dialect import not_sought
from app.db.ids import ARTICLE, to_id
from app.db.search import Query, SearchTarget
from app.vocabulary import EntityType

_BY_KEY = Term("key", entities.c.key, int)


def find_cooccurrences(
    slug: str | BindParameter[str], *, filters: CooccurrenceFilters, query: Query | None
) -> Listing:
    """Return the list of the entities that articles name together with the one of this slug.

    Its rows have an entity's columns, and `together`: the articles that name both; `weight`; and
    `this_key`: the key of the entity itself.
    """
    this, other = article_entities.alias("this"), article_entities.alias("other")
    one = select(entities.c.key, entities.c.article_count).where(entities.c.slug == slug)
    one_key = one.with_only_columns(entities.c.key).scalar_subquery()
    one_count = one.with_only_columns(entities.c.article_count).scalar_subquery()
    together = func.count()
    pairs = (
        select(other.c.entity_key, this.c.entity_key.label("this_key"), together.label("together"))
        .select_from(this.join(other, other.c.article_key == this.c.article_key))
        .where(this.c.entity_key == one_key, other.c.entity_key != this.c.entity_key)
        .group_by(other.c.entity_key, this.c.entity_key)
        .having(together >= filters.min_articles)
        .subquery("pairs")
    )
    either = one_count + entities.c.article_count - pairs.c.together
    weight = cast(pairs.c.together, Float) / either
    named = pairs.join(entities, entities.c.key == pairs.c.entity_key)
    statement = select(
        entities, pairs.c.together, pairs.c.this_key, weight.label("weight")
    ).select_from(named)
    if filters.type:
        statement = statement.where(entities.c.type.in_(filters.type))
    found = join_hits(statement, SearchTarget.ENTITIES, query=query, table=entities, counted=named)
    order = read_order(
        filters.sort,
        terms={
            "weight": Term("weight", weight, float),
            "article_count": Term("together", pairs.c.together, int),
        },
        last=[_BY_KEY],
        relevance=found.relevance,
    )
    return Listing(found.statement, found.counted, order)


@lru_cache(maxsize=16)
def prepare_shape(shape: Shape) -> FirstPage:
    """Return the first page of a list that is not searched, with ``slug`` left open."""
    slug: BindParameter[str] = bindparam("slug")
    return prepare_grouped(
        find_cooccurrences(slug, filters=shape.make_filters(), query=None), entities
    )


# Whoever is of a type is looked for among so many of the most frequent, and among all only where
# these are too few. Among a million articles 500 name some 1,500 others, most of them once: to look
# at the first 100 takes 3.3 ms of a processor in place of 6.3.
_MOST_FREQUENT, _ALL = 100, 2**31 - 1


def count_beside(
    session: Session, slug: str, *, type_: EntityType, articles: int, limit: int
) -> Sequence[Row[Any]]:
    """Return whom some of the articles that name an entity name with it; one query, or two.

    Which articles has nothing to do with what is in them: their keys, which are hashes, are the
    least.

    Args:
        session: Where from.
        slug: Of the entity.
        type_: Only entities of this type.
        articles: How many articles are looked at.
        limit: The most entities.

    Returns:
        The most frequent first, each with its columns and `together`, how many of the articles
        name it.
    """
    values = {"slug": slug, "type": type_, "articles": articles, "most": limit}
    rows = session.execute(_select_beside(), {**values, "among": _MOST_FREQUENT}).all()
    if len(rows) < limit:
        rows = session.execute(_select_beside(), {**values, "among": _ALL}).all()
    return rows


@cache
def _select_beside() -> Select[Any]:
    this, other = article_entities.alias("this"), article_entities.alias("other")
    slug: BindParameter[str] = bindparam("slug")
    mine = select(entities.c.key).where(entities.c.slug == slug).scalar_subquery()
    some = (
        select(this.c.article_key)
        .where(this.c.entity_key == mine)
        .order_by(this.c.article_key)
        .limit(bindparam("articles", type_=Integer()))
        .subquery("some")
    )
    together = func.count()
    pairs = (
        select(other.c.entity_key, together.label("together"))
        .select_from(some.join(other, other.c.article_key == some.c.article_key))
        .where(other.c.entity_key != mine)
        .group_by(other.c.entity_key)
        .order_by(together.desc(), other.c.entity_key)
        .limit(bindparam("among", type_=Integer()))
        .subquery("pairs")
    )
    return (
        select(entities, pairs.c.together)
        .select_from(pairs.join(entities, entities.c.key == pairs.c.entity_key))
        .where(entities.c.type == bindparam("type"))
        .order_by(pairs.c.together.desc(), entities.c.key)
        .limit(bindparam("most", type_=Integer()))
    )


def build_cooccurrences(
    session: Session, rows: Sequence[Row[Any]], *, query: Query | None = None
) -> list[Cooccurrence]:
    """Return what is promised of rows of `find_cooccurrences`; five queries, none for no rows."""
    if not rows:
        return []
    this_key = rows[0].this_key
    keys = [row.key for row in rows]
    about = _count_quotes(session, speakers=[this_key], about=keys)
    by_others = _count_quotes(session, speakers=keys, about=[this_key])
    newest = _list_articles(session, this_key, keys)
    return [
        {
            "entity": entity,
            "article_count": row.together,
            "weight": min(row.weight, 1.0),
            "quotes_about": about.get((this_key, row.key), 0),
            "quotes_from": by_others.get((row.key, this_key), 0),
            "articles": newest.get(row.key, []),
        }
        for entity, row in zip(build_entity_list(session, rows, query=query), rows, strict=True)
    ]


def _count_quotes(
    session: Session, *, speakers: Sequence[int], about: Sequence[int]
) -> dict[tuple[int, int], int]:
    statement = _select_said_of(is_one=len(about) == 1)
    found = session.execute(statement, {"speakers": speakers, "about": about})
    return {(row[0], row[1]): row[2] for row in found}


@cache
def _select_said_of(*, is_one: bool) -> Select[Any]:
    named = quote_about.c.entity_key
    # Read from the side of the one: each quotation of a speaker names few of the many.
    column = named if is_one else not_sought(named)
    return (
        select(quotes.c.speaker_key, named, func.count())
        .select_from(quotes.join(quote_about, quote_about.c.quote_key == quotes.c.key))
        .where(
            quotes.c.speaker_key.in_(bindparam("speakers", expanding=True)),
            column.in_(bindparam("about", expanding=True)),
        )
        .group_by(quotes.c.speaker_key, named)
    )


def _list_articles(session: Session, this_key: int, keys: list[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for row in session.execute(_select_newest(), {"this": this_key, "others": keys}):
        found.setdefault(row.entity_key, []).append(to_id(ARTICLE, row.article_key))
    return found


@cache
def _select_newest() -> Select[Any]:
    this, other = article_entities.alias("this"), article_entities.alias("other")
    place = func.row_number().over(
        partition_by=other.c.entity_key,
        order_by=[articles.c.published_at.desc().nulls_last(), articles.c.key],
    )
    ranked = (
        select(other.c.entity_key, other.c.article_key, place.label("place"))
        .select_from(
            this.join(other, other.c.article_key == this.c.article_key).join(
                articles, articles.c.key == other.c.article_key
            )
        )
        .where(
            this.c.entity_key == bindparam("this"),
            not_sought(other.c.entity_key).in_(bindparam("others", expanding=True)),
        )
        .subquery()
    )
    return select(ranked).where(ranked.c.place <= MAX_ARTICLES).order_by(ranked.c.place)
