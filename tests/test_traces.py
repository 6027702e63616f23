"""OpenTelemetry, where it is installed: off unless it is asked for."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.api.conftest import database  # noqa: F401 (a fixture)

SCRIPT = """
import sys
from fastapi.testclient import TestClient
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from app.main import create_app
from app.settings import Settings

spans = InMemorySpanExporter()
provider = TracerProvider()
provider.add_span_processor(SimpleSpanProcessor(spans))
trace.set_tracer_provider(provider)
settings = Settings(database_url=sys.argv[1], ingest_at_start=False, traces=sys.argv[2] == "on")
with TestClient(create_app(settings)) as client:
    assert client.get("/v1/quotes?facet=form&limit=2").status_code == 200
print([span.name for span in spans.get_finished_spans() if span.kind.name == "SERVER"])
"""


@pytest.mark.parametrize(("traces", "names"), [("on", "['GET /v1/quotes']"), ("off", "[]")])
def test_a_request_is_a_span_when_it_is_asked_for(
    database: Path,  # noqa: F811
    traces: str,
    names: str,
) -> None:
    pytest.importorskip("opentelemetry.sdk")
    # In a process of its own, since a tracer is the whole process's.
    command = [sys.executable, "-c", SCRIPT, f"sqlite:///{database}", traces]
    result = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert result.returncode == 0, result.stderr
    assert result.stdout.splitlines()[-1] == names
