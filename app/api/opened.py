"""Statements that are made once for whoever they ask about.

Making a statement takes as long as running it over what one speaker said. So whom a list or a count
is of, in which articles and since when are left open in it (`sqlalchemy.bindparam`), and said when
it is run.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, BindParameter, Select, bindparam
from sqlalchemy.sql import visitors
from sqlmodel import Session

from app.api.filters import keys_of
from app.api.parameters import Parameters
from app.db.ids import ARTICLE
from app.db.ready import Ready

Statement = Ready | Select[Any]
"""One that is made once; SQLAlchemy's where a list is left open in it, since it is then written
anew for each length that the list has."""

_ENTITIES = ("speaker", "claimant", "about")
_ARTICLES, _SINCE = "article", "published_from"
_SLOTS: Mapping[str, Any] = {
    **{name: [bindparam(name)] for name in _ENTITIES},
    _ARTICLES: [bindparam(_ARTICLES, type_=BigInteger(), expanding=True)],
    _SINCE: bindparam(_SINCE),
}


@dataclass(frozen=True, slots=True)
class Shape:
    """What requests ask that differ by the values left open alone.

    Attributes:
        parameters: Of which path.
        given: What is asked and not left open.
        opened: What is.
    """

    parameters: type[Parameters]
    given: tuple[tuple[str, Any], ...]
    opened: tuple[str, ...]

    def make_filters(self) -> Any:
        """Return the parameters, with a slot for each value that is left open."""
        slots = {name: _SLOTS[name] for name in self.opened}
        return self.parameters.model_construct(None, **dict(self.given), **slots)


def open_filters(filters: Parameters, *, without: tuple[str, ...]) -> tuple[Shape, dict[str, Any]]:
    """Return what a request has in common with others, and the values that it has alone.

    Args:
        filters: The request's.
        without: Names of parameters that have no part in the statement.
    """
    given: list[tuple[str, Any]] = []
    values: dict[str, Any] = {}
    for name, value in filters.model_dump(exclude_defaults=True, exclude=set(without)).items():
        if name in _ENTITIES and len(value) == 1:
            values[name] = value[0]
        elif name == _ARTICLES:
            values[name] = keys_of(ARTICLE, value)
        elif name == _SINCE:
            values[name] = value
        else:
            given.append((name, tuple(value) if isinstance(value, list) else value))
    return Shape(type(filters), tuple(given), tuple(values)), values


def make_ready(statement: Statement) -> Statement:
    """Return a statement for `read_rows`, which will be run many times."""
    if isinstance(statement, Ready):
        return statement
    parts = visitors.iterate(statement)
    has_lists = any(isinstance(part, BindParameter) and part.expanding for part in parts)
    return statement if has_lists else Ready(statement)


def read_rows(session: Session, statement: Statement, values: Mapping[str, Any]) -> Sequence[Any]:
    """Return the rows that a statement finds with the values that are left open in it.

    SQLAlchemy's way took 0.06 ms more, and 0.003 for each row (in process).
    """
    if isinstance(statement, Ready):
        return statement.all(session.connection(), **values)
    return session.execute(statement, dict(values)).all()
