"""How fast pages are served: ours, the floors' and Datasette's, on corpora side by side."""

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from app.db.ids import QUOTE, to_id
from tests.benchmarks.datasette import list_datasette_pages, write_datasette
from tests.benchmarks.load import (
    ANY,
    CONNECTIONS,
    LoadError,
    NoAnswerError,
    Walk,
    run_wrk,
    summarise,
)
from tests.benchmarks.memory import read_once
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
# The slowest hundredth of fewer answers is one of them; a run goes on for more, five times as long.
_FEWEST = 200
# The slowest hundredth of two seconds is twenty answers or so; more rounds have a steadier median.
_MORE_ROUNDS = 4
_WARM_SECONDS = 40
_RATE = "requests_per_second"
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
    """Measures corpora side by side.

    Each round asks the server of one corpus and then that of the other, all on the same core, so
    that a machine that grows slower does so for all of them.
    """

    def __init__(self, corpora: Mapping[int, Path], *, folder: Path, plan: Plan, say: Say) -> None:
        """Write nothing yet.

        Args:
            corpora: The databases by their number of articles.
            folder: For lists of addresses, logs and Datasette's files.
            plan: How long and how often.
            say: Is told each figure.
        """
        self.corpora = corpora
        self.folders = {size: folder / str(size) for size in corpora}
        self.plan = plan
        self.say = say
        for own in self.folders.values():
            own.mkdir(parents=True, exist_ok=True)
        self._warm_until = 0.0

    def keep_warm(self) -> None:
        """Read the corpora now and then: some systems take back what was not used for minutes."""
        if time.monotonic() < self._warm_until:
            return
        seconds = sum(read_once(corpus) for corpus in self.corpora.values())
        self._warm_until = time.monotonic() + _WARM_SECONDS
        self.say(f"the corpora were read in {seconds:.0f} s, so that the system keeps what fits")

    def serve(self, size: int) -> Any:
        """Start our server on a corpus."""
        return run_on_record(self.corpora[size], log=self.folders[size] / "onrecord.log")

    def walk(self, scenario: Scenario, size: int) -> Walk:
        """List a scenario's addresses in a corpus."""
        with open_corpus(self.corpora[size]) as corpus:
            lines = scenario.list_lines(corpus)
        if not lines:
            raise ValueError(f"the corpus of {size:,} articles is too small for {scenario.name}")
        return Walk.write(self.folders[size] / f"{scenario.name}.txt", lines)

    def measure_page(self, cold: Scenario) -> dict[int, dict[str, Any]]:
        """Measure the page of a speaker beside floors and Datasette, all in turns, by corpus."""
        with ExitStack() as up:
            pages = {size: self._open_page(cold, size, up=up) for size in self.corpora}
            turns = {
                (size, name): turn for size, page in pages.items() for name, turn in page[1].items()
            }
            for server, walk in turns.values():
                _run_patiently(server, walk, seconds=1)
                server.settle()
            runs: dict[tuple[int, str], list[dict[str, Any]]] = {turn: [] for turn in turns}
            for _ in range(self.plan.runs):
                self.keep_warm()
                for turn, (server, walk) in turns.items():
                    runs[turn].append(_run_patiently(server, walk, seconds=self.plan.seconds))
                    server.settle()
            found = {}
            for size, (length, own) in pages.items():
                figures = {name: self._sum_up(name, size, runs[size, name]) for name in own}
                memory = _measure_memory(*own[cold.name], bytes_per_answer=length, plan=self.plan)
                for name in (cold.name, "hot_page", "not_modified"):
                    figures[name]["alone"] = self._run_alone(*own[name])
                found[size] = {"page_bytes": length, "figures": figures, "memory": memory}
                self.say(f"memory with {size:,} articles: {memory}")
        return found

    def _open_page(
        self, cold: Scenario, size: int, *, up: ExitStack
    ) -> tuple[int, dict[str, tuple[Server, Walk]]]:
        """Start a corpus's servers; return the page's bytes, and whom to ask for what."""
        folder, corpus = self.folders[size], self.corpora[size]
        walk = self.walk(cold, size)
        ours = up.enter_context(self.serve(size))
        line, body, etag = _find_usual_page(ours, walk)
        page = folder / "page.json"
        page.write_bytes(body)
        peers = {
            name: up.enter_context(run_floor(name, body=page, log=folder / f"{name}.log"))
            for name in ("asgi", "fastapi")
        }
        file = write_datasette(corpus.with_name(f"{corpus.stem}-quotes.db"), corpus=corpus)
        datasette = up.enter_context(run_datasette(file, log=folder / "datasette.log"))
        pages = {
            name: Walk.write(
                folder / f"{name}.txt",
                list_datasette_pages(corpus, name=file.stem, labels=labels),
            )
            for name, labels in (("datasette", False), ("datasette_labels", True))
        }
        _check_same_rows(ours, walk, datasette, pages["datasette"])
        hot = Walk.write(folder / "hot.txt", [line])
        asked = Walk.write(folder / "not_modified.txt", [f"{line}\t{etag}"])
        if ours.get(line, {"If-None-Match": etag})[0] != 304:
            raise RuntimeError(f"{line} with its own ETag is not answered with 304")
        return len(body), {
            "asgi_constant": (peers["asgi"], hot),
            "asgi_not_modified": (peers["asgi"], asked),
            "fastapi_constant": (peers["fastapi"], hot),
            "datasette": (datasette, pages["datasette"]),
            "datasette_labels": (datasette, pages["datasette_labels"]),
            cold.name: (ours, walk),
            "hot_page": (ours, hot),
            "not_modified": (ours, asked),
        }

    def measure(self, scenario: Scenario) -> dict[int, dict[str, Any] | LoadError]:
        """Measure one scenario in turns, by corpus: 16 connections, and one alone."""
        walks = {size: self.walk(scenario, size) for size in self.corpora}
        runs: dict[int, list[dict[str, Any]]] = {size: [] for size in walks}
        found: dict[int, dict[str, Any] | LoadError] = {}
        with ExitStack() as up:
            servers = {size: up.enter_context(self.serve(size)) for size in walks}
            firsts = {}
            self.keep_warm()
            for size, walk in walks.items():
                try:
                    firsts[size] = _run_patiently(servers[size], walk, seconds=1)
                except LoadError as error:
                    found[size] = error
            rounds = self.plan.runs + _MORE_ROUNDS
            for turn in range(rounds):
                self.keep_warm()
                for size in [one for one in walks if one not in found]:
                    first, is_last = firsts[size], turn == rounds - 1
                    try:
                        run, alone = self._take_turn(
                            servers[size], walks[size], size=size, first=first, is_last=is_last
                        )
                    except LoadError as error:
                        found[size] = error
                        continue
                    runs[size].append(run)
                    if is_last:
                        summary = self._sum_up(scenario.name, size, runs[size])
                        found[size] = summary | {"alone": alone}
        return found

    def _take_turn(
        self, server: Server, walk: Walk, *, size: int, first: dict[str, Any], is_last: bool
    ) -> tuple[dict[str, Any], dict[str, float] | None]:
        """Run once; the last time also over one connection."""
        usual = max(self.plan.seconds, min(5 * self.plan.seconds, _FEWEST / first[_RATE]))
        if walk.length * first["bytes_per_answer"] >= 2 * _CACHE_BYTES:
            # At the start all connections ask at once, of a server that did nothing meanwhile: in
            # two seconds these answers alone were most of the slowest hundredth.
            _run_patiently(server, walk, seconds=1)
            run = _run_patiently(server, walk, seconds=usual)
            server.settle()
            return run, self._run_alone(server, walk) if is_last else None
        with self.serve(size) as fresh:
            warm = _run_patiently(fresh, walk, seconds=usual / 4, most=walk.length // 4)
            left = walk.length - warm["sent"] - CONNECTIONS
            run = _run_patiently(fresh, walk, seconds=usual, most=left)
        if not is_last:
            return run, None
        with self.serve(size) as fresh:
            return run, self._run_alone(fresh, walk)

    def _run_alone(self, server: Server, walk: Walk) -> dict[str, float]:
        """Run over one connection: what an answer takes when nobody else asks."""
        most = walk.length if walk.length > 1 else ANY
        run = _run_patiently(server, walk, seconds=2, connections=1, most=most)
        return {name: round(run[name], 3) for name in ("p50_ms", "p99_ms", "requests")}

    def _sum_up(self, name: str, size: int, runs: Sequence[dict[str, Any]]) -> dict[str, Any]:
        found = summarise(runs)
        repeated = "; ADDRESSES REPEATED" if found["repeated"] and name not in _REPEATED else ""
        self.say(
            f"{name}, {size:,} articles: {found[_RATE]:,.0f} requests/s, "
            f"p50 {found['p50_ms']:.1f} ms, p99 {found['p99_ms']:.1f} ms, "
            f"{found['bytes_per_answer']:,.0f} bytes{repeated}"
        )
        return found

    def measure_export(self, size: int) -> dict[str, Any]:
        """Read all quotations as NDJSON, as fast as they come, and watch the server's memory."""
        self.keep_warm()
        with self.serve(size) as server:
            before = server.memory()
            lines, length, complete = 0, 0, False
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
                length += len(data)
                if now - sampled > 0.25:
                    sampled = now
                    memory.append(server.memory()["anonymous"])
                if now - started > self.plan.export_seconds:
                    break
            seconds = time.monotonic() - started
            connection.close()
        found = {
            "quotes_per_second": round(lines / seconds, 1),
            "mb_per_second": round(length / seconds / 1e6, 1),
            "quotes": lines,
            "seconds": round(seconds, 2),
            "complete": complete,
            "anonymous_mib_before": before["anonymous"],
            "anonymous_mib_early": memory[len(memory) // 10] if memory else None,
            "anonymous_mib_most": max(memory, default=None),
            "anonymous_mib_last": memory[-1] if memory else None,
        }
        self.say(
            f"export, {size:,} articles: {found['quotes_per_second']:,.0f} quotes/s"
            f"{'' if complete else ' (cut off)'}, {found['anonymous_mib_most']} MiB at most"
        )
        return found

    def measure_start(self, size: int) -> dict[str, Any]:
        """Time a start on this database, unchanged, against importing what it is built on."""
        starts, imports = [], []
        core = str(list_cores()[0])
        for run in range(2 * self.plan.runs + 1):  # a second or two each
            began = time.perf_counter()
            subprocess.run(["taskset", "-c", core, sys.executable, "-c", _IMPORTS], check=True)
            between = time.perf_counter()
            with self.serve(size):
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
        self.say(
            f"start, {size:,} articles: {found['start_seconds']} s, "
            f"imports {found['imports_seconds']} s"
        )
        return found


_REPEATED = {"asgi_constant", "asgi_not_modified", "fastapi_constant", "hot_page", "not_modified"}


def _run_patiently(
    server: Server,
    walk: Walk,
    *,
    seconds: float,
    connections: int = CONNECTIONS,
    most: int = ANY,
) -> dict[str, Any]:
    """Run, and longer when not one answer came."""
    for patience in (1, 5, 25):
        try:
            return run_wrk(
                server, walk, seconds=seconds * patience, connections=connections, most=most
            )
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
