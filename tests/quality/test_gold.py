"""The gold of our own articles is sound, and the scorer counts as the corpus' own scorers do."""

import copy
import importlib.util
import json
import random
from collections import defaultdict
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from app.parsing.readers import SeedFile, read_file
from tests.quality.counts import Rate, Text
from tests.quality.faults import find_faults
from tests.quality.mark import ARTICLES, list_gold, load, read_marked, read_marks, to_marked
from tests.quality.score import read_own_gold, score

SHARED = Path(__file__).resolve().parents[3] / "shared" / "eval"
NAMES = list_gold()
OWN = read_own_gold()

MARKED = """---
title: Two words
---

{S1 Ann Lee} {C1 said} {T1 “{Q1 no,}”} and {S2 Bo Lee} {C2 wants} {T2 to go}. {K Lee is far}.

=====
1: Ann Lee
2: ?
PERSON Ann Lee
PERSON Bo Lee | Lee#3
"""


@pytest.mark.parametrize("name", NAMES)
def test_gold_of_an_article_has_no_fault(name: str) -> None:
    text, gold = OWN[name]
    assert find_faults(text, gold) == []
    assert gold["file"] == name


@pytest.mark.parametrize("name", NAMES)
def test_the_reader_gives_the_text_that_the_gold_points_into(name: str) -> None:
    path = ARTICLES / f"{name}.md"
    (article,) = read_file(SeedFile(path, path.parent, path.name)).articles
    assert article.text == OWN[name][0]
    assert article.meta["invented"] is True
    assert 195 <= len(article.text.split()) <= 450


@pytest.mark.parametrize("name", NAMES)
def test_marks_and_offsets_are_two_forms_of_one_thing(name: str) -> None:
    article, gold = load(name)
    assert read_marked(to_marked(article, gold), name=name) == (article, gold)


def test_twenty_articles_hold_every_kind_of_speaker_and_quotation() -> None:
    golds = [gold for _, gold in OWN.values()]
    attributions = [a for gold in golds for a in gold["attributions"]]
    assert len(golds) == 20
    assert {a["kind"] for a in attributions} == {"named", "unnamed", "own_voice", "none"}
    assert {q["form"] for g in golds for q in g["quotations"]} == {"direct", "partial"}
    assert any(not a["source"] and a["kind"] == "named" for a in attributions)
    assert any(not a["cue"] for a in attributions)


def test_marks_become_offsets() -> None:
    article, gold = read_marked(MARKED, name="x")
    text = article.splitlines()[-1]
    assert text == "Ann Lee said “no,” and Bo Lee wants to go. Lee is far."
    assert gold["attributions"] == [
        {
            "id": "a1",
            "source": [[0, 7]],
            "cue": [[8, 12]],
            "content": [[13, 18]],
            "speaker": "Ann Lee",
            "kind": "named",
        },
        {
            "id": "a2",
            "source": [[23, 29]],
            "cue": [[30, 35]],
            "content": [[36, 41]],
            "speaker": None,
            "kind": "unnamed",
        },
    ]
    assert gold["quotations"] == [
        {"parts": [[14, 17]], "form": "direct", "attribution": "a1", "speaker": "Ann Lee"}
    ]
    assert [e["mentions"] for e in gold["entities"]] == [[[0, 7]], [[23, 29], [43, 46]]]
    assert gold["claims"] == [[43, 53]]


@pytest.mark.parametrize("marked", ["{S1 open", "closed}", "{odd}"])
def test_a_brace_without_partner_is_refused(marked: str) -> None:
    with pytest.raises(ValueError, match=r"brace|closed"):
        read_marks(marked)


@pytest.mark.parametrize(
    ("path", "value", "fault"),
    [
        (("attributions", 0, "source"), [[0, 6]], "cuts a word"),
        (("attributions", 0, "content"), [[13, 99]], "is not in the text"),
        (("attributions", 0, "content"), [[16, 18], [13, 15]], "out of order"),
        (("attributions", 0, "cue"), [[4, 12]], "words with two roles"),
        (("attributions", 0, "content"), [], "no content"),
        (("attributions", 0, "speaker"), "Cy Orr", "is no entity"),
        (("attributions", 0, "kind"), "none", "kind and speaker disagree"),
        (("attributions", 1, "id"), "a1", "id occurs twice"),
        (("attributions", 0, "content"), [[13, 53]], "a2 stands inside a1's content"),
        (("claims",), [[37, 41]], "cuts a word"),
        (("claims",), [[36, 41]], "own-voice claim inside a2"),
        (("quotations", 0, "parts"), [[13, 17]], "not between marks"),
        (("quotations", 0, "attribution"), "a9", "no such attribution"),
        (("quotations", 0, "attribution"), "a2", "not its attribution's speaker"),
        (("entities", 1, "mentions"), [[23, 29]], "not marked at 43: Lee"),
        (("entities", 1, "mentions"), [[0, 7], [23, 29], [43, 46]], "belongs to two entities"),
        (("entities", 0, "name"), "Anna Lee", "the text never says so"),
    ],
)
def test_what_is_wrong_in_gold_is_found(
    path: tuple[str | int, ...], value: object, fault: str
) -> None:
    article, gold = read_marked(MARKED, name="x")
    place: Any = gold
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    assert any(fault in found for found in find_faults(article.splitlines()[-1], gold))


