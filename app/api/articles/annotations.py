"""Everything that was found in one article, at once."""

from typing import Annotated, cast

from pydantic import Field
from sqlalchemy import BigInteger, bindparam, select
from sqlmodel import Session
from typing_extensions import TypedDict

from app.api.articles.schemas import ArticleId
from app.api.attributions import ArticleAttribution
from app.api.claims.build import build_claims
from app.api.claims.queries import get_article_claims
from app.api.claims.schemas import Claim
from app.api.entities.mentions import Mention, mention_from_row
from app.api.entities.queries import get_article_mentions
from app.api.examples import example_of
from app.api.quotes.build import build_quotes
from app.api.quotes.queries import get_article_quotes
from app.api.quotes.schemas import Quote
from app.api.stored import attributions, entities
from app.db.ids import ARTICLE, to_id
from app.records import article_attribution_record


class Annotations(TypedDict):
    """Every span on an article's text."""

    article_id: ArticleId
    mentions: Annotated[
        list[Mention],
        Field(
            description="The mentions of entities, in text order.", examples=[[example_of(Mention)]]
        ),
    ]
    attributions: Annotated[
        list[ArticleAttribution],
        Field(
            description="The attributions, in the order of their contents.",
            examples=[[example_of(ArticleAttribution)]],
        ),
    ]
    quotes: Annotated[
        list[Quote],
        Field(description="The quotations, in text order.", examples=[[example_of(Quote)]]),
    ]
    claims: Annotated[
        list[Claim], Field(description="The claims, in text order.", examples=[[example_of(Claim)]])
    ]


# Made once: making a statement takes as long as running one that finds a row.
_ATTRIBUTIONS = (
    select(attributions, entities.c.slug)
    .outerjoin(entities, entities.c.key == attributions.c.speaker_key)
    .where(attributions.c.article_key == bindparam("wanted", type_=BigInteger()))
)


def build_annotations(session: Session, key: int, *, text: str) -> Annotations:
    """Return everything that was found in the article with this key and text; four queries."""
    article_id = to_id(ARTICLE, key)
    rows = session.execute(_ATTRIBUTIONS, {"wanted": key})
    found = [
        cast(
            ArticleAttribution,
            article_attribution_record(row, slug=row.slug, article_id=article_id, text=text),
        )
        for row in rows
    ]
    found.sort(key=lambda item: (item["content"]["start"], item["content"]["end"], item["id"]))
    return {
        "article_id": article_id,
        "mentions": [mention_from_row(row) for row in get_article_mentions(session, key)],
        "attributions": found,
        "quotes": build_quotes(session, get_article_quotes(session, key)),
        "claims": build_claims(session, get_article_claims(session, key)),
    }
