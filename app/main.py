"""The application: everything is put together here, and nothing imports this."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, cast

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.types import Receive, Scope, Send
from starlette_compress import CompressMiddleware

from app import __version__
from app.api import counts, docs, health, metrics, root
from app.api.articles.router import router as articles
from app.api.caching import NotModifiedError, on_not_modified
from app.api.claims.router import router as claims
from app.api.cooccurrences.router import router as cooccurrences
from app.api.dataset import DatasetCache
from app.api.deps import Source
from app.api.entities.geojson import router as maps
from app.api.entities.router import router as entities
from app.api.errors import add_error_handlers
from app.api.exports.router import router as exports
from app.api.finished import MIN_COMPRESSED, FinishedAnswers
from app.api.matching.claims import router as similar_claims
from app.api.matching.router import router as matching
from app.api.moved import MovedError, on_moved
from app.api.observing import Metrics, Observer
from app.api.openapi import DESCRIPTION, TAGS
from app.api.plain import PlainAnswers, PlainLists
from app.api.quotes.router import router as quotes
from app.api.shedding import AT_ONCE_ON_SQLITE, Backlog, Shedding, Turns
from app.api.sources.router import router as sources
from app.api.stories.router import router as stories
from app.api.unnamed.router import router as unnamed
from app.api.wire import WireMiddleware
from app.db.engine import make_reader_engine
from app.pages.problems import add_problem_pages, write_problem
from app.pages.router import router as pages
from app.serving import AT_ONCE
from app.settings import Settings

# How long a server that is told to stop waits for ingest to finish its article.
STOP_SECONDS = 10.0


class Application(FastAPI):
    """FastAPI, with finished answers before all of it.

    They stand before FastAPI's own layers too, which cost 11 µs a request where giving out a kept
    answer costs 7 (one core; uvicorn itself needs some 80).
    """

    finished: FinishedAnswers
    observer: Observer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        await self.observer(scope, receive, send)


def create_app(settings: Settings | None = None) -> Application:
    """Make the application.

    Args:
        settings: Those of the environment when None.

    Raises:
        ValueError: The database URL is one that cannot be served from.
    """
    settings = settings or Settings()
    url, seconds = settings.reader_url, settings.query_seconds
    engine = make_reader_engine(url, pool_size=settings.database_connections, query_seconds=seconds)
    app = Application(
        title="On Record",
        version=__version__,
        summary="Who said and claimed what about whom, from news articles.",
        description=DESCRIPTION,
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
        openapi_tags=TAGS,
        openapi_url=None,  # app.api.docs serves it, completed
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=_make_lifespan(settings),
        telemetry={
            "tracing": settings.traces,
            "auto_configure": settings.traces,  # where OTEL_EXPORTER_OTLP_ENDPOINT says
            "metrics": False,  # /metrics has them
            "logs": False,  # exceptions can hold what users typed
        },
    )
    # Connections of their own: whoever asks how the server is, and the event loop, must not wait
    # for those who query.
    asking, plain = (
        make_reader_engine(url, pool_size=1, query_seconds=seconds, cache_kib=2048)
        for _ in range(2)
    )
    app.state.source = Source(engine=engine, dataset=DatasetCache(asking))
    app.state.engines = (engine, asking, plain)
    add_error_handlers(app)
    app.add_exception_handler(NotModifiedError, on_not_modified)
    app.add_exception_handler(MovedError, on_moved)
    add_problem_pages(app)
    for router in (
        exports,  # before the paths of single things: "quotes.csv" is no id
        counts.router,
        matching,
        similar_claims,
        maps,
        cooccurrences,
        quotes,
        claims,
        entities,
        articles,
        stories,
        unnamed,
        sources,
        root.router,
        health.router,
        metrics.router,
        docs.router,
        pages,
    ):
        # Not `include_router`, which makes each route a second time, at the first request: 0.2 s of
        # the start, and two more functions for each request to go through.
        app.router.routes.extend(router.routes)
    # The last one added is the outermost: what it adds is on every answer, compressed or not.
    app.state.plain = PlainAnswers(app.state.source, engine=plain)
    app.add_middleware(PlainLists, answers=app.state.plain)
    app.add_middleware(CompressMiddleware, minimum_size=MIN_COMPRESSED)
    app.add_middleware(WireMiddleware, write_problem=write_problem)
    backlog = Backlog()
    app.finished = FinishedAnswers(
        Shedding(
            super(Application, app).__call__,
            backlog=backlog,
            # PostgreSQL works while Python waits.
            turns=Turns(
                AT_ONCE_ON_SQLITE
                if engine.dialect.name == "sqlite"
                else settings.database_connections
            ),
        ),
        source=app.state.source,
        max_bytes=settings.cache_bytes,
        make_at_once=app.state.plain.find,
        backlog=backlog,
    )
    counted = Metrics()
    counted.registry.register(metrics.DataCollector(app.state.source.dataset, app.finished))
    app.state.metrics = counted
    app.observer = Observer(app.finished, metrics=counted, logs=settings.log_requests)
    return app


def _make_lifespan(
    settings: Settings,
) -> Callable[[FastAPI], AbstractAsyncContextManager[Mapping[str, Any]]]:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[Mapping[str, Any]]:
        ingest = None
        if settings.ingest_at_start:
            # Only a server that ingests needs the module, and a test that does not, does not.
            from app.ingest.process import start_ingest

            ingest = await run_in_threadpool(start_ingest, settings)
        try:
            # For our server, which asks before it makes a task (`app.serving`).
            yield {AT_ONCE: cast(Application, app).observer.find_at_once}
        finally:
            if ingest is not None:
                await run_in_threadpool(ingest.stop, STOP_SECONDS)
            app.state.plain.close()
            for engine in app.state.engines:
                engine.dispose()

    return lifespan
