"""`make evaluate`: one table of how well and how fast On Record reads, for each body of gold.

    python -m tests.quality.evaluate [--tagger model|rules] [--repeats N] [--json FILE]

The seed and our own articles are scored by `tests.quality.score`; PolNeAR's dev split and the
entity gold by the shared scorers, where the folder `../shared` lies beside the project.
"""

import argparse
import importlib.util
import json
import os
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType
from typing import Any

import spacy
from rich.console import Console
from rich.table import Table

from app.parsing.document import to_document
from app.parsing.pipeline import Parser, load_parser
from app.parsing.types import RawArticle
from app.settings import Settings
from app.vocabulary import FileFormat, Tagger
from tests.quality import score

Figures = dict[str, Any]

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared"

# Measured elsewhere with the same scorer and written here for comparison (PolNeAR; where a system
# was measured on the test split, it says so).
ATTRIBUTION_ROWS = ("attr", "attr_direct", "attr_indirect", "attr_speech", "attr_speech_indirect",
                    "content_exact", "source_exact_w", "cue_exact_w")  # fmt: skip
BASELINES: dict[str, tuple[float | None, ...]] = {
    "textacy 0.13 (test)": (19.7, 51.0, 0.0, 29.9, None, 11.3, None, None),
    "GenderGapTracker (test)": (41.6, 51.4, 37.4, 59.3, None, 21.1, None, None),
    "BBC Citron, retrained (test)": (49.8, 64.7, 45.0, 62.5, None, 37.9, None, None),
    "two-stage CRF on spaCy (dev)": (63.6, 84.1, 57.9, 79.9, 74.9, 51.8, 70.8, 66.6),
    "one person against another": (75.2, 97.0, 70.1, 92.3, 88.4, 67.8, 77.8, 71.1),
}


def load_scorer(name: str) -> ModuleType | None:
    """Import a shared scorer by file, or return None where there is none."""
    path = SHARED / "eval" / f"{name}.py"
    if not path.exists():
        return None
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def read_texts(paths: Iterable[Path]) -> dict[str, RawArticle]:
    """Read plain-text files whole: no header is looked for, offsets are the file's own."""
    return {
        path.stem: RawArticle(
            key="0", text=path.read_bytes().decode("utf-8"), format=FileFormat.TEXT
        )
        for path in paths
    }


def parse_all(parser: Parser, articles: dict[str, RawArticle]) -> dict[str, dict[str, Any]]:
    """Parse articles and give their documents by name."""
    parsed = parser.pipe(articles.values())
    return {name: to_document(one, id=name) for name, one in zip(articles, parsed, strict=True)}


def score_own(parser: Parser) -> dict[str, score.Rates]:
    """Score the seed and our own twenty articles with the project's scorer."""
    gold = {"our own": score.read_own_gold(), "seed": score.read_seed_gold()}
    rates = {}
    for body, articles in gold.items():
        raws = {
            name: RawArticle(key="0", text=text, format=FileFormat.TEXT)
            for name, (text, _) in articles.items()
        }
        documents = parse_all(parser, raws)
        rates[body] = score.score(
            (text, documents[name], answer) for name, (text, answer) in articles.items()
        )
    return rates


def to_figures(rates: dict[str, score.Rates]) -> dict[str, Figures]:
    """Rates by body of gold as (precision, recall, F1) by name."""
    return {
        body: {name: (r.precision, r.recall, r.f1) for name, r in named.items()}
        for body, named in rates.items()
    }


def score_polnear(parser: Parser, *, dump: Path | None) -> tuple[Figures, Figures] | None:
    """Score PolNeAR's dev split with the shared scorers.

    Returns:
        Attribution and entity figures as name -> (precision, recall, F1) or a share; None where
        the data is not there.
    """
    attribution, entities = load_scorer("score_attribution"), load_scorer("score_entities")
    if attribution is None or entities is None:
        return None
    folder = SHARED / "polnear" / "dev" / "text"
    documents = parse_all(parser, read_texts(sorted(folder.glob("*.txt"))))
    if dump is not None:
        lines = (json.dumps(document, ensure_ascii=False) for document in documents.values())
        dump.write_text("\n".join(lines) + "\n", encoding="utf-8")
    found = {name: document["attributions"] for name, document in documents.items()}
    measured = attribution.score(str(SHARED / "polnear"), "dev", found)
    who, _ = entities.score(str(SHARED / "gold" / "dev"), str(folder), documents)
    figures: Figures = {name: measured[name].prf() for name in attribution.ORDER}
    figures["calibration error"] = measure_calibration(attribution, documents)
    return figures, who


