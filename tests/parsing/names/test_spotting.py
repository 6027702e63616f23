"""Names that stand in a known frame: datelines, credits, states by their abbreviations."""

import pytest

from app.parsing.names.spotting import find_areas, find_by_context


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("PORT ORM, Norland (Coast Press) - Ferries", {"PORT ORM": "place",
                                                       "Coast Press": "organisation"}),
        ("SORN, 4 May – Ferries stopped.", {"SORN": "place"}),
        ("Getty/Agora.", {"Getty": "organisation", "Agora": "organisation"}),
        ("The ORM has lost a camera.", {"ORM": "organisation"}),
        ("The CEO has lost a camera.", {}),
        ("the town of Velm", {"Velm": "place"}),
        ("the newspaper Velmo", {"Velmo": "organisation"}),
        ("EXCLUSIVE — Ferries stopped.", {}),
        ("NOBODY KNOWS WHY IT WAS NOT SAID – twice", {}),
    ],
)  # fmt: skip
def test_frames(text: str, found: dict[str, str]) -> None:
    assert {n.span.of(text): n.type.value for n in find_by_context(text)} == found


@pytest.mark.parametrize(
    ("text", "areas"),
    [
        ("in Flint, Mich., today", ["Mich."]),
        ("Gov. Jon Lind (R-IN) said", ["IN"]),
        ("Sen. Jon Lind (Tex.) and Ola (D-N.Y.)", ["Tex.", "N.Y."]),
        ("IN ORM, OK.", []),
        ("He met Lind, Mr. Sorn said", []),
    ],
)
def test_states_by_abbreviation(text: str, areas: list[str]) -> None:
    assert [span.of(text) for span in find_areas(text)] == areas
