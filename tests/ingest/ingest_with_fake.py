"""Runs one ingest with the fake parser: ``ingest_with_fake.py SECONDS_AN_ARTICLE WAIT_S``.

For tests that kill it. Exit code 2 when the lock is held.
"""

import sys
from functools import partial

from fake_parser import FakeParser

from app.ingest.job import run_ingest
from app.ingest.ledger import Versions
from app.ingest.load import ParserSource
from app.ingest.lock import LockHeldError
from app.ingest.process import StopSignal
from app.settings import Settings

seconds, wait_s = float(sys.argv[1]), float(sys.argv[2])
source = ParserSource(versions=Versions("1", "m"), load=partial(FakeParser, seconds=seconds))
try:
    report = run_ingest(Settings(), source=source, wait_s=wait_s, is_stopped=StopSignal())
except LockHeldError as error:
    sys.stderr.write(str(error))
    sys.exit(2)
sys.stdout.write(report.to_text())
sys.exit(3 if report.stopped else 0)
