"""The API's counts, for the charts of pages."""

from app.api.counting import CountList, count_from_row
from app.api.counts import ClaimCountParameters, QuoteCountParameters, read_counts
from app.api.months import Counted
from app.pages.answers import Desk, make_url


def count_quotes(desk: Desk, asked: QuoteCountParameters) -> CountList:
    """Answer /v1/quotes/counts."""
    return _count(desk, "quotes", asked)


def count_claims(desk: Desk, asked: ClaimCountParameters) -> CountList:
    """Answer /v1/claims/counts."""
    return _count(desk, "claims", asked)


def to_csv(counts: CountList) -> str:
    """Return the address of the same counts as CSV, which has all of them, whatever is drawn."""
    path, _, query = counts["links"]["self"].partition("?")
    pairs = [pair for pair in query.split("&") if pair and not pair.startswith("limit=")]
    return f"{path}.csv{'?' if pairs else ''}{'&'.join(pairs)}"


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


def _count(
    desk: Desk, what: Counted, asked: QuoteCountParameters | ClaimCountParameters
) -> CountList:
    found, total = read_counts(desk.call, desk.session, what, asked)
    url = make_url(f"/v1/{what}/counts", asked)
    body: CountList = {
        "data": [count_from_row(row) for row in found.rows],
        "meta": {
            "total": total,
            "groups": found.groups,
            "limit": asked.limit,
            "dataset_version": desk.call.version,
        },
        "links": {"self": url},
    }
    desk.keep(url, {"data": body["data"], "meta": body["meta"]})
    return body
