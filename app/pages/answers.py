"""The API's own answers, read in this process: the same parameters, queries and schemas.

A page is made of answers, and each answer knows the request that gives the same over HTTP. A test
sends those requests and compares.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any, Generic, TypeVar
from urllib.parse import quote as quote_path

from sqlalchemy import BindParameter, Column, Integer, Row, Select, bindparam, select
from sqlmodel import Session

from app import __version__
from app.api import stored
from app.api.articles import queries as article_queries
from app.api.articles.annotations import Annotations, build_annotations
from app.api.articles.build import build_article_list
from app.api.articles.parameters import ArticleParameters
from app.api.articles.schemas import Article, ArticleText, article_from_row, text_from_row
from app.api.caching import encode_query
from app.api.claims import queries as claim_queries
from app.api.claims.build import build_claims
from app.api.claims.parameters import ClaimParameters
from app.api.claims.schemas import Claim
from app.api.cooccurrences import queries as beside
from app.api.cooccurrences.schemas import Cooccurrence, CooccurrenceParameters
from app.api.deps import Call
from app.api.entities import queries as entity_queries
from app.api.entities.build import build_article_entities, build_entity_list
from app.api.entities.parameters import ArticleEntityParameters, EntityParameters
from app.api.entities.schemas import ArticleEntity, Entity
from app.api.envelope import ListMeta
from app.api.errors import ProblemError, not_found
from app.api.filters import in_entities
from app.api.listing import FirstPage, Listing, read_first_page, read_page
from app.api.moved import MovedError, find_redirect
from app.api.opened import Shape, open_filters
from app.api.paging import Page, PageRequest, order_by
from app.api.parameters import MAX_LIMIT, PageParameters, Parameters, split_words
from app.api.quotes import queries as quote_queries
from app.api.quotes.build import build_quotes
from app.api.quotes.parameters import QuoteParameters
from app.api.quotes.schemas import Quote
from app.api.root import LINKS, Root, count_everything
from app.api.search import read_query
from app.db.ids import ARTICLE, from_id, to_id
from app.vocabulary import EntityType

Item = TypeVar("Item")

# An article with more entities than so many pages of 200 has the others left unmarked.
MAX_ENTITY_PAGES = 50


@dataclass(frozen=True, slots=True)
class Answer:
    """What the API answers to one request.

    Attributes:
        url: The path and query of the request, without the server.
        body: The answer's object; of a list, its `data` and `meta`.
    """

    url: str
    body: Mapping[str, Any]


@dataclass(frozen=True)
class Listed(Generic[Item]):
    """A page of a list.

    Attributes:
        total: How many items the whole list has.
        next: The cursor of the page after, or None.
        prev: The cursor of the page before, or None.
    """

    items: Sequence[Item]
    total: int
    next: str | None
    prev: str | None


@dataclass(slots=True)
class Desk:
    """Where a page gets its answers; it keeps a list of them, in order.

    Attributes:
        call: The request for the page.
        session: Reads only.
        answers: What was asked so far.
    """

    call: Call
    session: Session
    answers: list[Answer] = field(default_factory=list)

    def keep(self, url: str, body: Mapping[str, Any]) -> None:
        """Add an answer to the list."""
        self.answers.append(Answer(url, body))


def read_root(desk: Desk) -> Root:
    """Answer /v1: what is here."""
    body: Root = {
        "name": "On Record",
        "version": __version__,
        "dataset_version": desk.call.version,
        "changed_at": desk.call.state.changed_at,
        "counts": count_everything(desk.session),
        "links": LINKS,
    }
    desk.keep("/v1", body)
    return body


def list_articles(desk: Desk, filters: ArticleParameters) -> Listed[Article]:
    """Answer /v1/articles."""
    query = read_query(filters.q)
    page = _read_page(
        desk, "/v1/articles", filters, article_queries.find_articles(filters=filters, query=query)
    )
    items = build_article_list(desk.session, page.rows, query=query)
    return _keep(desk, "/v1/articles", filters, page, items)


def list_quotes(desk: Desk, filters: QuoteParameters) -> Listed[Quote]:
    """Answer /v1/quotes."""
    query, include = read_query(filters.q), split_words(filters.include)
    if query is None and filters.cursor is None:
        page = _read_first_page(desk, "/v1/quotes", filters, quote_queries.prepare_shape)
    else:
        listing = quote_queries.find_quotes(filters=filters, query=query)
        page = _read_page(desk, "/v1/quotes", filters, listing)
    items = build_quotes(desk.session, page.rows, include=include, query=query)
    return _keep(desk, "/v1/quotes", filters, page, items)


def list_claims(desk: Desk, filters: ClaimParameters) -> Listed[Claim]:
    """Answer /v1/claims."""
    query, include = read_query(filters.q), split_words(filters.include)
    if query is None and filters.cursor is None:
        page = _read_first_page(desk, "/v1/claims", filters, claim_queries.prepare_shape)
    else:
        listing = claim_queries.find_claims(filters=filters, query=query)
        page = _read_page(desk, "/v1/claims", filters, listing)
    items = build_claims(desk.session, page.rows, include=include, query=query)
    return _keep(desk, "/v1/claims", filters, page, items)


def list_entities(desk: Desk, filters: EntityParameters) -> Listed[Entity]:
    """Answer /v1/entities."""
    query = read_query(filters.q)
    page = _read_page(
        desk, "/v1/entities", filters, entity_queries.find_entities(filters=filters, query=query)
    )
    items = build_entity_list(desk.session, page.rows, query=query)
    return _keep(desk, "/v1/entities", filters, page, items)


def list_cooccurrences(
    desk: Desk, slug: str, filters: CooccurrenceParameters
) -> Listed[Cooccurrence]:
    """Answer /v1/entities/{id}/cooccurrences of an entity that there is."""
    path = f"/v1/entities/{slug}/cooccurrences"
    query = read_query(filters.q)
    if query is None and filters.cursor is None:
        page = _read_first_page(desk, path, filters, beside.prepare_shape, slug=slug)
    else:
        listing = beside.find_cooccurrences(slug, filters=filters, query=query)
        page = _read_page(desk, path, filters, listing)
    items = beside.build_cooccurrences(desk.session, page.rows, query=query)
    return _keep(desk, path, filters, page, items)


def count_places(desk: Desk, slug: str, *, articles: int, limit: int) -> Sequence[Row[Any]]:
    """Return the places that some of the articles that name an entity name with it.

    Args:
        desk: Where from. No answer: the API counts in all articles.
        slug: Of an entity that there is.
        articles: In how many articles they are counted.
        limit: The most places, the most frequent.

    Returns:
        Rows of entities, with `together`: how many of the articles name it.
    """
    return beside.count_beside(
        desk.session, slug, type_=EntityType.PLACE, articles=articles, limit=limit
    )


def get_entity(desk: Desk, slug: str) -> Entity:
    """Answer /v1/entities/{id}.

    Raises:
        MovedError: 308 when it was found to be another one, to the page about that one.
        ProblemError: 404 when there is no such entity.
    """
    row = entity_queries.get_entity(desk.session, slug)
    if row is None:
        now = find_redirect(desk.session, slug)
        if now is None:
            raise not_found("entity", slug)
        root = desk.call.request.scope.get("root_path", "").rstrip("/")
        raise MovedError(f"{root}/speakers/{quote_path(now)}", desk.call.headers)
    (entity,) = build_entity_list(desk.session, [row])
    desk.keep(entity["links"]["self"], entity)
    return entity


# Made once, as all that is asked for every page: making one takes as long as running it.
_SLUG: BindParameter[str] = bindparam("slug")


def list_quoted_in(desk: Desk, slug: str, *, quotes: int, articles: int) -> list[str]:
    """Return the ids of the articles of a speaker's newest quotations, newest first, each once.

    Args:
        desk: Where from. No answer: a list is not asked for all of so many quotations to learn
            where they stand.
        slug: The speaker's.
        quotes: How many quotations, at most.
        articles: How many articles, at most.
    """
    keys: dict[int, None] = {}
    with desk.session.execute(_select_quoted_in(), {"slug": slug, "most": quotes}) as result:
        # Each is read from somewhere else in the file, and the first often are enough.
        for rows in result.scalars().partitions(articles):
            keys.update(dict.fromkeys(rows))
            if len(keys) >= articles:
                break
    return [to_id(ARTICLE, key) for key in list(keys)[:articles]]


@cache
def _select_quoted_in() -> Select[Any]:
    return (
        select(stored.quotes.c.article_key)
        .where(in_entities(stored.quotes.c.speaker_key, [_SLUG]))
        .order_by(*order_by(quote_queries.QUOTE_ORDER))
        .limit(bindparam("most", type_=Integer()))
    )


def find_quote_day(desk: Desk, slug: str, *, number: int) -> datetime | None:
    """Return the day (its beginning, in UTC) of a speaker's n-th newest quotation.

    Args:
        desk: Where from. No answer: a list is not asked for so many rows to learn one date.
        slug: The speaker's.
        number: Which quotation, from 1; None is returned when fewer have a date.
    """
    return _find_day(desk, stored.quotes.c.speaker_key, slug, number=number)


def find_claim_day(desk: Desk, slug: str, *, number: int) -> datetime | None:
    """Return the day of a claimant's n-th newest claim, as `find_quote_day`."""
    return _find_day(desk, stored.claims.c.claimant_key, slug, number=number)


