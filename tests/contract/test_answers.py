"""What the wire carries is what the document says, to the last key."""

from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest
from fastapi.testclient import TestClient

Node = dict[str, Any]


@pytest.fixture(scope="module")
def document(client: TestClient) -> Node:
    return client.get("/openapi.json").json()


def close(node: object) -> None:
    """Forbid keys that the document does not name: the promise is exact."""
    if isinstance(node, dict):
        if node.get("type") == "object" and "properties" in node:
            node["additionalProperties"] = False
        for value in node.values():
            close(value)
    elif isinstance(node, list):
        for value in node:
            close(value)


def check(document: Node, path: str, body: object) -> None:
    (promise,) = document["paths"][path]["get"]["responses"]["200"]["content"].values()
    components = {"schemas": document["components"]["schemas"]}
    whole = {**promise["schema"], "components": components}
    close(whole)
    validator = jsonschema_rs.Draft202012Validator(whole, validate_formats=True)
    problem = next(iter(validator.iter_errors(body)), None)
    assert problem is None, f"{path}: {problem}"


def addresses(client: TestClient, *, most: int = 200) -> Iterator[tuple[str, str]]:
    """Name every path with every address of it, for at most so many things of each kind."""
    for path in ("/healthz", "/readyz", "/v1", "/v1/meta"):
        yield path, path
    plural = {"quotes": "quote", "claims": "claim", "articles": "article", "sources": "source"}
    for kind, one in plural.items():
        yield f"/v1/{kind}", f"/v1/{kind}?limit=200"
        for item in client.get(f"/v1/{kind}?limit={most}").json()["data"]:
            yield f"/v1/{kind}/{{{one}_id}}", f"/v1/{kind}/{item['id']}"
    yield "/v1/entities", "/v1/entities?limit=200"
    for item in client.get(f"/v1/entities?limit={most}").json()["data"]:
        for part in ("", "/mentions", "/quotes", "/claims", "/cooccurrences"):
            yield f"/v1/entities/{{entity_id}}{part}", f"/v1/entities/{item['id']}{part}"
    for item in client.get(f"/v1/articles?limit={most}").json()["data"]:
        parts: tuple[str, ...] = ("text.json", "annotations", "annotations.jsonld")
        parts += ("quotes", "claims", "entities", "mentions", "similar", "places.geojson")
        for part in parts:
            yield f"/v1/articles/{{article_id}}/{part}", f"{item['links']['self']}/{part}"
    for kind in ("articles", "quotes", "claims", "entities"):
        yield f"/v1/{kind}", f"/v1/{kind}?q=v*&sort=relevance"
    for kind, by in (("articles", "author"), ("quotes", "about"), ("claims", "kind")):
        yield f"/v1/{kind}/counts", f"/v1/{kind}/counts?group_by={by}&interval=week"
        yield f"/v1/{kind}", f"/v1/{kind}?facet=source,language"
    yield "/v1/entities.geojson", "/v1/entities.geojson"
    yield "/v1/unnamed-sources", "/v1/unnamed-sources"
    for by in ("source", "article"):
        yield "/v1/unnamed-sources/counts", f"/v1/unnamed-sources/counts?group_by={by}"
    yield "/v1/quotes/match", "/v1/quotes/match?text=the%20harbor%20will%20not%20be%20closed"
    for item in client.get("/v1/quotes?limit=20").json()["data"]:
        yield "/v1/quotes/{quote_id}/variants", f"/v1/quotes/{item['id']}/variants"
    for item in client.get("/v1/claims?limit=20").json()["data"]:
        yield "/v1/claims/{claim_id}/similar", f"/v1/claims/{item['id']}/similar"
    yield "/v1/quotes", "/v1/quotes?include=article,speaker"
    yield "/v1/claims", "/v1/claims?include=article,claimant"


def test_every_answer_of_the_corpus_is_exactly_as_promised(
    client: TestClient, document: Node
) -> None:
    seen = set()
    for path, address in addresses(client):
        answer = client.get(address)
        assert answer.status_code == 200, address
        assert answer.headers["content-type"] in (
            "application/json",
            "application/ld+json",
            "application/geo+json",
        )
        check(document, path, answer.json())
        seen.add(path)
    not_json = tuple(f".{suffix}" for suffix in ("ndjson", "csv", "atom"))
    rest = {path for path in document["paths"] if not path.endswith(not_json)}
    assert seen == rest - {"/v1/articles/{article_id}/text"}


def test_every_problem_is_exactly_as_promised(client: TestClient, document: Node) -> None:
    schema = {
        "$ref": "#/components/schemas/Problem",
        "components": {"schemas": document["components"]["schemas"]},
    }
    close(schema)
    validator = jsonschema_rs.Draft202012Validator(schema, validate_formats=True)
    for address in ("/nope", "/v1/quotes?limit=0", "/v1/quotes?speeker=x", "/v1/entities/nobody"):
        assert validator.is_valid(client.get(address).json()), address


def test_every_span_that_is_served_has_the_words_that_stand_there(client: TestClient) -> None:
    checked = 0
    for article in client.get("/v1/articles?limit=200").json()["data"]:
        address = article["links"]["self"]
        text = client.get(article["links"]["text"]).content.decode("utf-8")
        assert client.get(f"{address}/text.json").json()["text"] == text
        served = [client.get(f"{address}/annotations").json()]
        for part in ("quotes", "claims", "mentions"):
            served += client.get(f"{address}/{part}?limit=200").json()["data"]
        for span in spans(served):
            assert text[span["start"] : span["end"]] == span["text"]
            checked += 1
        for role in client.get(f"{address}/entities?limit=200").json()["data"]:
            for found in role["entity"]["roles"]:
                if found["article_id"] == article["id"]:
                    start, end = found["span"]["start"], found["span"]["end"]
                    assert text[start:end] == found["text"]
    assert checked > 1000


def spans(node: object) -> Iterator[Node]:
    if isinstance(node, dict):
        if set(node) >= {"start", "end", "text"}:
            yield node
        for value in node.values():
            yield from spans(value)
    elif isinstance(node, list):
        for value in node:
            yield from spans(value)


@pytest.mark.parametrize("kind", ["articles", "quotes", "claims"])
@pytest.mark.parametrize(
    ("q", "words"),
    [
        ("water", {"water"}),
        ("WATÉR low", {"water", "low"}),
        ('"out of velm"', {"out of velm"}),
        ("cann*", {"cannot"}),
        ("ca", {"ça"}),
    ],
)
def test_matches_are_offsets_into_the_text_and_into_the_snippet(
    client: TestClient, kind: str, q: str, words: set[str]
) -> None:
    hits = client.get(f"/v1/{kind}", params={"q": q, "limit": 200}).json()["data"]
    assert hits
    for hit in hits:
        article = hit["id"] if kind == "articles" else hit["article_id"]
        text = client.get(f"/v1/articles/{article}/text").content.decode("utf-8")
        found = {text[m["start"] : m["end"]].lower() for m in hit["search"]["matches"]}
        assert found == words
        snippet = hit["search"]["snippet"]
        assert len(snippet["text"]) <= 160
        shown = {snippet["text"][m["start"] : m["end"]].lower() for m in snippet["matches"]}
        assert shown <= words
        assert shown


def test_an_entity_is_found_by_any_of_its_names(client: TestClient) -> None:
    (hit,) = client.get("/v1/entities?q=okafor").json()["data"]
    assert hit["id"] == "tomas-okafor"
    snippet = hit["search"]["snippet"]
    (match,) = snippet["matches"]
    assert snippet["text"][match["start"] : match["end"]] == "Okafor"
