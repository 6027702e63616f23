"""What the page about a person, an organisation or a place shows."""

from dataclasses import dataclass
from datetime import datetime

from app.api.claims.parameters import ClaimParameters
from app.api.claims.schemas import Claim
from app.api.cooccurrences.schemas import CooccurrenceParameters
from app.api.counts import ClaimCountParameters, QuoteCountParameters
from app.api.entities.schemas import Entity
from app.api.quotes.parameters import QuoteParameters
from app.api.quotes.schemas import Quote
from app.pages.answers import (
    Desk,
    Listed,
    count_places,
    find_claim_day,
    find_quote_day,
    get_entity,
    know_total,
    list_claims,
    list_cooccurrences,
    list_quoted_in,
    list_quotes,
)
from app.pages.charts import Bar, Map, Rank, draw_map, draw_months, draw_ranks
from app.pages.parameters import SpeakerQuery
from app.pages.tallies import count_claims, count_quotes, list_counts, list_months, to_csv
from app.vocabulary import EntityType

ON_A_PAGE, ABOUT, TOP, PLACES = 20, 10, 8, 12
# Whom somebody is quoted beside is counted in the articles of so many quotations, but not in more
# than so many articles: their ids make the address long.
QUOTES_LOOKED_AT, ARTICLES_LOOKED_AT = 100, 40
# Counting takes as long as there is to count: of who said more, so many are compared, the newest.
SAID_LOOKED_AT = 300
# The places of whoever is named in more articles are counted in so many of them.
MOST_ARTICLES = 300
# Name, slug, articles, longitude and latitude, as `draw_map` takes them.
Place = tuple[str, str, int, float, float]


@dataclass(frozen=True, slots=True)
class Chart:
    """The lines of a chart, and where its data are as CSV.

    Attributes:
        ranks: The greatest first; empty when there is nothing to draw.
        csv: What a file holds and its address, one for each series.
    """

    ranks: list[Rank]
    csv: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Timeline:
    """Quotations and claims by month.

    Attributes:
        months: The bar of quotations and that of claims for each month.
        most: What the highest bar counts.
        undated: How many quotations and claims have no date.
        csv: What a file holds and its address.
    """

    months: list[tuple[Bar, ...]]
    most: int
    undated: tuple[int, int]
    csv: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Portrait:
    """The page about an entity.

    Attributes:
        roles: The words of articles, each once, with the article that has them.
        quotes: What it says, newest first.
        claims: What it claims, newest first.
        about: The newest quotations that name it.
        claims_about: The newest claims that name it.
        timeline: When it was quoted, and when it claimed something.
        topics: Whom and what its quotations and claims name.
        since: From when on it is compared what it speaks about and where it is quoted; None for
            always.
        company: Who else is quoted in the articles of its newest quotations.
        outlets: Where they were published.
        map: The places that articles name together with it, and itself when it is one; or None.
        looked_at: In how many of the articles that name it they were counted; None for all.
        map_csv: The address of those places as CSV.
    """

    entity: Entity
    roles: list[tuple[str, str]]
    quotes: Listed[Quote]
    claims: Listed[Claim]
    about: Listed[Quote]
    claims_about: Listed[Claim]
    timeline: Timeline
    since: datetime | None
    topics: Chart
    company: Chart
    outlets: Chart
    map: Map | None
    map_csv: str
    looked_at: int | None


def make_portrait(desk: Desk, slug: str, asked: SpeakerQuery) -> Portrait:
    """Gather the page about an entity.

    Raises:
        MovedError: 308 when the entity was found to be another one.
        ProblemError: 404 when there is no such entity.
    """
    entity = get_entity(desk, slug)
    know_total(desk, "/v1/quotes", QuoteParameters(speaker=[slug]), entity["quote_count"])
    know_total(desk, "/v1/claims", ClaimParameters(claimant=[slug]), entity["claim_count"])
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
    since = _find_start(desk, slug, entity)
    return Portrait(
        entity=entity,
        roles=_list_roles(entity),
        quotes=quotes,
        claims=claims,
        about=about,
        claims_about=claims_about,
        timeline=_make_timeline(desk, slug),
        since=since,
        topics=_compare(
            desk,
            QuoteCountParameters(speaker=[slug], group_by="about", published_from=since),
            ClaimCountParameters(claimant=[slug], group_by="about", published_from=since),
        ),
        company=_list_company(desk, slug),
        outlets=_compare(
            desk,
            QuoteCountParameters(speaker=[slug], group_by="source", published_from=since),
            ClaimCountParameters(claimant=[slug], group_by="source", published_from=since),
            of_entities=False,
        ),
        map=draw_map(_list_places(desk, slug, entity)),
        map_csv=f"/v1/entities/{slug}/cooccurrences.csv?type=place",
        looked_at=MOST_ARTICLES if entity["article_count"] > MOST_ARTICLES else None,
    )


