from pathlib import Path

import pytest

from app.db import schema
from app.db.engine import make_writer_engine


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/onrecord.db"


@pytest.fixture
def writer(url):
    schema.upgrade(url)
    engine = make_writer_engine(url)
    yield engine
    engine.dispose()
