"""Loading files: what workers have read and parsed is committed article by article.

Killed anywhere, the database holds whole articles only, and the file that was being loaded is
marked so: the next run reads it again and ends where an undisturbed one would have.
"""

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, Engine, bindparam, select
from sqlalchemy.exc import DBAPIError

from app.db import tables
from app.db.dialect import is_rows_fault
from app.db.ids import ARTICLE, to_id
from app.db.ready import Ready
from app.ingest.cluster import Cluster
from app.ingest.flow import Arrival, File, flow
from app.ingest.jobs import Failure, NoArticle, Prepared
from app.ingest.ledger import Ledger, Versions, to_left_out
from app.ingest.parse import Parser, describe_error
from app.ingest.pool import Pool
from app.ingest.resolve import Corrections
from app.ingest.rows import to_article_key, to_source_key
from app.ingest.scan import Work
from app.ingest.staged import Staged
from app.ingest.staging import StagedRowsGoneError, drop_staged
from app.ingest.store import delete_article, list_article_keys, store_article
from app.parsing.readers import ReadOptions
from app.vocabulary import SourceStatus

_LOG = logging.getLogger(__name__)
_ARTICLES = tables.metadata.tables["articles"]
_SOURCES = tables.metadata.tables["sources"]
_OWNER = Ready(
    select(_SOURCES.c.path)
    .join(_ARTICLES, _ARTICLES.c.source_key == _SOURCES.c.key)
    .where(_ARTICLES.c.key == bindparam("article"))
)
# Articles that a changed file no longer has are deleted in transactions of at most this many.
_DELETED_AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class ParserSource:
    """A parser that is loaded when it is needed, and its versions, which are known before.

    Attributes:
        load: Loads it; to be sent to worker processes it must be possible to pickle it.
    """

    versions: Versions
    load: Callable[[], Parser]


@dataclass(slots=True)
class Counts:
    """What has been done so far."""

    files: int = 0
    articles: int = 0
    words: int = 0
    problems: list[tuple[str, str | None, str]] = field(default_factory=list)


