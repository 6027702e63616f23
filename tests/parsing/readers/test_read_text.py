from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.parsing.readers import SeedFile, read_file
from app.vocabulary import FileFormat

SEEDS = Path(__file__).parents[3] / "seeds"
BODY = "ALDERMOOR — The council voted.\n\n“No,” she said.\n"


def test_the_seed_article_is_its_file_and_nothing_is_made_up() -> None:
    path = SEEDS / "000_cc5e5e78abe54b5d.txt"

    result = read_file(SeedFile(path, SEEDS, "seeds/000_cc5e5e78abe54b5d.txt"))

    (article,) = result.articles
    assert result.format is FileFormat.TEXT
    assert result.warnings == ()
    assert article.text.encode() == path.read_bytes()
    assert article.title_derived
    assert article.title == (
        "Russia’s army has made fast progress in Ukraine over the past week, seizing 90…"
    )
    assert (article.authors, article.outlet, article.published_at, article.url) == (
        (),
        None,
        None,
        None,
    )
    assert (article.language, article.key, article.meta) == ("en", "0", {})


def test_a_headline_and_byline_are_taken_off_the_text(read) -> None:
    result = read(
        "a.txt",
        "Council puts off toll\n\nBy Maren Oduya and Tom Pellow\nPublished: 14 March 2026\n"
        f"Source: The Gazette\nInvented: true\n\n{BODY}",
    )

    (article,) = result.articles
    assert article.title == "Council puts off toll"
    assert not article.title_derived
    assert article.authors == ("Maren Oduya", "Tom Pellow")
    assert article.outlet == "The Gazette"
    assert article.published_at == datetime(2026, 3, 14, tzinfo=UTC)
    assert article.meta == {"invented": True}
    assert article.text == BODY
    assert result.warnings == ()


@pytest.mark.parametrize(
    ("header", "title", "authors"),
    [
        ("Toll put off\nBy Maren Oduya\n\n", "Toll put off", ("Maren Oduya",)),
        ("Toll put off\n\nBY MAREN ODUYA\n\n\n", "Toll put off", ("MAREN ODUYA",)),
        ("Who pays?\nBy Ludwig van der Berg, J. O’Neil\n\n", "Who pays?", None),
        ("Title: A toll, at last.\nBy: Ann Lee\n\n", "A toll, at last.", ("Ann Lee",)),
        ("headline: A toll\nDate: 2026-03-14\n\n", "A toll", ()),
    ],
)
def test_headers_that_are_plainly_stated(read, header: str, title: str, authors) -> None:
    (article,) = read("a.txt", header + BODY).articles

    assert (article.title, article.title_derived, article.text) == (title, False, BODY)
    assert article.authors == (("Ludwig van der Berg", "J. O’Neil") if authors is None else authors)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Toll put off\n\nThe council voted.\n", id="a headline alone"),
        pytest.param("Toll put off\nBy Tuesday the council had voted.\n\nMore.", id="a sentence"),
        pytest.param("Toll put off\nBy then it was late\n\nMore.", id="a clause"),
        pytest.param("The council voted.\nBy Maren Oduya\n\nMore.", id="a sentence above"),
        pytest.param("Toll put off\nBy Maren Oduya\nMore at once.", id="no blank line beneath"),
        pytest.param("Toll put off\nBy Maren Oduya\n\n", id="nothing beneath"),
        pytest.param("Toll put off\n\n\nBy Maren Oduya\n\nMore.", id="too far below"),
        pytest.param("By Maren Oduya\n\nThe council voted.", id="a byline alone"),
        pytest.param("BYLINE: Amber Field.\n\nThe council voted.", id="a label that is no title"),
        pytest.param("Title: A toll\nMayor: No.\n\nMore.", id="an unknown label"),
        pytest.param("Title: A toll\nThe council voted.\n\nMore.", id="a label, then words"),
        pytest.param("Title:\n\nMore.", id="an empty label"),
        pytest.param("x" * 201 + "\nBy Maren Oduya\n\nMore.", id="too long for a headline"),
        pytest.param("\nToll put off\nBy Maren Oduya\n\nMore.", id="a blank line above"),
    ],
)
def test_what_is_no_plain_header_stays_in_the_text(read, text: str) -> None:
    (article,) = read("a.txt", text).articles

    assert article.text == text
    assert article.title_derived
    assert article.authors == ()


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"\xef\xbb\xbfWords.\r\nMore.\r", "Words.\nMore.\n"),
        ("\ufeffWörter.".encode("utf-16-le"), "Wörter."),
        ("\ufeffWörter.".encode("utf-16-be"), "Wörter."),
        ("\ufeffWörter.".encode("utf-32-le"), "Wörter."),
        ("  e\u0301 \n\n 😀 ".encode(), "  e\u0301 \n\n 😀 "),
    ],
)
def test_the_text_is_the_files_but_for_mark_and_line_endings(read, data: bytes, text: str) -> None:
    assert read("a.txt", data).articles[0].text == text


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("A short one.\nMore.", "A short one."),
        ("\n\n  Led by blank lines", "Led by blank lines"),
        ("word " * 40, " ".join(["word"] * 16) + "…"),
        (
            "The council voted on Tuesday to put off the\nharbour toll until it is warm.\n",
            "The council voted on Tuesday to put off the",
        ),
        ("x" * 200, "x" * 79 + "…"),
        (
            "The mayor, who had staked her second term on the bridge across the harbour, left",
            "The mayor, who had staked her second term on the bridge across the harbour, left",
        ),
        (
            "The mayor, who had staked her second term on the bridge across the harbour, leaves",
            "The mayor, who had staked her second term on the bridge across the harbour…",
        ),
    ],
)
def test_a_derived_title_is_the_first_words(read, text: str, title: str) -> None:
    (article,) = read("a.txt", text).articles

    assert article.title == title
    assert len(article.title) <= 80
    assert article.title_derived


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Der Rat hat am Dienstag entschieden, die Maut zu verschieben.", "de"),
        ("Le conseil a décidé mardi de reporter le péage du pont.", "fr"),
        ("The council decided on Tuesday to put off the toll for the bridge.", "en"),
        ("1984 2026 …", "und"),
    ],
)
def test_the_language_is_detected_when_none_is_stated(read, text: str, language: str) -> None:
    assert read("a.txt", text).articles[0].language == language
