"""A start that imports no more than it needs.

Libraries import others where they are installed, for what nothing here asks of them: structlog
takes rich for coloured tracebacks, FastAPI asks of each type whether it is one of pydantic's former
version. Both do without where an import fails. `make bench` has the figures (start, resident).

What is imported stays, and the collector would look at all of it in vain: as it comes, and at the
end once more.
"""

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager

_UNUSED = ("rich", "pydantic.v1")


@contextmanager
def lean_imports() -> Iterator[None]:
    """Let imports of what is not used fail, but for what is imported already; collect nothing.

    The collector never looks at what is there at the end, cycles that nobody needs included: there
    are some 400 objects of those, and finding them took 0.06 to 0.09 s, a tenth of the start.
    """
    collects = gc.isenabled()
    gc.disable()
    left_out = [name for name in _UNUSED if name not in sys.modules]
    # "If the value is None, then a ModuleNotFoundError is raised": Python's reference, 5.3.1.
    sys.modules.update(dict.fromkeys(left_out))  # type: ignore[arg-type]
    try:
        yield
    finally:
        for name in left_out:
            del sys.modules[name]
        gc.freeze()
        if collects:
            gc.enable()
