"""Gold annotations as people write and read them: marks in the text of an article.

    python -m tests.quality.mark show gold-court > court.marked
    # edit court.marked
    python -m tests.quality.mark write gold-court court.marked

`show` puts an article (``tests/articles/NAME.md``) and its gold (``tests/quality/gold/NAME.json``)
together as one marked text; `write` takes that apart again, turns the marks into offsets, checks
them with `find_faults`, and writes both files only when nothing is wrong.

A marked text is the article with its front matter and marks around words, a line ``=====``, and
a tail. A mark is ``{codes words}``; marks nest, and codes can share braces (``{S1,S2 she}``):

- ``S1`` source, ``C1`` cue, ``T1`` content of attribution 1; each part of a role has its mark;
- ``Q1`` a part of quotation 1, inside of its quotation marks;
- ``K`` a claim in the article's own voice.

The tail has a line for each attribution, ``1: NAME`` for a named speaker, ``1: ?`` unnamed,
``1: -`` none, ``1: =`` own voice; then a line for each entity, ``PERSON NAME | form | form``, whose
forms are all the strings by which the text names it (first its name, whether that occurs or not).
Every occurrence of a form as whole words is a mention, but for those inside a longer form and those
that a line ``NOT string | string`` covers; ``form#2,3`` takes only the second and third occurrence
of the string, for people who share a surname.

What is marked, where people differ:

- Terms and borders are PolNeAR's (Newell, Margolin and Ruths, LREC 2018): "that" and the
  infinitive's "to" belong to the content, quotation marks to a quoted content; a final full stop
  outside of quotation marks belongs to nothing; the cue is a verb with auxiliaries and negation, a
  noun, a phrase, a colon or a dash, without time, place, manner and recipient; the source has its
  titles, its possessive 's, and the words that say who somebody is. Of nested attributions the
  outermost is marked, and what stands wholly inside a content is not marked again.
- Words that go on after the cue in the same paragraph, or in the next under the same quotation, are
  further parts of one content. A quotation that stands alone is an attribution of its own without
  source, given to its speaker when the text leaves no doubt.
- Attitudes, intentions, beliefs, findings and rulings count; mere actions do not.
- Nationalities, parties as adjectives, events, works, products and media as a channel are no
  entities.
- An own-voice claim is a sentence or clause that could be checked and that nobody is given.
- A quotation is direct when its parts, with their marks, are whole parts of a content, else
  partial. Titles, nicknames, scare quotes and quotations inside quotations are none.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.quality.faults import TYPES, Gold, Spans, find_faults, holds, is_inside

ARTICLES = Path(__file__).parents[1] / "articles"
GOLD = Path(__file__).parent / "gold"
ROLES = {"S": "source", "C": "cue", "T": "content"}
KINDS = {"?": "unnamed", "-": "none", "=": "own_voice"}
_MARK = re.compile(r"\{(?P<codes>[A-Z]\d*(?:,[A-Z]\d*)*) |\}")


def split_article(article: str) -> tuple[str, str]:
    """Return the front matter with its fences, and the text that the offsets point into."""
    _, front, body = re.split(r"^---\n", article, maxsplit=2, flags=re.M)
    return f"---\n{front}---\n", body.strip("\n")


def read_marks(marked: str) -> tuple[str, dict[str, Spans]]:
    """Take the marks out of a text.

    Returns:
        The bare text, and for each code its spans in text order.

    Raises:
        ValueError: A brace has no partner.
    """
    bare: list[str] = []
    length, last = 0, 0
    still_open: list[tuple[str, int]] = []
    spans: dict[str, Spans] = {}
    for mark in _MARK.finditer(marked):
        words = marked[last : mark.start()]
        bare.append(words)
        length += len(words)
        last = mark.end()
        if mark["codes"]:
            still_open.append((mark["codes"], length))
            continue
        if not still_open:
            raise ValueError(f"a brace closes nothing: …{marked[mark.start() - 60 : last]}")
        codes, start = still_open.pop()
        for code in codes.split(","):
            spans.setdefault(code, []).append([start, length])
    if still_open:
        raise ValueError(f"never closed: {still_open}")
    text = "".join(bare) + marked[last:]
    if "{" in text or "}" in text:
        raise ValueError("a brace is left over: " + text[text.find("{") :][:60])
    return text, {code: sorted(found) for code, found in spans.items()}


def find_words(text: str, words: str) -> Spans:
    """Return every occurrence of a string as whole words, in text order."""
    pattern = rf"(?<!\w){re.escape(words)}(?!\w)"
    return [[m.start(), m.end()] for m in re.finditer(pattern, text)]


def _read_entities(text: str, lines: list[str]) -> tuple[list[Gold], Spans]:
    entities: list[tuple[str, str, Spans]] = []
    barred: Spans = []
    for line in lines:
        kind, _, rest = line.partition(" ")
        name, *forms = rest.split(" | ")
        mentions: Spans = []
        for form in [name, *forms]:
            words, _, numbers = form.partition("#")
            found = find_words(text, words)
            if not found and form != name:
                raise ValueError(f"{words!r} does not occur")
            if numbers:
                found = [found[int(n) - 1] for n in numbers.split(",")]
            mentions += [m for m in found if m not in mentions]
        if kind == "NOT":
            barred += mentions
        elif kind in TYPES:
            entities.append((name.partition("#")[0], kind, mentions))
        else:
            raise ValueError(f"no type: {line!r}")
    every = [m for _, _, mentions in entities for m in mentions] + barred
    return [
        {
            "name": name,
            "type": kind,
            "mentions": sorted(m for m in mentions if m not in barred and not is_inside(m, every)),
        }
        for name, kind, mentions in entities
    ], sorted(barred)


def read_marked(marked: str, *, name: str) -> tuple[str, Gold]:
    """Turn a marked text into the article's file and its gold.

    Raises:
        ValueError: The marks cannot be read. What is read may still have faults (`find_faults`).
    """
    head, _, tail = marked.partition("\n=====\n")
    front, body = split_article(head)
    text, spans = read_marks(body)
    lines = [line for line in tail.splitlines() if line.strip()]
    attributions: list[Gold] = []
    for line in (line for line in lines if line[0].isdigit()):
        number, _, who = line.partition(": ")
        attributions.append(
            {
                "id": f"a{number}",
                **{role: spans.pop(f"{code}{number}", []) for code, role in ROLES.items()},
                "speaker": None if who in KINDS else who,
                "kind": KINDS.get(who, "named"),
            }
        )
    quotations = [
        _to_quotation(text, spans.pop(code), attributions)
        for code in sorted((c for c in spans if c[0] == "Q"), key=lambda c: int(c[1:]))
    ]
    claims = spans.pop("K", [])
    if spans:
        raise ValueError(f"marks without a line in the tail: {sorted(spans)}")
    entities, barred = _read_entities(text, [line for line in lines if not line[0].isdigit()])
    gold = {
        "file": name,
        "offset_unit": "code points, half-open",
        "attributions": attributions,
        "quotations": quotations,
        "entities": entities,
        "not_mentions": barred,
        "claims": claims,
    }
    return f"{front}\n{text}\n", gold


def _to_quotation(text: str, parts: Spans, attributions: list[Gold]) -> Gold:
    holder = next(
        (a for a in attributions if all(holds(a["content"], part) for part in parts)), None
    )
    whole = [text[s:e].strip("\"“”‘’'«»") for s, e in holder["content"]] if holder else []
    direct = all(text[s:e].strip("\"“”‘’'«»") in whole for s, e in parts)
    return {
        "parts": parts,
        "form": "direct" if direct else "partial",
        "attribution": holder["id"] if holder else None,
        "speaker": holder["speaker"] if holder else None,
    }


def to_marked(article: str, gold: Gold) -> str:
    """Put an article and its gold together as a marked text; the reverse of `read_marked`."""
    front, text = split_article(article)
    codes: dict[tuple[int, int], list[str]] = {}
    for attribution in gold["attributions"]:
        for code, role in ROLES.items():
            for s, e in attribution[role]:
                codes.setdefault((s, -e), []).append(code + attribution["id"][1:])
    for number, quotation in enumerate(gold["quotations"], 1):
        for s, e in quotation["parts"]:
            codes.setdefault((s, -e), []).append(f"Q{number}")
    for s, e in gold["claims"]:
        codes.setdefault((s, -e), []).append("K")
    edits: list[tuple[int, int, int, str]] = []
    for (s, minus_e), names in codes.items():
        edits.append((s, 1, minus_e, "{" + ",".join(names) + " "))
        edits.append((-minus_e, 0, -s, "}"))
    out, last = [], 0
    for position, _, _, mark in sorted(edits):
        out += [text[last:position], mark]
        last = position
    lines = []
    for attribution in gold["attributions"]:
        who = {kind: sign for sign, kind in KINDS.items()}.get(attribution["kind"])
        lines.append(f"{attribution['id'][1:]}: {who or attribution['speaker']}")
    lines += _to_entity_lines(text, gold)
    return f"{front}\n{''.join(out)}{text[last:]}\n\n=====\n" + "\n".join(lines) + "\n"


def _to_entity_lines(text: str, gold: Gold) -> Iterator[str]:
    barred: Spans = gold["not_mentions"]
    every = [m for entity in gold["entities"] for m in entity["mentions"]] + barred

    def to_form(words: str, wanted: Spans) -> str:
        found = find_words(text, words)
        free = [m for m in found if not is_inside(m, every)]
        if wanted is not barred:
            free = [m for m in free if m not in barred]
        chosen = [n for n, m in enumerate(found, 1) if m in wanted]
        return words if len(chosen) == len(free) else f"{words}#" + ",".join(map(str, chosen))

    for entity in gold["entities"]:
        name, mentions = entity["name"], entity["mentions"]
        forms = dict.fromkeys([name, *(text[s:e] for s, e in mentions)])
        yield f"{entity['type']} " + " | ".join(to_form(form, mentions) for form in forms)
    if barred:
        forms = dict.fromkeys(text[s:e] for s, e in barred)
        yield "NOT " + " | ".join(to_form(form, barred) for form in forms)


def to_json(gold: Gold) -> str:
    """Write gold as JSON with one annotation a line, so that a change shows as a change."""
    lines = []
    for key, value in gold.items():
        if isinstance(value, list) and value:
            rows = ",\n".join("  " + json.dumps(row, ensure_ascii=False) for row in value)
            lines.append(f' "{key}": [\n{rows}\n ]')
        else:
            lines.append(f' "{key}": {json.dumps(value, ensure_ascii=False)}')
    return "{\n" + ",\n".join(lines) + "\n}\n"


def list_gold() -> list[str]:
    """Return the names of the articles that have gold, sorted."""
    return sorted(path.stem for path in GOLD.glob("*.json"))


def load(name: str) -> tuple[str, Gold]:
    """Return an article's file as it stands, and its gold."""
    article = (ARTICLES / f"{name}.md").read_text(encoding="utf-8")
    return article, json.loads((GOLD / f"{name}.json").read_text(encoding="utf-8"))


def main(arguments: list[str]) -> int:
    """Run ``show NAME`` or ``write NAME FILE``; the exit status says whether it went well."""
    match arguments:
        case ["show", name]:
            sys.stdout.write(to_marked(*load(name)))
            return 0
        case ["write", name, path]:
            article, gold = read_marked(Path(path).read_text(encoding="utf-8"), name=name)
            faults = find_faults(split_article(article)[1], gold)
            sys.stderr.writelines(f"{name}: {fault}\n" for fault in faults)
            if not faults:
                (ARTICLES / f"{name}.md").write_text(article, encoding="utf-8")
                (GOLD / f"{name}.json").write_text(to_json(gold), encoding="utf-8")
            return 1 if faults else 0
        case _:
            sys.stderr.write(__doc__ or "")
            return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
