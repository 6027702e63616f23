from dataclasses import replace
from datetime import UTC, datetime

import pytest
from fake_parser import FakeParser

from app.db.ids import to_key
from app.db.tables import Quote
from app.ingest.rows import ArticleRows, to_article_key, to_rows, to_values
from app.ingest.said import GlobalEntity
from app.parsing.types import (
    Attribution,
    Candidate,
    Claim,
    CoreferenceStep,
    DateExpression,
    Entity,
    Mention,
    ParsedArticle,
    Quantity,
    Quotation,
    RawArticle,
    Span,
)
from app.vocabulary import (
    ClaimKind,
    EntityType,
    FileFormat,
    MentionKind,
    QuoteForm,
    SpeakerKind,
)

TEXT = (
    'Ann Bell, a baker, spoke. "Ten loaves," she said, "went to  Riga in May." '
    "An official denied it. It may rain."
)


def span(words: str, *, after: int = 0) -> Span:
    start = TEXT.index(words, after)
    return Span(start, start + len(words))


def make_attribution(key: str, **changes: object) -> Attribution:
    plain = Attribution(
        key=key,
        content=(),
        source=(),
        cue=(),
        cue_lemma=None,
        speaker=None,
        speaker_kind=SpeakerKind.NONE,
        role=None,
        recipient=None,
        medium=None,
        kind=ClaimKind.STATEMENT,
        hedges=(),
        negated=False,
        method="rules:test",
        confidence=0.8,
    )
    return replace(plain, **changes)


def make_claim(key: str, **changes: object) -> Claim:
    plain = Claim(
        key=key,
        content=(),
        kind=ClaimKind.STATEMENT,
        attribution=None,
        quotation=None,
        about=(),
        hedges=(),
        negated=False,
        numbers=(),
        dates=(),
        check_worthiness=0.25,
        method="rules:test",
        confidence=0.7,
    )
    return replace(plain, **changes)


PARTS = (span("Ten loaves,"), span("went to  Riga in May."))
WHEN = datetime(2026, 5, 4, 3, 2, 1, tzinfo=UTC)
RAW = RawArticle(
    key="0",
    text=TEXT,
    format=FileFormat.TEXT,
    title="Bread",
    authors=("Zoë Quill", "Bo Nib"),
    outlet="The Invented Post",
    published_at=WHEN,
    meta={"invented": True},
)
PARSED = ParsedArticle(
    raw=RAW,
    paragraphs=(Span(0, len(TEXT)),),
    sentences=(span("Ann Bell, a baker, spoke."), span("It may rain.")),
    word_count=20,
    entities=(
        Entity("e1", "Ann Bell", EntityType.PERSON, (span("a baker"),)),
        Entity("e2", "Riga", EntityType.PLACE),
    ),
    mentions=(
        Mention(span("Ann Bell"), MentionKind.NAME, "e1"),
        Mention(span("she"), MentionKind.PRONOUN, "e1", 0.5),
        Mention(span("Riga"), MentionKind.NAME, "e2"),
    ),
    attributions=(
        make_attribution(
            "a1",
            content=PARTS,
            source=(span("she"),),
            cue=(span("said"),),
            cue_lemma="say",
            speaker="e1",
            speaker_kind=SpeakerKind.NAMED,
            coreference=(CoreferenceStep(span("she"), span("Ann Bell"), "pronoun"),),
            candidates=(Candidate("e2", 0.1, "a place"),),
        ),
        make_attribution(
            "a2",
            content=(span("it"),),
            source=(span("An official"),),
            cue=(span("denied"),),
            cue_lemma="deny",
            speaker_kind=SpeakerKind.UNNAMED,
            kind=ClaimKind.DENIAL,
            negated=True,
        ),
    ),
    quotations=(Quotation("q1", PARTS, QuoteForm.DIRECT, "a1", ("e2",), 0.95),),
    claims=(
        make_claim(
            "c1",
            content=PARTS,
            attribution="a1",
            quotation="q1",
            about=("e2",),
            numbers=(Quantity(span("Ten loaves"), 10.0, "loaf"),),
            dates=(DateExpression(span("May"), "2026-05"),),
        ),
        make_claim("c2", content=(span("It may rain."),), hedges=(span("may"),)),
    ),
)
ENTITIES = {
    "e1": GlobalEntity(11, "ann-bell", EntityType.PERSON),
    "e2": GlobalEntity(22, "riga", EntityType.PLACE),
}


def rows_of(parsed: ParsedArticle, **entities: GlobalEntity) -> ArticleRows:
    return to_rows(
        parsed, source_key=7, source_name="seeds/a.txt", entities={**ENTITIES, **entities}
    )


def test_an_article_is_its_url_and_else_its_file_and_key() -> None:
    assert to_article_key(RAW, source_name="a.txt") == to_key("art", "file", "a.txt", "0")
    stated = replace(RAW, url="https://post.example/bread")
    assert to_article_key(stated, source_name="a.txt") == to_article_key(
        replace(stated, key="9"), source_name="b.txt"
    )


