"""From an invented article to its table rows: one function for each table.

A row is a dict by column name, with values as SQLite stores them: JSON as text, truth as 0 and 1,
times as SQLAlchemy writes them. A column that is made of others (a record, a count) is made in the
function of its table, where the article and its other rows are at hand; a new table is a function
more, and a line in `OF_ARTICLE`. `corpus.py` refuses rows that leave a column of a table out.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from types import SimpleNamespace
from typing import Any

from pydantic_core import from_json, to_json

from app.db.fold import fold
from app.db.ids import ARTICLE, ATTRIBUTION, CLAIM, QUOTE, SOURCE, to_key
from app.db.near import to_words_key
from app.db.rank import words_row
from app.ingest.unnamed import fold_source
from app.records import claim_record, pack, quote_record
from app.vocabulary import ClaimKind, MentionKind, SpeakerKind
from tests.benchmarks.articles import Draft, Offsets, Said
from tests.benchmarks.world import Name, World, to_url

Row = dict[str, Any]
METHOD = "model:reader-1"
ARTICLES_OF_A_FILE = 1_000
_CANDIDATES = 0.03  # of attributions have one that was not chosen; 14 of 404 in our own articles


@dataclass(slots=True)
class Article:
    """A draft with the keys of everything in it."""

    world: World
    draft: Draft
    key: int
    published_at: str | None
    outlet: str
    attribution_keys: list[int] = field(default_factory=list)
    quote_keys: list[int | None] = field(default_factory=list)
    claim_keys: list[int] = field(default_factory=list)
    said_words: list[str] = field(default_factory=list)
    claim_words: list[str] = field(default_factory=list)
    roles: dict[int, str] = field(default_factory=dict)

    def name(self, who: int) -> Name:
        """Return the name with this number."""
        return self.world.names[who]

    def join(self, spans: Iterable[Offsets]) -> str:
        """Return the words of the spans, joined by a space."""
        text = self.draft.text
        return " ".join([text[start:end] for start, end in spans])


def give_keys(world: World, draft: Draft) -> Article:
    """Give everything in a draft the key that ingest would give it."""
    article = Article(
        world=world,
        draft=draft,
        key=to_key(ARTICLE, "url", to_url(draft.number)),
        published_at=(
            None if draft.published_at is None else f"{draft.published_at:%Y-%m-%d %H:%M:%S.%f}"
        ),
        outlet=world.outlets[draft.outlet],
    )
    seen: Counter[tuple[str, str]] = Counter()

    def to_next_key(prefix: str, words: str) -> int:
        count = seen[prefix, words]
        seen[prefix, words] += 1
        return to_key(prefix, str(article.key), words, str(count))

    for said in draft.said:
        words = article.join(said.content)
        article.said_words.append(words)
        article.attribution_keys.append(to_next_key(ATTRIBUTION, words))
        article.quote_keys.append(to_next_key(QUOTE, words) if said.form else None)
    for claim in draft.claims:
        words = article.join(claim.content)
        article.claim_words.append(words)
        article.claim_keys.append(to_next_key(CLAIM, words))
    for who, start, end in draft.roles:
        article.roles.setdefault(who, draft.text[start:end])
    return article


def make_articles(article: Article) -> list[Row]:
    draft = article.draft
    return [
        {
            "key": article.key,
            "source_key": to_source_key(draft.number),
            "title": draft.title,
            "title_derived": 0,
            "authors": _list_of(article.world.writers[draft.outlet][draft.writer]),
            "outlet": article.outlet,
            "published_at": article.published_at,
            "language": "en",
            "url": to_url(draft.number),
            "meta": "{}",
            "text": draft.text,
            "paragraphs": _spans(draft.paragraphs),
            "sentences": _spans(draft.sentences),
            # Two paragraphs are parted by two characters of white space, words by one. In a quarter
            # of the time of splitting the text.
            "word_count": draft.text.count(" ") + len(draft.paragraphs),
            "quote_count": sum(key is not None for key in article.quote_keys),
            "claim_count": len(draft.claims),
            "entity_count": len({who for _, _, who, _ in draft.mentions}),
            "mention_count": len(draft.mentions),
        }
    ]


def make_article_authors(article: Article) -> list[Row]:
    name = article.world.writers[article.draft.outlet][article.draft.writer]
    return [
        {"article_key": article.key, "position": 0, "name": name, "folded": _fold(name)},
    ]


def make_article_entities(article: Article) -> list[Row]:
    counts = Counter(who for _, _, who, _ in article.draft.mentions)
    rows = [
        {"article_key": article.key, "entity_key": article.name(who).key, "mention_count": count}
        for who, count in counts.items()
    ]
    return sorted(rows, key=lambda row: row["entity_key"])


def make_entity_roles(article: Article) -> list[Row]:
    return [
        {
            "entity_key": article.name(who).key,
            "article_key": article.key,
            "start": start,
            "end": end,
            "text": article.draft.text[start:end],
        }
        for who, start, end in article.draft.roles
    ]


def make_mentions(article: Article) -> list[Row]:
    text, names = article.draft.text, article.world.names
    return [
        {
            "article_key": article.key,
            "start": start,
            "end": end,
            "entity_key": names[who].key,
            "kind": kind.value,
            "text": text[start:end],
            "confidence": 0.97 if kind is MentionKind.NAME else 0.9,
        }
        for start, end, who, kind in article.draft.mentions
    ]


def make_attributions(article: Article) -> list[Row]:
    return [
        {
            "key": key,
            "article_key": article.key,
            "content": _spans(said.content),
            "source": _span(said.source),
            "cue": _span(said.cue),
            "cue_text": article.draft.text[said.cue[0] : said.cue[1]],
            "cue_lemma": said.lemma,
            "speaker_key": _speaker_key(article, said),
            "speaker_kind": _speaker_kind(said),
            "speaker_name": _speaker_name(article, said),
            "role": _span(said.role),
            "recipient": "[]",
            "medium": "[]",
            "kind": said.kind,
            "hedges": "[]",
            "negated": int(said.kind == ClaimKind.DENIAL),
            "method": METHOD,
            "confidence": _confidence(key),
            "coreference": _coreference(said),
            "candidates": _candidates(article, said, key),
        }
        for key, said in zip(article.attribution_keys, article.draft.said, strict=True)
    ]


def make_quotes(article: Article) -> list[Row]:
    return [
        {
            "key": key,
            "article_key": article.key,
            "attribution_key": attribution_key,
            "form": said.form.value,
            "text": words,
            "words_key": to_words_key(words),
            "start": said.content[0][0],
            "end": said.content[-1][1],
            "parts": _spans(said.content),
            "speaker_key": _speaker_key(article, said),
            "speaker_kind": _speaker_kind(said),
            "speaker_name": _speaker_name(article, said),
            "speaker_role": _speaker_role(article, said),
            "cue_lemma": said.lemma,
            "confidence": _confidence(key),
            "published_at": article.published_at,
            "outlet": article.outlet,
            "language": "en",
        }
        for key, attribution_key, said, words in zip(
            article.quote_keys,
            article.attribution_keys,
            article.draft.said,
            article.said_words,
            strict=True,
        )
        if key is not None and said.form is not None
    ]


def make_quote_about(article: Article) -> list[Row]:
    return [
        {
            "quote_key": key,
            "entity_key": article.name(who).key,
            "position": position,
            "published_at": article.published_at,
        }
        for key, said in zip(article.quote_keys, article.draft.said, strict=True)
        if key is not None
        for position, who in enumerate(said.about)
    ]


def make_claims(article: Article) -> list[Row]:
    rows = []
    for key, claim, words in zip(
        article.claim_keys, article.draft.claims, article.claim_words, strict=True
    ):
        said = None if claim.said is None else article.draft.said[claim.said]
        number = [] if claim.number is None else [claim.number]
        rows.append(
            {
                "key": key,
                "article_key": article.key,
                "attribution_key": (
                    None if claim.said is None else article.attribution_keys[claim.said]
                ),
                "quote_key": None if claim.said is None else article.quote_keys[claim.said],
                "kind": ClaimKind.STATEMENT.value if said is None else said.kind,
                "text": words,
                "words_key": to_words_key(words),
                "start": claim.content[0][0],
                "end": claim.content[-1][1],
                "content": _spans(claim.content),
                "claimant_key": None if said is None else _speaker_key(article, said),
                "claimant_kind": (
                    SpeakerKind.OWN_VOICE.value if said is None else _speaker_kind(said)
                ),
                "claimant_name": None if said is None else _speaker_name(article, said),
                "claimant_role": None if said is None else _speaker_role(article, said),
                "cue_lemma": None if said is None else said.lemma,
                "hedges": _span(claim.hedge),
                "negated": int(said is not None and said.kind == ClaimKind.DENIAL),
                "hedged": int(claim.hedge is not None),
                "numbers": _numbers(number),
                "has_number": int(bool(number)),
                "dates": "[]",
                "check_worthiness": key % 9_973 / 9_973,
                "method": METHOD,
                "confidence": _confidence(key),
                "published_at": article.published_at,
                "outlet": article.outlet,
                "language": "en",
            }
        )
    return rows


def make_claim_about(article: Article) -> list[Row]:
    return [
        {
            "claim_key": key,
            "entity_key": article.name(who).key,
            "position": position,
            "published_at": article.published_at,
        }
        for key, claim in zip(article.claim_keys, article.draft.claims, strict=True)
        for position, who in enumerate(claim.about)
    ]


def make_unnamed_sources(article: Article) -> list[Row]:
    draft = article.draft
    claims = Counter(claim.said for claim in draft.claims)
    rows = []
    for place, (key, said) in enumerate(zip(article.attribution_keys, draft.said, strict=True)):
        if said.speaker is not None:
            continue
        words = draft.text[said.source[0] : said.source[1]]
        rows.append(
            {
                "attribution_key": key,
                "article_key": article.key,
                "folded": _fold_source(words),
                "words": words,
                "outlet": article.outlet,
                "published_at": article.published_at,
                "quote_count": int(said.form is not None),
                "claim_count": claims[place],
            }
        )
    return rows


# What an article puts into the database, in an order in which none refers to a later one.
OF_ARTICLE: dict[str, Callable[[Article], list[Row]]] = {
    "articles": make_articles,
    "article_authors": make_article_authors,
    "article_entities": make_article_entities,
    "entity_roles": make_entity_roles,
    "mentions": make_mentions,
    "attributions": make_attributions,
    "quotes": make_quotes,
    "quote_about": make_quote_about,
    "claims": make_claims,
    "claim_about": make_claim_about,
    "unnamed_sources": make_unnamed_sources,
}


def make_rows(articles: list[Article]) -> dict[str, list[Row]]:
    """Return everything that articles put into the database, by table.

    Table by table and not article by article, which takes a seventh less: the code and the data of
    one step stay in the processor's cache. For the same reason records are packed when all are
    written.
    """
    rows = {
        table: [row for article in articles for row in make(article)]
        for table, make in OF_ARTICLE.items()
    }
    return rows | make_words(rows) | make_records(articles, rows)


def make_words(made: dict[str, list[Row]]) -> dict[str, list[Row]]:
    """Return what is counted of the words of quotations and claims, by table."""
    return {
        f"{what}_words": [
            words_row(what, key=row["key"], text=row["text"], published_at=row["published_at"])
            for row in made[f"{what}s"]
        ]
        for what in ("quote", "claim")
    }


def make_records(articles: list[Article], made: dict[str, list[Row]]) -> dict[str, list[Row]]:
    """Return the rows of the records of articles' quotations and claims, by table.

    Args:
        articles: The articles.
        made: Their other rows, by table.
    """
    texts = {article.key: article.draft.text for article in articles}
    given = {row["key"]: _read("attributions", row) for row in made["attributions"]}
    slugs = articles[0].world.slugs
    rows: dict[str, list[Row]] = {}
    for what, who, make in (
        ("quote", "speaker", quote_record),
        ("claim", "claimant", claim_record),
    ):
        abouts: dict[int, list[str]] = {}
        for about in made[f"{what}_about"]:
            abouts.setdefault(about[f"{what}_key"], []).append(slugs[about["entity_key"]])
        records = [
            to_json(
                make(
                    _read(f"{what}s", row),
                    given=given.get(row["attribution_key"]),
                    slug=slugs.get(row[f"{who}_key"]),
                    text=texts[row["article_key"]],
                    about=abouts.get(row["key"], ()),
                )
            )
            for row in made[f"{what}s"]
        ]
        rows[f"{what}_records"] = [
            {
                f"{what}_key": row["key"],
                f"{who}_key": row[f"{who}_key"],
                "published_at": row["published_at"],
                "record": pack(record),
            }
            for row, record in zip(made[f"{what}s"], records, strict=True)
        ]
    return rows


# The columns that hold JSON and that a record is made of, by table.
_NESTED = {
    "attributions": (
        *("source", "cue", "role", "recipient", "medium", "hedges"),
        *("coreference", "candidates"),
    ),
    "quotes": ("parts",),
    "claims": ("content", "hedges", "numbers", "dates"),
}


def _read(table: str, row: Row) -> SimpleNamespace:
    """Return a row as it is read from the database."""
    read = SimpleNamespace(**row)
    for name in _NESTED[table]:
        # In a fifth of the time of json.loads.
        setattr(read, name, from_json(row[name]) if row[name] != "[]" else ())
    if "negated" in row:
        read.negated = bool(row["negated"])
    when = row.get("published_at")
    if when is not None:
        read.published_at = f"{when[:10]}T{when[11:19]}Z"
    return read


def to_source_key(number: int) -> int:
    """Return the key of the file that an article came from."""
    return _source_key(number // ARTICLES_OF_A_FILE)


def to_source_path(file: int) -> str:
    """Return the name of a seed file, which is not there: only its row is."""
    return f"corpus/{file:05}.jsonl"


@lru_cache(maxsize=4_096)
def _source_key(file: int) -> int:
    return to_key(SOURCE, to_source_path(file))


@lru_cache(maxsize=16_384)
def _fold(name: str) -> str:
    return fold(name)


@lru_cache(maxsize=256)
def _fold_source(words: str) -> str:
    return fold_source(words)


@lru_cache(maxsize=16_384)
def _list_of(name: str) -> str:
    return json.dumps([name])


def _numbers(numbers: list[tuple[Offsets, float]]) -> str:
    if not numbers:
        return "[]"
    return json.dumps([{"span": span, "value": value, "unit": "%"} for span, value in numbers])


def _spans(spans: list[Offsets]) -> str:
    # What json.dumps writes, in a third of its time.
    return "[" + ", ".join([f"[{start}, {end}]" for start, end in spans]) + "]"


def _span(span: Offsets | None) -> str:
    return "[]" if span is None else f"[[{span[0]}, {span[1]}]]"


def _confidence(key: int) -> float:
    return 0.5 + key % 4_999 / 10_000


def _speaker_key(article: Article, said: Said) -> int | None:
    return None if said.speaker is None else article.name(said.speaker).key


def _speaker_kind(said: Said) -> str:
    kind = SpeakerKind.UNNAMED if said.speaker is None else SpeakerKind.NAMED
    return kind.value


def _speaker_name(article: Article, said: Said) -> str:
    if said.speaker is not None:
        return article.name(said.speaker).full
    return article.draft.text[said.source[0] : said.source[1]]


def _speaker_role(article: Article, said: Said) -> str | None:
    if said.role is not None:
        return article.draft.text[said.role[0] : said.role[1]]
    return None if said.speaker is None else article.roles.get(said.speaker)


def _coreference(said: Said) -> str:
    if said.speaker is None:
        return "[]"
    start, end = said.source
    antecedent, rule = "null", "name"
    if said.antecedent is not None:
        antecedent, rule = f"[{said.antecedent[0]}, {said.antecedent[1]}]", "pronoun:last-speaker"
    return f'[{{"span": [{start}, {end}], "antecedent": {antecedent}, "rule": "{rule}"}}]'


def _candidates(article: Article, said: Said, key: int) -> str:
    if said.speaker is None or key % 10_007 >= _CANDIDATES * 10_007:
        return "[]"
    other = next((who for _, _, who, _ in article.draft.mentions if who != said.speaker), None)
    if other is None:
        return "[]"
    name = article.name(other)
    return json.dumps(
        [{"entity": name.slug, "name": name.full, "score": 0.2, "reason": "farther away"}]
    )
