"""Items that are answered as they are stored are those that are put together, to the byte."""

import pytest
from fastapi.testclient import TestClient

from app.main import Application

SHAPES = ("", "&fields=id,search", "&offset_unit=utf16", "&include=article")


@pytest.mark.parametrize("what", ["quotes", "claims"])
@pytest.mark.parametrize("asked", ["q=the", "q=har*&sort=relevance", "q=nothing-such", "sort=id"])
@pytest.mark.parametrize("shape", SHAPES)
def test_an_item_as_stored_is_the_item_as_built(
    what: str,
    asked: str,
    shape: str,
    client: TestClient,
    app: Application,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = f"/v1/{what}?{asked}&limit=200{shape}"
    mine = client.get(path)
    written: list[bool] = []
    monkeypatch.setattr(f"app.api.{what}.router.is_as_stored", lambda _: bool(written.append(True)))
    app.finished.forget()
    theirs = client.get(path)
    assert (mine.status_code, mine.content) == (theirs.status_code, theirs.content)
    assert mine.status_code == 200
    assert written
    assert bool(mine.json()["data"]) is ("such" not in asked)
