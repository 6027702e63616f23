"""Reading and parsing on the workers of a Dask cluster.

A task is a file, or a slice of a large one. The worker that has it reads it and parses its articles
in processes of its own (`app.ingest.pool`), with the same bounds as at home, so that a hostile
article costs the cluster no worker and the model is loaded once for each of a worker's threads. The
articles' rows it writes itself where the database takes more than one writer (`app.ingest.staged`).
The result goes to the process that writes; the scheduler keeps nothing of it. When a worker is
gone, Dask gives its tasks to others, also those whose results were not fetched yet.

What is written is decided where it is written, in the order of the files, so a task that runs twice
writes nothing twice.
"""

import contextlib
import logging
import os
import pickle
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import CancelledError
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from app.db.engine import make_writer_engine
from app.db.urls import is_postgresql
from app.ingest.jobs import Failure, Outcome, ParseJob, Prepared, ReadJob
from app.ingest.parse import Parser, describe_error
from app.ingest.pool import Limits, WorkerPool
from app.ingest.rows import to_source_key
from app.ingest.staged import to_staged
from app.ingest.staging import write_staged
from app.parsing.readers import ReadOptions, SeedFile
from app.vocabulary import FileFormat

_LOG = logging.getLogger(__name__)
# How often a task is tried again after an error, such as a process that cannot be started. A worker
# that dies with it is counted by Dask itself (distributed.scheduler.allowed-failures, 3).
_RETRIES = 2
CONNECT_S = 30.0
_WAIT_S = 60.0
_LOCK = threading.Lock()
# Articles whose rows are written in one transaction: 72 KB each (mean over our 28) before they are.
_WRITTEN_AT_ONCE = 50
# Files ahead of the writer, for each thread of the cluster.
_FILES_AHEAD = 3


class ClusterError(Exception):
    """The cluster cannot be used, and why."""


@dataclass(frozen=True, slots=True)
class FileResult:
    """What came of a file: for each of its articles the label, the key and the outcome.

    Attributes:
        problem: Why the worker could not write the articles' rows; else empty.
    """

    format: FileFormat
    warnings: tuple[str, ...]
    articles: tuple[tuple[str, str, Outcome], ...]
    problem: str = ""


@dataclass(frozen=True, slots=True)
class FileJob:
    """Read a file and parse its articles. A Dask task: called on a worker.

    Attributes:
        load: Loads the parser, pickled.
        database_url: Where the worker writes the articles' rows; None: they come with the result.
    """

    file: SeedFile
    options: ReadOptions
    load: bytes
    limits: Limits
    database_url: str | None = None

    def __call__(self) -> FileResult | Failure:
        """Return what was found."""
        pool = _find_pool(self.load, limits=self.limits)
        result = pool.submit(ReadJob(self.file, self.options)).result()
        if isinstance(result, Failure):
            return result
        stages = self.database_url is not None
        jobs = [ParseJob(item, self.file, self.options, stages) for item in result.articles]
        # What is written is let go: a slice may have thousands of articles.
        futures = deque(pool.submit(job) for job in jobs)
        outcomes: list[Outcome] = []
        problem = ""
        while futures:
            some: list[Outcome] = [
                futures.popleft().result() for _ in range(min(len(futures), _WRITTEN_AT_ONCE))
            ]
            if self.database_url is not None:
                some, trouble = _stage(some, url=self.database_url, file=self.file)
                problem = problem or trouble
            outcomes += some
        return FileResult(
            result.format,
            tuple(result.warnings),
            tuple((job.label, job.item.key, one) for job, one in zip(jobs, outcomes, strict=True)),
            problem,
        )


