"""Servers in processes of their own, each on the one core that servers have."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_PATIENCE = 120.0  # seconds that a server may take to answer for the first time


def list_cores() -> tuple[int, int]:
    """Return the core that servers are pinned to, and the one that the load comes from."""
    cores = sorted(os.sched_getaffinity(0))
    return cores[0], cores[-1]


@dataclass(frozen=True, slots=True)
class Server:
    """A running server."""

    pid: int
    address: str

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> tuple[int, bytes, str]:
        """Ask once; return status, body and ETag."""
        request = urllib.request.Request(self.address + path, headers=dict(headers or {}))
        try:
            with urllib.request.urlopen(request, timeout=_PATIENCE) as answer:
                return answer.status, answer.read(), answer.headers.get("ETag", "")
        except urllib.error.HTTPError as error:
            return error.code, error.read(), error.headers.get("ETag", "")

    def settle(self) -> None:
        """Wait until it is done with what was asked of it, at most ten seconds.

        A client that leaves does not take its questions back: Datasette worked on sixteen of them
        for 0.1 s and more while the next server was measured on the same core.
        """
        end = time.monotonic() + 10
        before = read_processor(self.pid)
        while time.monotonic() < end:
            time.sleep(0.1)
            now = read_processor(self.pid)
            if now - before < 0.02:
                return
            before = now

    def memory(self) -> dict[str, float]:
        """Return the memory of the process in MiB: resident, and of that its own and of files."""
        return read_memory(self.pid)


def read_processor(pid: int) -> float:
    """Return the seconds of a processor that a process has taken, to the hundredth."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def read_memory(pid: int) -> dict[str, float]:
    """Return the resident memory of a process in MiB: all, anonymous, and pages of files.

    Proportional set size (`proportional`) counts a page of a file once however often it is mapped.
    """
    names = {"VmRSS": "resident", "RssAnon": "anonymous", "RssFile": "of_files"}
    found = {}
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        name, _, value = line.partition(":")
        if name in names:
            found[names[name]] = int(value.split()[0]) / 1024
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            found["proportional"] = int(line.split()[1]) / 1024
    return {name: round(value, 1) for name, value in found.items()}


def find_port() -> int:
    """Return a port that is free now."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextmanager
def run_on_record(database: Path, *, log: Path) -> Iterator[Server]:
    """Serve a database as a user would, without ingest."""
    port = find_port()
    command = [sys.executable, "-m", "app.cli", "serve", "--port", str(port)]
    with _run(command, port=port, ready="/readyz", log=log, settings=settings_for(database)) as it:
        yield it


def settings_for(database: Path) -> dict[str, str]:
    """Return the environment of a server on this database that loads nothing."""
    return {
        "ONRECORD_DATABASE_URL": f"sqlite:///{database}",
        "ONRECORD_INGEST_AT_START": "false",
        "ONRECORD_WORKERS": "1",
        # The floors and Datasette write no line for each request either.
        "ONRECORD_LOG_REQUESTS": "false",
    }


@contextmanager
def run_floor(kind: str, *, body: Path, log: Path) -> Iterator[Server]:
    """Serve constant bytes: "asgi" or "fastapi"."""
    port = find_port()
    command = [sys.executable, str(Path(__file__).with_name("floors.py")), kind, str(body)]
    with _run([*command, str(port)], port=port, ready="/", log=log) as server:
        yield server


@contextmanager
def run_datasette(database: Path, *, log: Path) -> Iterator[Server]:
    """Serve a file with Datasette."""
    port = find_port()
    command = [sys.executable, "-m", "datasette", "serve", str(database), "--port", str(port)]
    with _run(command, port=port, ready="/-/versions.json", log=log) as server:
        yield server


@contextmanager
def _run(
    command: Sequence[str],
    *,
    port: int,
    ready: str,
    log: Path,
    settings: Mapping[str, str] | None = None,
) -> Iterator[Server]:
    server_core, _ = list_cores()
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("ONRECORD_")
    }
    with log.open("wb") as output:
        process = subprocess.Popen(
            ["taskset", "-c", str(server_core), *command],
            cwd=ROOT,
            env=environment | dict(settings or {}),
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    server = Server(process.pid, f"http://127.0.0.1:{port}")
    try:
        _wait_until_ready(server, process, ready=ready, log=log)
        yield server
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _wait_until_ready(
    server: Server, process: subprocess.Popen[bytes], *, ready: str, log: Path
) -> None:
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end:
        if process.poll() is not None:
            raise RuntimeError(
                f"the server ended by itself with {process.returncode}:\n{log.read_text()[-2000:]}"
            )
        try:
            if server.get(ready)[0] == 200:
                return
        except OSError:
            pass
        time.sleep(0.01)
    raise RuntimeError(f"{server.address}{ready} was not ready in {_PATIENCE:.0f} s")
