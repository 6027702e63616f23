"""From figures to ratios, and from ratios to tables."""

import os
import platform
import sqlite3
import statistics
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

Figures = dict[str, Any]

CACHE_MIB = 64  # what the cache of finished answers is bounded by
MARK = "<!-- benchmarks -->\n"


@dataclass(frozen=True, slots=True)
class Goal:
    """A figure that is to be reached.

    Attributes:
        name: Under which it stands in ``ratios`` or ``absolute`` of benchmarks.json.
        what: The same for people.
        goal: What it is to be.
        at_least: True when more is better.
        is_ratio: False for a figure that only means something on one machine.
        unit: Behind the figure.
    """

    name: str
    what: str
    goal: float
    at_least: bool = True
    is_ratio: bool = True
    unit: str = "x"

    def is_reached(self, value: float) -> bool:
        """Say whether a figure is good enough."""
        return value >= self.goal if self.at_least else value <= self.goal


GOALS = (
    Goal("cold_page_vs_datasette", "a page never asked for before, against Datasette", 6),
    Goal("cold_page_vs_fastapi_constant", "the same, against a FastAPI route of its bytes", 0.55),
    Goal("hot_page_vs_floor", "the same page again, against a bare ASGI application", 0.8),
    Goal("not_modified_vs_floor", "304, against a bare ASGI application", 0.9),
    Goal("p99_million_vs_ten_thousand", "slowest 1 %, a million articles against ten thousand, "
         "the worst question", 1.5, at_least=False),
    Goal("ingest_vs_bare_pipeline", "words read in, against the model alone", 0.85),
    Goal("ingest_two_processes_vs_one", "words read in by two processes, against one", 1.7),
    Goal("start_vs_imports", "start to ready, against importing the frameworks", 1.5,
         at_least=False),
    Goal("search_p99_ms", "search for two words, slowest 1 %", 100, at_least=False,
         is_ratio=False, unit="ms"),
    Goal("worker_resident_mib", "memory of a worker, its cache full", 150, at_least=False,
         is_ratio=False, unit="MiB"),
    Goal("unchanged_files_per_second", "unchanged files looked through", 20_000,
         is_ratio=False, unit="files/s"),
    Goal("export_quotes_per_second", "NDJSON export", 50_000, is_ratio=False, unit="quotes/s"),
)  # fmt: skip


def describe_machine() -> Figures:
    """Say what the figures were measured on."""
    model = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        platform.processor(),
    )
    return {
        "cpu": model,
        "cores": len(os.sched_getaffinity(0)),
        "memory_gb": round(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 1e9, 1),
        "system": platform.platform(),
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        **{name: version(name) for name in ("uvicorn", "fastapi", "datasette", "on-record")},
    }


def find_ratios(found: Figures) -> None:
    """Put ``ratios``, ``absolute``, ``missing`` (why a figure is null) and ``goals`` in place.

    Of several corpora, those of the largest are the ones that count.
    """
    for corpus in found["corpora"].values():
        corpus["ratios"] = _compare_with_peers(corpus)
    sizes = sorted(found["corpora"], key=int)
    largest: Figures = found["corpora"][sizes[-1]] if sizes else {}
    growth = _compare_sizes(found["corpora"], sizes)
    ingest = found.get("ingest") or {}
    found["p99_growth"] = growth
    scenarios = largest.get("scenarios", {})
    why = dict(ingest.get("why", {}))
    if largest.get("failed"):
        why["p99_million_vs_ten_thousand"] = "a question failed"
    memory = largest.get("memory", {})
    is_full = memory.get("mib_of_pages_sent_at_least", 0) >= CACHE_MIB
    if memory and not is_full:
        why["worker_resident_mib"] = f"fewer than {CACHE_MIB} MiB of pages were sent in a minute"
    values = {
        **largest.get("ratios", {}),
        # What failed is no better than the worst that was measured.
        "p99_million_vs_ten_thousand": (
            None if largest.get("failed") else max(growth.values(), default=None)
        ),
        "ingest_vs_bare_pipeline": ingest.get("ingest_vs_bare_pipeline"),
        "ingest_two_processes_vs_one": ingest.get("ingest_two_processes_vs_one"),
        "start_vs_imports": largest.get("start", {}).get("start_vs_imports"),
        "search_p99_ms": scenarios.get("search", {}).get("p99_ms"),
        "worker_resident_mib": memory["resident"] if is_full else None,
        "unchanged_files_per_second": ingest.get("unchanged_files_per_second"),
        "export_quotes_per_second": largest.get("export", {}).get("quotes_per_second"),
    }
    for goal in GOALS:
        values.setdefault(goal.name, None)
    known = {goal.name for goal in GOALS}
    more = {name: value for name, value in values.items() if name not in known}
    found["ratios"] = {goal.name: values[goal.name] for goal in GOALS if goal.is_ratio} | more
    found["absolute"] = {goal.name: values[goal.name] for goal in GOALS if not goal.is_ratio}
    found["missing"] = {
        goal.name: why.get(goal.name, "not measured in this run")
        for goal in GOALS
        if values[goal.name] is None
    }
    for size, corpus in found["corpora"].items():
        for name, why in corpus["failed"].items():
            found["missing"][f"{name} in {int(size):,} articles"] = why
    found["goals"] = {
        goal.name: {
            "at_least" if goal.at_least else "at_most": goal.goal,
            "reached": None if values[goal.name] is None else goal.is_reached(values[goal.name]),
        }
        for goal in GOALS
    }


