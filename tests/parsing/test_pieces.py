"""Words, pieces and windows of a text."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer

import app.parsing
from app.parsing.pieces import PieceTable, find_paragraphs, lay_out, pack_windows

TABLE = PieceTable(
    Tokenizer.from_file(str(Path(app.parsing.__file__).parent / "models" / "tokenizer.json"))
)


def words(text: str) -> list[str]:
    pieces = TABLE.encode(text, find_paragraphs(text))
    spans = zip(pieces.starts.tolist(), pieces.ends.tolist(), strict=True)
    return [text[start:end] for start, end in spans]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("He won’t.", ["He", "won", "’", "t", "."]),
        ("Ve\u0301ra said", ["Ve\u0301ra", "said"]),
        ("a\r\nb", ["a", "b"]),
        ("👍🏽 ok", ["👍", "🏽", "ok"]),
        ("zero\u200bwidth", ["zero", "width"]),
        ("half \ud800 pair", ["half", "pair"]),
    ],
)
def test_words_are_cut_from_the_unchanged_text(text: str, expected: list[str]) -> None:
    assert words(text) == expected


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet=st.sampled_from('aé“”" .\n:Zß中9'), max_size=1500), st.integers(8, 256))
def test_windows_cover_every_word_once_and_keep_to_the_limit(text: str, limit: int) -> None:
    pieces = TABLE.encode(text, find_paragraphs(text))
    windows = pack_windows(pieces, text, limit=max(limit, 20))
    assert [w for one in windows for w in range(one.start, one.end)] == list(
        range(len(pieces.starts))
    )
    for window in windows:
        ids, shapes, places = lay_out(pieces, window, cls=TABLE.cls, sep=TABLE.sep)
        assert len(ids) == len(shapes) <= max(limit, 20)
        assert np.array_equal(ids[places], pieces.ids[pieces.first[window.start : window.end]])


def test_a_line_that_ends_in_a_colon_stays_with_what_it_leads_to() -> None:
    text = "a " * 30 + "\nHe said:\n" + "b " * 20
    pieces = TABLE.encode(text, find_paragraphs(text))
    first, second = pack_windows(pieces, text, limit=40)
    assert text[pieces.starts[second.start] :].startswith("He said:")
    assert first.end == second.start
