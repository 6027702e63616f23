"""`make bench`: measures On Record against what nobody can be faster than.

    make bench [ARGS="--quick"]

Corpora are made when they are not there, and kept. Everything is measured in one run on one
machine; only ratios mean anything elsewhere. Needs wrk (`apt-get install wrk`) and Linux.
"""

import argparse
import json
import shutil
import signal
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console

from tests.benchmarks.corpus import GENERATOR_VERSION, ensure_corpus, find_corpus
from tests.benchmarks.ingest import SMALL_FILES, measure_ingest
from tests.benchmarks.load import LoadError, find_wrk
from tests.benchmarks.memory import hold
from tests.benchmarks.report import describe_machine, find_ratios, print_tables, write_readme
from tests.benchmarks.scenarios import COLD, SCENARIOS, open_corpus
from tests.benchmarks.servers import ROOT
from tests.benchmarks.serving import Bench, Plan

SMALL, LARGE = 10_000, 1_000_000
OTHERS = ("export", "start", "ingest")
NAMES = (*(scenario.name for scenario in SCENARIOS), *OTHERS)
_COUNTED = ("articles", "mentions", "quotes", "claims", "attributions", "entities")


def read_arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog="make bench",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--quick", action="store_true", help=f"only {SMALL:,} articles, three runs in place of five"
    )
    parser.add_argument(
        "--articles", type=int, nargs="+", metavar="N", help="the sizes of the corpora"
    )
    parser.add_argument(
        "--only", nargs="+", choices=NAMES, metavar="NAME", help=f"of: {', '.join(NAMES)}"
    )
    parser.add_argument("--skip", nargs="+", choices=NAMES, default=[], metavar="NAME")
    parser.add_argument("--runs", type=int, help="of how many runs the medians are")
    parser.add_argument("--seconds", type=float, help="of each run")
    parser.add_argument("--output", type=Path, default=ROOT / "benchmarks.json")
    parser.add_argument(
        "--corpora-only", action="store_true", help="make the corpora and measure nothing"
    )
    parser.add_argument(
        "--readme", action="store_true", help="write the README's table from --output, and end"
    )
    return parser.parse_args()


def main() -> int:
    """Measure, print, write."""
    asked = read_arguments()
    console = Console()
    if asked.readme:
        return _write_readme(asked.output)
    find_wrk()
    # Told to stop, it stops the servers that it has started too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    started = time.monotonic()
    found: dict[str, Any] = {
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": describe_machine(),
        "quick": asked.quick,
        "corpora": {},
    }
    chosen = [name for name in asked.only or NAMES if name not in asked.skip]

    def say(line: str) -> None:
        console.print(f"[{time.monotonic() - started:5.0f} s] {line}", markup=False)

    plan = Plan(
        runs=asked.runs or (3 if asked.quick else 5),
        seconds=asked.seconds or 2,
        export_seconds=20 if asked.quick else 90,
    )
    scratch = Path(tempfile.mkdtemp(prefix="onrecord-bench-"))
    try:
        corpora, made = {}, {}
        for articles in asked.articles or ([SMALL] if asked.quick else [SMALL, LARGE]):
            say(f"corpus of {articles:,} articles")
            was_there = find_corpus(articles).exists()
            began = time.monotonic()
            corpora[articles] = ensure_corpus(articles, say=say)
            made[articles] = None if was_there else round(time.monotonic() - began, 1)
        if asked.corpora_only:
            return 0
        bench = Bench(corpora, folder=scratch, plan=plan, say=say)
        bench.keep_warm()
        with hold(corpora.values(), say=say):
            measured = _measure_corpora(bench, chosen, say=say)
        found["corpora"] = {
            str(size): figures | {"corpus": _describe(corpora[size], made=made[size])}
            for size, figures in measured.items()
        }
        if "ingest" in chosen:
            try:
                found["ingest"] = measure_ingest(
                    scratch,
                    files=60 if asked.quick else 100,
                    runs=1 if asked.quick else plan.runs,
                    small_files=10_000 if asked.quick else SMALL_FILES,
                    say=say,
                )
            except RuntimeError as error:
                # Half an hour's other figures are written all the same.
                say(f"ingest FAILED: {error}")
                found["failed"] = {"ingest": str(error)}
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    find_ratios(found)
    found["seconds"] = round(time.monotonic() - started, 1)
    asked.output.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    print_tables(found, console=console)
    say(f"every figure is in {asked.output.name}")
    return 0


def _measure_corpora(bench: Bench, chosen: list[str], *, say: Any) -> dict[int, dict[str, Any]]:
    sizes = bench.corpora.keys()
    found: dict[int, dict[str, Any]] = {size: {"scenarios": {}, "failed": {}} for size in sizes}
    for scenario in SCENARIOS:
        if scenario.name not in chosen:
            continue
        if scenario.name == COLD:
            for size, page in bench.measure_page(scenario).items():
                found[size]["scenarios"] |= page.pop("figures")
                found[size] |= page
            continue
        for size, figures in bench.measure(scenario).items():
            # One question that fails does not cost the figures of the others.
            if isinstance(figures, LoadError):
                found[size]["failed"][scenario.name] = str(figures)
                say(f"{scenario.name}, {size:,} articles, FAILED: {figures}")
            else:
                found[size]["scenarios"][scenario.name] = figures
    largest = max(sizes)
    if "export" in chosen:
        found[largest]["export"] = bench.measure_export(largest)
    if "start" in chosen:
        found[largest]["start"] = bench.measure_start(largest)
    return found


def _describe(corpus: Path, *, made: float | None) -> dict[str, Any]:
    with open_corpus(corpus) as database:
        counts = {
            table: database.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
            for table in _COUNTED
        }
    return {
        "file": corpus.name,
        "generator": GENERATOR_VERSION,
        "bytes": corpus.stat().st_size,
        "made_in_seconds": made,
        **counts,
    }


def _write_readme(figures: Path) -> int:
    try:
        found = json.loads(figures.read_text(encoding="utf-8"))
    except FileNotFoundError:
        sys.stderr.write(f"there is no {figures.name}; make bench writes it\n")
        return 1
    try:
        write_readme(ROOT / "README.md", found)
    except ValueError as error:
        sys.stderr.write(f"{figures.name}: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
