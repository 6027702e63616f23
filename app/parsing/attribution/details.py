"""What stands around a cue: its lemma, to whom it was said, and by which medium.

Read from the words alone, for readers that have no parse.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from app.parsing.attribution.lexicon import (
    load_cue_nouns,
    load_cue_verbs,
    load_media,
    load_word_list,
    read_lexicon,
)
from app.parsing.types import Span

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_MOST_RECIPIENT_WORDS = 8
_RECIPIENT_END = re.compile(r"[.,;:!?—–()\"“”«»\n]|\s--?\s")
_MEDIUM_LEAD = re.compile(
    r"\b(?:on|in|via|through|during|at)\s+(?=[^.,;:!?—–()\"“”«»\n]{2,80})", re.I
)
_MEDIUM_WORDS = 6


def find_cue_lemma(text: str, cue: Sequence[Span]) -> str | None:
    """Return the lemma of the word of a cue that attributes ("has not said" is "say").

    The first word whose lemma stands in the cue lexicon wins, verbs before nouns, the last verb of
    a chain before its auxiliaries; without one, the last word that is no auxiliary.

    Args:
        text: The text.
        cue: The cue's spans; without any there is no lemma.
    """
    words = [match.group() for span in cue for match in _WORD.finditer(text, *span)]
    if not words:
        return None
    verbs, nouns = load_cue_verbs(), load_cue_nouns()
    own = [word for word in words if word.lower() not in load_word_list("auxiliaries")] or words
    for lexicon in (verbs, nouns):
        for word in own:
            for lemma in list_lemmas(word):
                if lemma in lexicon:
                    return lemma
    return next(list_lemmas(own[-1]))


def list_lemmas(word: str) -> Iterator[str]:
    """Yield what a word form may be a form of, likeliest first, lower case; at least one.

    Irregular forms come from a lexicon, regular ones from the rules of English spelling.
    """
    word = word.lower()
    irregular = _load_irregular().get(word)
    if irregular is not None:
        yield irregular
        return
    yield word
    for ending, replacements in _ENDINGS:
        if word.endswith(ending) and len(word) > len(ending) + 2:
            stem = word[: -len(ending)]
            for replacement in replacements:
                yield stem + replacement
            if ending in ("ed", "ing") and len(stem) > 2 and stem[-1] == stem[-2]:
                yield stem[:-1]


_ENDINGS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("ies", ("y",)),
    ("ied", ("y",)),
    ("es", ("", "e")),
    ("s", ("",)),
    ("ed", ("", "e")),
    ("ing", ("", "e")),
)


@lru_cache(maxsize=1)
def _load_irregular() -> dict[str, str]:
    return {row[0]: row[1] for row in read_lexicon("irregular_verbs.tsv")}


def find_recipient(
    text: str, *, lemma: str | None, cue: Sequence[Span], content: Sequence[Span], sentence: Span
) -> Span | None:
    """Return to whom it was said: "told [Reuters]", "warned [her staff] that …"; or None.

    Args:
        text: The text.
        lemma: The cue's; only some verbs have a person as their object.
        cue: The cue's spans.
        content: The content's spans; the recipient ends before one that follows.
        sentence: Where to look.
    """
    if lemma not in load_word_list("to_somebody") or not cue:
        return None
    start = cue[-1].end
    end = min([sentence.end, *(span.start for span in content if span.start >= start)])
    stop = _RECIPIENT_END.search(text, start, end)
    end = stop.start() if stop else end
    last = None
    first = None
    for number, match in enumerate(_WORD.finditer(text, start, end)):
        word = match.group().lower()
        joins = number > 0 and word in ("of", "in", "for") and _goes_on(text, match, end)
        if word in load_word_list("not_somebody") and not joins:
            break
        if number == _MOST_RECIPIENT_WORDS:
            break
        first = match.start() if first is None else first
        last = match.end()
    return None if first is None or last is None else Span(first, last)


def _goes_on(text: str, preposition: re.Match[str], end: int) -> bool:
    """Say whether a name follows a preposition: "a media outlet in Kyiv", "members of Congress"."""
    following = _WORD.search(text, preposition.end(), end)
    return following is not None and (
        following.group()[0].isupper()
        and following.group().lower() not in load_word_list("not_somebody")
    )


def find_medium(
    text: str, *, cue: Sequence[Span], content: Sequence[Span], sentence: Span
) -> Span | None:
    """Return by which medium it was said: "wrote on [Telegram]", "in [a statement]"; or None.

    Args:
        text: The text.
        cue: The cue's spans; the medium stands behind it or before it in its sentence.
        content: What it says there is no medium.
        sentence: Where to look.
    """
    if not cue:
        return None
    media = load_media()
    behind = list(_MEDIUM_LEAD.finditer(text, cue[-1].end, sentence.end))
    before = list(_MEDIUM_LEAD.finditer(text, sentence.start, cue[0].start))
    for lead in [*behind, *before]:
        limit = sentence.end if lead.start() >= cue[-1].end else cue[0].start
        found = _find_medium_words(text, start=lead.end(), end=limit, media=media)
        if found is not None and not any(found.overlaps(span) for span in content):
            return found
    return None


def _find_medium_words(text: str, *, start: int, end: int, media: frozenset[str]) -> Span | None:
    stop = _RECIPIENT_END.search(text, start, end)
    end = stop.start() if stop else end
    for number, match in enumerate(_WORD.finditer(text, start, end)):
        word = match.group().lower()
        if number == _MEDIUM_WORDS or word in load_word_list("no_medium"):
            return None
        if any(lemma in media for lemma in list_lemmas(word)):
            return Span(start, match.end())
    return None