def _compare_with_peers(corpus: Figures) -> Figures:
    rates = {name: figures["rate_of_runs"] for name, figures in corpus["scenarios"].items()}

    def ratio(ours: str, *theirs: str) -> float | None:
        if ours not in rates or any(name not in rates for name in theirs):
            return None
        # Round by round, so that a machine that slows down slows both.
        rounds = zip(rates[ours], *(rates[name] for name in theirs), strict=True)
        return round(statistics.median(one / max(others) for one, *others in rounds), 3)

    return {
        # The faster of its two: with the speaker's name beside the key, and without.
        "cold_page_vs_datasette": ratio("cold_page", "datasette", "datasette_labels"),
        "cold_page_vs_fastapi_constant": ratio("cold_page", "fastapi_constant"),
        "hot_page_vs_floor": ratio("hot_page", "asgi_constant"),
        "not_modified_vs_floor": ratio("not_modified", "asgi_constant"),
        "not_modified_vs_bare_304": ratio("not_modified", "asgi_not_modified"),
    }


_NOT_OURS = {
    "asgi_constant", "asgi_not_modified", "fastapi_constant", "datasette", "datasette_labels",
}  # fmt: skip


def _compare_sizes(corpora: Mapping[str, Figures], sizes: list[str]) -> dict[str, float]:
    if len(sizes) < 2:
        return {}
    small, large = (corpora[size]["scenarios"] for size in (sizes[0], sizes[-1]))
    growth = {}
    for name in large:
        if name in small and name not in _NOT_OURS:
            rounds = zip(small[name]["p99_ms_of_runs"], large[name]["p99_ms_of_runs"], strict=True)
            growth[name] = round(statistics.median(after / before for before, after in rounds), 3)
    return growth


def print_tables(found: Figures, *, console: Console) -> None:
    """Print every question's figures side by side, and what was reached."""
    sizes = sorted(found["corpora"], key=int)
    table = Table(title="16 connections, server on one core, load on the other")
    table.add_column("question")
    for size in sizes:
        for column in ("requests/s", "p50 ms", "p99 ms", "alone, p99 ms"):
            table.add_column(f"{int(size):,}\n{column}", justify="right")
    if len(sizes) > 1:
        table.add_column("p99, large\nto small", justify="right")
    names = dict.fromkeys(name for size in sizes for name in found["corpora"][size]["scenarios"])
    for name in names:
        cells = [name]
        for size in sizes:
            figures = found["corpora"][size]["scenarios"].get(name)
            cells += ["", "", "", ""] if figures is None else [
                f"{figures['requests_per_second']:,.0f}",
                f"{figures['p50_ms']:,.2f}",
                f"{figures['p99_ms']:,.2f}",
                f"{figures['alone']['p99_ms']:,.2f}" if figures.get("alone") else "",
            ]  # fmt: skip
        if len(sizes) > 1:
            growth = found["p99_growth"].get(name)
            cells.append("" if growth is None else f"{growth:.2f}")
        table.add_row(*cells)
    console.print(table)
    largest = f"{int(sizes[-1]):,} articles" if sizes else "no corpus"
    goals = Table(title=f"What was to be reached ({largest})")
    for column in ("figure", "goal", "measured", ""):
        goals.add_column(column, justify="left" if column in ("figure", "") else "right")
    for goal, asked, measured, reached in list_goals(found):
        goals.add_row(goal, asked, measured, reached)
    console.print(goals)
    for name, why in found["missing"].items():
        console.print(f"{name}: {why}")


def list_goals(found: Figures) -> list[tuple[str, str, str, str]]:
    """Return for each goal: what it is, what it asks, what was measured, and "reached" or not."""
    lines = []
    for goal in GOALS:
        value = found["ratios" if goal.is_ratio else "absolute"][goal.name]
        asked = f"{'≥' if goal.at_least else '≤'} {goal.goal:,g} {goal.unit}"
        if value is None:
            lines.append((goal.what, asked, "–", ""))
            continue
        shown = f"{value:,.2f}" if goal.is_ratio else f"{value:,.0f}"
        reached = "reached" if goal.is_reached(value) else "short"
        lines.append((goal.what, asked, f"{shown} {goal.unit}", reached))
    return lines


def to_markdown(found: Figures) -> str:
    """Return the README's table."""
    lines = ["| figure | goal | measured |", "| --- | ---: | ---: |"]
    lines += [
        f"| {what} | {asked} | {f'**{measured}**' if reached == 'short' else measured} |"
        for what, asked, measured, reached in list_goals(found)
    ]
    return "\n".join(lines) + "\n"


def write_readme(readme: Path, found: Figures) -> None:
    """Put the table in the place of the one below the mark.

    Raises:
        ValueError: The README has no such place, or the figures are not of a whole run.
    """
    if not {"10000", "1000000"} <= set(found["corpora"]):
        raise ValueError("the README shows a whole run: make bench, without --quick")
    text = readme.read_text(encoding="utf-8")
    before, mark, after = text.partition(MARK)
    if not mark:
        raise ValueError(f"{readme.name} has no {MARK.strip()}")
    lines = after.splitlines(keepends=True)
    rest = next((at for at, line in enumerate(lines) if not line.startswith("|")), len(lines))
    readme.write_text(before + mark + to_markdown(found) + "".join(lines[rest:]), encoding="utf-8")
