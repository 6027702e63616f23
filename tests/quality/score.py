"""How well a reading of articles agrees with gold: the figures of the quality gates.

    onrecord parse --jsonl tests/articles | python -m tests.quality.score

Tokens are maximal matches of ``\\w+`` or single marks; a token belongs to a span when they share a
character, and spans are compared as sets of tokens. Every figure is counted over all articles
together (micro), and pairs of predicted and gold things are one-to-one, best first:

- ``tok_*``, ``char_*``: tokens (characters without space) of a role, whichever attribution's.
- ``content_exact``: same content tokens; ``*_exact_w``: same words, marks dropped.
- ``content_overlap``: shared content tokens over all pairs (Citron's).
- ``content_iou``: intersection of the contents over their union is 0.5 or more.
- ``attr``: so, and the sources share a token or are both missing. ``attr_strict``: so, and the
  sources' words overlap by 0.5 or more.
- ``…_direct``, ``…_indirect``: whether the content begins with a quotation mark; ``…_speech``: the
  cue has a verb of saying; recall is over such gold, precision over such predictions.
- ``mention…``: same span (and type), a leading "the" and a possessive apart. ``entity``: same type
  and half of the mentions shared; ``entity_name``: share of these with the gold name.
- ``speaker``: named speakers on attributions whose content was found, against all of the gold;
  ``speaker_given``: share right where the content was found; ``unnamed``: share of the found
  unnamed ones that were given to nobody.
- ``quotation``: parts overlap by 0.5; ``quotation_exact``: same words; ``quotation_form``: share of
  the found with the right form; ``quotation_speaker``: found with the right named speaker.
- ``own_voice_claim``: claims without attribution, overlap 0.5.

The attribution figures are those of PolNeAR's (Newell et al., LREC 2018) users, as in Citron.
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.quality.counts import Rate, Span, Text, match, measure_overlap
from tests.quality.mark import list_gold, load, split_article

ROOT = Path(__file__).resolve().parents[2]

Item = dict[str, Any]
Rates = defaultdict[str, Rate]

ROLES = ("content", "cue", "source")
TYPES = {"person": "PERSON", "organisation": "ORG", "place": "PLACE"}


def _add_kind(rate: Rate, pairs: dict[int, int], pred: list[bool], gold: list[bool]) -> None:
    right = sum(pred[i] for i in pairs)
    rate.add(right, sum(pred), sum(gold), found=sum(gold[j] for j in pairs.values()))


def _score_attributions(rates: Rates, text: Text, pred: list[Item], gold: list[Item]) -> None:
    p, g = ([{r: text.to_tokens(a.get(r, [])) for r in ROLES} for a in items]
            for items in (pred, gold))  # fmt: skip
    for role in ROLES:
        for name, of in (("tok", text.to_tokens), ("char", text.to_chars)):
            a, b = (of([span for x in items for span in x.get(role, [])]) for items in (pred, gold))
            rates[f"{name}_{role}"].add(len(a & b), len(a), len(b))
    for name, role, to in (
        ("content_exact", "content", frozenset),
        ("content_exact_w", "content", text.to_words),
        ("cue_exact_w", "cue", text.to_words),
        ("source_exact_w", "source", text.to_words),
    ):
        left, right = (Counter(filter(None, (to(a[role]) for a in items))) for items in (p, g))
        rates[name].add((left & right).total(), left.total(), right.total())
    shared = sum(len(a["content"] & b["content"]) for a in p for b in g)
    sizes = [sum(len(a["content"]) for a in items) for items in (p, g)]
    rates["content_overlap"].add(shared, *sizes)

    def of_content(i: int, j: int) -> float:
        return measure_overlap(p[i]["content"], g[j]["content"])

    def of_attribution(i: int, j: int) -> float:
        a, b = p[i]["source"], g[j]["source"]
        return of_content(i, j) if a & b or not (a or b) else 0.0

    def of_strict(i: int, j: int) -> float:
        a, b = text.to_words(p[i]["source"]), text.to_words(g[j]["source"])
        return of_content(i, j) if measure_overlap(a, b) >= 0.5 or not (a or b) else 0.0

    direct = [[text.is_direct(a["content"]) for a in items] for items in (pred, gold)]
    speech = [[text.is_speech(a.get("cue", [])) for a in items] for items in (pred, gold)]
    for name, measure in (
        ("content_iou", of_content),
        ("attr", of_attribution),
        ("attr_strict", of_strict),
    ):
        pairs = match(len(p), len(g), measure=measure)
        rates[name].add(len(pairs), len(p), len(g))
        kinds = {"direct": direct, "indirect": [[not d for d in side] for side in direct]}
        if name == "attr":
            sides = [list(zip(s, d, strict=True)) for s, d in zip(speech, direct, strict=True)]
            kinds |= {
                "speech": speech,
                "nonspeech": [[not s for s in side] for side in speech],
                "speech_direct": [[s and d for s, d in side] for side in sides],
                "speech_indirect": [[s and not d for s, d in side] for side in sides],
            }
        if name != "attr_strict":
            for kind, (of_pred, of_gold) in kinds.items():
                _add_kind(rates[f"{name}_{kind}"], pairs, of_pred, of_gold)


def _fold(name: str) -> str:
    return re.sub(r"^the\s+", "", " ".join(name.split()).casefold())


@dataclass(frozen=True, slots=True)
class _Entity:
    name: str
    type: str
    mentions: frozenset[Span]


def _to_entity(text: Text, item: Item) -> _Entity:
    kind = TYPES.get(item["type"]) or str(item["type"])
    return _Entity(_fold(item["name"]), kind, frozenset(text.trim(m) for m in item["mentions"]))


def _score_entities(rates: Rates, pred: list[_Entity], gold: list[_Entity]) -> None:
    typed = [{(e.type, m) for e in side for m in e.mentions} for side in (pred, gold)]
    bare = [{m for _, m in side} for side in typed]
    rates["mention"].add(len(typed[0] & typed[1]), *map(len, typed))
    rates["mention_untyped"].add(len(bare[0] & bare[1]), *map(len, bare))
    for kind in TYPES.values():
        a, b = ({m for t, m in side if t == kind} for side in typed)
        rates[f"mention_{kind}"].add(len(a & b), len(a), len(b))

    def measure(i: int, j: int) -> float:
        same_type = pred[i].type == gold[j].type
        return measure_overlap(pred[i].mentions, gold[j].mentions) if same_type else 0.0

    pairs = match(len(pred), len(gold), measure=measure)
    rates["entity"].add(len(pairs), len(pred), len(gold))
    named = sum(pred[i].name == gold[j].name for i, j in pairs.items())
    rates["entity_name"].add(named, len(pairs), len(pairs))


def _is_same(pred: _Entity | None, name: str, gold: dict[str, _Entity]) -> bool:
    if pred is None:
        return False
    other = gold.get(_fold(name))
    shared = len(pred.mentions & other.mentions) if other else 0
    return pred.name == _fold(name) or (shared > 0 and shared * 2 >= len(pred.mentions))


def _score_speakers(
    rates: Rates,
    pairs: dict[int, int],
    *,
    pred: Sequence[_Entity | None],
    gold: Sequence[Item],
    entities: dict[str, _Entity],
) -> None:
    named = {i: gold[j]["speaker"] for i, j in pairs.items() if gold[j]["kind"] == "named"}
    unnamed = [i for i, j in pairs.items() if gold[j]["kind"] == "unnamed"]
    right = sum(_is_same(pred[i], name, entities) for i, name in named.items())
    given = sum(pred[i] is not None for i in pairs)
    rates["speaker"].add(right, given, sum(a["kind"] == "named" for a in gold))
    rates["speaker_given"].add(right, len(named), len(named))
    silent = sum(pred[i] is None for i in unnamed)
    rates["unnamed"].add(silent, len(unnamed), len(unnamed))


def _score_quotations(
    rates: Rates,
    text: Text,
    *,
    pred: list[Item],
    gold: list[Item],
    speakers: dict[str | None, _Entity | None],
    entities: dict[str, _Entity],
) -> None:
    p, g = ([text.to_words(text.to_tokens(q["parts"])) for q in side] for side in (pred, gold))
    left, right = Counter(p), Counter(g)
    rates["quotation_exact"].add((left & right).total(), len(p), len(g))
    pairs = match(len(p), len(g), measure=lambda i, j: measure_overlap(p[i], g[j]))
    rates["quotation"].add(len(pairs), len(p), len(g))
    formed = sum(pred[i]["form"] == gold[j]["form"] for i, j in pairs.items())
    rates["quotation_form"].add(formed, len(pairs), len(pairs))
    spoken = [speakers.get(q["attribution"]) for q in pred]
    named = {i: gold[j]["speaker"] for i, j in pairs.items() if gold[j]["speaker"] is not None}
    hits = sum(_is_same(spoken[i], name, entities) for i, name in named.items())
    n_gold = sum(q["speaker"] is not None for q in gold)
    rates["quotation_speaker"].add(hits, sum(s is not None for s in spoken), n_gold)


def score_article(rates: Rates, text: str, *, pred: Item, gold: Item) -> None:
    """Add one article's counts.

    Args:
        rates: The figures so far, by name; changed.
        text: What the offsets point into, in code points.
        pred: An article as `onrecord parse --jsonl` prints it; lists may be missing.
        gold: As in ``tests/quality/gold`` (or the older form of the seed's, with ``quotes``).
    """
    source = Text(text)
    p_attributions = [a for a in pred.get("attributions", []) if a.get("content")]
    g_attributions = [a for a in gold["attributions"] if a["content"]]
    _score_attributions(rates, source, p_attributions, g_attributions)

    p_items = [e for e in pred.get("entities", []) if e["type"] in {*TYPES, *TYPES.values()}]
    p_entities = {e["id"]: _to_entity(source, e) for e in p_items}
    g_entities = [_to_entity(source, e) for e in gold["entities"]]
    by_name = {e.name: e for e in g_entities}
    _score_entities(rates, list(p_entities.values()), g_entities)

    p, g = ([source.to_tokens(a["content"]) for a in side]
            for side in (p_attributions, g_attributions))  # fmt: skip
    pairs = match(len(p), len(g), measure=lambda i, j: measure_overlap(p[i], g[j]))
    speakers = [p_entities.get(a.get("speaker")) for a in p_attributions]
    _score_speakers(rates, pairs, pred=speakers, gold=g_attributions, entities=by_name)
    _score_quotations(
        rates,
        source,
        pred=pred.get("quotations", []),
        gold=gold.get("quotations") or [q | {"parts": [q["span"]]} for q in gold.get("quotes", [])],
        speakers={a.get("id"): s for a, s in zip(p_attributions, speakers, strict=True)},
        entities=by_name,
    )
    own = [c["content"] for c in pred.get("claims", []) if c.get("attribution") is None]
    asserted = gold.get("claims") or [c["span"] for c in gold.get("own_voice_claims", [])]
    a, b = [source.to_tokens(c) for c in own], [source.to_tokens([c]) for c in asserted]
    found = match(len(a), len(b), measure=lambda i, j: measure_overlap(a[i], b[j]))
    rates["own_voice_claim"].add(len(found), len(a), len(b))


def score(articles: Iterable[tuple[str, Item, Item]]) -> Rates:
    """Score articles, each a text, its prediction and its gold; see `score_article`."""
    rates: Rates = defaultdict(Rate)
    for text, pred, gold in articles:
        score_article(rates, text, pred=pred, gold=gold)
    return rates


def read_own_gold() -> dict[str, tuple[str, Item]]:
    """Return text and gold of our own articles by name; texts are the bodies of the files."""
    loaded = {name: load(name) for name in list_gold()}
    return {name: (split_article(file)[1], gold) for name, (file, gold) in loaded.items()}


def read_seed_gold() -> dict[str, tuple[str, Item]]:
    """The seed article's text and gold, by its name."""
    gold = json.loads((ROOT / "tests" / "quality" / "seed_gold.json").read_text(encoding="utf-8"))
    path = ROOT / "seeds" / gold["file"]
    return {path.stem: (path.read_bytes().decode("utf-8"), gold)}


def format_rates(rates: Rates) -> str:
    """Write the figures as a table in percent, in the order in which they were counted."""
    rows = [f"{'':24} {'P':>6} {'R':>6} {'F1':>6}   predicted   gold"]
    for name, r in rates.items():
        numbers = " ".join(f"{100 * x:6.1f}" for x in (r.precision, r.recall, r.f1))
        rows.append(f"{name:24} {numbers}   {r.predicted:9} {r.gold:6}")
    return "\n".join(rows) + "\n"


if __name__ == "__main__":
    predictions = {item["id"]: item for item in map(json.loads, sys.stdin)}
    sys.stdout.write(
        format_rates(
            score(
                (text, predictions.get(name, {}), gold)
                for name, (text, gold) in read_own_gold().items()
            )
        )
    )
