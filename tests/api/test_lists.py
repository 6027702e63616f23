"""Every list, walked page by page in both directions, is the whole list in its order."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.db.ids import to_id, to_key

Params = list[tuple[str, str]]

PEOPLE = ["mara-lindqvist", "tomas-okafor", "ines-varga", "jon-bellweather", "nobody"]
PLACES = ["velm", "osterby", "port-authority"]
OUTLETS = ["The Velm Courier", "Osterby Post", "nowhere"]
DATES = ["2026-01-02", "2026-01-05T09:00:00Z", "2026-01-09T09:00:00+00:00", "2027-01-01"]
WORDS = ["harbour", "velm", "the", '"cannot last"', "fre*", "velm -ships"]

ARTICLE = to_id("art", to_key("article", "0"))

COMMON = {
    "source": OUTLETS,
    "language": ["en", "en-GB"],
    "published_from": DATES,
    "published_before": DATES,
    "q": WORDS,
    "distinct": ["story"],
}
LISTS: dict[str, dict[str, list[str]]] = {
    "/v1/articles": {
        **COMMON,
        "author": ["paul ash", "Renee Solberg"],
        "entity": PLACES,
        "speaker": PEOPLE,
        "claimant": PEOPLE,
    },
    "/v1/quotes": {
        **COMMON,
        "speaker": PEOPLE,
        "about": PLACES,
        "form": ["direct", "partial"],
        "cue": ["say", "warn", "tell"],
        "attribution": ["named", "unnamed", "none"],
        "min_confidence": ["0", "0.7", "1"],
    },
    "/v1/claims": {
        **COMMON,
        "claimant": PEOPLE,
        "about": PLACES,
        "kind": ["statement", "denial", "belief"],
        "cue": ["say", "insist"],
        "hedged": ["true", "false"],
        "negated": ["true", "false"],
        "has_number": ["true", "false"],
        "attribution": ["named", "unnamed", "none", "own_voice"],
        "min_check_worthiness": ["0.2", "0.75"],
        "min_confidence": ["0.6"],
    },
    "/v1/entities": {
        "q": ["velm", "okafor", "port*", "the"],
        "type": ["person", "place"],
        "country": ["ZZ"],
        "min_mentions": ["0", "10"],
    },
    "/v1/entities/velm/mentions": {
        "q": ["velm", "v*", "-osterby velm", "x"],
        "kind": ["name", "pronoun"],
        "entity": ["velm", "osterby"],
    },
    "/v1/entities/ines-varga/quotes": {"form": ["direct", "partial"], "q": WORDS},
    "/v1/entities/ines-varga/claims": {"kind": ["denial", "belief"], "q": WORDS},
    "/v1/entities/ines-varga/cooccurrences": {
        "q": ["port*", "bellweather", "jon -velm"],
        "type": ["person", "place"],
        "min_articles": ["1", "5", "9"],
    },
    "/v1/sources": {
        "q": ["courier", "txt -01", "broken html", '"courier 0*"', "0*"],
        "status": ["loaded", "failed"],
        "format": ["text", "html"],
    },
    "/v1/unnamed-sources": {
        "q": ["official", "senior off*", "OFFICIÁL -junior", "nobody"],
        "name": ["senior official", "nobody"],
        "source": OUTLETS,
        "published_from": DATES,
        "published_before": DATES,
    },
    "/v1/unnamed-sources/counts": {
        "group_by": ["source", "article"],
        "source": OUTLETS,
        "min_attributions": ["1", "3", "9"],
        "published_from": DATES,
    },
    **{
        f"/v1/articles/{ARTICLE}/{part}": values
        for part, values in {
            "quotes": {"form": ["direct", "partial"], "q": WORDS, "distinct": ["story"]},
            "claims": {"kind": ["denial", "belief"], "q": WORDS, "has_number": ["true"]},
            "entities": {"type": ["person", "place"], "q": ["velm", "okafor", "v* -port"]},
            "mentions": {"kind": ["name"], "q": ["velm", "o*"], "entity": PLACES},
            "similar": {"offset_unit": ["utf16"]},
        }.items()
    },
}
SINGLE = {
    "q",
    "distinct",
    "published_from",
    "published_before",
    "min_confidence",
    "min_check_worthiness",
    "min_mentions",
    "min_articles",
    "min_attributions",
    "group_by",
    "offset_unit",
    "hedged",
    "negated",
    "has_number",
}
SORTS = {
    "/v1/articles": ["published_at", "word_count", "quote_count", "claim_count", "id"],
    "/v1/quotes": ["published_at", "confidence", "position", "id"],
    "/v1/claims": ["published_at", "check_worthiness", "confidence", "position", "id"],
    "/v1/entities": [
        "mention_count",
        "article_count",
        "quote_count",
        "claim_count",
        "name",
        "first_seen",
        "last_seen",
        "id",
    ],
    "/v1/entities/ines-varga/quotes": ["published_at", "position"],
    "/v1/entities/ines-varga/claims": ["published_at", "position"],
    "/v1/entities/ines-varga/cooccurrences": ["weight", "article_count"],
    "/v1/unnamed-sources": ["attribution_count", "article_count", "quote_count", "name"],
    "/v1/unnamed-sources/counts": ["unnamed_count", "share", "attribution_count"],
    f"/v1/articles/{ARTICLE}/quotes": ["published_at", "position"],
    f"/v1/articles/{ARTICLE}/entities": ["mention_count", "name"],
    "/v1/sources": ["path", "article_count", "size", "read_at", "id"],
}


def identity(item: dict[str, Any]) -> str:
    found = item.get("id")
    if isinstance(found, str):
        return found
    if "article" in item and "id" in (item["article"] or {}):
        return str(item["article"]["id"])
    if "entity" in item:
        return str(item["entity"]["id"])
    if "span" not in item:  # unnamed sources, and what is counted of them
        return str(item.get("name", item.get("value")))
    span = item["span"]
    return f"{item['article_id']} {span['start']} {span['end']} {item['entity_id']}"


def get_whole(client: TestClient, path: str, params: Params) -> list[str]:
    page = client.get(f"{path}?{urlencode([*params, ('limit', '200')])}").json()
    assert page["links"]["next"] is None
    assert page["links"]["prev"] is None
    assert page["meta"]["total"] == len(page["data"])
    whole = [identity(item) for item in page["data"]]
    assert len(set(whole)) == len(whole)
    return whole


def walk(client: TestClient, path: str, params: Params, limit: int) -> None:
    """Go to the end and back again, and compare with the whole list."""
    whole = get_whole(client, path, params)
    url: str | None = f"{path}?{urlencode([*params, ('limit', str(limit))])}"
    forward: list[list[str]] = []
    last: dict[str, Any] = {}
    while url:
        answer = client.get(url)
        assert answer.status_code == 200, answer.text
        last = answer.json()
        check_links(answer, last)
        assert last["meta"]["total"] == len(whole)
        assert len(last["data"]) <= limit
        forward.append([identity(item) for item in last["data"]])
        assert (last["links"]["prev"] is None) == (len(forward) == 1 or not whole)
        url = last["links"]["next"]
    assert [item for page in forward for item in page] == whole
    assert all(len(page) == limit for page in forward[:-1])
    backward = [forward[-1]]
    url = last["links"]["prev"]
    while url:
        page = client.get(url).json()
        backward.append([identity(item) for item in page["data"]])
        assert page["links"]["next"]
        url = page["links"]["prev"]
    assert list(reversed(backward)) == forward


def check_links(answer: Any, page: dict[str, Any]) -> None:
    header = answer.links
    for relation, address in page["links"].items():
        if address is None:
            assert relation not in header
        else:
            assert header[relation]["url"] == address


EVERY_SORT = [
    (path, sort, sign) for path, names in SORTS.items() for sort in names for sign in "+-"
]


@pytest.mark.parametrize(("path", "sort", "sign"), EVERY_SORT)
def test_every_sort_pages_without_loss_or_repetition(
    client: TestClient, path: str, sort: str, sign: str
) -> None:
    walk(client, path, [("sort", sign.replace("+", "") + sort)], limit=5)


@pytest.mark.parametrize("path", ["/v1/articles", "/v1/quotes", "/v1/claims", "/v1/entities"])
def test_relevance_pages_without_loss_or_repetition(client: TestClient, path: str) -> None:
    walk(client, path, [("q", "v*"), ("sort", "relevance")], limit=2)


@pytest.mark.parametrize("part", ["quotes", "claims", "entities", "mentions"])
def test_the_parts_of_an_article_page_without_loss_or_repetition(
    client: TestClient, part: str
) -> None:
    article = client.get("/v1/articles?limit=1").json()["data"][0]
    walk(client, article["links"][part], [], limit=2)


@st.composite
def requests(draw: Callable[..., Any]) -> tuple[str, Params, int]:
    path = draw(st.sampled_from(sorted(LISTS)))
    params: Params = []
    names = draw(st.lists(st.sampled_from(sorted(LISTS[path])), unique=True, max_size=3))
    for name in names:
        most = 1 if name in SINGLE else 2
        values = st.lists(
            st.sampled_from(LISTS[path][name]), min_size=1, max_size=most, unique=True
        )
        params += [(name, value) for value in draw(values)]
    if path in SORTS:
        sorts = draw(st.lists(st.sampled_from(SORTS[path]), unique=True, max_size=2))
        if sorts:
            signs = draw(st.lists(st.sampled_from(["", "-"]), min_size=2, max_size=2))
            words = [sign + name for sign, name in zip(signs, sorts, strict=False)]
            params.append(("sort", ",".join(words)))
    return path, params, draw(st.integers(1, 9))


@settings(
    max_examples=45,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(request=requests())
def test_any_combination_of_filters_and_sorts_pages_without_loss_or_repetition(
    client: TestClient, request: tuple[str, Params, int]
) -> None:
    path, params, limit = request
    walk(client, path, params, limit)


@pytest.mark.parametrize("sort", ["published_at", "-published_at"])
def test_articles_without_a_date_come_last_in_both_directions(
    client: TestClient, sort: str
) -> None:
    dates = [
        item["published_at"] for item in client.get(f"/v1/articles?sort={sort}").json()["data"]
    ]
    known = [date for date in dates if date]
    assert dates == known + [None] * 3
    assert known == sorted(known, reverse=sort.startswith("-"))


def test_the_second_name_of_a_sort_settles_the_ties_of_the_first(client: TestClient) -> None:
    items = client.get("/v1/quotes?sort=-published_at,-confidence&limit=200").json()["data"]
    dated = [(item["published_at"], item["confidence"]) for item in items if item["published_at"]]
    assert dated == sorted(dated, reverse=True)


def test_position_is_the_order_of_the_text(client: TestClient) -> None:
    items = client.get("/v1/quotes?sort=position&limit=200").json()["data"]
    places = [(item["article_id"], item["span"]["start"]) for item in items]
    assert places == sorted(places)


@pytest.mark.parametrize(
    "other",
    [
        "/v1/quotes?sort=id&cursor={cursor}",
        "/v1/quotes?form=direct&cursor={cursor}",
        "/v1/claims?cursor={cursor}",
        "/v1/entities/ines-varga/quotes?cursor={cursor}",
        "/v1/quotes?cursor={cursor}A",
        "/v1/quotes?cursor=A{cursor}",
    ],
)
def test_a_cursor_of_another_list_or_a_forged_one_is_refused(
    client: TestClient, other: str
) -> None:
    following = client.get("/v1/quotes?limit=5").json()["links"]["next"]
    cursor = following.partition("cursor=")[2].partition("&")[0]
    assert client.get(f"/v1/quotes?cursor={cursor}&limit=7").status_code == 200
    answer = client.get(other.format(cursor=cursor))
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["name"] == "cursor"


@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(cursor=st.text(alphabet="ABab01_-", min_size=1, max_size=60))
def test_no_word_that_looks_like_a_cursor_breaks_the_server(
    client: TestClient, cursor: str
) -> None:
    answer = client.get("/v1/entities", params={"cursor": cursor})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["name"] == "cursor"


def test_the_envelope_is_data_meta_and_links(client: TestClient) -> None:
    page = client.get("/v1/quotes?limit=2&speaker=ines-varga&attribution=named").json()
    assert list(page) == ["data", "meta", "links", "facets"]
    assert page["meta"] == {"total": 12, "limit": 2, "dataset_version": "ds_2ur0t1adjsi3l"}
    assert page["links"]["self"] == "/v1/quotes?attribution=named&limit=2&speaker=ines-varga"
    assert page["links"]["prev"] is None
