"""The same application on the same invented corpus as in tests/api."""

from tests.api.conftest import app, client, database

__all__ = ["app", "client", "database"]
