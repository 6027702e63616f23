"""Quotations: which marked words are somebody's words, and whose."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Sequence
from itertools import islice

from app.parsing.attribution.marks import Marked
from app.parsing.types import Attribution, Mention, Quotation, Span
from app.vocabulary import QuoteForm

MIN_WORDS_ALONE = 5
"""Marked words that nobody is given are a quotation from this length on; shorter ones are taken for
scare quotes, nicknames and titles. Set by hand."""

_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_SENTENCE_LIKE = re.compile(r"[.!?,…–—-]$")
_TITLED = re.compile(
    r"\b(?:titled|entitled|called|dubbed|named|nicknamed|so-called|known as|book|novel|memoir|film|"
    r"movie|song|album|play|show|series|episode|documentary|poem|painting|hashtag|headlined|column|"
    r"podcast|program|programme|section|chapter|segment|channel),? ?$",
    re.I,
)


def find_quotations(
    text: str,
    *,
    marked: Sequence[Marked],
    attributions: Sequence[Attribution],
    mentions: Sequence[Mention],
) -> tuple[Quotation, ...]:
    """Find the quotations of a text, in the order of their first parts.

    Args:
        text: The article's text.
        marked: Its quotation marks, paired.
        attributions: Who is given what.
        mentions: Name mentions, in text order.

    Returns:
        Quotations keyed "q1", "q2" …; a quotation that its cue splits, or that runs over
        paragraphs, is one with several parts. Titles, nicknames and scare quotes are left out.
    """
    chains: dict[int, list[Marked]] = defaultdict(list)
    for item in marked:
        if item.depth == 0:
            chains[item.chain].append(item)
    direct: dict[str, list[Marked]] = defaultdict(list)
    rows: list[tuple[list[Span], QuoteForm, str | None, float]] = []
    contents = [(span, attribution) for attribution in attributions for span in attribution.content]
    contents.sort(key=lambda row: row[0])
    by_key = {attribution.key: attribution for attribution in attributions}
    for items in chains.values():
        holder = _find_holder(items[0], contents)
        if holder is None:
            if all(item.closed for item in items[-1:]) and _stands_alone(text, items):
                rows.append((_parts(text, items), _form_alone(text, items), None, 0.3))
            continue
        span, attribution = holder
        if span.start >= items[0].outer.start and span.end <= items[-1].outer.end:
            direct[attribution.key].extend(items)
        elif _is_quoted_fragment(text, items[0]):
            words = len(_WORD.findall(text, *items[0].inner))
            confidence = attribution.confidence * (0.9 if words > 2 else 0.5)
            rows.append((_parts(text, items), QuoteForm.PARTIAL, attribution.key, confidence))
    for key, items in direct.items():
        rows.append((_parts(text, items), QuoteForm.DIRECT, key, by_key[key].confidence))
    rows = [row for row in rows if row[0]]
    rows.sort(key=lambda row: row[0])
    return tuple(
        Quotation(
            key=f"q{number}",
            parts=tuple(parts),
            form=form,
            attribution=key,
            about=find_about(parts, mentions),
            confidence=round(confidence, 3),
        )
        for number, (parts, form, key, confidence) in enumerate(rows, start=1)
    )


def find_about(parts: Sequence[Span], mentions: Sequence[Mention]) -> tuple[str, ...]:
    """Return the keys of the entities named in the parts, in the order of first mention.

    Args:
        parts: Spans in text order.
        mentions: All mentions of the text, in text order.
    """
    seen: dict[str, None] = {}
    for part in parts:
        first = bisect_left(mentions, part.start, key=_start_of)
        for mention in islice(mentions, first, None):
            if mention.span.start >= part.end:
                break
            if part.contains(mention.span):
                seen.setdefault(mention.entity)
    return tuple(seen)


def _start_of(mention: Mention) -> int:
    return mention.span.start


def _find_holder(
    item: Marked, contents: Sequence[tuple[Span, Attribution]]
) -> tuple[Span, Attribution] | None:
    # Contents do not overlap, so that the one around an item is among the last to start before it.
    first = max(bisect_right(contents, item.outer.start, key=lambda row: row[0].start) - 2, 0)
    for span, attribution in islice(contents, first, None):
        if span.start > item.outer.end:
            break
        if span.contains(item.inner) or item.outer.contains(span):
            return span, attribution
    return None


def _parts(text: str, items: Sequence[Marked]) -> list[Span]:
    parts = []
    for item in sorted(items, key=lambda each: each.outer):
        start, end = item.inner
        while start < end and text[start].isspace():
            start += 1
        while end > start and text[end - 1].isspace():
            end -= 1
        if any(char.isalnum() for char in text[start:end]):
            parts.append(Span(start, end))
    return parts


def _is_title(text: str, item: Marked) -> bool:
    """Say whether marked words look like a title or nickname: all chief words capitalised."""
    words = [word for word in _WORD.findall(text, *item.inner) if len(word) > 3]
    capitals = [word for word in words if word[0].isupper()]
    if len(capitals) >= 2 and len(capitals) == len(words):
        return True
    return _TITLED.search(text, max(0, item.outer.start - 40), item.outer.start) is not None and (
        bool(words) and words[0][0].isupper()
    )


def _is_quoted_fragment(text: str, item: Marked) -> bool:
    return item.closed and bool(_WORD.search(text, *item.inner)) and not _is_title(text, item)


def _stands_alone(text: str, items: Sequence[Marked]) -> bool:
    words = sum(len(_WORD.findall(text, *item.inner)) for item in items)
    return words >= MIN_WORDS_ALONE and not _is_title(text, items[0])


def _form_alone(text: str, items: Sequence[Marked]) -> QuoteForm:
    first, last = items[0].inner, items[-1].inner
    if text[first.start].isupper() and _SENTENCE_LIKE.search(text[last.start : last.end]):
        return QuoteForm.DIRECT
    return QuoteForm.PARTIAL
