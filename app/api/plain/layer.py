"""Answers to plain pages, and the ASGI layer that gives them."""

import logging
import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from starlette.types import ASGIApp, Receive, Scope, Send

from app.api.caching import matches_etag, version_headers, write_etag
from app.api.dataset import DatasetState
from app.api.deps import Source
from app.api.envelope import JSON
from app.api.finished import Header, Made
from app.api.paging import CursorError
from app.api.plain.asked import Asked, NotPlainError, read_asked, read_slug
from app.api.plain.connection import ReadingConnection
from app.api.plain.lists import LISTS, PlainList
from app.api.plain.rows import EVERYTHING, PlainPage, of_one, read_place, read_rows
from app.db.engine import DatabaseMissingError
from app.db.ids import to_outlet_key
from app.records import read_entity, unpack

_LOG = logging.getLogger(__name__)
_IS_JSON = (b"content-type", JSON.encode())
_NO_ENTITY = b'"entity":null'
_BEGIN = b'{"data":['
_END = b'],"meta":{"total":%d,"limit":%d,"dataset_version":"%b"},"links":%b,"facets":null}'
_SELECT_SPEAKER = """\
SELECT key, {counted}, record FROM entities
LEFT JOIN entity_records ON entity_records.entity_key = entities.key WHERE"""
_SELECT_ENTITY = """\
SELECT key, record FROM entities
LEFT JOIN entity_records ON entity_records.entity_key = entities.key WHERE slug = ?"""
_ENTITY_RECORD = "SELECT record FROM entity_records WHERE entity_key = ?"
# Entities that are embedded are asked for again and again; as JSON, some 1,300 bytes each. Pages of
# speakers as they are quoted, a million articles: of the first 4,000 pages 67 percent find theirs
# here, of the fifth 4,000 88, and 84 with 2,000, 74 with 1,000.
_MOST_ENTITIES = 3_000
# Speakers whose keys and totals are known: some 250 bytes each. Of 10,000 pages among a million
# articles, after 30,000 others, 6.5 percent ask for another one, and 11 where the first one that
# came was the first to go, whoever asked for it again.
_MOST_SPEAKERS = 4_000
# Nobody else is served while a page is read: what an index does not give at once (a rare value
# among many rows) is left to the framework, which reads it in a thread, and so is its list.
_MOST_SECONDS = 0.02


class SlowError(Exception):
    """A list takes too long to be read here.

    Args:
        asked: Which.
    """

    def __init__(self, asked: Asked) -> None:
        """See the class."""
        self.asked = asked
        super().__init__(asked.scope)


