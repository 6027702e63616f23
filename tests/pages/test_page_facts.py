"""Pages tell what the API tells, are safe to open, and cost little."""

import csv
import gzip
import html
import io
import json
import re
from collections.abc import Callable
from datetime import datetime
from html.parser import HTMLParser
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from pydantic_core import to_json

from app.api.claims import queries as claim_queries
from app.api.claims.parameters import ClaimParameters
from app.api.cooccurrences import queries as beside
from app.api.opened import Shape
from app.api.parameters import Parameters
from app.api.quotes import queries as quote_queries
from app.api.quotes.parameters import QuoteParameters
from app.db.engine import open_session
from app.pages import portrait
from app.pages.answers import Desk
from app.pages.assets import FILES
from app.vocabulary import EntityType
from tests.databases import explain, noted_statements

FIRST_PAGE_BYTES = 100_000
BROWSER = {"accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}


def read_paths(client: TestClient) -> list[str]:
    articles = client.get("/v1/articles?limit=200").json()["data"]
    entities = client.get("/v1/entities?limit=200").json()["data"]
    return [
        "/",
        "/articles",
        "/articles?q=harbour",
        "/articles?q=",
        "/speakers",
        "/speakers?q=v*",
        "/search",
        "/search?q=harbour",
        "/search?q=harbour&kind=quotes",
        "/search?q=velm&kind=entities",
        "/search?q=the&kind=claims",
        "/search?q=harbour&kind=articles",
        "/search?q=nothinghasthisword",
        "/quotes/check",
        "/quotes/check?text=two%20words",
        "/quotes/check?text=The%20harbour%20will%20not%20close%20this%20winter",
        "/quotes/check?text=the%20harbour%20must%20not%20close%20this%20summer",
        "/quotes/check?text=%3Cscript%3Enobody%20ever%20said%20this%20anywhere",
        *(f"/articles/{article['id']}" for article in articles),
        *(f"/speakers/{entity['id']}" for entity in entities),
    ]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> dict[str, object]:
    """What the pages were made of: the API's answer by its address."""
    kept: dict[str, object] = {}
    keep = Desk.keep

    def note(desk: Desk, url: str, body: object) -> None:
        kept[url] = json.loads(to_json(body))
        keep(desk, url, body)  # type: ignore[arg-type]

    monkeypatch.setattr(Desk, "keep", note)
    return kept


def test_what_a_page_shows_is_what_the_api_answers(
    client: TestClient, asked: dict[str, object]
) -> None:
    for path in read_paths(client):
        asked.clear()
        page = client.get(path)
        assert page.status_code == 200, path
        shown = re.findall(r"curl 'http://testserver(/v1[^']*)'", page.text)
        assert [html.unescape(url) for url in shown] == list(asked), path
        for url, body in asked.items():
            answer = client.get(url)
            assert answer.status_code == 200, url
            api = answer.json()
            if isinstance(api, dict) and "links" in api and "data" in api:
                api = {name: api[name] for name in ("data", "meta")}
            assert body == api, (path, url)


def test_the_front_page_has_the_counts_and_the_newest_quotations(client: TestClient) -> None:
    page = client.get("/").text
    counts = client.get("/v1").json()["counts"]
    for name in ("articles", "quotes", "claims", "entities"):
        assert f'<dd data-count="{name}">{counts[name]:,}</dd>' in page
    newest = client.get("/v1/quotes?limit=6").json()["data"]
    assert re.findall(r'#(qt_\w+)"', page) == [quote["id"] for quote in newest]
    shown = re.findall(r'<blockquote><p dir="auto">“(.*?)”</p>', page)
    assert [html.unescape(words) for words in shown] == [quote["text"] for quote in newest]
    for kind in ("named", "unnamed", "none"):
        total = client.get(f"/v1/quotes?attribution={kind}&limit=1").json()["meta"]["total"]
        assert f'<td class="number">{total:,}</td>' in page


def read_text(page: str) -> list[str]:
    """Return the paragraphs of a reader page as a browser shows them."""
    body = page.partition('id="text">')[2].partition("</div>")[0]
    paragraphs = re.findall(r"<p dir=\"(?:ltr|rtl)\">(.*?)</p>", body, re.DOTALL)
    return [html.unescape(re.sub(r"<[^>]*>", "", paragraph)) for paragraph in paragraphs]


def test_the_reader_shows_the_text_as_written_with_every_mark(client: TestClient) -> None:
    for article in client.get("/v1/articles?limit=200").json()["data"]:
        page = client.get(f"/articles/{article['id']}").text
        text = client.get(article["links"]["text"] + ".json").json()
        written = [text["text"][s["start"] : s["end"]] for s in text["paragraphs"]]
        assert read_text(page) == written
        found = client.get(article["links"]["annotations"]).json()
        for layer in ("quotes", "claims", "attributions"):
            for one in found[layer]:
                assert page.count(f'id="{one["id"]}"') == 1
                assert page.count(f'id="r-{one["id"]}"') == 1
                marked = [
                    html.unescape(words)
                    for words in re.findall(
                        rf'data-r="(?:[^"]* )?{one["id"]}(?: [^"]*)?">([^<]*)<', page
                    )
                ]
                parts = one["parts"] if "parts" in one else one["content"]["parts"]
                joined = "".join(marked)
                for part in parts:
                    assert part["text"].replace("\n", "") in joined.replace("\n", "")


def test_the_margin_lists_who_speaks_in_order(client: TestClient) -> None:
    article = client.get("/v1/articles?limit=1&sort=-quote_count").json()["data"][0]
    page = client.get(f"/articles/{article['id']}").text
    margin = page.partition('id="voices"')[2].partition("</section>")[0]
    found = client.get(article["links"]["annotations"]).json()
    names = [one["speaker"]["name"] for one in found["attributions"] if one["speaker"]]
    in_a_row = [name for at, name in enumerate(names) if at == 0 or names[at - 1] != name]
    assert re.findall(r'<p class="name">.*?<bdi>(.*?)</bdi>', margin) == [
        html.escape(name) for name in in_a_row
    ]


def test_an_entity_page_has_all_that_it_said_newest_first(client: TestClient) -> None:
    page = html.unescape(client.get("/speakers/ines-varga").text)
    said = client.get("/v1/quotes?speaker=ines-varga&limit=20").json()
    assert said["meta"]["total"] > 5
    places = [page.index(f'#{quote["id"]}"') for quote in said["data"]]
    assert places == sorted(places)
    months = {quote["published_at"][:7] for quote in said["data"] if quote["published_at"]}
    for month in months:
        assert f'<time datetime="{month}">' in page


def test_lists_go_on_where_the_page_before_ended(client: TestClient) -> None:
    seen: list[str] = []
    path = "/search?q=the&kind=quotes"
    while path:
        page = client.get(path).text
        seen += re.findall(r'#(qt_\w+)"', page)
        found = re.search(r'rel="next" href="([^"]+)"', page)
        path = "/search" + html.unescape(found.group(1)) if found else ""
    total = client.get("/v1/quotes?q=the&limit=1").json()["meta"]["total"]
    assert total > 20
    assert len(seen) == len(set(seen)) == total


class Checker(HTMLParser):
    """Notes everything that a strict policy would stop, and what is not closed."""

    VOID = frozenset(["meta", "link", "input", "br", "hr", "img"])

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.faults: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag not in self.VOID:
            self.open.append(tag)
        if tag == "style" or (tag == "script" and not given.get("src")):
            self.faults.append(f"inline {tag}")
        for name, value in attrs:
            if name == "style" or name.startswith("on"):
                self.faults.append(f"{tag} {name}")
            # Only a link that a reader follows, to where an article was published, leaves us.
            far = r"(?i)javascript:|data:" if tag == "a" else r"(?i)(https?:)?//|javascript:"
            if name in ("src", "href") and value and re.match(far, value):
                self.faults.append(f"{tag} {name}={value}")
        if given.get("id"):
            self.ids.append(str(given["id"]))
        if tag == "a" and given.get("href"):
            self.links.append(str(given["href"]))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in self.VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"</{tag}> closes something else")


