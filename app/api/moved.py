"""308 for an entity that was found to be another one: links that were given out lead on."""

from urllib.parse import quote

from fastapi import Request, Response
from sqlalchemy import select
from sqlmodel import Session

from app.api.deps import Call
from app.api.errors import not_found
from app.api.stored import entities, entity_redirects


class MovedError(Exception):
    """Ends a request with 308.

    Args:
        location: The same path and query, about the entity that it is now.
        headers: Those that the answer would have had.
    """

    def __init__(self, location: str, headers: dict[str, str]) -> None:
        """See the class."""
        self.headers = {**headers, "Location": location}
        super().__init__(location)


def find_redirect(session: Session, slug: str) -> str | None:
    """Return the id of the entity that the entity of an id has become, or None."""
    return session.scalar(
        select(entities.c.slug)
        .join(entity_redirects, entity_redirects.c.entity_key == entities.c.key)
        .where(entity_redirects.c.slug == slug)
    )


def moved_or_missing(session: Session, call: Call, slug: str) -> Exception:
    """Return what ends a request about an id that no entity has: a 308 where it leads on, or 404.

    Args:
        session: Where from.
        call: The request; its path has the id as the segment after "entities".
        slug: The id.
    """
    now = find_redirect(session, slug)
    if now is None:
        return not_found("entity", slug)
    path, mark, query = call.url.partition("?")
    head, _, tail = path.partition("/entities/")
    _, slash, rest = tail.partition("/")
    location = f"{head}/entities/{quote(now)}{slash}{rest}{mark}{query}"
    return MovedError(location, call.headers)


async def on_moved(request: Request, error: Exception) -> Response:  # noqa: ARG001
    """Build the 308."""
    assert isinstance(error, MovedError)
    return Response(status_code=308, headers=error.headers)
