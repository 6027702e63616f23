"""SQLite and PostgreSQL give the same answers: the same ids, order, totals and search results."""

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.main import create_app
from tests import databases
from tests.api.conftest import settings_for
from tests.api.corpus import write_corpus
from tests.contract.test_answers import addresses

pytestmark = pytest.mark.postgresql

QUERIES = (
    *("/v1/articles?q=harbour", "/v1/articles?q=%22the+harbour%22+-winter", "/v1/articles?q=ca+ne"),
    *("/v1/quotes?q=v*", "/v1/quotes?q=%22i+have+ne%22*", "/v1/quotes?q=port+-authority&sort=id"),
    *("/v1/claims?q=12+million", "/v1/claims?q=%22sea+wall%22&sort=-check_worthiness"),
    *(
        "/v1/entities?q=tomas",
        "/v1/entities?q=dockers",
        "/v1/entities?sort=name",
        "/v1/entities?q=v*",
    ),
    *("/v1/articles?sort=published_at", "/v1/articles?sort=-published_at&limit=5"),
    *(
        "/v1/quotes?sort=published_at&speaker=miss-varga",
        "/v1/quotes?sort=-confidence,published_at",
    ),
    *("/v1/articles/counts?interval=week", "/v1/quotes/counts?interval=month&group_by=speaker"),
    *("/v1/claims/counts?interval=day", "/v1/quotes/counts?interval=year", "/v1/quotes/counts"),
    *("/v1/articles/counts?group_by=source", "/v1/articles/counts?group_by=author&interval=month"),
    *("/v1/quotes?facet=speaker,about,form,source,cue", "/v1/claims?facet=kind,attribution"),
    *("/v1/unnamed-sources", "/v1/unnamed-sources/counts?group_by=article"),
    "/v1/unnamed-sources/counts?group_by=source&sort=share",
    *("/v1/quotes/match?text=freight+is+up+by+a+third", "/v1/quotes/match?text=water+so+low"),
    *("/v1/quotes?source=a%00b", "/v1/articles?author=%00", "/v1/quotes?cue=%EF%BF%BF"),
    *("/v1/quotes.csv", "/v1/claims.ndjson?sort=position", "/v1/quotes.atom"),
    "/v1/quotes?published_from=0001-01-01&published_before=9999-12-31",
    "/v1/entities?min_mentions=2147483647",
)


@pytest.fixture(scope="module")
def clients(
    postgresql_server: databases.Server, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[TestClient, TestClient]]:
    made = []
    path = tmp_path_factory.mktemp("both") / "onrecord.db"
    for kind in (databases.SQLITE, databases.POSTGRESQL):
        databases.use(kind)
        write_corpus(path)
        made.append(TestClient(create_app(settings_for(path)), raise_server_exceptions=False))
    with made[0], made[1]:
        yield made[0], made[1]


def without_relevance(body: Any) -> Any:
    """Leave out what only the score decides: the order, and cursors, which hold the score."""
    body["links"] = None
    body["data"] = sorted(body["data"], key=lambda item: item["id"])
    return body


def test_every_answer_is_the_same(clients: tuple[TestClient, TestClient]) -> None:
    one, other = clients
    asked = [address for _, address in addresses(one, most=4)] + list(QUERIES)
    for address in asked:
        here, there = one.get(address), other.get(address)
        assert (here.status_code, there.status_code) == (200, 200), address
        if here.headers["content-type"].startswith("application/json"):
            bodies = here.json(), there.json()
            if ("q=" in address and "sort=" not in address) or "sort=relevance" in address:
                bodies = without_relevance(bodies[0]), without_relevance(bodies[1])
            assert bodies[0] == bodies[1], address
        else:
            assert here.content == there.content, address
    assert len(asked) > 100


def test_every_page_is_the_same_forwards_and_backwards(
    clients: tuple[TestClient, TestClient],
) -> None:
    for start in (
        *("/v1/quotes?limit=7", "/v1/articles?limit=5&sort=published_at", "/v1/claims?limit=9"),
        *("/v1/entities?limit=3&sort=name", "/v1/entities?limit=3&sort=first_seen"),
        *("/v1/entities?limit=3&sort=-last_seen", "/v1/sources?limit=4&sort=path"),
        "/v1/unnamed-sources/counts?limit=2&group_by=article",
    ):
        for direction in ("next", "prev"):
            url = start
            while url:
                bodies = [client.get(url).json() for client in clients]
                assert bodies[0] == bodies[1], url
                url, last = bodies[0]["links"][direction], url
                if direction == "next" and url is None:
                    start = last  # and from there back again