def check(page: str) -> Checker:
    checker = Checker()
    checker.feed(page)
    checker.close()
    assert checker.faults == []
    assert checker.open == []
    assert len(checker.ids) == len(set(checker.ids))
    return checker


def is_counts_csv(link: str) -> bool:
    return "/counts.csv" in link


def test_the_csv_beside_a_chart_holds_what_the_chart_was_drawn_from(
    client: TestClient, asked: dict[str, object]
) -> None:
    charted = 0
    for path in ("/", "/speakers/ines-varga", "/speakers/velm"):
        asked.clear()
        links = [link for link in check(client.get(path).text).links if is_counts_csv(link)]
        # The file has every group, the chart the first few.
        drawn = {re.sub(r"&?limit=\d+", "", url): url for url in asked if "/counts" in url}
        for link in links:
            answer = client.get(link)
            assert answer.headers["content-type"].startswith("text/csv"), link
            rows = list(csv.DictReader(io.StringIO(answer.text)))
            data = asked[drawn[link.replace("/counts.csv", "/counts")]]["data"]  # type: ignore[index]
            charted += len(data)
            assert [int(row["count"]) for row in rows][: len(data)] == [
                one["count"] for one in data
            ]


def test_the_map_has_the_places_that_are_named_together(client: TestClient) -> None:
    page = client.get("/speakers/ines-varga").text
    path = "/v1/entities/ines-varga/cooccurrences"
    together = client.get(f"{path}?limit=12&type=place").json()["data"]
    located = [one["entity"] for one in together if one["entity"]["location"]]
    assert located
    assert page.count("<circle") == len(located)
    section = page.partition('id="places"')[2]
    for place in located:
        assert f'href="/speakers/{place["id"]}"' in section
    rows = list(csv.DictReader(io.StringIO(client.get(f"{path}.csv?type=place").text)))
    assert {place["id"] for place in located} <= {row["entity.id"] for row in rows}
    assert f'href="{path}.csv?type=place"' in section


