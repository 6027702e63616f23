"""The API's counts, for the charts of pages."""

from app.api.claims import queries as claim_queries
from app.api.counting import CountList, Groups, count_from_row, count_groups
from app.api.counts import ClaimCountParameters, IntervalParameters, QuoteCountParameters
from app.api.listing import Listing
from app.api.paging import count_rows
from app.api.quotes import queries as quote_queries
from app.api.search import read_query
from app.api.stored import claims, quotes
from app.pages.answers import Desk, make_url


def count_quotes(desk: Desk, asked: QuoteCountParameters) -> CountList:
    """Answer /v1/quotes/counts."""
    listing = quote_queries.find_quotes(filters=asked, query=read_query(asked.q))
    dimension = None if asked.group_by is None else quote_queries.QUOTE_DIMENSIONS[asked.group_by]
    found = count_groups(
        desk.session,
        listing,
        dated=quotes.c.published_at,
        dimension=dimension,
        interval=asked.interval,
        limit=asked.limit,
    )
    return _keep(desk, "/v1/quotes/counts", asked, listing, found)


def count_claims(desk: Desk, asked: ClaimCountParameters) -> CountList:
    """Answer /v1/claims/counts."""
    listing = claim_queries.find_claims(filters=asked, query=read_query(asked.q))
    dimension = None if asked.group_by is None else claim_queries.CLAIM_DIMENSIONS[asked.group_by]
    found = count_groups(
        desk.session,
        listing,
        dated=claims.c.published_at,
        dimension=dimension,
        interval=asked.interval,
        limit=asked.limit,
    )
    return _keep(desk, "/v1/claims/counts", asked, listing, found)


def to_csv(counts: CountList) -> str:
    """Return the address of the same counts as CSV."""
    return counts["links"]["self"].replace("/counts", "/counts.csv", 1)


def list_counts(counts: CountList) -> list[tuple[str, str | None, int]]:
    """Return the name, the value and the number of each group, as `draw_ranks` takes them.

    Groups without a value are left out.
    """
    return [
        (one["label"] or one["value"], one["value"], one["count"])
        for one in counts["data"]
        if one["value"] is not None
    ]


def list_months(counts: CountList) -> list[tuple[str, int]]:
    """Return the first day and the number of each period, as `draw_months` takes them."""
    return [(str(one["period"]), one["count"]) for one in counts["data"] if one["period"]]


def _keep(
    desk: Desk, path: str, asked: IntervalParameters, listing: Listing, found: Groups
) -> CountList:
    url = make_url(path, asked)
    body: CountList = {
        "data": [count_from_row(row) for row in found.rows],
        "meta": {
            "total": count_rows(desk.session, listing.statement, counted=listing.counted),
            "groups": found.groups,
            "limit": asked.limit,
            "dataset_version": desk.call.version,
        },
        "links": {"self": url},
    }
    desk.keep(url, {"data": body["data"], "meta": body["meta"]})
    return body
