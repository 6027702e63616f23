"""The promises that only a real server on a real socket can keep or break."""

import http.client
import json
import threading
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest


@pytest.fixture
def connection(server: str) -> Iterator[http.client.HTTPConnection]:
    address = urlsplit(server)
    assert address.hostname
    connection = http.client.HTTPConnection(address.hostname, address.port, timeout=20)
    yield connection
    connection.close()


def test_one_connection_serves_many_requests_and_head_leaves_no_body(
    connection: http.client.HTTPConnection,
) -> None:
    for _ in range(3):
        connection.request("HEAD", "/v1/quotes")
        head = connection.getresponse()
        assert head.read() == b""
        connection.request("GET", "/v1/quotes")
        answer = connection.getresponse()
        body = answer.read()
        assert int(head.headers["content-length"]) == len(body)
        assert json.loads(body)["meta"]["total"] == 60


def test_a_304_has_no_body_and_the_connection_goes_on(
    connection: http.client.HTTPConnection,
) -> None:
    connection.request("GET", "/v1/quotes")
    answer = connection.getresponse()
    answer.read()
    connection.request("GET", "/v1/quotes", headers={"If-None-Match": answer.headers["etag"]})
    again = connection.getresponse()
    assert (again.status, again.read()) == (304, b"")
    connection.request("GET", "/healthz")
    assert connection.getresponse().status == 200


@pytest.mark.parametrize("length", [8192, 9000, 40_000])
def test_a_long_address_is_a_414_problem_on_the_wire(
    connection: http.client.HTTPConnection, length: int
) -> None:
    connection.request("GET", "/v1/quotes?q=" + "a" * length)
    answer = connection.getresponse()
    assert answer.status == 414
    assert answer.headers["content-type"] == "application/problem+json"
    assert len(json.loads(answer.read())["instance"]) == 512


@pytest.mark.parametrize("method", ["TRACE", "DELETE", "PROPFIND"])
def test_another_method_is_a_405_problem_on_the_wire(
    connection: http.client.HTTPConnection, method: str
) -> None:
    connection.request(method, "/v1/quotes")
    answer = connection.getresponse()
    assert answer.status == 405
    assert answer.headers["allow"] == "GET, HEAD, OPTIONS"
    assert json.loads(answer.read())["status"] == 405


def test_many_clients_at_once_all_get_the_same_answer(server: str) -> None:
    address = urlsplit(server)
    assert address.hostname
    bodies: list[bytes] = []

    def ask() -> None:
        connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=30)
        for _ in range(5):
            connection.request("GET", "/v1/quotes?include=article,speaker&q=the")
            bodies.append(connection.getresponse().read())
        connection.close()

    threads = [threading.Thread(target=ask) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(bodies) == 60
    assert len(set(bodies)) == 1
    assert json.loads(bodies[0])["data"]
