"""What is known of the server's work: one log line and one count for each request.

Outside of everything else, also of the finished answers. No article's text is in it: a line holds
the path, and of the query the names of its parameters only, since a query can be a passage.
"""

import time
from urllib.parse import parse_qsl

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# From a kept answer (0.1 ms) to the longest query (5 s), in seconds.
_BUCKETS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
_GROUPS = frozenset(
    ("articles", "entities", "quotes", "claims", "sources", "unnamed", "cooccurrences", "meta")
)
_OWN = frozenset(("/healthz", "/readyz", "/metrics", "/openapi.json", "/docs", "/redoc"))
_LONGEST_PATH = 200

_log = structlog.get_logger("onrecord.request")


class Metrics:
    """What is counted of requests, in a registry of the application's own.

    Attributes:
        registry: Holds the metrics; `app.api.metrics` writes them out and adds those of the data.
    """

    def __init__(self) -> None:
        """Begin at zero."""
        self.registry = CollectorRegistry()
        labels = ("group", "method", "status")
        self._requests = Counter(
            "onrecord_requests", "Requests answered.", labels, registry=self.registry
        )
        self._seconds = Histogram(
            "onrecord_request_seconds",
            "From a request's headers to the end of its answer.",
            ("group",),
            buckets=_BUCKETS,
            registry=self.registry,
        )
        self.under_way = Gauge(
            "onrecord_requests_under_way", "Requests not answered yet.", registry=self.registry
        )

    def count(self, scope: Scope, *, status: int, seconds: float) -> None:
        """Count a request."""
        group = find_group(scope["path"])
        method = scope["method"] if scope["method"] in ("GET", "HEAD", "OPTIONS") else "other"
        self._requests.labels(group, method, str(status)).inc()
        self._seconds.labels(group).observe(seconds)


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

    def __init__(self, app: ASGIApp, *, metrics: Metrics, logs: bool) -> None:
        """Observe `app`; write no line for each request unless `logs`."""
        self._app = app
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
                for name, value in message["headers"]:
                    if name.lower() == b"x-request-id":
                        request_id = value
            elif message["type"] == "http.response.body":
                size += len(message.get("body", b""))
            await send(message)

        self._metrics.under_way.inc()
        try:
            await self._app(scope, receive, send_seen)
        finally:
            seconds = time.perf_counter() - since
            self._metrics.under_way.dec()
            self._metrics.count(scope, status=status, seconds=seconds)
            if self._logs:
                _log.info(
                    "request",
                    request_id=request_id.decode("latin-1"),
                    method=scope["method"][:20],
                    path=scope["path"][:_LONGEST_PATH],
                    parameters=_find_names(scope["query_string"]),
                    status=status,
                    bytes=size,
                    ms=round(seconds * 1000, 2),
                    client=(scope.get("client") or ("",))[0],
                )


def _find_names(query: bytes) -> list[str]:
    """Return the names of a query's parameters, sorted; what follows them stays out of the log."""
    if not query:
        return []
    pairs = parse_qsl(query[:2048].decode("latin-1"), keep_blank_values=True)
    return sorted({name[:40] for name, _ in pairs})[:20]
