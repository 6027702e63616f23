import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from house import House

from app.ingest import process as process_module
from app.ingest.process import IngestProcess, is_orphan, start_ingest, to_environment
from app.settings import Settings


def start_python(code: str) -> IngestProcess:
    return IngestProcess(
        subprocess.Popen(
            [sys.executable, "-c", code],
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
    )


@pytest.fixture
def stubborn() -> Iterator[IngestProcess]:
    running = start_python(
        "import signal, sys, time\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "print('ready', file=sys.stderr, flush=True)\n"
        "time.sleep(60)\n"
    )
    while not running.last_lines:
        time.sleep(0.01)
    yield running
    running.stop(0.0)


def test_settings_reach_the_process_as_they_are(tmp_path: Path) -> None:
    settings = Settings(
        database_url=f"sqlite:///{tmp_path}/x y.db",
        seeds=(Path("a folder"), Path("other")),
        port=8123,
        ingest_at_start=False,
        log_level="debug",
    )
    environment = to_environment(settings, base={"PATH": "/bin"})
    assert environment["PATH"] == "/bin"
    code = "from app.settings import Settings; print(repr(Settings()))"
    shown = subprocess.run(
        [sys.executable, "-c", code],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert shown.stdout.strip() == repr(settings)


def test_an_ingest_that_fails_leaves_its_last_lines_in_the_servers_log(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    missing = house.settings.model_copy(update={"seeds": (house.folder / "nowhere",)})
    with caplog.at_level(logging.INFO):
        running = start_ingest(missing)
        assert running.wait(timeout=60) == 1
    errors = [record.getMessage() for record in caplog.records if record.levelname == "ERROR"]
    assert errors[0] == "ingest failed"
    assert "ended with code 1" in errors[-1]
    assert "there is no file or folder" in errors[-1]
    assert house.value("SELECT count(*) FROM articles") == 0


def test_stop_asks_first_and_then_kills(stubborn: IngestProcess) -> None:
    assert stubborn.poll() is None
    assert stubborn.stop(0.2) == -signal.SIGKILL
    assert stubborn.poll() == -signal.SIGKILL


def test_a_process_that_listens_is_not_killed_and_not_reported(
    caplog: pytest.LogCaptureFixture,
) -> None:
    running = start_python(
        "import sys, time\nprint('ready', file=sys.stderr, flush=True)\ntime.sleep(60)\n"
    )
    while not running.last_lines:
        time.sleep(0.01)
    assert running.stop(30) == -signal.SIGTERM
    assert "ended with code" not in caplog.text


def test_stopping_what_has_ended_does_nothing() -> None:
    running = start_python("pass")
    assert running.wait(timeout=60) == 0
    assert running.stop() == 0


def test_a_crash_is_told_apart_from_an_end(caplog: pytest.LogCaptureFixture) -> None:
    running = start_python("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)")
    assert running.wait(timeout=60) == -signal.SIGSEGV
    assert "ended with code -11" in caplog.text


def test_a_process_knows_that_its_server_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ONRECORD_PARENT_PID", raising=False)
    assert not is_orphan()
    monkeypatch.setenv("ONRECORD_PARENT_PID", str(os.getppid()))
    assert not is_orphan()
    monkeypatch.setenv("ONRECORD_PARENT_PID", "1" if os.getppid() != 1 else "2")
    assert is_orphan()


def test_lines_are_logged_with_their_own_level(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        running = start_python(
            "import sys; print('WARNING a.txt: is empty\\nplain', file=sys.stderr)"
        )
        running.wait(timeout=60)
    logged = [(record.levelname, record.getMessage()) for record in caplog.records]
    assert logged == [("WARNING", "a.txt: is empty"), ("INFO", "plain")]


def test_only_the_last_lines_are_kept() -> None:
    running = start_python("import sys\nfor n in range(100): print(n, file=sys.stderr)")
    running.wait(timeout=60)
    assert running.last_lines == tuple(str(n) for n in range(80, 100))
    assert process_module._LAST_LINES == 20
