"""The whole way: a server reads the real articles as it starts and keeps its promises on them."""

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.main import create_app
from app.settings import Settings
from tests.contract.test_answers import addresses, check, spans

pytestmark = [pytest.mark.model, pytest.mark.slow]

ROOT = Path(__file__).parents[2]
PATIENCE_SECONDS = 120


@pytest.fixture(scope="module")
def real_client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    path = tmp_path_factory.mktemp("real") / "onrecord.db"
    settings = Settings(
        database_url=f"sqlite:///{path}", seeds=(ROOT / "seeds", ROOT / "tests" / "articles")
    )
    with TestClient(create_app(settings), raise_server_exceptions=False) as client:
        first = client.get("/v1/quotes")
        assert first.status_code == 503
        assert first.headers["retry-after"] == "2"
        deadline = time.monotonic() + PATIENCE_SECONDS
        while client.get("/readyz").status_code != 200:
            assert time.monotonic() < deadline
            time.sleep(0.2)
        yield client


def test_the_seed_article_says_what_sergei_naryshkin_said(real_client: TestClient) -> None:
    page = real_client.get("/v1/quotes?speaker=sergei-naryshkin").json()
    words = {quote["text"].rstrip(".,") for quote in page["data"]}
    assert words == {
        "Russia categorically rejects any freezing of the conflict",
        "winning on all fronts",
    }


def test_every_answer_is_exactly_as_promised(real_client: TestClient) -> None:
    document = real_client.get("/openapi.json").json()
    checked = 0
    for path, address in addresses(real_client, most=40):
        answer = real_client.get(address)
        assert answer.status_code == 200, address
        check(document, path, answer.json())
        checked += 1
    assert checked > 200


def test_every_span_has_the_words_that_stand_there(real_client: TestClient) -> None:
    checked = 0
    for article in real_client.get("/v1/articles?limit=200").json()["data"]:
        text = real_client.get(article["links"]["text"]).content.decode("utf-8")
        served: list[Any] = [real_client.get(article["links"]["annotations"]).json()]
        for span in spans(served):
            assert text[span["start"] : span["end"]] == span["text"]
            checked += 1
    assert checked > 1000


def test_a_server_process_never_loads_a_language_model() -> None:
    program = (
        "import sys; from app.main import create_app; from app.settings import Settings;"
        "create_app(Settings(ingest_at_start=False));"
        "print([name for name in ('spacy', 'onnxruntime', 'numpy', 'trafilatura')"
        " if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "[]"
