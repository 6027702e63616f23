import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.parsing.readers import SeedFile, read_file
from app.vocabulary import FileFormat

ARTICLES = Path(__file__).parents[2] / "articles"
BODY = {"value": "The council voted on Tuesday."}


def test_a_wire_item_is_read_whole() -> None:
    path = ARTICLES / "brightwater-merger.json"
    item = json.loads(path.read_text(encoding="utf-8"))

    result = read_file(SeedFile(path, ARTICLES, path.name))

    (article,) = result.articles
    assert result.format is article.format is FileFormat.NINJS
    assert result.warnings == ()
    assert article.text == item["bodies"][0]["value"]
    assert article.title == "Brightwater to buy Casson Mills for $4.7 billion"
    assert article.authors == ("Nadia Ferreira",)
    assert article.outlet == "Meridian Wire"
    assert article.published_at == datetime(2026, 3, 9, 7, 2, tzinfo=UTC)
    assert article.language == "en-US"
    assert article.key == item["uri"]
    assert article.url == "https://meridian.example/business/brightwater-casson"
    assert article.meta["invented"] is True
    assert article.meta["slugline"] == "BRIGHTWATER-CASSON/"


@pytest.mark.parametrize(
    ("properties", "field", "value"),
    [
        pytest.param({}, "title_derived", True, id="no headline"),
        pytest.param({"title": "Toll"}, "title", "Toll", id="the item's title"),
        pytest.param({"headlines": [{"value": "A"}, {"value": "B"}]}, "title", "A", id="the first"),
        pytest.param(
            {"headlines": [{"role": "short", "value": "A"}, {"role": "main", "value": "B"}]},
            "title",
            "B",
            id="the main one",
        ),
        pytest.param({"by": "By Ann Lee"}, "authors", ("Ann Lee",), id="byline"),
        pytest.param(
            {"by": "By Ann Lee, The Wire", "copyrightHolder": "The Wire"},
            "authors",
            ("Ann Lee",),
            id="the agency in the byline is no author",
        ),
        pytest.param(
            {"people": [{"name": "Ann Lee", "rel": "author"}, {"name": "Bo", "rel": "about"}]},
            "authors",
            ("Ann Lee",),
            id="people",
        ),
        pytest.param({"copyrightHolder": "The Wire"}, "outlet", "The Wire", id="copyright holder"),
        pytest.param(
            {"infoSources": [{"name": "A"}, {"name": "B", "role": "x/publisher"}]},
            "outlet",
            "B",
            id="publisher among the sources",
        ),
        pytest.param(
            {"versionCreated": "2026-03-14T10:00:00+01:00"},
            "published_at",
            datetime(2026, 3, 14, 9, tzinfo=UTC),
            id="version created",
        ),
        pytest.param(
            {"versioncreated": "2026-03-14T10:00:00Z"},
            "published_at",
            datetime(2026, 3, 14, 10, tzinfo=UTC),
            id="2.x spelling",
        ),
        pytest.param(
            {"firstCreated": "2026-03-14", "versionCreated": "2026-03-15"},
            "published_at",
            datetime(2026, 3, 14, tzinfo=UTC),
            id="first created goes before",
        ),
        pytest.param({"uri": "urn:x:1"}, "url", None, id="a urn is no address"),
        pytest.param({"uri": "urn:x:1"}, "key", "urn:x:1", id="the uri is the key"),
        pytest.param({"uri": "https://a.example/1"}, "url", "https://a.example/1", id="url"),
        pytest.param(
            {
                "renditions": [
                    {"name": "web", "href": "https://a.example/1", "contentType": "text/html"}
                ]
            },
            "url",
            "https://a.example/1",
            id="web rendition",
        ),
        pytest.param({"genres": [{"name": "Invented"}]}, "meta", None, id="invented"),
        pytest.param(
            {"slugline": "A\\u0000"},
            "meta",
            {"slugline": "A\\u0000"},
            id="a backslash, u0000: no NUL",
        ),
    ],
)
def test_ninjs_properties(read, properties: dict[str, object], field: str, value: object) -> None:
    if value is None and field == "meta":
        value = {"genres": [{"name": "Invented"}], "invented": True}

    result = read("a.json", json.dumps({"bodies": [BODY], **properties}))

    assert result.warnings == ()
    assert getattr(result.articles[0], field) == value


@pytest.mark.parametrize(
    ("bodies", "text"),
    [
        ([{"value": "A.\r\nB."}], "A.\nB."),
        (
            [{"contentType": "text/html", "value": "<p>A &amp; <b>b</b>.</p><p>C<br>d.</p>"}],
            "A & b.\n\nC\nd.",
        ),
        ([{"role": "html", "value": "<h2>Head</h2><script>x</script>tail"}], "Head\n\ntail"),
        (
            [
                {"contentType": "text/html", "value": "<p>A</p>"},
                {"contentType": "text/plain", "value": "B"},
            ],
            "B",
        ),
        ([{"role": "caption", "value": "A"}, {"role": "main", "value": "B"}], "B"),
        ([{"value": None}, {"value": "B"}], "B"),
    ],
)
def test_the_body_that_is_read(read, bodies: list[object], text: str) -> None:
    assert read("a.json", json.dumps({"bodies": bodies})).articles[0].text == text


def test_a_property_of_another_shape_is_a_warning(read) -> None:
    result = read("a.json", json.dumps({"bodies": [BODY], "headlines": "A toll", "people": [1]}))

    assert result.articles[0].title_derived
    assert result.warnings == (
        "a.json (field headlines): is not an array of objects; left out",
        "a.json (field people): is not an array of objects; left out",
    )
