"""The articles in tests/articles: invented, plainly so, and fit for what they are for."""

import subprocess
import sys
from pathlib import Path

import pytest

from app.parsing.readers import find_files, read_file
from app.parsing.types import RawArticle

ARTICLES = Path(__file__).parents[2] / "articles"
# One file a format; the gold-*.md beside them are for the quality gates.
FILES = [file for file in find_files([ARTICLES]) if not file.path.name.startswith("gold-")]


def read_all() -> list[RawArticle]:
    return [article for file in FILES for article in read_file(file).articles]


def test_every_article_says_that_it_is_invented() -> None:
    for file in find_files([ARTICLES]):
        for article in read_file(file).articles:
            assert article.meta["invented"] is True, file.name


def test_every_article_states_who_wrote_it_when_and_where() -> None:
    articles = read_all()

    assert len(articles) == 7
    for article in articles:
        assert not article.title_derived
        assert article.authors
        assert article.outlet
        assert article.published_at is not None
        assert article.url is not None
        assert article.url.split("/")[2].endswith((".example", ".example.org", "example.org"))


def test_the_articles_are_as_long_as_news_is() -> None:
    assert all(250 <= len(article.text.split()) <= 600 for article in read_all())


@pytest.mark.parametrize("name", ["Ruth Callander", "Tom Callander", "Dana Whitlock"])
def test_a_person_stands_in_two_articles_by_the_full_name(name: str) -> None:
    assert sum(name in article.text for article in read_all()) == 2


@pytest.mark.parametrize(
    "words",
    [
        pytest.param("said, “and we can wait eleven weeks.”", id="a quotation split by its cue"),
        pytest.param("again.\n\n“He did, twice.", id="a quotation over paragraphs"),
        pytest.param("“I told them, ‘I trust arithmetic,’ and", id="single inside of double"),
        pytest.param("\"They looked us in the eye and said, 'No", id="straight marks"),
        pytest.param("‘People keep telling me, “You tried to", id="double inside of single"),
        pytest.param("“the bridge to nowhere cheap,”", id="a name in marks"),
        pytest.param("‘chatty mornings’", id="scare quotes"),
        pytest.param("A senior official in the city's transport", id="an unnamed source"),
        pytest.param("denied that any trips had been counted", id="a denial"),
        pytest.param("allege that Casson pushed through", id="an allegation"),
        pytest.param("who is not related to the mayor", id="one surname, two people"),
    ],
)
def test_the_articles_hold_what_parsing_has_to_cope_with(words: str) -> None:
    assert any(words in article.text for article in read_all())


def test_a_plain_text_file_loads_no_heavy_library() -> None:
    file = next(file for file in FILES if file.path.suffix == ".txt")
    program = (
        "import sys; from pathlib import Path\n"
        "from app.parsing.readers import find_files, read_file\n"
        f"(file,) = find_files([Path({str(file.path)!r})])\n"
        "assert read_file(file).articles[0].language == 'en'\n"
        "heavy = {'trafilatura', 'lxml', 'py3langid', 'frontmatter', 'markdown_it', 'spacy'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )

    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60
    )

    assert done.stdout == "[]\n"
