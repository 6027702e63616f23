"""Names taken apart, and the keys under which the ways of writing one of them meet."""

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from app.db.fold import fold

_LEXICONS = Path(__file__).parent / "lexicons"
_INSIDE_WORDS = re.compile(r"['.]")
_WORD = re.compile(r"[^\W_]+")
_SUFFIXES = {"jr": "jr", "junior": "jr", "sr": "sr", "senior": "sr", "ii": "ii", "iii": "iii"}
# Ways in which one sound is written when a name comes from another alphabet, applied in order to
# a surname: Zelensky, Zelenskyy and Zelenskiy; Gaddafi, Qaddafi and Gadhafi; Chaykovsky.
_SOUNDS = (
    (re.compile(r"(?:iy|yy|ii|ij|yi|y|i)$"), "y"),
    (re.compile(r"ou"), "u"),
    (re.compile(r"j(?=[aou])|y(?=[aou])"), "i"),
    (re.compile(r"dh"), "d"),
    (re.compile(r"[kq]h|ck|[kq]"), "k"),
    (re.compile(r"w"), "v"),
    (re.compile(r"ff$"), "v"),
    (re.compile(r"tch|tsch|ch"), "c"),
    (re.compile(r"ph"), "f"),
    (re.compile(r"^g(?=ad+h?a|ath+a)"), "k"),
    (re.compile(r"(.)\1"), r"\1"),
)


@dataclass(frozen=True, slots=True)
class PersonName:
    """The parts of a person's name, folded; a part that is missing is empty.

    Attributes:
        given: The first given name as it is written.
        middle: What stands between given name and surname.
        surname: With its particles, without "al-".
        suffix: "jr", "sr", "ii" or "iii".
    """

    given: str
    middle: tuple[str, ...]
    surname: str
    suffix: str


@lru_cache(maxsize=8192)
def split_person(name: str) -> PersonName:
    """Take a person's name apart, Western order; titles before it are cut.

    ``split_person("Dr. Ludwig M. van der Berg Jr.")`` has the surname "van der berg". The rules
    are few because the parser's names carry neither titles nor remarks.
    """
    kinds = load_name_words()
    # Articles of Arabic names are written or left out as one likes.
    words = [word for word in _fold_words(name) if word not in kinds["article"]]
    suffix = ""
    while len(words) > 1 and words[-1] in _SUFFIXES:
        suffix = _SUFFIXES[words.pop()]
    while len(words) > 1 and words[0] in kinds["title"]:
        words.pop(0)
    if len(words) < 2:
        return PersonName("", (), " ".join(words), suffix)
    start = len(words) - 1
    while start > 1 and words[start - 1] in kinds["particle"]:
        start -= 1
    return PersonName(words[0], tuple(words[1:start]), " ".join(words[start:]), suffix)


@cache
def load_name_words() -> dict[str, frozenset[str]]:
    """Return the words of `lexicons/name_words.tsv` by their kind."""
    lines = (line.partition("\t") for line in read_lexicon("name_words.tsv"))
    return {kind: frozenset(words.split()) for kind, _, words in lines}


@cache
def load_nicknames() -> dict[str, str]:
    """Return for each short or foreign form of a given name the one that stands for all."""
    found: dict[str, str] = {}
    for line in read_lexicon("given_names.tsv"):
        first, *others = line.split()
        found |= dict.fromkeys((first, *others), first)
    return found


def read_lexicon(name: str) -> list[str]:
    """Return the lines of a lexicon without comments and empty ones."""
    lines = (_LEXICONS / name).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line.strip() and not line.startswith("#")]


def to_given_key(given: str) -> str:
    """Return the form that stands for all forms of a given name: "bill" is "william"."""
    return load_nicknames().get(given, given)


def to_surname_key(surname: str) -> str:
    """Return the key that the transliterations of a surname share."""
    key = surname.replace(" ", "")
    if not key.isascii():
        return key
    for pattern, letters in _SOUNDS:
        key = pattern.sub(letters, key)
    return key


@lru_cache(maxsize=8192)
def split_organisation(name: str) -> tuple[str, ...]:
    """Return the words of an organisation's name, folded, without "the" and its legal form."""
    words = _fold_words(name.replace("&", " and "))
    if len(words) > 1 and words[0] == "the":
        words = words[1:]
    while len(words) > 1 and words[-1] in load_name_words()["legal"]:
        words = words[:-1]
    return tuple(words)


def to_acronym(words: tuple[str, ...]) -> str:
    """Return the first letters of a name's words, small words left out; empty below two."""
    small = load_name_words()["small"]
    letters = "".join(word[0] for word in words if word not in small)
    return letters if len(letters) > 1 else ""


def is_acronym(name: str) -> bool:
    """Say whether a name is written as an acronym: "FBI", "U.N.", "the NHS"."""
    bare = re.sub(r"^the\s+", "", name.strip(), flags=re.I).replace(".", "")
    return 2 <= len(bare) <= 7 and bare.isalnum() and bare.isupper() and not bare.isdigit()


def _fold_words(name: str) -> list[str]:
    return _WORD.findall(_INSIDE_WORDS.sub("", fold(name)))
