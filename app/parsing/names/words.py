"""The lexicons of names, loaded once."""

from __future__ import annotations

from collections import defaultdict
from functools import lru_cache

from app.parsing.attribution.lexicon import read_lexicon
from app.vocabulary import EntityType


@lru_cache(maxsize=1)
def load_gazetteer() -> dict[str, EntityType]:
    """Return well-known names (countries, capitals, news outlets, bodies) with their types."""
    return {name: EntityType(kind) for name, kind in read_lexicon("gazetteer.tsv")}


@lru_cache(maxsize=1)
def load_name_words() -> dict[str, frozenset[str]]:
    """Return word sets by purpose: "title", "demonym", "place-head", "org-head" and so on."""
    sets: dict[str, set[str]] = defaultdict(set)
    for word, purpose in read_lexicon("name_words.tsv"):
        sets[purpose].add(word)
    return {purpose: frozenset(words) for purpose, words in sets.items()}
