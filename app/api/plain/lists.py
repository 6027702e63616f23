"""Which lists have plain pages, and by which filters."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.api.claims.parameters import ClaimParameters
from app.api.claims.queries import CLAIM_ORDER
from app.api.paging import Term
from app.api.parameters import PageParameters
from app.api.quotes.parameters import QuoteParameters
from app.api.quotes.queries import QUOTE_ORDER


@dataclass(frozen=True, slots=True)
class PlainList:
    """A list whose plain pages are answered here.

    Attributes:
        parameters: The list's own.
        table: Its table; the records' is named after it.
        who: What it calls the speaker: the filter, the key in `include` and in the record.
        counted: The column of the entities' table that has the total of one speaker.
        columns: The other filters' columns.
        order: Of ``sort=-published_at``.
    """

    parameters: type[PageParameters]
    table: str
    who: str
    counted: str
    columns: Mapping[str, str]
    order: Sequence[Term]


LISTS = {
    "/v1/quotes": PlainList(
        QuoteParameters,
        table="quotes",
        who="speaker",
        counted="quote_count",
        columns={
            "form": "form",
            "cue": "cue_lemma",
            "attribution": "speaker_kind",
            "source": "outlet",
            "language": "language",
        },
        order=QUOTE_ORDER,
    ),
    "/v1/claims": PlainList(
        ClaimParameters,
        table="claims",
        who="claimant",
        counted="claim_count",
        columns={
            "kind": "kind",
            "cue": "cue_lemma",
            "attribution": "claimant_kind",
            "source": "outlet",
            "language": "language",
        },
        order=CLAIM_ORDER,
    ),
}
