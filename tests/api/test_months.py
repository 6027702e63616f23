"""Counts that are kept are those that are counted."""

from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.api import counts
from app.api.dataset import DatasetCache
from app.main import create_app
from tests.api.conftest import settings_for

FILTERS = {
    "quotes": [
        "",
        "speaker=ines-varga",
        "speaker=miss-varga",
        "speaker=nobody",
        "source=Osterby Post",
    ],
    "claims": ["", "claimant=mara-lindqvist", "source=The Velm Courier", "source=nowhere"],
    "articles": ["", "source=Osterby Post"],
}


@pytest.mark.parametrize("interval", ["month", "year"])
@pytest.mark.parametrize("limit", [1, 2, 100])
@pytest.mark.parametrize(("what", "asked"), [(w, a) for w, some in FILTERS.items() for a in some])
def test_kept_counts_are_those_that_are_counted(
    database: Path,
    monkeypatch: pytest.MonkeyPatch,
    what: str,
    asked: str,
    interval: str,
    limit: int,
) -> None:
    app = create_app(settings_for(database).model_copy(update={"cache_bytes": 0}))
    used: list[str] = []
    kept = counts.count_kept
    monkeypatch.setattr(
        counts, "count_kept", lambda *args, **more: used.append("kept") or kept(*args, **more)
    )
    url = f"/v1/{what}/counts?interval={interval}&limit={limit}" + (f"&{asked}" if asked else "")
    with TestClient(app) as client:
        found = client.get(url).json()
        assert used == ["kept"]
        monkeypatch.setattr(counts, "find_kept", lambda *_, **__: None)
        assert client.get(url).json() == found
        assert used == ["kept"]
    if "no" not in asked.partition("=")[2]:
        assert found["data"]


@pytest.mark.parametrize(
    "asked",
    [
        "interval=day",
        "interval=month&group_by=speaker",
        "interval=month&form=direct",
        "interval=month&speaker=ines-varga&speaker=velm",
        "interval=month&speaker=ines-varga&source=Osterby Post",
        "interval=month&q=harbour",
        "interval=month&distinct=story",
        "group_by=form",
    ],
)
def test_what_is_not_kept_is_counted(
    database: Path, monkeypatch: pytest.MonkeyPatch, asked: str
) -> None:
    app = create_app(settings_for(database))
    monkeypatch.delattr(counts, "count_kept")  # whoever asks for it fails
    with TestClient(app) as client:
        assert client.get(f"/v1/quotes/counts?{asked}").status_code == 200


@pytest.mark.parametrize("what", FILTERS)
def test_counts_of_everything_are_read_once_for_any_number_of_groups(
    database: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    app = create_app(settings_for(database).model_copy(update={"cache_bytes": 0}))
    read: list[int] = []
    kept = counts.count_kept
    monkeypatch.setattr(
        counts, "count_kept", lambda *args, limit: read.append(limit) or kept(*args, limit=limit)
    )
    url = f"/v1/{what}/counts?interval=month&limit="
    with TestClient(app) as client:
        pages = [client.get(f"{url}{limit}").json() for limit in (2, 1, 1_000)]
    assert len(read) == 1
    assert pages[0]["data"] == pages[2]["data"][:2]
    assert pages[1]["data"] == pages[2]["data"][:1]
    assert pages[0]["meta"] | {"limit": 1_000} == pages[2]["meta"]
    assert len(pages[2]["data"]) == pages[2]["meta"]["groups"] > 1


def test_counts_of_everything_are_those_of_the_present_data(app: FastAPI) -> None:
    dataset = DatasetCache(app.state.source.engine)
    dataset.put_counts("v1", "quotes", [1])
    dataset.put_counts("v1", "claims", [2])
    assert dataset.get_counts("v1", "quotes") == [1]
    assert dataset.get_counts("v2", "quotes") is None
    dataset.put_counts("v2", "quotes", [3])
    assert dataset.get_counts("v2", "quotes") == [3]
    assert dataset.get_counts("v2", "claims") is None
    assert dataset.get_counts("v1", "claims") is None
