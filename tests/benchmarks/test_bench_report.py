"""The report says what was reached, what was not, and what was not measured."""

from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from tests.benchmarks.report import GOALS, find_ratios, list_goals, print_tables, write_readme


def of(rate: float, p99: float = 1.0) -> dict[str, Any]:
    return {
        "requests_per_second": rate,
        "rate_of_runs": [0.5 * rate, rate, 1.2 * rate],
        "p50_ms": 0.5,
        "p99_ms": p99,
        "p99_ms_of_runs": [0.9 * p99, p99, 4 * p99],
        "alone": None,
    }


def make_corpus(*, slower: float = 1.0) -> dict[str, Any]:
    return {
        "scenarios": {
            "asgi_constant": of(1000, 1.0),
            "asgi_not_modified": of(1600),
            "fastapi_constant": of(500, 2.0),
            "datasette": of(20, 80.0),
            "datasette_labels": of(30, 80.0),
            "cold_page": of(270, 4.0),
            "hot_page": of(810, 2.0 * slower),
            "not_modified": of(800, 2.0),
            "search": of(90, 120.0),
        },
        "failed": {},
        "memory": {"resident": 120.0, "mib_of_pages_sent_at_least": 77.0},
        "start": {"start_vs_imports": 1.2},
        "export": {"quotes_per_second": 60_000.0},
    }


@pytest.fixture
def found() -> dict[str, Any]:
    found: dict[str, Any] = {
        "corpora": {"10000": make_corpus(), "1000000": make_corpus(slower=1.7)},
        "ingest": {
            "ingest_vs_bare_pipeline": 0.9,
            "ingest_two_processes_vs_one": None,
            "unchanged_files_per_second": 25_000.0,
            "why": {"ingest_two_processes_vs_one": "there is one core"},
        },
    }
    find_ratios(found)
    return found


def test_ratios_are_those_of_the_rates(found: dict[str, Any]) -> None:
    assert found["ratios"] == {
        "cold_page_vs_datasette": 9.0,  # against the faster of the two
        "cold_page_vs_fastapi_constant": 0.54,
        "hot_page_vs_floor": 0.81,
        "not_modified_vs_floor": 0.8,
        "not_modified_vs_bare_304": 0.5,
        "p99_million_vs_ten_thousand": 1.7,
        "ingest_vs_bare_pipeline": 0.9,
        "ingest_two_processes_vs_one": None,
        "start_vs_imports": 1.2,
    }
    assert found["p99_growth"] == {
        "cold_page": 1.0, "hot_page": 1.7, "not_modified": 1.0, "search": 1.0
    }  # fmt: skip


def test_growth_is_that_of_most_rounds(found: dict[str, Any]) -> None:
    small, large = (found["corpora"][size]["scenarios"] for size in ("10000", "1000000"))
    small["search"]["p99_ms_of_runs"] = [100.0, 200.0, 300.0, 90.0, 110.0]
    large["search"]["p99_ms_of_runs"] = [120.0, 210.0, 150.0, 180.0, 132.0]
    find_ratios(found)
    assert found["p99_growth"]["search"] == 1.2


def test_goals_say_what_is_reached_and_why_a_figure_is_missing(found: dict[str, Any]) -> None:
    reached = {name: goal["reached"] for name, goal in found["goals"].items()}
    assert [name for name, is_reached in reached.items() if is_reached is False] == [
        "cold_page_vs_fastapi_constant",
        "not_modified_vs_floor",
        "p99_million_vs_ten_thousand",
        "search_p99_ms",
    ]
    assert found["missing"] == {"ingest_two_processes_vs_one": "there is one core"}
    assert reached["ingest_two_processes_vs_one"] is None


def test_the_readme_gets_the_table_and_keeps_the_rest(
    found: dict[str, Any], tmp_path: Path
) -> None:
    readme = tmp_path / "README.md"
    readme.write_text("before\n\n<!-- benchmarks -->\n| old |\n| older |\n\nafter\n", "utf-8")
    write_readme(readme, found)
    text = readme.read_text("utf-8")
    assert text.startswith("before\n\n<!-- benchmarks -->\n| figure | goal | measured |\n")
    assert text.endswith("|\n\nafter\n")
    assert "old" not in text
    assert "| NDJSON export | ≥ 50,000 quotes/s | 60,000 quotes/s |" in text
    assert "| **0.54 x** |" in text
    assert len(list_goals(found)) == len(GOALS) == text.count("\n|") - 2
    del found["corpora"]["1000000"]
    with pytest.raises(ValueError, match="a whole run"):
        write_readme(readme, found)
    found["corpora"]["1000000"] = make_corpus()
    readme.write_text("nothing of it", "utf-8")
    with pytest.raises(ValueError, match="no <!-- benchmarks -->"):
        write_readme(readme, found)


def test_the_terminal_shows_both_corpora_side_by_side(found: dict[str, Any]) -> None:
    console = Console(record=True, width=160, file=open("/dev/null", "w"))  # noqa: SIM115
    print_tables(found, console=console)
    shown = console.export_text()
    console.file.close()
    assert "10,000" in shown
    assert "1,000,000" in shown
    assert shown.count("short") == 4
    assert "ingest_two_processes_vs_one: there is one core" in shown


def test_a_question_that_failed_is_not_left_out_of_the_worst(found: dict[str, Any]) -> None:
    found["corpora"]["1000000"]["failed"] = {"all_months": "no answer within 75 s"}
    find_ratios(found)
    assert found["ratios"]["p99_million_vs_ten_thousand"] is None
    assert found["missing"]["p99_million_vs_ten_thousand"] == "a question failed"
    assert found["missing"]["all_months in 1,000,000 articles"] == "no answer within 75 s"


def test_memory_counts_only_with_a_full_cache(found: dict[str, Any]) -> None:
    assert found["absolute"]["worker_resident_mib"] == 120.0
    found["corpora"]["1000000"]["memory"]["mib_of_pages_sent_at_least"] = 20.0
    find_ratios(found)
    assert found["absolute"]["worker_resident_mib"] is None
    assert "fewer than 64 MiB" in found["missing"]["worker_resident_mib"]


def test_nothing_measured_is_said_to_be_so() -> None:
    found: dict[str, Any] = {"corpora": {}}
    find_ratios(found)
    assert set(found["ratios"].values()) == {None}
    assert set(found["missing"].values()) == {"not measured in this run"}
