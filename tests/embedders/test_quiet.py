"""Nothing that a model library does prints into a screen, and importing the room loads none."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from support.tiny_onnx import tiny_onnx


def printed(program: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=100, check=True
    )
    return done.stdout + done.stderr


def test_importing_the_room_imports_no_model_library() -> None:
    heavy = ("fastembed", "onnxruntime", "scipy", "qdrant_client", "huggingface_hub")
    program = (
        "import sys, qdrant_model_migration.embedders;"
        f"print([name for name in {heavy} if name in sys.modules])"
    )
    assert printed(program).strip() == "[]"


def test_listing_opening_failing_and_embedding_print_nothing(tmp_path: Path) -> None:
    good, broken = tiny_onnx(tmp_path / "good"), tiny_onnx(tmp_path / "broken")
    (broken / "model.onnx").write_bytes(b"broken")
    program = f"""
from qdrant_model_migration.embedders import *
from qdrant_model_migration.errors import (QmmError)
for model in list_models():
    try:
        open_embedder(model)
    except QmmError:
        pass
try:
    model_from_folder({str(broken)!r})
except QmmError:
    pass
embedder = open_embedder(model_from_folder({str(good)!r}), threads=1)
embedder.embed(["red cat"] * 40, "passage")
"""
    assert printed(program) == ""


def test_what_the_libraries_say_by_themselves_does_not_reach_the_screen() -> None:
    program = """
from qdrant_model_migration.embedders import list_models
list_models()
import fastembed.embedding  # says that it is out of date
import logging
logging.getLogger("huggingface_hub.file_download").warning("unauthenticated")
"""
    assert printed(program) == ""