def test_every_page_is_whole_and_its_links_lead_somewhere(client: TestClient) -> None:
    known: dict[str, set[str]] = {}
    for path in read_paths(client):
        page = client.get(path)
        checker = check(page.text)
        known[path.partition("?")[0]] = set(checker.ids)
        for link in checker.links:
            if link.startswith("#"):
                assert link[1:] in checker.ids, (path, link)
            elif is_counts_csv(link):
                continue  # a test of its own compares these with their charts
            elif link.startswith("/") and link not in known:
                target, _, anchor = link.partition("#")
                answer = client.get(target)
                assert answer.status_code == 200, (path, link)
                if anchor:
                    assert f'id="{anchor}"' in answer.text, (path, link)
                known[link] = set()


def test_a_strict_policy_stands_on_every_page(client: TestClient) -> None:
    for path in (*read_paths(client), "/nothing-here", "/articles/" + "a" * 9000):
        headers = client.get(path, headers=BROWSER).headers
        policy = headers["content-security-policy"]
        assert "unsafe" not in policy
        assert "default-src 'none'; script-src 'self'; style-src 'self';" in policy
        assert "frame-ancestors 'none'" in policy
        assert "base-uri 'none'" in policy
        assert headers["referrer-policy"] == "same-origin"
        assert headers["x-content-type-options"] == "nosniff"


def test_a_page_is_not_sent_twice(client: TestClient) -> None:
    first = client.get("/")
    again = client.get("/", headers={"If-None-Match": first.headers["etag"]})
    assert again.status_code == 304
    assert again.content == b""
    head = client.head("/")
    assert head.status_code == 200
    assert head.content == b""


def test_the_first_page_weighs_little_with_everything_on_it(client: TestClient) -> None:
    page = client.get("/")
    weight = len(gzip.compress(page.content))
    for address in re.findall(r'(?:src|href)="(/assets/[^"]+)"', page.text):
        weight += len(gzip.compress(client.get(address).content))
    assert weight < FIRST_PAGE_BYTES


def test_our_files_may_be_kept_for_ever_under_their_hash(client: TestClient) -> None:
    assert {path.name for path in FILES.values()} == {"pages.css", "pages.js", "icon.svg"}
    for name, path in FILES.items():
        answer = client.get(f"/assets/{name}")
        assert answer.content == path.read_bytes()
        assert "immutable" in answer.headers["cache-control"]
    assert client.get("/assets/pages.css").status_code == 404


def test_pages_work_below_a_prefix(client: TestClient) -> None:
    prefixed = TestClient(client.app, root_path="/press")
    page = prefixed.get("/press/articles").text
    for link in check(page).links:
        assert link.startswith(("/press/", "#main", "?")), link
    assert "http://testserver/press/v1/articles" in page
    missing = prefixed.get("/press/nothing", headers=BROWSER)
    assert missing.headers["content-type"].startswith("text/html")


def test_a_search_costs_a_fixed_number_of_queries(
    app: FastAPI, client: TestClient, count_queries: Callable[[str], int]
) -> None:
    searches = ["/articles?q=harbour", "/articles?q=velm"]
    for search in searches:  # totals are kept: both are asked once before, as others may have done
        client.get(search)
    one, other = (count_queries(search) for search in searches)
    assert one == other
    assert count_queries("/") <= 25
    assert count_queries("/speakers/ines-varga") <= 45


def test_a_merged_entity_leads_on_to_the_page_of_the_one_it_became(client: TestClient) -> None:
    answer = client.get("/speakers/miss-varga", headers=BROWSER, follow_redirects=False)
    assert answer.status_code == 308
    assert answer.headers["location"] == "/speakers/ines-varga"


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("two words", "At least 3 words are needed."),
        ("the HARBOUR will not close this winter", "Yes, in these words."),
        ("will not close this winter", "Yes, as a part of a longer quotation."),
        ("the harbour must not close this winter", "Not in these words. The nearest:"),
        ("purple elephants never sing opera", "No quotation here has these words, or nearly"),
    ],
)
def test_a_text_is_checked(client: TestClient, text: str, verdict: str) -> None:
    page = client.get("/quotes/check", params={"text": text}).text
    assert f'role="status">{verdict}' in page


