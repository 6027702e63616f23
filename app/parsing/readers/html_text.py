"""HTML to plain text: bounded parsing, and fragments whose every word is the article's."""

from typing import TYPE_CHECKING

from app.parsing.errors import ReadError
from app.parsing.readers.files import SeedFile

if TYPE_CHECKING:
    from lxml.html import HtmlElement

# Real pages have a few thousand elements and are 20 to 60 deep; trafilatura takes 8 s for 50,000.
# libxml2 itself cuts a page off at a depth of 256 (its huge_tree option stays off), which would
# lose words without a word.
ELEMENTS_AT_MOST = 50_000
DEPTH_AT_MOST = 200

# The elements that do not begin a new line of their own (HTML's phrasing content).
_INLINE = frozenset(
    {"a", "abbr", "b", "bdi", "bdo", "big", "br", "cite", "code", "data", "del", "dfn", "em"}
    | {"font", "i", "ins", "kbd", "label", "mark", "q", "ruby", "s", "samp", "small", "span"}
    | {"strike", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr"}
    # NITF's
    | {"person", "org", "location", "chron", "money", "num", "lang", "object.title", "function"}
    # trafilatura's
    | {"hi", "ref", "lb"}
)
_LINE_BREAKS = frozenset({"br", "lb"})
# Characters that no HTML parser lets through, to cut at.
_BLOCK_BORDER, _LINE_BORDER = "\0", "\1"
_WITHOUT_WORDS = frozenset(
    {"button", "figure", "form", "iframe", "math", "media", "noscript", "object", "script"}
    | {"select", "style", "svg", "template"}
)


def parse_html(source: str, *, file: SeedFile) -> "HtmlElement":
    """Parse a page or a fragment into lxml's tree, within bounds.

    Raises:
        ReadError: There is nothing in it, or it has too many or too deeply nested elements.
    """
    # Imported here, because only HTML needs it.
    from lxml import etree, html

    parser = html.HTMLParser(
        encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=False, no_network=True
    )
    try:
        tree = html.document_fromstring(source.encode(), parser=parser)
    except (etree.LxmlError, ValueError) as error:
        raise ReadError(file.name, f"is no HTML that can be parsed: {error}") from error
    count = depth = deepest = 0
    for event, _ in etree.iterwalk(tree, events=("start", "end")):
        depth += 1 if event == "start" else -1
        count += event == "start"
        deepest = max(deepest, depth)
    if deepest > DEPTH_AT_MOST:
        raise ReadError(file.name, f"has HTML nested more than {DEPTH_AT_MOST} elements deep")
    if count > ELEMENTS_AT_MOST:
        raise ReadError(file.name, f"has more than {ELEMENTS_AT_MOST:,} HTML elements")
    return tree


def html_to_text(source: str, *, file: SeedFile) -> str:
    """Return the words of a fragment, a blank line between blocks, a newline for ``<br>``.

    For an article's own body (ninjs): nothing is judged to be beside the point but scripts,
    figures and forms.

    Raises:
        ReadError: See `parse_html`.
    """
    if not source.strip():
        return ""
    tree = parse_html(source, file=file)
    body = tree.find("body")
    return collect_words(tree if body is None else body)


def collect_words(tree: "HtmlElement") -> str:
    """Return the words of a tree, a blank line between blocks and a newline for a line break.

    Takes HTML, NITF and the TEI-like tree of trafilatura. White space is folded as browsers do.
    """
    # Imported here, because only HTML needs it.
    from lxml import etree

    pieces: list[str] = []
    silent = 0
    for event, element in etree.iterwalk(tree, events=("start", "end")):
        tag = str(element.tag).lower()
        started = event == "start"
        if tag in _WITHOUT_WORDS:
            silent += 1 if started else -1
        if tag not in _INLINE:
            pieces.append(_BLOCK_BORDER)
        elif tag in _LINE_BREAKS and started:
            pieces.append(_LINE_BORDER)
        words = element.text if started else element.tail
        if words and not silent:
            pieces.append(words)
    blocks = []
    for block in "".join(pieces).split(_BLOCK_BORDER):
        lines = (" ".join(line.split()) for line in block.split(_LINE_BORDER))
        if words := "\n".join(lines).strip("\n"):
            blocks.append(words)
    return "\n\n".join(blocks)
