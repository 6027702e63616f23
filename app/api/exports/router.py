"""The paths of the exports: each list's own with `.ndjson`, `.csv` or `.atom` behind it."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import Depends, Path, Query, Response
from pydantic import create_model

from app.api.deps import Call, call_for
from app.api.errors import wrong_parameter
from app.api.exports.lists import LISTS, ExportedList
from app.api.exports.stream import (
    ATOM,
    CSV,
    NDJSON,
    encode_ndjson,
    make_csv_encoder,
    stream_response,
)
from app.api.exports.table import write_line
from app.api.parameters import Parameters, split_words
from app.api.promise import Router

router = Router()

_FEED_EXAMPLE = (
    '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom"/>'
)

Answer = Callable[[Call, Any, str], Response]

_OWNERS = {
    "article_id": Annotated[
        str,
        Path(alias="article_id", description="The article's id.", examples=["art_2k9d1v7c40hsm"]),
    ],
    "entity_id": Annotated[
        str, Path(alias="entity_id", description="The entity's id.", examples=["sergei-naryshkin"])
    ],
}


def _add(
    listed: ExportedList,
    suffix: str,
    *,
    answer: Answer,
    parameters: type[Parameters],
    summary: str,
    description: str,
    content: dict[str, Any],
) -> None:
    checked = Depends(call_for(parameters))
    owner_name = next((name for name in _OWNERS if f"{{{name}}}" in listed.path), None)

    def answer_for(call: Call, parameters: Any, owner: str) -> Response:
        return answer(call, parameters, owner)

    def answer_all(call: Call, parameters: Any) -> Response:
        return answer(call, parameters, "")

    endpoint: Callable[..., Response] = answer_for if owner_name else answer_all
    endpoint.__annotations__["call"] = Annotated[Call, checked]
    endpoint.__annotations__["parameters"] = Annotated[parameters, Query()]
    if owner_name:
        endpoint.__annotations__["owner"] = _OWNERS[owner_name]
    router.add_api_route(
        f"{listed.path}.{suffix}",
        endpoint,
        methods=["GET"],
        tags=[listed.tag],
        operation_id=f"export{listed.name}{suffix.capitalize()}",
        summary=summary,
        description=description,
        response_class=Response,
        response_description="The whole list." if suffix != "atom" else "The feed.",
        responses={200: {"content": content}},
    )


def _content(media_type: str, example: str) -> dict[str, Any]:
    return {media_type: {"schema": {"type": "string"}, "example": example}}


def _add_ndjson(listed: ExportedList) -> None:
    def answer(call: Call, parameters: Any, owner: str) -> Response:
        opened = listed.open(call, parameters, owner)
        name = f"{listed.path.rpartition('/')[2]}.ndjson"
        return stream_response(
            call,
            opened,
            encode=encode_ndjson,
            media_type=NDJSON,
            filename=name,
            fields=getattr(parameters, "fields", None),
        )

    _add(
        listed,
        "ndjson",
        answer=answer,
        parameters=listed.parameters,
        summary=f"Export {listed.what} as NDJSON",
        description="Every item that passes the filters, in the order of the list, one JSON "
        "object a line, each as the list itself has it. It is streamed: take as much as you want.",
        content=_content(NDJSON, '{"id": "…"}\n'),
    )


def _add_csv(listed: ExportedList) -> None:
    def answer(call: Call, parameters: Any, owner: str) -> Response:
        columns = _pick_columns(listed, getattr(parameters, "fields", None))
        encode, head = make_csv_encoder(columns), write_line(columns)
        opened = listed.open(call, parameters, owner)
        name = f"{listed.path.rpartition('/')[2]}.csv"
        return stream_response(
            call, opened, encode=encode, head=head.encode(), media_type=CSV, filename=name
        )

    _add(
        listed,
        "csv",
        answer=answer,
        parameters=listed.parameters,
        summary=f"Export {listed.what} as CSV",
        description="Every item that passes the filters, in the order of the list, one a line "
        "after a line of column names (RFC 4180, UTF-8). Several values in a cell are parted by "
        "“; ” or written as JSON; a text that a spreadsheet would take for a formula has an "
        "apostrophe before it.",
        content=_content("text/csv", write_line(listed.columns)),
    )


def _pick_columns(listed: ExportedList, fields: str | None) -> tuple[str, ...]:
    names = split_words(fields)
    picked = tuple(
        column for column in listed.columns if not names or column.partition(".")[0] in names
    )
    if not picked:
        raise wrong_parameter("fields", "None of these is a column.", allowed=listed.columns)
    return picked


def _add_atom(listed: ExportedList) -> None:
    filters = _without_order(listed.parameters)

    def answer(call: Call, parameters: Any, owner: str) -> Response:
        # Imported with the first feed: half a MiB of XML.
        from app.api.exports.atom import feed_response

        values = {name: getattr(parameters, name) for name in type(parameters).model_fields}
        values |= {"sort": "-published_at", "include": None}
        newest = listed.parameters.model_construct(**values)
        return feed_response(call, listed.open(call, newest, owner), what=listed.what)

    _add(
        listed,
        "atom",
        answer=answer,
        parameters=filters,
        summary=f"Follow {listed.what} as an Atom feed",
        description="The newest 50 that pass the filters, as a feed (RFC 4287): a saved search "
        "that a feed reader follows.",
        content=_content(ATOM, _FEED_EXAMPLE),
    )


def _without_order(model: type[Parameters]) -> type[Parameters]:
    """Return the same parameters without sort and include: a feed has an order of its own."""
    fields: dict[str, Any] = {
        name: (field.annotation, field)
        for name, field in model.model_fields.items()
        if name not in ("sort", "include", "fields", "offset_unit")
    }
    return create_model(f"{model.__name__}OfFeed", __base__=Parameters, **fields)


for _listed in LISTS:
    _add_ndjson(_listed)
    _add_csv(_listed)
    if _listed.feed:
        _add_atom(_listed)
