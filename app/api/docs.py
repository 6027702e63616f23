"""Swagger UI and ReDoc from our own files: they work where there is no other network.

The files are those of swagger-ui-dist 5.35.0 (Apache-2.0) and redoc 2.5.4 (MIT), with their
licences beside them in ``static/``. One thing in them is changed: redoc.standalone.js has an empty
picture in place of the address of its maker's logo, which it would fetch from its maker's server.
"""

from html import escape
from pathlib import Path

from fastapi import FastAPI, Request, Response
from pydantic_core import to_json
from starlette.responses import FileResponse, HTMLResponse

from app import __version__
from app.api.caching import make_etag, matches_etag
from app.api.errors import ProblemError
from app.api.openapi import build_openapi
from app.api.promise import Router

STATIC = Path(__file__).parent / "static"
SWAGGER, REDOC, OURS = "swagger-ui-5.35.0", "redoc-2.5.4", "onrecord"
_TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".png": "image/png",
    ".txt": "text/plain; charset=utf-8",
    "": "text/plain; charset=utf-8",
}
# A folder with a version in its name never changes; ours does.
_FOREVER = "public, max-age=31536000, immutable"
_CHECKED = "public, max-age=0, must-revalidate"
# Both pages style elements by script; no script but our files runs, and nothing leaves the server.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; font-src 'self' data:; connect-src 'self'; worker-src blob:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_SECURITY = {"Content-Security-Policy": _POLICY, "Referrer-Policy": "same-origin"}

router = Router(include_in_schema=False)


@router.get("/docs")
async def show_docs(request: Request) -> Response:
    """Serve Swagger UI."""
    return _page(
        request,
        title="API documentation",
        place="docs",
        library=f"{SWAGGER}/swagger-ui-bundle.js",
        styles=[f"{SWAGGER}/swagger-ui.css"],
    )


@router.get("/redoc")
async def show_redoc(request: Request) -> Response:
    """Serve ReDoc."""
    return _page(
        request,
        title="API reference",
        place="redoc",
        library=f"{REDOC}/redoc.standalone.js",
        styles=[],
    )


@router.get("/openapi.json")
async def show_openapi(request: Request) -> Response:
    """Serve the OpenAPI document."""
    headers = {
        "ETag": make_etag("", request.scope["path"]),
        "Cache-Control": "public, max-age=60, stale-while-revalidate=600",
    }
    if matches_etag(request.headers.get("if-none-match", ""), headers["ETag"]):
        return Response(status_code=304, headers=headers)
    app: FastAPI = request.app
    root = _root(request)
    document = build_openapi(app)
    if root:
        document = {**document, "servers": [{"url": root}]}
    return Response(to_json(document), media_type="application/json", headers=headers)


@router.get("/static/{folder}/{name}")
async def show_file(folder: str, name: str) -> Response:
    """Serve one file of the pages."""
    path = _FILES.get(f"{folder}/{name}")
    if path is None:
        raise ProblemError(404, "There is no such file.")
    return FileResponse(
        path,
        headers={
            "Content-Type": _TYPES[path.suffix],
            "Cache-Control": _CHECKED if folder == OURS else _FOREVER,
        },
    )


_FILES = {
    f"{folder}/{path.name}": path
    for folder in (SWAGGER, REDOC, OURS)
    for path in (STATIC / folder).iterdir()
}


def _root(request: Request) -> str:
    root: str = request.scope.get("root_path", "")
    return root.rstrip("/")


def _page(
    request: Request, *, title: str, place: str, library: str, styles: list[str]
) -> HTMLResponse:
    root = escape(_root(request))
    links = "\n".join(
        f'<link rel="stylesheet" href="{root}/static/{name}">'
        for name in [*styles, f"{OURS}/docs.css"]
    )
    html = f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>On Record {__version__}: {title}</title>
<link rel="icon" type="image/png" href="{root}/static/{SWAGGER}/favicon-32x32.png">
{links}
</head>
<body>
<div id="{place}" data-openapi="{root}/openapi.json"></div>
<noscript>This page needs JavaScript; the same is in <a href="{root}/openapi.json">openapi.json</a>.
</noscript>
<script src="{root}/static/{library}"></script>
<script src="{root}/static/{OURS}/{place}.js"></script>
</body>
</html>
"""
    return HTMLResponse(html, headers={**_SECURITY, "Cache-Control": _CHECKED})
