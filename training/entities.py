"""Reads the named-entity files and maps their types to person, organisation and place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

TYPES = {
    "PER": "person",
    "person": "person",
    "Person": "person",
    "ORG": "organisation",
    "corporation": "organisation",
    "group": "organisation",
    "Organisation": "organisation",
    "LOC": "place",
    "location": "place",
    "Location": "place",
}
"""What each file's types count as here; any other type is dropped (it is outside)."""

FILES = {
    "conllpp_train.txt": 1.0,
    "wikigold.conll.txt": 1.0,
    "uner_ewt_dev.iob2": 1.0,
    "uner_ewt_test.iob2": 1.0,
    "re3d-train.conll": 0.5,
    "wnut17train.conll": 0.5,
}
"""Files with the share of their documents used in an epoch: tweets and re3d's looser spans less."""

CLOSING = {".", ",", ";", ":", "?", "!", ")", "]", "%", "'s", "n't", "'"}
"""Tokens that print sets without a space before them."""

SENTENCES_IN_PARAGRAPH = 4
SENTENCES_IN_DOCUMENT = 12
"""Files without document borders are cut into documents of this many sentences."""


@dataclass(frozen=True)
class Named:
    """A document rebuilt from its tokens, one sentence a line, with typed spans."""

    name: str
    text: str
    spans: tuple[tuple[int, int, str], ...]
    share: float


def read_entities(folder: Path) -> Iterator[Named]:
    """Documents of every file in `FILES`."""
    for file, share in FILES.items():
        for number, sentences in enumerate(_read_documents(folder / file)):
            lines = 1 if file.startswith("conll") else SENTENCES_IN_PARAGRAPH
            text, spans = _build(sentences, lines=lines)
            yield Named(f"{file}:{number}", text, tuple(spans), share)


def read_file(path: Path) -> Iterator[Named]:
    """Documents of one file (for measuring on a part that is not trained on)."""
    for number, sentences in enumerate(_read_documents(path)):
        text, spans = _build(sentences, lines=1)
        yield Named(f"{path.name}:{number}", text, tuple(spans), 1.0)


def _read_documents(path: Path) -> Iterator[list[list[tuple[str, str]]]]:
    document: list[list[tuple[str, str]]] = []
    sentence: list[tuple[str, str]] = []
    marked = path.name.startswith("conll") or path.suffix == ".iob2"
    for line in [*path.read_text(encoding="utf8").split("\n"), ""]:
        if line.startswith("# newdoc") or line.startswith("-DOCSTART-"):
            if document:
                yield document
            document = []
        elif line.startswith("#") and path.suffix == ".iob2":
            continue
        elif not line.strip():
            if sentence:
                document.append(sentence)
            sentence = []
            if len(document) >= (40 if marked else SENTENCES_IN_DOCUMENT):
                yield document
                document = []
        else:
            fields = re.split(r"\t| ", line.strip("\n"))
            if path.suffix == ".iob2":
                sentence.append((fields[1], fields[2]))
            else:
                sentence.append((fields[0], fields[-1]))
    if document:
        yield document


def _build(
    sentences: list[list[tuple[str, str]]], *, lines: int
) -> tuple[str, list[tuple[int, int, str]]]:
    """Join tokens the way print does, so many sentences a line: shapes then look like news."""
    text = ""
    spans: list[tuple[int, int, str]] = []
    for number, sentence in enumerate(sentences):
        if text:
            text += " " if number % lines else "\n"
        before = "\n"
        opened = False
        previous = "O"
        for token, label in sentence:
            token = {"-LRB-": "(", "-RRB-": ")", "``": '"', "''": '"'}.get(token, token)
            closing = token in CLOSING
            closing = (
                closing or (token == '"' and opened) or re.fullmatch(r"'(re|ll|ve|d|m)", token)
            )
            if (
                not closing
                and before not in {"\n", "(", "[", "$"}
                and not (before == '"' and opened)
            ):
                text += " "
            if token == '"':
                opened = not opened
            start = len(text)
            text += token
            before = token
            prefix, _, kind = label.partition("-")
            name = TYPES.get(kind, "")
            if name and prefix == "I" and previous == label[2:] and spans and spans[-1][2] == name:
                spans[-1] = (spans[-1][0], len(text), name)
            elif name:
                spans.append((start, len(text), name))
            previous = kind if prefix != "O" else "O"
    return text, spans
