"""Every way in which a file can be unreadable, really made, and what the reader says."""

import os
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.parsing.errors import ReadError
from app.parsing.readers import SeedFile, read_file

PAGE = "<html><head><title>Shop</title></head><body>{}</body></html>"
MENU = "<nav><ul><li><a href='/'>Home</a></li><li><a href='/a'>About</a></li></ul></nav>"

# name, bytes, the message after the name
CASES = [
    pytest.param("a.txt", b"", "is empty", id="empty"),
    pytest.param("a.txt", b" \n\t\xc2\xa0\n", "is only white space", id="white space"),
    pytest.param("a.md", b"\n\n", "is only white space", id="white space, Markdown"),
    pytest.param("a.html", b"\n\n", "is only white space", id="white space, HTML"),
    pytest.param("a.json", b"\n\n", "is only white space", id="white space, JSON"),
    pytest.param("a.jsonl", b"\n\n", "is only white space", id="white space, JSONL"),
    pytest.param("a.txt", b"\xef\xbb\xbf", "is only white space", id="a byte-order mark alone"),
    pytest.param(
        "a.txt", b"PK\x03\x04\x00\x00", "is binary: it has a NUL byte at offset 4", id="binary"
    ),
    pytest.param(
        "a.txt",
        b"Fine.\nHe said \x93no\x94.",
        "is not UTF-8: byte 0x93 at offset 14 (line 2) cannot be decoded; save it as UTF-8",
        id="Windows-1252",
    ),
    pytest.param(
        "a.txt",
        "Ünmarked".encode("utf-16-le"),
        "is binary: it has a NUL byte at offset 1",
        id="UTF-16 without its mark",
    ),
    pytest.param(
        "a.txt",
        b"\xff\xfeA\x00B",
        "is not UTF-16-LE: byte 0x42 at offset 4 (line 1) cannot be decoded; save it as UTF-8",
        id="UTF-16 cut off",
    ),
    pytest.param(
        "a.json",
        b'{"uri": "urn:x",\n "bodies": [{"value": "Wor',
        "is cut off or incomplete JSON: Unterminated string starting at at line 2, column 23",
        id="JSON cut in a string",
    ),
    pytest.param(
        "a.json",
        b'{"uri": "urn:x", "bodies": [',
        "is cut off or incomplete JSON: Expecting value at line 1, column 29",
        id="JSON cut in a list",
    ),
    pytest.param(
        "a.json",
        b"{'uri': 1}",
        "is not valid JSON: Expecting property name enclosed in double quotes at line 1, column 2",
        id="not JSON",
    ),
    pytest.param("a.json", b'{"a": NaN}', "is not valid JSON: NaN is not a JSON number", id="NaN"),
    pytest.param("a.json", b"[" * 200_000, "is JSON nested too deeply", id="deep JSON"),
    pytest.param(
        "a.json",
        b"[]",
        "is a list; several articles go into a .jsonl, one a line",
        id="a JSON list",
    ),
    pytest.param("a.json", b'"words"', "is not a JSON object", id="a JSON string"),
    pytest.param(
        "a.json",
        b'{"uri": "urn:x"}',
        "(field bodies): is missing: this is no ninjs text item",
        id="JSON without bodies",
    ),
    pytest.param(
        "a.json",
        b'{"uri": "urn:x", "type": "picture"}',
        "(field bodies): is missing: the item is of type 'picture', not text",
        id="a ninjs picture",
    ),
    pytest.param(
        "a.json",
        b'{"bodies": [{"value": ["Words."]}]}',
        "(field text): ['Words.'] is not a text",
        id="a body that is a list",
    ),
    pytest.param(
        "a.json",
        b'{"bodies": [{"value": "Words \\ud83d cut."}]}',
        "(field text): has an unpaired surrogate (\\ud83d) at character 6, half of a character",
        id="an unpaired surrogate in the text",
    ),
    pytest.param(
        "a.json",
        b'{"bodies": [{"value": "Words."}], "by": "A\\udc00"}',
        "(field authors): has an unpaired surrogate (\\udc00) at character 1, half of a character",
        id="an unpaired surrogate in the byline",
    ),
    pytest.param(
        "a.json",
        b'{"bodies": [{"value": "Words."}], "slugline": "A\\udc00"}',
        "(field meta): has an unpaired surrogate (\\udc00) at character 15, half of a character",
        id="an unpaired surrogate in the metadata",
    ),
    pytest.param(
        "a.json",
        b'{"bodies": [{"value": "A\\u0000b"}]}',
        "(field text): has a NUL character",
        id="an escaped NUL",
    ),
    pytest.param(
        "a.json",
        b'{"bodies": [{"value": "Words."}], "slugline": "A\\\\\\u0000"}',
        "(field meta): has a NUL character",
        id="an escaped NUL in the metadata",
    ),
    pytest.param(
        "a.jsonl",
        b'{"text": 1}\nnothing\n',
        "(field text): no line can be read; the first: line 1 (field text): 1 is not a text",
        id="JSONL without a good line",
    ),
    pytest.param(
        "a.html", PAGE.format("").encode(), "is HTML with no article in it", id="an empty page"
    ),
    pytest.param(
        "a.html", PAGE.format(MENU).encode(), "is HTML with no article in it", id="a menu"
    ),
    pytest.param(
        "a.html",
        PAGE.format("<script>var words = 'a b c';</script>").encode(),
        "is HTML with no article in it",
        id="a script",
    ),
    pytest.param(
        "a.html",
        b"<p>Caf\xe9 " + b"word " * 50,
        "is not UTF-8: byte 0xe9 at offset 6 (line 1) cannot be decoded; save it as UTF-8",
        id="HTML in Latin-1 that does not say so",
    ),
    pytest.param(
        "a.html",
        b"<div>" * 1_000_000 + b"<p>Words.",
        "has HTML nested more than 200 elements deep",
        id="a million nested tags",
    ),
    pytest.param(
        "a.html",
        b"<p>x" * 60_000,
        "has more than 50,000 HTML elements",
        id="sixty thousand paragraphs",
    ),
    pytest.param(
        "a.md",
        b"---\ntitle: A\n\nWords.\n",
        "the front matter that line 1 opens is never closed by ---",
        id="open front matter",
    ),
    pytest.param(
        "a.md",
        b"---\ntitle: [A\n---\nWords.\n",
        "(field front matter): is not valid YAML:",
        id="broken YAML",
    ),
    pytest.param(
        "a.md",
        b"---\n- A\n- B\n---\nWords.\n",
        "(field front matter): is not a list of keys and values",
        id="YAML of another shape",
    ),
    pytest.param(
        "a.md",
        b"---\na: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n---\nWords.\n",
        "(field front matter): YAML aliases (*name) are not read",
        id="a billion laughs",
    ),
    pytest.param(
        "a.md",
        b"---\na: " + b"[" * 100_000 + b"\n---\nWords.\n",
        "(field front matter): is nested too deeply",
        id="deep YAML",
    ),
    pytest.param(
        "a.md",
        b"---\na: !!python/object/apply:os.getcwd []\n---\nWords.\n",
        "(field front matter): is not valid YAML: could not determine a constructor",
        id="YAML that would run code",
    ),
    pytest.param(
        "a.md",
        b"---\ndate: 2026-02-31\n---\nWords.\n",
        "(field front matter): is not valid YAML: day is out of range for month",
        id="a YAML date that does not exist",
    ),
    pytest.param(
        "a.md",
        b"---\nscore: .nan\n---\nWords.\n",
        "(field meta): cannot be kept as JSON:",
        id="YAML that JSON does not have",
    ),
    pytest.param(
        "a.md",
        b"---\ntitle: A\n---\n\n",
        "(field text): has no text below its front matter",
        id="front matter alone",
    ),
]


