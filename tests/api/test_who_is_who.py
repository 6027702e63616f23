"""Ids that lead on, places on maps, and sources without a name."""

import pytest
from fastapi.testclient import TestClient


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("/v1/entities/miss-varga", "/v1/entities/ines-varga"),
        ("/v1/entities/miss-varga/mentions", "/v1/entities/ines-varga/mentions"),
        (
            "/v1/entities/miss-varga/quotes?limit=3&form=direct",
            "/v1/entities/ines-varga/quotes?form=direct&limit=3",
        ),
        ("/v1/entities/miss-varga/claims", "/v1/entities/ines-varga/claims"),
    ],
)
def test_the_id_of_a_merged_entity_leads_on(client: TestClient, old: str, new: str) -> None:
    answer = client.get(old, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (308, new)
    assert answer.headers["etag"]
    assert answer.headers["cache-control"]
    assert client.head(old, follow_redirects=False).status_code == 308
    assert client.get(old).json() == client.get(new).json()


@pytest.mark.parametrize("path", ["/v1/quotes?speaker=", "/v1/quotes?speaker=nobody&speaker="])
def test_a_filter_takes_the_id_of_a_merged_entity(client: TestClient, path: str) -> None:
    old, new = (client.get(path + slug).json()["data"] for slug in ("miss-varga", "ines-varga"))
    assert old == new
    assert old


def test_an_id_that_never_was_is_missing(client: TestClient) -> None:
    assert client.get("/v1/entities/miss-nobody").status_code == 404


def test_places_that_are_somewhere_are_put_on_the_map(client: TestClient) -> None:
    answer = client.get("/v1/entities.geojson")
    assert answer.headers["content-type"] == "application/geo+json"
    assert answer.json()["type"] == "FeatureCollection"
    (feature,) = answer.json()["features"]
    velm = client.get("/v1/entities/velm").json()
    assert feature == {
        "type": "Feature",
        "id": "velm",
        "geometry": {"type": "Point", "coordinates": [18.25, 59.5]},
        "properties": {
            "id": "velm",
            "name": "Velm",
            "mention_count": velm["mention_count"],
            "country": "ZZ",
        },
    }


@pytest.mark.parametrize("query", ["type=person", "country=FR", "q=osterby", "min_mentions=100000"])
def test_filters_hold_for_maps(client: TestClient, query: str) -> None:
    assert client.get(f"/v1/entities.geojson?{query}").json()["features"] == []


def test_an_articles_map_counts_its_own_mentions(client: TestClient) -> None:
    for article in client.get("/v1/articles").json()["data"]:
        address = article["links"]["self"]
        here = {
            one["entity"]["id"]: one["mention_count"]
            for one in client.get(f"{address}/entities").json()["data"]
        }
        features = client.get(f"{address}/places.geojson").json()["features"]
        found = {one["id"]: one["properties"]["mention_count"] for one in features}
        assert found == {slug: count for slug, count in here.items() if slug == "velm"}
    assert client.get("/v1/articles/art_0000000000000/places.geojson").status_code == 404


def test_maps_know_their_etag_and_refuse_what_they_do_not_know(client: TestClient) -> None:
    etag = client.get("/v1/entities.geojson").headers["etag"]
    again = client.get("/v1/entities.geojson", headers={"If-None-Match": etag})
    assert again.status_code == 304
    assert client.get("/v1/entities.geojson?cursor=x").status_code == 422
    assert client.get("/v1/entities.geojson?limit=0").status_code == 422


def test_unnamed_sources_are_counted_together(client: TestClient) -> None:
    (one,) = client.get("/v1/unnamed-sources").json()["data"]
    total = client.get("/v1/quotes?attribution=unnamed&limit=1").json()["meta"]["total"]
    assert (one["name"], one["text"]) == ("senior official", "a senior official")
    assert one["attribution_count"] == one["quote_count"] == total
    assert client.get("/v1/unnamed-sources?name=officials").json()["data"] == []
    some = client.get("/v1/unnamed-sources", params={"source": "Osterby Post"}).json()["data"]
    assert 0 < some[0]["attribution_count"] < total


@pytest.mark.parametrize("by", ["source", "article"])
def test_counts_say_who_leans_on_unnamed_sources(client: TestClient, by: str) -> None:
    path = f"/v1/unnamed-sources/counts?group_by={by}"
    counts = client.get(f"{path}&limit=200").json()["data"]
    total = client.get("/v1/unnamed-sources").json()["data"][0]["attribution_count"]
    assert sum(one["unnamed_count"] for one in counts) == total
    for one in counts:
        assert one["share"] == round(one["unnamed_count"] / one["attribution_count"], 4)
        if by == "article":
            article = client.get(f"/v1/articles/{one['value']}").json()
            assert one["label"] == article["title"]
    shares = [one["share"] for one in client.get(f"{path}&sort=-share").json()["data"]]
    assert shares == sorted(shares, reverse=True)
    walked, address = [], f"{path}&limit=1"
    while address:
        page = client.get(address).json()
        walked += page["data"]
        address = page["links"]["next"]
    assert walked == counts
    assert client.get(f"{path}&min_attributions=100000").json()["data"] == []
