import json
import logging

import pytest
from fastapi.testclient import TestClient

from app.api.observing import find_group
from app.logs import make_formatter

pytestmark = pytest.mark.one_database  # logs and metrics are no database's


def read_metrics(client: TestClient) -> dict[str, float]:
    answer = client.get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain; version=")
    assert answer.headers["cache-control"] == "no-store"
    lines = [line for line in answer.text.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines)}


def test_requests_and_kept_answers_are_counted(client: TestClient) -> None:
    of_quotes = 'onrecord_requests_total{group="/v1/quotes",method="GET",status="200"}'
    before = read_metrics(client)
    for _ in range(3):
        client.get("/v1/quotes?limit=17")
    after = read_metrics(client)
    assert after[of_quotes] - before.get(of_quotes, 0) == 3
    seconds = 'onrecord_request_seconds_count{group="/v1/quotes"}'
    assert after[seconds] - before.get(seconds, 0) == 3
    assert after["onrecord_cache_hits_total"] - before["onrecord_cache_hits_total"] == 2


def test_the_version_and_the_age_of_the_data_are_told(client: TestClient) -> None:
    version = client.get("/v1/quotes").json()["meta"]["dataset_version"]
    metrics = read_metrics(client)
    (info,) = [name for name in metrics if name.startswith("onrecord_dataset{")]
    assert f'version="{version}"' in info
    assert metrics["onrecord_ready"] == 1
    assert metrics["onrecord_dataset_age_seconds"] > 0
    assert metrics["onrecord_ingest_files_done"] <= metrics["onrecord_ingest_files"]


@pytest.mark.parametrize(
    ("path", "group"),
    [
        ("/v1/quotes/qt_1/variants", "/v1/quotes"),
        ("/v1/quotes.csv", "/v1/quotes"),
        ("/v1/nonsense/x", "/v1"),
        ("/healthz", "/healthz"),
        ("/", "/"),
        ("/wp-admin/setup.php", "other"),
        ("", "other"),
    ],
)
def test_paths_fall_into_few_groups(path: str, group: str) -> None:
    assert find_group(path) == group


def test_a_request_is_one_line_without_what_was_searched_for(
    client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    formatter = make_formatter(as_json=True)
    with caplog.at_level(logging.INFO, logger="onrecord.request"):
        answer = client.get("/v1/quotes?q=velm&limit=3", headers={"X-Request-ID": "abc-1"})
    (record,) = [one for one in caplog.records if one.name == "onrecord.request"]
    line = formatter.format(record)
    assert "\n" not in line
    logged = json.loads(line)
    assert logged["request_id"] == "abc-1" == answer.headers["x-request-id"]
    assert (logged["method"], logged["path"], logged["status"]) == ("GET", "/v1/quotes", 200)
    assert logged["parameters"] == ["limit", "q"]
    assert logged["ms"] > 0
    assert "velm" not in line
    assert answer.json()["data"][0]["text"][:20] not in line


def test_a_line_break_that_is_sent_makes_no_second_line(
    client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    formatter = make_formatter(as_json=True)
    with caplog.at_level(logging.INFO, logger="onrecord.request"):
        client.get('/v1/a%0A{"level":"error"}')
    lines = [formatter.format(one) for one in caplog.records if one.name == "onrecord.request"]
    assert [line.count("\n") for line in lines] == [0]


def test_lines_of_other_loggers_take_the_same_form() -> None:
    record = logging.LogRecord("app.ingest", logging.WARNING, "x.py", 1, "%d files", (3,), None)
    logged = json.loads(make_formatter(as_json=True).format(record))
    assert (logged["event"], logged["level"], logged["logger"]) == (
        "3 files",
        "warning",
        "app.ingest",
    )
    assert logged["timestamp"].endswith("Z")