@pytest.mark.parametrize(("name", "data", "message"), CASES)
def test_an_unreadable_file_is_refused_with_its_name_and_the_reason(
    read, name: str, data: bytes, message: str
) -> None:
    started = time.process_time()
    with pytest.raises(ReadError) as caught:
        read(name, data)

    separator = " " if message.startswith("(") else ": "
    said = str(caught.value)
    expected = f"{name}{separator}{message}"
    assert said == expected or (
        message.endswith((":", "constructor")) and said.startswith(expected)
    )
    assert caught.value.path == name
    assert time.process_time() - started < 20


def test_the_error_names_the_field(read) -> None:
    with pytest.raises(ReadError) as caught:
        read("a.json", b'{"bodies": [{"value": "A\\u0000"}]}')

    assert (caught.value.field, caught.value.reason) == ("text", "has a NUL character")


def test_a_file_of_more_bytes_than_allowed_is_refused(read) -> None:
    assert read("a.txt", "x" * 100, max_bytes=100).articles
    with pytest.raises(ReadError, match=r"^a\.txt: has 101 bytes; at most 100 are read$"):
        read("a.txt", "x" * 101, max_bytes=100)


@pytest.mark.parametrize("name", ["a.txt", "a.md", "a.html", "a.json", "a.jsonl"])
def test_one_line_of_50_megabytes_is_refused_at_once(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(b"word " * 10_000_000)

    started = time.process_time()
    with pytest.raises(ReadError, match=r"has 50,000,000 bytes; at most 20,000,000 are read$"):
        read_file(SeedFile(path, tmp_path, name))
    assert time.process_time() - started < 1


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        ("a.txt", "", ""),
        ("a.md", "---\ntitle: A\n---\n", ""),
        ("a.html", "<html><body><article><p>", "</p></article></body></html>"),
        ("a.json", '{"bodies": [{"value": "', '"}]}'),
    ],
)
def test_more_characters_than_allowed_are_refused(read, name: str, before: str, after: str) -> None:
    with pytest.raises(ReadError, match=r"characters; at most 1,000 are read$") as caught:
        read(name, before + "Words. " * 1_000 + after, max_chars=1_000)

    assert caught.value.field == "text"


