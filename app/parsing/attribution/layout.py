"""Speakers that the layout gives away: signed quotations and the turns of a transcript.

A tagger sees too few of either to learn them, and both are regular enough for a rule.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.parsing.attribution.quoted import Quoted
from app.parsing.types import Span

SIGNATURE = re.compile(r"\s*(?P<dash>--?|[—―–])\s*(?P<name>[^\W\d_][^\r\n“”\"]{1,90}?)[\s.]*\Z")
"""What stands between a quotation's last mark and its paragraph's end when the speaker signs it."""

TURN = re.compile(
    r"\s*[\"“]?(?P<name>[A-Z][A-Z.’'-]+(?: [A-Z][A-Z.’'-]+){0,3}(?: \([^)\n]{1,30}\))?)"
    r"(?P<colon>:)\s+(?P<words>\S.*)"
)
"""A transcript's turn: a name in capitals, a colon, and what was said."""

TURNS = 3
"""So many paragraphs of a text must look like turns before any counts as one."""

OPENING = ('"', "“")
"""Marks that open a paragraph of a quoted transcript."""

NO_SPEAKER = re.compile(
    r"(?:UPDATED?|CORRECTION|CLARIFICATION|EDITOR|NOTE|BYLINE|VIDEO|WATCH|PHOTOS?|READ|RELATED|"
    r"EXCLUSIVE|BREAKING|REPORT|POLL|MORE|ALSO|LIVE|OPINION|ANALYSIS)\b"
)


@dataclass(frozen=True, slots=True)
class Spoken:
    """Words whose speaker the layout tells.

    Attributes:
        content: what was said, quotation marks included, one span for each paragraph.
        cue: the dash or the colon, which stands for "said".
        source: the speaker's name as written.
    """

    content: tuple[Span, ...]
    cue: Span
    source: Span


def find_turns(text: str, paragraphs: Sequence[tuple[int, int]]) -> list[Spoken]:
    """Turns of a transcript, in text order.

    Args:
        text: the text.
        paragraphs: disjoint spans in text order.

    Returns:
        Nothing unless at least `TURNS` paragraphs look like turns, with a name that comes twice.
    """
    found: list[Spoken] = []
    quoted = False
    for start, end in paragraphs:
        match = TURN.match(text[start:end])
        if match is None or NO_SPEAKER.match(match["name"]):
            own = text[start:end].strip()
            quoted = quoted and own[:1] in OPENING
            if quoted:  # the turn's quotation opens again at each of its paragraphs
                begin = text.index(own, start)
                part = Span(begin, begin + len(own))
                found[-1] = replace(found[-1], content=(*found[-1].content, part))
            continue
        quoted = match[0].lstrip()[:1] in OPENING
        last = match.start("words") + len(match["words"].rstrip())
        name, colon = match.span("name"), match.span("colon")
        found.append(
            Spoken(
                (Span(start + match.start("words"), start + last),),
                Span(start + colon[0], start + colon[1]),
                Span(start + name[0], start + name[1]),
            )
        )
    names = {text[one.source.start : one.source.end] for one in found}
    return found if len(found) >= TURNS and len(names) < len(found) else []


def find_signed(
    text: str, paragraphs: Sequence[tuple[int, int]], quoted: Sequence[Quoted]
) -> list[Spoken]:
    """Quotations that fill a paragraph but for a dash and a name of at most twelve words.

    The signature stands in the quotation's paragraph or is the next one. Reviews of readers'
    voices are written so, and a tagger sees too few of them to learn it.

    Args:
        text: the text.
        paragraphs: disjoint spans in text order.
        quoted: what `find_quoted` found in them.
    """
    by_start = {one.span.start: one for one in quoted if not one.depth and one.closed}
    found = []
    for number, (start, end) in enumerate(paragraphs):
        while start < end and text[start].isspace():
            start += 1
        one = by_start.get(start)
        if one is None or text.count(" ", start, one.span.end) < 3:
            continue
        last = one.span.end
        if text[last:end].strip(" .") or number + 1 == len(paragraphs):
            signature = _match_signature(text, last, end)
        else:
            signature = _match_signature(text, *paragraphs[number + 1])
        if signature is not None:
            found.append(Spoken((one.span,), *signature))
    return found


def _match_signature(text: str, start: int, end: int) -> tuple[Span, Span] | None:
    match = SIGNATURE.match(text[start:end]) if end - start < 120 else None
    if match is None or not match["name"][0].isupper() or match["name"].count(" ") > 11:
        return None
    dash, name = match.span("dash"), match.span("name")
    return Span(start + dash[0], start + dash[1]), Span(start + name[0], start + name[1])
