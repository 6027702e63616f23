"""Text in, segments out: cut at every border, nothing lost, nothing twice."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.pages.marks import MAX_COVERING, Layer, Mark, cut_text

Q, C, P = Layer.QUOTATIONS, Layer.CLAIMS, Layer.PEOPLE


def cut(text: str, *marks: Mark) -> list[tuple[str, str]]:
    (paragraph,) = cut_text(text, marks, paragraphs=[(0, len(text))])
    return [(segment.text, " ".join(segment.records)) for segment in paragraph.segments]


@pytest.mark.parametrize(
    ("marks", "segments"),
    [
        ([], [("abcdef", "")]),
        ([Mark("q", Q, ((1, 3),))], [("a", ""), ("bc", "q"), ("def", "")]),
        ([Mark("q", Q, ((0, 6),))], [("abcdef", "q")]),
        # nested: the inner one is named first
        (
            [Mark("q", Q, ((0, 6),)), Mark("p", P, ((2, 4),))],
            [("ab", "q"), ("cd", "p q"), ("ef", "q")],
        ),
        # overlapping
        (
            [Mark("q", Q, ((0, 4),)), Mark("c", C, ((2, 6),))],
            [("ab", "q"), ("cd", "q c"), ("ef", "c")],
        ),
        # the same words twice
        (
            [Mark("q", Q, ((1, 3),)), Mark("c", C, ((1, 3),))],
            [("a", ""), ("bc", "q c"), ("def", "")],
        ),
        # split in two
        ([Mark("q", Q, ((0, 2), (4, 6)))], [("ab", "q"), ("cd", ""), ("ef", "q")]),
        # touching
        ([Mark("q", Q, ((0, 3),)), Mark("c", C, ((3, 6),))], [("abc", "q"), ("def", "c")]),
        # empty, or out of the text
        ([Mark("q", Q, ((2, 2),)), Mark("c", C, ((4, 99),))], [("abcd", ""), ("ef", "c")]),
    ],
)
def test_a_text_is_cut_where_marks_begin_and_end(
    marks: list[Mark], segments: list[tuple[str, str]]
) -> None:
    assert cut("abcdef", *marks) == segments


def test_a_mark_over_two_paragraphs_is_in_both() -> None:
    text = "one\n\ntwo"
    paragraphs = cut_text(text, [Mark("q", Q, ((0, 8),))], paragraphs=[(0, 3), (5, 8)])
    assert [[(s.text, s.records) for s in p.segments] for p in paragraphs] == [
        [("one", ("q",))],
        [("two", ("q",))],
    ]


def test_words_between_paragraphs_are_not_lost() -> None:
    paragraphs = cut_text("one lost two end", [], paragraphs=[(0, 3), (9, 12)])
    words = [segment.text for paragraph in paragraphs for segment in paragraph.segments]
    assert words == ["one", " lost ", "two", " end"]


def test_an_anchor_stands_once_where_its_mark_begins() -> None:
    marks = [Mark("q", Q, ((1, 3), (4, 5)), anchor="qt_1"), Mark("c", C, ((1, 2),), anchor="cl_1")]
    (paragraph,) = cut_text("abcdef", marks, paragraphs=[(0, 6)])
    assert [segment.anchors for segment in paragraph.segments] == [
        (),
        ("qt_1", "cl_1"),
        (),
        (),
        (),
        (),
    ]


SPANS = st.tuples(st.integers(0, 40), st.integers(0, 40)).map(lambda pair: (min(pair), max(pair)))


@given(st.text(max_size=40), st.lists(st.lists(SPANS, max_size=3).map(tuple), max_size=4))
def test_every_letter_stands_once_under_exactly_its_marks(
    text: str, spans: list[tuple[tuple[int, int], ...]]
) -> None:
    marks = [Mark(str(number), Q, parts) for number, parts in enumerate(spans)]
    paragraphs = cut_text(text, marks, paragraphs=[(0, len(text))])
    at = 0
    for paragraph in paragraphs:
        for segment in paragraph.segments:
            assert text[at : at + len(segment.text)] == segment.text
            for place in range(at, at + len(segment.text)):
                covering = {m.record for m in marks if any(s <= place < e for s, e in m.spans)}
                assert set(segment.records) == covering
            at += len(segment.text)
    assert at == len(text)


def test_ten_thousand_marks_in_each_other_do_not_cost_their_square() -> None:
    count = 10_000
    text = "x" * (2 * count)
    marks = [Mark(f"q{n}", Q, ((n, 2 * count - n),)) for n in range(count)]
    (paragraph,) = cut_text(text, marks, paragraphs=[(0, len(text))])
    assert len(paragraph.segments) <= 2 * count + 1
    assert max(len(segment.records) for segment in paragraph.segments) == MAX_COVERING
