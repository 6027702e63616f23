"""Which way a text runs.

Browsers find this out themselves with ``dir="auto"``, and look again whenever something is added to
the element. An article with ten thousand marks costs Chromium a third more time for it, so the
reader says it outright.
"""

import unicodedata
from collections.abc import Iterable

_LEFT_TO_RIGHT, _RIGHT_TO_LEFT = frozenset({"L"}), frozenset({"R", "AL"})


def find_direction(words: str | Iterable[str]) -> str:
    """Return ``ltr`` or ``rtl``, by the first letter that has a direction; ``ltr`` without one.

    It is the rule of HTML's ``dir="auto"``
    (https://html.spec.whatwg.org/multipage/dom.html#the-directionality).

    Args:
        words: A text, whole or in pieces.
    """
    for piece in words:
        for letter in piece:
            kind = unicodedata.bidirectional(letter)
            if kind in _LEFT_TO_RIGHT:
                return "ltr"
            if kind in _RIGHT_TO_LEFT:
                return "rtl"
    return "ltr"
