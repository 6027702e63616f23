"""Ingests in processes of their own, to be killed.

Forked, not started anew: a start costs a second of imports, in which a kill finds nothing to hit.
What is killed is a real process in the middle of real system calls all the same.
"""

import os
import resource
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from app.ingest import job
from app.settings import Settings
from tests.faults.ground import fake_source
from tests.ingest.house import House

_LOGS = tempfile.TemporaryDirectory(prefix="onrecord-fault-logs-")


@dataclass(frozen=True, slots=True)
class Ended:
    """How a process ended: its exit code (negative: a signal) and what it said."""

    code: int
    words: str


@dataclass(frozen=True, slots=True)
class Running:
    """A process, and the file that it writes its last words to."""

    pid: int
    log: Path

    def kill(self) -> None:
        """Kill it with the signal that it cannot catch."""
        os.kill(self.pid, signal.SIGKILL)

    def wait(self, *, seconds: float = 120.0) -> Ended:
        """Wait for its end.

        Raises:
            TimeoutError: It hangs; it is killed.
        """
        until = time.monotonic() + seconds
        while True:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                words = self.log.read_text(errors="replace") if self.log.exists() else ""
                return Ended(os.waitstatus_to_exitcode(status), words)
            if time.monotonic() > until:
                self.kill()
                os.waitpid(self.pid, 0)
                raise TimeoutError(f"process {self.pid} hung for {seconds:g} s")
            time.sleep(0.001)


def start(work: Callable[[], object], *, log: Path) -> Running:
    """Run `work` in a process of its own: exit code 0 when it returns, 1 when it raises."""
    sys.stdout.flush()
    sys.stderr.flush()
    pid = os.fork()
    if pid:
        return Running(pid, log)
    try:
        descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
        os.dup2(descriptor, 1)
        os.dup2(descriptor, 2)
        # Whoever runs this, pytest for one, may have put others in their places.
        sys.stdout = open(1, "w", closefd=False)  # noqa: SIM115
        sys.stderr = open(2, "w", closefd=False)  # noqa: SIM115
        work()
        code = 0
    except BaseException as error:
        traceback.print_exception(error)
        code = 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(code)


def start_ingest(
    settings: Settings,
    *,
    clock: Callable[[], datetime] | None = None,
    largest_file: int | None = None,
    wait_s: float | None = None,
    workers: int = 0,
) -> Running:
    """Start an ingest with the fake parser.

    Args:
        settings: Of the database and the seeds.
        clock: In place of the real one.
        largest_file: What no file may grow beyond, in bytes (RLIMIT_FSIZE).
        wait_s: How long to wait for another ingest.
        workers: How many processes parse; with 0 the ingest itself does, which starts sooner.
    """
    settings = settings.model_copy(update={"ingest_workers": workers})

    def work() -> None:
        if clock is not None:
            job._now = clock
        if largest_file is not None:
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # the write then fails with EFBIG
            resource.setrlimit(resource.RLIMIT_FSIZE, (largest_file, largest_file))
        run_ingest_as_program(settings, wait_s=wait_s)

    # Not beside the database: the disk there may be full.
    descriptor, log = tempfile.mkstemp(prefix="ingest-", suffix=".log", dir=_LOGS.name)
    os.close(descriptor)
    return start(work, log=Path(log))


def ingest_again(house: House) -> list[str]:
    """Run the ingest that follows a fault; return what went wrong with it."""
    ended = start_ingest(house.settings).wait()
    return [f"the next start failed: {ended}"] if ended.code else []


def run_ingest_as_program(settings: Settings, *, wait_s: float | None = None) -> None:
    """Run an ingest and say what went wrong as the command line does.

    Raises:
        SystemExit: With 1, after the reason.
    """
    from app.db.trouble import explain_trouble

    try:
        report = job.run_ingest(settings, source=fake_source(), wait_s=wait_s)
    except Exception as error:
        words = explain_trouble(error, url=settings.database_url)
        if words is None:
            raise
        sys.stderr.write(f"REASON {words}\n")
        raise SystemExit(1) from None
    sys.stdout.write(report.to_text())
