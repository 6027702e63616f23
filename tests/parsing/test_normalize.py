import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.parsing.normalize import find_paragraphs, normalize_text

SEED = Path(__file__).parents[2] / "seeds" / "000_cc5e5e78abe54b5d.txt"

# Characters that lines, paragraphs and Unicode white space are made of, and two that are beyond
# the basic plane or combine.
TEXTS = st.text(alphabet='ab."” \t\n\r\u00a0\u2028\u3000\ufeff\x0b\x1c😀\u0301', max_size=200)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        ("plain", "plain"),
        ("\ufeffmarked", "marked"),
        ("a\r\nb\rc\nd", "a\nb\nc\nd"),
        ("a\r\r\nb", "a\n\nb"),
        ("  spaces and \u00a0stay \n\n", "  spaces and \u00a0stay \n\n"),
        ("e\u0301 is not composed, ﬁ not split", "e\u0301 is not composed, ﬁ not split"),
        ("inside\ufeffstays", "inside\ufeffstays"),
        ("\u2028 and \x0b stay", "\u2028 and \x0b stay"),
    ],
)
def test_normalizing_touches_the_mark_and_line_endings_only(text: str, expected: str) -> None:
    assert normalize_text(text) == expected


@given(TEXTS)
def test_normalizing_twice_is_normalizing_once(text: str) -> None:
    once = normalize_text(text)

    assert normalize_text(once) == once
    assert "\r" not in once


WRAPPED = """\
The council voted on Tuesday to put off the decision until the
summer, after its auditors found that the forecast on which the
plan was based could not be right.

The mayor said that she was sorry about the delay, which would
cost the city a great deal of money.
"""
INDENTED = """\
    The council voted on Tuesday to put off the decision until the
summer, after its auditors found that the forecast on which the
plan was based could not be right.
    The mayor said that she was sorry about the delay, which would
cost the city a great deal of money.
"""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("", [], id="nothing"),
        pytest.param(" \n\t\n\u00a0", [], id="only white space"),
        pytest.param("One.", ["One."], id="one line"),
        pytest.param("One.\nTwo.\nThree.", ["One.", "Two.", "Three."], id="one a line"),
        pytest.param("One.\n\n\nTwo.\n", ["One.", "Two."], id="blank lines between"),
        pytest.param("Head\n\nOne.\nTwo.", ["Head", "One.", "Two."], id="both in one text"),
        pytest.param(" One. \n\u00a0Two.\u3000\n", ["One.", "Two."], id="trimmed"),
        pytest.param("Short\nlist\nof words", ["Short", "list", "of words"], id="a short list"),
        pytest.param(
            WRAPPED,
            [
                "The council voted on Tuesday to put off the decision until the\n"
                "summer, after its auditors found that the forecast on which the\n"
                "plan was based could not be right.",
                "The mayor said that she was sorry about the delay, which would\n"
                "cost the city a great deal of money.",
            ],
            id="hard-wrapped",
        ),
        pytest.param(
            INDENTED,
            [
                "The council voted on Tuesday to put off the decision until the\n"
                "summer, after its auditors found that the forecast on which the\n"
                "plan was based could not be right.",
                "The mayor said that she was sorry about the delay, which would\n"
                "cost the city a great deal of money.",
            ],
            id="hard-wrapped, first lines indented",
        ),
        pytest.param(
            WRAPPED.replace(
                "the delay, which would\ncost", "it. " + "It would cost " * 9 + "\nand"
            ),
            [
                "The council voted on Tuesday to put off the decision until the",
                "summer, after its auditors found that the forecast on which the",
                "plan was based could not be right.",
                "The mayor said that she was sorry about it. " + ("It would cost " * 9).strip(),
                "and the city a great deal of money.",
            ],
            id="a long line: not wrapped",
        ),
    ],
)
def test_paragraphs(text: str, expected: list[str]) -> None:
    assert [span.of(text) for span in find_paragraphs(text)] == expected


def test_the_seed_article_has_a_paragraph_a_line() -> None:
    text = SEED.read_text(encoding="utf-8")

    paragraphs = [span.of(text) for span in find_paragraphs(text)]

    assert paragraphs == text.split("\n")
    assert len(paragraphs) == 17


@given(TEXTS)
def test_paragraphs_are_trimmed_in_order_and_hold_every_word(text: str) -> None:
    text = normalize_text(text)
    paragraphs = find_paragraphs(text)

    end = 0
    for span in paragraphs:
        assert text[end : span.start].strip() == ""
        assert span.of(text) == span.of(text).strip() != ""
        end = span.end
    assert text[end:].strip() == ""


@given(st.lists(st.text(alphabet="ab c", min_size=40, max_size=90), min_size=1, max_size=30))
def test_wrapped_lines_keep_every_word(lines: list[str]) -> None:
    text = "\n".join(lines)
    kept = "".join(span.of(text) for span in find_paragraphs(text))

    assert "".join(kept.split()) == "".join(text.split())


@pytest.mark.parametrize("unit", ["word ", "\n", " \n", "A line of words that goes on\n", "x"])
def test_paragraphs_take_linear_time(unit: str) -> None:
    text = unit * (200_000 // len(unit))

    started = time.process_time()
    paragraphs = find_paragraphs(text)

    assert all(span.start < span.end for span in paragraphs)
    # Linear takes well under a second; quadratic would take hours.
    assert time.process_time() - started < 10