def test_the_article_row_counts_what_it_holds() -> None:
    article = rows_of(PARSED).article
    assert (article.quote_count, article.claim_count) == (1, 2)
    assert (article.entity_count, article.mention_count) == (2, 3)
    assert article.sentences == [[0, 25], [len(TEXT) - 12, len(TEXT)]]
    assert article.meta == {"invented": True}


def test_authors_keep_their_order_and_are_folded_for_look_ups() -> None:
    assert [(a.position, a.name, a.folded) for a in rows_of(PARSED).authors] == [
        (0, "Zoë Quill", "zoe quill"),
        (1, "Bo Nib", "bo nib"),
    ]


def test_a_quotation_in_two_parts_is_one_row_with_its_parts_joined_by_a_space() -> None:
    (quote,) = rows_of(PARSED).quotes
    assert quote.text == "Ten loaves, went to  Riga in May."
    assert [TEXT[start:end] for start, end in quote.parts] == [part.of(TEXT) for part in PARTS]
    assert (quote.start, quote.end) == (PARTS[0].start, PARTS[1].end)
    assert (quote.speaker_key, quote.speaker_name) == (11, "Ann Bell")
    assert (quote.published_at, quote.outlet, quote.language) == (WHEN, "The Invented Post", "en")
    assert quote.speaker_role == "a baker"


def test_an_unnamed_speaker_keeps_the_words_of_the_text() -> None:
    denial = rows_of(PARSED).attributions[1]
    assert denial.speaker_key is None
    assert (denial.speaker_name, denial.cue_text) == ("An official", "denied")


def test_coreference_and_candidates_are_written_with_global_names() -> None:
    said = rows_of(PARSED).attributions[0]
    she, bell = span("she"), span("Ann Bell")
    assert said.coreference == [
        {"span": [she.start, she.end], "antecedent": [bell.start, bell.end], "rule": "pronoun"}
    ]
    assert said.candidates == [
        {"entity": "riga", "name": "Riga", "score": 0.1, "reason": "a place"}
    ]


def test_claims_point_at_their_quotation_and_the_articles_own_at_nobody() -> None:
    rows = rows_of(PARSED)
    said, own = rows.claims
    assert said.quote_key == rows.quotes[0].key
    assert said.attribution_key == rows.attributions[0].key
    assert (said.has_number, said.hedged) == (True, False)
    assert said.numbers[0]["value"] == 10.0
    assert said.dates[0]["value"] == "2026-05"
    assert (own.claimant_kind, own.claimant_key) == (SpeakerKind.OWN_VOICE, None)
    assert (own.has_number, own.hedged) == (False, True)


def test_about_holds_the_entities_that_are_named() -> None:
    rows = rows_of(PARSED)
    assert [(row.entity_key, row.position) for row in rows.quote_abouts] == [(22, 0)]
    assert [(row.entity_key, row.position) for row in rows.claim_abouts] == [(22, 0)]


def test_two_of_an_articles_entities_may_be_one_over_all_articles() -> None:
    both = GlobalEntity(11, "ann-bell", EntityType.PERSON)
    doubled = replace(
        PARSED, mentions=(*PARSED.mentions, Mention(span("Ann Bell"), MentionKind.NAME, "e2"))
    )
    rows = rows_of(doubled, e2=both)
    assert [(row.entity_key, row.mention_count) for row in rows.entities] == [(11, 3)]
    assert len(rows.mentions) == 3
    assert rows.article.entity_count == 1


@pytest.mark.parametrize("lead", ["", "A line was added. ", "Two lines. Were added. "])
def test_keys_do_not_move_with_the_position(lead: str) -> None:
    def keys(text: str) -> list[int]:
        parsed = FakeParser().parse(RawArticle(key="0", text=text, format=FileFormat.TEXT))
        found = {
            entity.key: GlobalEntity(number, "x", entity.type)
            for number, entity in enumerate(parsed.entities)
        }
        rows = to_rows(parsed, source_key=1, source_name="a.txt", entities=found)
        return [row.key for kind in (rows.quotes, rows.claims, rows.attributions) for row in kind]

    text = '"It is so," said Ann Bell. "It  is so," said Bo Nib. "No," said Bo Nib.'
    assert keys(lead + text) == keys(text)
    assert len(set(keys(text))) == 9


def test_the_words_of_every_mention_and_role_are_the_texts_own() -> None:
    rows = rows_of(PARSED)
    for row in (*rows.mentions, *rows.roles):
        assert TEXT[row.start : row.end] == row.text


def test_a_row_as_values_has_every_column() -> None:
    values = to_values(rows_of(PARSED).quotes[0])
    assert values["text"] == "Ten loaves, went to  Riga in May."
    assert list(values) == [column.key for column in Quote.__table__.columns]
