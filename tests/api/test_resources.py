"""What each resource says about the invented corpus, and what its filters keep."""

from typing import Any

import pytest
from fastapi.testclient import TestClient


def get(client: TestClient, path: str) -> Any:
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_the_root_counts_what_there_is_and_links_to_it(client: TestClient) -> None:
    root = get(client, "/v1")
    assert root["counts"] == {
        "sources": 13,
        "articles": 12,
        "entities": 8,
        "quotes": 60,
        "claims": 72,
    }
    assert root["changed_at"] == "2026-03-01T12:30:00Z"
    for address in root["links"].values():
        assert client.get(address).status_code == 200


def test_meta_lists_every_closed_set_of_values(client: TestClient) -> None:
    meta = get(client, "/v1/meta")
    assert (meta["parser_version"], meta["model_version"]) == ("1", "rules")
    assert meta["vocabulary"] == {
        "entity_type": ["person", "organisation", "place"],
        "speaker_kind": ["named", "unnamed", "own_voice", "none"],
        "quote_form": ["direct", "partial"],
        "claim_kind": [
            "statement",
            "belief",
            "intention",
            "prediction",
            "allegation",
            "denial",
            "evidence",
        ],
        "mention_kind": ["name", "description", "pronoun"],
        "file_format": ["text", "markdown", "html", "ninjs", "jsonl", "warc"],
        "source_status": ["loading", "loaded", "failed"],
    }


def test_a_file_that_failed_says_why(client: TestClient) -> None:
    (source,) = get(client, "/v1/sources?status=failed")["data"]
    assert source["path"] == "broken.html"
    assert source["articles"] == 0
    assert source["errors"] == [{"detail": "the page holds no article", "field": None}]
    assert source["warnings"] == ["the byline was empty"]
    assert get(client, source["links"]["self"]) == source


def test_a_text_is_plain_utf_8_of_the_very_code_points(client: TestClient) -> None:
    article = get(client, "/v1/articles?q=harbour&limit=1")["data"][0]
    answer = client.get(article["links"]["text"])
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert "🚢" in answer.content.decode("utf-8")


def test_an_entity_has_names_roles_and_a_place(client: TestClient) -> None:
    velm = get(client, "/v1/entities/velm")
    assert velm["location"] == {"latitude": 59.5, "longitude": 18.25}
    assert velm["external_ids"] == {"geonames": "9000001", "iso3166": "ZZ", "wikidata": None}
    person = get(client, "/v1/entities/mara-lindqvist")
    assert person["aliases"] == [
        {"text": "Lindqvist", "count": 3},
        {"text": "Mara Lindqvist", "count": 2},
    ]
    assert {role["text"] for role in person["roles"]} == {"the harbour master of Velm"}
    assert person["location"] is None


def test_a_split_quotation_is_one_with_two_parts(client: TestClient) -> None:
    quotes = get(client, "/v1/quotes?q=%22all%20there%20is%22&limit=200")["data"]
    assert len(quotes) == 12
    for quote in quotes:
        first, second = quote["parts"]
        assert quote["text"] == f"{first['text']} {second['text']}"
        assert quote["span"] == {"start": first["start"], "end": second["end"]}


def test_an_unnamed_speaker_keeps_the_words_of_the_text(client: TestClient) -> None:
    quotes = get(client, "/v1/quotes?attribution=unnamed&limit=200")["data"]
    assert quotes
    for quote in quotes:
        assert quote["speaker"]["kind"] == "unnamed"
        assert quote["speaker"]["entity_id"] is None
        assert quote["speaker"]["name"] == "a senior official"


def test_a_quotation_that_nobody_is_given_has_no_speaker(client: TestClient) -> None:
    quotes = get(client, "/v1/quotes?attribution=none&limit=200")["data"]
    assert len(quotes) == 6
    assert all(quote["speaker"] is None for quote in quotes)


def test_the_own_voice_of_an_article_is_a_claimant_without_attribution(
    client: TestClient,
) -> None:
    claims = get(client, "/v1/claims?attribution=own_voice&limit=200")["data"]
    assert len(claims) == 12
    for claim in claims:
        assert claim["claimant"]["kind"] == "own_voice"
        assert claim["attribution"] is None
        assert claim["quote_id"] is None
        (number,) = claim["numbers"]
        assert (number["span"]["text"], number["value"]) == ("12 million", 12e6)
        (date,) = claim["dates"]
        assert (date["span"]["text"], date["value"]) == ("last year", "2025")


