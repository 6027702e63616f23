"""JSON Lines: an article a line.

Keys, all optional but ``text``: ``id text title authors outlet published_at language url meta``,
as `RawArticle` has them (``authors`` a list or a byline, ``meta`` an object); further keys are
kept as metadata. A line that has ``bodies`` in place of ``text`` is read as ninjs.
"""

from app.parsing.errors import ReadError
from app.parsing.readers.article import ReadOptions, ReadResult, Stated, build_article
from app.parsing.readers.decoding import decode
from app.parsing.readers.files import SeedFile
from app.parsing.readers.json_text import JsonError, load_json
from app.parsing.readers.ninjs import from_ninjs
from app.parsing.types import RawArticle
from app.vocabulary import FileFormat

_KEYS = frozenset({"id", "text", "title", "authors", "outlet", "published_at", "language", "url"})


def read_jsonl(data: bytes, *, file: SeedFile, options: ReadOptions) -> ReadResult:
    """Read every line that can be read; a bad one gives a warning with its number (from 1).

    Raises:
        ReadError: The file is not UTF-8 text, or no line of it can be read.
    """
    # Lines end at newlines only: U+2028 and its like may stand inside of a JSON string.
    lines = decode(data, name=file.name).removeprefix("\ufeff").split("\n")
    articles: list[RawArticle] = []
    warnings: list[str] = []
    errors: list[ReadError] = []
    line_of: dict[str, int] = {}
    position = 0
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        here = SeedFile(file.place, file.root, f"{file.name}, line {number:,}")
        try:
            article, found = _read_line(line, file=here, options=options, position=position)
            if article.key in line_of:
                raise ReadError(
                    here.name,
                    f"{article.key!r} was given on line {line_of[article.key]:,}",
                    field="id",
                )
        except ReadError as error:
            errors.append(error)
            warnings.append(f"{error}; this line is left out")
        else:
            line_of[article.key] = number
            articles.append(article)
            warnings.extend(found)
        position += 1
    if errors and not articles:
        first = errors[0]
        reason = f"no line can be read; the first: {str(first).removeprefix(file.name + ', ')}"
        raise ReadError(file.name, reason, field=first.field) from first
    if not articles:
        raise ReadError(file.name, "is only white space")
    return ReadResult(FileFormat.JSONL, tuple(articles), tuple(warnings))


def _read_line(
    line: str, *, file: SeedFile, options: ReadOptions, position: int
) -> tuple[RawArticle, list[str]]:
    try:
        item = load_json(line)
    except JsonError as error:
        raise ReadError(file.name, str(error)) from error
    if not isinstance(item, dict):
        raise ReadError(file.name, "is not a JSON object")
    warnings: list[str] = []
    if "text" not in item and "bodies" in item:
        stated, warnings = from_ninjs(item, file=file)
    else:
        own = item.get("meta")
        if own is not None and not isinstance(own, dict):
            raise ReadError(file.name, "is not a JSON object", field="meta")
        meta = {key: value for key, value in item.items() if key not in _KEYS and key != "meta"}
        fields = {"text": None} | {key: item[key] for key in item if key in _KEYS}
        stated = Stated(**fields, meta=meta | (own or {}))
    article, found = build_article(
        stated, file=file, format=FileFormat.JSONL, options=options, position=position
    )
    return article, warnings + found
