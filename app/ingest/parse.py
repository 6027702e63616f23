"""Parsing a portion of articles so that one that breaks the parser costs only itself."""

import logging
from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

from app.parsing.types import ParsedArticle, RawArticle

_LOG = logging.getLogger(__name__)


class Parser(Protocol):
    """What parses articles: `app.parsing.pipeline.Parser`, or a test's own."""

    def parse(self, raw: RawArticle, /) -> ParsedArticle:
        """Parse one article."""

    def pipe(self, raws: Iterable[RawArticle], /) -> Iterator[ParsedArticle]:
        """Parse articles in their order, in batches."""


def parse_each(
    parser: Parser, raws: Sequence[RawArticle], *, labels: Sequence[str]
) -> Iterator[ParsedArticle | Exception]:
    """Parse articles together; after a failure, what is left of them one by one.

    Args:
        parser: What parses.
        raws: The articles.
        labels: What the log calls each of them.

    Yields:
        For each article, in order, what was found in it, or the exception that it raised.
    """
    piped: Iterator[ParsedArticle] | None = iter(parser.pipe(raws))
    for raw, label in zip(raws, labels, strict=True):
        if piped is not None:
            try:
                parsed = next(piped)
            except Exception:
                # A generator that raised is over; this article is tried again by itself.
                piped = None
            else:
                yield parsed
                continue
        try:
            parsed = parser.parse(raw)
        except Exception as error:
            _LOG.exception("%s: parsing it failed", label)
            yield error
        else:
            yield parsed


def describe_error(error: Exception) -> str:
    """Return an unexpected error's type and the first line of its message."""
    lines = str(error).strip().splitlines()
    return f"{type(error).__name__}: {lines[0]}" if lines else type(error).__name__
