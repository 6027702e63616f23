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


def like(value: Any) -> Any:
    """Return what equals a value of JSON but for little in its fractions.

    Processors add up the model's products in different orders: one confidence of the seeds is
    0.9495 on one, and 0.9498 on another.
    """
    if isinstance(value, float):
        return pytest.approx(value, abs=0.005)
    if isinstance(value, dict):
        return {name: like(one) for name, one in value.items()}
    return [like(one) for one in value] if isinstance(value, list) else value


@pytest.mark.parametrize(
    ("one", "other", "are"),
    [
        ({"a": [0.9495, "b"]}, {"a": [0.9498, "b"]}, True),
        ({"a": [0.94, "b"]}, {"a": [0.95, "b"]}, False),
        ({"a": [0.9495, "b"]}, {"a": [0.9495, "c"]}, False),
        ([1, None], [2, None], False),
        ([1], [1, 1], False),
    ],
)
def test_answers_are_alike_when_only_fractions_differ_by_little(
    one: Any, other: Any, are: bool
) -> None:
    assert (one == like(other)) is are


def test_every_operation_has_the_answer_of_the_seeds_as_its_example(
    seeds_client: TestClient, stored: dict[str, Any]
) -> None:
    how = "write them anew: python -m tests.contract.write_answers"
    assert find_ids(seeds_client) == stored["ids"], how
    answers = ask_everything(seeds_client, ids=stored["ids"])
    assert set(answers) == set(stored["answers"]), how
    for name, answer in answers.items():
        assert answer == like(stored["answers"][name]), f"{name}: {how}"
    for methods in seeds_client.get("/openapi.json").json()["paths"].values():
        for operation in methods.values():
            ((_, media),) = operation["responses"]["200"]["content"].items()
            assert media["example"] == like(answers[operation["operationId"]]["body"])


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
