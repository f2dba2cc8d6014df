"""One JSON object a line. Never on stdout, which belongs to the protocol."""

import json
import logging
import sys
from datetime import UTC, datetime
from typing import Literal, TextIO

log = logging.getLogger("example_server")

_LEVELS = {"WARNING": "warn", "CRITICAL": "error"}

_OWN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class JsonLines(logging.Formatter):
    """Prints time, level, message, and what was given as `extra`."""

    def format(self, record: logging.LogRecord) -> str:
        facts = {name: value for name, value in vars(record).items() if name not in _OWN}
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": _LEVELS.get(record.levelname, record.levelname.lower()),
            "message": record.getMessage(),
            **facts,
        }
        if record.name != log.name:
            line["logger"] = record.name
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str, ensure_ascii=False)


def configure_logging(
    level: Literal["debug", "info", "warn", "error"], stream: TextIO | None = None
) -> None:
    """Send every log of the process to the stream, stderr when not given."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    # HTTP clients log whole addresses, and addresses may hold secrets.
    for name in ("httpcore2", "httpx2"):
        logging.getLogger(name).setLevel(logging.WARNING)
