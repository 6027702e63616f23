"""Files on their way: read one after the other, parsed in portions."""

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from app.ingest.ledger import to_source_key
from app.ingest.parse import describe_error
from app.ingest.scan import Work
from app.parsing.errors import ReadError
from app.parsing.readers import ReadOptions, read_file
from app.parsing.types import RawArticle
from app.vocabulary import FileFormat

_LOG = logging.getLogger(__name__)
# How much is handed to the parser at once: enough for it to work in batches, little enough to
# stay in memory and to be done again without regret.
_PORTION_ARTICLES = 32
_PORTION_CHARS = 200_000


@dataclass(slots=True)
class File:
    """A file on its way into the database.

    Attributes:
        left: How many of its articles are still to come.
        seen: Keys of the articles that came.
        stored: Keys of those that are in the database as this file's.
    """

    work: Work
    format: FileFormat | None = None
    warnings: list[str] = field(default_factory=list)
    error: str | None = None
    error_field: str | None = None
    left: int = 0
    seen: set[int] = field(default_factory=set)
    stored: set[int] = field(default_factory=set)

    @property
    def name(self) -> str:
        """The file's name, as `sources.path` holds it."""
        return self.work.file.name

    @property
    def key(self) -> int:
        """Key of the file's row."""
        return to_source_key(self.name)

    def fail(self, reason: str, *, error_field: str | None = None) -> None:
        """Note an error; the first one is kept."""
        if self.error is None:
            self.error, self.error_field = reason, error_field


Portion = list[tuple[File, RawArticle | None]]


def read_in_portions(work: Iterable[Work], *, options: ReadOptions) -> Iterator[Portion]:
    """Read files in their order, and hand out their articles in portions for the parser.

    A file from which no article can be had comes once, with None, so that it is written down.
    """
    portion: Portion = []
    chars = 0
    for one in work:
        file = File(one)
        raws: tuple[RawArticle | None, ...] = _read(file, options=options)
        file.left = len(raws)
        for raw in raws:
            portion.append((file, raw))
            chars += len(raw.text) if raw is not None else 0
            if len(portion) >= _PORTION_ARTICLES or chars >= _PORTION_CHARS:
                yield portion
                portion, chars = [], 0
    if portion:
        yield portion


def _read(file: File, *, options: ReadOptions) -> tuple[RawArticle | None, ...]:
    """Return the file's articles; a single None when there is none."""
    try:
        result = read_file(file.work.file, options=options)
    except ReadError as error:
        file.fail(error.reason, error_field=error.field)
        return (None,)
    except Exception as error:
        _LOG.exception("%s: reading it failed", file.name)
        file.fail(describe_error(error))
        return (None,)
    file.format = result.format
    file.warnings = list(result.warnings)
    return tuple(result.articles) or (None,)
