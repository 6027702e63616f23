"""Which marked words are quotations, and which are titles, nicknames and scare quotes."""

import pytest

from app.parsing.attribution.marks import find_marked
from app.parsing.normalize import find_paragraphs
from app.parsing.quotations import find_quotations
from app.parsing.types import Attribution, Span
from app.vocabulary import ClaimKind, SpeakerKind


def quotations(text: str, *contents: str) -> list[tuple[list[str], str, bool]]:
    """Find the quotations, given one attribution with these contents (or none)."""
    attributions = []
    if contents:
        spans = tuple(Span(text.index(c), text.index(c) + len(c)) for c in contents)
        attributions.append(
            Attribution(
                key="a1",
                content=spans,
                source=(),
                cue=(),
                cue_lemma="say",
                speaker=None,
                speaker_kind=SpeakerKind.NONE,
                role=None,
                recipient=None,
                medium=None,
                kind=ClaimKind.STATEMENT,
                hedges=(),
                negated=False,
                method="test",
                confidence=0.8,
            )
        )
    found = find_quotations(
        text,
        marked=find_marked(text, paragraphs=find_paragraphs(text)),
        attributions=attributions,
        mentions=(),
    )
    return [
        ([part.of(text) for part in q.parts], q.form.value, q.attribution is not None)
        for q in found
    ]


@pytest.mark.parametrize(
    ("text", "contents", "expected"),
    [
        ("“We go,” she said.", ["“We go,”"], [(["We go,"], "direct", True)]),
        (
            "“We go,” she said. “We stay.”",
            ["“We go,”", "“We stay.”"],
            [(["We go,", "We stay."], "direct", True)],
        ),
        (
            "She said that they were “winning on all fronts.”",
            ["that they were “winning on all fronts.”"],
            [(["winning on all fronts."], "partial", True)],
        ),
        (
            "“We go.\n“We stay,” she said.",
            ["“We go.", "“We stay,”"],
            [(["We go.", "We stay,"], "direct", True)],
        ),
        # nobody is given: kept when it is long enough to be somebody's words
        (
            "“Nobody told us that the water would rise.”",
            [],
            [(["Nobody told us that the water would rise."], "direct", False)],
        ),
        # scare quotes, titles, nicknames
        ("The so-called “experts” left.", [], []),
        ("She wrote the novel “Rivers of Sand and Stone”.", [], []),
        (
            "He said the novel “Rivers of Sand” was good.",
            ["the novel “Rivers of Sand” was good"],
            [],
        ),
        ("Jon “Big Fish” Lind left.", [], []),
        ("“”", [], []),
    ],
)
def test_quotations(
    text: str, contents: list[str], expected: list[tuple[list[str], str, bool]]
) -> None:
    assert quotations(text, *contents) == expected
