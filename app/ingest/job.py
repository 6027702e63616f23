"""One run of ingest: make the database hold what the seed files say."""

import gc
import logging
import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from itertools import chain
from pathlib import Path

from sqlalchemy import Engine, func, select, update
from sqlalchemy.exc import SQLAlchemyError

from app.db import tables
from app.db.engine import database_path, make_writer_engine
from app.db.schema import is_current, upgrade
from app.db.trouble import check_pages
from app.db.urls import is_postgresql
from app.ingest.cluster import Cluster
from app.ingest.corrected import (
    apply_corrections,
    find_correction_files,
    read_correction_files,
)
from app.ingest.ledger import Ledger, Versions
from app.ingest.load import Loader, ParserSource
from app.ingest.lock import lock_database
from app.ingest.months import recount_months
from app.ingest.pool import Limits, Pool, ThisProcess, WorkerPool
from app.ingest.report import NoProgress, Progress, Report
from app.ingest.scan import Scan, SeedsMissingError, Work, hash_files, scan_files
from app.ingest.staging import close_staging, open_staging
from app.parsing.readers import ReadOptions, RemoteError, find_files, find_remote_files, is_url
from app.records import (
    RECORDS_VERSION,
    are_current,
    drop_entity_records,
    make_entity_records,
    remake_records,
)
from app.settings import Settings
from app.vocabulary import SourceStatus

_LOG = logging.getLogger(__name__)
_DATASET = tables.metadata.tables["dataset"]
_SOURCES = tables.metadata.tables["sources"]
# How often files are read again because another file, that had the same article, has it no more.
# Twice would do, if nobody changed files meanwhile.
_MOST_ROUNDS = 5
# A larger database is not looked through before it is written: reading 256 MiB takes about a
# second, and `onrecord doctor` looks through any.
_CHECKED_BYTES = 2**28


def run_ingest(
    settings: Settings,
    *,
    progress: Progress | None = None,
    source: ParserSource | None = None,
    wait_s: float | None = None,
    is_stopped: Callable[[], bool] = lambda: False,
) -> Report:
    """Bring the database in line with the seed files.

    Migrations first; then only files that are new or changed by content or by the version of
    parser or model; at last, files that are gone take their articles with them. Reading and parsing
    is done by worker processes, writing by this one, in the same order with any number of them. One
    transaction an article. With nothing to do, no parser is loaded.

    Args:
        settings: Where the files and the database are, and who reads.
        progress: Who is told how far it is.
        source: The parser; by default the one that `settings` names.
        wait_s: How long to wait for another ingest on this database, in seconds; None: until it
            ends, 0: not at all.
        is_stopped: Asked between articles; when it says True, the run ends there.

    Returns:
        What was done. A file that cannot be read is in it, and stops nothing.

    Raises:
        SeedsMissingError: A file or folder of `settings.seeds` is not there; nothing was changed.
        LockHeldError: Another ingest is at work and did not end in time.
        DamagedDatabaseError: The database's file is damaged; nothing was changed.
        Exception: Whatever else stopped the run as a whole. The database's state then says
            "failed", and what was committed is consistent; the next run goes on from there.
    """
    progress = progress or NoProgress()
    with lock_database(settings.database_url, wait_s=wait_s, is_stopped=is_stopped) as held:
        if not held:
            return Report(stopped=True)
        engine = make_writer_engine(settings.database_url)
        source = source or find_parser(settings)
        pool = make_pool(settings, source=source)
        try:
            with _collector_seldom():
                return _run(
                    engine,
                    settings=settings,
                    versions=source.versions,
                    pool=pool,
                    progress=progress,
                    is_stopped=is_stopped,
                )
        except Exception:
            _set_state(engine, "failed", ended_at=_now())
            raise
        finally:
            progress.stop()
            pool.close()
            if isinstance(pool, Cluster) and pool.writes:
                _close_staging(engine)
            engine.dispose()


