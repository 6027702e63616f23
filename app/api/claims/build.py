"""From rows to what is promised: reads what the rows of a page need, each thing once."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Row
from sqlmodel import Session

from app.api.articles.build import build_articles
from app.api.claims.schemas import Claim, claim_from_record
from app.api.entities.build import build_entities
from app.api.search import SearchHit, find_hits
from app.api.written import write_items
from app.db.search import Query
from app.records import read_article_key, unpack_each


def build_claims(
    session: Session,
    rows: Sequence[Row[Any]],
    *,
    include: Collection[str] = (),
    query: Query | None = None,
) -> list[Claim]:
    """Return the claims of some rows, in their order; the queries do not grow with the rows.

    Args:
        session: Where from.
        rows: Have the key of the claimant's entity and the record.
        include: What to embed: "article", "claimant".
        query: What was searched, or None.
    """
    records = unpack_each(row.record for row in rows)
    hits: Sequence[SearchHit | None] = [None] * len(rows)
    if query is not None:
        hits = find_hits(records, query=query)
    article_keys = map(read_article_key, records) if "article" in include else ()
    articles = build_articles(session, article_keys)
    claimant_keys = [row.claimant_key for row in rows] if "claimant" in include else []
    claimants = build_entities(session, claimant_keys)
    return [
        claim_from_record(
            record,
            article=articles.get(read_article_key(record)) if articles else None,
            claimant=claimants.get(row.claimant_key),
            search=hit,
        )
        for row, record, hit in zip(rows, records, hits, strict=True)
    ]


def write_claims(rows: Sequence[Row[Any]], *, query: Query | None) -> bytes:
    """Return `build_claims` as JSON where the request `is_as_stored`."""
    return write_items((row.record for row in rows), query=query)
