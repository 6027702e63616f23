"""A small invented world, written straight into a real database: 12 articles, some 60 quotations.

Every person, place and event is made up. What extraction would find is composed together with the
text, so that every span is right by construction; there is no parsing here.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, insert, update

from app.api import stored
from app.db.engine import make_writer_engine
from app.db.fold import fold
from app.db.ids import to_key
from app.db.near import to_words_key
from app.db.rank import words_row
from app.db.schema import upgrade
from app.ingest.months import recount_months
from app.ingest.stories import to_bands, to_sketch
from app.records import RECORDS_VERSION, remake_records
from tests.databases import url_of

CHANGED_AT = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)

PEOPLE = {
    "mara-lindqvist": ("Mara Lindqvist", "person", "the harbour master of Velm"),
    "tomas-okafor": ("Tomás Okafor", "person", "a ferry captain"),
    "ines-varga": ("Ines Varga", "person", "the minister for ports"),
    "jon-bellweather": ("Jon Bellweather", "person", "a union leader"),
    "velm": ("Velm", "place", None),
    "osterby": ("Osterby", "place", None),
    "port-authority": ("Port Authority", "organisation", None),
    "dockers-union": ("Dockers’ Union", "organisation", None),
}
SPEAKERS = ("mara-lindqvist", "tomas-okafor", "ines-varga", "jon-bellweather")
OUTLETS = ("The Velm Courier", "Osterby Post", None)
CUES = (("said", "say"), ("warned", "warn"), ("told reporters", "tell"), ("insisted", "insist"))
KINDS = ("statement", "belief", "intention", "prediction", "allegation", "denial", "evidence")
SAYINGS = (
    "The harbour will not close this winter 🚢,",
    "We have moved 40 ships out of Velm,",
    "Nobody asked the crews in Osterby,",
    "The Port Authority knew about the crack,",
    "I have never seen the water so low,",
    "Freight is down by a third,",
    "The ferries to Osterby run again in spring,",
    "Ça ne peut pas durer — it cannot last,",
    "Our members will vote on Friday,",
)
# Articles that are taken for copies of each other: 0 and 9, 1 and 10 and so on say the same, and
# the articles of the second have the same day, or none.
STORIES = ((0, 9), (1, 2, 10), (3, 7))


@dataclass
class Draft:
    """An article's text as it grows, with what stands in it."""

    number: int
    text: str = ""
    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    paragraphs: list[list[int]] = field(default_factory=list)

    @property
    def key(self) -> int:
        return to_key("article", str(self.number))

    def write(self, words: str) -> list[int]:
        start = len(self.text)
        self.text += words
        return [start, len(self.text)]

    def add(self, table: str, **values: Any) -> None:
        self.rows.setdefault(table, []).append(values)

    def name(self, slug: str) -> list[int]:
        span = self.write(PEOPLE[slug][0])
        self.add(
            "mentions",
            article_key=self.key,
            start=span[0],
            end=span[1],
            entity_key=entity_key(slug),
            kind="name",
            text=PEOPLE[slug][0],
            confidence=0.95,
        )
        return span


def entity_key(slug: str) -> int:
    return to_key("entity", slug)


