import asyncio
from concurrent.futures import ThreadPoolExecutor

import httpx2
import pytest
from fastapi import FastAPI
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from app.api.shedding import Shedding
from app.main import Application

pytestmark = pytest.mark.one_database  # it is about threads


def ask_many(app: object, count: int, path: str) -> list[httpx2.Response]:
    async def ask() -> list[httpx2.Response]:
        transport = httpx2.ASGITransport(app=app)  # type: ignore[arg-type]
        async with httpx2.AsyncClient(transport=transport, base_url="http://x") as client:
            return list(await asyncio.gather(*(client.get(path) for _ in range(count))))

    # In a thread of its own: a browser that other tests hold open has a loop in this one.
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(lambda: asyncio.run(ask())).result()


def test_what_is_too_much_is_refused_at_once_and_the_rest_is_answered() -> None:
    slow = FastAPI()

    @slow.get("/slow")
    @slow.get("/healthz")
    async def answer() -> str:
        await asyncio.sleep(0.2)
        return "done"

    app = Shedding(slow, most=3)
    answers = ask_many(app, 10, "/slow")
    assert sorted(one.status_code for one in answers) == [200] * 3 + [503] * 7
    refused = next(one for one in answers if one.status_code == 503)
    assert refused.headers["content-type"] == "application/problem+json"
    assert int(refused.headers["retry-after"]) > 0
    assert app.refused == 7
    # It recovers, and never refuses to say how it is.
    assert [one.status_code for one in ask_many(app, 3, "/slow")] == [200] * 3
    assert {one.status_code for one in ask_many(app, 9, "/healthz")} == {200}


def test_the_state_of_the_data_is_known_while_all_connections_are_taken(
    app: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse() -> None:
        raise PoolTimeoutError("all taken")

    monkeypatch.setattr(app.state.source.engine, "connect", refuse)
    monkeypatch.setattr(app.state.source.dataset, "_read_at", 0.0)
    (answer,) = ask_many(app, 1, "/readyz")
    assert answer.status_code == 200


def test_no_free_connection_is_a_503(app: Application, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PoolTimeoutError("all taken")

    monkeypatch.setattr("app.api.deps.Call.session", refuse)
    (answer,) = ask_many(app, 1, "/v1/quotes?limit=123&facet=form")
    assert answer.status_code == 503
    assert int(answer.headers["retry-after"]) > 0
