"""Markdown with YAML front matter.

Front matter keys: ``title`` (or ``headline``), ``author``/``authors``/``byline``,
``outlet``/``source``/``publisher``, ``date``/``published_at``/``published``,
``language``/``lang``, ``url``/``canonical_url``, ``id``; every other key is kept as metadata.
"""

import re
from functools import cache
from typing import TYPE_CHECKING

from app.parsing.errors import ReadError
from app.parsing.normalize import normalize_text
from app.parsing.readers.article import ReadOptions, ReadResult, Stated, build_article
from app.parsing.readers.decoding import decode
from app.parsing.readers.files import SeedFile
from app.vocabulary import FileFormat

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

_KEYS = {
    "title": "title",
    "headline": "title",
    "author": "authors",
    "authors": "authors",
    "byline": "authors",
    "outlet": "outlet",
    "source": "outlet",
    "publisher": "outlet",
    "published_at": "published_at",
    "published": "published_at",
    "date": "published_at",
    "language": "language",
    "lang": "language",
    "url": "url",
    "canonical_url": "url",
    "id": "id",
}
# Front matter is a dozen flat lines; deeper nesting is a trap for the C parser's stack.
_FRONT_MATTER_DEPTH = 20
# markdown-it drops the words that are nested deeper, 20 deep when it is not told.
_NESTING = 100
_OPENS_FRONT_MATTER = re.compile(r"\s*---[ \t]*\n")


def read_markdown(data: bytes, *, file: SeedFile, options: ReadOptions) -> ReadResult:
    """Read a Markdown file as one article; a leading level-1 heading can be its title.

    Raises:
        ReadError: It is not UTF-8 text, its front matter is no YAML mapping, or it has no text.
    """
    source = normalize_text(decode(data, name=file.name))
    if not source.strip():
        raise ReadError(file.name, "is only white space")
    metadata, body = _split_front_matter(source, file=file)
    fields: dict[str, object] = {}
    meta: dict[str, object] = {}
    for key, value in metadata.items():
        name = _KEYS.get(str(key).lower())
        if name is not None and name not in fields:
            fields[name] = value
        else:
            meta[str(key)] = value
    if len(body) > 2 * options.max_chars:
        raise ReadError(
            file.name,
            f"has {len(body):,} characters; at most {options.max_chars:,} are read",
            field="text",
        )
    heading, text = to_plain_text(body)
    if heading is not None and "title" not in fields:
        fields["title"] = heading
    elif heading is not None and " ".join(str(fields["title"]).split()) != heading:
        text = f"{heading}\n\n{text}"
    if not text.strip():
        raise ReadError(file.name, "has no text below its front matter", field="text")
    stated = Stated(text=text, meta=meta, **fields)
    article, warnings = build_article(
        stated, file=file, format=FileFormat.MARKDOWN, options=options
    )
    return ReadResult(FileFormat.MARKDOWN, (article,), tuple(warnings))


def to_plain_text(body: str) -> tuple[str | None, str]:
    """Turn Markdown (CommonMark) into plain text with a blank line between paragraphs.

    Lines of one paragraph are joined by a space; headings and list items become paragraphs;
    emphasis and links keep their words; images, raw HTML and rules are dropped. Quotation marks
    stay as they were typed.

    Returns:
        The words of a level-1 heading that opens the body, or None, and the rest.
    """
    heading = None
    paragraphs: list[str] = []
    opened_by = ""
    for token in _load_parser().parse(body):
        if token.type == "inline":
            words = _to_words(token.children or [])
            if opened_by == "h1" and heading is None and not paragraphs:
                heading = words
            elif words:
                paragraphs.append(words)
        elif token.type in ("fence", "code_block"):
            paragraphs.append(token.content.strip("\n"))
        opened_by = token.tag if token.type == "heading_open" else ""
    return heading, "\n\n".join(paragraphs)


@cache
def _load_parser() -> "MarkdownIt":
    # Imported here, because no other format needs it. One takes 0.4 ms to make, a text 0.8 to read.
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"maxNesting": _NESTING})


def _to_words(tokens: "list[Token]") -> str:
    pieces = []
    for token in tokens:
        if token.type in ("text", "code_inline"):
            pieces.append(token.content)
        elif token.type == "softbreak":
            pieces.append(" ")
        elif token.type == "hardbreak":
            pieces.append("\n")
    return "".join(pieces).strip()


def _split_front_matter(source: str, *, file: SeedFile) -> tuple[dict[object, object], str]:
    """Return the front matter and what follows it; YAML is loaded safely and without aliases."""
    if not _OPENS_FRONT_MATTER.match(source):
        return {}, source
    # Imported here, because no other format needs it.
    import yaml
    from frontmatter.default_handlers import YAMLHandler

    handler = YAMLHandler()
    try:
        written, body = handler.split(source.lstrip())
    except ValueError:
        raise ReadError(
            file.name, "the front matter that line 1 opens is never closed by ---"
        ) from None
    depth = 0
    try:
        for event in yaml.parse(written, Loader=yaml.CSafeLoader):
            # Aliases let a few lines stand for billions of values; nobody needs them here.
            if isinstance(event, yaml.AliasEvent):
                raise ReadError(
                    file.name, "YAML aliases (*name) are not read", field="front matter"
                )
            if isinstance(event, yaml.CollectionStartEvent):
                depth += 1
            elif isinstance(event, yaml.CollectionEndEvent):
                depth -= 1
            if depth > _FRONT_MATTER_DEPTH:
                raise ReadError(file.name, "is nested too deeply", field="front matter")
        loaded = handler.load(written)
    except (yaml.YAMLError, ValueError, TypeError) as error:
        reason = " ".join(str(error).split())
        raise ReadError(file.name, f"is not valid YAML: {reason}", field="front matter") from error
    if loaded is None:
        return {}, body
    if not isinstance(loaded, dict):
        raise ReadError(file.name, "is not a list of keys and values", field="front matter")
    return loaded, body
