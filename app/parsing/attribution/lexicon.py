"""The cue lexicon: which words attribute, to what kind of content, in which construction."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from app.vocabulary import ClaimKind


@dataclass(frozen=True, slots=True)
class Cue:
    """One word that attributes.

    Attributes:
        lemma: Lower case.
        kind: What the content is to its source.
        frames: Constructions it takes: "that", "to", "quote", "object", "as", "oprd",
            "prep:about" …
    """

    lemma: str
    kind: ClaimKind
    frames: frozenset[str]


def read_lexicon(name: str) -> list[list[str]]:
    """Return the rows of a tab-separated lexicon, without its comment lines.

    Args:
        name: The file's name in `app/parsing/lexicons`.
    """
    text = files("app.parsing.lexicons").joinpath(name).read_text(encoding="utf-8")
    return [
        line.split("\t") for line in text.splitlines() if line.strip() and not line.startswith("#")
    ]


@lru_cache(maxsize=1)
def load_cue_verbs() -> dict[str, Cue]:
    """Return the cue verbs by lemma."""
    return _load("cue_verbs.tsv")


@lru_cache(maxsize=1)
def load_cue_nouns() -> dict[str, Cue]:
    """Return the cue nouns and adjectives by lemma."""
    return _load("cue_nouns.tsv")


@lru_cache(maxsize=1)
def load_media() -> frozenset[str]:
    """Return the lemmas of what something is said in or on ("statement", "telegram")."""
    return frozenset(row[0] for row in read_lexicon("media.tsv"))


@lru_cache(maxsize=16)
def load_word_list(name: str) -> frozenset[str]:
    """Return one of the small closed lists by its name in `word_lists.tsv`."""
    (words,) = (row[1] for row in read_lexicon("word_lists.tsv") if row[0] == name)
    return frozenset(words.split())


def _load(name: str) -> dict[str, Cue]:
    return {
        lemma: Cue(lemma, ClaimKind(kind), frozenset(frames.split()))
        for lemma, kind, frames in read_lexicon(name)
    }
