"""The texts of articles, for whatever shows words of them."""

from collections.abc import Iterable

from sqlalchemy import bindparam, select
from sqlmodel import Session

from app.api.stored import articles

_TEXTS = select(articles.c.key, articles.c.text).where(
    articles.c.key.in_(bindparam("wanted", expanding=True))
)


def get_texts(session: Session, keys: Iterable[int]) -> dict[int, str]:
    """Return the texts of several articles, by key; one query, none for no keys."""
    wanted = sorted(set(keys))
    if not wanted:
        return {}
    rows = session.execute(_TEXTS, {"wanted": wanted})
    return {row.key: row.text for row in rows}