def _find_day(desk: Desk, who: Column[Any], slug: str, *, number: int) -> datetime | None:
    values = {"slug": slug, "newer": number - 1}
    when: datetime | None = desk.session.scalar(_select_date(who), values)
    return when and when.replace(hour=0, minute=0, second=0, microsecond=0)


@cache
def _select_date(who: Column[Any]) -> Select[Any]:
    table = who.table.c
    return (
        select(table.published_at)
        .where(in_entities(who, [_SLUG]), table.published_at.is_not(None))
        .order_by(table.published_at.desc(), table.key.desc())
        .offset(bindparam("newer", type_=Integer()))
        .limit(1)
    )


def get_article(desk: Desk, article_id: str) -> tuple[Article, ArticleText, Annotations]:
    """Answer /v1/articles/{id}, its /text.json and its /annotations.

    Raises:
        ProblemError: 404 when there is no such article, 410 when there was once.
    """
    key = from_id(ARTICLE, article_id)
    row = None if key is None else article_queries.get_article(desk.session, key)
    written = None if key is None else article_queries.get_article_text(desk.session, key)
    if key is None or row is None or written is None:
        if key is not None and article_queries.was_removed(desk.session, key):
            raise ProblemError(410, f"The article {article_id} was here and has been removed.")
        raise not_found("article", article_id)
    article, text = article_from_row(row), text_from_row(written)
    annotations = build_annotations(desk.session, key, text=text["text"])
    address = f"/v1/articles/{article_id}"
    desk.keep(address, article)
    desk.keep(f"{address}/text.json", text)
    desk.keep(f"{address}/annotations", annotations)
    return article, text, annotations


