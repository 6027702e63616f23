"""The examples of the document are what a server over the seeds answers."""

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.api.answers import read_answers
from tests.contract.write_answers import ask_everything, find_ids, seeds_server

pytestmark = [pytest.mark.model, pytest.mark.slow]


@pytest.fixture(scope="module")
def seeds_client() -> Iterator[TestClient]:
    with seeds_server() as client:
        yield client


@pytest.fixture(scope="module")
def stored() -> dict[str, Any]:
    return dict(read_answers())


def test_every_operation_has_the_answer_of_the_seeds_as_its_example(
    seeds_client: TestClient, stored: dict[str, Any]
) -> None:
    how = "write them anew: python -m tests.contract.write_answers"
    assert find_ids(seeds_client) == stored["ids"], how
    answers = ask_everything(seeds_client, ids=stored["ids"])
    assert set(answers) == set(stored["answers"]), how
    for name, answer in answers.items():
        assert answer == stored["answers"][name], f"{name}: {how}"
    for methods in seeds_client.get("/openapi.json").json()["paths"].values():
        for operation in methods.values():
            ((_, media),) = operation["responses"]["200"]["content"].items()
            assert media["example"] == answers[operation["operationId"]]["body"]


def test_what_the_seeds_have_a_value_for_has_that_value_as_its_example(
    seeds_client: TestClient, stored: dict[str, Any]
) -> None:
    quote = stored["answers"]["getQuote"]["body"]
    schemas = seeds_client.get("/openapi.json").json()["components"]["schemas"]
    quotes = [item["id"] for item in seeds_client.get("/v1/quotes?limit=200").json()["data"]]
    assert schemas["Quote"]["properties"]["id"]["examples"][0] in quotes
    (speaker,) = schemas["Quote"]["properties"]["speaker"]["examples"]
    assert seeds_client.get(f"/v1/entities/{speaker['entity_id']}").status_code == 200
    assert quote["id"] == stored["ids"]["quote_id"]


def test_the_ids_of_the_examples_can_be_tried(seeds_client: TestClient) -> None:
    tried = 0
    for path, methods in seeds_client.get("/openapi.json").json()["paths"].items():
        (operation,) = methods.values()
        ids = {
            parameter["name"]: parameter["schema"]["examples"][0]
            for parameter in operation.get("parameters", [])
            if parameter["in"] == "path"
        }
        if ids and "/match" not in path:
            assert seeds_client.get(path.format(**ids)).status_code == 200
            tried += 1
    assert tried > 40
