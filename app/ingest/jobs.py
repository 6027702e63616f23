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
from app.ingest.rows import to_article_key, to_source_key
from app.ingest.staged import Rows, Staged, make_rows
from app.ingest.stories import Sketch, to_sketch
from app.parsing.errors import ReadError
from app.parsing.readers import (
    Page,
    Pages,
    ReadOptions,
    ReadResult,
    SeedFile,
    read_page,
    read_parts,
)
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
class NoArticle:
    """A page of a WARC file that is no article, as many are, and why."""

    reason: str


@dataclass(frozen=True, slots=True)
class Prepared:
    """An article with everything about it that can be worked out without the database.

    Attributes:
        parsed: What was found in it.
        packed: The same as the database keeps it, from `app.ingest.kept.pack`.
        sketch: What its words are like, from `app.ingest.stories.to_sketch`.
        locals: What it says of each of its entities, from `app.ingest.resolve.list_locals`.
        warnings: What was wrong with a page that it was read from.
        rows: All of its rows, where a worker is to write them.
    """

    parsed: ParsedArticle
    packed: bytes
    sketch: Sketch | None
    locals: tuple[Local, ...]
    warnings: tuple[str, ...] = ()
    rows: Rows | None = None


Outcome = Prepared | Staged | NoArticle | Failure


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

    def run(self, load: Callable[[], Parser]) -> ReadResult | Pages | Failure:  # noqa: ARG002
        """Return the file's articles, or the pages that they may be on."""
        try:
            return read_parts(self.file, options=self.options)
        except ReadError as error:
            return Failure(error.reason, error.field)
        except MemoryError:
            raise
        except Exception as error:
            return Failure(describe_error(error), details=traceback.format_exc())


@dataclass(frozen=True, slots=True)
class ParseJob:
    """Parse an article, and work out what else of it is to be stored.

    Attributes:
        with_rows: Make its rows too, as far as they can be known here.
    """

    item: RawArticle | Page
    file: SeedFile
    options: ReadOptions
    with_rows: bool = False

    needs_parser = True

    @property
    def label(self) -> str:
        """What the log calls it."""
        return f"{self.file.name}, article {self.item.key}"

    def run(self, load: Callable[[], Parser]) -> Outcome:
        """Return what was found in it.

        Args:
            load: Returns the parser, which is loaded once for all jobs.
        """
        parser = load()
        raw = self.item
        warnings: tuple[str, ...] = ()
        try:
            if isinstance(raw, Page):
                result = read_page(raw, file=self.file, options=self.options)
                raw, warnings = result.articles[0], result.warnings
            parsed = parser.parse(raw)
            key = to_article_key(raw, source_name=self.file.name)
            locals_ = list_locals(parsed, article_key=key)
            sketch = to_sketch(raw.text)
            rows = None
            if self.with_rows:
                rows = make_rows(
                    parsed,
                    article_key=key,
                    source_key=to_source_key(self.file.name),
                    locals_=locals_,
                    sketch=sketch,
                )
            return Prepared(
                parsed,
                packed=pack(parsed),
                sketch=sketch,
                locals=locals_,
                warnings=warnings,
                rows=rows,
            )
        except ReadError as error:
            return NoArticle(error.reason)
        except MemoryError:
            raise
        except Exception as error:
            return Failure(describe_error(error), details=traceback.format_exc())


Job = ReadJob | ParseJob
