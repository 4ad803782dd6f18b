"""Logs as one JSON object a line, each with the id of its request or job."""

import json
import logging
from datetime import UTC, datetime
from typing import Any

import orjson

from app.core import context

# What every record has; anything else on it was given by `extra`, and is told.
_USUAL = frozenset(
    (*vars(logging.makeLogRecord({})), "message", "asctime", "color_message")
)


class JsonFormatter(logging.Formatter):
    """Write a record as one line; what it holds cannot break out of the line."""

    def format(self, record: logging.LogRecord) -> str:
        told: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if request_id := context.request_id():
            told["request_id"] = request_id
        told |= {k: v for k, v in vars(record).items() if k not in _USUAL}
        if record.exc_info:
            told["traceback"] = self.formatException(record.exc_info)
        try:
            return orjson.dumps(told, default=str).decode()
        except TypeError:
            # It is no Unicode, as a name of a file may be; or a number beyond all use.
            return json.dumps(told, default=str)


# The shape that logging.config.dictConfig reads, and gunicorn too.
CONFIG: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": JsonFormatter}},
    "handlers": {
        "stderr": {
            "class": "logging.StreamHandler",
            "formatter": "json",
            "stream": "ext://sys.stderr",
        }
    },
    "root": {"level": "INFO", "handlers": ["stderr"]},
    "loggers": {
        "gunicorn.error": {"level": "INFO", "propagate": True},
        "gunicorn.access": {"level": "WARNING", "propagate": True},
        # Says at each start what it would do; we know.
        "alembic": {"level": "WARNING"},
    },
}
