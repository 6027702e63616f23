from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.parsing.errors import ReadError
from app.parsing.readers import SeedFile, read_file
from app.vocabulary import FileFormat

ARTICLES = Path(__file__).parents[2] / "articles"
WORDS = (
    "<p>The council voted on Tuesday to put off the decision until the summer.</p>"
    "<p>“Nobody believes it,” the mayor said. “They believe that others will pay.”</p>"
    "<p>The bridge is to open in the spring of 2029, eleven years after it was planned.</p>"
)
TEXT = (
    "The council voted on Tuesday to put off the decision until the summer.\n\n"
    "“Nobody believes it,” the mayor said. “They believe that others will pay.”\n\n"
    "The bridge is to open in the spring of 2029, eleven years after it was planned."
)


def page(body: str = WORDS, *, head: str = "", html: str = "") -> str:
    return (
        f"<!DOCTYPE html><html{html}><head>{head}</head>"
        f"<body><article>{body}</article></body></html>"
    )


def linked(json: str) -> str:
    return f'<script type="application/ld+json">{json}</script>'


def test_a_real_page_gives_its_article_and_nothing_around_it() -> None:
    path = ARTICLES / "cycling-doping-ruling.html"

    result = read_file(SeedFile(path, ARTICLES, path.name))

    (article,) = result.articles
    assert result.format is article.format is FileFormat.HTML
    assert result.warnings == ()
    assert article.title == "Tribunal bans Marchetti for two years over missed tests"
    assert article.authors == ("Fionn Ashdown", "Clara Nwosu")
    assert article.outlet == "The Sporting Post"
    assert article.published_at == datetime(2026, 4, 2, 16, 45, tzinfo=UTC)
    assert article.language == "en-GB"
    assert article.url == article.key == "https://sportingpost.example.org/cycling/marchetti-ban"
    assert article.meta["invented"] is True
    paragraphs = article.text.split("\n\n")
    assert len(paragraphs) == 13
    assert paragraphs[0].startswith("The cyclist Luca Marchetti was banned")
    assert paragraphs[-1].endswith("“She thinks I should have been a dentist.”")
    for around in ("Subscribe", "Photograph", "More on this story", "Sign up", "©", "Skip"):
        assert around not in article.text


def test_every_paragraph_of_the_page_is_there() -> None:
    path = ARTICLES / "cycling-doping-ruling.html"
    body = path.read_text(encoding="utf-8").split('class="article-body">')[1].split("</div>")[0]
    stated = [part.split("</p>")[0] for part in body.split("<p>")[1:]]

    (article,) = read_file(SeedFile(path, ARTICLES, path.name)).articles

    assert article.text.split("\n\n") == stated


@pytest.mark.parametrize(
    ("json", "field", "value"),
    [
        ('{"@type": "NewsArticle", "headline": "A &amp; B"}', "title", "A & B"),
        ('[{"@type": "WebSite"}, {"@type": "Article", "headline": "A"}]', "title", "A"),
        ('{"@graph": [{"@type": ["Thing", "NewsArticle"], "headline": "A"}]}', "title", "A"),
        ('{"@type": "https://schema.org/ReportageNewsArticle", "headline": "A"}', "title", "A"),
        ('{"@type": "NewsArticle", "author": "By Ann Lee and Bo Orr"}', "authors", None),
        ('{"@type": "NewsArticle", "author": {"name": "Ann Lee, Bo Orr"}}', "authors", ()),
        ('{"@type": "NewsArticle", "author": [{"name": "Ann Lee"}, "Bo Orr"]}', "authors", None),
        ('{"@type": "NewsArticle", "publisher": {"name": "The Gazette"}}', "outlet", "The Gazette"),
        ('{"@type": "NewsArticle", "publisher": "The Gazette"}', "outlet", "The Gazette"),
        (
            '{"@type": "NewsArticle", "datePublished": "2026-03-14T10:00:00+01:00"}',
            "published_at",
            datetime(2026, 3, 14, 9, tzinfo=UTC),
        ),
        ('{"@type": "NewsArticle", "url": "https://a.example/1"}', "url", "https://a.example/1"),
        ('{"@type": "NewsArticle", "url": "https://a.example/1"}', "key", "https://a.example/1"),
        ('{"@type": "NewsArticle", "inLanguage": "en-gb"}', "language", "en-GB"),
        ('{"@type": "NewsArticle", "invented": true}', "meta", {"invented": True}),
        ('{"@type": "Recipe", "headline": "Soup"}', "title_derived", True),
        ('{"@graph": 5, "@type": 5, "headline": "Soup"}', "title_derived", True),
    ],
)
def test_json_ld_states_the_metadata(read, json: str, field: str, value: object) -> None:
    if field == "authors":
        value = ("Ann Lee, Bo Orr",) if value == () else ("Ann Lee", "Bo Orr")

    result = read("a.html", page(head=linked(json)))

    assert result.warnings == ()
    assert getattr(result.articles[0], field) == value


