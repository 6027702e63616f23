"""``python -m app.ingest``: one run, as the server starts it. Logs to standard error.

Exit code 0 when the run came to its end (files that cannot be read are in the log and in the
database), 1 when it failed as a whole, 3 when it was told to stop.
"""

import logging
import sys

from app.db.trouble import explain_trouble
from app.ingest.job import run_ingest
from app.ingest.process import StopSignal
from app.ingest.report import ProgressLog
from app.settings import Settings

_LOG = logging.getLogger("app.ingest")


def main() -> int:
    """Run once with the settings of the environment; return the exit code."""
    settings = Settings()
    logging.basicConfig(level=settings.log_level.upper(), format="%(levelname)s %(message)s")
    logging.getLogger("alembic").setLevel("WARNING")
    try:
        report = run_ingest(settings, progress=ProgressLog(), is_stopped=StopSignal())
    except Exception as error:
        words = explain_trouble(error, url=settings.database_url)
        if words is None:
            _LOG.exception("ingest failed")
        else:
            _LOG.error("ingest failed: %s", words)
        return 1
    for path, field, reason in report.problems:
        _LOG.warning("%s%s: %s", path, f" (field {field})" if field else "", reason)
    _LOG.info("%s", report.to_text())
    return 3 if report.stopped else 0


if __name__ == "__main__":
    sys.exit(main())
