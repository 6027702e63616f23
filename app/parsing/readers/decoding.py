"""From bytes to characters: UTF-8, or what a byte-order mark or an HTML page declares."""

import codecs
import re

from app.parsing.errors import ReadError

# The longer marks first: UTF-32's begins with UTF-16's.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_DECLARATION = re.compile(
    rb"""<(?:meta|\?xml)[^>]{0,300}?(?:charset|encoding)\s*=\s*["']?([\w.:-]+)""", re.I
)
# How far into a page the HTML standard has a declaration looked for, in bytes.
_DECLARED_WITHIN = 1024
# Character sets that pages are really written in; Python knows codecs that are none.
_KNOWN_CHARSET = re.compile(
    r"(utf-?8|windows-\d+|cp\d+|iso-?8859-\d+|latin-?1|us-ascii|ascii|koi8-[ru]|shift[-_]jis|"
    r"euc-(jp|kr)|iso-2022-jp|gb(2312|k|18030)|big5|macintosh)",
    re.I,
)
# The HTML standard reads these labels as Windows-1252, because their users meant that.
_MEANS_WINDOWS_1252 = frozenset(
    {"iso-8859-1", "iso8859-1", "latin1", "latin-1", "ascii", "us-ascii"}
)


def decode(data: bytes, *, name: str, html: bool = False) -> str:
    """Decode a file's bytes strictly.

    A byte-order mark decides; without one it is UTF-8, or in HTML what the page declares in its
    first 1,024 bytes. The mark is cut; nothing else is changed.

    Args:
        data: The bytes.
        name: The file's name, for the error.
        html: Honour a declaration in the page.

    Raises:
        ReadError: The bytes are not text in that encoding, or binary.
    """
    encoding, start = "utf-8", 0
    for mark, marked_encoding in _MARKS:
        if data.startswith(mark):
            encoding, start = marked_encoding, len(mark)
            break
    else:
        if html:
            encoding = _find_declared(data) or encoding
    if encoding.startswith("utf-8") and b"\0" in data:
        raise ReadError(name, f"is binary: it has a NUL byte at offset {data.index(0):,}")
    try:
        text = data[start:].decode(encoding)
    except UnicodeDecodeError as error:
        at = start + error.start
        line = data.count(b"\n", 0, at) + 1
        raise ReadError(
            name,
            f"is not {encoding.upper()}: byte 0x{data[at]:02x} at offset {at:,} (line {line:,}) "
            "cannot be decoded; save it as UTF-8",
        ) from error
    if "\0" in text:
        raise ReadError(name, f"is binary: it has a NUL character at offset {text.index(chr(0)):,}")
    return text


def _find_declared(data: bytes) -> str | None:
    """Return the character set that an HTML page declares, as Python calls it, or None."""
    match = _DECLARATION.search(data, 0, _DECLARED_WITHIN)
    if match is None:
        return None
    label = match[1].decode("ascii", "replace").lower()
    if not _KNOWN_CHARSET.fullmatch(label):
        return None
    if label in _MEANS_WINDOWS_1252:
        return "windows-1252"
    try:
        return codecs.lookup(label).name
    except LookupError:
        return None
