"""What unnamed sources are called, so that the ways of writing one thing are counted together."""

import re

from app.db.fold import fold

# Determiners say nothing of who it is: "the officials", "some officials", "two officials".
_DETERMINERS = re.compile(
    r"^(?:(?:dozens of|hundreds of|scores of|a number of|a group of|a few|at least|more than|"
    r"one of|two of|some of|many of|most of|an?|the|this|that|these|those|some|several|many|most|"
    r"few|both|all|other|another|any|each|every|certain|various|numerous|multiple|one|two|three|"
    r"four|five|six|seven|eight|nine|ten|its|his|her|their|our|\d[\d,.]*)\s+)+"
)
# A pronoun that could not be resolved is nobody's name.
_PRONOUNS = frozenset(
    {"he", "she", "it", "they", "who", "whom", "which", "that", "this", "we", "i", "you"}
    | {"him", "her", "them", "us", "me", "one", "those", "these"}
)
_EDGES = re.compile(r"^[\W_]+|[\W_]+$")
_LONGEST = 200


def fold_source(words: str) -> str:
    """Return the key of an unnamed source: case, accents, determiners and edge marks folded.

    ``fold_source("A senior  military official,") == "senior military official"``. When nothing
    but determiners is there ("some"), they stay. At most 200 characters; empty for a pronoun.
    """
    folded = _EDGES.sub("", fold(words))
    if folded in _PRONOUNS:
        return ""
    bare = _DETERMINERS.sub("", f"{folded} ").strip()
    return (bare or folded)[:_LONGEST].rstrip()