def list_article_entities(desk: Desk, article_id: str) -> list[ArticleEntity]:
    """Answer /v1/articles/{id}/entities, all pages of it.

    Raises:
        ProblemError: 404 when there is no such article.
    """
    key = from_id(ARTICLE, article_id)
    if key is None:
        raise not_found("article", article_id)
    path = f"/v1/articles/{article_id}/entities"
    items: list[ArticleEntity] = []
    filters = ArticleEntityParameters(limit=MAX_LIMIT)
    for _ in range(MAX_ENTITY_PAGES):
        listing = entity_queries.find_article_entities(key, filters=filters)
        page = _read_page(desk, path, filters, listing)
        found = build_article_entities(desk.session, page.rows)
        items += _keep(desk, path, filters, page, found).items
        if page.next is None:
            break
        filters = filters.model_copy(update={"cursor": page.next})
    return items


def make_url(path: str, parameters: Parameters, *, without: Sequence[str] = ()) -> str:
    """Return the canonical address of a request; what is left at its default is not in it.

    Args:
        path: Of the API.
        parameters: Of the request.
        without: Names of parameters to leave out.
    """
    pairs: list[tuple[str, str]] = []
    for name, value in parameters.model_dump(mode="json", exclude_defaults=True).items():
        if name not in without:
            values = value if isinstance(value, list) else [value]
            pairs += [(name, str(one)) for one in values]
    return f"{path}?{encode_query(sorted(pairs))}" if pairs else path


def know_total(desk: Desk, path: str, filters: PageParameters, total: int) -> None:
    """Keep how many items a list has, where something else says so: it need not be counted."""
    desk.call.source.dataset.put_total(desk.call.version, _to_counted(desk, path, filters), total)


def _to_counted(desk: Desk, path: str, filters: PageParameters) -> str:
    root: str = desk.call.request.scope.get("root_path", "").rstrip("/")
    return root + make_url(path, filters, without=("cursor", "limit", "sort", "include"))


def _read_page(desk: Desk, path: str, filters: PageParameters, listing: Listing) -> Page:
    """Read a page as the API would: its cursors are the API's, and totals are counted once."""
    page = read_page(desk.session, listing, request=_to_request(desk, path, filters))
    know_total(desk, path, filters, page.total)
    return page


def _read_first_page(
    desk: Desk,
    path: str,
    filters: PageParameters,
    prepare: Callable[[Shape], FirstPage],
    **more: str,
) -> Page:
    """Read a list's first page, as `_read_page`, by statements that are made once."""
    shape, values = open_filters(filters, without=("cursor", "limit", "include"))
    request = _to_request(desk, path, filters)
    page = read_first_page(desk.session, prepare(shape), values={**values, **more}, request=request)
    know_total(desk, path, filters, page.total)
    return page


def _to_request(desk: Desk, path: str, filters: PageParameters) -> PageRequest:
    root = desk.call.request.scope.get("root_path", "").rstrip("/")
    counted = _to_counted(desk, path, filters)
    return PageRequest(
        limit=filters.limit,
        cursor=filters.cursor,
        scope=root + make_url(path, filters, without=("cursor", "limit")),
        total=desk.call.source.dataset.get_total(desk.call.version, counted),
    )


def _keep(
    desk: Desk, path: str, filters: PageParameters, page: Page, items: Sequence[Item]
) -> Listed[Item]:
    meta: ListMeta = {
        "total": page.total,
        "limit": filters.limit,
        "dataset_version": desk.call.version,
    }
    desk.keep(make_url(path, filters), {"data": items, "meta": meta})
    return Listed(items, page.total, page.next, page.prev)
