"""Files that nobody would write and somebody will send, made by chance from a number.

`make_input(seed, index)` gives the same file for the same numbers, so that what broke can be made
again. Most are small, since it is their number that finds things; `make_giants` are the large ones.
"""

import gzip
import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
SUFFIXES = (".txt", ".md", ".html", ".json", ".jsonl")
_ARTICLES = tuple(
    sorted(path for path in (ROOT / "tests/articles").iterdir() if path.suffix in SUFFIXES)
)
_MARKS = "“”‘’«»„‟\"'‹›「」＂`´"
_INVISIBLE = (
    "\u00ad\u061c\u200b\u200c\u200d\u2060\ufeff"
    "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)
_LOOKALIKE = str.maketrans("aceopxyiABCEHKMOPTX", "асеорхуіАВСЕНКМОРТХ")
_TRICKS = (
    "../../../../etc/passwd", "file:///etc/passwd", "..\\..\\windows\\win.ini", "/dev/zero",
    "%00", "%2e%2e%2f", "javascript:alert(1)", "<script>alert(1)</script>", "${jndi:ldap://x}",
    "'; DROP TABLE articles; --", "\x1b[2J", "C:\\con", "a" * 5000, "=HYPERLINK(\"http://x\")",
    "{{7*7}}", "\u202egpj.exe", "🙂" * 100, "NaN", "-0", "1e999", "9" * 5000,
)  # fmt: skip
PIECES = (
    "said", "says", "told", "according to", "denied that", "he", "she", "they", "who", "that",
    "Ann Bell", "Jon Lind", "Mr. Orr", "the mayor", "a senior official", "the BBC", "Riga", "U.S.",
    "“", "”", "\"", "'", "‘", "’", ",", ".", "?", "!", ":", ";", "—", "(", ")", "…", "\n", "\n\n",
    " ", "  ", "\t", "not", "may", "will", "10 million", "$3bn", "on Monday", "in 2020", "I", "we",
    "it rained", "the war is over", "🙂", "e\u0301", "\u00a0", "’s", "'s", "Dr.", "and", "of", "in",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Input:
    """A file: what kind of trouble it is, its suffix and its bytes."""

    kind: str
    suffix: str
    data: bytes


def make_input(seed: int, index: int) -> Input:
    """Return the input of a number."""
    chance = random.Random(f"{seed}:{index}")
    make = _MAKERS[index % len(_MAKERS)]
    suffix, data = make(chance)
    return Input(make.__name__.removeprefix("_"), suffix, data)


def make_giants() -> Iterator[Input]:
    """Yield the large ones, each up to a few megabytes."""
    million = 1_000_000
    yield Input("a million nested tags", ".html", b"<div>" * million)
    yield Input(
        "a million nested tags, closed", ".html", b"<b>" * million + b"x" + b"</b>" * million
    )
    yield Input("a million attributes", ".html", b"<p " + b"a=1 " * million + b">x</p>")
    yield Input("a million open quotation marks", ".html", b"<p title='" * (million // 10))
    yield Input("a million comments", ".html", b"<!--" * million)
    yield Input("nested JSON", ".json", b"[" * million)
    yield Input("nested JSON objects", ".json", b'{"a":' * million)
    yield Input("nested JSON-LD", ".html", b'<script type="application/ld+json">' + b"[" * million)
    yield Input("billion laughs", ".html", _laughs())
    yield Input("billion laughs in YAML", ".md", _yaml_laughs())
    yield Input("a huge number", ".json", b'{"bodies": ' + b"9" * million + b"}")
    yield Input("a huge number in YAML", ".md", b"---\nid: " + b"9" * million + b"\n---\nText.")
    yield Input("one line", ".txt", b"word " * (million // 5))
    yield Input("one word", ".txt", b"a" * million)
    yield Input("empty lines", ".txt", b"\n" * million + b"x")
    yield Input("spaces", ".txt", b"x" + b" " * million + b"x")
    yield Input("a million lines of JSON", ".jsonl", b'{"text": "a"}\n' * 50_000)
    yield Input("quotation marks", ".txt", "“".encode() * 10_000)
    yield Input("straight quotation marks", ".txt", b'"' * 10_001)
    yield Input("nested Markdown", ".md", b">" * 100_000 + b" a")
    yield Input("nested lists", ".md", b"".join(b" " * n + b"- a\n" for n in range(600)))
    yield Input("emphasis", ".md", b"*a_" * 30_000)
    yield Input("brackets", ".md", b"[" * 50_000)
    yield Input("links", ".md", b"[a](" * 20_000)
    yield Input("backticks", ".md", b"".join(b"`" * (n % 300) + b" " for n in range(20_000)))
    yield Input("deep front matter", ".md", b"---\na: " + b"[" * 100_000 + b"\n---\nx")
    yield Input("a zip bomb", ".html", gzip.compress(bytes(50_000_000)))
    yield Input("a zip bomb by its name", ".json.gz", gzip.compress(b"[" * 10_000_000))


def _article(chance: random.Random) -> tuple[str, str]:
    path = chance.choice(_ARTICLES)
    return path.suffix, path.read_text(encoding="utf-8")


def _random_bytes(chance: random.Random) -> tuple[str, bytes]:
    return chance.choice(SUFFIXES), chance.randbytes(chance.randrange(1, 400))


def _damaged_article(chance: random.Random) -> tuple[str, bytes]:
    suffix, text = _article(chance)
    data = bytearray(text.encode())
    for _ in range(chance.randint(1, 8)):
        at = chance.randrange(len(data))
        data[at : at + chance.randrange(30)] = chance.randbytes(chance.randrange(4))
    return suffix, bytes(data[: chance.randrange(1, len(data) + 1)])


def _truncated_json(chance: random.Random) -> tuple[str, bytes]:
    item = {"text": _talk(chance), "title": "T", "authors": ["A", None], "meta": {"a": [1, {}]}}
    data = json.dumps(item if chance.random() < 0.5 else {"bodies": [{"value": item}]}).encode()
    return chance.choice((".json", ".jsonl")), data[: chance.randrange(1, len(data) + 1)]


def _nested_json(chance: random.Random) -> tuple[str, bytes]:
    depth = int(10 ** chance.uniform(1, 4.5))
    opening, closing = chance.choice((("[", "]"), ('{"a":', "}"), ('[{"meta":', "}]")))
    inner = opening * depth + "1" + closing * (depth if chance.random() < 0.7 else 0)
    text = chance.choice((inner, f'{{"text": "a b", "meta": {inner}}}'))
    return chance.choice((".json", ".jsonl")), text.encode()


def _odd_json(chance: random.Random) -> tuple[str, bytes]:
    def odd(depth: int = 0) -> object:
        plain: list[object] = [None, True, 1.5, -1, "", "x", "\ud800", "\x00", [], {}, 10**30]
        if depth > 2 or chance.random() < 0.6:
            return chance.choice([*plain, chance.choice(_TRICKS), _talk(chance)])
        if chance.random() < 0.5:
            return [odd(depth + 1) for _ in range(chance.randrange(4))]
        return {chance.choice(("name", "value", "role", "a")): odd(depth + 1) for _ in range(2)}

    names = ("id", "title", "authors", "outlet", "published_at", "language", "url", "meta")
    item: dict[str, object] = {name: odd() for name in names if chance.random() < 0.4}
    if chance.random() < 0.8:
        item["text"] = _talk(chance)
    else:
        item["bodies"] = [{"value": odd(), "contentType": "text/html", "role": odd()}]
        item |= {"headlines": odd(), "by": odd(), "people": odd(), "altIds": odd(), "uri": odd()}
    return chance.choice((".json", ".jsonl")), json.dumps(item).encode()


def _laughing(chance: random.Random) -> tuple[str, bytes]:
    return (".html", _laughs()) if chance.random() < 0.5 else (".md", _yaml_laughs())


def _nested_tags(chance: random.Random) -> tuple[str, bytes]:
    depth = int(10 ** chance.uniform(1, 4))
    tag = chance.choice(("div", "p", "b", "table", "ul", "svg", "select", "font", "a", "x-y"))
    text = f"<{tag}>" * depth + _talk(chance) + f"</{tag}>" * chance.choice((0, depth))
    return ".html", text.encode()


def _odd_html(chance: random.Random) -> tuple[str, bytes]:
    pieces = [
        *(
            "<p>",
            "</p>",
            "<article>",
            "<!--",
            "-->",
            "<script>",
            "</script>",
            "<![CDATA[",
            "<",
            ">",
        ),
        *(
            "&amp;",
            "&#0;",
            "&#xD800;",
            "&#x110000;",
            "&bogus;",
            "<title>",
            "</title>",
            "\0",
            "<p a='",
        ),
        *(
            '<meta charset="utf-16">',
            '<meta charset="zlib">',
            "<time datetime='99999-99-99'>",
            "<br>",
        ),
        *('<script type="application/ld+json">{"@type": "NewsArticle", "headline": [1]}</script>',),
        *("<?xml version='1.0'?>", "<!DOCTYPE html>", "<svg>", "<template>", "<noscript>"),
    ]
    body = "".join(
        chance.choice(pieces) if chance.random() < 0.5 else _talk(chance, most=12)
        for _ in range(chance.randrange(1, 30))
    )
    return ".html", body.encode("utf-8", "surrogatepass")


def _huge_line(chance: random.Random) -> tuple[str, bytes]:
    word = chance.choice(("word ", "a", "“a” ", "He said. ", "Ann Bell ", "1,"))
    return chance.choice(SUFFIXES[:3]), (word * chance.randrange(10, 200)).encode()


def _invisible(chance: random.Random) -> tuple[str, bytes]:
    text = _talk(chance)
    for _ in range(chance.randrange(1, 40)):
        at = chance.randrange(len(text) + 1)
        text = text[:at] + chance.choice(_INVISIBLE) * chance.randrange(1, 4) + text[at:]
    return chance.choice((".txt", ".md")), text.encode()


def _surrogates(chance: random.Random) -> tuple[str, bytes]:
    text = json.dumps(
        {chance.choice(("text", "title", "id", "a\ud800")): "Ann \udfff said \ud83d."}
    )
    return chance.choice((".json", ".jsonl", ".txt")), text.encode()


def _nuls(chance: random.Random) -> tuple[str, bytes]:
    data = bytearray(_talk(chance).encode())
    data.insert(chance.randrange(len(data) + 1), 0)
    return chance.choice(SUFFIXES), bytes(data)


def _homoglyphs(chance: random.Random) -> tuple[str, bytes]:
    text = "".join(
        letter.translate(_LOOKALIKE) if chance.random() < 0.3 else letter
        for letter in _talk(chance)
    )
    return ".txt", text.encode()


def _marks(chance: random.Random) -> tuple[str, bytes]:
    count = int(10 ** chance.uniform(1, 2.5))
    marks = chance.choice((_MARKS, "“”", '"', "'", "“‘", chance.choice(_MARKS)))
    text = "".join(
        chance.choice(marks) + chance.choice(("", "", "a", " ", "\n")) for _ in range(count)
    )
    return ".txt", text.encode()


def _talking(chance: random.Random) -> tuple[str, bytes]:
    return chance.choice((".txt", ".md")), _talk(chance, most=120).encode()


def _bombs(chance: random.Random) -> tuple[str, bytes]:
    data = gzip.compress(bytes(chance.randrange(10**6)))
    return chance.choice((*SUFFIXES, ".gz", ".json.gz", ".zip")), data


def _tricks(chance: random.Random) -> tuple[str, bytes]:
    names = ("title", "author", "source", "date", "language", "url", "id", "tags")
    fields = {name: chance.choice(_TRICKS) for name in names if chance.random() < 0.6}
    if chance.random() < 0.5:
        head = "\n".join(f"{name}: {json.dumps(value)}" for name, value in fields.items())
        return ".md", f"---\n{head}\n---\n{_talk(chance)}".encode()
    return ".jsonl", json.dumps({**fields, "text": _talk(chance)}).encode()


def _odd_yaml(chance: random.Random) -> tuple[str, bytes]:
    values = (
        *(
            "!!python/object/apply:os.system [id]",
            "!!binary a",
            "0o17",
            ".inf",
            ".nan",
            "0x" + "f" * 99,
        ),
        *(
            "2020-13-45",
            "0000-00-00",
            "99999-01-01 25:61",
            "{a: b}",
            "[1, [2, [3]]]",
            "&a [*a]",
            "~",
        ),
        *(
            "|\n  x\n  y",
            ">-",
            "'",
            '"',
            "? a",
            "<<: {a: 1}",
            "1:2:3:4",
            "- - - -",
            "%TAG ! x",
            "\x07",
        ),
    )
    lines = [
        f"{chance.choice(('title', 'date', 'author', 'x', '1', '[a]', '{b: 1}', '~', 'null'))}: "
        f"{chance.choice(values)}"
        for _ in range(chance.randrange(1, 6))
    ]
    closing = "---\n" if chance.random() < 0.9 else ""
    return ".md", ("---\n" + "\n".join(lines) + f"\n{closing}{_talk(chance)}").encode()


def _odd_markdown(chance: random.Random) -> tuple[str, bytes]:
    pieces = (
        "# ",
        "> ",
        "- ",
        "1. ",
        "```",
        "`",
        "*",
        "_",
        "[a](",
        "](",
        "![",
        "<b>",
        "\\",
        "\n",
        "|",
    )
    text = "".join(
        chance.choice(pieces) * chance.randrange(1, 9)
        if chance.random() < 0.6
        else _talk(chance, most=6)
        for _ in range(chance.randrange(1, 60))
    )
    return ".md", text.encode()


def _any_unicode(chance: random.Random) -> tuple[str, bytes]:
    letters = [chr(chance.randrange(1, 0x110000)) for _ in range(chance.randrange(1, 120))]
    text = "".join(letter for letter in letters if not "\ud800" <= letter <= "\udfff")
    return chance.choice(SUFFIXES[:3]), (text or "x").encode()


def _piled_accents(chance: random.Random) -> tuple[str, bytes]:
    text = "".join(
        letter + chance.choice("\u0300\u0301\u0489\u20dd") * chance.randrange(20)
        for letter in _talk(chance, most=15)
    )
    return ".txt", text.encode()


def _encodings(chance: random.Random) -> tuple[str, bytes]:
    name = chance.choice(
        ("utf-16", "utf-32", "utf-8-sig", "cp1252", "utf-7", "shift-jis", "utf-16-le")
    )
    text = chance.choice(("", f'<meta charset="{name}">')) + _talk(chance)
    data = text.encode(name, "replace")
    return chance.choice(SUFFIXES), data[: chance.choice((len(data), chance.randrange(1, 40)))]


def _talk(chance: random.Random, *, most: int = 50) -> str:
    """Return words and marks of the news in an order that nobody wrote."""
    words = []
    for _ in range(chance.randrange(1, most)):
        words.append(chance.choice(PIECES))
        if chance.random() < 0.7:
            words.append(" ")
    return "".join(words)


def _laughs() -> bytes:
    lines = ["<?xml version='1.0'?><!DOCTYPE l [<!ENTITY a0 'ha'>"]
    lines += [f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 12)]
    return ("\n".join(lines) + "]><html><body><p>&a11;</p></body></html>").encode()


def _yaml_laughs() -> bytes:
    lines = ["---", "a0: &a0 [ha, ha]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    return ("\n".join(lines) + "\n---\nText.").encode()


_MAKERS: tuple[Callable[[random.Random], tuple[str, bytes]], ...] = (
    _random_bytes, _damaged_article, _truncated_json, _nested_json, _odd_json, _laughing,
    _nested_tags, _odd_html, _huge_line, _invisible, _surrogates, _nuls, _homoglyphs, _marks,
    _talking, _bombs, _tricks, _odd_yaml, _odd_markdown, _any_unicode, _piled_accents, _encodings,
)  # fmt: skip
