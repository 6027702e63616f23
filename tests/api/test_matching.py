"""Was this said? What is found, how it is told apart, and what differs."""

import re
from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.api.matching.compare import MatchType, compare, read_asked
from app.db.tables import metadata
from tests.databases import explain, noted_statements

QUOTED = "We will not raise the toll, and we won’t close the café this winter."


def matched(asked: str, text: str = QUOTED) -> Any:
    return compare(read_asked(asked), text=text, parts=[[0, len(text)]], quoted=text)


@pytest.mark.parametrize(
    ("asked", "kind", "complete", "words"),
    [
        (QUOTED, MatchType.EXACT, True, QUOTED.rstrip(".")),
        ("raise the toll, and we", MatchType.EXACT, False, "raise the toll, and we"),
        ("RAISE THE TOLL AND WE", MatchType.NORMALISED, False, "raise the toll, and we"),
        ("raise   the\ntoll — and… we", MatchType.NORMALISED, False, "raise the toll, and we"),
        ("we won't close the cafe", MatchType.NORMALISED, False, "we won’t close the café"),
        ("we will now raise the toll", MatchType.FUZZY, False, "We will not raise the toll"),
        ("we wont close the coffee shop", MatchType.FUZZY, False, "we won’t close the café"),
    ],
)
def test_how_words_are_found(asked: str, kind: MatchType, complete: bool, words: str) -> None:
    found = matched(asked)
    assert (found.type, found.complete) == (kind, complete)
    assert QUOTED[found.start : found.end] == words
    assert (found.score == 1.0) == (kind != MatchType.FUZZY)


def test_a_left_out_not_is_shown(client: TestClient) -> None:
    found = matched("we will raise the toll")
    assert [(step.op, step.asked, step.quoted) for step in found.changes] == [
        ("equal", "we will", "We will"),
        ("insert", "", "not"),
        ("equal", "raise the toll", "raise the toll"),
    ]


def test_words_of_a_split_quotation_are_found_across_its_cue() -> None:
    text = "“We will not close,” she said, “this winter.”"
    parts = [[1, 19], [32, 44]]
    asked = read_asked("we will not close this winter")
    found = compare(asked, text=text, parts=parts, quoted="We will not close, this winter.")
    assert found is not None
    assert (found.type, found.complete) == (MatchType.NORMALISED, True)
    assert text[found.start : found.end] == "We will not close,” she said, “this winter"


def test_a_text_without_words_matches_nothing() -> None:
    assert matched("…!") is None
    assert compare(read_asked("three words here"), text="", parts=[], quoted="") is None


def match(client: TestClient, text: str, **more: str) -> list[dict[str, Any]]:
    answer = client.get("/v1/quotes/match", params={"text": text, **more})
    assert answer.status_code == 200, answer.text
    return answer.json()["data"]


def test_every_quotation_is_found_by_its_own_words(client: TestClient) -> None:
    for quote in client.get("/v1/quotes?limit=200").json()["data"]:
        found = match(client, quote["text"], limit="50")
        assert quote["id"] in {item["quote"]["id"] for item in found}
        assert found[0]["type"] == "exact"
        assert found[0]["score"] == 1


@pytest.mark.parametrize(
    ("asked", "kind"),
    [
        ("Freight is down by a third,", "exact"),
        ("freight is DOWN — by a third", "normalised"),
        ("Freight is up by a third", "fuzzy"),
        ("the freight went down a third", "fuzzy"),
        ("ca ne peut pas durer", "normalised"),
        ("never seen the water", "exact"),
    ],
)
def test_what_was_said_is_found_with_its_speaker_article_and_span(
    client: TestClient, asked: str, kind: str
) -> None:
    best = match(client, asked)[0]
    assert best["type"] == kind
    article = best["quote"]["article"]
    assert article["id"] == best["article_id"]
    text = client.get(article["links"]["text"]).content.decode()
    span = best["span"]
    assert text[span["start"] : span["end"]] == span["text"]
    assert " ".join(step["quoted"] for step in best["diff"] if step["quoted"])
    assert {"speaker", "attribution"} <= set(best["quote"])


def test_what_nobody_said_is_not_found(client: TestClient) -> None:
    assert match(client, "elephants rarely play chess on Tuesdays") == []


def test_a_higher_score_is_asked_for_in_vain(client: TestClient) -> None:
    assert match(client, "Freight is up by a third", min_score="0.8")
    assert not match(client, "Freight is up by a third", min_score="1")


@pytest.mark.parametrize("text", ["", "two words", "!?…", "x" * 2001])
def test_a_text_that_cannot_be_looked_for_is_refused(client: TestClient, text: str) -> None:
    answer = client.get("/v1/quotes/match", params={"text": text})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["name"] == "text"


def test_variants_are_the_same_words_elsewhere(client: TestClient) -> None:
    quotes = client.get("/v1/quotes?limit=200").json()["data"]
    same = [item for item in quotes if item["text"] == "Freight is down by a third,"]
    assert len(same) > 1
    found = client.get(f"/v1/quotes/{same[0]['id']}/variants?limit=50").json()["data"]
    assert {item["id"] for item in same[1:]} <= {item["quote"]["id"] for item in found}
    assert same[0]["id"] not in {item["quote"]["id"] for item in found}


def test_similar_claims_are_the_same_words_elsewhere(client: TestClient) -> None:
    claims = client.get("/v1/claims?limit=200").json()["data"]
    same = [item for item in claims if item["text"].startswith("The Port Authority allegedly")]
    assert len(same) > 1
    found = client.get(f"/v1/claims/{same[0]['id']}/similar?limit=50").json()["data"]
    assert {item["id"] for item in same[1:]} <= {item["claim"]["id"] for item in found}
    assert same[0]["id"] not in {item["claim"]["id"] for item in found}
    assert found[0]["type"] == "exact"
    for item in found:
        text = client.get(f"/v1/articles/{item['article_id']}/text").content.decode()
        assert text[item["span"]["start"] : item["span"]["end"]] == item["span"]["text"]
    assert client.get("/v1/claims/cl_0000000000001/similar").status_code == 404


def test_offsets_of_matches_can_be_those_of_javascript(client: TestClient) -> None:
    asked = "Freight is down by a third,"
    for plain, wide in zip(
        match(client, asked), match(client, asked, offset_unit="utf16"), strict=True
    ):
        text = client.get(f"/v1/articles/{plain['article_id']}/text").content.decode()
        units = text.encode("utf-16-le")
        span = wide["span"]
        assert units[2 * span["start"] : 2 * span["end"]].decode("utf-16-le") == span["text"]


def test_a_match_reads_no_table_from_end_to_end(client: TestClient, app: Any) -> None:
    engine = app.state.source.engine
    app.finished.forget()
    with noted_statements(engine) as noted:
        match(client, "Freight is up by a third")
    # Not what is asked once a second: tables of one row.
    asked = re.compile(r"SELECT(?!.*FROM (dataset|alembic_v))", re.DOTALL)
    seen = [(sql, values) for sql, values in noted if asked.match(sql)]
    assert 3 < len(seen) < 10
    with engine.connect() as connection:
        for sql, values in seen:
            scans = [step for step in explain(connection, sql, values) if "Scan" in step.title()]
            # Not the index of words, nor what was found in it.
            tables = re.compile(rf"\b(SCAN|Seq Scan on) ({'|'.join(metadata.tables)})\b")
            assert not [scan for scan in scans if tables.search(scan)], (sql, scans)
