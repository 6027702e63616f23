"""Articles about several John Smiths, and what became of these."""

import json
from typing import Any

from house import House

from app.ingest.resolve import to_slug

MAYOR = "He met the mayor John Smith in Springfield and the clerk Ada Pohl, on 1 May."
MAYOR_AGAIN = "It was the mayor John Smith who opened the fair in Springfield with Ada Pohl."
SURGEON = "The operation was led by the surgeon John Smith in Riga beside Uldis Berzin."
NOBODY = "Somewhere there was a John Smith."


def write_articles(house: House, *articles: tuple[str, str | None], name: str = "a") -> None:
    for number, (text, date) in enumerate(articles):
        line = {"url": f"https://post.example/{to_slug(text)}", "text": text}
        line |= {"published_at": date} if date else {}
        house.write(f"{name}{number}.jsonl", json.dumps(line))


def slugs_by_article(house: House) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for text, slug in house.query(
        "SELECT a.text, e.slug FROM articles a JOIN article_entities l ON l.article_key = a.key"
        " JOIN entities e ON e.key = l.entity_key WHERE e.slug LIKE '%smith%'"
    ):
        found.setdefault(text, set()).add(slug)
    return found


def facts(house: House) -> dict[str, Any]:
    """Everything but which files the articles came in, and what was there before."""
    dump = house.dump()
    for name in ("sources", "dataset", "entity_redirects", "articles", "entity_corrections"):
        del dump[name]
    return dump
