"""The connection that plain pages are read with: one transaction for many while nobody commits."""

import asyncio
import logging
import sqlite3
import time

from sqlalchemy import Engine, PoolProxiedConnection

from app.db.engine import TimedConnection

_LOG = logging.getLogger(__name__)
# So long from each look at the data on (every half a second, `app.api.dataset`). Each statement
# would have a transaction of its own: of a page's 134 µs ten were locking the log, looking for new
# commits and letting go (medians of twelve turns).
_HELD_SECONDS = 0.4
# Only when nobody has committed for so long: what is being read keeps the log from being emptied.
# With a commit of 4 MB each second, and pages asked for all the time, it grew to 206 MB in 25 s
# where half a second without one was enough, and to 24 MB so.
_QUIET_SECONDS = 10.0


class ReadingConnection:
    """A connection of the event loop's own, whose texts come as bytes."""

    def __init__(self, engine: Engine) -> None:
        """Begin without one; it is made when it is needed.

        Args:
            engine: A reader's, for this alone: the event loop must not wait for a connection.
        """
        self._engine = engine
        self._pooled: PoolProxiedConnection | None = None
        self._connection: TimedConnection | None = None
        self._held: asyncio.TimerHandle | None = None
        self._commits: int | None = None
        self._committed_at = 0.0
        self._looks = True

    def get(self) -> TimedConnection:
        """Return the connection.

        Between two calls of `look_again` it may read the same state of the database.

        Raises:
            sqlite3.Error: The database cannot be read.
            sqlalchemy.exc.SQLAlchemyError: There is no connection to be had.
            DatabaseMissingError: There is no database yet.
        """
        connection = self._connection
        if connection is None:
            self._pooled = self._engine.raw_connection()
            raw = self._pooled.driver_connection
            assert isinstance(raw, TimedConnection)
            raw.text_factory = bytes  # it never goes back to the pool: `close` closes it
            connection = self._connection = raw
        if self._looks:
            self._looks = False
            self._look(connection)
        return connection

    def look_again(self) -> None:
        """See what has been committed from now on."""
        self._end()
        self._looks = True

    def close(self) -> None:
        """Let go of the connection; the next one who wants it makes another."""
        if self._held is not None:
            self._held.cancel()
            self._held = None
        self._connection, self._commits, self._looks = None, None, True
        if self._pooled is not None:
            self._pooled.invalidate()
            self._pooled = None

    def _look(self, connection: TimedConnection) -> None:
        """Begin a transaction if nobody has committed of late.

        SQLite says whether: https://www.sqlite.org/pragma.html#pragma_data_version
        """
        now = time.monotonic()
        commits = connection.execute("PRAGMA data_version").fetchone()[0]
        if commits != self._commits:
            self._commits, self._committed_at = commits, now
        elif now - self._committed_at >= _QUIET_SECONDS:
            try:
                loop = asyncio.get_running_loop()
            except RuntimeError:  # nobody would end it
                return
            connection.execute("BEGIN").close()
            self._held = loop.call_later(_HELD_SECONDS, self._end)

    def _end(self) -> None:
        """End the transaction, if there is one: nobody is kept from emptying the log any more."""
        if self._held is None or self._connection is None:
            return
        self._held.cancel()
        self._held = None
        self._connection.start_clock()
        try:
            self._connection.execute("ROLLBACK").close()
        except sqlite3.Error:
            _LOG.debug("what was read could not be ended", exc_info=True)
            self.close()
