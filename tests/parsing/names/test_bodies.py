"""Organisations and places found by the nouns in their names."""

import pytest

from app.parsing.names import ORGANISATION, PERSON, PLACE, Name
from app.parsing.names.bodies import find_bodies

O, L = ORGANISATION, PLACE  # noqa: E741


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("They asked the Orm Police Department for it.", [("Orm Police Department", O)]),
        ("He leads the Bank of Sorn and left.", [("Bank of Sorn", O)]),
        ("The Commission on Harbour Debates met.", [("Commission on Harbour Debates", O)]),
        ("The U.S. Supreme Court sat.", [("U.S. Supreme Court", O)]),
        ("At the Center for Orm Progress it rained.", [("Center for Orm Progress", O)]),
        ("The Orm Council on Tuesday met again.", [("Orm Council", O)]),
        ("The Department of Fish Secretary left early.", [("Department of Fish", O)]),
        ("A raid in Quay Street and on the River Orm failed.",
         [("Quay Street", L), ("River Orm", L)]),
        ("We drove to Port St. Lind again.", [("Port St. Lind", L)]),
        ("He works for Dahl & Sorn now.", [("Dahl & Sorn", O)]),
        ("The Seafarers' Union met.", [("Seafarers' Union", O)]),
        # nothing to go by
        ("The committee met.", []),
        ("She taught at the university.", []),
        ("POLICE RAID ORM COUNCIL", []),
        ("Watchdog Accuses Orm Council Leaders of Waste", []),
        ("", []),
    ],
)  # fmt: skip
def test_bodies(text: str, found: list[tuple[str, str]]) -> None:
    assert [(item.span.of(text), item.type) for item in find_bodies(text, {})] == found


def test_a_body_ends_before_a_persons_name() -> None:
    text = "The Orm Supreme Court Justice Jon Court said so again today."
    person = Name("Jon Court")
    person.votes[PERSON] += 1
    (item,) = find_bodies(text, {"Jon Court": person})
    assert item.span.of(text) == "Orm Supreme Court"
