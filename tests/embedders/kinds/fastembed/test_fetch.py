"""Fetching, in a process of its own: the hub's address is read when the library is imported."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from qdrant_model_migration.embedders.kinds.fastembed.fetch import Report
from support.fake_hub import fake_hub
from support.tiny_onnx import tiny_onnx

REPO = "Qdrant/all-MiniLM-L6-v2-onnx"

PROGRAM = """
import json, sys
from qdrant_model_migration.embedders import fetch, model_by_name, open_embedder, within_reach
from qdrant_model_migration.errors import (QmmError, Stopped)

def progress(done, size):
    seen.append((done, size))
    if sys.argv[1:] == ["stop"]:
        raise Stopped

seen, answer = [], {}
model = model_by_name("all-MiniLM-L6-v2")
answer["before"] = within_reach(model)
try:
    fetch(model, progress)
    fetch(model, progress)
    embedded = open_embedder(model).embed(["red cat"], "query")
    answer["dimensions"] = len(embedded.vectors[0])
except QmmError as error:
    answer["error"] = str(error)
answer.update(seen=seen, after=within_reach(model))
print(json.dumps(answer))
"""


class Run(NamedTuple):
    answer: dict[str, object]
    noise: str


def run(cache: Path, *arguments: str, **environment: str) -> Run:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *arguments],
        env={**os.environ, "FASTEMBED_CACHE_PATH": str(cache), **environment},
        capture_output=True,
        text=True,
        timeout=100,
    )
    *printed, last = done.stdout.splitlines() or [""]
    assert last, done.stderr
    return Run(json.loads(last), "\n".join(printed) + done.stderr)


def test_a_fetched_model_is_here_afterwards_and_nothing_was_printed(tmp_path: Path) -> None:
    folder = tiny_onnx(tmp_path / "model", dimensions=384)
    with fake_hub(REPO, folder) as address:
        done = run(tmp_path / "cache", HF_ENDPOINT=address)
    assert (done.answer["before"], done.answer["after"]) == (False, True)
    assert done.answer["dimensions"] == 384
    seen = done.answer["seen"]
    assert isinstance(seen, list)
    assert seen == sorted(seen)
    assert seen[0][0] > 0
    assert seen[-1][0] == seen[-1][1]
    assert done.noise == ""


def test_a_fetch_can_be_stopped_from_its_progress_and_begun_again(tmp_path: Path) -> None:
    folder = tiny_onnx(tmp_path / "model", dimensions=384)
    with fake_hub(REPO, folder) as address:
        stopped = run(tmp_path / "cache", "stop", HF_ENDPOINT=address)
        again = run(tmp_path / "cache", HF_ENDPOINT=address)
    assert "Stopped" in str(stopped.answer["error"])
    assert again.answer["dimensions"] == 384


def test_a_hub_that_does_not_answer_is_a_plain_sentence_at_once(tmp_path: Path) -> None:
    done = run(tmp_path, HF_ENDPOINT="http://127.0.0.1:9")
    assert "127.0.0.1 does not answer" in str(done.answer["error"])
    assert done.noise == ""


def test_a_hub_that_does_not_have_the_model_is_told_apart(tmp_path: Path) -> None:
    with fake_hub("other/model", tmp_path) as address:
        done = run(tmp_path / "cache", HF_ENDPOINT=address)
    assert "status 404" in str(done.answer["error"])


def test_switched_off_downloads_are_told_apart(tmp_path: Path) -> None:
    done = run(tmp_path, HF_HUB_OFFLINE="1")
    assert "HF_HUB_OFFLINE" in str(done.answer["error"])


def test_progress_never_goes_back_and_only_bars_of_bytes_count() -> None:
    seen: list[tuple[int, int]] = []
    report = Report(10, lambda done, size: seen.append((done, size)))
    received, written = report.bar(unit="B"), report.bar(unit="B", total=12)
    files = report.bar(["a"], unit="it", total=1)
    for bar, more in ((received, 4), (written, 3), (files, 9), (written, 9)):
        bar.update(more)
        bar.set_description("anything")
    report.finished()
    assert seen == [(4, 10), (12, 12), (12, 12)]
