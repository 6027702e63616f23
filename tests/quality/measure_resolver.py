"""How long one new article takes beside a million entities: ``measure_resolver.py FOLDER [COUNT]``.

Writes a database of COUNT invented entities (a million unless told) into FOLDER, in articles of
twenty, with surnames as unevenly spread as in life, then stores a hundred new articles of twenty
entities each and prints how long each took, the database's own work and rewriting others included.
A second run on the same folder uses the database that is there.
"""

import json
import random
import sqlite3
import statistics
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from pathlib import Path
from typing import Any

from app.db.engine import make_writer_engine
from app.db.fold import fold
from app.db.ids import to_key
from app.db.schema import upgrade
from app.ingest.kept import pack
from app.ingest.resolve.keys import to_calls, to_company_key, to_group
from app.ingest.resolve.local import Evidence
from app.ingest.resolve.names import read_lexicon
from app.ingest.resolve.slugs import to_hash, to_slug
from app.ingest.store import store_article
from app.parsing.types import Entity, Mention, ParsedArticle, RawArticle, Span
from app.vocabulary import EntityType, FileFormat, MentionKind

A_PAGE = 20
NEW_ARTICLES = 100
BEGIN = datetime(2015, 1, 1, tzinfo=UTC)
SYLLABLES = ("ba", "do", "ka", "lin", "mor", "ne", "pol", "ra", "sten", "ti", "vor", "wa", "zel")
ROLES = ("mayor", "surgeon", "striker", "lawyer", "farmer", "professor", "captain", "singer")


