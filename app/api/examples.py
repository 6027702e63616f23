"""Examples of whole objects, put together from the examples of their fields."""

from typing import Any, get_type_hints

from pydantic.fields import FieldInfo


def example_of(model: type) -> dict[str, Any]:
    """Return an example of a TypedDict: each field's first example.

    Raises:
        ValueError: A field has no example.
    """
    example: dict[str, Any] = {}
    for name, hint in get_type_hints(model, include_extras=True).items():
        found = [
            item.examples[0]
            for item in getattr(hint, "__metadata__", ())
            if isinstance(item, FieldInfo) and item.examples
        ]
        if not found:
            raise ValueError(f"{model.__name__}.{name} has no example")
        example[name] = found[-1]
    return example
