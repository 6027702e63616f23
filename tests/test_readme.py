"""The README keeps its word: its commands run, and its answers are what the server says.

What it shows of answers and settings is written by ``make readme`` and compared here.
"""

import json
import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.settings import Settings
from tests.quality.evaluate import ATTRIBUTION_ROWS, BASELINES

ROOT = Path(__file__).resolve().parents[1]
README = ROOT / "README.md"
TEXT = README.read_text(encoding="utf-8")
COMMANDS = re.findall(r"(?m)^\$ (.+)$", TEXT)
CURLS = [command for command in COMMANDS if command.startswith("curl")]
PROGRAM = [command for command in COMMANDS if command.startswith(".venv/bin/onrecord")]
ASKED: list[str] = re.findall(r"(?m)\| `(/v1/[^`]+)` \|$", TEXT)
ELSEWHERE = {
    "make serve": "the server fixture below runs it, with a port and seeds",
    'make serve PORT=8123 SEEDS="seeds tests/articles"': "the server fixture below",
    "make demo": "the same recipe as serve",
    "make test": "CI runs it",
    "make check": "CI runs it",
    'make test ARGS="tests/parsing"': "CI runs make test",
    "make evaluate": "tests/quality/test_evaluate.py",
    "docker build -t on-record .": "make image-check",
    'docker run --rm -p 8000:8000 -v "$PWD/seeds:/seeds:ro" -v onrecord-data:/data on-record': (
        "make image-check"
    ),
}


def find_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def get(url: str) -> Any:
    with urllib.request.urlopen(url, timeout=30) as answer:
        body = answer.read()
        is_json = "json" in answer.headers["content-type"]
        return json.loads(body) if is_json else {"data": body.splitlines()[1:]}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """`make serve` as the README says it, on a free port with a database of its own."""
    if not (ROOT / ".venv" / ".ready").exists():
        pytest.skip("the environment was not made by make")
    folder = tmp_path_factory.mktemp("readme")
    port = find_port()
    command = ["make", "serve", f"PORT={port}", "SEEDS=seeds tests/articles"]
    environment = os.environ | {"ONRECORD_DATABASE_URL": f"sqlite:///{folder}/onrecord.db"}
    log = folder / "serve.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=output, stderr=output, process_group=0
        )
    base = f"http://127.0.0.1:{port}"
    try:
        for _ in range(600):
            try:
                if get(f"{base}/readyz"):
                    break
            except (urllib.error.URLError, OSError):
                assert process.poll() is None, log.read_text()
                time.sleep(0.2)
        else:
            pytest.fail(f"make serve was not ready in time: {log.read_text()}")
        yield base
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(timeout=30)


def run_curl(command: str, base: str) -> str:
    words = shlex.split(command.replace("http://127.0.0.1:8000", base))
    return subprocess.run(words, check=True, capture_output=True, text=True, timeout=30).stdout


def show_settings() -> str:
    """The table of settings, from the settings themselves."""
    lines = ["| variable | default | what it is |", "| --- | --- | --- |"]
    for name, field in Settings.model_fields.items():
        default = field.default
        if isinstance(default, tuple):
            default = " ".join(str(part) for part in default)
        lines.append(f"| `ONRECORD_{name.upper()}` | `{default}` | {field.description} |")
    return "\n".join(lines) + "\n"


def show_quality() -> str:
    """The table of figures, from the floors that the quality gates hold."""
    floors = json.loads((ROOT / "tests" / "quality" / "floors.json").read_text(encoding="utf-8"))
    own = floors["own"]["model"]["our own"]
    others = [
        "one person against another",
        "BBC Citron, retrained (test)",
        "GenderGapTracker (test)",
    ]
    names = {"attr": "attributions (`attr`)", "attr_direct": "of direct speech",
             "attr_speech": "with a verb of saying", "attr_nonspeech": "with another cue",
             "content_exact": "content, to the token", "source_exact_w": "source, to the word",
             "cue_exact_w": "cue, to the word", "mention": "names, with type",
             "entity": "entities", "speaker": "speakers, all in"}  # fmt: skip
    lines = [
        "| figure (F1) | On Record | " + " | ".join(others) + " | On Record, own articles |",
        "| --- |" + " ---: |" * (len(others) + 2),
    ]
    for name, shown in names.items():
        ours = floors["polnear"].get(name, floors["entities"].get(name))
        if ours is None:
            continue
        row = [f"{100 * ours:.1f}"]
        for other in others:
            known = dict(zip(ATTRIBUTION_ROWS, BASELINES[other], strict=True)).get(name)
            row.append("" if known is None else f"{known:.1f}")
        row.append(f"{100 * own[name]:.1f}" if name in own else "")
        lines.append(f"| {shown} | " + " | ".join(row) + " |")
    return "\n".join(lines) + "\n"


def show_json(answer: Any) -> str:
    """Write JSON for people: indented, but a span in one line."""
    written = json.dumps(answer, indent=2, ensure_ascii=False)
    leaf = re.compile(r"\{\s+([^{}\[\]]{1,120}?)\s+\}")
    return leaf.sub(lambda found: "{" + re.sub(r"\s*\n\s*", " ", found[1]) + "}", written)


def write_in(text: str, *, mark: str, block: str) -> str:
    """Put `block` in the place of the fenced or tabled block below a mark."""
    pattern = rf"(<!-- {mark} -->\n)(```json\n.*?```\n|(?:\|[^\n]*\n)+)"
    assert re.search(pattern, text, re.S), mark
    return re.sub(pattern, lambda found: found[1] + block, text, count=1, flags=re.S)


def test_every_command_is_run_by_a_test_or_by_ci() -> None:
    known = {*CURLS, *PROGRAM, *ELSEWHERE}
    assert [command for command in COMMANDS if command not in known] == []


def test_the_figures_shown_are_those_that_the_gates_hold() -> None:
    assert write_in(TEXT, mark="quality", block=show_quality()) == TEXT


def test_the_settings_table_is_that_of_the_program() -> None:
    assert write_in(TEXT, mark="settings", block=show_settings()) == TEXT


@pytest.mark.model
@pytest.mark.parametrize("command", PROGRAM)
def test_commands_of_the_program_run(command: str, tmp_path: Path) -> None:
    words = [sys.executable, "-m", "app.cli", *shlex.split(command)[1:]]
    environment = os.environ | {"ONRECORD_DATABASE_URL": f"sqlite:///{tmp_path}/onrecord.db"}
    done = subprocess.run(
        words, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout or done.stderr


@pytest.mark.model
def test_the_answer_shown_is_the_one_given(server: str) -> None:
    (command,) = CURLS
    answer = json.loads(run_curl(command, server))
    block = f"```json\n{show_json(answer)}\n```\n"
    now = write_in(TEXT, mark="answer", block=block)
    if os.environ.get("ONRECORD_WRITE_README"):
        now = write_in(now, mark="quality", block=show_quality())
        README.write_text(write_in(now, mark="settings", block=show_settings()), encoding="utf-8")
        return
    assert now == TEXT, "the README's answer is out of date: make readme"


@pytest.mark.model
@pytest.mark.parametrize("path", ASKED)
def test_every_question_in_the_table_has_an_answer(path: str, server: str) -> None:
    article = get(f"{server}/v1/articles?limit=1")["data"][0]["id"]
    path = urllib.parse.quote(path.replace("{id}", article), safe="/?=&_-")
    answer = get(server + path)
    assert answer.get("data", answer)