def find_parser(settings: Settings) -> ParserSource:
    """Return the parser that the settings name, not yet loaded."""
    # Imported here so that this module can be imported for a look at its types alone.
    from app.ingest.resolve import RESOLVER_VERSION
    from app.ingest.stories import SKETCH_VERSION
    from app.parsing.pipeline import PARSER_VERSION, load_parser, model_version

    return ParserSource(
        versions=Versions(
            # What a resolver wants to know of an article is read with it, and so is its sketch.
            parser=f"{PARSER_VERSION}.{RESOLVER_VERSION}.{SKETCH_VERSION}",
            model=model_version(settings.tagger, spacy_model=settings.spacy_model),
        ),
        load=partial(load_parser, settings.tagger, spacy_model=settings.spacy_model),
    )


def make_pool(settings: Settings, *, source: ParserSource) -> Pool | Cluster:
    """Return who reads and parses, by the settings; nothing is loaded yet.

    Raises:
        ClusterError: The settings name a Dask scheduler, which cannot be reached.
    """
    if settings.ingest_scheduler is not None:
        limits = Limits(seconds=settings.max_article_seconds, memory=settings.max_article_memory)
        # Another writer than this process is more than SQLite takes.
        url = settings.database_url if is_postgresql(settings.database_url) else None
        return Cluster(settings.ingest_scheduler, load=source.load, limits=limits, database_url=url)
    if settings.ingest_workers == 0:
        return ThisProcess(source.load)
    limits = Limits(seconds=settings.max_article_seconds, memory=settings.max_article_memory)
    return WorkerPool(source.load, workers=settings.ingest_workers, limits=limits)


def _run(
    engine: Engine,
    *,
    settings: Settings,
    versions: Versions,
    pool: Pool | Cluster,
    progress: Progress,
    is_stopped: Callable[[], bool],
) -> Report:
    started = time.monotonic()
    local = [path for path in settings.seeds if isinstance(path, Path)]
    for path in local:
        if not os.path.lexists(path):
            raise SeedsMissingError(
                f"there is no file or folder {str(path)!r} to read articles from; "
                "the database was left as it is"
            )
    checked = False
    if not is_current(engine):
        _check_pages(engine, settings=settings)
        checked = True
        _set_state(engine, "migrating")
        upgrade(settings.database_url)
    remade = _make_derived(engine)
    if isinstance(pool, Cluster) and pool.writes:
        with engine.begin() as connection:
            open_staging(connection)
    with engine.begin() as connection, _collector_off():
        ledger = Ledger(connection, versions=versions, now=_now())
    began_with = ledger.checksum
    corrections, problems = apply_corrections(
        engine,
        read_correction_files(find_correction_files(local), max_bytes=settings.max_file_bytes),
        ledger=ledger,
        now=_now(),
    )
    try:
        # All of them, before anything is taken to be gone.
        elsewhere = [
            file for url in settings.seeds if is_url(url) for file in find_remote_files(str(url))
        ]
    except RemoteError as error:
        raise SeedsMissingError(f"{error}; the database was left as it is") from error
    files = chain(find_files(local), elsewhere)
    with _collector_off():
        scan = scan_files(files, ledger=ledger, max_bytes=settings.max_file_bytes)
    if (scan.work or scan.gone) and not checked:
        _check_pages(engine, settings=settings)
    unchanged = len(scan.files) - len(scan.work)
    loader = Loader(
        engine,
        ledger=ledger,
        versions=versions,
        pool=pool,
        options=ReadOptions(
            max_bytes=settings.max_file_bytes, max_chars=settings.max_article_chars
        ),
        gone=scan.gone,
        now=_now,
        files_done=unchanged,
        corrections=corrections,
    )
    progress.start(files=len(scan.files), done=unchanged)
    if scan.work or scan.gone:
        with engine.begin() as connection:
            ledger.write_dataset(
                connection,
                state="loading",
                files_total=len(scan.files),
                files_done=unchanged,
                ingest_started_at=_now(),
                ingest_ended_at=None,
            )

    def load(work: Sequence[Work]) -> bool:
        end = loader.counts.files + len(work)
        for counts in loader.load(work):
            progress.show(
                done=unchanged + counts.files, articles=counts.articles, words=counts.words
            )
            if counts.files < end and is_stopped():
                return False
        return True

    complete = load(scan.work) and _drop_gone(loader, scan=scan, is_stopped=is_stopped)
    for _ in range(_MOST_ROUNDS):
        again = _list_called_for(ledger, scan=scan, max_bytes=settings.max_file_bytes)
        if not (complete and again):
            break
        complete = load(again)
    if ledger.checksum != began_with or checked or remade:
        for made in make_entity_records(engine):
            if made % 10_000 == 0:
                _LOG.info("%d entities are written as they are answered", made)
    with engine.begin() as connection:
        failed: int = (
            connection.scalar(select(func.count()).where(_SOURCES.c.status == SourceStatus.FAILED))
            or 0
        )
        done = bool(connection.scalar(select(_DATASET.c.first_ingest_done))) or complete
        ledger.write_dataset(
            connection,
            state="ready" if done else "empty",
            first_ingest_done=done,
            files_total=len(scan.files),
            files_done=len(scan.files) if complete else unchanged + loader.counts.files,
            ingest_ended_at=_now(),
        )
    new = sum(work.is_new for work in scan.work)
    return Report(
        files_total=len(scan.files),
        files_new=new,
        files_changed=len(scan.work) - new,
        files_unchanged=unchanged,
        files_failed=failed,
        files_gone=len(scan.gone),
        articles=loader.counts.articles,
        words=loader.counts.words,
        seconds=time.monotonic() - started,
        stopped=not complete,
        problems=tuple(
            sorted((*problems, *loader.counts.problems), key=lambda problem: problem[0])
        ),
    )