class PlainAnswers:
    """Answers to requests for plain pages."""

    def __init__(self, source: Source, *, engine: Engine) -> None:
        """Begin without a connection; one is made when it is needed.

        Args:
            source: Where the data are.
            engine: A reader's, for this alone: the event loop must not wait for a connection.
        """
        self._source = source
        self._reading = ReadingConnection(engine)
        self._is_sqlite = engine.dialect.name == "sqlite"
        self._entities: dict[int, bytes] = {}
        self._speakers: dict[tuple[str, str], tuple[int | None, int]] = {}
        self._slow: set[str] = set()
        self._version: str | None = None
        self._state: DatasetState | None = None
        self._common: list[Header] = []

    def close(self) -> None:
        """Let go of the connection."""
        self._reading.close()

    def find(self, scope: Scope) -> Made | None:
        """Return the answer; None when the framework has to be asked."""
        if (
            scope["type"] != "http"
            or scope["method"] != "GET"
            or "onrecord.head" in scope
            or scope.get("root_path")
            or not self._is_sqlite
        ):
            return None
        path = scope["path"]
        listed = LISTS.get(path)
        slug = None if listed is not None else read_slug(path, scope["query_string"])
        try:
            if listed is not None:
                return self._answer(listed, scope)
            return None if slug is None else self._answer_entity(slug, scope)
        except NotPlainError:
            return None
        except SlowError as slow:
            self._slow.add(slow.asked.scope)
            return None
        except (sqlite3.Error, SQLAlchemyError, DatabaseMissingError):
            # Whatever it is, the framework meets it too and says what it is.
            _LOG.debug("a plain page could not be read", exc_info=True)
            self._reading.close()
            return None

    def _answer(self, listed: PlainList, scope: Scope) -> Made:
        version = self._find_version()
        asked, cursor = read_asked(scope["path"], scope["query_string"])
        url = asked.with_cursor(cursor)
        etag = write_etag(version, url)
        if self._is_known(scope, etag):
            return self._know(etag)
        try:
            place = None if cursor is None else read_place(cursor, scope=asked.scope)
        except CursorError:
            raise NotPlainError from None
        if asked.scope in self._slow:
            raise NotPlainError
        connection = self._reading.get()
        connection.start_clock(most=_MOST_SECONDS)
        try:
            where, values, speaker, total = self._find_list(connection, listed, asked)
            page = read_rows(
                connection,
                listed,
                asked,
                place=place,
                where=where,
                values=values,
                with_speakers=asked.embeds and speaker is None,
            )
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode == sqlite3.SQLITE_INTERRUPT:
                raise SlowError(asked) from None
            raise
        links, header = _write_links(asked, page, url=url)
        end = _END % (total, asked.limit, version.encode(), links)
        if asked.embeds:
            # In one go: a page of seventy kilobytes is not copied twice.
            speakers = page.speakers or [speaker] * len(page.records)
            parts = self._list_parts(connection, page.records, speakers)
            body = b"".join([_BEGIN, *parts, end])
        else:
            body = b"%b%b%b" % (_BEGIN, b",".join(page.records), end)
        headers = ((b"link", header), (b"content-length", b"%d" % len(body)), _IS_JSON)
        return Made(200, etag, headers, self._common, body)

    def _answer_entity(self, slug: str, scope: Scope) -> Made:
        version = self._find_version()
        etag = write_etag(version, scope["path"].encode())
        if self._is_known(scope, etag):
            return self._know(etag)
        connection = self._reading.get()
        connection.start_clock(most=_MOST_SECONDS)
        row = connection.execute(_SELECT_ENTITY, (slug,)).fetchone()
        if row is None:  # an id that it had before, or nobody's
            raise NotPlainError
        key, stored = row
        body = unpack(stored) if stored else read_entity(connection, key)
        headers = ((b"content-length", b"%d" % len(body)), _IS_JSON)
        return Made(200, etag, headers, self._common, body)

    def _find_version(self) -> str:
        """Return the version of the data, and go on with its state."""
        state = self._source.dataset.peek()
        if state is None or state.version is None or not state.ready:
            raise NotPlainError
        if state is not self._state:  # it is read anew each second
            self._reading.look_again()
            self._take(state)
        return state.version

    def _is_known(self, scope: Scope, etag: bytes) -> bool:
        """Say whether the client has the answer."""
        known = [value for name, value in scope["headers"] if name == b"if-none-match"]
        if not known:
            return False
        none_match = b",".join(known).decode("latin-1")
        if matches_etag(none_match, etag.decode()):
            return True
        if none_match.strip() == "*":
            raise NotPlainError
        return False

    def _know(self, etag: bytes) -> Made:
        """Return the answer to whoever has it."""
        return Made(304, etag, (), self._common, b"")

    def _take(self, state: DatasetState) -> None:
        """Go on with a state of the data; another version's is another's."""
        self._state = state
        self._common = [(k.lower().encode(), v.encode()) for k, v in version_headers(state).items()]
        if state.version != self._version:
            self._entities.clear()
            self._speakers.clear()
            self._slow.clear()
            self._version = state.version

    def _list_parts(
        self,
        connection: sqlite3.Connection,
        records: Sequence[bytes],
        speakers: Sequence[int | None],
    ) -> list[bytes]:
        """Return the parts of the records with their speakers, commas between them included."""
        known = {key for key in speakers if key is not None}
        entities = {key: self._find_entity(connection, key) for key in known}
        parts: list[bytes] = []
        for record, key in zip(records, speakers, strict=True):
            if key is None:
                parts += (record, b",")
            else:
                # Within a text every quotation mark has a backslash before it: it stands once here.
                before, _, after = record.partition(_NO_ENTITY)
                parts += (before, entities[key], after, b",")
        return parts[:-1]

    def _find_list(
        self, connection: sqlite3.Connection, listed: PlainList, asked: Asked
    ) -> tuple[str, list[Any], int | None, int]:
        """Return what `_to_conditions` does, and the list's total.

        Raises:
            NotPlainError: It has to be counted.
        """
        slugs = asked.filters.get(listed.who, ())
        if len(slugs) == len(asked.filters) == 1:  # most often
            key, total = self._find_speaker(connection, listed, slugs[0])
            return of_one(listed.who), [key], key, total
        found = self._to_conditions(connection, listed, asked.filters)
        return *found, self._find_total(connection, listed, asked)

    def _to_conditions(
        self,
        connection: sqlite3.Connection,
        listed: PlainList,
        filters: Mapping[str, Sequence[str]],
    ) -> tuple[str, list[Any], int | None]:
        """Return the conditions of the filters in SQL, their values, and whose alone the rows are.

        That is the key of a speaker's entity; None where they can be several's, or nobody's.
        """
        parts: list[str] = []
        values: list[Any] = []
        speaker: int | None = None
        for name, wanted in filters.items():
            if name == listed.who:
                column: str = f"{name}_key"
                speakers = [self._find_speaker(connection, listed, slug) for slug in wanted]
                found: list[Any] = [key for key, _ in speakers]
                speaker = found[0] if len(found) == 1 else None
            else:
                column, found = listed.columns[name], list(wanted)
            marks = ",".join("?" * len(found))
            parts.append(f"said.{column} = ?" if len(found) == 1 else f"said.{column} IN ({marks})")
            values += found
        return " AND ".join(parts) or EVERYTHING, values, speaker

    def _find_speaker(
        self, connection: sqlite3.Connection, listed: PlainList, slug: str
    ) -> tuple[int | None, int]:
        """Return the key of a speaker's entity, None where there is none, and a list's total."""
        asked = (listed.counted, slug)
        found = self._speakers.pop(asked, None)
        if found is not None:
            self._speakers[asked] = found  # the last one that was asked for
            return found
        # Whoever is asked about is embedded as well, most often.
        select = _SELECT_SPEAKER.format(counted=listed.counted)
        row = connection.execute(f"{select} slug = ?", (slug,)).fetchone()
        if row is None:  # an id that the entity had before it was found to be another one
            former = "key = (SELECT entity_key FROM entity_redirects WHERE slug = ?)"
            row = connection.execute(f"{select} {former}", (slug,)).fetchone()
        if row is not None and row[2] is not None:
            self._embed(row[0], unpack(row[2]))
        found = (None, 0) if row is None else (int(row[0]), int(row[1]))
        if len(self._speakers) >= _MOST_SPEAKERS:
            self._speakers.pop(next(iter(self._speakers)))
        self._speakers[asked] = found
        return found

    def _find_total(self, connection: sqlite3.Connection, listed: PlainList, asked: Asked) -> int:
        """Return the total of a list that is of no single speaker; known, or kept by ingest.

        Raises:
            NotPlainError: It has to be counted.
        """
        version, filters = self._version or "", asked.filters
        name, values = next(iter(filters.items()), ("", ()))
        is_kept = len(filters) <= 1 and len(values) <= 1 and name in ("", "source")
        total = self._source.dataset.get_total(version, asked.counted)
        if total is not None:
            return total
        if not is_kept:
            raise NotPlainError
        sql = "SELECT sum(count) FROM monthly_counts WHERE what = ? AND of = ?"
        given = (listed.table, to_outlet_key(values[0]) if name else 0)
        row = connection.execute(sql, given).fetchone()
        total = 0 if row is None or row[0] is None else int(row[0])
        self._source.dataset.put_total(version, asked.counted, total)
        return total

    def _find_entity(self, connection: sqlite3.Connection, key: int) -> bytes:
        """Return what stands in a record in place of `_NO_ENTITY`."""
        entity = self._entities.pop(key, None)
        if entity is None:
            stored = connection.execute(_ENTITY_RECORD, (key,)).fetchone()
            return self._embed(key, unpack(stored[0]) if stored else read_entity(connection, key))
        self._entities[key] = entity  # the last one that was asked for
        return entity

    def _embed(self, key: int, record: bytes) -> bytes:
        """Remember an entity as it stands in a record; return that."""
        self._entities.pop(key, None)
        if len(self._entities) >= _MOST_ENTITIES:
            self._entities.pop(next(iter(self._entities)))
        self._entities[key] = entity = b'"entity":' + record
        return entity


