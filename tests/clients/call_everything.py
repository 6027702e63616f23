"""Call every operation with a client that openapi-python-client made (the package `client`).

Run in the client's own environment: ``python call_everything.py ADDRESS IDS``; IDS is JSON. Writes
JSON: the names of the operations that gave what they promise, and what one of them told.
"""

import importlib
import inspect
import json
import pkgutil
import sys
from types import ModuleType
from typing import Any

import client.api
from client import Client
from client.api.quotes import count_quotes, list_quotes, match_quotes
from client.models import CountList, MatchList, Problem, QuoteList


def find_operations() -> list[ModuleType]:
    found = pkgutil.walk_packages(client.api.__path__, prefix="client.api.")
    return [importlib.import_module(one.name) for one in found if not one.ispkg]


def call(operation: ModuleType, connection: Client, ids: dict[str, str]) -> str:
    wanted: dict[str, Any] = {}
    for name, parameter in inspect.signature(operation.sync_detailed).parameters.items():
        if name in ids:
            wanted[name] = ids[name]
        elif parameter.default is parameter.empty and name not in ("client", "body"):
            wanted[name] = {"text": "the harbour will not close"}[name]
    answer = operation.sync_detailed(client=connection, **wanted)
    assert answer.status_code == 200, f"{operation.__name__}: {answer.status_code}"
    assert answer.parsed is not None, operation.__name__
    assert not isinstance(answer.parsed, Problem), operation.__name__
    if isinstance(answer.parsed, str):
        assert answer.parsed == answer.content.decode(), operation.__name__
    else:
        # Nothing of the answer is lost or changed on its way through the types.
        assert same(answer.parsed.to_dict(), json.loads(answer.content)), operation.__name__
    return operation.__name__.rpartition(".")[2]


def same(one: Any, other: Any) -> bool:
    """Compare, but for how a time is written: the client has read it."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, str) and isinstance(other, str):
        return one.replace("+00:00", "Z") == other
    return bool(one == other)


def tell(connection: Client) -> list[str]:
    """Do what a researcher does: who said what, how often, and was this said."""
    page = list_quotes.sync(client=connection, speaker=["ines-varga"], limit=5)
    assert isinstance(page, QuoteList)
    lines = [f"{quote.speaker.name}: {quote.text}" for quote in page.data if quote.speaker]
    counts = count_quotes.sync(client=connection, group_by="speaker")
    assert isinstance(counts, CountList)
    lines += [f"{row.label}: {row.count}" for row in counts.data]
    found = match_quotes.sync(client=connection, text="nobody asked the crews in Osterby")
    assert isinstance(found, MatchList)
    lines.append(f"{found.data[0].type_}: {found.data[0].span.text}")
    wrong = list_quotes.sync(client=connection, cursor="abc")
    assert isinstance(wrong, Problem)
    lines.append(f"{wrong.status}: {wrong.errors[0].name}")
    return lines


def main() -> None:
    address, ids = sys.argv[1], json.loads(sys.argv[2])
    with Client(base_url=address) as connection:
        names = [call(operation, connection, ids) for operation in find_operations()]
        sys.stdout.write(json.dumps({"called": names, "told": tell(connection)}))


if __name__ == "__main__":
    main()
