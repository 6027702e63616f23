"""What the front page, the search page and the page about an entity show."""

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
    count_quotes,
    get_entities,
    get_entity,
    list_articles,
    list_claims,
    list_entities,
    list_quotes,
    read_root,
)
from app.pages.charts import Bar, Point, draw_months, draw_ranks, draw_shares
from app.pages.parameters import SearchQuery, SpeakerQuery

NEWEST, TOP = 6, 8
ON_A_PAGE, IN_OVERVIEW, ABOUT = 20, 5, 10
# Whom somebody is quoted beside is counted in so many articles: their ids make the address long.
ARTICLES_LOOKED_AT = 40
_GIVEN = (
    ("named", "by name"),
    ("unnamed", "by a description only (anonymous)"),
    ("none", "to nobody"),
)


@dataclass(frozen=True, slots=True)
class Home:
    """The front page."""

    root: Root
    quotes: Listed[Quote]
    speakers: Listed[Entity]
    ranks: list[Bar]
    shares: list[Bar]


def make_home(desk: Desk) -> Home:
    """Gather the front page."""
    root = read_root(desk)
    quotes = list_quotes(desk, QuoteParameters(limit=NEWEST, include="article"))
    speakers = list_entities(desk, EntityParameters(sort="-quote_count", limit=TOP))
    given = count_quotes(desk, QuoteCountParameters(group_by="attribution"))
    totals = {str(one["value"]): one["count"] for one in given["data"]}
    return Home(
        root=root,
        quotes=quotes,
        speakers=speakers,
        ranks=draw_ranks([(one["name"], one["quote_count"]) for one in speakers.items]),
        shares=draw_shares([(label, totals.get(kind, 0)) for kind, label in _GIVEN]),
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


@dataclass(frozen=True, slots=True)
class Ranked:
    """An entity or an outlet in a list of the most frequent.

    Attributes:
        slug: Of an entity; None for an outlet.
    """

    name: str
    slug: str | None
    count: int


@dataclass(frozen=True, slots=True)
class Portrait:
    """The page about an entity.

    Attributes:
        roles: The words of articles, each once, with the article that has them.
        quotes: What it says, newest first.
        claims: What it claims, newest first.
        about: The newest quotations that name it.
        claims_about: The newest claims that name it.
        months: A bar for each month with the quotations of it.
        undated: How many quotations have no date.
        company: Who else is quoted in the newest of the articles that quote it.
        topics: Whom and what its quotations name.
        outlets: Where they were published.
        points: Places among the topics, or the place itself.
    """

    entity: Entity
    roles: list[tuple[str, str]]
    quotes: Listed[Quote]
    claims: Listed[Claim]
    about: Listed[Quote]
    claims_about: Listed[Claim]
    months: list[Bar]
    undated: int
    company: list[Ranked]
    topics: list[Ranked]
    outlets: list[Ranked]
    points: list[Point]


def make_portrait(desk: Desk, slug: str, asked: SpeakerQuery) -> Portrait:
    """Gather the page about an entity.

    Raises:
        ProblemError: 404 when there is no such entity.
    """
    entity = get_entity(desk, slug)
    quotes = list_quotes(
        desk,
        QuoteParameters(
            speaker=[slug], limit=ON_A_PAGE, cursor=asked.quotes or None, include="article"
        ),
    )
    claims = list_claims(
        desk,
        ClaimParameters(
            claimant=[slug], limit=ON_A_PAGE, cursor=asked.claims or None, include="article"
        ),
    )
    about = list_quotes(desk, QuoteParameters(about=[slug], limit=ABOUT, include="article"))
    claims_about = list_claims(desk, ClaimParameters(about=[slug], limit=ABOUT, include="article"))
    months = count_quotes(desk, QuoteCountParameters(speaker=[slug], interval="month", limit=1000))
    named = _rank(desk, QuoteCountParameters(speaker=[slug], group_by="about", limit=TOP * 2))
    topics = get_entities(desk, [one.slug for one in named if one.slug])
    places = [(topics[one.slug], one.count) for one in named if one.slug in topics]
    if entity["location"] is not None:
        places.insert(0, (entity, entity["mention_count"]))
    return Portrait(
        entity=entity,
        roles=_list_roles(entity),
        quotes=quotes,
        claims=claims,
        about=about,
        claims_about=claims_about,
        months=draw_months(
            (str(one["period"]), one["count"]) for one in months["data"] if one["period"]
        ),
        undated=sum(one["count"] for one in months["data"] if not one["period"]),
        company=_list_company(desk, slug),
        topics=named,
        outlets=_rank(desk, QuoteCountParameters(speaker=[slug], group_by="source", limit=TOP)),
        points=_draw_places(places),
    )


def _list_roles(entity: Entity) -> list[tuple[str, str]]:
    roles: dict[str, tuple[str, str]] = {}
    for role in entity["roles"]:
        words = " ".join(role["text"].split())
        roles.setdefault(words.casefold(), (words, role["article_id"]))
    return list(roles.values())


def _rank(desk: Desk, asked: QuoteCountParameters) -> list[Ranked]:
    of_entities = asked.group_by in ("speaker", "about")
    return [
        Ranked(
            one["label"] or "none is stated", one["value"] if of_entities else None, one["count"]
        )
        for one in count_quotes(desk, asked)["data"]
        if one["value"] is not None or not of_entities
    ]


def _list_company(desk: Desk, slug: str) -> list[Ranked]:
    articles = list_articles(desk, ArticleParameters(speaker=[slug], limit=ARTICLES_LOOKED_AT))
    if not articles.items:
        return []
    asked = QuoteCountParameters(
        article=[one["id"] for one in articles.items],
        attribution=["named"],
        group_by="speaker",
        limit=TOP + 1,
    )
    return [one for one in _rank(desk, asked) if one.slug != slug][:TOP]


def _draw_places(places: list[tuple[Entity, int]]) -> list[Point]:
    points = []
    most = max((count for _, count in places), default=1) or 1
    for entity, count in places:
        location = entity["location"]
        if location is not None:
            points.append(
                Point(
                    name=entity["name"],
                    slug=entity["id"],
                    count=count,
                    x=round(location["longitude"], 2),
                    y=round(-location["latitude"], 2),
                    radius=round(1.2 + 1.8 * (count / most) ** 0.5, 2),
                )
            )
    return points