def published_at(number: int) -> datetime | None:
    if number % 4 == 3:
        return None
    # Articles 1 and 2 are of the same moment: ties have to be settled.
    return datetime(2026, 1, 1, 9, tzinfo=UTC) + timedelta(days=number - number % 4 // 2)


def draft_article(number: int) -> Draft:
    draft = Draft(number)
    common = {
        "article_key": draft.key,
        "published_at": published_at(number),
        "outlet": OUTLETS[number % 3],
        "language": "en-GB" if number % 5 == 0 else "en",
    }
    for line in range(5):
        begin = len(draft.text)
        quote_number = number * 5 + line
        speaker = SPEAKERS[(number + line) % 4] if line != 3 else None
        saying = SAYINGS[quote_number % len(SAYINGS)]
        draft.write("“")
        first = draft.write(saying)
        draft.write("” ")
        role: list[list[int]] = []
        if speaker is None:
            source = draft.write("a senior official")
            name: str | None = "a senior official"
        else:
            source = draft.name(speaker)
            name = PEOPLE[speaker][0]
            if line == 0:
                draft.write(", ")
                role_words = PEOPLE[speaker][2]
                assert role_words
                role = [draft.write(role_words)]
                draft.write(",")
                draft.add(
                    "entity_roles",
                    entity_key=entity_key(speaker),
                    article_key=draft.key,
                    start=role[0][0],
                    end=role[0][1],
                    text=role_words,
                )
        draft.write(" ")
        cue_words, lemma = CUES[quote_number % 4]
        cue = draft.write(cue_words)
        parts = [first]
        if line == 1:
            draft.write(". “")
            parts.append(draft.write("That is all there is to say about it."))
            draft.write("”")
        draft.write(" in ")
        place = "velm" if line % 2 else "osterby"
        place_span = draft.name(place)
        draft.write(".")
        add_speech(
            draft,
            common,
            quote_number=quote_number,
            parts=parts,
            speaker=speaker,
            name=name,
            source=source,
            cue=cue,
            lemma=lemma,
            role=role,
            place=place,
            place_span=place_span,
        )
        draft.paragraphs.append([begin, len(draft.text)])
        draft.write("\n")
    begin = len(draft.text)
    draft.write("The ")
    draft.name("port-authority")
    draft.write(" allegedly spent 12 million on the sea wall last year.")
    add_own_claim(draft, common, [begin, len(draft.text)])
    draft.paragraphs.append([begin, len(draft.text)])
    return draft


def add_speech(
    draft: Draft,
    common: dict[str, Any],
    *,
    quote_number: int,
    parts: list[list[int]],
    speaker: str | None,
    name: str | None,
    source: list[int],
    cue: list[int],
    lemma: str,
    role: list[list[int]],
    place: str,
    place_span: list[int],
) -> None:
    text = " ".join(draft.text[s:e] for s, e in parts)
    kind = "named" if speaker else "unnamed"
    unattributed = quote_number % 10 == 9
    if unattributed:
        kind, speaker, name = "none", None, None
    attribution = to_key("attribution", str(quote_number))
    quote = to_key("quote", str(quote_number))
    role_text = draft.text[role[0][0] : role[0][1]] if role and speaker else None
    confidence = round(0.5 + quote_number % 7 / 14, 3)
    draft.add(
        "attributions",
        key=attribution,
        article_key=draft.key,
        content=parts,
        source=[] if unattributed else [source, *role],
        cue=[] if unattributed else [cue],
        cue_text=None if unattributed else draft.text[cue[0] : cue[1]],
        cue_lemma=None if unattributed else lemma,
        speaker_key=entity_key(speaker) if speaker else None,
        speaker_kind=kind,
        speaker_name=name,
        role=role if speaker else [],
        recipient=[cue] if lemma == "tell" and not unattributed else [],
        medium=[],
        kind=KINDS[quote_number % 7],
        hedges=[],
        negated=quote_number % 6 == 0,
        method="rules:quotation",
        confidence=confidence,
        coreference=(
            [{"span": source, "antecedent": source, "rule": "full-name"}] if speaker else []
        ),
        candidates=[{"entity": "velm", "name": "Velm", "score": 0.125, "reason": "not a person"}],
    )
    if kind == "unnamed":
        draft.add(
            "unnamed_sources",
            attribution_key=attribution,
            article_key=draft.key,
            folded="senior official",
            words=name,
            outlet=OUTLETS[draft.number % 3],
            published_at=published_at(draft.number),
            quote_count=1,
            claim_count=1,
        )
    draft.add(
        "quotes",
        key=quote,
        attribution_key=attribution,
        form="partial" if quote_number % 3 == 2 else "direct",
        text=text,
        words_key=to_words_key(text),
        start=parts[0][0],
        end=parts[-1][1],
        parts=parts,
        speaker_key=entity_key(speaker) if speaker else None,
        speaker_kind=kind,
        speaker_name=name,
        speaker_role=role_text,
        cue_lemma=None if unattributed else lemma,
        confidence=confidence,
        **common,
    )
    about = ["velm"] if "Velm" in text else []
    about += ["osterby"] if "Osterby" in text else []
    about += ["port-authority"] if "Port Authority" in text else []
    add_about(draft, common, about, quote_key=quote)
    claim = to_key("claim", str(quote_number))
    has_number = any(letter.isdigit() for letter in text)
    at = draft.text.find("40", parts[0][0])
    draft.add(
        "claims",
        key=claim,
        attribution_key=attribution,
        quote_key=quote,
        kind=KINDS[quote_number % 7],
        text=text,
        words_key=to_words_key(text),
        start=parts[0][0],
        end=parts[-1][1],
        content=parts,
        claimant_key=entity_key(speaker) if speaker else None,
        claimant_kind=kind,
        claimant_name=name,
        claimant_role=role_text,
        cue_lemma=None if unattributed else lemma,
        hedges=[],
        hedged=False,
        negated=quote_number % 6 == 0,
        numbers=([{"span": [at, at + 2], "value": 40.0, "unit": "ships"}] if has_number else []),
        has_number=has_number,
        dates=[],
        check_worthiness=round(quote_number % 11 / 11, 3),
        method="rules:quotation",
        confidence=confidence,
        **common,
    )
    add_about(draft, common, about, claim_key=claim)


def add_about(draft: Draft, common: dict[str, Any], slugs: list[str], **said: int) -> None:
    """Add whom a quotation or claim names, `quote_key` or `claim_key`."""
    (key,) = said
    for position, slug in enumerate(slugs):
        draft.add(
            key.replace("_key", "_about"),
            **said,
            entity_key=entity_key(slug),
            position=position,
            published_at=common["published_at"],
        )


def add_own_claim(draft: Draft, common: dict[str, Any], span: list[int]) -> None:
    hedge = draft.text.index("allegedly", span[0])
    number = draft.text.index("12 million", span[0])
    date = draft.text.index("last year", span[0])
    claim = to_key("own claim", str(draft.number))
    draft.add(
        "claims",
        key=claim,
        attribution_key=None,
        quote_key=None,
        kind="statement",
        text=draft.text[span[0] : span[1]],
        words_key=to_words_key(draft.text[span[0] : span[1]]),
        start=span[0],
        end=span[1],
        content=[span],
        claimant_key=None,
        claimant_kind="own_voice",
        claimant_name=None,
        claimant_role=None,
        cue_lemma=None,
        hedges=[[hedge, hedge + 9]],
        hedged=True,
        negated=False,
        numbers=[{"span": [number, number + 10], "value": 12e6, "unit": None}],
        has_number=True,
        dates=[{"span": [date, date + 9], "value": "2025"}],
        check_worthiness=0.75,
        method="rules:own-voice",
        confidence=0.6,
        **common,
    )
    add_about(draft, common, ["port-authority"], claim_key=claim)


def write_corpus(path: Path, *, articles: int = 12, checksum: int = 0x2F6C1D0A9B3E4875) -> None:
    """Make a database with the first `articles` invented articles (and one broken file)."""
    url = url_of(path)
    upgrade(url)
    engine = make_writer_engine(url)
    drafts = [draft_article(number) for number in range(articles)]
    with engine.begin() as connection:
        write_rows(connection, drafts, checksum=checksum)
        recount_months(connection)
    for _ in remake_records(engine):
        pass
    engine.dispose()


def write_rows(connection: Connection, drafts: list[Draft], *, checksum: int) -> None:
    dataset = {
        "checksum": checksum,
        "changed_at": CHANGED_AT,
        "parser_version": "1",
        "model_version": "rules",
        "records_version": RECORDS_VERSION,
        "first_ingest_done": True,
        "state": "idle",
        "files_total": len(drafts) + 1,
        "files_done": len(drafts) + 1,
        "ingest_started_at": CHANGED_AT - timedelta(minutes=1),
        "ingest_ended_at": CHANGED_AT,
    }
    changed = connection.execute(update(stored.dataset).values(**dataset))
    if changed.rowcount == 0:
        connection.execute(insert(stored.dataset).values(pk=1, **dataset))
    connection.execute(insert(stored.sources), [*map(source_row, drafts), BROKEN_SOURCE])
    connection.execute(insert(stored.articles), [article_row(draft) for draft in drafts])
    write_sketches(connection, drafts)
    connection.execute(insert(stored.article_authors), [author_row(draft) for draft in drafts])
    connection.execute(insert(stored.entities), [entity_row(slug, drafts) for slug in PEOPLE])
    connection.execute(insert(stored.entity_aliases), alias_rows())
    connection.execute(
        insert(stored.entity_redirects),
        [{"slug": "miss-varga", "entity_key": entity_key("ines-varga")}],
    )
    for draft in drafts:
        named: dict[int, int] = {}
        for mention in draft.rows["mentions"]:
            named[mention["entity_key"]] = named.get(mention["entity_key"], 0) + 1
        for key, count in named.items():
            draft.add(
                "article_entities", article_key=draft.key, entity_key=key, mention_count=count
            )
        for table in (
            "entity_roles",
            "article_entities",
            "mentions",
            "attributions",
            "quotes",
            "quote_about",
            "claims",
            "claim_about",
            "unnamed_sources",
        ):
            if draft.rows.get(table):
                connection.execute(insert(getattr(stored, table)), draft.rows[table])
        for what in ("quote", "claim"):
            rows = [
                words_row(what, key=row["key"], text=row["text"], published_at=row["published_at"])
                for row in draft.rows.get(f"{what}s", ())
            ]
            if rows:
                connection.execute(insert(getattr(stored, f"{what}_words")), rows)


def write_sketches(connection: Connection, drafts: list[Draft]) -> None:
    there = {draft.number for draft in drafts}
    founders: dict[int, int] = {}
    for story in STORIES:
        numbers = [number for number in story if number in there]
        if len(numbers) > 1:
            founders |= dict.fromkeys(numbers, draft_article(earliest(numbers)).key)
    for draft in drafts:
        sketch = to_sketch(draft.text)
        assert sketch
        connection.execute(
            insert(stored.article_sketches),
            {
                "article_key": draft.key,
                "signature": sketch.signature,
                "shingle_count": sketch.shingle_count,
                "story_key": founders.get(draft.number),
            },
        )
        connection.execute(
            insert(stored.article_bands),
            [{"band": band, "article_key": draft.key} for band in to_bands(sketch.signature)],
        )


def earliest(numbers: list[int]) -> int:
    dated = [(moment, to_key("article", str(n)), n) for n in numbers if (moment := published_at(n))]
    return min(dated)[2] if dated else min(numbers, key=lambda n: to_key("article", str(n)))


BROKEN_SOURCE = {
    "key": to_key("source", "broken.html"),
    "path": "broken.html",
    "sha256": "0" * 64,
    "size": 17,
    "format": "html",
    "status": "failed",
    "error": "the page holds no article",
    "error_field": None,
    "warnings": ["the byline was empty"],
    "article_count": 0,
    "parser_version": "1",
    "model_version": "rules",
    "read_at": CHANGED_AT,
}


def source_row(draft: Draft) -> dict[str, Any]:
    path = f"courier/{draft.number:02}.txt"
    return {
        "key": to_key("source", path),
        "path": path,
        "sha256": f"{draft.number:064x}",
        "size": len(draft.text.encode()),
        "format": "text",
        "status": "loaded",
        "error": None,
        "error_field": None,
        "warnings": [],
        "article_count": 1,
        "parser_version": "1",
        "model_version": "rules",
        "read_at": CHANGED_AT,
    }


def article_row(draft: Draft) -> dict[str, Any]:
    return {
        "key": draft.key,
        "source_key": to_key("source", f"courier/{draft.number:02}.txt"),
        "title": None if draft.number == 7 else f"Harbour news, number {draft.number}",
        "title_derived": draft.number == 8,
        "authors": [author_of(draft)],
        "outlet": OUTLETS[draft.number % 3],
        "published_at": published_at(draft.number),
        "language": "en-GB" if draft.number % 5 == 0 else "en",
        "url": f"https://courier.example/{draft.number}" if draft.number % 2 else None,
        "meta": {"invented": True},
        "text": draft.text,
        "paragraphs": draft.paragraphs,
        "sentences": draft.paragraphs,
        "word_count": len(draft.text.split()),
        "quote_count": len(draft.rows["quotes"]),
        "claim_count": len(draft.rows["claims"]),
        "entity_count": len({row["entity_key"] for row in draft.rows["mentions"]}),
        "mention_count": len(draft.rows["mentions"]),
    }


def author_of(draft: Draft) -> str:
    return "Renée Sólberg" if draft.number % 2 else "Paul Ash"


def author_row(draft: Draft) -> dict[str, Any]:
    name = author_of(draft)
    return {"article_key": draft.key, "position": 0, "name": name, "folded": fold(name)}


def entity_row(slug: str, drafts: list[Draft]) -> dict[str, Any]:
    name, kind, _ = PEOPLE[slug]
    key = entity_key(slug)

    def count(table: str, column: str) -> int:
        return sum(row[column] == key for draft in drafts for row in draft.rows.get(table, []))

    seen = [
        published_at(draft.number)
        for draft in drafts
        if any(row["entity_key"] == key for row in draft.rows["mentions"])
    ]
    dates = [moment for moment in seen if moment is not None]
    is_place = kind == "place"
    return {
        "key": key,
        "slug": slug,
        "name": name,
        "type": kind,
        "external_ids": {"geonames": "9000001", "iso3166": "ZZ"} if slug == "velm" else {},
        "country": "ZZ" if is_place else None,
        "latitude": 59.5 if slug == "velm" else None,
        "longitude": 18.25 if slug == "velm" else None,
        "article_count": len(seen),
        "mention_count": count("mentions", "entity_key"),
        "quote_count": count("quotes", "speaker_key"),
        "claim_count": count("claims", "claimant_key"),
        "first_seen": min(dates) if dates and slug != "osterby" else None,
        "last_seen": max(dates) if dates and slug != "osterby" else None,
    }


def alias_rows() -> list[dict[str, Any]]:
    rows = []
    for slug, (name, kind, _) in PEOPLE.items():
        aliases = [name, name.split()[-1]] if kind == "person" else [name]
        for count, alias in enumerate(aliases, start=2):
            rows.append(
                {
                    "entity_key": entity_key(slug),
                    "text": alias,
                    "folded": fold(alias),
                    "count": count,
                }
            )
    return rows
