"""Schemathesis sends what the document allows, and what it does not, and checks every answer."""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings

from app.api.openapi import build_openapi
from app.db.fold import find_words
from app.db.ids import to_id, to_key
from app.db.search import SearchError, parse_query
from app.main import create_app
from tests.api.conftest import settings_for
from tests.api.corpus import write_corpus
from tests.hostile.serving import running_patiently

pytestmark = pytest.mark.slow

# Schemathesis makes the tests while they are collected, from the document alone; the database
# comes when they run.
_FOLDER = tempfile.TemporaryDirectory(prefix="onrecord-schemathesis-")
_DATABASE = Path(_FOLDER.name) / "onrecord.db"
schema = schemathesis.openapi.from_dict(build_openapi(create_app(settings_for(_DATABASE))))
# Its coverage phase makes every boundary of every parameter while the tests are collected, four
# minutes for 81 operations; `test_every_operation` and the tests of parameters have those.
schema.config.phases.coverage.enabled = False
# Of the invented corpus; a made-up id is a 404 and shows little.
IDS = {
    "article_id": to_id("art", to_key("article", "0")),
    "entity_id": "velm",
    "quote_id": to_id("qt", to_key("quote", "0")),
    "claim_id": to_id("cl", to_key("claim", "0")),
    "source_id": to_id("src", to_key("source", "broken.html")),
}
# A value that is far too long is refused as an address that is too long.
_REJECTIONS = schema.config.checks.negative_data_rejection
_REJECTIONS.expected_statuses = [*_REJECTIONS.expected_statuses, "414"]


@pytest.fixture(scope="module", autouse=True)
def server() -> Iterator[str]:
    """Serve the invented corpus as a user's server does, over connections; yields its address."""
    write_corpus(_DATABASE)
    with running_patiently(settings_for(_DATABASE)) as (address, _):
        yield address
    _FOLDER.cleanup()


@schema.parametrize()
@settings(
    max_examples=6,
    deadline=None,
    derandomize=True,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=list(HealthCheck),
)
def test_no_operation_breaks_its_promise(case: Any, server: str) -> None:
    if case.meta.generation.mode.is_positive:
        drop_what_a_schema_cannot_forbid(case.query)
        case.path_parameters.update(
            (name, IDS[name]) for name in case.path_parameters if name in IDS
        )
    answer = case.call_and_validate(base_url=server)
    if case.meta.generation.mode.is_positive and case.method == "GET":
        assert answer.status_code == 200


def drop_what_a_schema_cannot_forbid(query: dict[str, Any]) -> None:
    """Keep valid cases valid: a schema knows neither cursors nor what goes with what."""
    query.pop("fields", None)  # leaves out what the schema says is there
    query.pop("cursor", None)  # any word is one by the schema; only the server's own are
    if "text" in query and len(find_words(query["text"])) < 3:
        query["text"] = "at least three words"
    q = query.get("q")
    if q is not None:
        try:
            parse_query(q)
        except SearchError:  # "!" holds no word to look for
            del query["q"]
    if "relevance" in str(query.get("sort", "")) and "q" not in query:
        del query["sort"]
