import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app import __version__
from app.cli import app
from app.ingest.lock import lock_database

pytestmark = pytest.mark.slow

ARTICLE = (
    "The mayor of Riga, Anna Kalnina, spoke on Monday.\n\n"
    "“The bridge will open in May,” said Kalnina. She denied that it had cost 90 million euros.\n"
)
HEAVY = ("spacy", "trafilatura", "dateparser", "onnxruntime", "py3langid", "alembic", "fastapi")


@pytest.fixture(autouse=True)
def settings_of_the_test(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("ONRECORD_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("ONRECORD_DATABASE_URL", f"sqlite:///{tmp_path}/data/test.db")
    monkeypatch.setenv("ONRECORD_SEEDS", str(tmp_path / "seeds"))
    (tmp_path / "seeds").mkdir()


def onrecord(*arguments: str) -> tuple[int, str, str]:
    """Run the program in a process of its own; return exit code, output, error output."""
    code = "from app.cli import app; app()"
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, timeout=120
    )
    return done.returncode, done.stdout, done.stderr


def list_loaded(*arguments: str, modules: tuple[str, ...] = HEAVY) -> list[str]:
    """Run the program and return which of the modules it had loaded at its end."""
    code = (
        "import sys\n"
        "from app.cli import app\n"
        "try:\n    app()\n"
        "finally:\n"
        f"    print('LOADED', *[name for name in {modules!r} if name in sys.modules])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()[-1].split()[1:]


def plain(words: str) -> str:
    """Return a help text without its frame and line breaks."""
    return " ".join(re.sub(r"[│╭╮╰╯─]", " ", words).split())


@pytest.mark.parametrize("arguments", [["--help"], ["--version"]])
def test_help_and_version_load_nothing_that_takes_time(arguments: list[str]) -> None:
    slow = (*HEAVY, "sqlalchemy", "sqlmodel", "pydantic", "uvicorn", "numpy")
    assert list_loaded(*arguments, modules=slow) == []


def test_the_help_tells_every_command() -> None:
    shown = CliRunner().invoke(app, ["--help"])
    assert shown.exit_code == 0
    for command in ("serve", "ingest", "parse", "openapi"):
        assert re.search(rf"{command} +[A-Z]", shown.output)
    for command in ("serve", "ingest", "parse", "openapi"):
        assert CliRunner().invoke(app, [command, "--help"]).exit_code == 0


def test_the_version_is_the_packages() -> None:
    assert CliRunner().invoke(app, ["--version"]).output == f"onrecord {__version__}\n"


def test_a_wrong_setting_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONRECORD_PORT", "many")
    shown = CliRunner().invoke(app, ["ingest"])
    assert shown.exit_code == 2
    assert shown.stderr.startswith("onrecord: ONRECORD_PORT: Input should be a valid integer")


def test_ingest_names_what_cannot_be_read_and_fails_when_that_is_all(tmp_path: Path) -> None:
    (tmp_path / "seeds" / "empty.txt").write_text("")
    code, out, err = onrecord("ingest")
    assert code == 1
    assert err == "seeds/empty.txt: is empty\n" or "seeds/empty.txt: is empty\n" in err
    assert out.startswith("1 file: 1 new, 0 changed, 0 unchanged, 0 gone, 1 failed;")


def test_ingest_without_the_seed_folder_says_so(tmp_path: Path) -> None:
    (tmp_path / "seeds").rmdir()
    code, _, err = onrecord("ingest")
    assert code == 1
    assert f"onrecord: there is no file or folder '{tmp_path}/seeds' to read articles from" in err
    assert "Traceback" not in err


def test_ingest_that_may_not_wait_says_who_is_at_work() -> None:
    with lock_database(os.environ["ONRECORD_DATABASE_URL"]):
        code, _, err = onrecord("ingest", "--no-wait")
    assert code == 1
    assert "another ingest is at work on this database: process" in err
    assert str(os.getpid()) in err


def test_ingest_of_an_unsupported_database_says_so() -> None:
    code, _, err = onrecord("ingest", "--database-url", "sqlite://")
    assert code == 1
    assert "names no file" in err
    assert "Traceback" not in err


@pytest.mark.model
def test_ingest_reads_what_is_new_and_with_nothing_new_loads_no_model(tmp_path: Path) -> None:
    (tmp_path / "seeds" / "bridge.txt").write_text(ARTICLE)
    (tmp_path / "seeds" / "empty.txt").write_text("")
    code, out, err = onrecord("ingest", "--strict")
    assert code == 1
    assert "2 files: 2 new, 0 changed, 0 unchanged, 0 gone, 1 failed; 1 article" in out
    assert "seeds/empty.txt: is empty" in err
    assert list_loaded("ingest") == []
    assert onrecord("ingest")[1].startswith("2 files: 0 new, 0 changed, 2 unchanged")


@pytest.mark.model
def test_ingest_takes_paths_in_place_of_the_setting(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "bridge.txt").write_text(ARTICLE)
    code, out, _ = onrecord("ingest", str(tmp_path / "other"))
    assert code == 0
    assert "1 file: 1 new" in out


@pytest.mark.model
def test_parse_prints_a_document_a_line_with_offsets_that_hold(tmp_path: Path) -> None:
    seeds = tmp_path / "seeds"
    (seeds / "bridge.txt").write_text(ARTICLE)
    (seeds / "broken.json").write_text('{"body_text": ')
    (seeds / "two.jsonl").write_text(
        "\n".join(json.dumps({"id": name, "text": ARTICLE}) for name in ("x", "y"))
    )
    code, out, err = onrecord("parse", "--jsonl", str(seeds))
    assert code == 0
    documents = [json.loads(line) for line in out.splitlines()]
    assert [document["id"] for document in documents] == ["bridge", "two#x", "two#y"]
    assert err.startswith("seeds/broken.json: ")
    text = documents[0]["text"]
    assert text == ARTICLE
    (quotation,) = documents[0]["quotations"]
    assert [text[start:end] for start, end in quotation["parts"]] == [
        "The bridge will open in May,"
    ]
    assert not (tmp_path / "data").exists()


@pytest.mark.model
def test_parse_for_people_shows_who_said_what(tmp_path: Path) -> None:
    (tmp_path / "bridge.txt").write_text(ARTICLE)
    code, out, _ = onrecord("parse", str(tmp_path / "bridge.txt"))
    assert code == 0
    assert re.search(r"Anna Kalnina \(Kalnina\) +said +“The bridge will open in May,”", out)
    assert "Whom it names" in out


@pytest.mark.model
def test_parse_writes_a_page_that_stands_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "bridge.txt").write_text(ARTICLE)
    monkeypatch.chdir(tmp_path)
    code, out, _ = onrecord("parse", "--html", "bridge.txt")
    assert (code, out) == (0, "bridge.onrecord.html\n")
    page = (tmp_path / "bridge.onrecord.html").read_text()
    marked = re.search(r'id="(qt_\w+)"[^>]* data-r="[^"]*">([^<]*)<', page)
    assert marked
    assert marked.group(2) == "The bridge will open in May,"
    assert f'id="r-{marked.group(1)}"' in page
    assert not re.search(r'(src|href)="[^#]', page)
    assert (tmp_path / "bridge.txt").read_text() == ARTICLE
    assert onrecord("parse", "--html", "--jsonl", "bridge.txt")[0] == 1


def test_parse_of_nothing_readable_fails_and_says_why(tmp_path: Path) -> None:
    (tmp_path / "seeds" / "empty.txt").write_text("")
    assert onrecord("parse", str(tmp_path / "seeds"))[::2] == (1, "seeds/empty.txt: is empty\n")
    code, _, err = onrecord("parse", str(tmp_path / "no"))
    assert code == 2
    assert "does not exist" in plain(err)
    (tmp_path / "bare").mkdir()
    code, _, err = onrecord("parse", str(tmp_path / "bare"))
    assert (code, err) == (1, f"onrecord: there is nothing to read in {tmp_path}/bare\n")


def test_openapi_is_the_document_that_the_server_serves() -> None:
    code, out, _ = onrecord("openapi")
    assert code == 0
    document = json.loads(out)
    assert document["openapi"].startswith("3.1")
    assert "/v1/quotes" in document["paths"]


def test_serve_on_a_port_that_is_taken_says_so() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        code, out, err = onrecord("serve", "--port", str(port), "--no-ingest")
    assert (code, out) == (1, "")
    assert err == (
        f"onrecord: port {port} on 127.0.0.1 is taken by another program; "
        f"try another one: --port {port + 1}\n"
    )


def test_serve_on_an_address_that_is_not_ours_says_so() -> None:
    code, _, err = onrecord("serve", "--host", "192.0.2.1", "--no-ingest")
    assert code == 1
    assert err.startswith("onrecord: cannot listen on port 8000 on 192.0.2.1: ")


@pytest.mark.model
def test_serve_loads_the_seeds_answers_and_stops_when_told(tmp_path: Path) -> None:
    (tmp_path / "seeds" / "bridge.txt").write_text(ARTICLE)
    server = subprocess.Popen(
        [sys.executable, "-c", "from app.cli import app; app()", "serve", "--port", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert server.stdout is not None
        lines = [server.stdout.readline() for _ in range(5)]
        match = re.search(r"http://\S+:\d+", "".join(lines))
        assert match is not None
        wait_until_ready(match.group())
        with urllib.request.urlopen(f"{match.group()}/v1/quotes", timeout=10) as answer:
            quotes = json.load(answer)["data"]
        assert [quote["text"] for quote in quotes] == ["The bridge will open in May,"]
    finally:
        server.send_signal(signal.SIGINT)
        out, err = server.communicate(timeout=60)
    assert "1 article and" in err
    assert "Traceback" not in err
    assert out.strip() == ""
    lines_of_log = [json.loads(line) for line in err.splitlines() if line.startswith("{")]
    requests = {line["path"]: line for line in lines_of_log if line["event"] == "request"}
    assert requests["/v1/quotes"]["status"] == 200
    assert requests["/v1/quotes"]["request_id"]


def wait_until_ready(url: str) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(f"{url}/readyz", timeout=10):
                return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.1)
    pytest.fail("the server was not ready within a minute")