def measure_calibration(scorer: ModuleType, documents: dict[str, dict[str, Any]]) -> float:
    """Return the expected calibration error of "this attribution is right", over ten bins.

    Right is what the scorer's `attr` says; the error is the mean distance between confidence and
    share of right ones, weighted by how many fall into the bin (Naeini et al., AAAI 2015).
    """
    bins: dict[int, list[tuple[float, bool]]] = defaultdict(list)
    data = str(SHARED / "polnear")
    for name, annotators in scorer.annotators(data, "dev").items():
        art = scorer.Art(scorer.read_text(data, "dev", name))
        pred = documents[name]["attributions"]
        gold = scorer.read_ann(annotators[0][1])
        mine, theirs = (
            [(art.ts(a["content"]), art.ts(a["source"])) for a in items] for items in (pred, gold)
        )

        def agree(
            i: int, j: int, mine: list[Any] = mine, theirs: list[Any] = theirs
        ) -> float | None:
            overlap: float = scorer.iou(mine[i][0], theirs[j][0])
            a, b = mine[i][1], theirs[j][1]
            return overlap if overlap >= 0.5 and ((a & b) or (not a and not b)) else None

        right, _ = scorer.match(mine, theirs, agree)
        for number, item in enumerate(pred):
            confidence = item["confidence"]
            bins[min(9, int(10 * confidence))].append((confidence, number in right))
    total = sum(map(len, bins.values()))
    return sum(abs(sum(c - r for c, r in items)) for items in bins.values()) / total


def measure_speed(parser: Parser, *, spacy_model: str, repeats: int) -> Figures:
    """Time parsing against the bare spaCy pipeline, in turn, on one core.

    Returns:
        Words a second of each, medians over the repeats, and their ratio.
    """
    folder = SHARED / "polnear" / "dev" / "text"
    files = sorted(folder.glob("*.txt")) if folder.exists() else []
    articles = read_texts(files[:24]) or {
        name: RawArticle(key="0", text=text, format=FileFormat.TEXT)
        for name, (text, _) in score.read_own_gold().items()
    }
    words = sum(len(raw.text.split()) for raw in articles.values())
    nlp = spacy.load(spacy_model)
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    ours, bare = [], []
    for _ in range(repeats):
        start = time.perf_counter()
        for _ in parser.pipe(articles.values()):
            pass
        middle = time.perf_counter()
        for _ in nlp.pipe(raw.text for raw in articles.values()):
            pass
        ours.append(words / (middle - start))
        bare.append(words / (time.perf_counter() - middle))
    mine, theirs = statistics.median(ours), statistics.median(bare)
    return {
        "words/s, all in": mine,
        "words/s, bare spaCy": theirs,
        "ratio": statistics.median(a / b for a, b in zip(ours, bare, strict=True)),
    }


def show(value: Any) -> str:
    """Write a figure: a share in percent, a precision-recall-F1 triple by its F1."""
    if value is None:
        return "–"
    if isinstance(value, tuple):
        value = value[2]
    return f"{100 * value:.1f}"


def make_table(title: str, columns: dict[str, Figures]) -> Table:
    """Lay figures out, a row a figure and a column a body of gold."""
    table = Table(title=title, title_justify="left")
    table.add_column("figure (F1 unless said)")
    for name in columns:
        table.add_column(name, justify="right")
    for row in dict.fromkeys(name for figures in columns.values() for name in figures):
        table.add_row(row, *(show(figures.get(row)) for figures in columns.values()))
    return table


def main() -> int:
    """Measure and print; `--json` keeps every figure."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    arguments.add_argument("--tagger", type=Tagger, choices=list(Tagger), default=Settings().tagger)
    arguments.add_argument(
        "--repeats", type=int, default=3, help="of the speed measurement; 0: none"
    )
    arguments.add_argument("--own-only", action="store_true", help="leave out what lies in shared/")
    arguments.add_argument("--json", type=Path, help="write every figure there")
    arguments.add_argument("--dump", type=Path, help="write the documents of PolNeAR dev there")
    options = arguments.parse_args()
    settings = Settings()
    parser = load_parser(options.tagger, spacy_model=settings.spacy_model)
    console = Console(width=130)
    own = to_figures(score_own(parser))
    columns: dict[str, Figures] = dict(own)
    kept: dict[str, Any] = {"tagger": options.tagger, "own": own}
    polnear = None if options.own_only else score_polnear(parser, dump=options.dump)
    if polnear is not None:
        columns["PolNeAR dev"], columns["entity gold"] = polnear
        kept["polnear"], kept["entities"] = polnear
    console.print(make_table(f"On Record, tagger {options.tagger}", columns))
    if polnear is not None:
        table = Table(title="Beside others on PolNeAR", title_justify="left")
        for heading in ("figure (F1)", "On Record (dev)", *BASELINES):
            table.add_column(heading, justify="right" if table.columns else "left")
        for number, name in enumerate(ATTRIBUTION_ROWS):
            others = [line[number] for line in BASELINES.values()]
            shown = ("–" if value is None else f"{value:.1f}" for value in others)
            table.add_row(name, show(polnear[0][name]), *shown)
        console.print(table)
    if options.repeats:
        speed = measure_speed(parser, spacy_model=settings.spacy_model, repeats=options.repeats)
        kept["speed"] = speed
        console.print(
            f"speed on one core: {speed['words/s, all in']:.0f} words/s all in, "
            f"{speed['words/s, bare spaCy']:.0f} for bare {settings.spacy_model}; "
            f"ratio {speed['ratio']:.2f} (median of {options.repeats})"
        )
    if options.json:
        options.json.write_text(json.dumps(kept, indent=1), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
