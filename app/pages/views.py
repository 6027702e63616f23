"""What the front page and the search page show."""

from dataclasses import dataclass

from app.api.articles.parameters import ArticleParameters
from app.api.articles.schemas import Article
from app.api.claims.parameters import ClaimParameters
from app.api.claims.schemas import Claim
from app.api.counts import QuoteCountParameters
from app.api.entities.parameters import EntityParameters
from app.api.entities.schemas import Entity
from app.api.quotes.parameters import QuoteParameters
from app.api.quotes.schemas import Quote
from app.api.root import Root
from app.pages.answers import (
    Desk,
    Listed,
    list_articles,
    list_claims,
    list_entities,
    list_quotes,
    read_root,
)
from app.pages.charts import Bar, Rank, draw_ranks, draw_shares
from app.pages.parameters import SearchQuery
from app.pages.tallies import count_quotes, list_counts, to_csv

NEWEST, TOP, NAMED = 6, 8, 6
ON_A_PAGE, IN_OVERVIEW = 20, 5
UNNAMED = "unnamed"
_GIVEN = (
    ("named", "named"),
    (UNNAMED, "described, not named"),
    ("none", "nobody is given"),
)


@dataclass(frozen=True, slots=True)
class Home:
    """The front page.

    Attributes:
        quotes: The newest.
        named: The entities that are named most often.
        ranks: Who is quoted most.
        ranks_csv: The address of the same as CSV.
        shares: How many quotations are of somebody named, of somebody unnamed, and of nobody.
        shares_csv: The address of the same as CSV.
        unnamed_share: Of all quotations, the share that is of unnamed sources, in [0, 1].
    """

    root: Root
    quotes: Listed[Quote]
    named: Listed[Entity]
    ranks: list[Rank]
    ranks_csv: str
    shares: list[Bar]
    shares_csv: str
    unnamed_share: float


def make_home(desk: Desk) -> Home:
    """Gather the front page."""
    root = read_root(desk)
    quotes = list_quotes(desk, QuoteParameters(limit=NEWEST, include="article"))
    named = list_entities(desk, EntityParameters(sort="-mention_count", limit=NAMED))
    quoted = count_quotes(
        desk, QuoteCountParameters(group_by="speaker", attribution=["named"], limit=TOP)
    )
    given = count_quotes(desk, QuoteCountParameters(group_by="attribution"))
    totals = {str(one["value"]): one["count"] for one in given["data"]}
    return Home(
        root=root,
        quotes=quotes,
        named=named,
        ranks=draw_ranks(list_counts(quoted), top=TOP),
        ranks_csv=to_csv(quoted),
        shares=draw_shares([(label, totals.get(kind, 0)) for kind, label in _GIVEN]),
        shares_csv=to_csv(given),
        unnamed_share=totals.get(UNNAMED, 0) / (given["meta"]["total"] or 1),
    )


@dataclass(frozen=True, slots=True)
class Found:
    """The search page; a list is None when it was not asked for."""

    articles: Listed[Article] | None
    quotes: Listed[Quote] | None
    claims: Listed[Claim] | None
    entities: Listed[Entity] | None


def make_search(desk: Desk, asked: SearchQuery) -> Found | None:
    """Search everything, or one kind of thing page by page; None when nothing is searched.

    Raises:
        SearchError: The words cannot be searched for.
    """
    q, kind = asked.q.strip(), asked.kind
    if not q:
        return None
    limit = IN_OVERVIEW if kind is None else ON_A_PAGE
    cursor = (asked.cursor or None) if kind else None
    return Found(
        entities=list_entities(
            desk, EntityParameters(q=q, limit=limit, cursor=cursor, sort="-mention_count")
        )
        if kind in (None, "entities")
        else None,
        quotes=list_quotes(
            desk,
            QuoteParameters(q=q, limit=limit, cursor=cursor, sort="relevance", include="article"),
        )
        if kind in (None, "quotes")
        else None,
        claims=list_claims(
            desk,
            ClaimParameters(q=q, limit=limit, cursor=cursor, sort="relevance", include="article"),
        )
        if kind in (None, "claims")
        else None,
        articles=list_articles(
            desk, ArticleParameters(q=q, limit=limit, cursor=cursor, sort="relevance")
        )
        if kind in (None, "articles")
        else None,
    )
