"""The envelope of every list, and how answers are written."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from fastapi import Response
from pydantic import Field
from pydantic_core import to_json
from typing_extensions import TypedDict

from app.api.caching import answer_any_etag
from app.api.deps import Call
from app.api.paging import Page
from app.api.shape import UTF16, pick_fields, to_utf16

JSON = "application/json"

Items = Sequence[Mapping[str, Any]] | bytes
"""What the schema promises of each row, in the order of the rows; or all of it as a JSON list."""


class ListMeta(TypedDict):
    """How many items there are, and in which version of the data."""

    total: Annotated[
        int,
        Field(description="How many items the whole list has, exactly.", ge=0, examples=[128]),
    ]
    limit: Annotated[
        int, Field(description="The most items on a page.", ge=1, le=200, examples=[50])
    ]
    dataset_version: Annotated[
        str,
        Field(
            description="The version of the data: the same files read by the same software have "
            "the same version, every change has another.",
            examples=["ds_2ur0t1adjsi3l"],
        ),
    ]


class ListLinks(TypedDict):
    """Where this page and its neighbours are. The Link header says the same."""

    self: Annotated[
        str,
        Field(
            description="This page, with its parameters in alphabetical order.",
            examples=["/v1/quotes?speaker=sergei-naryshkin"],
        ),
    ]
    next: Annotated[
        str | None,
        Field(
            description="The page after this one, or null at the end.",
            examples=["/v1/quotes?cursor=nJ8hOe4yKQ1bMCwiMjAyNC0xMS0yOCJd"],
        ),
    ]
    prev: Annotated[
        str | None,
        Field(description="The page before this one, or null at the beginning.", examples=[None]),
    ]


def list_response(
    call: Call,
    page: Page,
    *,
    limit: int,
    items: Items,
    **more: Any,
) -> Response:
    """Write one page of a list.

    Args:
        call: The request.
        page: The rows.
        limit: The most items on a page.
        items: Those of the page's rows; as JSON where the request `is_as_stored`.
        more: What else the list's schema promises: `facets`.
    """
    links: ListLinks = {
        "self": call.url,
        "next": _with_cursor(call, page.next),
        "prev": _with_cursor(call, page.prev),
    }
    headers = dict(call.headers)
    headers["Link"] = link_header(links)
    call.keep_total(page)
    answer_any_etag(call.request, headers)
    if not isinstance(items, bytes):
        fields = call.request.query_params.get("fields")
        items = to_json(shape_items(call, items, fields=fields))
    meta: ListMeta = {"total": page.total, "limit": limit, "dataset_version": call.version}
    rest = to_json({"meta": meta, "links": links, **more})
    body = b'{"data":%b,%b' % (items, rest[1:])
    return Response(body, media_type=JSON, headers=headers)


def link_header(links: Mapping[str, Any]) -> str:
    """Return the Link header (RFC 8288) that says what a list's `links` say."""
    return ", ".join(
        f'<{address}>; rel="{relation}"' for relation, address in links.items() if address
    )


def _with_cursor(call: Call, cursor: str | None) -> str | None:
    if cursor is None:
        return None
    path, _, query = call.url.partition("?")
    # The address is canonical: its parameters are encoded, and in order. So is a cursor.
    own = f"cursor={cursor}"
    others = [words for words in query.split("&") if words and not words.startswith("cursor=")]
    return f"{path}?{'&'.join(sorted([*others, own], key=_find_name))}"


def _find_name(words: str) -> str:
    return words.partition("=")[0]


def shape_items(
    call: Call, items: Sequence[Mapping[str, Any]], *, fields: str | None
) -> Sequence[Mapping[str, Any]]:
    """Return items with only some keys, and in the `offset_unit` that the request asks for.

    A path that does not take this parameter has refused it before.
    """
    if call.request.query_params.get("offset_unit") == UTF16:
        with call.session() as session:
            items = to_utf16(session, items)
    return [pick_fields(item, fields) for item in items] if fields else items


def item_response(call: Call, item: Mapping[str, Any]) -> Response:
    """Write one resource: the bare object."""
    answer_any_etag(call.request, call.headers)
    (item,) = shape_items(call, [item], fields=call.request.query_params.get("fields"))
    return Response(to_json(item), media_type=JSON, headers=call.headers)