@contextmanager
def _collector_seldom() -> Iterator[None]:
    """Let the collector look at what there is less often: most of it is the parser's and stays.

    For a hundred articles it took 0.3 s of 33, and takes 0.01.
    """
    usual = gc.get_threshold()
    gc.set_threshold(20_000, 20, 50)
    try:
        yield
    finally:
        gc.set_threshold(*usual)


@contextmanager
def _collector_off() -> Iterator[None]:
    """Make long lists in peace: the collector would look at all of them again and again.

    It was a quarter of the time that unchanged files take.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _make_derived(engine: Engine) -> bool:
    """Make anew what is kept beside the articles for the API, when its version is another one.

    Returns:
        Whether it was; entities' records are only dropped, and made when the run ends.
    """
    with engine.connect() as connection:
        if are_current(connection):
            return False
    with engine.begin() as connection:
        drop_entity_records(connection)
    for done in remake_records(engine):
        _LOG.info("the answers of %d articles are made anew", done)
    with engine.begin() as connection:
        recount_months(connection)
        connection.execute(update(_DATASET).values(records_version=RECORDS_VERSION))
    return True


def _close_staging(engine: Engine) -> None:
    """Drop what workers wrote and nobody took; the next run does so too, if this one cannot."""
    try:
        with engine.begin() as connection:
            close_staging(connection)
    except SQLAlchemyError:
        _LOG.warning("the table of staged articles could not be dropped", exc_info=True)


def _check_pages(engine: Engine, *, settings: Settings) -> None:
    """Refuse to write into a damaged file: that would make it worse, or hide what is lost."""
    if is_postgresql(settings.database_url):
        return  # the server looks after its own
    if database_path(settings.database_url).stat().st_size <= _CHECKED_BYTES:
        with engine.connect() as connection:
            check_pages(connection, url=settings.database_url)


def _drop_gone(loader: Loader, *, scan: Scan, is_stopped: Callable[[], bool]) -> bool:
    for name in scan.gone:
        if is_stopped():
            return False
        loader.drop(name)
    return True


def _list_called_for(ledger: Ledger, *, scan: Scan, max_bytes: int) -> list[Work]:
    """Return the files that have to be read again for an article that another gave up."""
    files = [scan.files[name] for name in sorted(ledger.loading) if name in scan.files]
    return [
        Work(file, sha256, size, is_new=False)
        for file, sha256, size in hash_files(files, max_bytes=max_bytes)
    ]


def _set_state(engine: Engine, state: str, *, ended_at: datetime | None = None) -> None:
    """Write what ingest is doing where somebody can see it, if the database can take it at all."""
    values = {"state": state} | ({"ingest_ended_at": ended_at} if ended_at else {})
    try:
        with engine.begin() as connection:
            if engine.dialect.has_table(connection, "dataset"):
                connection.execute(update(_DATASET).values(**values))
    except SQLAlchemyError:
        _LOG.warning("the state %r could not be written into the database", state, exc_info=True)


def _now() -> datetime:
    return datetime.now(UTC)
