"""Counts and facets agree with the lists that they count."""

from collections import Counter
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.api.test_lists import Params, requests

COUNTED = ("/v1/articles", "/v1/quotes", "/v1/claims")


def value_of(item: dict[str, Any], name: str) -> list[str | None]:
    """Return what an item counts for, as its own answer says."""
    if name in ("speaker", "claimant"):
        return [item[name]["entity_id"] if item[name] else None]
    if name == "about":
        return item["about"]
    if name == "attribution":
        who = item.get("speaker", item.get("claimant"))
        return [who["kind"] if who else "none"]
    if name == "cue":
        given_by = item["attribution"]
        return [given_by["cue"]["lemma"] if given_by and given_by["cue"] else None]
    return [item[name]]


GROUPS = {
    "/v1/quotes": ["speaker", "about", "source", "form", "cue", "attribution", "language"],
    "/v1/claims": ["claimant", "about", "source", "kind", "cue", "attribution", "language"],
    "/v1/articles": ["source", "language"],
}


def period_of(item: dict[str, Any], interval: str) -> str | None:
    if item["published_at"] is None:
        return None
    day = date.fromisoformat(item["published_at"][:10])
    first = {
        "day": day,
        "week": day - timedelta(days=day.weekday()),
        "month": day.replace(day=1),
        "year": day.replace(month=1, day=1),
    }
    return first[interval].isoformat()


@settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    request=requests().filter(lambda request: request[0] in COUNTED),
    which=st.integers(0, 6),
    interval=st.sampled_from([None, "day", "week", "month", "year"]),
)
def test_counts_are_those_of_the_list_with_the_same_filters(
    client: TestClient, request: tuple[str, Params, int], which: int, interval: str | None
) -> None:
    path, params, _ = request
    params = [pair for pair in params if pair[0] != "sort"]
    name = GROUPS[path][which % len(GROUPS[path])]
    page = client.get(f"{path}?{urlencode([*params, ('limit', '200'), ('facet', name)])}").json()
    by = [("group_by", name), *([("interval", interval)] if interval else [])]
    counts = client.get(f"{path}/counts?{urlencode([*params, *by])}").json()
    assert counts["meta"]["total"] == page["meta"]["total"] == len(page["data"])
    expected: Counter[tuple[str | None, str | None]] = Counter()
    for item in page["data"]:
        for value in value_of(item, name):
            expected[value, period_of(item, interval) if interval else None] += 1
    assert {(row["value"], row["period"]): row["count"] for row in counts["data"]} == expected
    assert counts["meta"]["groups"] == len(expected)
    whole: Counter[str | None] = Counter()
    for (value, _), number in expected.items():
        whole[value] += number
    (facet,) = page["facets"]
    assert facet["name"] == name
    assert {row["value"]: row["count"] for row in facet["values"]} == whole


def test_counts_of_periods_come_in_their_order_and_others_the_greatest_first(
    client: TestClient,
) -> None:
    rows = client.get("/v1/quotes/counts?interval=day").json()["data"]
    periods = [row["period"] for row in rows if row["period"]]
    assert periods == sorted(periods)
    assert rows[-1]["period"] is None
    numbers = [row["count"] for row in client.get("/v1/claims/counts?group_by=kind").json()["data"]]
    assert numbers == sorted(numbers, reverse=True)


def test_a_limit_cuts_the_groups_and_says_how_many_there_are(client: TestClient) -> None:
    body = client.get("/v1/quotes/counts?group_by=speaker&limit=2").json()
    assert len(body["data"]) == 2
    assert body["meta"]["groups"] == 5
    assert body["meta"]["total"] == 60


def test_first_and_last_seen_are_the_dates_of_the_list(client: TestClient) -> None:
    for row in client.get("/v1/quotes/counts?group_by=speaker").json()["data"]:
        if row["value"] is None:
            continue
        found = client.get(f"/v1/quotes?speaker={row['value']}&limit=200").json()["data"]
        dates = sorted(item["published_at"] for item in found if item["published_at"])
        assert (row["first_seen"], row["last_seen"]) == (dates[0], dates[-1])


def test_names_stand_beside_the_ids_of_entities(client: TestClient) -> None:
    rows = client.get("/v1/quotes/counts?group_by=about").json()["data"]
    assert {row["value"]: row["label"] for row in rows}["velm"] == "Velm"


@pytest.mark.parametrize(
    "address",
    [
        "/v1/quotes/counts?group_by=speeker",
        "/v1/quotes/counts?interval=fortnight",
        "/v1/quotes/counts?limit=0",
        "/v1/quotes/counts?cursor=abc",
        "/v1/quotes?facet=speeker",
    ],
)
def test_what_cannot_be_counted_is_refused(client: TestClient, address: str) -> None:
    assert client.get(address).status_code == 422


def test_cooccurrences_are_the_articles_that_name_both(client: TestClient) -> None:
    named: dict[str, set[str]] = {}
    for article in client.get("/v1/articles?limit=200").json()["data"]:
        for item in client.get(f"{article['links']['entities']}?limit=200").json()["data"]:
            named.setdefault(item["entity"]["id"], set()).add(article["id"])
    page = client.get("/v1/entities/ines-varga/cooccurrences?limit=200").json()
    found = {item["entity"]["id"]: item for item in page["data"]}
    here = named["ines-varga"]
    assert set(found) == {
        slug for slug, there in named.items() if there & here and slug != "ines-varga"
    }
    for slug, item in found.items():
        both = here & named[slug]
        assert item["article_count"] == len(both)
        assert item["weight"] == pytest.approx(len(both) / len(here | named[slug]))
        assert set(item["articles"]) <= both
        assert len(item["articles"]) == min(10, len(both))
        about = client.get(f"/v1/quotes?speaker=ines-varga&about={slug}").json()
        assert item["quotes_about"] == about["meta"]["total"]
        by_other = client.get(f"/v1/quotes?speaker={slug}&about=ines-varga").json()
        assert item["quotes_from"] == by_other["meta"]["total"]
