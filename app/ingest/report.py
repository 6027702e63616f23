"""What a run did, and how far it is while it goes on."""

import logging
import sys
import time
from dataclasses import dataclass
from typing import Any, Protocol

_LOG = logging.getLogger(__name__)
_LOG_EVERY_S = 5.0


@dataclass(frozen=True, slots=True)
class Report:
    """The result of one run of ingest.

    Attributes:
        files_total: Files found; each is new, changed or unchanged, or one of these and failed.
        files_new: Files that the database did not know.
        files_changed: Files read again: other content, other software, or a run that was cut off.
        files_unchanged: Files that were not even opened for reading.
        files_failed: Files, read in this run or before, of which something could not be read.
        files_gone: Files of the database that are no longer there.
        articles: Articles read and stored in this run.
        words: Words of these articles.
        seconds: Wall-clock time, without waiting for another ingest.
        stopped: True when the run was told to stop; the next one does the rest.
        problems: (file, field or None, reason) of each file that failed in this run, by name.
    """

    files_total: int = 0
    files_new: int = 0
    files_changed: int = 0
    files_unchanged: int = 0
    files_failed: int = 0
    files_gone: int = 0
    articles: int = 0
    words: int = 0
    seconds: float = 0.0
    stopped: bool = False
    problems: tuple[tuple[str, str | None, str], ...] = ()

    @property
    def words_per_second(self) -> float:
        """Words read in a second, everything included; 0 when nothing was read."""
        return self.words / self.seconds if self.words and self.seconds > 0 else 0.0

    def to_text(self) -> str:
        """Return the report as one line of prose."""
        line = (
            f"{_count(self.files_total, 'file')}: {self.files_new:,} new, "
            f"{self.files_changed:,} changed, {self.files_unchanged:,} unchanged, "
            f"{self.files_gone:,} gone, {self.files_failed:,} failed; "
            f"{_count(self.articles, 'article')} and {_count(self.words, 'word')} read "
            f"in {self.seconds:.1f} s"
        )
        if self.words:
            line += f" ({self.words_per_second:,.0f} words/s)"
        return f"{line}; stopped before the end" if self.stopped else line


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


class Progress(Protocol):
    """Who wants to know how far a run is."""

    def start(self, *, files: int, done: int) -> None:
        """Begin: `files` are found, of which `done` need nothing."""

    def show(self, *, done: int, articles: int, words: int) -> None:
        """Tell how many files are done, and how many articles and words were read."""

    def stop(self) -> None:
        """End, however the run ended."""


class NoProgress:
    """Nobody wants to know."""

    def start(self, *, files: int, done: int) -> None:
        """Do nothing."""

    def show(self, *, done: int, articles: int, words: int) -> None:
        """Do nothing."""

    def stop(self) -> None:
        """Do nothing."""


class ProgressLog:
    """A log line at the start and then every few seconds."""

    def __init__(self, *, every_s: float = _LOG_EVERY_S) -> None:
        """Log at most one line in `every_s` seconds."""
        self._every_s = every_s
        self._files = 0
        self._last = self._started = 0.0

    def start(self, *, files: int, done: int) -> None:
        """Log how much there is to do."""
        self._files = files
        self._started = self._last = time.monotonic()
        if done < files:
            _LOG.info("%d of %d files are new or changed", files - done, files)

    def show(self, *, done: int, articles: int, words: int) -> None:
        """Log how far it is, if the last line is long enough ago."""
        if time.monotonic() - self._last < self._every_s:
            return
        self._last = time.monotonic()
        _LOG.info(
            "%d of %d files done; %d articles, %d words read, %.0f words/s",
            done,
            self._files,
            articles,
            words,
            words / max(self._last - self._started, 1e-9),
        )

    def stop(self) -> None:
        """Do nothing: the report says how it ended."""


class ProgressBar:
    """A bar on the terminal (standard error, so that output can be piped)."""

    def __init__(self) -> None:
        """Load what draws the bar."""
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
        from rich.progress import Progress as RichProgress

        self._bar = RichProgress(
            TextColumn("Reading"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("files, {task.fields[words]:,} words, {task.fields[speed]:,.0f} words/s"),
            TimeRemainingColumn(),
            console=Console(stderr=True),
            transient=True,
        )
        self._task: Any = None
        self._started = 0.0

    def start(self, *, files: int, done: int) -> None:
        """Show the bar, unless there is nothing to do."""
        if done < files:
            self._task = self._bar.add_task("", total=files, completed=done, words=0, speed=0.0)
            self._started = time.monotonic()
            self._bar.start()

    def show(self, *, done: int, articles: int, words: int) -> None:  # noqa: ARG002
        """Move the bar."""
        if self._task is not None:
            speed = words / max(time.monotonic() - self._started, 1e-9)
            self._bar.update(self._task, completed=done, words=words, speed=speed)

    def stop(self) -> None:
        """Take the bar away."""
        self._bar.stop()


def make_progress() -> Progress:
    """Return a bar where a person looks on (standard error is a terminal), else a log."""
    return ProgressBar() if sys.stderr.isatty() else ProgressLog()
