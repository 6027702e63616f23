"""``python -m app.ingest.worker``: a process that reads and parses for `app.ingest.pool`.

It is told what to do over a socket that it inherits, does one job after the other, and ends when
the socket does. Whatever becomes of it (a crash, too much memory, a hang after which it is killed)
costs the one job that it had in hand.

What passes: first `Hello`; then for each job the `Job` itself, to which it answers `STARTED` when
the parser is loaded and the work begins, and then the result. `Broken` in place of `STARTED` says
that the parser cannot be loaded.
"""

import contextlib
import ctypes
import pickle
import resource
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

STARTED = "started"
_PR_SET_PDEATHSIG = 1  # linux/prctl.h
_STATM = Path("/proc/self/statm")


@dataclass(frozen=True, slots=True)
class Hello:
    """What a worker has to know before its first job.

    Attributes:
        path: Where modules are looked for, as in the process that sends the jobs.
        load: Loads the parser, pickled, so that `path` is in force before it is looked at.
        max_memory: How many bytes a job may take beyond what the process has at its start.
    """

    path: list[str]
    load: bytes
    max_memory: int


@dataclass(frozen=True, slots=True)
class Broken:
    """The parser cannot be loaded: no job will ever succeed."""

    error: Exception


@dataclass(frozen=True, slots=True)
class OutOfMemory:
    """The job took more memory than it may; the process ends, since its own is in pieces."""


def main(descriptor: int) -> None:
    """Serve the socket with this number until its other end is closed."""
    # The terminal's Ctrl-C and a server's SIGTERM reach the whole group: what they mean for the
    # run is for the process that writes to say.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    _die_with_parent()
    connection: Connection[Any, Any] = Connection(descriptor)
    # The other end is gone: nobody wants the result.
    with contextlib.suppress(EOFError, ConnectionError):
        _serve(connection)


def _serve(connection: "Connection[Any, Any]") -> None:
    hello: Hello = connection.recv()
    sys.path[:] = hello.path
    load_parser: Callable[[], Any] = pickle.loads(hello.load)  # noqa: S301 (our parent made it)  # nosec B301
    # What reading loads once is no part of the first file's time.
    from app.parsing.readers.languages import detect_language

    detect_language("the")
    loaded: list[Any] = []

    def load() -> Any:
        if not loaded:
            loaded.append(load_parser())
        return loaded[0]

    while True:
        job = connection.recv()
        if job.needs_parser:
            try:
                load()
            except Exception as error:
                connection.send(Broken(_to_sendable(error)))
                return
        connection.send(STARTED)
        try:
            with _bound_memory(hello.max_memory):
                result = job.run(load)
        except MemoryError:
            connection.send(OutOfMemory())
            return
        connection.send(result)


@contextlib.contextmanager
def _bound_memory(more: int) -> Any:
    """Bound the address space to what is taken now and `more` bytes, where the system says."""
    try:
        pages = int(_STATM.read_text().split()[0])
    except OSError:
        yield
        return
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    limit = pages * resource.getpagesize() + more
    if hard != resource.RLIM_INFINITY:
        limit = min(limit, hard)
    resource.setrlimit(resource.RLIMIT_AS, (limit, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (hard, hard))


def _die_with_parent() -> None:
    """Have Linux kill this process when its parent dies, also in the middle of a job."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _to_sendable(error: Exception) -> Exception:
    try:
        pickle.loads(pickle.dumps(error))  # noqa: S301 (made on this line)  # nosec B301
    except Exception:
        return RuntimeError(f"{type(error).__name__}: {error}")
    return error


if __name__ == "__main__":
    # As the module that the other side knows: what is sent is named by it.
    from app.ingest import worker

    worker.main(int(sys.argv[1]))
