import json

import pytest

from app.db.json_text import write_json


@pytest.mark.parametrize(
    "value",
    [
        *([], (), {}, "", 0, False, None, 1.0, 1e300, -0.0, 2**63 - 1),
        *([[1, 2], [3, 4]], (1, 2), [[]], [None, True, {}]),
        {"span": [1, 2], "value": 'Ł"\\\n\u2028\ud800😀', "unit": None, 1: 0.1},
        [float("inf"), float("nan")],
    ],
)
def test_the_text_is_that_of_the_standard_library(value: object) -> None:
    assert write_json(value) == json.dumps(value)


def test_what_is_no_json_is_refused() -> None:
    with pytest.raises(TypeError):
        write_json([{1, 2}])
