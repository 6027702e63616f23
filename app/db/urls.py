"""What a database's URL says, without the driver that opens it.

psycopg takes 9 MiB to import, which only those pay who use PostgreSQL.
"""

from sqlalchemy import URL, make_url


def is_postgresql(url: str | URL) -> bool:
    """Say whether a URL is PostgreSQL's."""
    return make_url(url).get_backend_name() == "postgresql"


def describe_url(url: str) -> str:
    """Return a database's URL without its password."""
    return make_url(url).render_as_string(hide_password=True)
