from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.parsing.readers import SeedFile, read_file
from app.parsing.readers.markdown import to_plain_text
from app.vocabulary import FileFormat

ARTICLES = Path(__file__).parents[2] / "articles"


def test_front_matter_states_the_metadata_and_the_body_is_plain_text() -> None:
    path = ARTICLES / "glacier-lake-study.md"

    result = read_file(SeedFile(path, ARTICLES, path.name))

    (article,) = result.articles
    assert result.format is article.format is FileFormat.MARKDOWN
    assert result.warnings == ()
    assert article.title == "Mountain lakes are warming from below, ten-year study finds"
    assert not article.title_derived
    assert article.authors == ("Sabine Achterberg",)
    assert article.outlet == "The Northern Ledger"
    assert article.published_at == datetime(2026, 2, 18, 5, tzinfo=UTC)
    assert article.key == article.url == "https://ledger.example.org/science/mountain-lakes-warming"
    assert article.meta == {
        "section": "Science",
        "tags": ["climate", "lakes", "glaciers"],
        "invented": True,
    }
    paragraphs = article.text.split("\n\n")
    assert len(paragraphs) == 15
    assert "in the Annals of Cold Waters. The authors" in paragraphs[0]
    assert paragraphs[4:7] == [
        "“I told him it was his fault,” Dr. Solheim said. “I said that nothing at 90 metres "
        "changes that quickly, and that he should calibrate the instrument again.",
        "“He did, twice. Then he came back and put the two curves on my desk without a word.",
        "“That was the day I stopped being sure of things.”",
    ]
    assert paragraphs[9] == "Fish in a narrowing band"


@pytest.mark.parametrize(
    ("body", "heading", "text"),
    [
        ("Words.", None, "Words."),
        ("One\ntwo.\n\nThree.", None, "One two.\n\nThree."),
        ("Hard  \nbreak.", None, "Hard\nbreak."),
        ("# Head\n\nWords.", "Head", "Words."),
        ("Words.\n\n# Not the first", None, "Words.\n\nNot the first"),
        ("## Second level\n\nWords.", None, "Second level\n\nWords."),
        ("*One* **two** `three` [four](http://x.example).", None, "One two three four."),
        ("![alt](a.png)\n\nWords.", None, "Words."),
        ("A <b>bold</b> &amp; <!-- hidden --> word.", None, "A bold &  word."),
        ("<div>hidden</div>\n\nWords.", None, "Words."),
        ("* One\n* Two\n  more", None, "One\n\nTwo more"),
        ("> Quoted\n> on.", None, "Quoted on."),
        ("1986\\. A year.", None, "1986. A year."),
        ("“Quotes” 'stay' \"as\" they -- are...", None, "“Quotes” 'stay' \"as\" they -- are..."),
        ("One.\n\n---\n\nTwo.", None, "One.\n\nTwo."),
        ("", None, ""),
    ],
)
def test_markdown_to_plain_text(body: str, heading: str | None, text: str) -> None:
    assert to_plain_text(body) == (heading, text)


def test_a_file_without_front_matter_takes_its_heading_for_the_title(read) -> None:
    (article,) = read("a.md", "# Toll put off\n\nThe council voted.\n").articles

    assert (article.title, article.title_derived) == ("Toll put off", False)
    assert article.text == "The council voted."


def test_a_heading_that_is_not_the_title_stays_in_the_text(read) -> None:
    (article,) = read("a.md", "---\ntitle: Toll put off\n---\n# A bridge\n\nWords.\n").articles

    assert (article.title, article.text) == ("Toll put off", "A bridge\n\nWords.")


@pytest.mark.parametrize(
    ("line", "field", "value"),
    [
        ("headline: A toll", "title", "A toll"),
        ("title: 2026", "title", "2026"),
        ("byline: By Ann Lee and Bo Orr", "authors", ("Ann Lee", "Bo Orr")),
        ("authors: [Ann Lee, Bo Orr]", "authors", ("Ann Lee", "Bo Orr")),
        ("Source: The Gazette", "outlet", "The Gazette"),
        ("date: 2026-03-14", "published_at", datetime(2026, 3, 14, tzinfo=UTC)),
        ("date: 2026-03-14 10:00:00 +0100", "published_at", datetime(2026, 3, 14, 9, tzinfo=UTC)),
        ("published: 14 March 2026", "published_at", datetime(2026, 3, 14, tzinfo=UTC)),
        ("lang: en_gb", "language", "en-GB"),
        ("id: toll-1", "key", "toll-1"),
        ("id: 17", "key", "17"),
        ("updated: 2026-03-15", "meta", {"updated": "2026-03-15"}),
        ("invented: true", "meta", {"invented": True}),
    ],
)
def test_front_matter_keys(read, line: str, field: str, value: object) -> None:
    result = read("a.md", f"---\n{line}\n---\nThe council voted on Tuesday.\n")

    assert result.warnings == ()
    assert getattr(result.articles[0], field) == value


@pytest.mark.parametrize(
    ("lines", "warning"),
    [
        (
            "date: tomorrow",
            "a.md (field published_at): 'tomorrow' is not a full date with day, month and year; "
            "left out",
        ),
        (
            "date: 03/04/2026",
            "a.md (field published_at): '03/04/2026' is ambiguous: day and month can be exchanged; "
            "write it as YYYY-MM-DD; left out",
        ),
        (
            "lang: Klingonish!",
            "a.md (field language): 'Klingonish!' is not a language tag; left out",
        ),
        ("title: [A, B]", "a.md (field title): ['A', 'B'] is not a text; left out"),
        (
            "author: {a: b}",
            "a.md (field authors): {'a': 'b'} is not a name or a list of names; left out",
        ),
    ],
)
def test_a_value_that_cannot_be_used_is_a_warning(read, lines: str, warning: str) -> None:
    result = read("a.md", f"---\n{lines}\n---\nThe council voted on Tuesday.\n")

    assert result.warnings == (warning,)
    (article,) = result.articles
    assert (article.published_at, article.authors, article.language) == (None, (), "en")
    assert article.title_derived
