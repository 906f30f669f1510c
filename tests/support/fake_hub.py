"""A model hub on this machine that speaks as much of the Hugging Face API as a download needs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha1
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

COMMIT = "c0ffee" + "0" * 34


@contextmanager
def fake_hub(repo: str, folder: Path) -> Iterator[str]:
    """Serve the files of `folder` as `repo`; gives the address for HF_ENDPOINT."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            path = self.path.split("?")[0]
            if path.startswith(f"/api/models/{repo}/tree/"):
                return self._json([_described(folder, file) for file in _files(folder)])
            if path.startswith(f"/api/models/{repo}"):
                return self._json({"id": repo, "sha": COMMIT, "siblings": []})
            return self._file(path)

        do_HEAD = do_GET

        def _file(self, path: str) -> None:
            start = f"/{repo}/resolve/{COMMIT}/"
            file = folder / path.removeprefix(start)
            if not path.startswith(start) or not file.is_file():
                return self._answer(404, b"", {})
            body = file.read_bytes()
            etag = _described(folder, file)["oid"]
            return self._answer(200, body, {"ETag": f'"{etag}"', "X-Repo-Commit": COMMIT})

        def _json(self, value: object) -> None:
            self._answer(200, json.dumps(value).encode(), {"Content-Type": "application/json"})

        def _answer(self, status: int, body: bytes, headers: dict[str, str]) -> None:
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _described(folder: Path, file: Path) -> dict[str, object]:
    body = file.read_bytes()
    oid = sha1(b"blob %d\0" % len(body) + body, usedforsecurity=False).hexdigest()
    path = file.relative_to(folder).as_posix()
    return {"type": "file", "path": path, "size": len(body), "oid": oid}
