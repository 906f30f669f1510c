"""engine.log: what is for whoever looks after the program, as JSON lines without secrets.

Tracebacks live here and nowhere else; the journal has the plain sentences.
"""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from qdrant_model_migration import private_file
from qdrant_model_migration.engine.stamps import now
from qdrant_model_migration.redaction import redacted

FILE = "engine.log"
log = logging.getLogger("qdrant_model_migration.engine")


class _Lines(logging.Formatter):
    """One JSON object per line. Secrets are taken out here, because a filter would not see the
    traceback."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": now(),
            "level": record.levelname.lower(),
            "from": record.name,
            "text": redacted(record.getMessage()),
        }
        if record.exc_info:
            line["traceback"] = redacted(self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False)


@contextmanager
def logging_to(folder: Path) -> Iterator[None]:
    """Send the log of the whole process, and what its threads die of, to the run's engine.log."""
    handler = private_file.log_to(folder / FILE, _Lines())
    root = logging.getLogger()
    before = root.level, log.level, threading.excepthook
    root.addHandler(handler)
    root.setLevel(logging.WARNING)
    log.setLevel(logging.INFO)
    logging.captureWarnings(True)
    threading.excepthook = _log_thread
    try:
        yield
    finally:
        threading.excepthook = before[2]
        logging.captureWarnings(False)
        root.setLevel(before[0])
        log.setLevel(before[1])
        root.removeHandler(handler)
        handler.close()


def _log_thread(died: threading.ExceptHookArgs) -> None:
    name = died.thread.name if died.thread else "a thread"
    if died.exc_value is not None and not issubclass(died.exc_type, SystemExit):
        log.error("%s ended with an error", name, exc_info=died.exc_value)
