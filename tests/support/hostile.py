"""An application that writes without a pause, whatever happens, and knows what must stand there.

It speaks to the server by itself, past the program. Each write is repeated until the server has
acknowledged it, as a careful application does; one with a vector is made anew where the alias was
switched meanwhile.
"""

from __future__ import annotations

import json
import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

Payload = dict[str, Any]
KINDS = {"edit": 30, "set": 15, "overwrite": 8, "drop a key": 5, "delete": 12, "insert": 20}
NEW_IDS = 1_000_000
QUIET_S = 6.0
"""A point is only changed in part, or deleted, when nothing was written to it for so long: an
acknowledged write to the old collection needs the sweep before the new one knows of it."""


class Hostile:
    """`writers` threads, each with points of its own. `held` says what must stand there."""

    def __init__(
        self,
        url: str,
        alias: str,
        document: Callable[[int], Payload],
        vector_of: Callable[[str, str], list[float]],
        held: dict[int, Payload],
        *,
        writers: int = 4,
        seed: int = 0,
    ) -> None:
        """document: a payload by a number. vector_of(collection, text): as it has to be there."""
        self.held, self.writes, self.refused = held, Counter[str](), list[str]()
        self._url, self._alias, self._document, self._vector = url, alias, document, vector_of
        self._quiet: dict[int, float] = {}
        self._stop = threading.Event()
        self._threads = [
            threading.Thread(target=self._write_on, args=(n, writers, seed), daemon=True)
            for n in range(writers)
        ]

    def __enter__(self) -> Hostile:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Each ends the write that it is at."""
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _write_on(self, number: int, of: int, seed: int) -> None:
        choose = random.Random(seed * 1000 + number)
        mine = [one for one in sorted(self.held) if one % of == number]
        gone: list[int] = []
        fresh, turn = NEW_IDS + number, 0
        while not self._stop.is_set():
            turn += 1
            kind = choose.choices(list(KINDS), list(KINDS.values()))[0]
            if kind == "insert":
                if gone and choose.random() < 0.3:  # an id that was there before
                    point = gone.pop(choose.randrange(len(gone)))
                else:
                    point, fresh = fresh, fresh + of
                mine.append(point)
            else:
                point = choose.choice(mine)
                waits = time.monotonic() - self._quiet.get(point, 0.0) < QUIET_S
                if kind != "edit" and waits:
                    continue
            self._carry_out(kind, point, turn * of + number)
            if kind == "delete":
                mine.remove(point)
                gone.append(point)
            self._quiet[point] = time.monotonic()
            self.writes[kind] += 1
            self._stop.wait(choose.random() * 0.04)

    def _carry_out(self, kind: str, point: int, turn: int) -> None:
        points = f"/collections/{self._alias}/points"
        if kind in ("edit", "insert"):
            self.held[point] = self._upsert(point, self._document(turn))
        elif kind == "set":
            self._send("POST", f"{points}/payload", {"payload": {"seen": turn}, "points": [point]})
            self.held[point] |= {"seen": turn}
        elif kind == "overwrite":
            now = {"text": self.held[point]["text"], "over": turn}
            self._send("PUT", f"{points}/payload", {"payload": now, "points": [point]})
            self.held[point] = now
        elif kind == "drop a key":
            self._send("POST", f"{points}/payload/delete", {"keys": ["rank"], "points": [point]})
            self.held[point].pop("rank", None)
        else:
            self._send("POST", f"{points}/delete", {"points": [point]})
            del self.held[point]

    def _upsert(self, point: int, payload: Payload) -> Payload:
        while True:
            behind = self._behind()
            vector = self._vector(behind, payload["text"])
            body = {"points": [{"id": point, "payload": payload, "vector": vector}]}
            taken = self._send("PUT", f"/collections/{self._alias}/points", body)
            if self._behind() == behind:
                assert taken is not None, self.refused[-1]
                return payload

    def _behind(self) -> str:
        told = self._send("GET", "/aliases")
        assert told is not None
        aliases = told["result"]["aliases"]
        return next(a["collection_name"] for a in aliases if a["alias_name"] == self._alias)

    def _send(self, method: str, path: str, body: Any = None) -> dict[str, Any] | None:
        """The answer, however often the server has to be asked; None: it does not take that."""
        data = None if body is None else json.dumps(body).encode()
        where = f"{self._url}{path}" + ("" if body is None else "?wait=true")
        while True:
            request = Request(where, data, {"Content-Type": "application/json"}, method=method)
            try:
                with urlopen(request, timeout=20) as answer:
                    return dict(json.load(answer))
            except HTTPError as error:
                if error.code < 500:
                    self.refused.append(error.read().decode())
                    return None
            except (OSError, HTTPException, ValueError):
                pass
            time.sleep(0.05)
