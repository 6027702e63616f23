"""Which rows a request for unnamed sources is about."""

from sqlalchemy import Float, Integer, cast, func, or_, select

from app.api.filters import published_between
from app.api.listing import Listing
from app.api.paging import Term
from app.api.search import matches, rank_of
from app.api.sorting import read_order
from app.api.stored import articles, attributions, unnamed_sources
from app.api.unnamed.schemas import UnnamedCountFilters, UnnamedSourceFilters
from app.vocabulary import SpeakerKind


def find_unnamed(*, filters: UnnamedSourceFilters) -> Listing:
    """Return the list of unnamed sources, by what they are called."""
    table = unnamed_sources
    grouped = select(
        table.c.folded.label("name"),
        func.min(table.c.words).label("text"),
        func.count().label("attribution_count"),
        cast(func.sum(table.c.quote_count), Integer).label("quote_count"),
        cast(func.sum(table.c.claim_count), Integer).label("claim_count"),
        func.count(table.c.article_key.distinct()).label("article_count"),
        func.min(table.c.published_at, type_=table.c.published_at.type).label("first_seen"),
        func.max(table.c.published_at, type_=table.c.published_at.type).label("last_seen"),
    ).group_by(table.c.folded)
    if filters.name:
        grouped = grouped.where(table.c.folded.in_(filters.name))
    if filters.source:
        grouped = grouped.where(table.c.outlet.in_(filters.source))
    if filters.q is not None:
        rank = rank_of(table.c.words, q=filters.q)
        grouped = grouped.where(matches(table.c.words, q=filters.q)).add_columns(
            func.min(rank).label("rank")
        )
    found = published_between(grouped, table.c.published_at, filters).subquery("named")
    relevance = None if filters.q is None else Term("rank", found.c.rank, float)
    terms = {
        name: Term(name, found.c[name], int)
        for name in ("attribution_count", "article_count", "quote_count", "claim_count")
    }
    by_name = Term("name", found.c.name, str)
    order = read_order(
        filters.sort, terms={**terms, "name": by_name}, last=[by_name], relevance=relevance
    )
    return Listing(select(found), found, order)


def find_counts(*, filters: UnnamedCountFilters) -> Listing:
    """Return how much each outlet or article leans on unnamed sources.

    Counted are attributions to somebody, named or described; what the article says itself, what is
    given to nobody and pronouns that nobody could resolve are left out.
    """
    by_article = filters.group_by == "article"
    value = articles.c.key if by_article else articles.c.outlet
    label = func.min(articles.c.title) if by_article else func.min(articles.c.outlet)
    unnamed, number = func.count(unnamed_sources.c.attribution_key), func.count()
    # Rounded to four places in whole numbers, where every database rounds alike.
    share = cast((unnamed * 20_000 + number) // (number * 2), Float) / 10_000.0
    is_named = attributions.c.speaker_kind == SpeakerKind.NAMED
    grouped = (
        select(
            value.label("value"),
            label.label("label"),
            func.min(articles.c.key).label("first_key"),
            number.label("attribution_count"),
            unnamed.label("unnamed_count"),
            share.label("share"),
            func.count(articles.c.key.distinct()).label("article_count"),
        )
        .select_from(attributions)
        .join(articles, articles.c.key == attributions.c.article_key)
        .outerjoin(unnamed_sources, unnamed_sources.c.attribution_key == attributions.c.key)
        .where(or_(is_named, unnamed_sources.c.attribution_key.is_not(None)))
        .group_by(value)
        .having(number >= filters.min_attributions)
    )
    if filters.source:
        grouped = grouped.where(articles.c.outlet.in_(filters.source))
    found = published_between(grouped, articles.c.published_at, filters).subquery("counted")
    terms = {
        "unnamed_count": Term("unnamed_count", found.c.unnamed_count, int),
        "attribution_count": Term("attribution_count", found.c.attribution_count, int),
        "share": Term("share", found.c.share, float),
    }
    last = [Term("first_key", found.c.first_key, int)]
    order = read_order(filters.sort, terms=terms, last=last, relevance=None)
    return Listing(select(found), found, order)
