"""What can be asked of pages. An empty search box is no search."""

from typing import Literal

from pydantic import Field

from app.api.matching.schemas import MAX_TEXT
from app.api.parameters import Parameters
from app.db.search import MAX_QUERY_CHARS

Kind = Literal["articles", "quotes", "claims", "entities"]
_CURSOR = r"^[A-Za-z0-9_-]*$"


class ListQuery(Parameters):
    """A list with a search box."""

    q: str = Field(default="", max_length=MAX_QUERY_CHARS, description="Search words.")
    cursor: str = Field(default="", max_length=2000, pattern=_CURSOR, description="Which page.")


class SearchQuery(ListQuery):
    """The search page."""

    kind: Kind | None = Field(default=None, description="Only these; all four when it is absent.")


class SpeakerQuery(Parameters):
    """The page about an entity: which pages of its lists."""

    quotes: str = Field(default="", max_length=2000, pattern=_CURSOR, description="Quotations.")
    claims: str = Field(default="", max_length=2000, pattern=_CURSOR, description="Claims.")


class CheckQuery(Parameters):
    """The page that checks a quotation."""

    text: str = Field(default="", max_length=MAX_TEXT, description="What was said, they say.")
