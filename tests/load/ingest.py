"""One ingest with the fake parser: ``python -m tests.load.ingest DATABASE SEEDS``."""

import sys
from pathlib import Path

from app.ingest.job import run_ingest
from app.settings import Settings
from tests.faults.ground import fake_source

run_ingest(
    Settings(database_url=f"sqlite:///{sys.argv[1]}", seeds=(Path(sys.argv[2]),)),
    source=fake_source(),
)
