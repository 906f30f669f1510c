from __future__ import annotations

import subprocess
import sys
from typing import Any

PROGRAM = """
import sys
import qdrant_model_migration.qdrant as room
heavy = {"qdrant_client", "fastembed", "onnxruntime", "grpc", "textual", "questionary"}
assert not heavy & set(sys.modules), heavy & set(sys.modules)
room.Address.parse("localhost")
assert room.order(3) < room.order("0f000000-0000-4000-8000-000000000000")
assert not heavy & set(sys.modules), heavy & set(sys.modules)
with room.open_qdrant(room.Address(url=sys.argv[1])) as qdrant:
    assert qdrant.version
assert not heavy & set(sys.modules), heavy & set(sys.modules)
"""


def test_the_client_is_not_imported_for_a_server(server: Any) -> None:
    """It takes a second, and a folder alone needs it."""
    subprocess.run([sys.executable, "-c", PROGRAM, server.url], check=True)
