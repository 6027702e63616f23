"""Load by wrk: https://github.com/wg/wrk. Every request of a run asks for another address."""

import json
import shutil
import statistics
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.benchmarks.servers import Server, list_cores

CONNECTIONS = 16
ANY = 1 << 40  # as many requests as there is time for
_SCRIPT = Path(__file__).with_name("walk.lua")


class LoadError(RuntimeError):
    """What was measured does not count."""


class NoAnswerError(LoadError):
    """There was not one answer in the time of a run."""


@dataclass(slots=True)
class Walk:
    """A list of addresses that is walked from where the last run stopped.

    Attributes:
        file: One a line.
        length: How many.
        at: The next one.
    """

    file: Path
    length: int
    at: int = 0

    @classmethod
    def write(cls, file: Path, lines: Sequence[str]) -> "Walk":
        """Write the addresses (after a tab, the ETag that the client has)."""
        if len(set(lines)) < len(lines):
            raise ValueError(f"{file.name}: an address stands in the list twice")
        file.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        return cls(file, len(lines))


def find_wrk() -> str:
    """Return the path of wrk.

    Raises:
        LoadError: It is not installed.
    """
    found = shutil.which("wrk")
    if found is None:
        raise LoadError("the load comes from wrk, which is not here: apt-get install wrk")
    return found


def run_wrk(
    server: Server,
    walk: Walk,
    *,
    seconds: float,
    connections: int = CONNECTIONS,
    most: int = ANY,
) -> dict[str, Any]:
    """Load a server; return requests a second and times in milliseconds.

    It ends after `seconds`, or when `most` requests are out. `repeated` says that addresses were
    asked for more than once within the run.

    Raises:
        LoadError: A request failed or had a status of 400 or more.
        NoAnswerError: There was no answer at all.
    """
    _, core = list_cores()
    command = [
        "taskset", "-c", str(core), find_wrk(), "--threads", "1", "--connections",
        str(connections), "--duration", f"{max(1, round(seconds))}s", "--timeout", "60s",
        "--script", str(_SCRIPT), server.address, "--", str(walk.file), str(walk.at),
        str(most),
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found = json.loads(done.stdout.splitlines()[-1])
    wrong = {name: count for name, count in found["errors"].items() if count}
    if not wrong and not found["requests"]:
        raise NoAnswerError(f"{walk.file.name}: no answer within {seconds:.0f} s")
    if wrong:
        raise LoadError(f"{walk.file.name}: {found['requests']} answers, errors: {wrong}")
    walk.at = (walk.at + found["sent"]) % walk.length
    return {
        "requests_per_second": found["requests"] / found["microseconds"] * 1e6,
        "p50_ms": found["p50"] / 1000,
        "p90_ms": found["p90"] / 1000,
        "p99_ms": found["p99"] / 1000,
        "max_ms": found["max"] / 1000,
        "requests": found["requests"],
        "sent": found["sent"],
        "bytes_per_answer": found["bytes"] / found["requests"],
        "repeated": found["sent"] > walk.length,
    }


def summarise(runs: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return the median of each figure of several runs, and the spread of some."""
    rates = [run["requests_per_second"] for run in runs]
    names = ("requests_per_second", "p50_ms", "p90_ms", "p99_ms", "max_ms", "bytes_per_answer")
    medians = {name: statistics.median(run[name] for run in runs) for name in names}
    return {
        **{name: round(value, 3) for name, value in medians.items()},
        "lowest_rate": round(min(rates), 3),
        "highest_rate": round(max(rates), 3),
        "rate_of_runs": [round(rate, 3) for rate in rates],
        "p99_ms_of_runs": [round(run["p99_ms"], 3) for run in runs],
        "runs": len(runs),
        "requests": sum(run["requests"] for run in runs),
        "repeated": any(run["repeated"] for run in runs),
    }
