"""Which forms of an article name one entity."""

import pytest

from app.parsing.names import ORGANISATION, PERSON, PLACE, Name, link_names
from app.parsing.types import Span
from app.vocabulary import EntityType

P, O, L = PERSON, ORGANISATION, PLACE  # noqa: E741


def link(text: str, *forms: tuple[str, EntityType]) -> list[list[str]]:
    names = []
    for form, kind in forms:
        name = Name(form)
        name.votes[kind] += 1
        start = 0
        while (start := text.find(form, start)) >= 0:
            name.spans.append(Span(start, start + len(form)))
            start += len(form)
        names.append(name)
    return [[name.form for name in group] for group in link_names(text, names)]


@pytest.mark.parametrize(
    ("forms", "groups"),
    [
        ([("Marta Lind", P), ("Lind", P)], [["Marta Lind", "Lind"]]),
        ([("Marta Lind", P), ("Marta", P)], [["Marta Lind", "Marta"]]),
        ([("Tiffany Lind", P), ("Tiff", P)], [["Tiffany Lind", "Tiff"]]),
        ([("Renata de Sorn", P), ("DE SORN", P)], [["Renata de Sorn", "DE SORN"]]),
        ([("Jon F. Lind", P), ("Jon Lind", P)], [["Jon F. Lind", "Jon Lind"]]),
        ([("Orm Fire Board", O), ("OFB", O)], [["Orm Fire Board", "OFB"]]),
        ([("Orm Rovers", O), ("Rovers", O)], [["Orm Rovers", "Rovers"]]),
        ([("Lind campaign", O), ("Lind team", O)], [["Lind campaign", "Lind team"]]),
        ([("The Orm Post", O), ("Orm Post", O)], [["The Orm Post", "Orm Post"]]),
        ([("United States", L), ("U.S.", L)], [["United States", "U.S."]]),
        # these are two
        ([("Orm Rovers", O), ("Velm Rovers", O), ("Rovers", O)],
         [["Orm Rovers"], ["Velm Rovers"], ["Rovers"]]),
        ([("Marta Lind", P), ("Lind Foundation", O)], [["Marta Lind"], ["Lind Foundation"]]),
    ],
)  # fmt: skip
def test_forms_of_one_entity(forms: list[tuple[str, EntityType]], groups: list[list[str]]) -> None:
    assert link(" … ".join(form for form, _ in forms), *forms) == groups


def test_a_surname_whose_title_contradicts_is_somebody_elses() -> None:
    text = "Mr. Lind spoke of Anna Lind. Mr. Lind left."
    assert link(text, ("Anna Lind", P), ("Lind", P)) == [["Anna Lind"], ["Lind"]]


def test_a_bare_surname_is_the_first_named_of_two() -> None:
    text = "Ola Lind met Marta Lind. Then Lind left."
    names = [Name("Ola Lind", [Span(0, 8)]), Name("Marta Lind", [Span(13, 23)])]
    names.append(Name("Lind", [Span(30, 34)]))
    for name in names:
        name.votes[PERSON] += 1
    groups = link_names(text, names)
    assert [(g[0].form, len(g[0].spans)) for g in groups] == [("Ola Lind", 2), ("Marta Lind", 1)]
