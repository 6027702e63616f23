"""Files on their way to the writer: read and parsed ahead of it, handed over in their order.

The writer decides nothing by who was quicker: it gets every file and article in the same order
with any number of workers. What is ahead of it is bounded, in bytes of files and in articles, so
that memory does not grow with the corpus.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

from app.ingest.cluster import Cluster
from app.ingest.jobs import Failure, Outcome, ParseJob, ReadJob
from app.ingest.pool import Pool
from app.ingest.rows import to_source_key
from app.ingest.scan import Work
from app.parsing.readers import Page, Pages, ReadOptions, ReadResult
from app.parsing.types import RawArticle
from app.vocabulary import FileFormat

# How far workers are ahead of the writer, for each of them: enough that none waits while the
# writer is at a long article. Files are farther ahead than articles, so that a file has been read
# when its articles' turn comes.
_ARTICLES_AHEAD = 4
_FILES_AHEAD = 8
_BYTES_AHEAD = 32_000_000


@dataclass(slots=True)
class File:
    """A file on its way into the database.

    Attributes:
        seen: Keys of the articles that came.
        stored: Keys of those that are in the database as this file's.
        left_out: Of pages without an article, how many for each reason, and the first of them.
    """

    work: Work
    format: FileFormat | None = None
    warnings: list[str] = field(default_factory=list)
    error: str | None = None
    error_field: str | None = None
    seen: set[int] = field(default_factory=set)
    stored: set[int] = field(default_factory=set)
    left_out: dict[str, tuple[int, str]] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The file's name, as `sources.path` holds it."""
        return self.work.file.name

    @property
    def key(self) -> int:
        """Key of the file's row."""
        return to_source_key(self.name)

    @property
    def all_warnings(self) -> list[str]:
        """The warnings, those of pages that were left out last."""
        return self.warnings + [
            f"{count:,} page{'' if count == 1 else 's'} left out: {reason}; the first: {first}"
            for reason, (count, first) in sorted(self.left_out.items())
        ]

    def leave_out(self, page: str, *, reason: str) -> None:
        """Note a page that is no article."""
        count, first = self.left_out.get(reason, (0, page))
        self.left_out[reason] = (count + 1, first)

    def fail(self, reason: str, *, error_field: str | None = None) -> None:
        """Note an error; the first one is kept."""
        if self.error is None:
            self.error, self.error_field = reason, error_field


@dataclass(frozen=True, slots=True)
class Arrival:
    """One article of a file, ready to be written.

    Attributes:
        label: What the log calls the article; the file's own name when it has none.
        key: `RawArticle.key`; None when no article can be had from the file.
        outcome: What is to be stored, or why nothing is; None when the file has no article.
        is_last: Nothing more comes of the file.
    """

    file: File
    label: str
    key: str | None
    outcome: Outcome | None
    is_last: bool


@dataclass(frozen=True, slots=True)
class _Coming:
    """An arrival that may not be ready yet."""

    file: File
    label: str
    key: str | None
    future: "Future[Any] | None"
    is_last: bool


def flow(work: Iterable[Work], *, pool: Pool | Cluster, options: ReadOptions) -> Iterator[Arrival]:
    """Read and parse files; yields in the order of `work`, and of the articles in each.

    A file from which no article can be had comes once, without one, so that it is written down.

    Raises:
        Exception: What stops the run: the parser cannot be loaded, no process can be started.
    """
    if isinstance(pool, Cluster):
        yield from _flow_from_cluster(work, cluster=pool, options=options)
        return
    coming = _submit_articles(
        _read_ahead(work, pool=pool, options=options), pool=pool, options=options
    )
    ahead: deque[_Coming] = deque()
    for one in coming:
        ahead.append(one)
        if len(ahead) > _ARTICLES_AHEAD * pool.workers:
            yield _wait_for(ahead.popleft())
    while ahead:
        yield _wait_for(ahead.popleft())


def _wait_for(coming: _Coming) -> Arrival:
    outcome = None if coming.future is None else coming.future.result()
    return Arrival(coming.file, coming.label, coming.key, outcome, coming.is_last)


def _submit_articles(
    read: Iterator[tuple[File, ReadResult | Pages | Failure]], *, pool: Pool, options: ReadOptions
) -> Iterator[_Coming]:
    for file, result in read:
        if isinstance(result, Failure):
            file.fail(result.reason, error_field=result.field)
            yield _Coming(file, file.name, None, _done(result), is_last=True)
            continue
        file.format = result.format
        file.warnings = list(result.warnings)
        last = len(result.articles) - 1
        if last < 0:
            yield _Coming(file, file.name, None, None, is_last=True)
        items: tuple[RawArticle | Page, ...] = result.articles
        for number, item in enumerate(items):
            job = ParseJob(item, file.work.file, options)
            yield _Coming(file, job.label, item.key, pool.submit(job), is_last=number == last)


def _read_ahead(
    work: Iterable[Work], *, pool: Pool, options: ReadOptions
) -> Iterator[tuple[File, ReadResult | Pages | Failure]]:
    ahead: deque[tuple[File, Future[Any]]] = deque()
    size = 0
    for one in work:
        ahead.append((File(one), pool.submit(ReadJob(one.file, options))))
        size += one.size
        while ahead and (len(ahead) > _FILES_AHEAD * pool.workers or size > _BYTES_AHEAD):
            file, future = ahead.popleft()
            size -= file.work.size
            yield file, future.result()
    for file, future in ahead:
        yield file, future.result()


def _flow_from_cluster(
    work: Iterable[Work], *, cluster: Cluster, options: ReadOptions
) -> Iterator[Arrival]:
    ahead: deque[tuple[File, Future[Any]]] = deque()
    for one in work:
        ahead.append((File(one), cluster.submit(one.file, options=options)))
        if len(ahead) >= cluster.files_ahead:
            yield from _fetch(*ahead.popleft(), cluster=cluster)
    while ahead:
        yield from _fetch(*ahead.popleft(), cluster=cluster)


def _fetch(file: File, future: "Future[Any]", *, cluster: Cluster) -> Iterator[Arrival]:
    result = cluster.fetch(future)
    if isinstance(result, Failure):
        file.fail(result.reason, error_field=result.field)
        yield Arrival(file, file.name, None, result, is_last=True)
        return
    file.format = result.format
    file.warnings = list(result.warnings)
    last = len(result.articles) - 1
    if last < 0:
        yield Arrival(file, file.name, None, None, is_last=True)
    for number, (label, key, outcome) in enumerate(result.articles):
        yield Arrival(file, label, key, outcome, is_last=number == last)


def _done(result: Any) -> "Future[Any]":
    future: Future[Any] = Future()
    future.set_result(result)
    return future
