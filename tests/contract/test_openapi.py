"""The OpenAPI document promises what a reader needs, on every field and parameter."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

Node = dict[str, Any]

LISTS = (
    "/v1/unnamed-sources",
    "/v1/unnamed-sources/counts",
    "/v1/sources",
    "/v1/articles",
    "/v1/articles/{article_id}/quotes",
    "/v1/articles/{article_id}/claims",
    "/v1/articles/{article_id}/entities",
    "/v1/articles/{article_id}/mentions",
    "/v1/articles/{article_id}/similar",
    "/v1/entities",
    "/v1/entities/{entity_id}/mentions",
    "/v1/entities/{entity_id}/quotes",
    "/v1/entities/{entity_id}/claims",
    "/v1/entities/{entity_id}/cooccurrences",
    "/v1/quotes",
    "/v1/claims",
)
COUNTS = ("/v1/articles/counts", "/v1/quotes/counts", "/v1/claims/counts")


@pytest.fixture(scope="module")
def document(client: TestClient) -> Node:
    answer = client.get("/openapi.json")
    assert answer.status_code == 200
    return answer.json()


def operations(document: Node) -> Iterator[tuple[str, Node]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield f"{method} {path}", operation


def test_it_is_openapi_3_1_with_every_path_of_the_api(document: Node) -> None:
    assert document["openapi"] == "3.1.0"
    assert set(document["paths"]) == {
        "/healthz",
        "/readyz",
        "/v1",
        "/v1/meta",
        "/v1/sources",
        "/v1/sources/{source_id}",
        "/v1/articles",
        "/v1/articles/{article_id}",
        "/v1/articles/{article_id}/text",
        "/v1/articles/{article_id}/text.json",
        "/v1/articles/{article_id}/annotations",
        "/v1/articles/{article_id}/annotations.jsonld",
        "/v1/articles/{article_id}/quotes",
        "/v1/articles/{article_id}/claims",
        "/v1/articles/{article_id}/entities",
        "/v1/articles/{article_id}/mentions",
        "/v1/articles/{article_id}/similar",
        "/v1/entities",
        "/v1/entities.geojson",
        "/v1/articles/{article_id}/places.geojson",
        "/v1/unnamed-sources",
        "/v1/unnamed-sources/counts",
        "/v1/entities/{entity_id}",
        "/v1/entities/{entity_id}/mentions",
        "/v1/entities/{entity_id}/quotes",
        "/v1/entities/{entity_id}/claims",
        "/v1/entities/{entity_id}/cooccurrences",
        "/v1/quotes",
        "/v1/quotes/counts",
        "/v1/quotes/match",
        "/v1/claims/{claim_id}/similar",
        "/v1/quotes/{quote_id}/variants",
        "/v1/claims/counts",
        "/v1/articles/counts",
        "/v1/quotes/{quote_id}",
        "/v1/claims",
        "/v1/claims/{claim_id}",
    } | {f"{path}.{suffix}" for path in (*LISTS, *COUNTS) for suffix in ("ndjson", "csv")} | {
        f"{path}.atom" for path in LISTS if path.endswith(("/quotes", "/claims"))
    }


def test_every_list_can_be_exported(document: Node) -> None:
    lists = {
        path
        for path, methods in document["paths"].items()
        if any(p["name"] == "cursor" for p in methods["get"].get("parameters", []))
    }
    assert lists == set(LISTS)


def test_every_operation_has_a_name_a_summary_words_and_a_tag_with_words(document: Node) -> None:
    described = {tag["name"] for tag in document["tags"] if tag["description"]}
    names = []
    for where, operation in operations(document):
        assert operation["summary"], where
        assert operation["description"], where
        assert set(operation["tags"]) <= described, where
        assert operation["operationId"].isidentifier(), where
        names.append(operation["operationId"])
    assert len(set(names)) == len(names)


def test_every_parameter_has_a_description_and_an_example(document: Node) -> None:
    seen = 0
    for where, operation in operations(document):
        for parameter in operation.get("parameters", []):
            place = f"{where}: {parameter['name']}"
            assert parameter["description"], place
            assert parameter["schema"]["examples"], place
            seen += 1
    assert seen > 100


def test_every_field_has_a_description_and_an_example(document: Node) -> None:
    seen = 0
    for name, schema in document["components"]["schemas"].items():
        if "enum" in schema:
            continue
        assert schema["description"], name
        for field, promise in schema["properties"].items():
            assert promise["description"], f"{name}.{field}"
            assert promise["examples"], f"{name}.{field}"
            seen += 1
    assert seen > 150


def test_every_field_is_required_and_none_has_a_default(document: Node) -> None:
    for name, schema in document["components"]["schemas"].items():
        if "enum" in schema:
            continue
        assert sorted(schema["required"]) == sorted(schema["properties"]), name
        for field, promise in schema["properties"].items():
            assert "default" not in promise, f"{name}.{field}"


def test_every_object_has_a_name_but_what_a_file_says_freely(document: Node) -> None:
    for name, schema in document["components"]["schemas"].items():
        for field, promise in schema.get("properties", {}).items():
            if f"{name}.{field}" == "Article.meta":
                continue
            for node in walk(promise):
                assert node.get("type") != "object", f"{name}.{field}"
                assert "properties" not in node, f"{name}.{field}"


def walk(node: object) -> Iterator[Node]:
    if isinstance(node, dict):
        yield node
        for key, value in node.items():
            if key not in ("examples", "example"):
                yield from walk(value)
    elif isinstance(node, list):
        for value in node:
            yield from walk(value)


def test_every_number_that_has_a_range_states_it(document: Node) -> None:
    unbounded = {"Quantity.value"}
    for name, schema in document["components"]["schemas"].items():
        for field, promise in schema.get("properties", {}).items():
            for node in walk(promise):
                if node.get("type") in ("integer", "number"):
                    stated = "minimum" in node or f"{name}.{field}" in unbounded
                    assert stated, f"{name}.{field}"


def test_every_operation_answers_errors_as_problems(document: Node) -> None:
    for where, operation in operations(document):
        responses = operation["responses"]
        errors = {status for status in responses if status >= "400"}
        expected = {"414", "422", "500"}
        if "{" in where:
            expected.add("404")
        if "{article_id}" in where:
            expected.add("410")
        if "/v1" in where or "/readyz" in where:
            expected.add("503")
        assert errors == expected, where
        for status in errors:
            content = responses[status]["content"]
            assert list(content) == ["application/problem+json"], f"{where} {status}"
            (media,) = content.values()
            wanted = "ReadinessProblem" if (where, status) == ("get /readyz", "503") else "Problem"
            assert media["schema"] == {"$ref": f"#/components/schemas/{wanted}"}


def test_every_answer_from_the_data_documents_its_headers(document: Node) -> None:
    for header in document["components"]["headers"].values():
        assert header["description"]
        assert header["example"]
    for where, operation in operations(document):
        headers = set(operation["responses"]["200"]["headers"])
        if "/v1" not in where:
            continue
        assert headers >= {"ETag", "Last-Modified", "Cache-Control", "X-Request-ID"}, where
        assert set(operation["responses"]["304"]["headers"]) == headers, where
        is_list = any(p["name"] == "cursor" for p in operation.get("parameters", []))
        assert ("Link" in headers) == is_list, where


def test_the_examples_of_fields_are_valid_by_their_own_schema(document: Node) -> None:
    import jsonschema_rs

    checked = 0
    for name, schema in document["components"]["schemas"].items():
        for field, promise in schema.get("properties", {}).items():
            whole = {**promise, "components": document["components"]}
            validator = jsonschema_rs.Draft202012Validator(whole, validate_formats=True)
            for example in promise["examples"]:
                problem = next(iter(validator.iter_errors(example)), None)
                assert problem is None, f"{name}.{field}: {problem}"
                checked += 1
    assert checked > 150


def test_the_examples_of_parameters_are_valid_and_are_accepted(
    document: Node, client: TestClient
) -> None:
    for path, methods in document["paths"].items():
        if "{" in path:
            continue
        parameters = methods["get"].get("parameters", [])
        needed = {p["name"]: p["schema"]["examples"][0] for p in parameters if p.get("required")}
        for parameter in parameters:
            if parameter["name"] == "cursor":
                continue
            for example in parameter["schema"]["examples"]:
                flag = {True: "true", False: "false"}
                value = flag[example] if isinstance(example, bool) else example
                answer = client.get(path, params=needed | {parameter["name"]: value})
                assert answer.status_code == 200, f"{path} {parameter['name']}: {answer.text}"


def test_the_spans_in_examples_are_those_of_the_seed_article(document: Node) -> None:
    text = (Path(__file__).parents[2] / "seeds" / "000_cc5e5e78abe54b5d.txt").read_text("utf-8")
    checked = 0
    for name, schema in document["components"]["schemas"].items():
        for field, promise in schema.get("properties", {}).items():
            for node in every_object(promise["examples"]):
                if set(node) >= {"start", "end", "text"}:
                    words = text[node["start"] : node["end"]]
                    assert words == node["text"], f"{name}.{field}: {words!r}"
                    checked += 1
    assert checked > 20


def every_object(node: object) -> Iterator[Node]:
    if isinstance(node, dict):
        yield node
        for value in node.values():
            yield from every_object(value)
    elif isinstance(node, list):
        for value in node:
            yield from every_object(value)


def test_links_go_on_to_operations_with_the_ids_that_these_need(
    document: Node, client: TestClient
) -> None:
    needed = {
        operation["operationId"]: {
            p["name"] for p in operation.get("parameters", []) if p["in"] == "path"
        }
        for _, operation in operations(document)
    }
    followed = 0
    for path, methods in document["paths"].items():
        links = methods["get"]["responses"]["200"].get("links", {})
        if not links or "{" in path:
            continue
        query = "?text=the%20harbour%20will" if path.endswith("/match") else ""
        body = client.get(path + query).json()
        for link in links.values():
            assert set(link["parameters"]) == needed[link["operationId"]]
            assert link["description"]
            ((_, expression),) = link["parameters"].items()
            node = body
            for step in expression.removeprefix("$response.body#/").split("/"):
                node = node[int(step)] if isinstance(node, list) else (node or {}).get(step)
            assert node is None or isinstance(node, str), f"{path}: {expression}"
            followed += node is not None
    assert followed > 20


def test_every_answer_has_a_schema_with_a_name_or_is_text(document: Node) -> None:
    for where, operation in operations(document):
        for status, response in operation["responses"].items():
            for media in response.get("content", {}).values():
                has_name = set(media["schema"]) == {"$ref"}
                assert has_name or media["schema"] == {"type": "string"}, f"{where} {status}"
