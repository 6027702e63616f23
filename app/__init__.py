"""On Record: who said and claimed what about whom, from news articles to a read-only API."""

__version__ = "0.1.0"
