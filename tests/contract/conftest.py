"""The same application on the same invented corpus as in tests/api, on both databases."""

import pytest

from tests.api.conftest import app, client, database

__all__ = ["app", "client", "database"]


@pytest.fixture(scope="session")
def database_kind(both_databases: str) -> str:
    return both_databases
