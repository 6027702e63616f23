"""Finished answers, kept as bytes in front of the framework.

An answer depends on its address and on the version of the data alone, so the second request for it
is answered without routing, parameters, SQL or JSON. One plain ASGI layer, outermost: what is kept
is what would have gone out, compressed or not.
"""

import asyncio
import re
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import parse_qsl

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api.caching import encode_query, matches_etag
from app.api.deps import Source, read_dataset
from app.api.shedding import Backlog, refuse
from app.api.wire import MAX_URL_BYTES, add_common, make_request_id

# A larger answer is sent and not kept: one of them would push out hundreds of others.
MAX_ANSWER_BYTES = 1 << 20
# Shorter answers are never compressed, and so do not depend on the encodings that a client names.
MIN_COMPRESSED = 500
_VARY_LINE = b"vary: Accept-Encoding\r\n"
# Of how many addresses it is remembered that their answers were not kept, and of half as many at
# least; some 70 bytes each.
_MOST_PASSED_BY = 4096
# What an entry costs beside its bytes: 490 for the objects around them (tracemalloc), the rest for
# a 304's lines, which may be made later.
_OVERHEAD = 1500
# A byte counts half more, so that the bound is on all memory that answers take. Between those of
# other lengths stays one in 18 free: with 67.1 MB kept, 97.1 were taken from the system and 93.4
# in use (malloc_stats). What they are made from (SQLite's pages, entities, totals, lists) has its
# share too: searches among a million articles left a worker with 149.7 MiB where a third was
# counted, and leave one with 146.0.
_SHARE = 2
_BODY_HEADERS = frozenset(
    (b"content-length", b"content-type", b"content-encoding", b"link", b"x-request-id")
)
# They say how the server is at this moment, also when the database does not answer.
_NEVER = frozenset(("/healthz", "/readyz", "/metrics"))
_BODIES = frozenset((b"content-length", b"transfer-encoding"))
# Where no host is named, links hold the server's own address, and with an empty one none.
_NO_HOST = b" "
_SHORT = 512
# Parameters in which nothing is escaped, and in whose names nothing comes before "=" in ASCII.
_PAIR = rb"[A-Za-z_]+=[A-Za-z0-9_.~:,*-]*"
_PLAIN_QUERY = re.compile(rb"%b(?:&%b)*" % (_PAIR, _PAIR))

# Path and sorted query, then what else an answer depends on: encoding, host and scheme.
Key = tuple[bytes, bytes, bytes, bytes, str]
Header = tuple[bytes, bytes]


class Made(NamedTuple):
    """An answer that was made without waiting for anything, of the version that there is.

    Attributes:
        status: 200 or 304.
        etag: Its ETag.
        headers: Its others that are its own.
        common: Those that it shares with others: the same list as long as they are the same.
        body: As it goes out.
    """

    status: int
    etag: bytes
    headers: Sequence[Header]
    common: Sequence[Header]
    body: bytes


MakeAtOnce = Callable[[Scope], Made | None]


@dataclass(slots=True)
class Finished:
    """An answer that was given.

    Attributes:
        head: Its header lines as they go out, each with its end, without the request's id; of a
            304 where there is no body.
        body: As it was sent; None where only clients have asked that knew the answer.
        etag: As in the headers.
        size: Bytes that it takes here.
    """

    head: bytes
    body: bytes | None
    etag: bytes
    size: int
    _not_modified: bytes | None = None

    @property
    def not_modified(self) -> bytes:
        """The header lines of a 304, made when the first client asks for one."""
        if self.body is None:
            return self.head
        if self._not_modified is None:
            known = [header for header in _split_lines(self.head) if header[0] not in _BODY_HEADERS]
            self._not_modified = _join_lines(known)
        return self._not_modified


@dataclass(slots=True)
class _Asked:
    """What a request says that its answer depends on.

    Attributes:
        key: Of the answer that is kept.
        none_match: Its If-None-Match, all of them together.
        request_id: Its own id.
        is_special: A proxy speaks for somebody else, or a body comes, which may be no good one.
    """

    key: Key
    none_match: bytes | None
    request_id: bytes | None
    is_special: bool

    @property
    def wants_encoding(self) -> bool:
        """Say whether it names encodings that an answer may have."""
        return bool(self.key[2])

    def make_id(self) -> bytes:
        """Return the request's id."""
        return make_request_id(self.request_id).encode()

    def knows(self, answer: Finished) -> bool:
        """Say whether the client has the answer already."""
        if self.none_match is None:
            return False
        if self.none_match == answer.etag:
            return True
        sent = self.none_match.decode("latin-1")
        return sent.strip() == "*" or matches_etag(sent, answer.etag.decode("latin-1"))