class Loader:
    """Loads files into the database, one after the other."""

    def __init__(
        self,
        engine: Engine,
        *,
        ledger: Ledger,
        versions: Versions,
        pool: Pool | Cluster,
        options: ReadOptions,
        gone: Iterable[str],
        now: Callable[[], datetime],
        files_done: int,
        corrections: Corrections,
    ) -> None:
        """Prepare; nothing is read yet.

        Args:
            engine: A writer's.
            ledger: In step with the database.
            versions: Those of the parser.
            pool: Who reads and parses.
            options: How much of a file is read.
            gone: Files that are no longer there: their articles may pass to other files.
            now: The clock.
            files_done: How many files need nothing; the progress counts on from there.
            corrections: What users know better about who is who.
        """
        self.counts = Counts()
        self._engine = engine
        self._ledger = ledger
        self._versions = versions
        self._pool = pool
        self._options = options
        self._gone = frozenset(gone)
        self._now = now
        self._files_done = files_done
        self._corrections = corrections
        self._staging = isinstance(pool, Cluster) and pool.writes

    def load(self, work: Iterable[Work]) -> Iterator[Counts]:
        """Load files, in the order given; yields after each commit, and may be left there.

        What is wrong with a file or an article is written into the file's row and does not stop
        the others.

        Raises:
            sqlalchemy.exc.DBAPIError: The database cannot be written.
        """
        for arrival in flow(work, pool=self._pool, options=self._options):
            self._commit(arrival)
            yield self.counts

    def drop(self, name: str) -> None:
        """Take a file that is gone, and its articles, out of the database."""
        while True:
            with self._engine.begin() as connection:
                keys = list_article_keys(connection, source_key=to_source_key(name))
                some = keys[:_DELETED_AT_ONCE]
                self._delete_articles(connection, keys=some, name=name)
                if len(some) < len(keys):
                    self._ledger.set_loading(connection, path=name, did=f"delete {some}")
                else:
                    self._ledger.drop(connection, path=name)
                self._write_dataset(connection)
                if len(some) == len(keys):
                    return

    def _commit(self, arrival: Arrival) -> None:
        """Write one article, and with the last of its file what remains to be said of that."""
        file, outcome = arrival.file, arrival.outcome
        if isinstance(outcome, Failure) and outcome.details:
            _LOG.error("%s: reading it failed\n%s", arrival.label, outcome.details)
        if arrival.key is None and self._is_known(file):
            self.counts.files += 1
            return
        prepared = outcome if isinstance(outcome, Prepared | Staged) else None
        if isinstance(outcome, NoArticle):
            file.leave_out(str(arrival.key), reason=outcome.reason)
            if not arrival.is_last:
                return
        if prepared is not None:
            file.warnings.extend(prepared.warnings)
        if arrival.key is not None and isinstance(outcome, Failure):
            file.fail(f"article {arrival.key}: {outcome.reason}")
        try:
            self._write(file, prepared, is_last=arrival.is_last)
        except Exception as error:
            if prepared is None or not _is_articles_fault(error):
                raise
            _LOG.exception("%s: storing it failed", arrival.label)
            file.fail(f"article {arrival.key}: {describe_error(error)}")
            # The ledger has run ahead of the transaction that was rolled back.
            with self._engine.begin() as connection:
                self._ledger.read(connection)
            self._write(file, None, is_last=arrival.is_last)
            prepared = None
        if prepared is not None:
            self.counts.articles += 1
            self.counts.words += (
                prepared.word_count if isinstance(prepared, Staged) else prepared.parsed.word_count
            )
        if arrival.is_last:
            self.counts.files += 1
            if file.error is not None:
                self.counts.problems.append((file.name, file.error_field, file.error))

    def _is_known(self, file: File) -> bool:
        """Say whether a file that still cannot be opened is in the database as just that."""
        known = self._ledger.sources.get(file.name)
        return (
            known is not None
            and not (known.sha256 or file.work.sha256)
            and known.status == SourceStatus.FAILED
            and known.error == file.error
            and known.versions == self._versions
        )

    def _write(self, file: File, prepared: Prepared | Staged | None, *, is_last: bool) -> None:
        key = None
        if isinstance(prepared, Staged):
            key = prepared.article_key
        elif prepared is not None:
            key = to_article_key(prepared.parsed.raw, source_name=file.name)
        if is_last:
            self._delete_most_vanished(file, last=key)
        with self._engine.begin() as connection:
            former = None
            if prepared is not None and key is not None:
                if self._is_left_out(connection, file=file, key=key):
                    prepared = None
                else:
                    former = self._find_owner(connection, key=key)
            stored = (
                file.stored | {key} if prepared is not None and key is not None else file.stored
            )
            vanished = self._list_vanished(connection, file, stored) if is_last else []
            did = f"store {key if prepared is not None else None}, delete {vanished}"
            row = self._to_row(file, count=len(stored), is_last=is_last)
            self._ledger.put(connection, row=row, did=did)
            if prepared is not None:
                self._store(connection, prepared, file=file)
                if key is not None and former not in (None, file.name):
                    self._ledger.take_article(
                        connection, path=str(former), article_key=key, other=file.name
                    )
            self._delete_articles(connection, keys=vanished, name=file.name)
            if is_last and self._staging:
                drop_staged(connection, source_key=file.key)
            self._write_dataset(connection, files=self.counts.files + is_last)
        if key is not None:
            file.seen.add(key)
        file.stored = stored

    def _store(self, connection: Connection, prepared: Prepared | Staged, *, file: File) -> None:
        if isinstance(prepared, Staged):
            store_article(
                connection,
                parsed=prepared,
                source_key=file.key,
                source_name=file.name,
                corrections=self._corrections,
            )
            return
        store_article(
            connection,
            parsed=prepared.parsed,
            source_key=file.key,
            source_name=file.name,
            corrections=self._corrections,
            packed=prepared.packed,
            sketch=prepared.sketch,
            locals_=prepared.locals,
        )

    def _is_left_out(self, connection: Connection, *, file: File, key: int) -> bool:
        """Say, and note in the warnings, whether an article is another's that goes before."""
        if key in file.seen:
            warning = f"the article {to_id(ARTICLE, key)} stands here twice; the first is kept"
        else:
            owner = self._find_owner(connection, key=key)
            if owner is None or owner in self._gone or owner >= file.name:
                return False
            warning = to_left_out(key, other=owner)
        if warning not in file.warnings:
            file.warnings.append(warning)
        return True

    def _find_owner(self, connection: Connection, *, key: int) -> str | None:
        """Return the name of the file whose article it is in the database."""
        owner: str | None = _OWNER.scalar(connection, article=key)
        return owner

    def _delete_most_vanished(self, file: File, *, last: int | None) -> None:
        """Delete the articles that a file no longer has, but for what the last commit can take."""
        kept = file.stored if last is None else file.stored | {last}
        while not file.work.is_new:
            with self._engine.begin() as connection:
                vanished = self._list_vanished(connection, file, kept)
                if len(vanished) <= _DELETED_AT_ONCE:
                    return
                some = vanished[:_DELETED_AT_ONCE]
                self._ledger.set_loading(connection, path=file.name, did=f"delete {some}")
                self._delete_articles(connection, keys=some, name=file.name)
                self._write_dataset(connection)

    def _list_vanished(self, connection: Connection, file: File, stored: set[int]) -> list[int]:
        keys = list_article_keys(connection, source_key=file.key)
        return [key for key in keys if key not in stored]

    def _delete_articles(self, connection: Connection, *, keys: list[int], name: str) -> None:
        for key in keys:
            delete_article(connection, article_key=key, corrections=self._corrections)
        # Another file may have the same article, left out so far: it is to be read again.
        for other in self._ledger.find_left_out(article_keys=keys):
            if other != name:
                self._ledger.set_loading(connection, path=other, did=f"call for {keys}")

    def _to_row(self, file: File, *, count: int, is_last: bool) -> tables.Source:
        if not is_last:
            status = SourceStatus.LOADING
        else:
            status = SourceStatus.LOADED if file.error is None else SourceStatus.FAILED
        return tables.Source(
            key=file.key,
            path=file.name,
            sha256=file.work.sha256,
            size=file.work.size,
            format=file.format,
            status=status,
            error=file.error,
            error_field=file.error_field,
            warnings=file.all_warnings,
            article_count=count,
            parser_version=self._versions.parser,
            model_version=self._versions.model,
            read_at=self._now(),
        )

    def _write_dataset(self, connection: Connection, *, files: int | None = None) -> None:
        done = self._files_done + (self.counts.files if files is None else files)
        self._ledger.write_dataset(connection, changed_at=self._now(), files_done=done)


def _is_articles_fault(error: Exception) -> bool:
    """Say whether another article may well be stored where this one was not.

    A full disk or a damaged file stops the run; a row that the database refuses does not.
    """
    if isinstance(error, StagedRowsGoneError):
        return False
    return is_rows_fault(error) or not isinstance(error, DBAPIError)
