"""What unnamed sources are called, so that the ways of writing one thing are counted together."""

import re

from app.db.fold import fold

# Determiners say nothing of who it is: "the officials", "some officials", "two officials".
_DETERMINERS = re.compile(
    r"^(?:(?:an?|the|this|that|these|those|some|several|many|most|few|both|all|other|another|"
    r"any|each|every|certain|various|numerous|multiple|one|two|three|four|five|six|seven|eight|"
    r"nine|ten|dozens of|hundreds of|scores of|a number of|a group of|a few|at least|more than|"
    r"one of|two of|some of|many of|most of|its|his|her|their|our|\d[\d,.]*)\s+)+"
)
_EDGES = re.compile(r"^[\W_]+|[\W_]+$")
_LONGEST = 200


def fold_source(words: str) -> str:
    """Return the key of an unnamed source: case, accents, determiners and edge marks folded.

    ``fold_source("A senior  military official,") == "senior military official"``. When nothing
    but determiners is there ("some"), they stay. At most 200 characters.
    """
    folded = _EDGES.sub("", fold(words))
    bare = _DETERMINERS.sub("", folded)
    return (bare or folded)[:_LONGEST].rstrip()
