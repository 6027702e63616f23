"""Ingest as a process of its own, for the server to start and to stop.

The server stays responsive while it runs, the parser's memory goes with it, and a crash in it does
not take the server down. With several server workers each starts one: the lock lets one of them
work, and the others then find nothing left to do.
"""

import collections
import json
import logging
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping

from app.settings import Settings

_LOG = logging.getLogger(__name__)
_LAST_LINES = 20


class IngestProcess:
    """A running ingest. Its log lines become the server's."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        """Watch a process whose standard error is a pipe."""
        self._process = process
        self._is_stopping = False
        self._last: collections.deque[str] = collections.deque(maxlen=_LAST_LINES)
        self._watcher = threading.Thread(target=self._watch, name="ingest-watcher", daemon=True)
        self._watcher.start()

    @property
    def pid(self) -> int:
        """The process's number."""
        return self._process.pid

    @property
    def last_lines(self) -> tuple[str, ...]:
        """The last lines that it logged, at most 20."""
        return tuple(self._last)

    def poll(self) -> int | None:
        """Return its exit code, or None while it runs; 0 is good, negative is a signal."""
        return self._process.poll()

    def wait(self, *, timeout: float | None = None) -> int:
        """Wait for its end and return the exit code.

        Raises:
            subprocess.TimeoutExpired: It did not end within `timeout` seconds.
        """
        code = self._process.wait(timeout)
        self._watcher.join(timeout)
        return code

    def stop(self, timeout: float = 10.0) -> int:
        """End it: ask, wait `timeout` seconds, then kill. Either way the database is consistent.

        Returns:
            Its exit code.
        """
        self._is_stopping = True
        # It leads a group of its own; whatever it may have started goes with it.
        self._signal(signal.SIGTERM)
        try:
            return self.wait(timeout=timeout)
        except subprocess.TimeoutExpired:
            _LOG.warning("ingest did not stop within %g s and is killed", timeout)
            self._signal(signal.SIGKILL)
            return self.wait()

    def _signal(self, number: signal.Signals) -> None:
        if self._process.poll() is None:
            try:
                os.killpg(self._process.pid, number)
            except ProcessLookupError:
                return

    def _watch(self) -> None:
        if self._process.stderr is not None:
            with self._process.stderr as lines:
                for line in lines:
                    self._log(line.rstrip())
        code = self._process.wait()
        if code != 0 and not self._is_stopping:
            end = "\n".join(self._last) or "(it logged nothing)"
            _LOG.error("ingest ended with code %d; its last lines:\n%s", code, end)

    def _log(self, line: str) -> None:
        """Pass a line on with the level that it begins with (`app.ingest.__main__` writes it)."""
        self._last.append(line)
        level, _, words = line.partition(" ")
        number = logging.getLevelNamesMapping().get(level)
        if number is None:
            _LOG.info("%s", line)
        else:
            _LOG.log(number, "%s", words)


def start_ingest(settings: Settings) -> IngestProcess:
    """Start an ingest with these settings, in a process group of its own.

    It is not stopped by the terminal's Ctrl-C: the server stops it. If the server dies, it ends
    by itself between two articles.

    Raises:
        OSError: The process cannot be started.
    """
    process = subprocess.Popen(  # nosec B603 (our own module)
        [sys.executable, "-m", "app.ingest"],
        env=to_environment(settings, base=os.environ) | {"ONRECORD_PARENT_PID": str(os.getpid())},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        errors="replace",
        start_new_session=True,
    )
    return IngestProcess(process)


def to_environment(settings: Settings, *, base: Mapping[str, str]) -> dict[str, str]:
    """Return `base` with every setting as the ``ONRECORD_…`` variable that it is read from."""
    given = settings.model_dump(mode="json")
    given["seeds"] = [str(path) for path in settings.seeds]
    return dict(base) | {
        f"ONRECORD_{name.upper()}": value if isinstance(value, str) else json.dumps(value)
        for name, value in given.items()
        if value is not None
    }


def is_orphan() -> bool:
    """Say whether the server that started this process is no longer there."""
    parent = os.environ.get("ONRECORD_PARENT_PID")
    return parent is not None and parent != str(os.getppid())


class StopSignal:
    """Set by SIGTERM or SIGINT, so that a run ends between two articles."""

    def __init__(self) -> None:
        """Begin to listen; only a process's main thread can."""
        self._is_set = False
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._catch)

    def __call__(self) -> bool:
        """Say whether to stop."""
        return self._is_set or is_orphan()

    def _catch(self, number: int, frame: object) -> None:  # noqa: ARG002
        if self._is_set:
            # Asked twice: at once. The transaction under way is rolled back.
            raise KeyboardInterrupt
        self._is_set = True
        _LOG.info("told to stop; the article under way is finished first")