def test_the_words_that_differ_are_marked(client: TestClient) -> None:
    text = "the harbour must not close this winter"
    page = client.get("/quotes/check", params={"text": text}).text
    first = page.partition("<blockquote>")[2].partition("</blockquote>")[0]
    assert re.findall(r"<del>.*?</span>(.*?)</del>", first) == ["must"]
    assert re.findall(r"<ins>.*?</span>(.*?)</ins>", first) == ["will"]


def test_of_whom_much_is_known_the_newest_is_compared_and_the_page_says_since_when(
    client: TestClient, asked: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(portrait, "SAID_LOOKED_AT", 1)
    said = client.get("/v1/quotes?speaker=ines-varga&limit=1").json()["data"]
    claimed = client.get("/v1/claims?claimant=ines-varga&limit=1").json()["data"]
    newest = datetime.fromisoformat(max(one["published_at"] for one in (*said, *claimed)))
    page = html.unescape(client.get("/speakers/ines-varga").text)

    assert f"Since {newest.day} {newest:%B %Y}, of the newest only." in page
    grouped = [url for url in asked if "group_by" in url and "article=" not in url]
    assert len(grouped) == 4
    assert all(f"published_from={newest:%Y-%m-%d}T00:00:00Z" in url for url in grouped)
    for url in grouped:
        assert client.get(url).json()["data"] == asked[url]["data"]  # type: ignore[index]


def read_places(page: str) -> dict[str, int]:
    section = page.partition('id="places"')[2].partition("</section>")[0]
    lines = re.findall(r'href="/speakers/([^"]+)".*?<td class="number">([\d,]+)</td></tr>', section)
    return {slug: int(count.replace(",", "")) for slug, count in lines}


def test_of_whom_many_articles_name_places_are_counted_in_some_and_the_page_says_so(
    client: TestClient, asked: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = "/v1/entities/ines-varga"
    every = client.get(f"{path}/cooccurrences?type=place&limit=200").json()["data"]
    counts = {one["entity"]["id"]: one["article_count"] for one in every}
    articles = client.get(path).json()["article_count"]
    all_of_it = client.get("/speakers/ines-varga").text
    assert "; the file below counts in all." not in all_of_it
    assert read_places(all_of_it).items() <= counts.items()

    monkeypatch.setattr(portrait, "MOST_ARTICLES", articles - 1)
    client.app.finished.forget()  # type: ignore[attr-defined]
    asked.clear()
    page = client.get("/speakers/ines-varga").text
    some = read_places(page)
    assert f"Counted in {articles - 1} of the {articles} articles that name" in page
    assert f'href="{path}/cooccurrences.csv?type=place"' in page
    assert not [url for url in asked if "cooccurrences" in url]
    assert some
    assert all(counts[slug] - 1 <= count <= counts[slug] for slug, count in some.items())
    assert sum(some.values()) < sum(counts.values())
    assert list(some.values()) == sorted(some.values(), reverse=True)


def test_whoever_is_beside_is_the_same_among_the_most_frequent_and_among_all(
    app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_session(app.state.source.engine) as session:

        def count(limit: int) -> list[tuple[str, int]]:
            rows = beside.count_beside(
                session, "ines-varga", type_=EntityType.PLACE, articles=500, limit=limit
            )
            return [(row.slug, row.together) for row in rows]

        every = count(200)
        assert len(every) > 1
        for limit in (1, len(every), 200):
            for among in (1, 2, 200):
                monkeypatch.setattr(beside, "_MOST_FREQUENT", among)
                assert count(limit) == every[:limit]


def test_what_is_said_of_somebody_is_the_same_as_in_the_lists(
    client: TestClient, asked: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = [path for path in read_paths(client) if path.startswith("/speakers/")]
    monkeypatch.setattr(portrait, "ABOUT", 1)
    for path in paths:
        client.app.finished.forget()  # type: ignore[attr-defined]
        asked.clear()
        assert client.get(path).status_code == 200
        urls = [url for url in asked if url.startswith(("/v1/quotes?", "/v1/claims?"))]
        assert [url for url in urls if "about=" in url]
        for url in urls:
            api = client.get(url).json()
            assert asked[url] == {name: api[name] for name in ("data", "meta")}


@pytest.mark.parametrize(
    ("queries", "parameters"), [(quote_queries, QuoteParameters), (claim_queries, ClaimParameters)]
)
def test_what_is_said_of_somebody_is_read_in_the_order_of_an_index(
    app: FastAPI, queries: Any, parameters: type[Parameters]
) -> None:
    first = queries.prepare_shape(Shape(parameters, (), ("about",)))
    engine = app.state.source.engine
    with open_session(engine) as session, noted_statements(engine) as seen:
        found = first.found.all(session.connection(), about="velm", most=3)
    assert found
    with engine.connect() as connection:
        for sql, given in seen:
            assert explain(connection, sql, given) == []