class World:
    """Names with frequencies after Zipf: the first surname has a hundredth of all people."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        common = " ".join(read_lexicon("common_names.txt")).split()
        self.surnames = [*common, *(self._make(number) for number in range(60_000))]
        self.weights = list(accumulate(1 / (20 + rank) for rank in range(len(self.surnames))))
        self.given = [line.split()[0] for line in read_lexicon("given_names.tsv")]
        self.towns = [f"{self._make(number)}ville" for number in range(5_000)]

    def _make(self, number: int) -> str:
        letters = []
        for _ in range(4):
            number, digit = divmod(number * 7 + 3, len(SYLLABLES))
            letters.append(SYLLABLES[digit])
        return "".join(letters) + (str(number) if number else "")

    def make_person(self) -> str:
        surname = self.chance.choices(self.surnames, cum_weights=self.weights)[0]
        return f"{self.chance.choice(self.given)} {surname}".title()

    def make_article(self, number: int) -> ParsedArticle:
        words, entities, mentions, text = [], [], [], ""
        for place in range(A_PAGE):
            is_town = place % 5 == 4
            name = self.chance.choice(self.towns).title() if is_town else self.make_person()
            kind = EntityType.PLACE if is_town else EntityType.PERSON
            role = self.chance.choice(ROLES)
            text += f"The {role} " if not is_town else "It was in "
            span = Span(len(text), len(text) + len(name))
            text += f"{name} had no time for word{self.chance.randrange(3000)}. "
            entities.append(Entity(f"e{place + 1}", name, kind))
            mentions.append(Mention(span, MentionKind.NAME, f"e{place + 1}"))
            words.append(Span(span.start, len(text)))
        return ParsedArticle(
            raw=RawArticle(
                key=str(number),
                text=text,
                format=FileFormat.TEXT,
                outlet=f"Paper {self.chance.randrange(200)}",
                published_at=BEGIN + timedelta(minutes=number % 5_000_000),
                url=f"https://paper.example/{number}",
            ),
            paragraphs=(Span(0, len(text)),),
            sentences=tuple(words),
            word_count=len(text.split()),
            entities=tuple(entities),
            mentions=tuple(mentions),
            attributions=(),
            quotations=(),
            claims=(),
        )


def to_evidence(parsed: ParsedArticle) -> dict[str, str]:
    """Return for each entity what the resolver keeps of it: about as much as of a real one."""
    found = {}
    company = [to_company_key(one.name, one.type) for one in parsed.entities]
    sentences = [span.of(parsed.raw.text) for span in parsed.sentences]
    for number, (entity, sentence) in enumerate(zip(parsed.entities, sentences, strict=True)):
        is_town = entity.type == EntityType.PLACE
        evidence = Evidence(
            forms=(fold(entity.name),),
            roles=() if is_town else (parsed.raw.text[: parsed.mentions[0].span.start].split()[1],),
            topics=tuple(sentence.lower().split()[-1:]),
            company=tuple(key for key in company if key[0] == "p" and key != company[number]),
            places=tuple(key for key in company if key[0] != "p" and key != company[number]),
            outlet=fold(parsed.raw.outlet or ""),
        )
        found[entity.key] = json.dumps(evidence.to_json())
    return found


def write_database(path: Path, *, count: int) -> None:
    """Write the rows of articles straight away: each person is a cluster of its own."""
    world = World(1)
    upgrade(f"sqlite:///{path}")
    taken: set[str] = set()
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript("PRAGMA synchronous=OFF; PRAGMA cache_size=-2000000;")
        connection.execute(
            "INSERT INTO sources VALUES (1,'made','',0,NULL,'loaded',NULL,NULL,'[]',0,'','',?)",
            (BEGIN.isoformat(" "),),
        )
        for number in range(count // A_PAGE):
            rows = to_table_rows(world.make_article(number), taken)
            for table, values in rows.items():
                if values:
                    marks = ",".join("?" * len(values[0]))
                    connection.executemany(f"INSERT INTO {table} VALUES ({marks})", values)
        connection.commit()
        connection.execute("ANALYZE")


def to_table_rows(parsed: ParsedArticle, taken: set[str]) -> dict[str, list[tuple[Any, ...]]]:
    """Return the rows of an article by table; `taken` are the slugs so far, and grows."""
    raw = parsed.raw
    key = to_key("art", "url", raw.url or "")
    assert raw.published_at is not None
    when = raw.published_at.strftime("%Y-%m-%d %H:%M:%S.%f")
    rows: dict[str, list[tuple[Any, ...]]] = {
        "articles": [
            (key, 1, None, 0, "[]", raw.outlet, when, "en", raw.url, "{}", raw.text, "[]", "[]")
            + (0,) * 5
        ],
        "article_parses": [(key, pack(parsed))],
    }
    for name in ("entities", "entity_clusters", "local_entities", "local_entity_calls"):
        rows[name] = []
    linked = set()
    evidence = to_evidence(parsed)
    for entity in parsed.entities:
        group, short = to_group(entity.name, entity.type)
        base = slug = to_slug(entity.name)
        founder = (key, entity.key)
        if entity.type == EntityType.PLACE:
            cluster = to_key("cluster", group)
        else:
            cluster = to_key("cluster", group, str(key), entity.key)
            if base in taken:
                slug = f"{base}--{to_hash(str(key), entity.key)}"
        calls = to_calls(entity.name, entity.type) if entity.type != EntityType.PLACE else ()
        local = (key, entity.key, group, short, entity.name, base, entity.type, when)
        local += (evidence[entity.key], json.dumps(calls), cluster, to_key(slug), None, "[]")
        rows["local_entities"].append(local)
        rows["local_entity_calls"] += [(call, group, *founder) for call in calls]
        linked.add(to_key(slug))
        if slug not in taken:
            taken.add(slug)
            rows["entity_clusters"].append(
                (
                    *(cluster, group, slug, base, to_key(slug), entity.name, entity.type),
                    *(when, *founder, None, ""),
                )
            )
            rows["entities"].append(
                (
                    *(to_key(slug), slug, entity.name, entity.type, "{}", None, None, None),
                    *(1, 1, 0, 0, when, when),
                )
            )
    rows["article_entities"] = [(key, one, 1) for one in linked]
    return rows


def measure(path: Path, *, count: int) -> Iterator[float]:
    """Store new articles, each in a transaction of its own, and yield the seconds of each."""
    world = World(2)
    engine = make_writer_engine(f"sqlite:///{path}")
    begin = count + int(time.time())
    for number in range(begin, begin + NEW_ARTICLES):
        parsed = world.make_article(number)
        started = time.perf_counter()
        with engine.begin() as connection:
            store_article(connection, parsed=parsed, source_key=1, source_name="made")
        yield time.perf_counter() - started
    engine.dispose()


def main() -> None:
    folder = Path(sys.argv[1])
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 1_000_000
    path = folder / f"resolver-{count}.db"
    if not path.exists():
        started = time.perf_counter()
        write_database(path, count=count)
        sys.stdout.write(f"written in {time.perf_counter() - started:.0f} s\n")
    with closing(sqlite3.connect(path)) as connection:
        for table in ("entities", "local_entities", "articles"):
            ((rows,),) = connection.execute(f"SELECT count(*) FROM {table}").fetchall()
            sys.stdout.write(f"{rows:,} {table}\n")
    seconds = sorted(measure(path, count=count))
    sys.stdout.write(
        f"{len(seconds)} new articles of {A_PAGE} entities: median "
        f"{statistics.median(seconds):.3f} s, 95 % below {seconds[94]:.3f} s, "
        f"worst {seconds[-1]:.3f} s\n"
    )


if __name__ == "__main__":
    main()
