"""Typed clients made from the document compile, and get what they were promised."""

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import httpx2
import pytest

from app.db.ids import to_id, to_key
from tests.api.conftest import database, server

__all__ = ["database", "server"]

pytestmark = [pytest.mark.clients, pytest.mark.slow]

HERE = Path(__file__).parent
IDS = {
    "article_id": to_id("art", to_key("article", "0")),
    "entity_id": "velm",
    "quote_id": to_id("qt", to_key("quote", "0")),
    "claim_id": to_id("cl", to_key("claim", "0")),
    "source_id": to_id("src", to_key("source", "broken.html")),
}


def run(*command: str, cwd: Path) -> str:
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}{done.stderr}"
    return done.stdout


def write_calls(document: dict[str, Any]) -> str:
    """Return a program that calls every operation, with the example of each needed parameter."""
    lines = ['import { get } from "./client.js";', 'import { tell } from "./story.js";', ""]
    lines += ["declare const process: { argv: string[] };", "const base = process.argv[2] ?? '';"]
    for path, methods in document["paths"].items():
        parameters = methods["get"].get("parameters", [])
        ids = {p["name"]: IDS[p["name"]] for p in parameters if p["in"] == "path"}
        needed = {
            p["name"]: p["schema"]["examples"][0]
            for p in parameters
            if p["in"] == "query" and p.get("required")
        }
        query = f", {json.dumps(needed)}" if needed else ""
        lines.append(f"await get(base, {json.dumps(path)}, {json.dumps(ids)}{query});")
    lines.append("console.log(JSON.stringify(await tell(base)));")
    return "\n".join(lines) + "\n"


def test_a_typescript_client_compiles_strictly_and_calls_every_operation(
    server: str, tmp_path: Path
) -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed")
    if not (HERE / "node_modules" / "typescript").is_dir():
        pytest.skip("its packages are not installed: npm ci in tests/clients")
    modules = HERE / "node_modules"
    document = httpx2.get(f"{server}/openapi.json", timeout=60).json()
    (tmp_path / "openapi.json").write_text(json.dumps(document), "utf-8")
    (tmp_path / "package.json").write_text('{"type": "module"}', "utf-8")
    for name in ("client.ts", "story.ts", "tsconfig.json"):
        shutil.copy(HERE / name, tmp_path / name)
    make = modules / "openapi-typescript" / "bin" / "cli.js"
    run(node, str(make), "openapi.json", "-o", "schema.ts", cwd=tmp_path)
    (tmp_path / "program.ts").write_text(write_calls(document), "utf-8")
    compiler = modules / "typescript" / "bin" / "tsc"
    run(node, str(compiler), "--outDir", "built", cwd=tmp_path)
    shutil.copy(tmp_path / "package.json", tmp_path / "built" / "package.json")
    told = json.loads(run(node, "built/program.js", server, cwd=tmp_path))
    assert len(told) > 5
    assert any(line.startswith("Ines Varga: ") for line in told)


def test_the_compiler_refuses_what_the_document_does_not_have(server: str, tmp_path: Path) -> None:
    node = shutil.which("node")
    modules = HERE / "node_modules"
    if node is None or not (modules / "typescript").is_dir():
        pytest.skip("node or the packages of tests/clients are not installed")
    document = httpx2.get(f"{server}/openapi.json", timeout=60).json()
    (tmp_path / "openapi.json").write_text(json.dumps(document), "utf-8")
    (tmp_path / "package.json").write_text('{"type": "module"}', "utf-8")
    for name in ("client.ts", "tsconfig.json"):
        shutil.copy(HERE / name, tmp_path / name)
    make = modules / "openapi-typescript" / "bin" / "cli.js"
    run(node, str(make), "openapi.json", "-o", "schema.ts", cwd=tmp_path)
    wrong = 'import { get } from "./client.js";\n'
    wrong += 'await get("", "/v1/quotes", {}, { speeker: ["x"] });\n'
    (tmp_path / "wrong.ts").write_text(wrong, "utf-8")
    compiler = modules / "typescript" / "bin" / "tsc"
    done = subprocess.run(
        [node, str(compiler), "--noEmit"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert "speeker" in done.stdout


def test_a_python_client_is_made_without_a_warning_and_calls_every_operation(
    server: str, tmp_path: Path
) -> None:
    python = HERE / ".venv" / "bin" / "python"
    if not python.is_file():
        pytest.skip("its environment is not there: see tests/clients/requirements.txt")
    document = httpx2.get(f"{server}/openapi.json", timeout=60).json()
    (tmp_path / "openapi.json").write_text(json.dumps(document), "utf-8")
    shutil.copy(HERE / "call_everything.py", tmp_path)
    # The generator calls ruff to bring what it wrote into form.
    path = f"{python.parent}{os.pathsep}{os.environ['PATH']}"
    generate = [str(python.with_name("openapi-python-client")), "generate"]
    options = ["--path", "openapi.json", "--output-path", "client", "--meta", "none"]
    config = ["--fail-on-warning", "--config", str(HERE / "openapi_python_client.yml")]
    made = subprocess.run(
        [*generate, *options, *config],
        cwd=tmp_path,
        env=os.environ | {"PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, made.stdout + made.stderr
    assert "WARNING" not in made.stdout + made.stderr
    told = json.loads(run(str(python), "call_everything.py", server, json.dumps(IDS), cwd=tmp_path))
    operations = {
        operation["operationId"].lower()
        for methods in document["paths"].values()
        for operation in methods.values()
    }
    assert {name.replace("_", "") for name in told["called"]} == operations
    assert any(line.startswith("Ines Varga: ") for line in told["told"])
    assert "normalised: Nobody asked the crews in Osterby" in told["told"]
    assert "422: cursor" in told["told"]
