"""What is known of the server's work: one log line and one count for each request.

Outside of everything else, also of the finished answers. No article's text is in it: a line holds
the path, and of the query the names of its parameters only, since a query can be a passage.
"""

import time
from bisect import bisect_left
from collections.abc import Iterable
from functools import lru_cache
from itertools import accumulate
from urllib.parse import parse_qsl

import structlog
from prometheus_client import CollectorRegistry
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api.finished import FinishedAnswers

# From a kept answer (0.1 ms) to the longest query (5 s), in seconds.
_BUCKETS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
_GROUPS = frozenset(
    ("articles", "entities", "quotes", "claims", "sources", "unnamed", "cooccurrences", "meta")
)
_OWN = frozenset(("/healthz", "/readyz", "/metrics", "/openapi.json", "/docs", "/redoc"))
_LONGEST_PATH = 200

_log = structlog.get_logger("onrecord.request")


class Metrics(Collector):
    """What is counted of requests; collected when somebody asks (`app.api.metrics`).

    Numbers of our own, of one thread: these cost 1.4 µs a request, prometheus-client's with their
    locks and labels 11, as much as all else that giving out a kept answer takes.

    Attributes:
        registry: Holds the metrics; `app.api.metrics` adds those of the data.
        under_way: Requests not answered yet.
    """

    def __init__(self) -> None:
        """Begin at zero."""
        self.under_way = 0
        self._requests: dict[tuple[str, str, int], int] = {}
        self._seconds: dict[str, list[float]] = {}  # requests by bucket, then their seconds
        self.registry = CollectorRegistry()
        self.registry.register(self)

    def count(self, scope: Scope, *, status: int, seconds: float) -> None:
        """Count a request."""
        group = find_group(scope["path"])
        method = scope["method"] if scope["method"] in ("GET", "HEAD", "OPTIONS") else "other"
        key = (group, method, status)
        self._requests[key] = self._requests.get(key, 0) + 1
        times = self._seconds.get(group)
        if times is None:
            times = self._seconds[group] = [0.0] * (len(_BUCKETS) + 2)
        times[bisect_left(_BUCKETS, seconds)] += 1
        times[-1] += seconds

    def collect(self) -> Iterable[Metric]:
        """Yield the metrics."""
        requests = CounterMetricFamily(
            "onrecord_requests", "Requests answered.", labels=("group", "method", "status")
        )
        for (group, method, status), number in sorted(self._requests.items()):
            requests.add_metric((group, method, str(status)), number)
        yield requests
        words = "From a request's headers to the end of its answer."
        seconds = HistogramMetricFamily("onrecord_request_seconds", words, labels=("group",))
        names = [*(str(float(bound)) for bound in _BUCKETS), "+Inf"]
        for group, times in sorted(self._seconds.items()):
            upto = list(accumulate(times[:-1]))
            seconds.add_metric((group,), list(zip(names, upto, strict=True)), times[-1])
        yield seconds
        yield GaugeMetricFamily(
            "onrecord_requests_under_way", "Requests not answered yet.", self.under_way
        )


@lru_cache(maxsize=1024)
def find_group(path: str) -> str:
    """Return the kind of thing that a path is about, of which there are few whatever is asked.

    ``find_group("/v1/quotes/qt_1/variants") == "/v1/quotes"``, exports included.
    """
    if path in _OWN or path == "/":
        return path
    parts = path.split("/", 3)
    if len(parts) > 2 and parts[1] == "v1":
        name = parts[2].partition(".")[0]
        return f"/v1/{name}" if name in _GROUPS else "/v1"
    if len(parts) > 1 and parts[1] in ("articles", "speakers", "search", "check", "static"):
        return f"/{parts[1]}"
    return "other"


class Observer:
    """Wraps an application; logs and counts each of its requests when its answer is out."""

    def __init__(self, app: FinishedAnswers, *, metrics: Metrics, logs: bool) -> None:
        """Observe `app`; write no line for each request unless `logs`."""
        self._app: ASGIApp = app
        self._kept = app
        self._metrics = metrics
        self._logs = logs

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        since = time.perf_counter()
        status, size, request_id = 0, 0, b""

        async def send_seen(message: Message) -> None:
            nonlocal status, size, request_id
            if message["type"] == "http.response.start":
                status = message["status"]
                if self._logs:
                    request_id = next(
                        (value for name, value in message["headers"] if name == b"x-request-id"),
                        b"",
                    )
            elif message["type"] == "http.response.body":
                size += len(message.get("body", b""))
            await send(message)

        self._metrics.under_way += 1
        try:
            await self._app(scope, receive, send_seen)
        finally:
            seconds = time.perf_counter() - since
            self._metrics.under_way -= 1
            self._metrics.count(scope, status=status, seconds=seconds)
            if self._logs:
                _log_request(scope, status=status, size=size, request_id=request_id, since=since)

    def find_at_once(self, scope: Scope) -> tuple[int, bytes, bytes] | None:
        """Return a kept answer for the server to write, as `app.serving.AT_ONCE` says; note it."""
        since = time.perf_counter()
        try:
            found = self._kept.find_at_once(scope)
        except Exception:
            # The application meets it again, and makes a 500 of it.
            _log.exception("an answer could not be given at once")
            found = None
        if found is None:
            return None
        status, head, body, request_id = found
        self._metrics.count(scope, status=status, seconds=time.perf_counter() - since)
        if self._logs:
            _log_request(scope, status=status, size=len(body), request_id=request_id, since=since)
        return status, head, body


def _log_request(scope: Scope, *, status: int, size: int, request_id: bytes, since: float) -> None:
    _log.info(
        "request",
        request_id=request_id.decode("latin-1"),
        method=scope["method"][:20],
        path=scope["path"][:_LONGEST_PATH],
        parameters=_find_names(scope["query_string"]),
        status=status,
        bytes=size,
        ms=round((time.perf_counter() - since) * 1000, 2),
        client=(scope.get("client") or ("",))[0],
    )


def _find_names(query: bytes) -> list[str]:
    """Return the names of a query's parameters, sorted; what follows them stays out of the log."""
    if not query:
        return []
    pairs = parse_qsl(query[:2048].decode("latin-1"), keep_blank_values=True)
    return sorted({name[:40] for name, _ in pairs})[:20]
