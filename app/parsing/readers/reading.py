"""The way in: a file to the reader that its suffix names."""

from app.parsing.errors import ReadError
from app.parsing.readers.article import ReadOptions, ReadResult
from app.parsing.readers.files import SeedFile, read_bytes
from app.parsing.readers.html import read_html
from app.parsing.readers.jsonl import read_jsonl
from app.parsing.readers.markdown import read_markdown
from app.parsing.readers.ninjs import read_ninjs
from app.parsing.readers.text import read_text

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
    reader = _READERS.get(file.path.suffix.lower())
    if reader is None:
        kind = f"the suffix {file.path.suffix!r}" if file.path.suffix else "no suffix"
        raise ReadError(file.name, f"has {kind}; read are {' '.join(_READERS)}")
    return reader(read_bytes(file, max_bytes=options.max_bytes), file=file, options=options)
