"""The work on files and articles that needs no database: what a worker process is given to do.

A job is sent to the worker and its result is sent back, so both are plain data. Nothing that is
wrong with a file or an article raises: it comes back as a `Failure`, with the reason.
"""

import traceback
from collections.abc import Callable
from dataclasses import dataclass

from app.ingest.kept import pack
from app.ingest.parse import Parser, describe_error
from app.ingest.resolve.evidence import list_locals
from app.ingest.resolve.local import Local
from app.ingest.rows import to_article_key
from app.parsing.errors import ReadError
from app.parsing.readers import ReadOptions, ReadResult, SeedFile, read_file
from app.parsing.types import ParsedArticle, RawArticle


@dataclass(frozen=True, slots=True)
class Failure:
    """Why there is nothing to store.

    Attributes:
        reason: In words for the user.
        field: Which field of the file is at fault, when one is.
        details: The traceback of what nobody expected, for the log; else empty.
    """

    reason: str
    field: str | None = None
    details: str = ""


@dataclass(frozen=True, slots=True)
class Prepared:
    """An article with everything about it that can be worked out without the database.

    Attributes:
        parsed: What was found in it.
        packed: The same as the database keeps it, from `app.ingest.kept.pack`.
        locals: What it says of each of its entities, from `app.ingest.resolve.list_locals`.
    """

    parsed: ParsedArticle
    packed: bytes
    locals: tuple[Local, ...]


@dataclass(frozen=True, slots=True)
class ReadJob:
    """Read a file."""

    file: SeedFile
    options: ReadOptions

    needs_parser = False

    @property
    def label(self) -> str:
        """What the log calls it."""
        return self.file.name

    def run(self, load: Callable[[], Parser]) -> ReadResult | Failure:  # noqa: ARG002
        """Return the file's articles."""
        try:
            return read_file(self.file, options=self.options)
        except ReadError as error:
            return Failure(error.reason, error.field)
        except MemoryError:
            raise
        except Exception as error:
            return Failure(describe_error(error), details=traceback.format_exc())


@dataclass(frozen=True, slots=True)
class ParseJob:
    """Parse an article, and work out what else of it is to be stored."""

    raw: RawArticle
    source_name: str

    needs_parser = True

    @property
    def label(self) -> str:
        """What the log calls it."""
        return f"{self.source_name}, article {self.raw.key}"

    def run(self, load: Callable[[], Parser]) -> Prepared | Failure:
        """Return what was found in it.

        Args:
            load: Returns the parser, which is loaded once for all jobs.
        """
        parser = load()
        try:
            parsed = parser.parse(self.raw)
            key = to_article_key(self.raw, source_name=self.source_name)
            return Prepared(parsed, pack(parsed), list_locals(parsed, article_key=key))
        except MemoryError:
            raise
        except Exception as error:
            return Failure(describe_error(error), details=traceback.format_exc())


Job = ReadJob | ParseJob
