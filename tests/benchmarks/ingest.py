"""How fast articles are read in, against the model alone, and how much memory that takes."""

import json
import statistics
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.benchmarks.files import write_articles, write_small_files
from tests.benchmarks.servers import ROOT, list_cores

SMALL_FILES = 50_000


def measure_ingest(
    folder: Path, *, files: int, runs: int, small_files: int, say: Callable[[str], None]
) -> dict[str, Any]:
    """Measure ingest.

    Args:
        folder: An empty one, for files and databases.
        files: How many articles are read, each a file.
        runs: Of how many the medians are; the model alone and ingest take turns.
        small_files: How many unchanged files are looked through.
        say: Is told the progress.

    Returns:
        Figures; `ratios` among them, with None for what cannot be measured here, and `why`.
    """
    articles, small = folder / "articles", folder / "small"
    write_articles(articles, count=files)
    bare, ingest = [], []
    for run in range(runs):
        read = _read("ingest", articles, folder / f"ingest-{run}.db")
        bare.append(read["words"] / read["bare_seconds"])
        ingest.append(read["words"] / read["seconds"])
        say(f"ingest: {ingest[-1]:,.0f} words/s, the model alone {bare[-1]:,.0f}")
    memory = read["memory"]
    found: dict[str, Any] = {
        "files": files,
        "words": read["words"],
        "bare_words_per_second": round(statistics.median(bare), 1),
        "ingest_words_per_second": round(statistics.median(ingest), 1),
        "memory_mib_by_articles": memory,
        "memory_growth": round(memory[-1][1] / memory[len(memory) // 2][1], 3),
        # Run by run, so that a machine that slows down slows both.
        "ingest_vs_bare_pipeline": round(
            statistics.median(i / b for i, b in zip(ingest, bare, strict=True)), 3
        ),
        "why": {},
    }
    found |= _measure_processes(articles, folder=folder, runs=runs, why=found["why"])
    say(f"two processes: {found['ingest_two_processes_vs_one']}")
    write_small_files(small, count=small_files)
    rates = []
    for _ in range(max(runs, 3)):
        looked = _read("unchanged", small, folder / "unchanged.db")
        rates.append(looked["files"] / looked["seconds"])
    found["unchanged_files"] = small_files
    found["unchanged_files_per_second"] = round(statistics.median(rates), 1)
    say(f"unchanged: {found['unchanged_files_per_second']:,.0f} files/s")
    return found


def _measure_processes(
    articles: Path, *, folder: Path, runs: int, why: dict[str, str]
) -> dict[str, float | None]:
    """Measure ingest with one worker process and with two, in turns."""
    if list_cores()[0] == list_cores()[1]:
        why["ingest_two_processes_vs_one"] = "there is one core"
        return {"ingest_two_processes_vs_one": None}
    rates: dict[int, list[float]] = {1: [], 2: []}
    for run in range(runs):
        for workers, own in rates.items():
            database = folder / f"workers-{workers}-{run}.db"
            found = _read("workers", articles, database, str(workers))
            own.append(found["words"] / found["seconds"])
    pairs = zip(rates[1], rates[2], strict=True)
    return {
        "one_process_words_per_second": round(statistics.median(rates[1]), 1),
        "two_processes_words_per_second": round(statistics.median(rates[2]), 1),
        "ingest_two_processes_vs_one": round(statistics.median(two / one for one, two in pairs), 3),
    }


def _read(what: str, *places: Path | str) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.benchmarks.reading", what, *map(str, places)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"measuring {what} failed:\n{done.stderr[-2000:]}")
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found
