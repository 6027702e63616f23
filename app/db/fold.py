"""Keys under which text is looked up: what a searcher may write otherwise and means the same.

Two keys for two uses. `fold` is for whole names. `find_words` is the full-text index's own way of
parting and folding words, so that what the program marks in a text is what the index found.
"""

import re
import sqlite3
import threading
import unicodedata
from typing import NamedTuple

# Letters that Unicode does not take apart, and the marks that have several shapes; after CLDR's
# Latin-ASCII transform. https://github.com/unicode-org/cldr/blob/main/common/transforms/Latin-ASCII.xml
_SIMPLER = str.maketrans(
    {
        "ı": "i", "ł": "l", "ø": "o", "đ": "d", "ð": "d", "ħ": "h", "ŧ": "t", "þ": "th",
        "æ": "ae", "œ": "oe",
        "’": "'", "‘": "'", "ʼ": "'", "`": "'", "´": "'",
        "‐": "-", "‑": "-", "–": "-",
        "“": '"', "”": '"', "„": '"',
    }
)  # fmt: skip


def fold(text: str) -> str:
    """Return the look-up key of a name: ``fold("  Łukasz  O’NEIL ") == "lukasz o'neil"``.

    Case and accents are gone, compatibility forms are plain ("ﬁ" is "fi"), white space is single
    and trimmed. Folding twice changes nothing.
    """
    decomposed = unicodedata.normalize("NFKD", text.translate(_SIMPLER))
    # Twice: a folded letter may be one that decomposes, or one that has a simpler shape.
    for _ in range(2):
        decomposed = unicodedata.normalize("NFKD", decomposed.casefold().translate(_SIMPLER))
    bare = "".join(letter for letter in decomposed if unicodedata.category(letter) != "Mn")
    return " ".join(bare.split())


class Word(NamedTuple):
    """A word as the full-text index knows it, and where it stands, in code points."""

    folded: str
    start: int
    end: int


_MARK = "\u0300"  # stands for any accent that belongs to the letter before it
_WORD = re.compile(f"[^ {_MARK}][^ ]*")


def find_words(text: str) -> list[Word]:
    """Part a text into words exactly as the full-text index does, in text order.

    Letters, digits and private-use characters make words; everything else parts them. One letter
    folds to one letter: "É" is "e", but "ß", "ﬁ", "ł", "ø" and "ı" stay as they are. A run of
    Chinese or Japanese is one word, and so is found from its beginning only. Arabic and Indic
    vowel signs part words. Emoji are not words.
    """
    folded = _translate(text)
    return [
        Word(match.group().replace(_MARK, ""), match.start(), match.end())
        for match in _WORD.finditer(folded)
    ]


def fold_letters(text: str) -> str | None:
    """Return a text in which each word stands where it stood, as the index knows it, among spaces.

    None when it has accents of their own behind letters, which are no part of words as known.
    """
    folded = _translate(text)
    return None if _MARK in folded else folded


def fold_words(text: str) -> list[str]:
    """Return the words of `find_words` without their places, in a ninth of the time."""
    return _translate(text).replace(_MARK, "").split()


class _Letters(dict[int, str]):
    """What SQLite's unicode61 tokenizer makes of each code point, asked of SQLite when first met.

    A letter becomes one letter, an accent `_MARK`, anything else a space; so the folded text is as
    long as the text, and offsets hold. Its tables are those of Unicode 6.1 with exceptions, and
    Python has later ones: only SQLite itself knows. That there are these three kinds for every code
    point has been tried on all of them.
    """

    def __init__(self) -> None:
        """Know ASCII; the rest is asked for."""
        super().__init__(
            (code, chr(code).lower() if chr(code).isalnum() else " ") for code in range(128)
        )
        self._lock = threading.Lock()
        self._database: sqlite3.Connection | None = None

    def __missing__(self, code: int) -> str:
        """Ask SQLite for the letter between two others, and remember the answer."""
        if 0xD800 <= code <= 0xDFFF:
            return " "  # half a character: SQLite cannot store it
        with self._lock:
            words = self._ask(f"a{chr(code)}b")
        letter = " " if len(words) == 2 else words[0][1:-1] or _MARK
        self[code] = letter
        return letter

    def _ask(self, text: str) -> list[str]:
        if self._database is None:
            self._database = sqlite3.connect(
                ":memory:", isolation_level=None, check_same_thread=False
            )
            self._database.execute(
                "CREATE VIRTUAL TABLE words USING fts5("
                "word, content='', tokenize='unicode61 remove_diacritics 2')"
            )
            self._database.execute("CREATE VIRTUAL TABLE list USING fts5vocab(words, 'row')")
        self._database.execute("INSERT INTO words (words) VALUES ('delete-all')")
        self._database.execute("INSERT INTO words (rowid, word) VALUES (1, ?)", (text,))
        return [word for (word,) in self._database.execute("SELECT term FROM list")]


_LETTERS = _Letters()
_ASCII = bytes(ord(_LETTERS[code]) for code in range(128)).ljust(256)


def _translate(text: str) -> str:
    if text.isascii():  # a quotation in 0.3 µs in place of 0.9
        return text.encode().translate(_ASCII).decode()
    return text.translate(_LETTERS)