class PlainLists:
    """Wraps an application and answers plain pages in its place."""

    def __init__(self, app: ASGIApp, *, answers: PlainAnswers) -> None:
        """Ask `answers` first, and then `app`."""
        self._app = app
        self._answers = answers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        found = self._answers.find(scope)
        if found is None:
            await self._app(scope, receive, send)
            return
        headers = [(b"etag", found.etag), *found.headers, *found.common]
        await send({"type": "http.response.start", "status": found.status, "headers": headers})
        await send({"type": "http.response.body", "body": found.body})


def _write_links(asked: Asked, page: PlainPage, *, url: bytes) -> tuple[bytes, bytes]:
    """Return a page's links as JSON, and as they stand in its Link header.

    As `app.api.envelope.list_response` writes them, without its dictionary: some 2 µs less.
    In an address all is encoded that JSON would have to escape.
    """
    links, header = b'{"self":"%b"' % url, b'<%b>; rel="self"' % url
    for relation, cursor in ((b"next", page.next), (b"prev", page.prev)):
        if cursor is None:
            links += b',"%b":null' % relation
        else:
            address = asked.with_cursor(cursor)
            links += b',"%b":"%b"' % (relation, address)
            header += b', <%b>; rel="%b"' % (address, relation)
    return links + b"}", header
