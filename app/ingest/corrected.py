"""Files of corrections on their way into the database: read, and who is who decided anew.

A file of corrections is a source like any other: it has a row, a share in the dataset's checksum,
and its mistakes stand in its row's `error` and `warnings`. When one changes, the entities that it
spoke of or speaks of are resolved anew from what is stored, in one transaction; nothing is parsed.
"""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, Engine, delete, insert, select

from app.db import tables
from app.db.ids import to_key
from app.db.ready import is_one_of
from app.ingest.ledger import Ledger
from app.ingest.resolve import Corrections, Touch, resolve
from app.ingest.resolve.corrections import (
    FILE_NAMES,
    CorrectionFile,
    join_corrections,
    list_touched,
    read_corrections,
    to_base,
)
from app.ingest.resolve.keys import to_called_group
from app.ingest.resolve.stored import CLUSTERS, LOCALS
from app.ingest.rows import to_source_key
from app.ingest.scan import hash_file
from app.ingest.store import rewrite_articles
from app.ingest.tally import drop_unnamed
from app.parsing.errors import ReadError
from app.parsing.readers import SeedFile
from app.parsing.readers.files import read_bytes
from app.vocabulary import SourceStatus

_LOG = logging.getLogger(__name__)
_STORED = tables.metadata.tables["entity_corrections"]


@dataclass(frozen=True, slots=True)
class CorrectionSource:
    """A file of corrections as it was read."""

    name: str
    sha256: str
    size: int
    content: CorrectionFile


def find_correction_files(seeds: Iterable[Path]) -> list[SeedFile]:
    """Return the files of corrections that stand in the folders of seeds themselves."""
    return [
        SeedFile(folder / name, folder, f"{folder.resolve().name}/{name}")
        for folder in seeds
        if folder.is_dir()
        for name in FILE_NAMES
        if (folder / name).is_file()
    ]


def read_correction_files(files: Iterable[SeedFile], *, max_bytes: int) -> list[CorrectionSource]:
    """Read files of corrections; one that cannot be read has its reason among its errors."""
    sources = []
    for file in files:
        sha256, size = hash_file(file, max_bytes=max_bytes)
        try:
            content = read_corrections(read_bytes(file, max_bytes=max_bytes), file=file.name)
        except ReadError as error:
            content = CorrectionFile(errors=(f"{file.name}: {error.reason}",))
        sources.append(CorrectionSource(file.name, sha256, size, content))
    return sources


def apply_corrections(
    engine: Engine,
    sources: Iterable[CorrectionSource],
    *,
    ledger: Ledger,
    now: datetime,
) -> tuple[Corrections, tuple[tuple[str, str | None, str], ...]]:
    """Bring the database in line with the files of corrections that there are.

    Args:
        engine: A writer's.
        sources: All files, in the order in which they go before each other.
        ledger: In step with the database.
        now: The time.

    Returns:
        The corrections, for the articles that follow; and (file, None, reason) of each file in
        which something is wrong.
    """
    read = list(sources)
    corrections, contradictions = join_corrections(source.content for source in read)
    for contradiction in contradictions:
        _LOG.warning("corrections of entities: %s", contradiction)
    names = {source.name for source in read}
    gone = [
        name
        for name in ledger.sources
        if name not in names and name.rpartition("/")[2].lower() in FILE_NAMES
    ]
    changed = [source for source in read if _is_changed(source, ledger)]
    for source in changed:
        for error in source.content.errors:
            _LOG.warning("%s", error)
    problems = tuple(
        (source.name, None, source.content.errors[0]) for source in changed if source.content.errors
    )
    if not changed and not gone:
        return corrections, problems
    with engine.begin() as connection:
        slugs: set[str] = set()
        for name in (*gone, *(source.name for source in changed)):
            key = to_source_key(name)
            slugs |= set(
                connection.scalars(select(_STORED.c.slug).where(_STORED.c.source_key == key))
            )
            connection.execute(delete(_STORED).where(_STORED.c.source_key == key))
        for source in changed:
            slugs |= _write(connection, source, ledger=ledger, now=now)
        for name in gone:
            ledger.drop(connection, path=name)
        touch = find_touch(connection, slugs=slugs)
        moved = resolve(connection, touch, corrections=corrections)
        entities = rewrite_articles(connection, moved=moved, corrections=corrections)
        drop_unnamed(connection, keys=entities)
        ledger.write_dataset(connection, changed_at=now)
    return corrections, problems


def find_touch(connection: Connection, *, slugs: Iterable[str]) -> Touch:
    """Return what is to be decided anew when users say something else of some ids."""
    touch = Touch()
    found = set(slugs)
    bases = {to_base(slug) for slug in found}
    keys = {to_key(slug) for slug in found}
    touch.bases = bases
    of_bases = select(CLUSTERS.c.group_key).where(is_one_of(CLUSTERS.c.base, "bases"))
    touch.whole |= set(connection.scalars(of_bases, {"bases": sorted(bases)}))
    of_entities = select(CLUSTERS.c.key, CLUSTERS.c.group_key, CLUSTERS.c.base).where(
        is_one_of(CLUSTERS.c.entity_key, "keys")
    )
    for row in connection.execute(of_entities, {"keys": sorted(keys)}).all():
        touch.whole.add(row.group_key)
        touch.bases.add(row.base)
        # Whoever was joined to one of them may come from the group of a shorter name.
        touch.whole |= set(
            connection.scalars(
                select(LOCALS.c.group_key).where(LOCALS.c.cluster_key == row.key).distinct()
            )
        )
    for group in sorted(touch.whole):
        for calls in connection.scalars(select(LOCALS.c.calls).where(LOCALS.c.group_key == group)):
            touch.callees |= {to_called_group(call) for call in calls}
    return touch


def _is_changed(source: CorrectionSource, ledger: Ledger) -> bool:
    known = ledger.sources.get(source.name)
    return (
        known is None
        or known.sha256 != source.sha256
        or known.status == SourceStatus.LOADING
        or known.versions != ledger.versions
    )


def _write(
    connection: Connection, source: CorrectionSource, *, ledger: Ledger, now: datetime
) -> set[str]:
    errors = source.content.errors
    ledger.put(
        connection,
        row=tables.Source(
            key=to_source_key(source.name),
            path=source.name,
            sha256=source.sha256,
            size=source.size,
            format=None,
            status=SourceStatus.FAILED if errors else SourceStatus.LOADED,
            error=errors[0] if errors else None,
            error_field=None,
            warnings=list(errors[1:]),
            article_count=0,
            parser_version=ledger.versions.parser,
            model_version=ledger.versions.model,
            read_at=now,
        ),
        did="correct",
    )
    slugs = list_touched(source.content)
    if slugs:
        connection.execute(
            insert(_STORED),
            [{"source_key": to_source_key(source.name), "slug": slug} for slug in slugs],
        )
    return set(slugs)
