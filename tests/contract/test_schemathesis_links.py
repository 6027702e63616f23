"""Schemathesis goes from answer to answer along the document's links, and checks every answer.

A file of its own: the cases of single operations take their time while they are collected.
"""

import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from app.db.fold import find_words
from app.db.search import SearchError, parse_query
from app.main import create_app
from tests.api.conftest import settings_for
from tests.api.corpus import write_corpus

pytestmark = pytest.mark.slow

# The state machine is made of the document alone; the database comes when it runs.
_FOLDER = tempfile.TemporaryDirectory(prefix="onrecord-links-")
_DATABASE = Path(_FOLDER.name) / "onrecord.db"
schema = schemathesis.openapi.from_asgi("/openapi.json", create_app(settings_for(_DATABASE)))
_REJECTIONS = schema.config.checks.negative_data_rejection
_REJECTIONS.expected_statuses = [*_REJECTIONS.expected_statuses, "414"]
_SEEN: Counter[tuple[str, int]] = Counter()


@pytest.fixture(scope="module", autouse=True)
def corpus() -> Iterator[None]:
    write_corpus(_DATABASE)
    yield
    _FOLDER.cleanup()


class FollowLinks(schema.as_state_machine()):  # type: ignore[misc]
    """Goes on with the ids that the answers hold."""

    def before_call(self, case: Any) -> None:
        if case.meta.generation.mode.is_positive:
            drop_what_a_schema_cannot_forbid(case.query)

    def after_call(self, response: Any, case: Any) -> None:
        _SEEN[case.path, response.status_code] += 1


def drop_what_a_schema_cannot_forbid(query: dict[str, Any]) -> None:
    """Keep valid cases valid: a schema knows neither cursors nor what goes with what."""
    for name in ("fields", "cursor"):
        query.pop(name, None)
    if "text" in query and len(find_words(query["text"])) < 3:
        query["text"] = "the harbour will not close"
    q = query.get("q")
    if q is not None:
        try:
            parse_query(q)
        except SearchError:
            del query["q"]
    if "relevance" in str(query.get("sort", "")) and "q" not in query:
        del query["sort"]


def test_no_way_along_the_links_breaks_a_promise() -> None:
    run_state_machine_as_test(
        FollowLinks,
        settings=settings(
            max_examples=60,
            stateful_step_count=6,
            deadline=None,
            derandomize=True,
            phases=(Phase.explicit, Phase.generate),
            suppress_health_check=list(HealthCheck),
        ),
    )
    followed = {path for path, status in _SEEN if "{" in path and status == 200}
    # How many, the draws decide: Hypothesis takes constants of our own sources into them, so that
    # they are others whenever the sources are.
    assert len(followed) > 2, _SEEN
