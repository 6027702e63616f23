"""Our own styles and scripts, each under a name that holds the hash of its content.

A file that changes has another name, so a browser may keep each for a year.
"""

import base64
import hashlib
from pathlib import Path

STATIC = Path(__file__).parent / "static"
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml; charset=utf-8",
}


def _name(path: Path) -> str:
    digest = hashlib.sha256(path.read_bytes()).hexdigest()[:12]
    return f"{path.stem}.{digest}{path.suffix}"


NAMES = {path.name: _name(path) for path in STATIC.iterdir() if path.suffix in TYPES}
FILES = {served: STATIC / name for name, served in NAMES.items()}


def read_asset(name: str) -> str:
    """Return the text of a file, for a page that carries it in itself."""
    return (STATIC / name).read_text(encoding="utf-8")


def to_csp_hash(text: str) -> str:
    """Return the source expression that allows one inline style or script.

    https://www.w3.org/TR/CSP3/#grammardef-hash-source
    """
    digest = hashlib.sha256(text.encode("utf-8")).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"
