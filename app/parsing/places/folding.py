"""One spelling for the ways in which a place's name is written: the gazetteer's search key."""

import re
import unicodedata

_LETTERS = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h"}
)
_POSSESSIVE = re.compile(r"(?<=\w)['’][sS]$")
_SILENT = re.compile(r"[.'’‘ʼʻ`´]")
_NOT_WORD = re.compile(r"[^\w]+|_")
_LONG_FORMS = {"st": "saint", "ste": "sainte", "ft": "fort", "mt": "mount"}


def fold_name(name: str) -> str:
    """Return the key under which a name is looked up; empty when nothing is left of it.

    Case, accents, hyphens, dots and apostrophes are folded away, as are a leading "the" and the
    short forms St., Ste., Ft. and Mt. Letters of other scripts stay as they are:
    ``fold_name("the St.-Étienne") == "saint etienne"``. A possessive ending is part of some names
    (St. John's), so `cut_possessive` is left to the caller.
    """
    # Twice: what a letter decomposes to may have a case of its own (ℙ).
    spread = name
    for _ in range(2):
        spread = unicodedata.normalize("NFKD", spread.casefold())
    spread = spread.translate(_LETTERS)
    letters = "".join(letter for letter in spread if not unicodedata.combining(letter))
    words = _NOT_WORD.sub(" ", _SILENT.sub("", letters.replace("&", " and "))).split()
    if len(words) > 1 and words[0] == "the":
        words = words[1:]
    if len(words) > 1:
        words[:-1] = [_LONG_FORMS.get(word, word) for word in words[:-1]]
    return " ".join(words)


def cut_possessive(name: str) -> str:
    """Return a name without its "'s": ``cut_possessive("Ukraine’s") == "Ukraine"``."""
    return _POSSESSIVE.sub("", name)
