"""What stands around a cue is read from the words."""

import pytest

from app.parsing.attribution.details import find_cue_lemma, find_medium, find_recipient
from app.parsing.types import Span


def mark(marked: str) -> tuple[str, dict[str, list[Span]]]:
    """Read "{cue:told} Reuters" as text and spans."""
    text, spans = "", {"cue": [], "content": []}
    for part in marked.replace("}", "{").split("{"):
        role, colon, words = part.partition(":")
        if colon and role in spans:
            spans[role].append(Span(len(text), len(text) + len(words)))
            text += words
        else:
            text += part
    return text, spans


@pytest.mark.parametrize(
    ("cue", "lemma"),
    [
        ("said", "say"),
        ("has not said", "say"),
        ("According to", "accord"),
        ("was quoted as saying", "quote"),
        ("denied", "deny"),
        ("denying", "deny"),
        ("planned", "plan"),
        ("urges", "urge"),
        ("his view", "view"),
        ("allegations", "allegation"),
        ("promises", "promise"),
        ("tweeted", "tweet"),
        ("smirked", "smirked"),
        ("’", None),
    ],
)
def test_a_cue_has_the_lemma_of_its_word(cue: str, lemma: str | None) -> None:
    assert find_cue_lemma(cue, [Span(0, len(cue))]) == lemma


@pytest.mark.parametrize(
    ("marked", "recipient"),
    [
        ("{content:They left}, an official {cue:told} Reuters.", "Reuters"),
        ("{content:“No,”} she {cue:told} a media outlet in Kyiv.", "a media outlet in Kyiv"),
        ("She {cue:told} reporters on Monday {content:that they left}.", "reporters"),
        ("She {cue:warned} her own staff {content:that they left}.", "her own staff"),
        ("She {cue:told} members of Congress {content:that they left}.", "members of Congress"),
        ("She {cue:said} Tuesday {content:that they left}.", None),
        ("She {cue:urged} {content:the board to go}.", None),
    ],
)
def test_to_whom_it_was_said(marked: str, recipient: str | None) -> None:
    text, spans = mark(marked)
    lemma = find_cue_lemma(text, spans["cue"])
    found = find_recipient(text, lemma=lemma, sentence=Span(0, len(text)), **spans)
    assert (found.of(text) if found else None) == recipient


@pytest.mark.parametrize(
    ("marked", "medium"),
    [
        ("{content:“It holds,”} Ann Lee {cue:wrote} on Telegram.", "Telegram"),
        ("{content:“No,”} the firm {cue:said} in a written statement on Monday.",
         "a written statement"),
        ("In an interview with us, she {cue:said} {content:that they left}.", "an interview"),
        ("She {cue:said} {content:they lied in a statement}.", None),
        ("She {cue:said} in the hall {content:that they left}.", None),
    ],
)  # fmt: skip
def test_by_which_medium_it_was_said(marked: str, medium: str | None) -> None:
    text, spans = mark(marked)
    found = find_medium(text, sentence=Span(0, len(text)), **spans)
    assert (found.of(text) if found else None) == medium
