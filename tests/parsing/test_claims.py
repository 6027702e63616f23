"""Claims: kind, negation, hedges, the article's own voice, and how worth checking."""

import pytest

from app.parsing.claims import (
    find_claims,
    find_hedges,
    find_kind,
    is_negated,
    score_check_worthiness,
)
from app.parsing.types import Reading, Span
from app.vocabulary import ClaimKind


def whole(text: str) -> tuple[Span, ...]:
    return (Span(0, len(text)),)


@pytest.mark.parametrize(
    ("lemma", "kind"),
    [
        ("say", ClaimKind.STATEMENT),
        ("allege", ClaimKind.ALLEGATION),
        ("claim", ClaimKind.ALLEGATION),
        ("deny", ClaimKind.DENIAL),
        ("believe", ClaimKind.BELIEF),
        ("promise", ClaimKind.INTENTION),
        ("predict", ClaimKind.PREDICTION),
        ("show", ClaimKind.EVIDENCE),
        ("unheard-of", ClaimKind.STATEMENT),
        (None, ClaimKind.STATEMENT),
    ],
)
def test_kind_comes_from_the_cue(lemma: str | None, kind: ClaimKind) -> None:
    assert find_kind("", lemma=lemma, source=()) is kind


def test_according_to_a_poll_is_evidence() -> None:
    text = "a new poll"
    assert find_kind(text, lemma="accord", source=whole(text)) is ClaimKind.EVIDENCE


@pytest.mark.parametrize(
    ("cue", "kind", "negated"),
    [
        ("said", ClaimKind.STATEMENT, False),
        ("did not say", ClaimKind.STATEMENT, True),
        ("didn’t say", ClaimKind.STATEMENT, True),
        ("has never said", ClaimKind.STATEMENT, True),
        ("denied", ClaimKind.DENIAL, True),
        ("noted", ClaimKind.STATEMENT, False),
    ],
)
def test_negation(cue: str, kind: ClaimKind, negated: bool) -> None:
    assert is_negated(cue, whole(cue), kind) is negated


def test_hedges_are_found_where_they_stand() -> None:
    text = "It allegedly could have been, and appears to be, a boat."
    hedges = [span.of(text) for span in find_hedges(text, whole(text))]
    assert hedges == ["allegedly", "could have", "appears to"]


def test_facts_and_figures_are_more_worth_checking_than_feelings() -> None:
    def score(text: str) -> float:
        return score_check_worthiness(text, whole(text), mentions=())

    figure = score("Unemployment rose by 3 percent to 120,000 people last year.")
    feeling = score("I love this town and hope that we are happy here.")
    question = score("Was it really 3 percent?")
    assert 0 <= feeling < question < figure <= 1
    assert score("Yes.") < 0.1


def test_a_check_worthy_sentence_is_a_claim_of_the_article() -> None:
    text = "The town lost 120,000 people in 2019, more than any other. It is nice."
    sentences = (Span(0, 58), Span(59, len(text)))
    assert sentences[0].of(text).endswith("other.")
    reading = Reading((), sentences, (), ())
    (claim,) = find_claims(text, reading=reading, attributions=(), quotations=(), mentions=())
    assert claim.content[0].of(text) == text[:57]
    assert claim.attribution is None
    assert [number.value for number in claim.numbers] == [120_000.0]
    assert [date.value for date in claim.dates] == ["2019"]


def test_the_readers_own_score_comes_first() -> None:
    text = "It is nice. It rained."
    reading = Reading((), (Span(0, 11), Span(12, 22)), (), (), (0.9, 0.1))
    (claim,) = find_claims(text, reading=reading, attributions=(), quotations=(), mentions=())
    assert claim.content[0].of(text) == "It is nice"
    assert claim.check_worthiness == 0.9
