import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.db.fold import Word, find_words, fold, fold_words


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("  Łukasz  O’NEIL ", "lukasz o'neil"),
        ("Volodymyr\u00a0Zelenskyy", "volodymyr zelenskyy"),
        ("José", "jose"),
        ("Jose\u0301", "jose"),
        ("Kılıçdaroğlu", "kilicdaroglu"),
        ("İstanbul", "istanbul"),
        ("Weiß", "weiss"),
        ("Jørgensen", "jorgensen"),
        ("Ægir Þór", "aegir thor"),
        ("ﬁnance", "finance"),
        ("Jean–Luc", "jean-luc"),
        ("Ｐｕｔｉｎ", "putin"),
        ("محمد", "محمد"),
        ("مُحَمَّد", "محمد"),
        ("Путин", "путин"),
        ("習近平", "習近平"),
        ("", ""),
    ],
)
def test_names_fold(text, key):
    assert fold(text) == key


@given(st.text())
def test_folding_twice_changes_nothing(text):
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("The Élysée said", ["the", "elysee", "said"]),
        ("E\u0301lyse\u0301e", ["elysee"]),
        ("don't", ["don", "t"]),
        ("well-known_thing", ["well", "known", "thing"]),
        ("€3.5bn", ["3", "5bn"]),
        ("ﬁsh Straße ısı İz øre", ["ﬁsh", "straße", "ısı", "iz", "øre"]),
        ("習近平说", ["習近平说"]),
        ("مُحمد", ["م", "حمد"]),
        ("👍 ok 👍🏼", ["ok", "🏼"]),
        ("a\0b", ["a", "b"]),
        ("a\ud800b", ["a", "b"]),
        ("", []),
    ],
)
def test_words_are_those_of_the_index(text, words):
    assert [word.folded for word in find_words(text)] == words


def test_a_word_ends_after_its_accents():
    assert find_words("\u0301 Jose\u0301!") == [Word("jose", 2, 7)]


@given(st.text())
def test_words_lie_in_order_and_fold_from_their_slices(text):
    words = find_words(text)
    assert fold_words(text) == [word.folded for word in words]
    assert all(a.end < b.start for a, b in pairwise(words))
    for word in words:
        assert [part.folded for part in find_words(text[word.start : word.end])] == [word.folded]
        assert len(word.folded) <= word.end - word.start


@given(
    st.characters(categories=["L", "Nd"]).filter(
        lambda letter: unicodedata.ucd_3_2_0.category(letter)[0] in "LN"
    )
)
def test_letters_of_every_script_are_words(letter):
    # Unicode letters are the index's letters too. It follows an older edition, in which some of
    # New Tai Lue were no letters yet.
    assert unicodedata.category(letter)[0] in "LN"
    assert len(find_words(f"{letter}")) == 1
