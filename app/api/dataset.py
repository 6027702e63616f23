"""Which state of the data is being served, known without asking the database every time.

The state is one row. It is read again at most once a second (`MAX_AGE_SECONDS`), so that a cached
answer costs no SQL at all; an ETag can therefore be up to a second older than the data, which
costs a client one more download and never leaves it with old data under a new ETag, because the
state is read before the data are.
"""

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, select
from sqlalchemy.exc import DatabaseError, SQLAlchemyError

from app.api import stored
from app.api.errors import not_ready
from app.db.engine import DatabaseMissingError, open_session
from app.db.ids import dataset_version
from app.db.schema import is_current
from app.records import RECORDS_VERSION

_LOG = logging.getLogger(__name__)
MAX_AGE_SECONDS = 1.0
# One total is some 200 bytes with its key.
MAX_TOTALS = 1024


@dataclass(frozen=True, slots=True)
class DatasetState:
    """What the database said about itself.

    Attributes:
        version: 16 hexadecimal digits that are other for other data, or None before any.
        changed_at: When the data last changed, or None before any.
        state: What ingest is doing, in its own words.
        ready: True when there are data to serve: the first ingest is done, the tables are those
            of this software.
        reason: Why not, in words for people, when not ready.
        files_done: Seed files that the ingest now running (or the last one) has dealt with.
        files_total: Seed files that it has to deal with.
    """

    version: str | None
    changed_at: datetime | None
    state: str
    ready: bool
    reason: str
    files_done: int
    files_total: int
    parser_version: str
    model_version: str


def _absent(state: str, reason: str) -> DatasetState:
    return DatasetState(
        version=None,
        changed_at=None,
        state=state,
        ready=False,
        reason=reason,
        files_done=0,
        files_total=0,
        parser_version="",
        model_version="",
    )


_FIRST = "The first seed files are being read."
_NO_RECORDS = "The answers are being made anew for this version of the software."
_PREPARING = _absent("waiting", "The database is being prepared; nothing is loaded yet.")


def read_state(engine: Engine) -> DatasetState:
    """Ask the database for its state; a missing or strange one is a state too."""
    try:
        if not is_current(engine):
            return _PREPARING
        with open_session(engine) as session:
            row = session.execute(select(stored.dataset)).one_or_none()
    except DatabaseMissingError:  # it was there a moment ago
        return _PREPARING
    except DatabaseError as error:
        return _absent("failed", f"The database cannot be read: {error.orig}.")
    if row is None:
        return _absent("waiting", "Nothing is loaded yet.")
    has_records = row.records_version == RECORDS_VERSION
    return DatasetState(
        version=dataset_version(row.checksum),
        changed_at=row.changed_at,
        state=row.state,
        ready=row.first_ingest_done and has_records,
        reason=_NO_RECORDS if not has_records else "" if row.first_ingest_done else _FIRST,
        files_done=row.files_done,
        files_total=row.files_total,
        parser_version=row.parser_version,
        model_version=row.model_version,
    )


class DatasetCache:
    """The state of the data, and what has been counted in it. Safe for threads.

    While requests come, the state is read anew before it is too old (`renew`), so that none of
    them waits for it. Without that, each second all requests of that moment went through the
    framework and into threads of their own.

    Args:
        engine: Where the state is read.
        max_age: Seconds, from 0, for which a state is believed.
    """

    def __init__(self, engine: Engine, *, max_age: float = MAX_AGE_SECONDS) -> None:
        """See the class."""
        self._engine = engine
        self._max_age = max_age
        self._state: DatasetState | None = None
        self._read_at = 0.0  # when the reading began
        self._is_renewing = False
        self._lock = threading.Lock()
        self._totals: OrderedDict[Hashable, int] = OrderedDict()
        self._counts: dict[Hashable, Any] = {}
        self._counts_of = ""

    def peek(self) -> DatasetState | None:
        """Return the state if it is fresh enough, else None. Never waits."""
        state = self._state
        if state is None or time.monotonic() - self._read_at >= self._max_age:
            return None
        return state

    def read(self) -> DatasetState:
        """Return the state, asking the database when what is known is too old."""
        with self._lock:
            state = self.peek()
            if state is None:
                began = time.monotonic()
                state = read_state(self._engine)
                self._state, self._read_at = state, began
            return state

    def begins_renewal(self) -> bool:
        """Say whether the state is to be read anew by whoever asks, who then calls `renew`."""
        is_due = time.monotonic() - self._read_at >= self._max_age / 2
        if not is_due or self._is_renewing:
            return False
        self._is_renewing = True
        return True

    def renew(self) -> None:
        """Read the state anew; a database that does not answer is left to the next request."""
        began = time.monotonic()
        try:
            state = read_state(self._engine)
        except SQLAlchemyError:
            _LOG.debug("the state of the data could not be renewed", exc_info=True)
        else:
            with self._lock:
                if began > self._read_at:
                    self._state, self._read_at = state, began
        finally:
            self._is_renewing = False

    def get_total(self, version: str, query: Hashable) -> int | None:
        """Return how many rows a query had in a version of the data, when that is known."""
        with self._lock:
            total = self._totals.get((version, query))
            if total is not None:
                self._totals.move_to_end((version, query))
            return total

    def put_total(self, version: str, query: Hashable, total: int) -> None:
        """Remember how many rows a query has; the totals longest unused are forgotten."""
        with self._lock:
            self._totals[(version, query)] = total
            while len(self._totals) > MAX_TOTALS:
                self._totals.popitem(last=False)

    def get_counts(self, version: str, kept: Hashable) -> Any | None:
        """Return what `put_counts` was given for this version of the data."""
        with self._lock:
            return self._counts.get(kept) if version == self._counts_of else None

    def put_counts(self, version: str, kept: Hashable, counts: Any) -> None:
        """Remember counts of everything, of one version at a time: there are few of them."""
        with self._lock:
            if version != self._counts_of:
                self._counts = {}
                self._counts_of = version
            self._counts[kept] = counts


def require_ready(state: DatasetState) -> None:
    """Refuse to serve data that are not there yet.

    Raises:
        ProblemError: 503 with Retry-After.
    """
    if not state.ready:
        progress = (
            f" {state.files_done} of {state.files_total} files are done."
            if state.files_total
            else ""
        )
        raise not_ready(f"{state.reason}{progress} /readyz tells the progress.")
