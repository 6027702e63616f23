"""Whatever an article is written in, its spans have the words that stand there, in both units."""

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from app.main import create_app
from tests.api.test_shape import slice_utf16, words_of
from tests.contract.hard_texts import HARD_TEXTS, read_hard_texts

pytestmark = [pytest.mark.model, pytest.mark.slow]


@pytest.fixture(scope="module")
def hard_client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    settings = read_hard_texts(tmp_path_factory.mktemp("hard"))
    with TestClient(create_app(settings)) as client:
        yield client


@pytest.mark.parametrize("unit", ["code_point", "utf16"])
def test_every_span_has_the_words_that_stand_there(hard_client: TestClient, unit: str) -> None:
    articles = hard_client.get("/v1/articles?limit=200").json()["data"]
    assert len(articles) == len(HARD_TEXTS)
    texts = {one["id"]: hard_client.get(one["links"]["text"]).content.decode() for one in articles}
    checked = 0
    for article in texts:
        parts = ("annotations", "text.json", "quotes", "claims", "mentions", "entities")
        for part in parts:
            address = f"/v1/articles/{article}/{part}?offset_unit={unit}"
            body = hard_client.get(address).json()
            for text, start, end, words in words_of(body.get("data", body), texts[article], texts):
                cut = text[start:end] if unit == "code_point" else slice_utf16(text, start, end)
                assert cut == words, f"{address}: {words!r}"
                checked += 1
    for address in ("/v1/quotes?q=the", "/v1/claims?q=t*", "/v1/entities?q=m*"):
        for item in hard_client.get(f"{address}&offset_unit={unit}").json()["data"]:
            for text, start, end, words in words_of(item, "", texts):
                cut = text[start:end] if unit == "code_point" else slice_utf16(text, start, end)
                assert cut == words
                checked += 1
    assert checked > 150


def test_the_units_differ_where_letters_take_two(hard_client: TestClient) -> None:
    def places(unit: str) -> list[tuple[int, int]]:
        items = hard_client.get(f"/v1/quotes?sort=id&offset_unit={unit}").json()["data"]
        return [(item["span"]["start"], item["span"]["end"]) for item in items]

    assert len(places("utf16")) > 5
    assert sum(a != b for a, b in zip(places("utf16"), places("code_point"), strict=True)) > 5


def test_no_line_end_but_a_newline_is_left(hard_client: TestClient) -> None:
    for article in hard_client.get("/v1/articles").json()["data"]:
        assert "\r" not in hard_client.get(article["links"]["text"]).content.decode()
