"""Readable ids: from a name to the letters that an address can have."""

import re
from functools import lru_cache

from app.db.fold import fold
from app.db.ids import to_id, to_key

# Marks that stand inside of a word and do not part it: apostrophes, and the points of "U.S.".
_INSIDE_WORDS = re.compile(r"['.]")
_NOT_ASCII_WORDS = re.compile(r"[^a-z0-9]+")
# A slug stays below 100 characters with the longest suffix.
_LONGEST_BASE = 64
_LONGEST_SUFFIX = 24


# Of each form of a name that an article has, of all that are known of its entities.
@lru_cache(maxsize=4_096)
def to_slug(name: str) -> str:
    """Return the readable slug that a name has unless another entity has taken it.

    Two names that read the same when folded have the same slug. A name with letters that are not
    Latin gets a stable hash instead ("name-0c6f…"); a very long one is cut and ends in its hash.

    Returns:
        1 to 64 of the characters a-z, 0-9 and the hyphen, never two hyphens together.
    """
    folded = _INSIDE_WORDS.sub("", fold(name))
    hashed = to_hash("name", folded)
    if any(letter.isalnum() and not letter.isascii() for letter in folded):
        return f"name-{hashed}"
    slug = _NOT_ASCII_WORDS.sub("-", folded).strip("-")
    if not slug:
        return f"name-{hashed}"
    if len(slug) > _LONGEST_BASE:
        return f"{slug[: _LONGEST_BASE - len(hashed) - 1].rstrip('-')}-{hashed}"
    return slug


def to_suffix(words: str) -> str:
    """Return words as the suffix of a slug, at most 24 characters; empty when nothing is left."""
    slug = _NOT_ASCII_WORDS.sub("-", _INSIDE_WORDS.sub("", fold(words))).strip("-")
    if len(slug) > _LONGEST_SUFFIX:
        slug = slug[:_LONGEST_SUFFIX].rpartition("-")[0] or slug[:_LONGEST_SUFFIX]
    return slug.strip("-")


def to_hash(*identity: str) -> str:
    """Return 13 letters and digits that stand for an identity."""
    return to_id("", to_key(*identity)).lstrip("_")
