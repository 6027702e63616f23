import json
from datetime import UTC, datetime
from pathlib import Path

from app.parsing.readers import SeedFile, read_file
from app.vocabulary import FileFormat

ARTICLES = Path(__file__).parents[2] / "articles"


def test_every_line_is_an_article() -> None:
    path = ARTICLES / "county-and-court.jsonl"
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]

    result = read_file(SeedFile(path, ARTICLES, path.name))

    assert result.format is FileFormat.JSONL
    assert result.warnings == ()
    assert [article.key for article in result.articles] == [line["id"] for line in lines]
    assert [article.text for article in result.articles] == [line["text"] for line in lines]
    assert [article.meta["invented"] for article in result.articles] == [True, True, True]
    court, pub, refund = result.articles
    assert court.title == "Hospital accountant guilty of stealing $1.3 million"
    assert court.published_at == datetime(2026, 4, 16, 0, 30, tzinfo=UTC)
    assert pub.authors == ("Hattie Blythe",)
    assert pub.published_at == datetime(2026, 3, 30, tzinfo=UTC)
    assert (pub.language, refund.language) == ("en-GB", "en")
    assert refund.outlet == "The Aldermoor Gazette"


def test_a_bad_line_is_a_warning_with_its_number_and_the_others_load(read) -> None:
    result = read(
        "a.jsonl",
        '{"text": "First words."}\n'
        '{"text": "cut\n'
        "\n"
        "[1]\n"
        '{"title": "No text"}\n'
        '{"text": "Half \\ud83d."}\n'
        '{"text": "Meta.", "meta": 3}\n'
        '{"text": "Last words.", "published_at": "soon"}\n',
    )

    assert [article.text for article in result.articles] == ["First words.", "Last words."]
    assert [article.key for article in result.articles] == ["0", "6"]
    assert result.warnings == (
        "a.jsonl, line 2: is cut off or incomplete JSON: Unterminated string starting at "
        "at line 1, column 10; this line is left out",
        "a.jsonl, line 4: is not a JSON object; this line is left out",
        "a.jsonl, line 5 (field text): is missing; this line is left out",
        "a.jsonl, line 6 (field text): has an unpaired surrogate (\\ud83d) at character 5, "
        "half of a character; this line is left out",
        "a.jsonl, line 7 (field meta): is not a JSON object; this line is left out",
        "a.jsonl, line 8 (field published_at): 'soon' is not a full date with day, month and year; "
        "left out",
    )


def test_two_lines_with_one_id_load_the_first(read) -> None:
    result = read("a.jsonl", '{"id": "x", "text": "One."}\n{"id": "x", "text": "Two."}\n')

    assert [article.text for article in result.articles] == ["One."]
    assert result.warnings == (
        "a.jsonl, line 2 (field id): 'x' was given on line 1; this line is left out",
    )


def test_unknown_keys_and_meta_are_kept(read) -> None:
    (article,) = read(
        "a.jsonl", '{"text": "Words.", "section": "News", "meta": {"invented": true}}'
    ).articles

    assert article.meta == {"section": "News", "invented": True}


def test_a_line_can_be_ninjs(read) -> None:
    (article,) = read(
        "a.ndjson", '{"uri": "urn:x:1", "bodies": [{"value": "Words."}], "by": "By Ann Lee"}'
    ).articles

    assert (article.key, article.text, article.authors) == ("urn:x:1", "Words.", ("Ann Lee",))
    assert article.format is FileFormat.JSONL


def test_line_separators_inside_of_a_string_end_no_line(read) -> None:
    (article,) = read("a.jsonl", '{"text": "One\u2028two\u0085three."}\r\n').articles

    assert article.text == "One\u2028two\u0085three."
