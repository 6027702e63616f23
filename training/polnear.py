"""Reads PolNeAR: brat stand-off files beside plain texts."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

Span = tuple[int, int]
ROLES = ("source", "cue", "content")


@dataclass(frozen=True)
class Attribution:
    """Spans of one attribution, each role in text order; touching content spans are joined."""

    source: tuple[Span, ...]
    cue: tuple[Span, ...]
    content: tuple[Span, ...]


@dataclass(frozen=True)
class Annotated:
    """One text as one annotator read it."""

    name: str
    annotator: str
    text: str
    attributions: tuple[Attribution, ...]


def read_polnear(folder: Path, split: str, *, all_annotators: bool) -> Iterator[Annotated]:
    """Texts of a split in the order of their names.

    Args:
        folder: where PolNeAR lies (`train/`, `dev/` below it).
        split: "train" or "dev".
        all_annotators: every reading of a text, or the first one only (what the scorer takes).
    """
    files: dict[str, list[tuple[str, Path]]] = defaultdict(list)
    for path in sorted((folder / split / "attributions").glob("*.ann")):
        match = re.fullmatch(r"(.*)_([0-9a-z]{4})", path.stem)
        if match:
            files[match[1]].append((match[2], path))
    for name, readings in sorted(files.items()):
        with open(folder / split / "text" / f"{name}.txt", encoding="utf8", newline="") as file:
            text = file.read()
        for annotator, path in sorted(readings)[: None if all_annotators else 1]:
            yield Annotated(name, annotator, text, tuple(read_brat(path, text)))


def read_brat(path: Path, text: str) -> Iterator[Attribution]:
    """Attributions with a content, in the order of the file."""
    spans: dict[str, list[Span]] = {}
    events: list[dict[str, list[str]]] = []
    for line in path.read_text(encoding="utf8").split("\n"):
        fields = line.split("\t")
        if len(fields) < 2:
            continue
        if fields[0].startswith("T"):
            offsets = fields[1].split(" ", 1)[1].split(";")
            spans[fields[0]] = [(int(a), int(b)) for a, b in (o.split() for o in offsets)]
        elif fields[0].startswith("E"):
            event: dict[str, list[str]] = {role: [] for role in ROLES}
            for argument in fields[1].split(" ")[1:]:
                role, _, target = argument.partition(":")
                role = re.sub(r"\d+$", "", role).lower()
                if role in event:
                    event[role].append(target)
            events.append(event)
    for event in events:
        parts = {
            role: sorted(s for target in event[role] for s in spans.get(target, ()))
            for role in ROLES
        }
        if parts["content"]:
            yield Attribution(
                *(tuple(_join_touching(parts[role], text)) for role in ("source", "cue", "content"))
            )


def _join_touching(spans: list[Span], text: str) -> Iterator[Span]:
    begin, end = None, 0
    for start, stop in spans:
        if begin is not None and not text[end:start].strip() and "\n" not in text[end:start]:
            end = max(end, stop)
            continue
        if begin is not None:
            yield begin, end
        begin, end = start, stop
    if begin is not None:
        yield begin, end
