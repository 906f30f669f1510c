"""Where models are looked for."""

from __future__ import annotations

from pathlib import Path

import pytest

from qdrant_model_migration.embedders import model_by_name, within_reach
from qdrant_model_migration.embedders.fingerprint import fingerprint
from qdrant_model_migration.embedders.places import download_folders
from support.tiny_onnx import tiny_download, tiny_onnx

REPO = "Qdrant/all-MiniLM-L6-v2-onnx"
LABEL = "all-MiniLM-L6-v2"


def test_without_a_setting_downloads_of_other_programs_are_found_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("FASTEMBED_CACHE_PATH")
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    own, usual = download_folders()
    assert own != usual == tmp_path / "fastembed_cache"
    assert not within_reach(model_by_name(LABEL))
    tiny_download(usual, REPO, dimensions=384)
    assert within_reach(model_by_name(LABEL))


@pytest.mark.parametrize("repo", ["qdrant/all-minilm-l6-v2-onnx", REPO])
def test_a_download_is_found_in_the_spelling_of_older_versions(downloads: Path, repo: str) -> None:
    tiny_download(downloads, repo, dimensions=384)
    assert within_reach(model_by_name(LABEL))


def test_a_download_of_the_time_before_the_hub_is_found(downloads: Path) -> None:
    tiny_onnx(downloads / f"fast-{LABEL}", dimensions=384)
    assert within_reach(model_by_name(LABEL))


def test_an_interrupted_download_is_not_taken_for_a_model(downloads: Path) -> None:
    (downloads / "models--Qdrant--all-MiniLM-L6-v2-onnx" / "blobs").mkdir(parents=True)
    assert not within_reach(model_by_name(LABEL))


def test_a_fingerprint_sees_a_change_anywhere_in_a_large_file(tmp_path: Path) -> None:
    size = 9_000_000
    seen = set()
    for changed in (None, 0, size // 2, size - 1):
        content = bytearray(size)
        if changed is not None:
            block = range(max(0, changed - 70_000), min(size, changed + 70_000))
            content[block.start : block.stop] = b"\x01" * len(block)
        (tmp_path / "model.onnx").write_bytes(content)
        seen.add(fingerprint(tmp_path, ("model.onnx",)))
    assert len(seen) == 4
