"""Worker processes, and what their jobs come to: results, or why there are none.

Each worker has a thread of its own here, which hands it one job at a time and waits for the
answer. So it is always known which file or article a worker was at when it died or ran out of
time, and that one alone is written off.

Own code, because what there is does not tell this: a `concurrent.futures.ProcessPoolExecutor` is
broken as a whole by one crash and cannot stop a job, and pools on `multiprocessing` cannot run in
a worker of a cluster, which is a daemon without children.
"""

import logging
import os
import pickle
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Any, Protocol, Self

from app.ingest.jobs import Failure, Job
from app.ingest.parse import Parser
from app.ingest.worker import STARTED, Broken, Hello, OutOfMemory

_LOG = logging.getLogger(__name__)
# Libraries below numpy start a thread a core each, which only get into each other's way.
_ONE_THREAD = dict.fromkeys(
    ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"), "1"
) | {"TOKENIZERS_PARALLELISM": "false"}
# How often an article may kill its process before it is taken to be the cause, and how many
# processes in a row may die before they begin with it, which is not its fault.
_TRIES = 2
_STARTS = 5


class WorkerStartError(Exception):
    """Worker processes die before they begin to work; their standard error says why."""


class _DiedEarlyError(Exception):
    """The process died before it began with the job."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one job may take.

    Attributes:
        seconds: Wall-clock time.
        memory: In bytes, beyond what the process has with the parser loaded.
    """

    seconds: float = 300.0
    memory: int = 2_000_000_000


class Pool(Protocol):
    """Does jobs, several at a time.

    Attributes:
        workers: How many at a time; 0: each is done when it is submitted.
    """

    workers: int

    def submit(self, job: Job) -> "Future[Any]":
        """Take a job; the future has what `job.run` returns, or a `Failure`."""

    def close(self) -> None:
        """End; what is under way is given up."""


class ThisProcess:
    """Does each job at once, in this process: without bounds, and nothing needs to be started."""

    workers = 0

    def __init__(self, load: Callable[[], Parser]) -> None:
        """Take what loads the parser; it is loaded with the first article."""
        self._load_new = load
        self._parser: Parser | None = None

    def submit(self, job: Job) -> "Future[Any]":
        """Do a job."""
        future: Future[Any] = Future()
        future.set_result(job.run(self._load))
        return future

    def close(self) -> None:
        """Do nothing."""

    def _load(self) -> Parser:
        if self._parser is None:
            self._parser = self._load_new()
        return self._parser


class WorkerPool:
    """Local worker processes, each started with its first job and replaced when it dies."""

    def __init__(self, load: Callable[[], Parser], *, workers: int, limits: Limits) -> None:
        """Prepare; no process is started yet.

        Args:
            load: Loads the parser in each worker; it must be possible to pickle it.
            workers: How many, at least 1.
            limits: What one job may take.
        """
        self.workers = workers
        self._hello = Hello(list(sys.path), pickle.dumps(load), limits.memory)
        self._limits = limits
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix="worker")
        self._mine = threading.local()
        self._processes: set[_Worker] = set()
        self._lock = threading.Lock()
        self._is_closed = False

    @property
    def pids(self) -> tuple[int, ...]:
        """Numbers of the processes that run now."""
        with self._lock:
            return tuple(worker.pid for worker in self._processes)

    def submit(self, job: Job) -> "Future[Any]":
        """Take a job; jobs are begun in the order in which they come.

        Returns:
            What `job.run` returns, or a `Failure` when it took too long or too much memory, or
            the process died of it twice. Its exception is the run's own: the parser cannot be
            loaded, or no process can be started.
        """
        return self._threads.submit(self._do, job)

    def close(self) -> None:
        """Kill the processes, whatever they do, and wait for their end."""
        with self._lock:
            self._is_closed = True
            for worker in self._processes:
                worker.kill()
        self._threads.shutdown(wait=True, cancel_futures=True)
        for worker in self._processes:
            worker.end()
        self._processes.clear()

    def __enter__(self) -> Self:
        """Return itself; closed at the end of the block."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close it."""
        self.close()

    def _do(self, job: Job) -> Any:
        died, tries, starts = "", 0, 0
        while tries < _TRIES:
            worker = self._find_worker()
            try:
                result = worker.do(job, seconds=self._limits.seconds)
            except TimeoutError:
                self._drop(worker)
                return Failure(f"it took longer than {self._limits.seconds:g} s and was given up")
            except (_DiedEarlyError, EOFError, ConnectionError) as error:
                died = self._drop(worker)
                if self._is_closed:
                    break
                _LOG.warning("%s: the worker process died (%s)", job.label, died)
                if not isinstance(error, _DiedEarlyError):
                    tries += 1
                    continue
                starts += 1
                if starts >= _STARTS:
                    raise WorkerStartError(
                        f"{starts} worker processes died at their start, the last of {died}"
                    ) from error
            except BaseException:
                self._drop(worker)
                raise
            else:
                if not isinstance(result, OutOfMemory):
                    return result
                self._drop(worker)
                megabytes = self._limits.memory / 1_000_000
                return Failure(f"it took more than {megabytes:,.0f} MB of memory and was given up")
        return Failure(f"the process that read it died ({died}), and so did the next one")

    def _find_worker(self) -> "_Worker":
        """Return this thread's worker, a new one where it has none."""
        worker: _Worker | None = getattr(self._mine, "worker", None)
        if worker is None:
            with self._lock:
                if self._is_closed:
                    raise WorkerStartError("the pool is closed")
                worker = _Worker(self._hello)
                self._processes.add(worker)
            self._mine.worker = worker
        return worker

    def _drop(self, worker: "_Worker") -> str:
        """Kill a worker, and say in words how it ended."""
        self._mine.worker = None
        words = worker.end()
        with self._lock:
            self._processes.discard(worker)
        return words


class _Worker:
    """One process, from this side."""

    def __init__(self, hello: Hello) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 (ourselves)  # nosec B603
                [sys.executable, "-m", "app.ingest.worker", str(theirs.fileno())],
                env=os.environ | _ONE_THREAD,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=(theirs.fileno(),),
            )
        self._connection: Connection[Any, Any] = Connection(ours.detach())
        self._hello: Hello | None = hello

    @property
    def pid(self) -> int:
        return self._process.pid

    def do(self, job: Job, *, seconds: float) -> Any:
        """Have it do a job.

        Raises:
            TimeoutError: It did not come to an end.
            EOFError: The process died.
            ConnectionError: The same.
            _DiedEarlyError: It died before it began.
        """
        try:
            if self._hello is not None:
                self._connection.send(self._hello)
                self._hello = None
            self._connection.send(job)
            answer = self._connection.recv()
        except (EOFError, ConnectionError) as error:
            raise _DiedEarlyError from error
        if isinstance(answer, Broken):
            raise answer.error
        assert answer == STARTED
        if not self._connection.poll(seconds):
            raise TimeoutError
        return self._connection.recv()

    def kill(self) -> None:
        if self._process.poll() is None:
            self._process.kill()

    def end(self) -> str:
        """Kill it if it lives, and say how it ended; may be called again."""
        self._connection.close()
        # One that died by itself is about to be gone: its own end is what is of interest.
        try:
            code = self._process.wait(0.2)
        except subprocess.TimeoutExpired:
            self._process.kill()
            code = self._process.wait()
        if code < 0:
            return signal.Signals(-code).name
        return f"exit code {code}"