def _find_start(desk: Desk, slug: str, entity: Entity) -> datetime | None:
    """Return the day since when an entity said and claimed `SAID_LOOKED_AT` at most, or None."""
    days = [
        find_day(desk, slug, number=SAID_LOOKED_AT)
        for find_day, count in (
            (find_quote_day, entity["quote_count"]),
            (find_claim_day, entity["claim_count"]),
        )
        if count > SAID_LOOKED_AT
    ]
    return max((day for day in days if day is not None), default=None)


def _list_roles(entity: Entity) -> list[tuple[str, str]]:
    roles: dict[str, tuple[str, str]] = {}
    for role in entity["roles"]:
        words = " ".join(role["text"].split())
        roles.setdefault(words.casefold(), (words, role["article_id"]))
    return list(roles.values())


def _make_timeline(desk: Desk, slug: str) -> Timeline:
    quotes = count_quotes(desk, QuoteCountParameters(speaker=[slug], interval="month", limit=1000))
    claims = count_claims(desk, ClaimCountParameters(claimant=[slug], interval="month", limit=1000))
    months = draw_months(list_months(quotes), list_months(claims))
    undated = [
        sum(one["count"] for one in counts["data"] if not one["period"])
        for counts in (quotes, claims)
    ]
    return Timeline(
        months=months,
        most=max((bar.count for bars in months for bar in bars), default=0),
        undated=(undated[0], undated[1]),
        csv=(("Quotations", to_csv(quotes)), ("Claims", to_csv(claims))),
    )


def _compare(
    desk: Desk,
    quotes_asked: QuoteCountParameters,
    claims_asked: ClaimCountParameters,
    *,
    of_entities: bool = True,
) -> Chart:
    """Count quotations and claims by the same thing."""
    quotes, claims = count_quotes(desk, quotes_asked), count_claims(desk, claims_asked)
    series = [list_counts(counts) for counts in (quotes, claims)]
    if not of_entities:
        series = [[(name, None, count) for name, _, count in one] for one in series]
    return Chart(
        draw_ranks(*series, top=TOP),
        (("Quotations", to_csv(quotes)), ("Claims", to_csv(claims))),
    )


def _list_company(desk: Desk, slug: str) -> Chart:
    articles = list_quoted_in(desk, slug, quotes=QUOTES_LOOKED_AT, articles=ARTICLES_LOOKED_AT)
    if not articles:
        return Chart([], ())
    counts = count_quotes(
        desk,
        QuoteCountParameters(
            article=articles,
            attribution=["named"],
            group_by="speaker",
            limit=TOP + 1,
        ),
    )
    others = [one for one in list_counts(counts) if one[1] != slug]
    return Chart(draw_ranks(others, top=TOP), (("Quotations", to_csv(counts)),))


def _list_places(desk: Desk, slug: str, entity: Entity) -> list[Place]:
    """Return an entity, if it is a place, and those that at most `MOST_ARTICLES` name with it."""
    together = CooccurrenceParameters(type=[EntityType.PLACE], limit=PLACES)
    places = _place(entity, count=min(entity["article_count"], MOST_ARTICLES))
    if entity["article_count"] <= MOST_ARTICLES:
        for one in list_cooccurrences(desk, slug, together).items:
            places += _place(one["entity"], count=one["article_count"])
        return places
    return places + [
        (row.name, row.slug, row.together, row.longitude, row.latitude)
        for row in count_places(desk, slug, articles=MOST_ARTICLES, limit=PLACES)
        if row.latitude is not None and row.longitude is not None
    ]


def _place(entity: Entity, *, count: int) -> list[Place]:
    location = entity["location"]
    if location is None:
        return []
    return [(entity["name"], entity["id"], count, location["longitude"], location["latitude"])]
