"""What all tests share: which kind of database each runs on, and the PostgreSQL server."""

from collections.abc import Iterator

import hypothesis
import pytest
from sqlalchemy import Engine, event

from tests import databases
from tests.stores import has_stores

# How long one example takes says how busy the machine is.
hypothesis.settings.register_profile("any machine", deadline=None)
hypothesis.settings.load_profile("any machine")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what needs a PostgreSQL where there is none, unless it must not be left out.

    And what needs the servers of object stores, where there are none.

    And what says that its point is not the database, which runs on SQLite alone.

    Files with slow tests come first, so that no process is left with one when all others are done.
    """
    items[:] = [
        item
        for item in items
        if not (item.get_closest_marker("one_database") and item.get_closest_marker("postgresql"))
    ]
    missing = [
        *([] if _has_postgresql() else ["postgresql"]),
        *([] if has_stores() else ["stores"]),
    ]
    left_out = [item for item in items if any(map(item.get_closest_marker, missing))]
    if left_out:
        items[:] = [item for item in items if item not in left_out]
        config.hook.pytest_deselected(items=left_out)
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if not _has_postgresql():
        terminalreporter.write_line(
            "Tests on PostgreSQL were left out: it is not here (apt-get install postgresql)"
        )
    if not has_stores():
        terminalreporter.write_line(
            "Tests of object stores were left out: make test-stores has servers"
        )


def _has_postgresql() -> bool:
    return databases.is_required() or databases.find_programs() is not None


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    # Before any fixture: those of the session make databases too.
    call = getattr(item, "callspec", None)
    given = {} if call is None else call.params
    databases.use(given.get("both_databases", databases.SQLITE))


@pytest.fixture(autouse=True)
def closed_connections() -> Iterator[None]:
    """Close what a test leaves in pools on PostgreSQL; psycopg warns of what it finds open."""
    if databases.kind() == databases.SQLITE:
        yield
        return
    used: list[Engine] = []

    def note(connection) -> None:
        if connection.engine not in used:
            used.append(connection.engine)

    event.listen(Engine, "engine_connect", note)
    yield
    event.remove(Engine, "engine_connect", note)
    for engine in used:
        engine.dispose()


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[databases.Server]:
    with databases.running_server() as server, databases.known_server(server):
        yield server


@pytest.fixture(scope="session", params=databases.KINDS)
def both_databases(request: pytest.FixtureRequest) -> str:
    """Run a test twice: paths stand for SQLite's files, and then for PostgreSQL's databases."""
    kind: str = request.param
    if kind == databases.POSTGRESQL:
        request.getfixturevalue("postgresql_server")
    return kind


@pytest.fixture(scope="session")
def database_kind() -> str:
    """On which kind of database a test runs that says nothing of it."""
    return databases.SQLITE
