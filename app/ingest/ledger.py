"""Which files the database holds, and the number that tells its states apart.

The dataset's checksum is the sum (modulo 2^63) of one share for each file that is wholly loaded or
failed: the hash of its name, its content's SHA-256 and the versions of parser and model. The same
files read by the same software give the same checksum, in whatever order they came.

A file of several articles is committed article by article, and between two of them the database is
in a state that no set of files stands for. For as long as any file is in that state (`loading`), a
rest is added to the sum: each commit makes it the hash of itself and of what that commit did. So
two states never share a checksum; and when the last such file is complete, the rest is gone, and
the checksum is again true of the files alone. It needs no column of its own: what the sum of the
shares does not explain is the rest, also after a crash.
"""

import json
import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Text, insert, select, type_coerce

from app.db import tables
from app.db.bulk import insert_rows
from app.db.ids import ARTICLE, to_id, to_key
from app.db.ready import ready_delete, ready_update, to_new
from app.ingest.rows import to_source_key, to_values
from app.records import RECORDS_VERSION
from app.vocabulary import SourceStatus

_SOURCES = tables.metadata.tables["sources"]
_DATASET = tables.metadata.tables["dataset"]
_MODULUS = 2**63
_PORTION = 1_000
_NO_WARNINGS: tuple[Any, ...] = ("[]", [])
_LEFT_OUT = re.compile(rf"left out: ({ARTICLE}_\w+) is the same article as in ")


class Versions(NamedTuple):
    """The software that reads: what it reads by one version, it reads again by the next."""

    parser: str
    model: str


class SourceState(NamedTuple):
    """What the ledger remembers of a file's row."""

    sha256: str
    status: SourceStatus
    versions: Versions
    error: str | None
    left_out: tuple[str, ...]

    def share(self, path: str) -> int:
        """Return what the file adds to the dataset's checksum, in [0, 2^63)."""
        if self.status == SourceStatus.LOADING:
            return 0
        # What could not be opened has no hash: there its error is the state.
        content = self.sha256 or self.error or ""
        return to_key("share", path, content, self.versions.parser, self.versions.model)


def to_left_out(article_key: int, *, other: str) -> str:
    """Return the warning for an article that another file gives already."""
    return f"left out: {to_id(ARTICLE, article_key)} is the same article as in {other}"


