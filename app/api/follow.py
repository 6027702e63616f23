"""OpenAPI links: which operation goes on from which answer, and with what of it.

https://spec.openapis.org/oas/v3.1.0#link-object
"""

from collections.abc import Mapping
from typing import Any

_ONE = {
    "article_id": (
        *("getArticle", "getArticleText", "getArticleTextJson", "getArticleAnnotations"),
        *("getArticleWebAnnotations", "listArticleQuotes", "listArticleClaims"),
        *("listArticleEntities", "listArticleMentions", "listSimilarArticles"),
        "listArticlePlacesGeoJson",
    ),
    "entity_id": (
        *("getEntity", "listEntityQuotes", "listEntityClaims", "listEntityMentions"),
        "listEntityCooccurrences",
    ),
    "quote_id": ("getQuote", "listQuoteVariants"),
    "claim_id": ("getClaim", "listSimilarClaims"),
    "source_id": ("getSource",),
}
_QUOTE = {"quote_id": "/id", "article_id": "/article_id", "entity_id": "/speaker/entity_id"}
_CLAIM = {
    "claim_id": "/id",
    "article_id": "/article_id",
    "entity_id": "/claimant/entity_id",
    "quote_id": "/quote_id",
}
_ARTICLE = {"article_id": "/id", "source_id": "/source_file/id"}
_MENTION = {"article_id": "/article_id", "entity_id": "/entity_id"}
# Where the ids are in an answer, or in the first item of a list.
_ITEMS: Mapping[str, Mapping[str, str]] = {
    "listArticles": _ARTICLE,
    "listSimilarArticles": {"article_id": "/article/id"},
    "listQuotes": _QUOTE,
    "listArticleQuotes": _QUOTE,
    "listEntityQuotes": _QUOTE,
    "matchQuotes": {"quote_id": "/quote/id", "article_id": "/article_id"},
    "listQuoteVariants": {"quote_id": "/quote/id", "article_id": "/article_id"},
    "listClaims": _CLAIM,
    "listArticleClaims": _CLAIM,
    "listEntityClaims": _CLAIM,
    "listSimilarClaims": {"claim_id": "/claim/id", "article_id": "/article_id"},
    "listEntities": {"entity_id": "/id"},
    "listArticleEntities": {"entity_id": "/entity/id"},
    "listEntityCooccurrences": {"entity_id": "/entity/id"},
    "listEntityMentions": _MENTION,
    "listArticleMentions": _MENTION,
    "listSources": {"source_id": "/id"},
}
_SINGLE: Mapping[str, Mapping[str, str]] = {
    "getArticle": _ARTICLE,
    "getQuote": _QUOTE,
    "getClaim": _CLAIM,
    "getEntity": {"entity_id": "/id"},
}


def links_of(operation_id: str) -> dict[str, Any]:
    """Return the links of an operation's answer by name; empty when none goes on from it."""
    places = {
        **{name: f"/data/0{at}" for name, at in _ITEMS.get(operation_id, {}).items()},
        **_SINGLE.get(operation_id, {}),
    }
    return {
        f"{target[0].upper()}{target[1:]}": {
            "operationId": target,
            "parameters": {name: f"$response.body#{at}"},
            "description": f"`{name}` is at `{at}` of the answer.",
        }
        for name, at in places.items()
        for target in _ONE[name]
        if target != operation_id
    }
