"""The texts of articles, for whatever shows words of them."""

from collections.abc import Iterable, Sequence

from sqlalchemy import bindparam, select
from sqlmodel import Session

from app.api.search import SearchHit, find_hit
from app.api.stored import articles
from app.db.search import Query

# The article's key, the words, and where they stand in the article: one part or several.
Said = tuple[int, str, Sequence[Sequence[int]]]


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


def find_hits(session: Session, said: Sequence[Said], *, query: Query) -> list[SearchHit]:
    """Say where a query matches in quotations or claims, in their order.

    The words of one that is in one part are those of the article there. Only what is in several
    needs the article's text, for what stands between: one query for all of them.
    """
    texts = get_texts(session, (article for article, _, parts in said if len(parts) > 1))
    return [
        find_hit(texts[article], query=query, parts=parts)
        if len(parts) > 1
        else find_hit(words, query=query, at=parts[0][0])
        for article, words, parts in said
    ]
