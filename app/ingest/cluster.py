"""Reading and parsing on the workers of a Dask cluster.

A task is a file, or a slice of a large one. The worker that has it reads it and parses its articles
in processes of its own (`app.ingest.pool`), with the same bounds as at home, so that a hostile
article costs the cluster no worker and the model is loaded once for each of a worker's threads. The
result goes to the process that writes; the scheduler keeps nothing of it. When a worker is gone,
Dask gives its tasks to others, also those whose results were not fetched yet.

What is written is decided where it is written, in the order of the files, so a task that runs twice
writes nothing twice.
"""

import contextlib
import logging
import pickle
import threading
from collections.abc import Callable
from concurrent.futures import CancelledError
from dataclasses import dataclass
from typing import Any

from app.ingest.jobs import Failure, Outcome, ParseJob, ReadJob
from app.ingest.parse import Parser, describe_error
from app.ingest.pool import Limits, WorkerPool
from app.parsing.readers import ReadOptions, SeedFile
from app.vocabulary import FileFormat

_LOG = logging.getLogger(__name__)
# How often a task is tried again after an error, such as a process that cannot be started. A worker
# that dies with it is counted by Dask itself (distributed.scheduler.allowed-failures, 3).
_RETRIES = 2
CONNECT_S = 30.0
_WAIT_S = 60.0
_LOCK = threading.Lock()
# Files ahead of the writer, for each thread of the cluster.
_FILES_AHEAD = 3


class ClusterError(Exception):
    """The cluster cannot be used, and why."""


@dataclass(frozen=True, slots=True)
class FileResult:
    """What came of a file: for each of its articles the label, the key and the outcome."""

    format: FileFormat
    warnings: tuple[str, ...]
    articles: tuple[tuple[str, str, Outcome], ...]


@dataclass(frozen=True, slots=True)
class FileJob:
    """Read a file and parse its articles. A Dask task: called on a worker.

    Attributes:
        load: Loads the parser, pickled.
    """

    file: SeedFile
    options: ReadOptions
    load: bytes
    limits: Limits

    def __call__(self) -> FileResult | Failure:
        """Return what was found."""
        pool = _find_pool(self.load, limits=self.limits)
        result = pool.submit(ReadJob(self.file, self.options)).result()
        if isinstance(result, Failure):
            return result
        jobs = [ParseJob(item, self.file, self.options) for item in result.articles]
        futures = [pool.submit(job) for job in jobs]
        return FileResult(
            result.format,
            tuple(result.warnings),
            tuple(
                (job.label, job.item.key, future.result())
                for job, future in zip(jobs, futures, strict=True)
            ),
        )


def _find_pool(load: bytes, *, limits: Limits) -> WorkerPool:
    """Return the processes of the Dask worker that this runs on."""
    from distributed import get_worker

    worker: Any = get_worker()
    key = (load, limits)
    with _LOCK:
        known = getattr(worker, "onrecord_pool", None)
        if known is None or known[0] != key:
            if known is not None:
                known[1].close()
            loader: Callable[[], Parser] = pickle.loads(load)  # noqa: S301 (our own client made it)  # nosec B301
            pool = WorkerPool(loader, workers=worker.state.nthreads, limits=limits)
            known = worker.onrecord_pool = (key, pool)
        found: WorkerPool = known[1]
        return found


class Cluster:
    """A Dask cluster, from the side of the process that writes."""

    def __init__(self, address: str, *, load: Callable[[], Parser], limits: Limits) -> None:
        """Connect.

        Args:
            address: The scheduler's, ``tcp://host:8786``.
            load: Loads the parser; the workers must be able to import it.
            limits: What one article may take.

        Raises:
            ClusterError: The scheduler cannot be reached, has no workers, or Dask is not installed.
        """
        try:
            from distributed import Client
        except ImportError as error:
            raise ClusterError(
                "--scheduler needs Dask: pip install 'on-record[cluster]'"
            ) from error
        self._load = pickle.dumps(load)
        self._limits = limits
        try:
            # Results straight from the workers where they can be reached.
            self._client: Any = Client(
                address,
                name="onrecord-ingest",
                direct_to_workers=True,
                set_as_default=False,
                timeout=CONNECT_S,
            )
        except (OSError, ValueError) as error:
            raise ClusterError(f"no Dask scheduler can be reached at {address}: {error}") from error
        try:
            self._client.wait_for_workers(1, timeout=_WAIT_S)
        except TimeoutError as error:
            self._client.close()
            raise ClusterError(f"the Dask scheduler at {address} has no workers") from error
        _LOG.info("the cluster's dashboard: %s", self._client.dashboard_link)

    @property
    def files_ahead(self) -> int:
        """How many files to submit before the first one's result is waited for."""
        threads = sum(
            worker["nthreads"] for worker in self._client.scheduler_info(-1)["workers"].values()
        )
        return int(_FILES_AHEAD * max(threads, 1))

    def submit(self, file: SeedFile, *, options: ReadOptions) -> Any:
        """Have a file read and parsed; see `FileJob`."""
        job = FileJob(file, options, self._load, self._limits)
        return self._client.submit(job, pure=False, retries=_RETRIES)

    def fetch(self, future: Any) -> FileResult | Failure:
        """Wait for a result; a task that failed for good has its reason in it."""
        try:
            result: FileResult | Failure = future.result()
        except (CancelledError, KeyboardInterrupt):
            raise
        except Exception as error:
            return Failure(describe_error(error))
        return result

    def close(self) -> None:
        """Give up what is under way and disconnect; the cluster goes on."""
        with contextlib.suppress(Exception):
            self._client.run(_close_pool)
        self._client.close()


def _close_pool(dask_worker: Any) -> None:
    """End the processes that a Dask worker started for us."""
    known = getattr(dask_worker, "onrecord_pool", None)
    if known is not None:
        del dask_worker.onrecord_pool
        known[1].close()
