"""Sentences are found from marks, abbreviations and what follows."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.parsing.normalize import find_paragraphs
from app.parsing.sentences import find_sentences
from app.parsing.types import Span


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("He left. She stayed.", ["He left.", "She stayed."]),
        ("Mr. Smith left. Sen. Ann Lee stayed.", ["Mr. Smith left.", "Sen. Ann Lee stayed."]),
        ("“Why?” he asked. “I know.” He left.", ["“Why?” he asked.", "“I know.”", "He left."]),
        ("It rose 3.5 percent to No. 7 on Jan. 4.", ["It rose 3.5 percent to No. 7 on Jan. 4."]),
        ("J. K. Rowe of the U.S. Senate left.", ["J. K. Rowe of the U.S. Senate left."]),
        ("They live in the U.S. The rest left.", ["They live in the U.S.", "The rest left."]),
        ("“Stop.” “No.”", ["“Stop.”", "“No.”"]),
        ("Wait … what? Yes!", ["Wait … what?", "Yes!"]),
        ("She said no. (He said yes.) Then", ["She said no.", "(He said yes.)", "Then"]),
        ("彼は去った。彼女は残った。", ["彼は去った。", "彼女は残った。"]),
        ("One\n\nTwo. three", ["One", "Two. three"]),
        ("Was it I. He", ["Was it I.", "He"]),
        ("", []),
        ("...", ["..."]),
    ],
)
def test_a_text_is_split_into_sentences(text: str, sentences: list[str]) -> None:
    found = find_sentences(text, find_paragraphs(text))
    assert [span.of(text) for span in found] == sentences


@given(st.text(st.sampled_from("aB .!?…。“”\"')(\n\tMr1é😀"), max_size=80))
def test_sentences_are_in_order_trimmed_and_lose_no_letter(text: str) -> None:
    paragraphs = find_paragraphs(text)
    spans = find_sentences(text, paragraphs)
    assert all(a.end <= b.start for a, b in itertools.pairwise(spans))
    assert all(span.of(text) == span.of(text).strip() != "" for span in spans)
    assert all(any(p.contains(span) for p in paragraphs) for span in spans)
    covered = "".join(span.of(text) for span in spans)
    assert [c for c in covered if not c.isspace()] == [c for c in text if not c.isspace()]


def test_many_points_take_linear_time() -> None:
    text = "J. " * 40_000 + "a" * 10_000 + "." * 10_000
    assert find_sentences(text, (Span(0, len(text)),))
