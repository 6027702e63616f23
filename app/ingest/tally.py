"""What ingest counts about entities, kept right as articles come, change and go.

An article's share in the counts is taken away and its new share added, so that the work depends on
the article's size and not on how often the world writes about its entities. Only when the first or
last article of an entity goes is its time span looked up anew.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, bindparam, delete, func, select

from app.db import tables
from app.db.bulk import insert_rows
from app.db.fold import fold
from app.db.ids import to_outlet_key
from app.db.ready import Ready, is_one_of, ready_delete, ready_update
from app.ingest.months import Months, add_months
from app.ingest.resolve import choose_name, read_entity_rows
from app.ingest.rows import ArticleRows
from app.vocabulary import MentionKind

_ENTITIES = tables.metadata.tables["entities"]
_ALIASES = tables.metadata.tables["entity_aliases"]
_LINKS = tables.metadata.tables["article_entities"]
_ARTICLES = tables.metadata.tables["articles"]
_MENTIONS = tables.metadata.tables["mentions"]
_QUOTES = tables.metadata.tables["quotes"]
_CLAIMS = tables.metadata.tables["claims"]
_TOTALS = {"quotes": "quote_count", "claims": "claim_count"}
_ONE_ALIAS = ("entity_key", "text")


def _count_of_article(table: Table, who: str) -> Ready:
    column = table.c[who]
    of_article = table.c.article_key == bindparam("article")
    return Ready(
        select(column, func.count()).where(of_article, column.is_not(None)).group_by(column)
    )


_SPOKEN = _count_of_article(_QUOTES, "speaker_key")
_CLAIMED = _count_of_article(_CLAIMS, "claimant_key")
_ARTICLE = Ready(
    select(*(_ARTICLES.c[name] for name in ("published_at", "outlet", *_TOTALS.values()))).where(
        _ARTICLES.c.key == bindparam("article")
    )
)
_LINKED = Ready(
    select(_LINKS.c.entity_key, _LINKS.c.mention_count).where(
        _LINKS.c.article_key == bindparam("article")
    )
)
_NAMED = Ready(
    select(_MENTIONS.c.entity_key, _MENTIONS.c.text).where(
        _MENTIONS.c.article_key == bindparam("article"), _MENTIONS.c.kind == MentionKind.NAME
    )
)
_UNNAMED = Ready(
    delete(_ENTITIES).where(is_one_of(_ENTITIES.c.key, "keys"), _ENTITIES.c.article_count == 0)
)
_ALIASES_OF_KEYS = Ready(
    select(_ALIASES.c.entity_key, _ALIASES.c.text, _ALIASES.c.count).where(
        is_one_of(_ALIASES.c.entity_key, "keys")
    )
)
_TIME_SPAN = Ready(
    select(func.min(_ARTICLES.c.published_at), func.max(_ARTICLES.c.published_at))
    .join(_LINKS, _LINKS.c.article_key == _ARTICLES.c.key)
    .where(_LINKS.c.entity_key == bindparam("key"))
)


@dataclass(frozen=True, slots=True)
class Tally:
    """One article's share in the counts, each by entity key.

    Attributes:
        totals: How many articles (1, or none), quotations and claims it is, by table.
        mentions: All mentions, by name or not; every entity of the article is in it.
        quotes: Quotations that the entity speaks.
        claims: Claims that the entity makes.
        aliases: Mentions by name, by (entity key, words with white space folded).
    """

    published_at: datetime | None = None
    outlet: str | None = None
    totals: Counter[str] = field(default_factory=Counter)
    mentions: Counter[int] = field(default_factory=Counter)
    quotes: Counter[int] = field(default_factory=Counter)
    claims: Counter[int] = field(default_factory=Counter)
    aliases: Counter[tuple[int, str]] = field(default_factory=Counter)

    def to_months(self) -> Months:
        """Return the same by month, see `app.db.tables.MonthlyCount`."""
        month = "" if self.published_at is None else self.published_at.strftime("%Y-%m-01")
        counts = Months()
        for what, total in self.totals.items():
            counts[what, 0, month] = total
            if self.outlet is not None:
                counts[what, to_outlet_key(self.outlet), month] = total
        for what, numbers in (
            ("articles", dict.fromkeys(self.mentions, 1)),
            ("quotes", self.quotes),
            ("claims", self.claims),
        ):
            for key, number in numbers.items():
                counts[what, key, month] = number
        return counts


def to_tally(rows: ArticleRows) -> Tally:
    """Return the share of an article that is about to be stored."""
    return Tally(
        published_at=rows.article.published_at,
        outlet=rows.article.outlet,
        totals=Counter(articles=1, quotes=len(rows.quotes), claims=len(rows.claims)),
        mentions=Counter({row.entity_key: row.mention_count for row in rows.entities}),
        quotes=Counter(row.speaker_key for row in rows.quotes if row.speaker_key is not None),
        claims=Counter(row.claimant_key for row in rows.claims if row.claimant_key is not None),
        aliases=Counter(
            (row.entity_key, " ".join(row.text.split()))
            for row in rows.mentions
            if row.kind == MentionKind.NAME
        ),
    )


def read_tally(connection: Connection, *, article_key: int) -> Tally:
    """Return the share of an article that is stored; an empty one when it is not."""
    article = _ARTICLE.first(connection, article=article_key)
    if article is None:
        return Tally()
    names = _NAMED.all(connection, article=article_key)
    return Tally(
        published_at=article.published_at,
        outlet=article.outlet,
        totals=Counter(articles=1, **{what: getattr(article, c) for what, c in _TOTALS.items()}),
        mentions=Counter(dict(_LINKED.all(connection, article=article_key))),
        quotes=Counter(dict(_SPOKEN.all(connection, article=article_key))),
        claims=Counter(dict(_CLAIMED.all(connection, article=article_key))),
        aliases=Counter((key, " ".join(text.split())) for key, text in names),
    )


def apply_tally(
    connection: Connection,
    *,
    before: Tally,
    after: Tally,
    preferred: Mapping[str, str],
) -> set[int]:
    """Replace an article's share in the counts of entities and aliases by another.

    Args:
        connection: In the transaction that changed the article, after its rows were changed.
        before: The share that the article had (empty for a new one).
        after: The share that it has now (empty for one that is gone).
        preferred: What users want entities to be called, by slug.

    Returns:
        Keys of the entities that lost something; `drop_unnamed` is to be told of them.
    """
    touched = sorted(before.mentions.keys() | after.mentions.keys())
    entities = read_entity_rows(connection, touched)
    names = _apply_aliases(connection, entities=entities, before=before, after=after)
    changes = []
    for key, row in entities.items():
        first, last = _find_time_span(connection, row=row, before=before, after=after)
        values = {
            "name": preferred.get(row.slug, names[key]),
            "article_count": row.article_count + (key in after.mentions) - (key in before.mentions),
            "mention_count": row.mention_count + after.mentions[key] - before.mentions[key],
            "quote_count": row.quote_count + after.quotes[key] - before.quotes[key],
            "claim_count": row.claim_count + after.claims[key] - before.claims[key],
            "first_seen": first,
            "last_seen": last,
        }
        if any(getattr(row, column) != value for column, value in values.items()):
            changes.append({"of_key": key, "of_name": row.name, **values})
    _update_entities(connection, changes=changes)
    months = after.to_months()
    months.subtract(before.to_months())
    add_months(connection, months)
    return set(before.mentions)


def drop_unnamed(connection: Connection, *, keys: Iterable[int]) -> None:
    """Delete those of some entities that no article names any more, with their aliases."""
    if wanted := sorted(keys):
        _UNNAMED.run(connection, keys=wanted)


def _update_entities(connection: Connection, *, changes: list[dict[str, Any]]) -> None:
    """Write what changed; the name only where it did, since search is rebuilt with it."""
    for with_name in (False, True):
        some = [change for change in changes if (change["name"] != change["of_name"]) == with_name]
        if not some:
            continue
        columns = [column for column in some[0] if column not in {"of_key", "of_name"}]
        if not with_name:
            columns.remove("name")
        ready_update(_ENTITIES, of=("key",), columns=tuple(columns)).run_each(
            connection,
            [
                {"of_key": change["of_key"], **{f"new_{c}": change[c] for c in columns}}
                for change in some
            ],
        )


def _apply_aliases(
    connection: Connection, *, entities: dict[int, Any], before: Tally, after: Tally
) -> dict[int, str]:
    """Bring the aliases of `entities` up to date; return what each entity is called now."""
    counts: dict[int, Counter[str]] = {key: Counter() for key in entities}
    for key, text, count in _ALIASES_OF_KEYS.all(connection, keys=list(entities)):
        counts[key][text] = count
    new, changed, gone = [], [], []
    for key, text in sorted(before.aliases.keys() | after.aliases.keys()):
        step = after.aliases[key, text] - before.aliases[key, text]
        if key not in entities or step == 0:
            continue
        was = counts[key][text]
        counts[key][text] = was + step
        if was + step <= 0:
            gone.append({"of_entity_key": key, "of_text": text})
            del counts[key][text]
        elif was == 0:
            new.append({"entity_key": key, "text": text, "folded": fold(text), "count": step})
        else:
            changed.append({"of_entity_key": key, "of_text": text, "new_count": was + step})
    ready_delete(_ALIASES, of=_ONE_ALIAS).run_each(connection, gone)
    ready_update(_ALIASES, of=_ONE_ALIAS, columns=("count",)).run_each(connection, changed)
    insert_rows(connection, _ALIASES, new)
    return {key: choose_name(row.name, forms=counts[key]) for key, row in entities.items()}


def _find_time_span(
    connection: Connection, *, row: Any, before: Tally, after: Tally
) -> tuple[datetime | None, datetime | None]:
    was = before.published_at if row.key in before.mentions else None
    now = after.published_at if row.key in after.mentions else None
    if was is not None and was != now and was in (row.first_seen, row.last_seen):
        first, last = _TIME_SPAN.all(connection, key=row.key)[0]
        return first, last
    times = [time for time in (row.first_seen, row.last_seen, now) if time is not None]
    return (min(times), max(times)) if times else (None, None)