def in_folder(folder: Path, name: str) -> SeedFile:
    return SeedFile(folder / name, folder, f"{folder.name}/{name}")


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("Secret words.\n", encoding="utf-8")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "a.txt").write_text("Secret words.\n", encoding="utf-8")
    folder = tmp_path / "seeds"
    folder.mkdir()
    (folder / "absolute.txt").symlink_to(tmp_path / "secret.txt")
    (folder / "relative.txt").symlink_to("../secret.txt")
    (folder / "twice.txt").symlink_to("absolute.txt")
    (folder / "sub").symlink_to(tmp_path / "elsewhere")

    for name in ("absolute.txt", "relative.txt", "twice.txt", "sub/a.txt"):
        with pytest.raises(ReadError) as caught:
            read_file(in_folder(folder, name))
        assert caught.value.reason == "is a link that leads out of its folder; it is not followed"


def test_a_link_inside_of_the_folder_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Words.\n", encoding="utf-8")
    (tmp_path / "b.txt").symlink_to("a.txt")

    assert read_file(in_folder(tmp_path, "b.txt")).articles[0].text == "Words.\n"


def test_a_folder_that_is_itself_a_link_is_read(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "a.txt").write_text("Words.\n", encoding="utf-8")
    (tmp_path / "seeds").symlink_to("real")

    assert read_file(in_folder(tmp_path / "seeds", "a.txt")).articles[0].text == "Words.\n"


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        pytest.param(Path.mkdir, "is a folder, not a file", id="folder"),
        pytest.param(os.mkfifo, "is a named pipe, not a file", id="pipe"),
        pytest.param(
            lambda path: path.symlink_to(path.name), "is a link that leads in a circle", id="circle"
        ),
        pytest.param(lambda path: path.symlink_to("gone"), "does not exist", id="dangling link"),
        pytest.param(str, "does not exist", id="nothing"),
    ],
)
def test_what_is_no_file_is_refused_and_never_waited_for(tmp_path: Path, make, reason: str) -> None:
    make(tmp_path / "a.txt")

    with pytest.raises(ReadError) as caught:
        read_file(in_folder(tmp_path, "a.txt"))

    assert caught.value.reason == reason


def test_a_socket_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # A socket's path may have about 100 characters only, so it is bound by its short name.
    monkeypatch.chdir(tmp_path)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("a.txt")

        with pytest.raises(ReadError, match=r"is a socket, not a file$"):
            read_file(in_folder(tmp_path, "a.txt"))


def test_a_device_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.txt").symlink_to("/dev/zero")

    with pytest.raises(ReadError, match=r"is a device, not a file$"):
        read_file(SeedFile(tmp_path / "a.txt", Path("/"), "a.txt"))


@pytest.fixture
def nobody() -> Iterator[None]:
    """Root may read every file, so as root the test steps down for a moment."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65_534)
    try:
        yield
    finally:
        os.seteuid(0)


def test_missing_permission_is_said(tmp_path: Path, nobody: None) -> None:
    # As nobody, root's own temporary folder is closed as well: the message is the same.
    path = tmp_path / "a.txt"
    if os.access(tmp_path, os.W_OK, effective_ids=True):
        path.write_text("Words.\n", encoding="utf-8")
        path.chmod(0)

    with pytest.raises(ReadError, match=r"may not be read: permission is missing$"):
        read_file(in_folder(tmp_path, "a.txt"))
