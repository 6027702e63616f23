"""What an endpoint is handed: the data, the state that they are in, and its own address."""

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Semaphore
from typing import Annotated, Any

from fastapi import Depends, Request
from sqlalchemy import Engine
from sqlmodel import Session
from starlette.concurrency import run_in_threadpool

from app.api.caching import canonical_url, check_not_modified, data_headers
from app.api.dataset import DatasetCache, DatasetState, require_ready
from app.api.paging import Page, PageRequest
from app.api.parameters import PageParameters, Parameters, check_names
from app.db.engine import open_session
from app.db.rank import WordCounts

# Each holds one of the reader's eight connections for as long as its client takes.
MAX_EXPORTS = 4

# Parameters that change how a list is shown and not what is in it.
NOT_COUNTED = ("cursor", "limit", "sort", "include", "facet", "fields", "offset_unit")


@dataclass(frozen=True, slots=True)
class Source:
    """Where the data of one server come from; `create_app` makes it.

    Attributes:
        engine: Reads only.
        dataset: What is known of the data's state.
        words: What is known of the full-text indexes' words.
        exports: A slot for each export that may run at once.
    """

    engine: Engine
    dataset: DatasetCache
    words: WordCounts = field(default_factory=WordCounts)
    exports: Semaphore = field(default_factory=lambda: Semaphore(MAX_EXPORTS))


@dataclass(frozen=True, slots=True)
class Call:
    """One request for data that has passed the checks that need no data.

    Attributes:
        request: As it came.
        source: Where the data are.
        state: The state that the answer will be of, or a newer one.
        url: The canonical URL.
        headers: Those of the answer: ETag, Cache-Control and so on.
    """

    request: Request
    source: Source
    state: DatasetState
    url: str
    headers: dict[str, str]

    @property
    def version(self) -> str:
        """The dataset's version."""
        return self.state.version or ""

    def session(self) -> Session:
        """Return a session that cannot write; a context manager."""
        return open_session(self.source.engine)

    def page_request(self, parameters: PageParameters) -> PageRequest:
        """Return which page the parameters ask for, with the total when it has been counted."""
        return PageRequest(
            limit=parameters.limit,
            cursor=parameters.cursor,
            scope=canonical_url(self.request, without=("cursor", "limit")),
            total=self.source.dataset.get_total(self.version, self._counted()),
        )

    def keep_total(self, page: Page) -> None:
        """Remember how many rows the list has in this version of the data."""
        self.source.dataset.put_total(self.version, self._counted(), page.total)

    def _counted(self) -> str:
        return canonical_url(self.request, without=NOT_COUNTED)


def get_source(request: Request) -> Source:
    """Return the application's source of data."""
    source: Source = request.app.state.source
    return source


async def read_dataset(source: Source) -> DatasetState:
    """Return the dataset's state, in a thread only when the database has to be asked."""
    state = source.dataset.peek()
    return state if state is not None else await run_in_threadpool(source.dataset.read)


def call_for(model: type[Parameters]) -> Callable[[Request], Any]:
    """Return the dependency of the endpoints that take the parameters of `model`.

    In this order: unknown parameters are refused (422), data that are not there yet are refused
    (503), and a client that has the answer is told so (304).
    """

    async def check_call(request: Request) -> Call:
        check_names(request, model)
        source = get_source(request)
        state = await read_dataset(source)
        require_ready(state)
        url = canonical_url(request)
        headers = data_headers(state, url)
        check_not_modified(request, headers)
        return Call(request=request, source=source, state=state, url=url, headers=headers)

    return check_call


NoParameters = Annotated[Call, Depends(call_for(Parameters))]
