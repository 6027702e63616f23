import pytest

from app.ingest.unnamed import fold_source


@pytest.mark.parametrize(
    ("words", "folded"),
    [
        ("officials", "officials"),
        ("Officials", "officials"),
        ("the officials", "officials"),
        ("some of the officials", "officials"),
        ("A senior  military official,", "senior military official"),
        ("two people familiar with the talks", "people familiar with the talks"),
        ("one of his aides", "aides"),
        ("a number of diplomats", "diplomats"),
        ("café owners", "cafe owners"),
        ("another", "another"),
        ("the", "the"),
        ("he", ""),
        ("“They”", ""),
        ("", ""),
        ("…", ""),
        ("x" * 300, "x" * 200),
    ],
)
def test_ways_of_writing_one_source_have_one_key(words: str, folded: str) -> None:
    assert fold_source(words) == folded
