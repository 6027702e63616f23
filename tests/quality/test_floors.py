"""The quality gate is a ratchet: figures on gold may rise, and never fall in silence.

`floors.json` holds for each reader and each body of gold the figures that it has reached, and the
hash of the gold that they were reached on. ``make floors`` writes them anew; a floor that is
lowered shows in the diff of the change that lowers it.
"""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from app.parsing.pipeline import load_parser
from app.settings import Settings
from app.vocabulary import Tagger
from tests.quality import evaluate
from tests.quality.score import ROOT

FLOORS = Path(__file__).with_name("floors.json")
SLACK = 0.001
"""Figures are shares of some hundred things and repeatable; this is for rounding alone."""

pytestmark = pytest.mark.model


def hash_gold() -> str:
    """Return the hash of the gold that lies in the project, and of the texts it points into."""
    folder = Path(__file__).parent
    files = [folder / "seed_gold.json", *sorted((folder / "gold").glob("*.json"))]
    files += sorted((ROOT / "seeds").glob("*.txt")) + sorted(
        (ROOT / "tests" / "articles").glob("gold-*.md")
    )
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()


def find_fallen(now: evaluate.Figures, floors: dict[str, float]) -> list[str]:
    """Name the figures that are below their floor."""
    values = {name: value[2] if isinstance(value, tuple) else value for name, value in now.items()}
    return [
        f"{name}: {100 * values[name]:.1f} is below {100 * floor:.1f}"
        for name, floor in floors.items()
        if values[name] < floor - SLACK
    ]


@pytest.fixture(scope="module")
def floors() -> dict[str, Any]:
    held: dict[str, Any] = json.loads(FLOORS.read_text(encoding="utf-8"))
    return held


def test_floors_belong_to_the_gold_that_is_here(floors: dict[str, Any]) -> None:
    assert floors["gold_sha256"] == hash_gold(), "the gold has changed: make floors"


@pytest.mark.parametrize("tagger", list(Tagger))
def test_own_gold_is_read_as_well_as_before(tagger: Tagger, floors: dict[str, Any]) -> None:
    parser = load_parser(tagger, spacy_model=Settings().spacy_model)
    own = evaluate.to_figures(evaluate.score_own(parser))
    for body, held in floors["own"][tagger].items():
        assert find_fallen(own[body], held) == []


@pytest.mark.slow
# The shared scorers, which are fixed, leave closing their files to Python.
@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_polnear_is_read_as_well_as_before(floors: dict[str, Any]) -> None:
    parser = load_parser(Tagger.MODEL, spacy_model=Settings().spacy_model)
    measured = evaluate.score_polnear(parser, dump=None)
    if measured is None:
        pytest.skip("the shared gold is not beside the project")
    for body, figures in zip(("polnear", "entities"), measured, strict=True):
        assert find_fallen(figures, floors[body]) == []


def test_the_trained_reader_finds_every_attribution_of_the_seed_and_its_speaker() -> None:
    parser = load_parser(Tagger.MODEL, spacy_model=Settings().spacy_model)
    seed = evaluate.score_own(parser)["seed"]
    assert seed["attr"].recall == 1.0
    assert seed["speaker"].recall == 1.0
    assert seed["unnamed"].recall == 1.0
    assert seed["quotation_speaker"].recall == 1.0
    assert seed["mention"].recall == 1.0
