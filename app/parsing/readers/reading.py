"""The way in: a file to the reader that its suffix names."""

import os

from app.parsing.errors import ReadError
from app.parsing.readers.article import ReadOptions, ReadResult
from app.parsing.readers.files import SeedFile, open_local, read_bytes
from app.parsing.readers.html import read_html
from app.parsing.readers.jsonl import read_jsonl
from app.parsing.readers.markdown import read_markdown
from app.parsing.readers.ninjs import read_ninjs
from app.parsing.readers.remote import open_remote
from app.parsing.readers.text import read_text
from app.parsing.readers.warc import SUFFIXES, Pages, is_warc, read_page, read_pages
from app.parsing.types import RawArticle

_READERS = {
    ".txt": read_text,
    ".text": read_text,
    ".md": read_markdown,
    ".markdown": read_markdown,
    ".html": read_html,
    ".htm": read_html,
    ".xhtml": read_html,
    ".json": read_ninjs,
    ".jsonl": read_jsonl,
    ".ndjson": read_jsonl,
}
_SUFFIXES = (*_READERS, *SUFFIXES)
_DEFAULTS = ReadOptions()


def read_file(file: SeedFile, *, options: ReadOptions = _DEFAULTS) -> ReadResult:
    """Read the articles of a file.

    Args:
        file: The file, as `find_files` yields it.
        options: How much is read at most.

    Returns:
        At least one article, in file order, and what was wrong with parts of the file.

    Raises:
        ReadError: No article can be had from the file; with its name and the reason.
    """
    result = read_parts(file, options=options)
    if isinstance(result, ReadResult):
        return result
    articles: list[RawArticle] = []
    warnings = list(result.warnings)
    for page in result.articles:
        try:
            read = read_page(page, file=file, options=options)
        except ReadError as error:
            warnings.append(f"{page.url} {error.reason}; left out")
        else:
            articles += read.articles
            warnings += read.warnings
    if not articles:
        raise ReadError(file.name, "has no page with an article on it")
    return ReadResult(result.format, tuple(articles), tuple(warnings))


def read_parts(file: SeedFile, *, options: ReadOptions = _DEFAULTS) -> ReadResult | Pages:
    """Read the articles of a file; of a WARC file its pages, still to be read by `read_page`.

    Raises:
        ReadError: No article can be had from the file; with its name and the reason.
    """
    if is_warc(file.path.name):
        with open_remote(file) if file.url is not None else open_local(file) as stream:
            start, end = file.span or (0, stream.seek(0, os.SEEK_END))
            return read_pages(stream, file=file, start=start, end=end, options=options)
    reader = _READERS.get(file.path.suffix.lower())
    if reader is None:
        kind = f"the suffix {file.path.suffix!r}" if file.path.suffix else "no suffix"
        raise ReadError(file.name, f"has {kind}; read are {' '.join(_SUFFIXES)}")
    return reader(read_bytes(file, max_bytes=options.max_bytes), file=file, options=options)
