"""What nobody can be faster than: servers that send bytes which they were given.

    python tests/benchmarks/floors.py asgi|fastapi BODY PORT

`asgi` is a bare application under uvicorn, the floor: it sends the body, and a bare 304 to whoever
names an ETag. `fastapi` is a route that returns the same bytes, with nothing in between.
"""

import sys
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI, Response

HEADERS = ((b"content-type", b"application/json"), (b"cache-control", b"public, max-age=60"))
ETAG = b'W/"0123456789abcdef01234567"'


def make_asgi(body: bytes) -> Any:
    """Return the bare application."""
    tagged = [*HEADERS, (b"etag", ETAG)]
    whole = [*tagged, (b"content-length", str(len(body)).encode())]

    async def answer(scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            while True:
                message = await receive()
                await send({"type": f"{message['type']}.complete"})
                if message["type"] == "lifespan.shutdown":
                    return
        if any(name == b"if-none-match" for name, _ in scope["headers"]):
            await send({"type": "http.response.start", "status": 304, "headers": tagged})
            await send({"type": "http.response.body"})
            return
        await send({"type": "http.response.start", "status": 200, "headers": whole})
        await send({"type": "http.response.body", "body": body})

    return answer


def make_fastapi(body: bytes) -> FastAPI:
    """Return an application whose every path is one constant route."""
    app = FastAPI(openapi_url=None)

    @app.get("/{path:path}")
    async def send_constant(path: str) -> Response:
        return Response(body, media_type="application/json")

    return app


def main() -> None:
    """Serve until told to stop."""
    kind, body, port = sys.argv[1:]
    make = {"asgi": make_asgi, "fastapi": make_fastapi}[kind]
    app = make(Path(body).read_bytes())
    uvicorn.run(app, host="127.0.0.1", port=int(port), log_level="warning", access_log=False)


if __name__ == "__main__":
    main()