def to_prediction(gold: dict[str, Any]) -> dict[str, Any]:
    """Say what a perfect reader of the article would print."""
    pred = copy.deepcopy(gold)
    kinds = {"PERSON": "person", "ORG": "organisation", "PLACE": "place"}
    ids = {e["name"]: f"e{n}" for n, e in enumerate(gold["entities"], 1)}
    pred["entities"] = [
        e | {"id": ids[e["name"]], "type": kinds[e["type"]]} for e in pred["entities"]
    ]
    for attribution in pred["attributions"]:
        attribution["speaker"] = ids.get(attribution["speaker"])
    pred["claims"] = [{"content": [span], "attribution": None} for span in gold["claims"]]
    return pred


def perturb(text: str, pred: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    """Make a reading worse: move borders, lose, merge, mistype and give to others."""
    tokens = Text(text).tokens
    starts, ends = [s for s, _ in tokens], [e for _, e in tokens]

    def move(spans: list[list[int]]) -> list[list[int]]:
        moved = []
        for s, e in spans:
            s += chance.choice([0, 0, 0, -9, 4, 12])
            e += chance.choice([0, 0, 0, -5, 1, 20])
            s = max((x for x in starts if x <= s), default=0)
            e = min((x for x in ends if x >= e), default=len(text))
            if s < e and chance.random() < 0.95:
                moved.append([s, e])
        return moved

    ids = [e["id"] for e in pred["entities"]]
    for a in pred["attributions"]:
        for role in ("source", "cue", "content"):
            if chance.random() < 0.4:
                a[role] = move(a[role])
        if chance.random() < 0.2:
            a["speaker"] = chance.choice([*ids, None, "gone"])
        if chance.random() < 0.1:
            a["content"] += chance.choice(pred["attributions"])["content"]
    for e in pred["entities"]:
        e["mentions"] = [m for m in e["mentions"] if chance.random() < 0.9]
        if chance.random() < 0.2:
            e["mentions"] = move(e["mentions"])
        if chance.random() < 0.2:
            e["type"] = chance.choice(["person", "organisation", "place"])
        if chance.random() < 0.2:
            e["name"] = "The  " + e["name"].upper() if chance.random() < 0.5 else "Nobody"
    pred["attributions"] = [a for a in pred["attributions"] if chance.random() < 0.9]
    chance.shuffle(pred["attributions"])
    return pred


def test_gold_scores_full_marks_against_itself() -> None:
    rates = score((text, to_prediction(gold), gold) for text, gold in OWN.values())
    assert {(r.precision, r.recall, r.f1) for r in rates.values()} == {(1.0, 1.0, 1.0)}
    assert rates["attr"].gold == sum(len(gold["attributions"]) for _, gold in OWN.values())


def test_a_reading_that_finds_nothing_scores_nothing() -> None:
    rates = score((text, {}, gold) for text, gold in OWN.values())
    assert {r.f1 for r in rates.values()} == {0.0}


def test_a_wrong_speaker_and_a_lost_quotation_cost_just_that() -> None:
    article, gold = read_marked(MARKED, name="x")
    pred = to_prediction(gold)
    pred["attributions"][0]["speaker"] = "e2"
    pred["quotations"] = []
    rates = score([(article.splitlines()[-1], pred, gold)])
    assert rates["attr"] == Rate(2, 2, 2, 2)
    assert rates["speaker"] == Rate(0, 1, 0, 1)
    assert rates["unnamed"] == Rate(1, 1, 1, 1)
    assert rates["quotation"] == Rate(0, 0, 0, 1)
    assert rates["mention"] == Rate(3, 3, 3, 3)


def test_gold_in_the_form_of_the_seeds_is_read_too() -> None:
    article, gold = read_marked(MARKED, name="x")
    pred = to_prediction(gold)
    (quotation,) = gold.pop("quotations")
    gold["quotes"] = [{"span": [13, 18], "form": "direct", "speaker": quotation["speaker"]}]
    gold["own_voice_claims"] = [{"span": span} for span in gold.pop("claims")]
    rates = score([(article.splitlines()[-1], pred, gold)])
    for name in ("quotation", "quotation_exact", "quotation_speaker", "own_voice_claim"):
        assert rates[name] == Rate(1, 1, 1, 1)


def load_shared(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, SHARED / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.skipif(not SHARED.exists(), reason="the corpus' scorers (../shared/eval) are not here")
@pytest.mark.parametrize("seed", range(6))
def test_the_corpus_scorers_give_the_very_same_numbers(seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)
    perturbed = {n: perturb(t, to_prediction(g), chance) for n, (t, g) in OWN.items()}
    ours = score((text, perturbed[name], gold) for name, (text, gold) in OWN.items())

    module = load_shared("score_attribution")
    theirs: dict[str, Any] = defaultdict(module.PRF)
    for name, (text, gold) in OWN.items():
        pred = [a for a in perturbed[name]["attributions"] if a["content"]]
        module.score_article(theirs, module.Art(text), pred, gold["attributions"])
    expected = {name: theirs[name].prf() for name in module.ORDER}

    (tmp_path / "gold").mkdir()
    for name, (text, gold) in OWN.items():
        (tmp_path / f"{name}.txt").write_bytes(text.encode())
        (tmp_path / "gold" / f"{name}.json").write_text(json.dumps(gold), encoding="utf-8")
    figures, _ = load_shared("score_entities").score(tmp_path / "gold", tmp_path, perturbed)
    for name, value in figures.items():
        expected[name] = value if isinstance(value, tuple) else (value,) * 3

    got = {name: (ours[name].precision, ours[name].recall, ours[name].f1) for name in expected}
    for name in ("entity_name", "speaker_given", "unnamed"):
        got[name] = (ours[name].precision,) * 3  # a share: three times the same number
    assert got == expected
