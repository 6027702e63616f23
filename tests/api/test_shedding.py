import asyncio
import time
from collections import Counter
from pathlib import Path
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from app.api.plain import rows
from app.api.shedding import FEWEST, MOST_SECONDS, WAITED, Backlog, Shedding, Turns
from app.main import Application
from tests.api.conftest import settings_for
from tests.hostile.serving import running_patiently
from tests.loops import run

pytestmark = pytest.mark.one_database  # it is about threads


def ask_many(app: object, count: int, path: str) -> list[httpx2.Response]:
    async def ask() -> list[httpx2.Response]:
        transport = httpx2.ASGITransport(app=app)  # type: ignore[arg-type]
        async with httpx2.AsyncClient(transport=transport, base_url="http://x") as client:
            return list(await asyncio.gather(*(client.get(path) for _ in range(count))))

    return run(ask())


def test_what_is_too_much_is_refused_at_once_and_the_rest_is_answered() -> None:
    slow = FastAPI()

    @slow.get("/slow")
    @slow.get("/healthz")
    async def answer() -> str:
        await asyncio.sleep(0.2)
        return "done"

    app = Shedding(slow, backlog=Backlog(), turns=Turns(1), most=3)
    answers = ask_many(app, 10, "/slow")
    assert sorted(one.status_code for one in answers) == [200] * 3 + [503] * 7
    refused = next(one for one in answers if one.status_code == 503)
    assert refused.headers["content-type"] == "application/problem+json"
    assert int(refused.headers["retry-after"]) > 0
    assert refused.headers["x-request-id"]
    assert refused.headers["access-control-allow-origin"] == "*"
    assert app.refused == 7
    # It recovers, and never refuses to say how it is.
    assert [one.status_code for one in ask_many(app, 3, "/slow")] == [200] * 3
    assert {one.status_code for one in ask_many(app, 9, "/healthz")} == {200}


def test_who_came_first_has_the_first_turn_and_a_long_one_makes_room() -> None:
    async def watch() -> tuple[list[str], list[str]]:
        turns, seen = Turns(2, seconds=0.05), []
        ends = {name: asyncio.Event() for name in "abcdef"}

        async def work(name: str) -> None:
            turn = await turns.take()
            seen.append(name)
            try:
                await ends[name].wait()
            finally:
                turn.end()
                turn.end()  # a second time is nothing

        tasks = {name: asyncio.create_task(work(name)) for name in "abcdef"}
        await asyncio.sleep(0)
        tasks["c"].cancel()  # who waits no more is passed over
        await asyncio.sleep(0)
        at_first = list(seen)
        ends["b"].set()
        await asyncio.sleep(0.01)
        short = list(seen)
        while len(seen) < 5:  # nobody ends any more
            await asyncio.sleep(0.01)
        for end in ends.values():
            end.set()
        await asyncio.gather(*tasks.values(), return_exceptions=True)
        assert at_first == ["a", "b"]
        assert turns._free == 2
        return short, seen

    short, seen = run(watch())
    assert short == ["a", "b", "d"]
    assert seen == ["a", "b", "d", "e", "f"]


def test_a_turn_is_passed_on_by_who_was_told_to_stop_as_it_was_given() -> None:
    async def watch() -> int:
        turns = Turns(1)
        first = await turns.take()
        waiting = asyncio.create_task(turns.take())
        await asyncio.sleep(0)
        first.end()
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        return turns._free

    assert run(watch()) == 1


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


def test_the_rest_of_what_came_together_is_too_late_when_the_first_took_long() -> None:
    async def look() -> list[bool]:
        backlog, scope = Backlog(), {"type": "http"}
        first = [backlog.is_too_long(scope) for _ in range(2 * FEWEST)]
        time.sleep(MOST_SECONDS + 0.05)
        then = backlog.is_too_long(scope)
        await asyncio.sleep(0)
        backlog.is_too_long(scope)
        time.sleep(MOST_SECONDS + 0.05)
        few = [backlog.is_too_long(scope) for _ in range(FEWEST - 1)]
        return [any(first), then, any(few), backlog.is_too_long(scope)]

    assert run(look()) == [False, True, False, True]


def test_connections_that_the_system_held_for_long_are_refused_until_one_comes_in_time() -> None:
    backlog = Backlog()
    late, soon = ({WAITED: seconds} for seconds in (2 * MOST_SECONDS, 0.0))
    assert not any(backlog.is_too_long(late) for _ in range(FEWEST))
    assert backlog.is_too_long(late)
    assert not backlog.is_too_long(soon)
    assert not backlog.is_too_long(late)


def test_more_pages_than_there_is_time_for_are_refused_and_soon_answered_again(
    database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = rows.read_rows

    def read_slowly(*given: Any, **more: Any) -> Any:
        time.sleep(0.015)
        return real(*given, **more)

    async def ask_all(address: str) -> list[httpx2.Response]:
        limits = httpx2.Limits(max_connections=150)
        async with httpx2.AsyncClient(base_url=address, limits=limits, timeout=30) as client:
            await client.get("/v1/quotes?limit=1")
            paths = [f"/v1/quotes?limit={n}" for n in range(2, 152)]
            answers = list(await asyncio.gather(*(client.get(path) for path in paths)))
            return [*answers, await client.get("/v1/quotes?limit=152")]

    monkeypatch.setattr("app.api.plain.layer.read_rows", read_slowly)
    with running_patiently(settings_for(database)) as (address, _):
        *answers, last = run(ask_all(address))
    statuses = Counter(one.status_code for one in answers)
    assert set(statuses) == {200, 503}
    assert statuses[200] >= FEWEST
    refused = next(one for one in answers if one.status_code == 503)
    assert refused.headers["content-type"] == "application/problem+json"
    assert int(refused.headers["retry-after"]) > 0
    assert refused.headers["x-request-id"]
    assert refused.json()["instance"].startswith("/v1/quotes?limit=")
    assert last.status_code == 200


def test_a_request_that_is_passed_on_is_counted_where_it_goes() -> None:
    async def look() -> list[bool]:
        backlog, scope = Backlog(), {"type": "http"}
        for _ in range(2 * FEWEST):
            backlog.is_too_long(scope)
            backlog.pass_on()
        time.sleep(MOST_SECONDS + 0.05)
        few = [backlog.is_too_long(scope) for _ in range(FEWEST)]
        return [any(few), backlog.is_too_long(scope)]

    assert run(look()) == [False, True]
