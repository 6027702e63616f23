"""Is the server alive, and has it data to serve. Never cached, never refused."""

from typing import Annotated

from fastapi import Request, Response
from pydantic import Field
from pydantic_core import to_json
from typing_extensions import TypedDict

from app.api.deps import get_source, read_dataset
from app.api.envelope import JSON
from app.api.errors import RETRY_AFTER_SECONDS, Problem, problem_response
from app.api.parameters import Parameters, check_names
from app.api.promise import Router

router = Router(tags=["service"])
_STATES = (
    "What ingest is doing: loading; ready; empty when nothing was ever loaded; waiting while there "
    "is no database; failed when the database cannot be read."
)
_NO_STORE = {"Cache-Control": "no-store"}


class Health(TypedDict):
    """The server answers."""

    status: Annotated[str, Field(description="Always ok.", examples=["ok"])]


class Readiness(TypedDict):
    """Whether there are data to serve, and how far ingest is."""

    ready: Annotated[
        bool,
        Field(
            description="True when data are served; a later ingest does not change it.",
            examples=[True],
        ),
    ]
    state: Annotated[str, Field(description=_STATES, examples=["ready"])]
    files_done: Annotated[
        int,
        Field(
            description="Seed files dealt with by the ingest that runs now, or by the last one.",
            ge=0,
            examples=[1],
        ),
    ]
    files_total: Annotated[
        int, Field(description="Seed files that it has to deal with.", ge=0, examples=[1])
    ]


class ReadinessProblem(Problem):
    """No data are served yet: a problem that also tells the progress."""

    ready: Annotated[bool, Field(description="Always false.", examples=[False])]
    state: Annotated[str, Field(description=_STATES, examples=["loading"])]
    files_done: Annotated[
        int, Field(description="Seed files dealt with so far.", ge=0, examples=[3])
    ]
    files_total: Annotated[int, Field(description="Seed files to deal with.", ge=0, examples=[12])]


@router.get(
    "/healthz",
    operation_id="getHealth",
    summary="Is the server alive?",
    response_model=Health,
    response_description="It is.",
)
async def get_health(request: Request) -> Response:
    """Answer as long as the process runs, whatever the state of the data."""
    check_names(request, Parameters)
    health: Health = {"status": "ok"}
    return Response(to_json(health), media_type=JSON, headers=_NO_STORE)


@router.get(
    "/readyz",
    operation_id="getReadiness",
    summary="Are there data to serve?",
    response_model=Readiness,
    response_description="There are.",
)
async def get_readiness(request: Request) -> Response:
    """Say whether data are served: 200 when they are, 503 with the progress while they are not."""
    check_names(request, Parameters)
    state = await read_dataset(get_source(request))
    progress: Readiness = {
        "ready": state.ready,
        "state": state.state,
        "files_done": state.files_done,
        "files_total": state.files_total,
    }
    if state.ready:
        return Response(to_json(progress), media_type=JSON, headers=_NO_STORE)
    return problem_response(
        request.scope,
        503,
        state.reason,
        headers={"Retry-After": str(RETRY_AFTER_SECONDS)},
        more=progress,
    )
