from collections.abc import Callable
from pathlib import Path

import pytest

from app.parsing.readers import ReadOptions, ReadResult, SeedFile, read_file

Read = Callable[..., ReadResult]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Write content into a file of that name and read it."""

    def write_and_read(name: str, content: str | bytes, **limits: int) -> ReadResult:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return read_file(SeedFile(path, tmp_path, name), options=ReadOptions(**limits))

    return write_and_read
