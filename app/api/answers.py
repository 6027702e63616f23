"""Real answers as examples: what a server over the seed article says, in the OpenAPI document.

`answers.json` holds one whole answer for each operation. ``python -m tests.contract.write_answers``
writes it, and a test compares it with what such a server says now.
"""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

ANSWERS = Path(__file__).with_name("answers.json")
# A field's example is looked at beside its description; the whole answer is with its operation.
_LONGEST = 3000


@cache
def read_answers() -> Mapping[str, Any]:
    """Return the file: ``ids`` by path parameter; ``answers`` by operation, with url and body."""
    found: Mapping[str, Any] = json.loads(ANSWERS.read_text("utf-8"))
    return found


def add_answers(document: dict[str, Any]) -> None:
    """Put the answers into a document: for operations, ids in paths, and fields.

    A field that the seed article has no value for keeps the example that it was written with.
    """
    stored = read_answers()
    schemas = document["components"]["schemas"]
    seen: dict[tuple[str, str], Any] = {}
    for methods in document["paths"].values():
        for operation in methods.values():
            for parameter in operation.get("parameters", []):
                if parameter["in"] == "path":
                    parameter["schema"]["examples"] = [stored["ids"][parameter["name"]]]
            answer = stored["answers"].get(operation["operationId"])
            if answer is None:
                continue
            ((_, media),) = operation["responses"]["200"]["content"].items()
            media["example"] = answer["body"]
            for name, field, value in _walk(answer["body"], media["schema"], schemas):
                if _tells(value) and not _tells(seen.get((name, field))):
                    seen[name, field] = value
    for (name, field), value in seen.items():
        schemas[name]["properties"][field]["examples"] = [value]


def _tells(value: Any) -> bool:
    return value not in (None, [], {}) and len(json.dumps(value)) <= _LONGEST


def _walk(
    value: Any, schema: Mapping[str, Any], schemas: Mapping[str, Any]
) -> Iterator[tuple[str, str, Any]]:
    """Yield the named schema, the field and the value of all that is in an answer."""
    for option in schema.get("anyOf", ()):
        if value is not None:
            yield from _walk(value, option, schemas)
    if isinstance(value, list):
        for item in value:
            yield from _walk(item, schema.get("items", {}), schemas)
    name = schema.get("$ref", "").rpartition("/")[2]
    if isinstance(value, dict) and name and _is_one(value, schemas[name]):
        for field, promise in schemas[name]["properties"].items():
            yield name, field, value[field]
            yield from _walk(value[field], promise, schemas)


def _is_one(value: Mapping[str, Any], schema: Mapping[str, Any]) -> bool:
    """Say whether an object is that of a schema, where it could be one of several."""
    properties = schema.get("properties", {})
    return set(value) == set(properties) and all(
        promise.get("const", value[field]) == value[field] for field, promise in properties.items()
    )
