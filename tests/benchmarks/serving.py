"""How fast pages are served: ours, the floors' and Datasette's, on one corpus."""

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from app.db.ids import QUOTE, to_id
from tests.benchmarks.datasette import list_datasette_pages, write_datasette
from tests.benchmarks.load import CONNECTIONS, NoAnswerError, Walk, run_wrk, summarise
from tests.benchmarks.report import CACHE_MIB
from tests.benchmarks.scenarios import PAGE, Scenario, open_corpus
from tests.benchmarks.servers import (
    Server,
    list_cores,
    run_datasette,
    run_floor,
    run_on_record,
)

# The cache of finished answers is bounded by 64 MiB. A list that is walked round and round never
# meets an answer that is still kept when it is longer than that; one that is not twice as long is
# walked on a server that was started for it.
_CACHE_BYTES = CACHE_MIB << 20
_IMPORTS = "import fastapi, sqlmodel, uvicorn"

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Plan:
    """How long and how often is measured.

    Attributes:
        runs: Of how many runs the medians are.
        seconds: Of each run, a second of warm-up before.
        export_seconds: The most that an export is read for.
    """

    runs: int
    seconds: float
    export_seconds: float


class Bench:
    """Measures one corpus."""

    def __init__(self, corpus: Path, *, folder: Path, plan: Plan, say: Say) -> None:
        """Write nothing yet.

        Args:
            corpus: The database.
            folder: For lists of addresses, logs and Datasette's file.
            plan: How long and how often.
            say: Is told each figure.
        """
        self.corpus = corpus
        self.folder = folder
        self.plan = plan
        self.say = say
        folder.mkdir(parents=True, exist_ok=True)

    def serve(self) -> Any:
        """Start our server."""
        return run_on_record(self.corpus, log=self.folder / "onrecord.log")

    def walk(self, scenario: Scenario) -> Walk:
        """List a scenario's addresses."""
        with open_corpus(self.corpus) as corpus:
            lines = scenario.list_lines(corpus)
        if not lines:
            raise ValueError(f"the corpus is too small for {scenario.name}")
        return Walk.write(self.folder / f"{scenario.name}.txt", lines)

    def measure_page(self, cold: Scenario) -> dict[str, Any]:
        """Measure the page of a speaker beside floors and Datasette, all in turns.

        All servers are up at the same time, on the same core, and each round asks one after the
        other, so that a machine that grows slower does so for all of them.
        """
        walk = self.walk(cold)
        with ExitStack() as up:
            ours = up.enter_context(self.serve())
            line, body, etag = _find_usual_page(ours, walk)
            page = self.folder / "page.json"
            page.write_bytes(body)
            peers = {
                name: up.enter_context(run_floor(name, body=page, log=self.folder / f"{name}.log"))
                for name in ("asgi", "fastapi")
            }
            file = write_datasette(self.corpus.with_name(f"{self.corpus.stem}-quotes.db"),
                                   corpus=self.corpus)  # fmt: skip
            datasette = up.enter_context(run_datasette(file, log=self.folder / "datasette.log"))
            pages = {
                name: Walk.write(
                    self.folder / f"{name}.txt",
                    list_datasette_pages(self.corpus, name=file.stem, labels=labels),
                )
                for name, labels in (("datasette", False), ("datasette_labels", True))
            }
            _check_same_rows(ours, walk, datasette, pages["datasette"])
            hot = Walk.write(self.folder / "hot.txt", [line])
            asked = Walk.write(self.folder / "not_modified.txt", [f"{line}\t{etag}"])
            if ours.get(line, {"If-None-Match": etag})[0] != 304:
                raise RuntimeError(f"{line} with its own ETag is not answered with 304")
            turns = {
                "asgi_constant": (peers["asgi"], hot),
                "asgi_not_modified": (peers["asgi"], asked),
                "fastapi_constant": (peers["fastapi"], hot),
                "datasette": (datasette, pages["datasette"]),
                "datasette_labels": (datasette, pages["datasette_labels"]),
                cold.name: (ours, walk),
                "hot_page": (ours, hot),
                "not_modified": (ours, asked),
            }
            found = self._take_turns(turns)
            memory = _measure_memory(ours, walk, bytes_per_answer=len(body), plan=self.plan)
            for name in (cold.name, "hot_page", "not_modified"):
                found[name]["alone"] = self._run_alone(*turns[name])
        return {"page_bytes": len(body), "figures": found, "memory": memory}

    def _take_turns(self, turns: dict[str, tuple[Server, Walk]]) -> dict[str, dict[str, Any]]:
        for server, walk in turns.values():
            _run_patiently(server, walk, seconds=1)
            server.settle()
        runs: dict[str, list[dict[str, Any]]] = {name: [] for name in turns}
        for _ in range(self.plan.runs):
            for name, (server, walk) in turns.items():
                runs[name].append(_run_patiently(server, walk, seconds=self.plan.seconds))
                server.settle()
        return {name: self._told(name, summarise(of_name)) for name, of_name in runs.items()}

    def measure(self, scenario: Scenario) -> dict[str, Any]:
        """Measure one scenario by itself: 16 connections, and one alone."""
        walk = self.walk(scenario)
        with self.serve() as server:
            first = _run_patiently(server, walk, seconds=1)
            is_short = walk.length * first["bytes_per_answer"] < 2 * _CACHE_BYTES
            if not is_short:
                runs = [self._run(server, walk, first) for _ in range(self.plan.runs)]
                found = summarise(runs)
                found["alone"] = self._run_alone(server, walk)
                return self._told(scenario.name, found)
        runs = []
        for _ in range(self.plan.runs):
            with self.serve() as server:
                _run_patiently(server, walk, seconds=1)
                runs.append(self._run(server, walk, first))
                last = self._run_alone(server, walk) if len(runs) == self.plan.runs else None
        found = summarise(runs)
        found["alone"] = last
        return self._told(scenario.name, found)

    def _run(self, server: Server, walk: Walk, first: dict[str, Any]) -> dict[str, Any]:
        """Run as long as planned, or as the addresses last."""
        lasting = 0.8 * walk.length / first["requests_per_second"]
        return _run_patiently(server, walk, seconds=min(self.plan.seconds, lasting))

    def _run_alone(self, server: Server, walk: Walk) -> dict[str, Any]:
        """Run over one connection: what an answer takes when nobody else asks."""
        run = _run_patiently(server, walk, seconds=2, connections=1)
        return {name: round(run[name], 3) for name in ("p50_ms", "p99_ms", "requests")}

    def _told(self, name: str, found: dict[str, Any]) -> dict[str, Any]:
        repeated = "; ADDRESSES REPEATED" if found["repeated"] and name not in _REPEATED else ""
        self.say(
            f"{name}: {found['requests_per_second']:,.0f} requests/s, "
            f"p50 {found['p50_ms']:.1f} ms, p99 {found['p99_ms']:.1f} ms, "
            f"{found['bytes_per_answer']:,.0f} bytes{repeated}"
        )
        return found

    def measure_export(self) -> dict[str, Any]:
        """Read all quotations as NDJSON, as fast as they come, and watch the server's memory."""
        with self.serve() as server:
            before = server.memory()
            lines, size, complete = 0, 0, False
            memory: list[float] = []
            connection = HTTPConnection(urlsplit(server.address).netloc, timeout=120)
            started = sampled = time.monotonic()
            connection.request("GET", "/v1/quotes.ndjson")
            answer = connection.getresponse()
            while True:
                data = answer.read1(1 << 20)
                now = time.monotonic()
                if not data:
                    complete = True
                    break
                lines += data.count(b"\n")
                size += len(data)
                if now - sampled > 0.25:
                    sampled = now
                    memory.append(server.memory()["anonymous"])
                if now - started > self.plan.export_seconds:
                    break
            seconds = time.monotonic() - started
            connection.close()
        found = {
            "quotes_per_second": round(lines / seconds, 1),
            "mb_per_second": round(size / seconds / 1e6, 1),
            "quotes": lines,
            "seconds": round(seconds, 2),
            "complete": complete,
            "anonymous_mib_before": before["anonymous"],
            "anonymous_mib_early": memory[len(memory) // 10] if memory else None,
            "anonymous_mib_most": max(memory, default=None),
            "anonymous_mib_last": memory[-1] if memory else None,
        }
        self.say(
            f"export: {found['quotes_per_second']:,.0f} quotes/s"
            f"{'' if complete else ' (cut off)'}, {found['anonymous_mib_most']} MiB at most"
        )
        return found

    def measure_start(self) -> dict[str, Any]:
        """Time a start on this database, unchanged, against importing what it is built on."""
        starts, imports = [], []
        core = str(list_cores()[0])
        for run in range(self.plan.runs + 1):
            began = time.perf_counter()
            subprocess.run(["taskset", "-c", core, sys.executable, "-c", _IMPORTS], check=True)
            between = time.perf_counter()
            with self.serve():
                ready = time.perf_counter()
            if run:  # the first of each reads files that the system has not at hand yet
                imports.append(between - began)
                starts.append(ready - between)
        found = {
            "start_seconds": round(statistics.median(starts), 3),
            "imports_seconds": round(statistics.median(imports), 3),
            "start_vs_imports": round(
                statistics.median(s / i for s, i in zip(starts, imports, strict=True)), 3
            ),
        }
        self.say(f"start: {found['start_seconds']} s, imports {found['imports_seconds']} s")
        return found


_REPEATED = {"asgi_constant", "asgi_not_modified", "fastapi_constant", "hot_page", "not_modified"}


def _run_patiently(
    server: Server, walk: Walk, *, seconds: float, connections: int = CONNECTIONS
) -> dict[str, Any]:
    """Run, and longer when not one answer came."""
    for patience in (1, 5, 25):
        try:
            return run_wrk(server, walk, seconds=seconds * patience, connections=connections)
        except NoAnswerError:
            continue
    raise NoAnswerError(f"{walk.file.name}: no answer within {25 * seconds:.0f} s")


def _find_usual_page(server: Server, walk: Walk) -> tuple[str, bytes, str]:
    """Return the address, body and ETag of the page whose size is in the middle of the first 51."""
    lines = walk.file.read_text(encoding="utf-8").splitlines()[:51]
    answers = [(line, *server.get(line)[1:]) for line in lines]
    for line, body, _ in answers:
        if len(json.loads(body)["data"]) != PAGE:
            raise RuntimeError(f"{line} is not a page of {PAGE}")
    return sorted(answers, key=lambda answer: len(answer[1]))[len(answers) // 2]


def _check_same_rows(ours: Server, walk: Walk, theirs: Server, pages: Walk) -> None:
    """Refuse to compare pages that are not of the same rows.

    Quotations of one article have one time; Datasette orders them by key from the smallest up, ours
    from the greatest down, so that a page may begin or end with others of them.
    """
    for our_line, their_line in zip(_head(walk, 5), _head(pages, 5), strict=True):
        our_rows = json.loads(ours.get(our_line)[1])["data"]
        their_rows = json.loads(theirs.get(their_line)[1])["rows"]
        same = {row["id"] for row in our_rows} & {to_id(QUOTE, row["key"]) for row in their_rows}
        if len(their_rows) != PAGE or len(same) < PAGE - 6:
            raise RuntimeError(f"Datasette's page has other rows: {our_line} and {their_line}")


def _head(walk: Walk, count: int) -> Sequence[str]:
    return walk.file.read_text(encoding="utf-8").splitlines()[:count]


def _measure_memory(
    server: Server, walk: Walk, *, bytes_per_answer: int, plan: Plan
) -> dict[str, Any]:
    """Read the worker's memory once it has sent more different pages than its cache can hold."""
    sent = 0.0
    deadline = time.monotonic() + 60
    while sent < 1.2 * _CACHE_BYTES and time.monotonic() < deadline:
        run = _run_patiently(server, walk, seconds=plan.seconds)
        sent += run["requests"] * bytes_per_answer
    return {**server.memory(), "mib_of_pages_sent_at_least": round(sent / 2**20, 1)}
