"""Public ids and the integers behind them.

A row's key is 63 bits of the SHA-256 of its identity; its public id is a prefix and the same bits
in RFC 4648's "base32hex" alphabet, lower case and of fixed length, so that ids sort as keys do,
are the same in every database, and need no column and no index of their own. Entities are told by
a readable slug; their key is the hash of the slug.
"""

import hashlib

_ALPHABET = "0123456789abcdefghijklmnopqrstuv"
_PAIRS = tuple(first + second for first in _ALPHABET for second in _ALPHABET)
_LENGTH = 13
ARTICLE, QUOTE, CLAIM, ATTRIBUTION, SOURCE = "art", "qt", "cl", "at", "src"


def to_key(*identity: str) -> int:
    """Return the 63-bit key of an identity; the parts' borders count."""
    digest = hashlib.sha256("\x1f".join(identity).encode("utf-8", "surrogatepass")).digest()
    return int.from_bytes(digest[:8], "big") >> 1


def to_outlet_key(name: str) -> int:
    """Return the key under which an outlet is counted."""
    return to_key("outlet", name)


def to_id(prefix: str, key: int) -> str:
    """Return the public id of a key: ``to_id("qt", 5) == "qt_0000000000005"``."""
    return (
        f"{prefix}_{_ALPHABET[key >> 60]}{_PAIRS[key >> 50 & 1023]}{_PAIRS[key >> 40 & 1023]}"
        f"{_PAIRS[key >> 30 & 1023]}{_PAIRS[key >> 20 & 1023]}{_PAIRS[key >> 10 & 1023]}"
        f"{_PAIRS[key & 1023]}"
    )


def from_id(prefix: str, public_id: str) -> int | None:
    """Return the key of a public id, or None when it is not one of that kind."""
    head, _, tail = public_id.partition("_")
    if head != prefix or len(tail) != _LENGTH or any(letter not in _ALPHABET for letter in tail):
        return None
    key = int(tail, 32)
    return key if key < 2**63 else None


def dataset_version(checksum: int) -> str:
    """Return the public name of a state of the data: ``dataset_version(5) == "ds_0000000000005"``.

    Args:
        checksum: `Dataset.checksum`, in [0, 2^63).

    Raises:
        ValueError: The checksum is out of its range.
    """
    if not 0 <= checksum < 2**63:
        raise ValueError(f"a checksum lies in [0, 2^63), this one is {checksum}")
    return to_id("ds", checksum)
