"""A text runs the way of its first letter that has one, as HTML's dir="auto" has it."""

import pytest

from app.pages.direction import find_direction


@pytest.mark.parametrize(
    ("words", "way"),
    [
        ("The front", "ltr"),
        ("“הנמל לא ייסגר,” said Miriam", "rtl"),
        ("640,000 … الميناء", "rtl"),
        ("(1) – הנמל", "rtl"),
        ("“We (אין) have", "ltr"),
        ("\u202e1 + 1\u202c", "ltr"),
        ("", "ltr"),
    ],
)
def test_the_first_letter_decides(words: str, way: str) -> None:
    assert find_direction(words) == way
    assert find_direction(list(words)) == way
    assert find_direction([words, "other אחר"] if words else []) == way
