import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.db.ids import QUOTE, dataset_version, from_id, to_id, to_key

KEYS = st.integers(0, 2**63 - 1)


def test_an_identity_has_one_key_and_its_parts_have_borders():
    assert to_key("a", "b") == to_key("a", "b")
    assert len({to_key("a", "b"), to_key("ab"), to_key("a\x1eb"), to_key("b", "a")}) == 4


@given(st.lists(st.text(), min_size=1))
def test_a_key_fits_a_signed_64_bit_column(parts):
    assert 0 <= to_key(*parts) < 2**63


@given(KEYS)
def test_an_id_gives_its_key_back(key):
    assert from_id(QUOTE, to_id(QUOTE, key)) == key


@given(KEYS, KEYS)
def test_ids_sort_as_keys_do(a, b):
    assert (to_id(QUOTE, a) < to_id(QUOTE, b)) == (a < b)


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "qt_",
        "qt_5",
        "art_0000000000005",
        "qt_000000000000w",
        "qt_000000000000A",
        f"qt_{'v' * 13}",
    ],
)
def test_what_is_not_an_id_is_none(wrong):
    assert from_id(QUOTE, wrong) is None


@given(st.text())
def test_any_text_is_an_id_or_not(text):
    assert from_id(QUOTE, f"qt_{text}") is None or len(text) == 13


def test_the_version_of_a_dataset_is_its_checksum_in_base32():
    assert dataset_version(5) == "ds_0000000000005"
    assert dataset_version(2**63 - 1) == "ds_7vvvvvvvvvvvv"


@pytest.mark.parametrize("checksum", [-1, 2**63])
def test_a_checksum_out_of_range_is_refused(checksum):
    with pytest.raises(ValueError, match="checksum"):
        dataset_version(checksum)
