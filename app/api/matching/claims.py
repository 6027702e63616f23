"""The path of the claims that are alike one."""

from typing import Annotated

from fastapi import Depends, Path, Query, Response
from pydantic import Field
from typing_extensions import TypedDict

from app.api.articles.schemas import ArticleId
from app.api.articles.texts import get_texts
from app.api.claims.build import build_claims
from app.api.claims.queries import get_claim, select_claims
from app.api.claims.schemas import Claim
from app.api.deps import Call, call_for
from app.api.envelope import item_response
from app.api.errors import not_found
from app.api.examples import example_of
from app.api.matching.compare import MatchType, read_asked
from app.api.matching.find import diff_of, find_near, span_of_found
from app.api.matching.schemas import MatchLinks, MatchMeta, VariantParameters, WordChange
from app.api.promise import Router
from app.api.spans import TextSpan
from app.api.stored import claims
from app.db.ids import ARTICLE, CLAIM, from_id, to_id
from app.db.search import SearchTarget

router = Router(prefix="/v1/claims", tags=["claims"])


class SimilarClaim(TypedDict):
    """A claim that is worded like another one."""

    type: Annotated[
        MatchType, Field(description="How alike the words are.", examples=["normalised"])
    ]
    score: Annotated[
        float,
        Field(
            description="How alike they are, in letters (the normalised Indel similarity).",
            ge=0,
            le=1,
            examples=[1.0],
        ),
    ]
    complete: Annotated[
        bool,
        Field(description="True when the alike words are the whole claim.", examples=[True]),
    ]
    article_id: ArticleId
    span: Annotated[
        TextSpan,
        Field(
            description="The alike words, where they stand in the article.",
            examples=[{"start": 883, "end": 905, "text": "The front is crumbling"}],
        ),
    ]
    diff: Annotated[
        list[WordChange],
        Field(
            description="What differs, word by word: `asked` are the words of the claim that "
            "was asked about, `quoted` those of this one.",
            examples=[[example_of(WordChange)]],
        ),
    ]
    claim: Annotated[
        Claim,
        Field(description="The claim, with its article.", examples=[example_of(Claim)]),
    ]


class SimilarClaimList(TypedDict):
    """Claims that are worded like one, the most alike first."""

    data: Annotated[
        list[SimilarClaim],
        Field(description="The claims.", examples=[[example_of(SimilarClaim)]]),
    ]
    meta: Annotated[
        MatchMeta, Field(description="How much there is.", examples=[example_of(MatchMeta)])
    ]
    links: Annotated[
        MatchLinks,
        Field(
            description="Where this is.", examples=[{"self": "/v1/claims/cl_3m0s8d2k1c7qa/similar"}]
        ),
    ]


@router.get(
    "/{claim_id}/similar",
    operation_id="listSimilarClaims",
    summary="List claims in nearly the same words",
    response_model=SimilarClaimList,
    response_description="The claims, the most alike first.",
)
def list_similar_claims(
    claim_id: Annotated[str, Path(description="The claim's id.", examples=["cl_3m0s8d2k1c7qa"])],
    call: Annotated[Call, Depends(call_for(VariantParameters))],
    parameters: Annotated[VariantParameters, Query()],
) -> Response:
    """List other claims with the words of this one, altered or not, here or elsewhere."""
    key = from_id(CLAIM, claim_id)
    if key is None:
        raise not_found("claim", claim_id)
    with call.session() as session:
        row = get_claim(session, key)
        if row is None:
            raise not_found("claim", claim_id)
        near = find_near(
            session,
            read_asked(row.text),
            target=SearchTarget.CLAIMS,
            table=claims,
            parts=claims.c.content,
            min_score=parameters.min_score,
            limit=parameters.limit,
            but=key,
        )
        found = session.execute(select_claims().where(claims.c.key.in_([key for key, _ in near])))
        by_key = {one.key: one for one in found}
        rows = [by_key[key] for key, _ in near]
        texts = get_texts(session, (one.article_key for one in rows))
        built = build_claims(session, rows, include=("article",))
    items: list[SimilarClaim] = [
        {
            "type": one.type,
            "score": one.score,
            "complete": one.complete,
            "article_id": to_id(ARTICLE, row.article_key),
            "span": span_of_found(one, text=texts[row.article_key]),
            "diff": diff_of(one),
            "claim": claim,
        }
        for (_, one), row, claim in zip(near, rows, built, strict=True)
    ]
    body: SimilarClaimList = {
        "data": items,
        "meta": {
            "total": len(items),
            "limit": parameters.limit,
            "dataset_version": call.version,
        },
        "links": {"self": call.url},
    }
    return item_response(call, body)