def test_the_page_own_metadata_stands_in_for_json_ld(read) -> None:
    head = (
        "<title>Toll put off</title><meta name=author content='Ann Lee and Bo Orr'>"
        "<meta property='og:site_name' content='The Gazette'>"
        "<meta property='article:published_time' content='2026-03-14T10:00:00Z'>"
        "<link rel=canonical href='https://a.example/toll'><meta name=invented content=true>"
    )

    (article,) = read("a.html", page(head=head, html=" lang='en-GB'")).articles

    assert article.title == "Toll put off"
    assert article.authors == ("Ann Lee", "Bo Orr")
    assert article.outlet == "The Gazette"
    assert article.published_at == datetime(2026, 3, 14, 10, tzinfo=UTC)
    assert article.url == "https://a.example/toll"
    assert article.language == "en-GB"
    assert article.meta == {"invented": True}


def test_a_page_that_states_nothing_gets_nothing_made_up(read) -> None:
    (article,) = read("a.html", page()).articles

    assert article.text == TEXT
    assert article.title_derived
    assert article.title == "The council voted on Tuesday to put off the decision until the summer."
    assert (article.authors, article.outlet, article.published_at) == ((), None, None)
    assert (article.url, article.key, article.meta) == (None, "0", {})


def test_broken_json_ld_is_a_warning_and_the_page_is_read(read) -> None:
    result = read("a.html", page(head=linked('{"@type": "NewsArticle", "headline": "A"')))

    assert result.articles[0].text == TEXT
    assert result.warnings == (
        "a.html (field JSON-LD): is cut off or incomplete JSON: Expecting ',' delimiter "
        "at line 1, column 41; left out",
    )


def test_the_headline_is_not_part_of_the_text(read) -> None:
    (article,) = read("a.html", page(f"<h1>Toll put off</h1>{WORDS}")).articles

    assert (article.title, article.text) == ("Toll put off", TEXT)


def test_inline_marks_line_breaks_lists_and_entities_keep_their_words(read) -> None:
    body = (
        "<h2>What now?</h2><ul><li>One <a href='/x'>thing</a> more</li><li>Two</li></ul>"
        "<p>AT&amp;T said <em>no</em>,<br>then&nbsp;<b>yes</b>.</p><blockquote>“No.”</blockquote>"
    )

    (article,) = read("a.html", page(WORDS + body)).articles

    assert article.text == (
        f"{TEXT}\n\nWhat now?\n\nOne thing more\n\nTwo\n\nAT&T said no,\nthen yes.\n\n“No.”"
    )


@pytest.mark.parametrize(
    ("encoding", "declaration"),
    [
        ("utf-8", ""),
        ("utf-8-sig", "<meta charset=iso-8859-1>"),
        ("utf-16", ""),
        ("windows-1252", "<meta charset='iso-8859-1'>"),
        (
            "windows-1252",
            "<meta http-equiv=Content-Type content='text/html; charset=windows-1252'>",
        ),
        ("utf-8", "<meta charset=no-such-charset>"),
        ("utf-8", "<meta charset=unicode_escape>"),
    ],
)
def test_the_declared_character_set_is_honoured(read, encoding: str, declaration: str) -> None:
    (article,) = read("a.html", page(head=declaration).encode(encoding)).articles

    assert article.text == TEXT


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("<h1>Not found</h1><p>The page could not be found.</p>", id="not found"),
        pytest.param(
            "".join(f"<li><a href='/{i}'>Council puts off toll again</a></li>" for i in range(30)),
            id="a list of links",
        ),
    ],
)
def test_a_page_without_an_article_is_refused(read, body: str) -> None:
    with pytest.raises(ReadError, match=r"^a\.html: is HTML with no article in it$"):
        read("a.html", f"<html><body>{body}</body></html>")


def test_outer_entities_are_not_loaded(read, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("Secret words.", encoding="utf-8")
    doctype = f'<!DOCTYPE html [<!ENTITY x SYSTEM "file://{secret}">]>'

    (article,) = read(
        "a.xhtml", f"{doctype}<html><body>{WORDS}<p>&x; ends.</p></body></html>"
    ).articles

    assert "Secret" not in article.text
