"""A real Qdrant server of one's own, which may be killed: QDRANT_PROGRAM names its program."""

from __future__ import annotations

import socket
import subprocess
import time
from http.client import HTTPException
from pathlib import Path
from urllib.request import urlopen

PATIENCE_S = 60


class ServerProgram:
    """Listens on the loopback alone; what it holds is in `folder` and outlives each kill."""

    def __init__(self, program: str, folder: Path) -> None:
        self._program, self._folder, self.kills = program, folder, 0
        with socket.create_server(("127.0.0.1", 0)) as free:
            self._port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self._port}"
        self._config = folder / "config.yaml"
        self._config.write_text(
            "telemetry_disabled: true\n"
            f"storage: {{storage_path: {folder}/storage, snapshots_path: {folder}/snapshots}}\n"
            f"service: {{host: 127.0.0.1, http_port: {self._port}, grpc_port: null, "
            "enable_static_content: false}\n"
        )
        self._begin()

    def _begin(self) -> None:
        with (self._folder / "server.log").open("a") as log:
            command = [self._program, "--config-path", str(self._config)]
            self._process = subprocess.Popen(command, cwd=self._folder, stdout=log, stderr=log)
        until = time.monotonic() + PATIENCE_S
        while not self._is_ready():
            assert self._process.poll() is None, "the server ended by itself"
            assert time.monotonic() < until, "the server does not come up"
            time.sleep(0.05)

    def _is_ready(self) -> bool:
        try:
            with urlopen(f"{self.url}/readyz", timeout=1):
                return True
        except (OSError, HTTPException):
            return False

    def kill(self) -> None:
        """By SIGKILL, and begun anew."""
        self.close()
        self.kills += 1
        self._begin()

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
