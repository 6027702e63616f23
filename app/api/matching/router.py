"""The paths that find what was said: from a text, or from another quotation."""

from typing import Annotated

from fastapi import Depends, Path, Query, Response
from sqlmodel import Session

from app.api.articles.texts import get_texts
from app.api.deps import Call, call_for
from app.api.envelope import item_response
from app.api.errors import not_found, wrong_parameter
from app.api.matching.compare import Asked, read_asked
from app.api.matching.find import diff_of, find_near, span_of_found
from app.api.matching.schemas import (
    MIN_WORDS,
    Match,
    MatchList,
    MatchParameters,
    VariantParameters,
)
from app.api.promise import Router
from app.api.quotes.build import build_quotes
from app.api.quotes.queries import get_quote, select_quotes
from app.api.stored import quotes
from app.db.ids import ARTICLE, QUOTE, from_id, to_id
from app.db.search import SearchTarget

router = Router(prefix="/v1/quotes", tags=["quotes"])


def find_matches(
    session: Session, asked: Asked, *, min_score: float, limit: int, but: int | None = None
) -> list[Match]:
    """Return the quotations that are most alike a text; at most ten queries.

    Args:
        session: Where from.
        asked: The text.
        min_score: The least likeness, in [0, 1].
        limit: The most quotations.
        but: The key of a quotation to leave out.

    Returns:
        Exact ones first, then normalised ones, then fuzzy ones, each the most alike first.
    """
    best = find_near(
        session,
        asked,
        target=SearchTarget.QUOTES,
        table=quotes,
        parts=quotes.c.parts,
        min_score=min_score,
        limit=limit,
        but=but,
    )
    rows = session.execute(select_quotes().where(quotes.c.key.in_([key for key, _ in best])))
    by_key = {row.key: row for row in rows}
    ordered = [by_key[key] for key, _ in best]
    texts = get_texts(session, (row.article_key for row in ordered))
    built = build_quotes(session, ordered, include=("article",))
    return [
        {
            "type": one.type,
            "score": one.score,
            "complete": one.complete,
            "article_id": to_id(ARTICLE, row.article_key),
            "span": span_of_found(one, text=texts[row.article_key]),
            "diff": diff_of(one),
            "quote": quote,
        }
        for (_, one), row, quote in zip(best, ordered, built, strict=True)
    ]


def _respond(call: Call, matches: list[Match], *, limit: int) -> Response:
    body: MatchList = {
        "data": matches,
        "meta": {"total": len(matches), "limit": limit, "dataset_version": call.version},
        "links": {"self": call.url},
    }
    return item_response(call, body)


@router.get(
    "/match",
    operation_id="matchQuotes",
    summary="Ask whether something was said",
    response_model=MatchList,
    response_description="The quotations, the most alike first.",
)
def match_quotes(
    call: Annotated[Call, Depends(call_for(MatchParameters))],
    parameters: Annotated[MatchParameters, Query()],
) -> Response:
    """Find quotations with these words: exact, but for marks and case, or nearly.

    Shows misquotations word by word, and where words were cut from a longer quotation.
    """
    asked = read_asked(parameters.text)
    if len(asked.words) < MIN_WORDS:
        raise wrong_parameter("text", f"needs at least {MIN_WORDS} words.")
    with call.session() as session:
        matches = find_matches(
            session, asked, min_score=parameters.min_score, limit=parameters.limit
        )
    return _respond(call, matches, limit=parameters.limit)


@router.get(
    "/{quote_id}/variants",
    operation_id="listQuoteVariants",
    summary="List the same words elsewhere",
    response_model=MatchList,
    response_description="The quotations, the most alike first.",
)
def list_quote_variants(
    quote_id: Annotated[
        str, Path(description="The quotation's id.", examples=["qt_0d3m7s1k9a2vu"])
    ],
    call: Annotated[Call, Depends(call_for(VariantParameters))],
    parameters: Annotated[VariantParameters, Query()],
) -> Response:
    """List other quotations with the words of this one, altered or not, here or elsewhere."""
    key = from_id(QUOTE, quote_id)
    if key is None:
        raise not_found("quotation", quote_id)
    with call.session() as session:
        row = get_quote(session, key)
        if row is None:
            raise not_found("quotation", quote_id)
        asked = read_asked(row.text)
        matches = find_matches(
            session, asked, min_score=parameters.min_score, limit=parameters.limit, but=key
        )
    return _respond(call, matches, limit=parameters.limit)