class Ledger:
    """All files' rows in short, and the dataset's row; written through in the given transaction.

    After a rollback it is out of step until it is told to `read`.
    """

    def __init__(self, connection: Connection, *, versions: Versions, now: datetime) -> None:
        """Read every file's row; make the dataset's row if it is missing."""
        self.versions = versions
        if connection.scalar(select(_DATASET.c.pk)) is None:
            connection.execute(insert(_DATASET), to_values(_to_empty_dataset(versions, now=now)))
        self.read(connection)

    def read(self, connection: Connection) -> None:
        """Read every file's row, anew where the last transaction was rolled back."""
        self.sources: dict[str, SourceState] = {}
        self._left_out: dict[str, set[str]] = {}
        self._loading: set[str] = set()
        # Rows as plain tuples, many at a time: there may be hundreds of thousands of them.
        names = ["path", "sha256", "status", "parser_version", "model_version", "error"]
        columns: list[ColumnElement[Any]] = [_SOURCES.c[name] for name in names]
        # Most have no warning; what has one is decoded here, where the driver has not done so.
        columns.append(type_coerce(_SOURCES.c.warnings, Text))
        to_versions = lru_cache(maxsize=64)(Versions)
        statuses = {status.value: status for status in SourceStatus}
        for rows in connection.execute(select(*columns)).partitions(_PORTION):
            for path, sha256, status, parser, model, error, warnings in rows:
                left_out: tuple[str, ...] = ()
                if warnings not in _NO_WARNINGS:
                    left_out = _find_left_out(
                        json.loads(warnings) if isinstance(warnings, str) else warnings
                    )
                versions = to_versions(parser, model)
                state = SourceState(sha256, statuses[status], versions, error, left_out)
                self._add(path, state)
        self._stored: int = connection.scalar(select(_DATASET.c.checksum)) or 0
        self._sum: int | None = None
        self._rest = 0

    @property
    def checksum(self) -> int:
        """The dataset's checksum, in [0, 2^63)."""
        return self._stored if self._sum is None else (self._sum + self._rest) % _MODULUS

    @property
    def loading(self) -> frozenset[str]:
        """Names of the files that have to be read again, or to the end."""
        return frozenset(self._loading)

    def put(self, connection: Connection, *, row: tables.Source, did: str) -> None:
        """Write a file's row.

        Args:
            connection: In the transaction that changes the file's articles.
            row: The whole row.
            did: What this transaction does to the file's articles, so that each state on the way
                has a checksum of its own.
        """
        known = row.path in self.sources
        state = SourceState(
            row.sha256,
            SourceStatus(row.status),
            Versions(row.parser_version, row.model_version),
            row.error,
            _find_left_out(row.warnings),
        )
        self._replace(row.path, state, did=did)
        values = to_values(row)
        if known:
            self._update(connection, row.path, values)
        else:
            insert_rows(connection, _SOURCES, [values])

    def set_loading(self, connection: Connection, *, path: str, did: str) -> None:
        """Mark a file as to be read again."""
        was = self.sources[path]
        state = SourceState(was.sha256, SourceStatus.LOADING, was.versions, was.error, was.left_out)
        self._replace(path, state, did=did)
        self._update(connection, path, {"status": SourceStatus.LOADING})

    def drop(self, connection: Connection, *, path: str) -> None:
        """Delete a file's row, and with it the articles that it still has."""
        self._replace(path, None, did="drop")
        ready_delete(_SOURCES, of=("key",)).run(connection, of_key=to_source_key(path))

    def take_article(
        self, connection: Connection, *, path: str, article_key: int, other: str
    ) -> None:
        """Note in a file's row that `other` has one of its articles from now on."""
        row = connection.execute(
            select(_SOURCES.c.warnings, _SOURCES.c.article_count).where(
                _SOURCES.c.key == to_source_key(path)
            )
        ).one()
        warnings = [*row.warnings, to_left_out(article_key, other=other)]
        was = self.sources[path]
        self._replace(
            path,
            SourceState(was.sha256, was.status, was.versions, was.error, _find_left_out(warnings)),
            did=f"take {article_key}",
        )
        values = {"warnings": warnings, "article_count": row.article_count - 1}
        self._update(connection, path, values)

    def find_left_out(self, *, article_keys: Iterable[int]) -> Iterator[str]:
        """Yield the names of the files in which one of the articles was left out, in order."""
        paths = set[str]().union(
            *(self._left_out.get(to_id(ARTICLE, key), ()) for key in article_keys)
        )
        yield from sorted(paths - self._loading)

    def write_dataset(
        self, connection: Connection, *, changed_at: datetime | None = None, **values: Any
    ) -> None:
        """Write columns of the dataset's row; with `changed_at`, also checksum and versions."""
        if changed_at is not None:
            values |= {
                "checksum": self.checksum,
                "changed_at": changed_at,
                "parser_version": self.versions.parser,
                "model_version": self.versions.model,
            }
        ready_update(_DATASET, of=(), columns=tuple(values)).run(connection, **to_new(values))

    def _update(self, connection: Connection, path: str, values: dict[str, Any]) -> None:
        statement = ready_update(_SOURCES, of=("key",), columns=tuple(values))
        statement.run(connection, of_key=to_source_key(path), **to_new(values))

    def _replace(self, path: str, state: SourceState | None, *, did: str) -> None:
        if self._sum is None:
            # Only now: the shares were a tenth of a run that has nothing to do.
            self._sum = sum(known.share(name) for name, known in self.sources.items())
            self._rest = (self._stored - self._sum) % _MODULUS
        was = self.sources.pop(path, None)
        self._loading.discard(path)
        if was is not None:
            self._sum -= was.share(path)
            for article in was.left_out:
                self._left_out[article].discard(path)
        if state is not None:
            self._sum += state.share(path)
            self._add(path, state)
        self._sum %= _MODULUS
        if not self._loading:
            self._rest = 0
            return
        content = "" if state is None else state.sha256
        versions = (self.versions.parser, self.versions.model)
        self._rest = to_key("rest", str(self._rest), path, content, *versions, did)

    def _add(self, path: str, state: SourceState) -> None:
        self.sources[path] = state
        if state.status == SourceStatus.LOADING:
            self._loading.add(path)
        for article in state.left_out:
            self._left_out.setdefault(article, set()).add(path)


def _find_left_out(warnings: list[str]) -> tuple[str, ...]:
    return tuple(match[1] for warning in warnings if (match := _LEFT_OUT.match(warning)))


def _to_empty_dataset(versions: Versions, *, now: datetime) -> tables.Dataset:
    return tables.Dataset(
        pk=1,
        checksum=0,
        changed_at=now,
        parser_version=versions.parser,
        model_version=versions.model,
        records_version=RECORDS_VERSION,
        first_ingest_done=False,
        state="empty",
        files_total=0,
        files_done=0,
        ingest_started_at=None,
        ingest_ended_at=None,
    )
