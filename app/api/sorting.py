"""The `sort` parameter: an enumerated set of names, read as the order of a list."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from app.api.errors import wrong_parameter
from app.api.paging import Term

RELEVANCE = "relevance"


def sort_pattern(*names: str) -> str:
    """Return the pattern of a `sort` parameter over the names.

    A name may have a "-" before it, for the greatest first; several are parted by commas.
    `relevance` has only one direction, the best first.
    """
    choices = "|".join(name if name == RELEVANCE else f"-?{name}" for name in names)
    return f"^({choices})(,({choices}))*$"


def read_order(
    sort: str,
    *,
    terms: Mapping[str, Term],
    last: Sequence[Term],
    relevance: Term | None,
    before: Mapping[str, Term] | None = None,
) -> list[Term]:
    """Return the order that a `sort` parameter names.

    Args:
        sort: Names of `terms`, or `relevance`, parted by commas; repeated ones count once.
        terms: What each name sorts by.
        last: What settles ties, in the direction of the last name: terms that together no two
            rows share.
        relevance: The rank of search hits; None when nothing is searched.
        before: Terms that go, always the smallest first, before a name's own.

    Raises:
        ProblemError: 422 when relevance is asked for and nothing is searched.
    """
    order: dict[str, Term] = {}
    for word in sort.split(","):
        name = word.removeprefix("-")
        if name == RELEVANCE:
            if relevance is None:
                raise wrong_parameter("sort", "relevance needs a search (q).", allowed=terms)
            term = relevance
        else:
            term = replace(terms[name], descending=word.startswith("-"))
        group = (before or {}).get(name)
        if group is not None:
            order.setdefault(group.name, group)
        order.setdefault(term.name, term)
    # Ties are settled in the direction of the sort itself: then one index gives the whole order,
    # read forwards or backwards.
    descending = list(order.values())[-1].descending
    for term in last:
        order.setdefault(term.name, replace(term, descending=descending))
    return list(order.values())
