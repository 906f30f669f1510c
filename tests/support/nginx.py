"""A real nginx before a server on this computer, where nginx is installed."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

CONFIG = """
{user}daemon off; worker_processes 1; pid {folder}/pid; error_log {folder}/error.log;
events {{ worker_connections 64; }}
http {{
  access_log off;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  client_max_body_size 1m;
  server {{
    listen 127.0.0.1:{port} ssl;
    ssl_certificate {certificate}.crt; ssl_certificate_key {certificate};
    location {prefix}/ {{
      if ($http_{wants} != "{value}") {{ return 401; }}
      proxy_pass {upstream}/;
    }}
  }}
}}
"""


@contextmanager
def nginx(
    folder: Path, upstream: str, certificate: Path, prefix: str, wants: tuple[str, str]
) -> Iterator[int]:
    """The port on which it listens, with TLS, for bodies of 1 MB at most: under a prefix, to whom
    shows the header. Skips the test where there is no nginx."""
    program = shutil.which("nginx")
    if program is None:
        pytest.skip("nginx is not installed")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    name = wants[0].replace("-", "_")
    config = folder / "nginx.conf"
    config.write_text(
        CONFIG.format(
            folder=folder, port=port, certificate=certificate, prefix=prefix, wants=name,
            value=wants[1], upstream=upstream, user="user root; " if os.geteuid() == 0 else "",
        )
    )  # fmt: skip
    command = [program, "-p", str(folder), "-e", str(folder / "error.log"), "-c", str(config)]
    process = subprocess.Popen(command)
    try:
        for _ in range(200):
            with socket.socket() as line:
                if line.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.02)
        yield port
    finally:
        process.terminate()
        process.wait()
