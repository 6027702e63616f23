"""From what a file states to one `RawArticle`, the same way for every format."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from app.parsing.errors import ReadError
from app.parsing.normalize import find_paragraphs, normalize_text
from app.parsing.readers.dates import DateError, parse_date
from app.parsing.readers.files import SeedFile
from app.parsing.readers.languages import clean_language, detect_language
from app.parsing.types import RawArticle
from app.vocabulary import FileFormat

# About what a list of articles can show in one line.
TITLE_LENGTH = 80
# Enough of a text to see whether it is hard-wrapped, in characters.
_OPENING = 2_000

_BY = re.compile(r"\s*by\b:?\s+", re.I)
_BETWEEN_NAMES = re.compile(r"\s*(?:;|&|,?\s+and\s|,)\s*")
# An even number of backslashes before it: a written-out backslash and "u0000" are harmless.
_ESCAPED_NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")
_NAME_SUFFIX = re.compile(r"(?:jr|sr|ii|iii|iv|md|phd)\.?", re.I)


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How much is read: bytes of a file, and characters (code points) of an article's text."""

    max_bytes: int = 20_000_000
    max_chars: int = 1_000_000


@dataclass(frozen=True, slots=True)
class ReadResult:
    """What a file holds: its articles in file order, and what was wrong with parts of it."""

    format: FileFormat
    articles: tuple[RawArticle, ...]
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Stated:
    """What a file states about one article, as written; None is what it does not say.

    The values come from strangers' files and can be of any type.
    """

    text: object
    id: object = None
    title: object = None
    authors: object = None
    outlet: object = None
    published_at: object = None
    language: object = None
    url: object = None
    meta: Mapping[str, object] = field(default_factory=dict)


def build_article(
    stated: Stated,
    *,
    file: SeedFile,
    format: FileFormat,
    options: ReadOptions,
    position: int = 0,
) -> tuple[RawArticle, list[str]]:
    """Check and clean what a file states about one article.

    Args:
        stated: The values as found.
        file: Where they were found, for messages.
        format: The file's format.
        options: The limits.
        position: The article's place in its file, from 0; its key when it states no id or URL.

    Returns:
        The article, and a warning for each value that could not be used.

    Raises:
        ReadError: The text is missing, empty, too long, or a value holds characters that no
            database and no JSON can carry (unpaired surrogates, NUL).
    """
    warnings: list[str] = []

    def warn(name: str, value: object, why: str) -> None:
        warnings.append(f"{file.name} (field {name}): {_shorten(value)} {why}; left out")

    def one_line(name: str, value: object) -> str | None:
        if isinstance(value, int) and not isinstance(value, bool):
            value = str(value)
        if value is None or isinstance(value, str):
            words = " ".join((value or "").split())
            _check_characters(words, file=file, field=name)
            return words or None
        warn(name, value, "is not a text")
        return None

    text = _clean_text(stated.text, file=file, options=options)
    title = one_line("title", stated.title)
    outlet = one_line("outlet", stated.outlet)
    url = one_line("url", stated.url)
    key = one_line("id", stated.id) or url or str(position)
    authors = _clean_authors(stated.authors, outlet=outlet)
    if authors is None:
        warn("authors", stated.authors, "is not a name or a list of names")
        authors = ()
    _check_characters(" ".join(authors), file=file, field="authors")
    language = None
    if tag := one_line("language", stated.language):
        language = clean_language(tag)
        if language is None:
            warn("language", tag, "is not a language tag")
    published_at = None
    if stated.published_at not in (None, ""):
        try:
            published_at = parse_date(stated.published_at, language=language)
        except DateError as error:
            warn("published_at", stated.published_at, str(error))
    article = RawArticle(
        key=key,
        text=text,
        format=format,
        title=title or derive_title(text),
        title_derived=title is None,
        authors=authors,
        outlet=outlet,
        published_at=published_at,
        language=language or detect_language(text),
        url=url,
        meta=_clean_meta(stated.meta, file=file),
    )
    return article, warnings


