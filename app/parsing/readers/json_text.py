"""JSON from strangers: every way in which it can be wrong becomes one error with a reason."""

import json


class JsonError(ValueError):
    """A text is not JSON that can be used; its message says where and why."""


def load_json(text: str) -> object:
    """Load JSON strictly (RFC 8259): no NaN or Infinity, no bottomless nesting.

    Raises:
        JsonError: With the line and column (from 1) where there is one.
    """
    try:
        return json.loads(text, parse_constant=_refuse)
    except json.JSONDecodeError as error:
        end = len(text.rstrip())
        cut = error.pos >= end or error.msg.startswith("Unterminated string")
        what = "is cut off or incomplete JSON" if cut else "is not valid JSON"
        raise JsonError(
            f"{what}: {error.msg} at line {error.lineno:,}, column {error.colno:,}"
        ) from error
    except RecursionError as error:
        raise JsonError("is JSON nested too deeply") from error
    except ValueError as error:
        # A number with thousands of digits, or a constant that JSON does not have.
        raise JsonError(f"is not valid JSON: {error}") from error


def _refuse(constant: str) -> object:
    raise ValueError(f"{constant} is not a JSON number")
