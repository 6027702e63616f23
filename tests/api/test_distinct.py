"""Copies count once: what `distinct=story` leaves is what one would leave by hand."""

from typing import Any
from urllib.parse import urlencode

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings

from app.db.fold import find_words
from app.db.ids import to_id, to_key
from tests.api.corpus import STORIES
from tests.api.test_lists import Params, requests, walk

STORY_OF = {
    to_id("art", to_key("article", str(number))): place
    for place, story in enumerate(STORIES)
    for number in story
}
COUNTED = ("/v1/articles", "/v1/quotes", "/v1/claims")
NESTED = ("/v1/entities/ines-varga/quotes", "/v1/entities/ines-varga/claims")


def group_of(item: dict[str, Any]) -> object:
    """Return what all copies of an item share, as the promise has it."""
    article = item.get("article_id", item["id"])
    story = STORY_OF.get(article, article)
    if "text" not in item:
        return story
    return story, tuple(word.folded for word in find_words(item["text"]))


def keep_earliest(items: list[dict[str, Any]]) -> set[str]:
    groups: dict[object, list[tuple[bool, str, str]]] = {}
    for item in items:
        date = item["published_at"]
        groups.setdefault(group_of(item), []).append((date is None, date or "", item["id"]))
    return {min(group)[2] for group in groups.values()}


@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(request=requests().filter(lambda request: request[0] in (*COUNTED, *NESTED)))
def test_of_the_copies_that_pass_the_filters_the_earliest_stays(
    client: TestClient, request: tuple[str, Params, int]
) -> None:
    path, params, limit = request
    params = [pair for pair in params if pair[0] != "distinct"]
    every = client.get(f"{path}?{urlencode([*params, ('limit', '200')])}").json()["data"]
    once = [*params, ("distinct", "story")]
    page = client.get(f"{path}?{urlencode([*once, ('limit', '200')])}").json()
    kept = keep_earliest(every)
    assert [item["id"] for item in page["data"]] == [
        item["id"] for item in every if item["id"] in kept
    ]
    assert page["meta"]["total"] == len(kept)
    walk(client, path, once, limit)
    filters = [pair for pair in once if pair[0] != "sort"]
    assert len(client.get(f"{path}.ndjson?{urlencode(once)}").text.splitlines()) == len(kept)
    if path in COUNTED:
        counts = client.get(f"{path}/counts?{urlencode([*filters, ('group_by', 'source')])}").json()
        assert counts["meta"]["total"] == len(kept)
        assert sum(row["count"] for row in counts["data"]) == len(kept)


@pytest.mark.parametrize(("path", "all_of_them"), [("articles", 12), ("quotes", 60)])
def test_the_corpus_has_copies_to_leave_out(
    client: TestClient, path: str, all_of_them: int
) -> None:
    assert client.get(f"/v1/{path}").json()["meta"]["total"] == all_of_them
    assert client.get(f"/v1/{path}?distinct=story").json()["meta"]["total"] < all_of_them


def test_only_a_story_can_be_distinct(client: TestClient) -> None:
    answer = client.get("/v1/quotes?distinct=outlet")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["name"] == "distinct"


def test_similar_articles_are_the_copies_and_then_those_that_quote_the_same(
    client: TestClient,
) -> None:
    every = client.get("/v1/articles?limit=200").json()["data"]
    said: dict[str, dict[tuple[str, ...], str]] = {}
    for article in every:
        for quote in client.get(f"{article['links']['quotes']}?limit=200").json()["data"]:
            words = tuple(word.folded for word in find_words(quote["text"]))
            said.setdefault(article["id"], {}).setdefault(words, quote["text"])
    for article in every:
        mine = said[article["id"]]
        page = client.get(f"{article['links']['similar']}?limit=200").json()
        expected = {}
        for other in every:
            shared = [words for words in mine if words in said[other["id"]] and len(words) >= 5]
            is_copy = STORY_OF.get(article["id"], -1) == STORY_OF.get(other["id"], -2)
            if other["id"] != article["id"] and (shared or is_copy):
                expected[other["id"]] = (is_copy, {mine[words] for words in shared})
        found = {item["article"]["id"]: item for item in page["data"]}
        assert page["meta"]["total"] == len(found) == len(expected)
        for other_id, (is_copy, texts) in expected.items():
            item = found[other_id]
            assert item["same_story"] == is_copy
            assert {shared["text"] for shared in item["shared_quotes"]} == texts
            assert item["shared_quote_count"] == len(texts)
            for shared in item["shared_quotes"]:
                theirs = client.get(f"/v1/quotes/{shared['other_quote_id']}").json()
                assert theirs["article_id"] == other_id
        order = [(not item["same_story"], -item["shared_quote_count"]) for item in page["data"]]
        assert order == sorted(order)
    walk(client, every[0]["links"]["similar"], [], limit=2)
