"""HTML pages: the body by trafilatura; headline and the like by schema.org's JSON-LD.

What a page states in JSON-LD (https://schema.org/NewsArticle) goes before what trafilatura and
htmldate find in its other metadata. Nothing is fetched.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from html import unescape
from typing import TYPE_CHECKING

from app.parsing.errors import ReadError
from app.parsing.readers.article import (
    ReadOptions,
    ReadResult,
    Stated,
    build_article,
    split_names,
)
from app.parsing.readers.decoding import decode
from app.parsing.readers.files import SeedFile
from app.parsing.readers.html_text import collect_words, parse_html
from app.parsing.readers.json_text import JsonError, load_json
from app.vocabulary import FileFormat

if TYPE_CHECKING:
    from lxml.html import HtmlElement

# schema.org's types of article whose names do not end in "Article".
_ARTICLE_TYPES = frozenset({"Report", "BlogPosting", "LiveBlogPosting"})
_KEPT = ("articleSection", "keywords", "description", "dateModified", "dateline")
# Fewer words than this are a menu, a notice or a caption and no article. The shortest news in
# briefs has about 40 words.
_WORDS_AT_LEAST = 20
# An article ends at least one of its blocks as a sentence; a list of links to articles does not.
_SENTENCE = re.compile(r"[.?!…。？！؟।][\"'”’»)\]]*$", re.M)


def read_html(data: bytes, *, file: SeedFile, options: ReadOptions) -> ReadResult:
    """Read an HTML page as one article.

    Raises:
        ReadError: It cannot be decoded or parsed within bounds, or has no article.
    """
    source = decode(data, name=file.name, html=True)
    if not source.strip():
        raise ReadError(file.name, "is only white space")
    tree = parse_html(source, file=file)
    warnings: list[str] = []
    linked = _find_news_article(tree, file=file, warnings=warnings)
    stated = _find_metadata(tree, linked)
    text = _extract_body(tree, headline=stated.title)
    if text is None:
        raise ReadError(file.name, "is HTML with no article in it")
    article, more = build_article(
        replace(stated, text=text), file=file, format=FileFormat.HTML, options=options
    )
    return ReadResult(FileFormat.HTML, (article,), (*warnings, *more))


def _find_news_article(
    tree: "HtmlElement", *, file: SeedFile, warnings: list[str]
) -> Mapping[str, object]:
    """Return the page's first JSON-LD article, or an empty mapping."""
    for script in tree.iter("script"):
        if (script.get("type") or "").split(";")[0].strip().lower() != "application/ld+json":
            continue
        if not (words := (script.text or "").strip()):
            continue
        try:
            loaded = load_json(words)
        except JsonError as error:
            warnings.append(f"{file.name} (field JSON-LD): {error}; left out")
            continue
        for node in _walk_nodes(loaded):
            kinds = node.get("@type")
            kinds = kinds if isinstance(kinds, list) else [kinds]
            for kind in kinds:
                name = str(kind).rsplit("/", 1)[-1]
                if name.endswith("Article") or name in _ARTICLE_TYPES:
                    return node
    return {}


def _walk_nodes(loaded: object) -> Iterator[Mapping[str, object]]:
    """Yield the top nodes of a JSON-LD document: itself, a list's, or a graph's."""
    for node in loaded if isinstance(loaded, list) else [loaded]:
        if isinstance(node, dict):
            yield node
            graph = node.get("@graph")
            if isinstance(graph, list):
                yield from (entry for entry in graph if isinstance(entry, dict))


def _find_metadata(tree: "HtmlElement", linked: Mapping[str, object]) -> Stated:
    """Return all that is stated but the text: JSON-LD first, then the page's metadata."""
    # Imported here, because it takes 0.4 s to load and only HTML needs it.
    from trafilatura.metadata import extract_metadata

    # htmldate may look at metadata and <time>, not guess from the words of the page, and may not
    # take today for the latest date there is.
    dates = {"extensive_search": False, "original_date": True, "max_date": "9999-12-31"}
    found = extract_metadata(tree, date_config=dates, extensive=False)
    meta: dict[str, object] = {name: linked[name] for name in _KEPT if linked.get(name)}
    invented = linked.get("invented")
    if invented is None:
        invented = _find_property(tree, "invented")
    if str(invented).lower() == "true":
        meta["invented"] = True
    # Many publishers' systems escape JSON-LD as if it were HTML ("A &amp; B").
    headline = linked.get("headline") or found.title
    authors = _find_names(linked.get("author"))
    if not authors and found.author:
        authors = [name.strip() for name in found.author.split(";")]
    outlets = _find_names([linked.get("publisher")]) or _find_names([found.sitename])
    return Stated(
        text=None,
        title=unescape(headline) if isinstance(headline, str) else headline,
        authors=authors,
        outlet=outlets[0] if outlets else None,
        # htmldate knows days only; Open Graph's property has the time of day.
        published_at=linked.get("datePublished")
        or _find_property(tree, "article:published_time")
        or found.date,
        language=linked.get("inLanguage") or tree.get("lang"),
        url=_find_url(linked) or found.url,
        meta=meta,
    )


def _find_names(value: object) -> list[str]:
    """Return the names of a schema.org person or organisation, of a list of them, or a string."""
    if isinstance(value, str):
        return list(split_names(unescape(value)))
    names = []
    for entry in value if isinstance(value, list) else [value]:
        name = entry.get("name") if isinstance(entry, dict) else entry
        if isinstance(name, str) and name.strip():
            names.append(unescape(name))
    return names


def _find_property(tree: "HtmlElement", name: str) -> str | None:
    """Return the content of the page's first ``<meta>`` of that name or property."""
    for tag in tree.iter("meta"):
        if name in (tag.get("name"), tag.get("property")):
            return str(tag.get("content") or "").strip() or None
    return None


def _find_url(linked: Mapping[str, object]) -> object:
    page = linked.get("mainEntityOfPage")
    if isinstance(page, dict):
        page = page.get("@id")
    return linked.get("url") or page


def _extract_body(tree: "HtmlElement", *, headline: object) -> str | None:
    """Return the words of the article without its headline; None when there is no article."""
    # Imported here, because it takes 0.4 s to load and only HTML needs it.
    from trafilatura import bare_extraction

    document = bare_extraction(tree, include_comments=False, include_tables=False)
    if document is None or isinstance(document, dict) or document.body is None:
        return None
    # trafilatura's own text marks list items with dashes, which are no words of the article.
    text = collect_words(document.body)
    first, _, rest = text.partition("\n\n")
    if isinstance(headline, str) and first == " ".join(headline.split()):
        text = rest
    if len(text.split()) < _WORDS_AT_LEAST or not _SENTENCE.search(text):
        return None
    return text
