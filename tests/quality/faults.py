"""What cannot be right in an article's gold, however it was made."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any

Spans = list[list[int]]
Gold = dict[str, Any]

ROLES = ("source", "cue", "content")
TYPES = ("PERSON", "ORG", "PLACE")
OPENING, CLOSING = frozenset("\"“‘'«„"), frozenset("\"”’'»“")
_TOKEN = re.compile(r"\w+|[^\w\s]")


def is_inside(span: list[int], others: Iterable[list[int]]) -> bool:
    """Say whether a span lies inside one of the others, and is not the same."""
    return any(o != span and o[0] <= span[0] and span[1] <= o[1] for o in others)


def holds(spans: Spans, part: list[int]) -> bool:
    """Say whether one of the spans holds the part whole."""
    return any(s <= part[0] and part[1] <= e for s, e in spans)


def find_faults(text: str, gold: Gold) -> list[str]:
    """Say everything that cannot be right in an article's gold, one line each."""
    checks = (_find_span_faults, _find_role_faults, _find_quotation_faults, _find_entity_faults)
    return [fault for check in checks for fault in check(text, gold)]


def _list_spans(gold: Gold) -> Iterator[tuple[str, Spans]]:
    for attribution in gold["attributions"]:
        for role in ROLES:
            yield f"{attribution['id']} {role}", attribution[role]
    for number, quotation in enumerate(gold["quotations"], 1):
        yield f"quotation {number}", quotation["parts"]
    for entity in gold["entities"]:
        yield entity["name"], entity["mentions"]
    yield "claims", gold["claims"]


def _find_span_faults(text: str, gold: Gold) -> Iterator[str]:
    tokens = [(m.start(), m.end()) for m in _TOKEN.finditer(text)]
    starts, ends = {s for s, _ in tokens}, {e for _, e in tokens}
    for what, spans in _list_spans(gold):
        if spans != sorted(spans) or any(a[1] > b[0] for a, b in pairwise(spans)):
            yield f"{what}: parts out of order, or overlapping"
        for s, e in spans:
            if not 0 <= s < e <= len(text):
                yield f"{what}: {s}, {e} is not in the text"
            elif s not in starts or e not in ends:
                yield f"{what}: cuts a word or ends in space: {text[s:e]!r}"
            elif "\n" in text[s:e]:
                yield f"{what}: crosses a paragraph: {text[s:e]!r}"


def _find_role_faults(text: str, gold: Gold) -> Iterator[str]:
    names = {entity["name"] for entity in gold["entities"]}
    attributions = gold["attributions"]
    if len({a["id"] for a in attributions}) != len(attributions):
        yield "an attribution's id occurs twice"
    for a in attributions:
        roles = [set().union(*(range(s, e) for s, e in a[role])) for role in ROLES]
        if sum(map(len, roles)) != len(set().union(*roles)):
            yield f"{a['id']}: words with two roles"
        if not a["content"] or len(a["cue"]) > 1:
            yield f"{a['id']}: no content, or a cue in several parts"
        if (a["kind"] == "named") != (a["speaker"] is not None):
            yield f"{a['id']}: kind and speaker disagree"
        if a["speaker"] is not None and a["speaker"] not in names:
            yield f"{a['id']}: {a['speaker']} is no entity"
        for b in attributions:
            whole = [span for role in ROLES for span in a[role]]
            if a is not b and all(holds(b["content"], span) for span in whole):
                yield f"{a['id']} stands inside {b['id']}'s content"
    for s, e in gold["claims"]:
        for a in attributions:
            if holds(a["content"], [s, e]):
                yield f"an own-voice claim inside {a['id']}: {text[s:e]!r}"


def _find_quotation_faults(text: str, gold: Gold) -> Iterator[str]:
    by_id = {a["id"]: a for a in gold["attributions"]}
    for number, quotation in enumerate(gold["quotations"], 1):
        parts = quotation["parts"]
        for s, e in parts:
            goes_on = [s, e] != parts[-1] and text[e : e + 1] in ("", "\n")
            if text[s - 1 : s] not in OPENING or not (text[e : e + 1] in CLOSING or goes_on):
                yield f"quotation {number} is not between marks: {text[s - 1 : e + 1]!r}"
        holder = by_id.get(quotation["attribution"])
        if holder is None:
            if quotation["attribution"] is not None or quotation["speaker"] is not None:
                yield f"quotation {number}: no such attribution"
        elif holder["speaker"] != quotation["speaker"]:
            yield f"quotation {number}: not its attribution's speaker"
        elif not all(holds(holder["content"], part) for part in parts):
            yield f"quotation {number}: outside of its attribution's content"


def _find_entity_faults(text: str, gold: Gold) -> Iterator[str]:
    entities = gold["entities"]
    taken = [m for entity in entities for m in entity["mentions"]]
    covered = taken + gold["not_mentions"]
    if len({tuple(m) for m in taken}) != len(taken):
        yield "a mention belongs to two entities"
    if len({entity["name"] for entity in entities}) != len(entities):
        yield "two entities have one name"
    for entity in entities:
        forms = {text[s:e] for s, e in entity["mentions"]}
        if entity["type"] not in TYPES or not forms:
            yield f"{entity['name']}: no type or no mention"
        if entity["name"].casefold() not in {form.casefold() for form in forms}:
            yield f"{entity['name']}: the text never says so"
        if entity["type"] == "PERSON":
            forms.add(entity["name"].split()[-1])
        for form in forms:
            for found in re.finditer(rf"(?i)(?<!\w){re.escape(form)}(?!\w)", text):
                span = [found.start(), found.end()]
                if not found[0].islower() and span not in covered and not is_inside(span, covered):
                    yield f"{entity['name']}: not marked at {span[0]}: {found[0]}"
