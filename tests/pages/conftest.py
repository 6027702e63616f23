"""The application on the invented corpus of tests/api."""

from tests.api.conftest import app, client, database

__all__ = ["app", "client", "database"]
