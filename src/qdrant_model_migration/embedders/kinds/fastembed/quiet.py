"""fastembed and what it brings print in the middle of a screen; here they are told not to.

Errors still come as exceptions, and are translated where they are caught.
"""

from __future__ import annotations

import logging
import os
import sys
import warnings

from qdrant_model_migration.embedders.kinds.fastembed.device import load_libraries


def import_quietly() -> None:
    """Import fastembed so that neither the import nor later calls print. Safe to call often."""
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    import fastembed  # noqa: F401
    import onnxruntime

    loguru = sys.modules.get("loguru")
    if loguru is not None:
        loguru.logger.disable("fastembed")
    onnxruntime.set_default_logger_severity(3)  # errors only
    load_libraries(onnxruntime)
    # It has a handler of its own that writes to stderr.
    logging.getLogger("huggingface_hub").setLevel(logging.CRITICAL)
    for message in (
        "The model 'jinaai/jina-embeddings-v2-base-de' used to run",
        "The right spelling is prithivida",
        ".* is a static model computed with numpy",
    ):
        warnings.filterwarnings("ignore", message=message)
