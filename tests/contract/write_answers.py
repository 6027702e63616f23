"""Write `app/api/answers.json`: what a server over `seeds/` answers to one request an operation.

python -m tests.contract.write_answers
"""

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient
from sqlalchemy import update

from app.api import stored
from app.api.answers import ANSWERS
from app.db.engine import make_writer_engine
from app.ingest.job import run_ingest
from app.main import create_app
from app.settings import Settings

ROOT = Path(__file__).parents[2]
# When the seeds were read, as far as the answers go: they are to be the same tomorrow.
READ_AT = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)
BASE = "http://127.0.0.1:8000"
# What is asked beside the ids, so that an answer is whole and yet short.
ASKED = {
    "countQuotes": "group_by=speaker&limit=3",
    "countClaims": "group_by=kind&limit=3",
    "countArticles": "group_by=entity&limit=3",
    "exportQuoteCounts": "group_by=speaker",
    "exportClaimCounts": "group_by=kind",
    "exportArticleCounts": "group_by=language",
    "listEntities": "q=putin&limit=1",
    "exportEntities": "q=putin",
    "listPlacesGeoJson": "limit=2",
    "listArticlePlacesGeoJson": "limit=2",
    "matchQuotes": "text=Russia rejects any freezing of the conflict&limit=1",
    "exportQuotes": "speaker=sergei-naryshkin",
    "exportEntityQuotes": "limit",
    "exportClaims": "claimant=sergei-naryshkin",
    "exportArticleQuotes": "speaker=sergei-naryshkin",
    "exportArticleClaims": "claimant=sergei-naryshkin",
    "exportArticleMentions": "entity=sergei-naryshkin",
    "exportArticleEntities": "q=putin",
    "exportEntityCooccurrences": "q=putin",
}


@contextmanager
def seeds_server() -> Iterator[TestClient]:
    """Read the seeds and serve them."""
    with tempfile.TemporaryDirectory(prefix="onrecord-answers-") as folder:
        settings = Settings(
            database_url=f"sqlite:///{folder}/onrecord.db",
            seeds=(ROOT / "seeds",),
            ingest_at_start=False,
        )
        run_ingest(settings)
        engine = make_writer_engine(settings.database_url)
        with engine.begin() as connection:
            connection.execute(update(stored.dataset).values(changed_at=READ_AT))
            connection.execute(update(stored.sources).values(read_at=READ_AT))
        engine.dispose()
        with TestClient(create_app(settings), base_url=BASE) as client:
            yield client


def find_ids(client: TestClient) -> dict[str, str]:
    """Return an id for each parameter of a path: of things about which much can be said."""
    quote = client.get("/v1/quotes?speaker=sergei-naryshkin&limit=1&sort=position").json()["data"][
        0
    ]
    claim = client.get("/v1/claims?has_number=true&limit=1&sort=position").json()["data"][0]
    source = client.get("/v1/sources").json()["data"][0]
    return {
        "article_id": quote["article_id"],
        "entity_id": "sergei-naryshkin",
        "quote_id": quote["id"],
        "claim_id": claim["id"],
        "source_id": source["id"],
    }


def url_of(path: str, operation: dict[str, Any], ids: dict[str, str]) -> str:
    name = operation["operationId"]
    asked = ASKED.get(name)
    if asked is None and name.startswith("export"):
        bare = name.removesuffix("Csv").removesuffix("Ndjson").removesuffix("Atom")
        asked = ASKED.get(bare, "")
        if name.endswith("Atom"):
            asked = "&".join(pair for pair in asked.split("&") if not pair.startswith("sort"))
    names = {parameter["name"] for parameter in operation.get("parameters", [])}
    if asked is None:
        asked = "limit=1" if "limit" in names else ""
    if asked == "limit":
        asked = ""
    return path.format(**ids) + (f"?{asked}" if asked else "")


def ask_everything(client: TestClient, *, ids: dict[str, str]) -> dict[str, dict[str, Any]]:
    """Return url and body of one answer for each operation of the document."""
    found = {}
    for path, methods in client.get("/openapi.json").json()["paths"].items():
        for operation in methods.values():
            url = url_of(path, operation, ids)
            answer = client.get(url)
            assert answer.status_code == 200, f"{url}: {answer.text}"
            kind = answer.headers["content-type"]
            is_json = "json" in kind and "ndjson" not in kind
            body = answer.json() if is_json else answer.content.decode()
            found[operation["operationId"]] = {"url": url, "body": body}
    return found


def main() -> None:
    with seeds_server() as client:
        ids = find_ids(client)
        answers = ask_everything(client, ids=ids)
    text = json.dumps({"ids": ids, "answers": answers}, ensure_ascii=False, indent=1)
    ANSWERS.write_text(f"{text}\n", "utf-8")


if __name__ == "__main__":
    main()
