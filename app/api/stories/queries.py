"""Which articles are alike one: those of its story, and those that quote the same words."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Row, func, literal, select, union_all
from sqlmodel import Session

from app.api.articles.queries import select_articles
from app.api.articles.schemas import article_from_row
from app.api.listing import Listing
from app.api.paging import Term
from app.api.stored import article_sketches, articles, quotes
from app.api.stories.schemas import MAX_SHARED, SharedQuote, SimilarArticle
from app.db.fold import find_words
from app.db.ids import QUOTE, to_id
from app.db.sketch import estimate_resemblance

# Shorter quotations ("no comment") are the same by chance.
_LEAST_WORDS = 5


def list_telling_words(session: Session, article_key: int) -> list[int]:
    """Return the keys of the words of an article's quotations that are long enough to tell."""
    rows = session.execute(
        select(quotes.c.words_key, quotes.c.text).where(quotes.c.article_key == article_key)
    )
    return sorted({row.words_key for row in rows if len(find_words(row.text)) >= _LEAST_WORDS})


def find_similar(article_key: int, *, words_keys: Sequence[int]) -> Listing:
    """Return the list of articles that are alike one: its copies, then those that share quotations.

    Args:
        article_key: The article's.
        words_keys: Of the quotations that it may share, from `list_telling_words`.

    Returns:
        Rows with an article's columns, `same_story` (1 or 0) and `shared_quotes`.
    """
    story = (
        select(article_sketches.c.story_key)
        .where(article_sketches.c.article_key == article_key)
        .scalar_subquery()
    )
    its = article_sketches.alias("its")
    copies = select(
        its.c.article_key, literal(1).label("same_story"), literal(0).label("shared_quotes")
    ).where(its.c.story_key == story, its.c.article_key != article_key)
    sharing = (
        select(quotes.c.article_key, literal(0), func.count(quotes.c.words_key.distinct()))
        .where(quotes.c.words_key.in_(words_keys), quotes.c.article_key != article_key)
        .group_by(quotes.c.article_key)
    )
    both = union_all(copies, sharing).subquery("both")
    alike = (
        select(
            both.c.article_key,
            func.max(both.c.same_story).label("same_story"),
            func.max(both.c.shared_quotes).label("shared_quotes"),
        )
        .group_by(both.c.article_key)
        .subquery("alike")
    )
    statement = (
        select_articles()
        .add_columns(alike.c.same_story, alike.c.shared_quotes)
        .join(alike, alike.c.article_key == articles.c.key)
    )
    order = [
        Term("same_story", alike.c.same_story, int, descending=True),
        Term("shared_quotes", alike.c.shared_quotes, int, descending=True),
        Term("key", articles.c.key, int),
    ]
    return Listing(statement, alike, order)


def build_similar(
    session: Session,
    rows: Sequence[Row[Any]],
    *,
    article_key: int,
    words_keys: Sequence[int],
) -> list[SimilarArticle]:
    """Return what is promised of rows of `find_similar`; two queries, none for no rows."""
    if not rows:
        return []
    keys = [row.key for row in rows]
    signatures = _get_signatures(session, [article_key, *keys])
    mine = signatures.get(article_key)
    shared = _get_shared(session, article_key, keys, words_keys=words_keys)
    return [
        {
            "same_story": bool(row.same_story),
            "resemblance": (
                None
                if mine is None or row.key not in signatures
                else round(estimate_resemblance(mine, signatures[row.key]), 3)
            ),
            "shared_quote_count": row.shared_quotes,
            "shared_quotes": shared.get(row.key, [])[:MAX_SHARED],
            "article": article_from_row(row),
        }
        for row in rows
    ]


def _get_signatures(session: Session, keys: Iterable[int]) -> dict[int, bytes]:
    rows = session.execute(
        select(article_sketches.c.article_key, article_sketches.c.signature).where(
            article_sketches.c.article_key.in_(keys)
        )
    )
    return {row.article_key: row.signature for row in rows}


def _get_shared(
    session: Session, article_key: int, keys: Sequence[int], *, words_keys: Sequence[int]
) -> dict[int, list[SharedQuote]]:
    """Return the pairs of quotations in the same words, by the other article, in text order."""
    rows = session.execute(
        select(quotes.c.key, quotes.c.article_key, quotes.c.words_key, quotes.c.text)
        .where(quotes.c.words_key.in_(words_keys), quotes.c.article_key.in_([article_key, *keys]))
        .order_by(quotes.c.article_key, quotes.c.start, quotes.c.key)
    ).all()
    mine: dict[int, Row[Any]] = {}
    for row in rows:
        if row.article_key == article_key:
            mine.setdefault(row.words_key, row)
    found: dict[int, dict[int, SharedQuote]] = {}
    for row in rows:
        if row.article_key != article_key:
            found.setdefault(row.article_key, {}).setdefault(
                row.words_key,
                {
                    "text": mine[row.words_key].text,
                    "quote_id": to_id(QUOTE, mine[row.words_key].key),
                    "other_quote_id": to_id(QUOTE, row.key),
                },
            )
    return {key: list(pairs.values()) for key, pairs in found.items()}
