"""Quotation marks: how they pair, nest, run over paragraphs and recover."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.parsing.attribution.marks import find_marked
from app.parsing.normalize import find_paragraphs
from app.parsing.types import Span


def marked(text: str) -> list[tuple[str, int]]:
    found = find_marked(text, paragraphs=find_paragraphs(text))
    return [(item.inner.of(text), item.depth) for item in found if item.closed]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("“We go,” she said.", [("We go,", 0)]),
        ('"We go," she said.', [("We go,", 0)]),
        ("''We go,'' she said.", [("We go,", 0)]),
        ("``We go,'' she said.", [("We go,", 0)]),
        ("«We go», she said.", [("We go", 0)]),
        ("„Wir gehen“, she said.", [("Wir gehen", 0)]),
        ("“He said ‘no’ twice,” she said.", [("He said ‘no’ twice,", 0), ("no", 1)]),
        ("\"He said 'no' twice,\" she said.", [("He said 'no' twice,", 0), ("no", 1)]),
        ("‘He said “no” twice,’ she said.", [("He said “no” twice,", 0), ("no", 1)]),
        ("‘I don’t know the dogs’ bowls,’ he said.", [("I don’t know the dogs’ bowls,", 0)]),
        ("‘Rock ’n’ roll in the ’90s,’ he said.", [("Rock ’n’ roll in the ’90s,", 0)]),
        ("The '90s were good for dogs' bowls.", []),
        ("She's sure it isn’t the dogs’ fault.", []),
        ('A 6\'2" man said "yes" twice.', [("yes", 0)]),
        ("“One.” “Two.”", [("One.", 0), ("Two.", 0)]),
        ("A stray ” and no more.", []),
        ("“Never closed. “Second,” he said.", [("Second,", 0)]),
        ("", []),
        ("“”", [("", 0)]),
    ],
)
def test_marks_pair(text: str, expected: list[tuple[str, int]]) -> None:
    assert marked(text) == expected


def test_a_quotation_over_paragraphs_is_one_chain() -> None:
    text = "“One.\n“Two.\n“Three,” he said.\n“Four.”"
    found = find_marked(text, paragraphs=find_paragraphs(text))
    assert [(item.inner.of(text), item.chain) for item in found] == [
        ("One.", 0),
        ("Two.", 0),
        ("Three,", 0),
        ("Four.", 3),
    ]


def test_an_open_mark_ends_with_its_paragraph() -> None:
    text = "He said: “We go. And we stay.\nNobody moved."
    (item,) = find_marked(text, paragraphs=find_paragraphs(text))
    assert item.outer.of(text) == "“We go. And we stay."
    assert not item.closed


@pytest.mark.parametrize("mark", ["“", "”", '"', "'", "‘", "’", "«", "''", "“‘", "’”"])
@pytest.mark.parametrize("between", ["", " ", "a", "a ", " a"])
def test_ten_thousand_marks_take_linear_time(mark: str, between: str) -> None:
    def seconds(count: int) -> float:
        text = (mark + between) * count
        start = time.process_time()
        find_marked(text, paragraphs=[Span(0, len(text))])
        return time.process_time() - start

    assert seconds(10_000) < max(2.0, 60 * seconds(1_000))


@given(st.text(alphabet="ab “”‘’\"'«»,.\n", max_size=80))
def test_marked_stretches_nest_and_lie_in_one_paragraph(text: str) -> None:
    paragraphs = find_paragraphs(text)
    found = find_marked(text, paragraphs=paragraphs)
    assert [item.outer.start for item in found] == sorted(item.outer.start for item in found)
    for item in found:
        assert item.outer.contains(item.inner)
        assert any(paragraph.contains(item.outer) for paragraph in paragraphs)
        assert found[item.chain].chain == item.chain
    for one in found:
        for other in found:
            if one.outer.overlaps(other.outer):
                assert one.outer.contains(other.outer) or other.outer.contains(one.outer)