def _stage(outcomes: list[Outcome], *, url: str, file: SeedFile) -> tuple[list[Outcome], str]:
    """Write the rows of some of a file's articles, and return what is left to be sent.

    Returns:
        The outcomes; as they were, and why, when the rows cannot be written from here or the
        database refuses one: then the process that writes does, which finds out which.
    """
    ready = [
        (one, one.rows) for one in outcomes if isinstance(one, Prepared) and one.rows is not None
    ]
    try:
        with _find_engine(url).begin() as connection:
            keys = write_staged(
                connection,
                [(rows, one.packed) for one, rows in ready],
                source_key=to_source_key(file.name),
            )
    except (DBAPIError, UnicodeError) as error:
        _LOG.warning("%s: the rows go to the process that writes: %s", file.name, error)
        kept = [replace(one, rows=None) if isinstance(one, Prepared) else one for one in outcomes]
        return kept, describe_error(error)
    staged = {
        id(one): to_staged(
            key,
            rows,
            locals_=one.locals,
            sketch=one.sketch,
            word_count=one.parsed.word_count,
            warnings=one.warnings,
        )
        for key, (one, rows) in zip(keys, ready, strict=True)
    }
    return [staged.get(id(one), one) for one in outcomes], ""


def _find_engine(url: str) -> Engine:
    """Return the engine of the Dask worker that this runs on.

    Where the worker's own environment names a server, that is how it is reached from there.
    """
    from distributed import get_worker

    own = os.environ.get("ONRECORD_DATABASE_URL", "")
    url = own if own and is_postgresql(own) else url
    worker: Any = get_worker()
    with _LOCK:
        known = getattr(worker, "onrecord_engine", None)
        if known is None or known[0] != url:
            if known is not None:
                known[1].dispose()
            known = worker.onrecord_engine = (url, make_writer_engine(url))
        found: Engine = known[1]
        return found


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

    def __init__(
        self,
        address: str,
        *,
        load: Callable[[], Parser],
        limits: Limits,
        database_url: str | None = None,
    ) -> None:
        """Connect.

        Args:
            address: The scheduler's, ``tcp://host:8786``.
            load: Loads the parser; the workers must be able to import it.
            limits: What one article may take.
            database_url: The database that workers write rows to; None: they write nothing.

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
        self._database_url = database_url
        self._problems: set[str] = set()
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
    def writes(self) -> bool:
        """Whether its workers write rows."""
        return self._database_url is not None

    @property
    def files_ahead(self) -> int:
        """How many files to submit before the first one's result is waited for."""
        threads = sum(
            worker["nthreads"] for worker in self._client.scheduler_info(-1)["workers"].values()
        )
        return int(_FILES_AHEAD * max(threads, 1))

    def submit(self, file: SeedFile, *, options: ReadOptions) -> Any:
        """Have a file read and parsed; see `FileJob`."""
        job = FileJob(file, options, self._load, self._limits, self._database_url)
        return self._client.submit(job, pure=False, retries=_RETRIES)

    def fetch(self, future: Any) -> FileResult | Failure:
        """Wait for a result; a task that failed for good has its reason in it."""
        try:
            result: FileResult | Failure = future.result()
        except (CancelledError, KeyboardInterrupt):
            raise
        except Exception as error:
            return Failure(describe_error(error))
        if isinstance(result, FileResult) and result.problem not in {"", *self._problems}:
            self._problems.add(result.problem)
            _LOG.warning(
                "a worker could not write an article's rows, so they are written here: %s",
                result.problem,
            )
        return result

    def close(self) -> None:
        """Give up what is under way and disconnect; the cluster goes on."""
        with contextlib.suppress(Exception):
            self._client.run(_close_worker)
        self._client.close()


def _close_worker(dask_worker: Any) -> None:
    """End the processes that a Dask worker started for us, and its connections."""
    known = getattr(dask_worker, "onrecord_pool", None)
    if known is not None:
        del dask_worker.onrecord_pool
        known[1].close()
    known = getattr(dask_worker, "onrecord_engine", None)
    if known is not None:
        del dask_worker.onrecord_engine
        known[1].dispose()
