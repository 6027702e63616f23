"""``onrecord parse --html``: the reader page of an article as one file that needs no server.

The article goes the way of every article, to rows and from rows to what the API would answer; it
only leaves the database out.
"""

import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import Row
from sqlalchemy.engine.result import IteratorResult, SimpleResultMetaData

from app.api.articles.annotations import Annotations
from app.api.articles.schemas import article_from_row, text_from_row
from app.api.entities.mentions import mention_from_row
from app.api.entities.schemas import ArticleEntity
from app.db.ids import ARTICLE, to_id, to_key
from app.ingest.rows import ArticleRows, to_article_key, to_rows, to_values
from app.ingest.said import GlobalEntity
from app.pages.assets import read_asset, to_csp_hash
from app.pages.reader import Reader, make_reader
from app.pages.render import render, render_reader
from app.parsing.types import ParsedArticle
from app.printing import Warn, parse_all
from app.records import article_attribution_record, claim_record, quote_record
from app.settings import Settings

SUFFIX = ".onrecord.html"


def write_pages(settings: Settings, *, paths: Iterable[Path], warn: Warn) -> int:
    """Write the reader page of each article into the current folder, and print its name.

    A page is named after its file, and after the article's place in it where there are several.

    Args:
        settings: Who reads, and how much.
        paths: Files and folders.
        warn: Told what cannot be read; the rest goes on.

    Returns:
        How many pages were written.
    """
    written: Counter[str] = Counter()
    for id, parsed in parse_all(settings, paths=paths, warn=warn):
        stem = "".join(letter if letter.isalnum() or letter in "-_." else "-" for letter in id)
        written[stem] += 1
        again = f"-{written[stem]}" if written[stem] > 1 else ""
        target = Path(f"{stem[:100]}{again}{SUFFIX}")
        target.write_text(make_page(parsed, id=id), encoding="utf-8", errors="replace")
        sys.stdout.write(f"{target}\n")
    return written.total()


def make_page(parsed: ParsedArticle, *, id: str) -> str:
    """Return the reader page of an article, with its styles and its script in itself.

    Args:
        parsed: The article.
        id: What it is called, for the ids of its records.
    """
    return render_alone(to_reader(parsed, id=id))


def render_alone(reader: Reader) -> str:
    """Return a page that stands alone: one file, with a policy that allows what is in it."""
    style, script = read_asset("pages.css"), read_asset("pages.js")
    return render(
        "alone.html",
        reader=reader,
        body=render_reader(reader, root=""),
        style=style,
        script=script,
        style_hash=to_csp_hash(style),
        script_hash=to_csp_hash(script),
    )


def to_reader(parsed: ParsedArticle, *, id: str) -> Reader:
    """Return the view of an article that is in no database."""
    entities = {
        entity.key: GlobalEntity(to_key("entity", entity.key), entity.key, entity.type)
        for entity in parsed.entities
    }
    rows = to_rows(parsed, source_key=0, source_name=id, entities=entities)
    article = _row(rows.article, source_path=id)
    return make_reader(
        article_from_row(article),
        text=text_from_row(article),
        annotations=_annotate(rows, text=parsed.raw.text, entities=entities),
        entities=_list_entities(
            parsed, article_id=to_id(ARTICLE, to_article_key(parsed.raw, source_name=id))
        ),
        linked=False,
    )


def _annotate(rows: ArticleRows, *, text: str, entities: Mapping[str, GlobalEntity]) -> Annotations:
    slugs: dict[int | None, str] = {entity.key: entity.slug for entity in entities.values()}
    given = {row.key: row for row in rows.attributions}
    abouts: dict[int, list[str]] = {}
    for quote_about in rows.quote_abouts:
        abouts.setdefault(quote_about.quote_key, []).append(slugs[quote_about.entity_key])
    for claim_about in rows.claim_abouts:
        abouts.setdefault(claim_about.claim_key, []).append(slugs[claim_about.entity_key])
    article_id = to_id(ARTICLE, rows.article.key)
    attributions: list[Any] = [
        article_attribution_record(
            row, slug=slugs.get(row.speaker_key), article_id=article_id, text=text
        )
        for row in rows.attributions
    ]
    quotes: list[Any] = [
        quote_record(
            row,
            given=given.get(row.attribution_key or 0),
            slug=slugs.get(row.speaker_key),
            text=text,
            about=abouts.get(row.key, ()),
        )
        for row in sorted(rows.quotes, key=lambda row: (row.start, row.key))
    ]
    claims: list[Any] = [
        claim_record(
            row,
            given=given.get(row.attribution_key or 0),
            slug=slugs.get(row.claimant_key),
            text=text,
            about=abouts.get(row.key, ()),
        )
        for row in sorted(rows.claims, key=lambda row: (row.start, row.key))
    ]
    return {
        "article_id": article_id,
        "mentions": [
            mention_from_row(_row(row, slug=slugs[row.entity_key])) for row in rows.mentions
        ],
        "attributions": sorted(
            attributions,
            key=lambda item: (item["content"]["start"], item["content"]["end"], item["id"]),
        ),
        "quotes": quotes,
        "claims": claims,
    }


def _row(stored: Any, **more: Any) -> Row[Any]:
    """Return a stored row, with more columns, as a query would."""
    values = {**to_values(stored), **more}
    columns = SimpleResultMetaData(list(values))
    result: IteratorResult[Any] = IteratorResult(columns, iter([tuple(values.values())]))
    row: Row[Any] = result.one()
    return row


def _list_entities(parsed: ParsedArticle, *, article_id: str) -> list[ArticleEntity]:
    counts = Counter(mention.entity for mention in parsed.mentions)
    text = parsed.raw.text
    nowhere = {"self": "", "mentions": "", "quotes": "", "claims": ""}
    found: list[Any] = [
        {
            "mention_count": counts[entity.key],
            "entity": {
                "id": entity.key,
                "type": entity.type,
                "name": entity.name,
                "aliases": [],
                "roles": [
                    {
                        "text": role.of(text),
                        "article_id": article_id,
                        "span": {"start": role.start, "end": role.end},
                    }
                    for role in entity.roles
                ],
                "links": nowhere,
            },
        }
        for entity in parsed.entities
    ]
    return found
