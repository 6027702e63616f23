"""How log lines are written: for people on a terminal, as JSON for machines.

One line is one JSON object with ``timestamp`` (RFC 3339, UTC), ``level``, ``logger``, ``event`` and
what else is known, for instance of a request. Lines of the standard library's loggers (uvicorn's,
ingest's) take the same form. https://www.structlog.org/en/stable/standard-library.html
"""

import logging
import sys
from typing import Any, Literal

import structlog

LogFormat = Literal["auto", "text", "json"]
_SHARED: list[structlog.typing.Processor] = [
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.format_exc_info,
]


def is_json(log_format: LogFormat) -> bool:
    """Say whether lines are JSON here."""
    return log_format == "json" or (log_format == "auto" and not sys.stderr.isatty())


def make_log_config(*, level: str, log_format: LogFormat) -> dict[str, Any]:
    """Return a configuration for `logging.config.dictConfig`, which uvicorn passes to its workers.

    uvicorn's own lines for requests are off: `app.api.observing` writes them.

    Args:
        level: "debug", "info", "warning" or "error".
        log_format: See `is_json`.
    """
    upper = level.upper()
    to_stderr = {"handlers": ["stderr"], "level": upper, "propagate": False}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": make_formatter, "as_json": is_json(log_format)}},
        "handlers": {
            "stderr": {
                "class": "logging.StreamHandler",
                "formatter": "line",
                "stream": "ext://sys.stderr",
            }
        },
        "loggers": {
            **{name: dict(to_stderr) for name in ("app", "onrecord", "uvicorn", "uvicorn.error")},
            "uvicorn.access": {"handlers": [], "level": "CRITICAL", "propagate": False},
        },
        "root": {"handlers": ["stderr"], "level": "WARNING"},
    }


def make_formatter(*, as_json: bool) -> logging.Formatter:
    """Return the formatter of all lines; makes structlog's own go the same way."""
    structlog.configure(
        processors=[*_SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    last: structlog.typing.Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if as_json
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=_SHARED,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, last],
    )
