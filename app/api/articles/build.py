"""Articles to embed in other things."""

from collections.abc import Iterable

from sqlmodel import Session

from app.api.articles.queries import get_articles
from app.api.articles.schemas import Article, article_from_row


def build_articles(session: Session, keys: Iterable[int]) -> dict[int, Article]:
    """Return the articles with these keys, by key; one query, none for no keys."""
    return {key: article_from_row(row) for key, row in get_articles(session, keys).items()}
