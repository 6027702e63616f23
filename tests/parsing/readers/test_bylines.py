"""Bylines become names."""

import pytest

from app.parsing.readers.article import split_names


@pytest.mark.parametrize(
    ("byline", "names"),
    [
        ("By Ann Lee, Bo Kerr and Cy Orr Jr.", ("Ann Lee", "Bo Kerr", "Cy Orr Jr.")),
        ("by: Ann Lee", ("Ann Lee",)),
        ("Barnaby Quince", ("Barnaby Quince",)),  # "by " inside a name was once cut out
        ("Bytown Bob", ("Bytown Bob",)),
    ],
)
def test_a_byline_is_split_into_names(byline: str, names: tuple[str, ...]) -> None:
    assert split_names(byline) == names