@pytest.mark.parametrize(
    ("path", "keep"),
    [
        ("/v1/quotes?speaker=ines-varga", lambda q: q["speaker"]["entity_id"] == "ines-varga"),
        (
            "/v1/quotes?speaker=ines-varga&speaker=tomas-okafor",
            lambda q: q["speaker"]["entity_id"] in ("ines-varga", "tomas-okafor"),
        ),
        (
            "/v1/quotes?speaker=ines-varga&form=partial",
            lambda q: q["speaker"]["entity_id"] == "ines-varga" and q["form"] == "partial",
        ),
        ("/v1/quotes?about=velm", lambda q: "velm" in q["about"]),
        ("/v1/quotes?cue=warn", lambda q: q["attribution"]["cue"]["lemma"] == "warn"),
        ("/v1/quotes?min_confidence=0.8", lambda q: q["confidence"] >= 0.8),
        ("/v1/quotes?source=Osterby%20Post", lambda q: q["source"] == "Osterby Post"),
        ("/v1/quotes?language=en-GB", lambda q: q["language"] == "en-GB"),
        ("/v1/claims?kind=denial", lambda c: c["kind"] == "denial"),
        ("/v1/claims?hedged=true", lambda c: bool(c["hedges"])),
        ("/v1/claims?hedged=false", lambda c: not c["hedges"]),
        ("/v1/claims?negated=true", lambda c: c["negated"]),
        ("/v1/claims?has_number=true", lambda c: bool(c["numbers"])),
        ("/v1/claims?min_check_worthiness=0.75", lambda c: c["check_worthiness"] >= 0.75),
        ("/v1/claims?about=port-authority", lambda c: "port-authority" in c["about"]),
        ("/v1/articles?author=RENEE%20SOLBERG", lambda a: a["authors"] == ["Renée Sólberg"]),
        ("/v1/articles?source=Osterby%20Post", lambda a: a["source"] == "Osterby Post"),
        ("/v1/entities?type=place", lambda e: e["type"] == "place"),
        ("/v1/entities?country=ZZ", lambda e: e["country"] == "ZZ"),
        ("/v1/entities?min_mentions=13", lambda e: e["mention_count"] >= 13),
        ("/v1/sources?format=html", lambda s: s["format"] == "html"),
    ],
)
def test_a_filter_keeps_what_it_names_and_drops_nothing_else(
    client: TestClient, path: str, keep: Any
) -> None:
    base = path.partition("?")[0]
    everything = get(client, f"{base}?limit=200")["data"]
    wanted = {item["id"] for item in everything if safely(keep, item)}
    found = {item["id"] for item in get(client, f"{path}&limit=200")["data"]}
    assert found == wanted
    assert 0 < len(found) < len(everything)


def safely(keep: Any, item: dict[str, Any]) -> bool:
    try:
        return bool(keep(item))
    except TypeError:  # no speaker, no cue
        return False


def test_the_first_moment_is_inside_and_the_last_is_not(client: TestClient) -> None:
    dates = {item["published_at"] for item in get(client, "/v1/articles?limit=200")["data"]} - {
        None
    }
    first, second = sorted(dates)[:2]
    path = f"/v1/articles?published_from={first}&published_before={second}"
    assert {item["published_at"] for item in get(client, path)["data"]} == {first}


def test_a_date_is_its_first_moment_in_utc_and_other_zones_are_understood(
    client: TestClient,
) -> None:
    day = get(client, "/v1/articles?published_from=2026-01-05&limit=200")["meta"]["total"]
    moment = "2026-01-05T00:00:00Z"
    zoned = "2026-01-05T02:00:00%2B02:00"
    for value in (moment, zoned):
        page = get(client, f"/v1/articles?published_from={value}")
        assert page["meta"]["total"] == day


@pytest.mark.parametrize(
    "path",
    [
        "/v1/quotes?speaker=nobody",
        "/v1/quotes?article=art_0000000000000",
        "/v1/quotes?article=nonsense",
        "/v1/claims?about=nobody",
        "/v1/articles?entity=nobody",
        "/v1/entities?q=zzzzzz",
    ],
)
def test_a_value_that_nothing_has_gives_an_empty_list(client: TestClient, path: str) -> None:
    page = get(client, path)
    assert page["data"] == []
    assert page["meta"]["total"] == 0
    assert page["links"]["next"] is None
    assert page["links"]["prev"] is None


def test_include_embeds_what_it_names_and_nothing_else(client: TestClient) -> None:
    plain = get(client, "/v1/quotes?speaker=ines-varga&limit=1")["data"][0]
    assert plain["article"] is None
    assert plain["speaker"]["entity"] is None
    full = get(client, f"/v1/quotes/{plain['id']}?include=article,speaker")
    assert full["article"] == get(client, f"/v1/articles/{plain['article_id']}")
    assert full["speaker"]["entity"] == get(client, "/v1/entities/ines-varga")
    only = get(client, f"/v1/quotes/{plain['id']}?include=article")
    assert only["article"] == full["article"]
    assert only["speaker"]["entity"] is None


def test_annotations_are_all_that_the_lists_of_an_article_have(client: TestClient) -> None:
    for article in get(client, "/v1/articles?limit=3")["data"]:
        address = article["links"]["self"]
        annotations = get(client, f"{address}/annotations")
        for part in ("quotes", "claims", "mentions"):
            listed = get(client, f"{address}/{part}?limit=200")["data"]
            assert annotations[part] == listed
            assert len(listed) == article["counts"][part]
        attributions = {item["id"] for item in annotations["attributions"]}
        assert attributions == {quote["attribution"]["id"] for quote in annotations["quotes"]}
        named = get(client, f"{address}/entities?limit=200")["data"]
        assert len(named) == article["counts"]["entities"]
        assert sum(item["mention_count"] for item in named) == article["counts"]["mentions"]


def test_the_quotations_of_an_entity_take_every_filter_too(client: TestClient) -> None:
    everything = get(client, "/v1/entities/ines-varga/quotes?limit=200")
    assert everything["meta"]["total"] == get(client, "/v1/entities/ines-varga")["quote_count"]
    some = get(client, "/v1/entities/ines-varga/quotes?form=partial&limit=200")
    same = get(client, "/v1/quotes?speaker=ines-varga&form=partial&limit=200")
    assert some["data"] == same["data"]
    assert 0 < some["meta"]["total"] < everything["meta"]["total"]


def test_an_article_is_found_by_its_headline_alone(client: TestClient) -> None:
    hits = get(client, "/v1/articles?q=harbour%20number&limit=200")["data"]
    assert len(hits) == 11
    for hit in hits:
        matches = [
            hit["search"]["snippet"]["text"][m["start"] : m["end"]]
            for m in hit["search"]["snippet"]["matches"]
        ]
        if not hit["search"]["matches"]:
            assert hit["search"]["snippet"]["text"] == hit["title"]
            assert matches == ["Harbour", "number"]
    assert any(not hit["search"]["matches"] for hit in hits)