def derive_title(text: str) -> str:
    """Return the text's own first words, at most 80 characters, with "…" where they were cut."""
    opening = text.lstrip()[:_OPENING]
    paragraphs = find_paragraphs(opening)
    words = " ".join(paragraphs[0].of(opening).split()) if paragraphs else ""
    if len(words) <= TITLE_LENGTH:
        return words
    head = words[: TITLE_LENGTH - 1]
    if words[TITLE_LENGTH - 1] != " " and " " in head:
        head = head[: head.rindex(" ")]
    return head.rstrip(" ,;:–—-") + "…"


def _without_by(name: str) -> str:
    name = " ".join(name.split())
    by = _BY.match(name)  # at the start only: "Barnaby Quince" holds "by " too
    return name[by.end() :] if by else name


def split_names(byline: str) -> tuple[str, ...]:
    """Split a byline ("By Ann Lee, Bo Kerr and Cy Orr Jr.") into names, in order, without "By"."""
    names: list[str] = []
    for part in _BETWEEN_NAMES.split(_without_by(byline)):
        if names and _NAME_SUFFIX.fullmatch(part):
            names[-1] = f"{names[-1]} {part}"
        elif part:
            names.append(part)
    return tuple(dict.fromkeys(names))


def _clean_text(text: object, *, file: SeedFile, options: ReadOptions) -> str:
    if text is None:
        raise ReadError(file.name, "is missing", field="text")
    if not isinstance(text, str):
        raise ReadError(file.name, f"{_shorten(text)} is not a text", field="text")
    text = normalize_text(text)
    if not text:
        raise ReadError(file.name, "is empty", field="text")
    if not text.strip():
        raise ReadError(file.name, "is only white space", field="text")
    if len(text) > options.max_chars:
        raise ReadError(
            file.name,
            f"has {len(text):,} characters; at most {options.max_chars:,} are read",
            field="text",
        )
    _check_characters(text, file=file, field="text")
    return text


def _check_characters(text: str, *, file: SeedFile, field: str) -> None:
    """Refuse what JSON escapes can smuggle in and UTF-8 or a database cannot carry."""
    if "\0" in text:
        raise ReadError(file.name, "has a NUL character", field=field)
    try:
        text.encode()
    except UnicodeEncodeError as error:
        code = ord(text[error.start])
        raise ReadError(
            file.name,
            f"has an unpaired surrogate (\\u{code:04x}) at character {error.start:,}, "
            "half of a character",
            field=field,
        ) from error


def _clean_authors(value: object, *, outlet: str | None) -> tuple[str, ...] | None:
    """Return the writers' names; None when the value is something else."""
    if value is None:
        return ()
    if isinstance(value, str):
        names = split_names(value)
    elif isinstance(value, list | tuple) and all(isinstance(name, str) for name in value):
        # A list has been split by whoever wrote it: "Lee, Ann" stays one name.
        cleaned = (_without_by(name) for name in value)
        names = tuple(dict.fromkeys(name for name in cleaned if name))
    else:
        return None
    return tuple(name for name in names if name.casefold() != (outlet or "").casefold())


def _clean_meta(meta: Mapping[str, object], *, file: SeedFile) -> dict[str, object]:
    """Return the metadata as JSON has it: string keys, dates written out."""

    def write_out(value: object) -> str:
        if isinstance(value, date):  # a datetime is one too
            return value.isoformat()
        raise TypeError(f"{type(value).__name__} is nothing that JSON has")

    if not meta:
        return {}
    try:
        written = json.dumps(dict(meta), ensure_ascii=False, allow_nan=False, default=write_out)
    except (TypeError, ValueError, RecursionError) as error:
        raise ReadError(file.name, f"cannot be kept as JSON: {error}", field="meta") from error
    _check_characters(written, file=file, field="meta")
    if _ESCAPED_NUL.search(written):
        raise ReadError(file.name, "has a NUL character", field="meta")
    result: dict[str, object] = json.loads(written)
    return result


def _shorten(value: object) -> str:
    words = repr(value)
    return words if len(words) <= 60 else words[:57] + "..."