class FinishedAnswers:
    """Wraps an application and answers in its place what it has answered before.

    Kept are the answers to GET with 200 or 304, an ETag and the version of the data in one piece,
    up to `max_bytes` in all; the longest unused go first. Once it is full, an answer is kept when
    it is asked for a second time: whoever walks through a list once pushes nothing out, and is
    served 10 percent faster (4,060 -> 4,480 pages of 72 kB a second), since each answer is made in
    the memory of the last. After TinyLFU, https://arxiv.org/abs/1512.00727, section 3.4.2, with the
    last addresses in place of a Bloom filter. Another version of the data empties it: the version
    is asked for when it is more than a second old (`app.api.dataset`).
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        source: Source,
        max_bytes: int,
        make_at_once: MakeAtOnce,
        backlog: Backlog,
    ) -> None:
        """Begin empty.

        Args:
            app: What is wrapped.
            make_at_once: Answers some requests in its place, without waiting for anything; the
                same to the byte as it would, but for the headers that all answers have.
            source: Says which version of the data there is.
            max_bytes: Most bytes that are kept; 0 keeps nothing.
            backlog: Says when nothing more is to be made at once.
        """
        self._app = app
        self._make_at_once = make_at_once
        self._backlog = backlog
        self._source = source
        self._max_bytes = max_bytes
        self._answers: OrderedDict[Key, Finished] = OrderedDict()
        self._bytes = 0
        self._passed_by: set[int] = set()
        self._passed_before: set[int] = set()
        self._version: str | None = None
        self._common: tuple[Sequence[Header], bytes] = ((), b"")
        self.hits = 0
        self.misses = 0

    @property
    def kept_bytes(self) -> int:
        """Bytes that are kept now."""
        return self._bytes

    def forget(self) -> None:
        """Keep nothing of what was kept."""
        self._answers.clear()
        self._passed_by.clear()
        self._passed_before.clear()
        self._bytes = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if not self._max_bytes or not _is_kept_at_all(scope):
            await self._app(scope, receive, send)
            return
        asked = _read_asked(scope)
        version = await self._find_version()
        found = None if version is None else self._find(asked, scope["method"])
        if found is None:
            self.misses += 1
            await self._ask(scope, receive, send, key=asked.key, version=version)
            return
        own_id = (b"x-request-id", asked.make_id())
        status, head, body = found
        headers = [*_split_lines(head), own_id]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    def find_at_once(self, scope: Scope) -> tuple[int, bytes, bytes, bytes] | None:
        """Return what is kept for a request, or can be made without waiting for anything.

        Returns:
            Status, header lines, body and the request's id; a refusal when requests have waited for
            too long. None when the application has to be asked, also when the version of the data
            was not looked at for a second, a proxy says that the request is another than it seems,
            or it has a body, of which the server learns only later whether it is one.
        """
        if not _is_kept_at_all(scope):
            return None
        asked = _read_asked(scope)
        if asked.is_special:
            return None
        request_id = asked.make_id()
        line = b"x-request-id: %b\r\n" % request_id
        dataset = self._source.dataset
        state = dataset.peek()
        if state is not None and dataset.begins_renewal():
            asyncio.get_running_loop().run_in_executor(None, dataset.renew)
        is_known = state is not None and state.version == self._version
        found = self._find(asked, scope["method"]) if is_known else None
        if found is None:
            if self._backlog.is_too_long(scope):
                status, headers, body = refuse(scope)
                return status, _join_lines(headers) + line, body, request_id
            found = self._make(scope, asked) if is_known else None
            if found is None:
                self._backlog.pass_on()
        return found and (found[0], found[1] + line, found[2], request_id)

    def _make(self, scope: Scope, asked: _Asked) -> tuple[int, bytes, bytes] | None:
        if asked.wants_encoding or len(asked.key[0]) + len(asked.key[1]) > MAX_URL_BYTES:
            return None
        made = self._make_at_once(scope)
        if made is None:
            return None
        status, etag, headers, common, body = made
        if common is not self._common[0]:
            self._common = common, _join_lines(add_common(common))
        vary = _VARY_LINE if len(body) >= MIN_COMPRESSED else b""
        head = b"etag: %b\r\n%b%b%b" % (etag, _join_lines(headers), vary, self._common[1])
        self.misses += 1
        self._keep(asked.key, head, body if status == 200 else None, etag=etag)
        return status, head, body

    def _find(self, asked: _Asked, method: str) -> tuple[int, bytes, bytes] | None:
        """Return status, header lines and body of what is kept for a client."""
        found = self._answers.get(asked.key)
        if found is None:
            return None
        if asked.knows(found):
            answer = (304, found.not_modified, b"")
        elif found.body is None:
            return None
        else:
            answer = (200, found.head, b"" if method == "HEAD" else found.body)
        self.hits += 1
        self._answers.move_to_end(asked.key)
        return answer

    async def _find_version(self) -> str | None:
        """Return the version of the data; when it is another one, forget everything."""
        state = self._source.dataset.peek()
        if state is None:
            state = await read_dataset(self._source)
        version = state.version if state.ready else None
        if version != self._version:
            self.forget()
            self._version = version
        return version

    async def _ask(
        self, scope: Scope, receive: Receive, send: Send, *, key: Key, version: str | None
    ) -> None:
        headers: list[Header] = []
        parts: list[bytes] = []
        size = status = 0
        keeps = version is not None and scope["method"] == "GET"

        async def send_kept(message: Message) -> None:
            nonlocal keeps, headers, size, status
            if keeps and message["type"] == "http.response.start":
                status = message["status"]
                headers = [
                    (bytes(name).lower(), bytes(value)) for name, value in message["headers"]
                ]
                keeps = _is_keepable(status, dict(headers), version)
            elif keeps and message["type"] == "http.response.body":
                size += len(message.get("body", b""))
                keeps = size <= MAX_ANSWER_BYTES
                parts.append(message.get("body", b""))
                if keeps and not message.get("more_body", False):
                    # Unless another version came while this was being answered.
                    if version == self._version:
                        own = [header for header in headers if header[0] != b"x-request-id"]
                        body = b"".join(parts) if status == 200 else None
                        self._keep(key, _join_lines(own), body, etag=dict(own)[b"etag"])
                elif not keeps:
                    parts.clear()
            await send(message)

        await self._app(scope, receive, send_kept)

    def _keep(self, key: Key, head: bytes, body: bytes | None, *, etag: bytes) -> None:
        length = len(body or b"")
        size = length + length // _SHARE + 2 * len(head) + sum(map(len, key)) + _OVERHEAD
        former = self._answers.pop(key, None)
        if former is None and self._bytes + size > self._max_bytes and self._passes_by(key):
            return
        self._bytes += size - (former.size if former else 0)
        self._answers[key] = Finished(head=head, body=body, etag=etag, size=size)
        while self._bytes > self._max_bytes:
            self._bytes -= self._answers.popitem(last=False)[1].size

    def _passes_by(self, key: Key) -> bool:
        """Say whether it is the first time, of late, that an answer would push others out."""
        seen = hash(key)
        for passed in (self._passed_by, self._passed_before):
            if seen in passed:
                passed.remove(seen)
                return False
        if len(self._passed_by) >= _MOST_PASSED_BY // 2:
            self._passed_by, self._passed_before = set(), self._passed_by
        self._passed_by.add(seen)
        return True


def _is_keepable(status: int, headers: dict[bytes, bytes], version: str | None) -> bool:
    return (
        status in (200, 304)
        and b"etag" in headers
        and headers.get(b"x-dataset-version") == (version or "").encode()
        and b"content-disposition" not in headers  # an export, however short
        and headers.get(b"vary", b"").lower() in (b"", b"accept-encoding")
    )


def _is_kept_at_all(scope: Scope) -> bool:
    return (
        scope["type"] == "http"
        and scope["method"] in ("GET", "HEAD")
        and scope["path"] not in _NEVER
    )


def _read_asked(scope: Scope) -> _Asked:
    # A header that is sent twice is read as the application reads it: what is kept for one request
    # must be what the application would answer to all the others with its key.
    encoding = host = none_match = request_id = None
    is_special = False
    for name, value in scope["headers"]:
        if name == b"accept-encoding":
            encoding = value if encoding is None else encoding + b"," + value
        elif name == b"host":
            host = value if host is None else host
        elif name == b"if-none-match":
            none_match = value if none_match is None else none_match + b"," + value
        elif name == b"x-request-id":
            request_id = value if request_id is None else request_id
        elif name in _BODIES or name.startswith(b"x-forwarded-"):
            is_special = True
    path = scope.get("raw_path") or scope["path"].encode("utf-8", "surrogateescape")
    query = scope["query_string"]
    # An address is asked for again and again, and its parameters need sorting once only.
    query = _sort_short(query) if len(query) < _SHORT else sort_query(query)
    key = (path, query, encoding or b"", _NO_HOST if host is None else host, scope["scheme"])
    return _Asked(key, none_match, request_id, is_special)


def _join_lines(headers: Iterable[Header]) -> bytes:
    return b"".join([b"%b: %b\r\n" % header for header in headers])


def _split_lines(head: bytes) -> list[Header]:
    lines = [line.partition(b": ") for line in head.split(b"\r\n")[:-1]]
    return [(name, value) for name, _, value in lines]


def sort_query(query: bytes) -> bytes:
    """Return a query string with its parameters in the order of `canonical_url`.

    One that is in order already, as in every link that the API gives out, is returned as it is.
    """
    if not query:
        return query
    if _PLAIN_QUERY.fullmatch(query):
        pairs = query.split(b"&")
        in_order = sorted(pairs)
        return query if in_order == pairs else b"&".join(in_order)
    pairs_of_text = parse_qsl(query.decode("latin-1"), keep_blank_values=True)
    return encode_query(sorted(pairs_of_text)).encode()


_sort_short = lru_cache(maxsize=256)(sort_query)
