"""Where models are looked for."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from qdrant_model_migration.embedders import (
    ModelRef,
    model_by_name,
    model_from_folder,
    open_embedder,
    within_reach,
)
from qdrant_model_migration.embedders.errors import ModelOutOfReach
from qdrant_model_migration.embedders.fingerprint import fingerprint
from qdrant_model_migration.embedders.kinds.fastembed.downloads import download_folders
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


def told(model: ModelRef) -> ModelRef:
    """The model as a collection's metadata tells of it."""
    found = ModelRef.of_metadata(model.to_metadata())
    assert found is not None
    return found


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path / "state" / "qmm"


def test_a_model_that_was_opened_here_is_found_again_without_its_folder(
    tmp_path: Path, state: Path
) -> None:
    model = model_from_folder(tiny_onnx(tmp_path / "tiny"))
    assert told(model).folder is None
    assert within_reach(told(model))
    assert open_embedder(told(model)).model == model
    known = model_from_folder(tiny_onnx(tmp_path / "known", dimensions=384), name=LABEL)
    assert open_embedder(told(known)).model == known


def test_a_model_that_changed_or_left_its_folder_is_not_found_there(
    tmp_path: Path, state: Path
) -> None:
    folder = tiny_onnx(tmp_path / "tiny")
    model = model_from_folder(folder)
    tiny_onnx(folder, seed=1)
    assert not within_reach(told(model))
    with pytest.raises(ModelOutOfReach, match="tiny is not on this computer"):
        open_embedder(told(model))
    tiny_onnx(folder)
    assert within_reach(told(model))
    shutil.rmtree(folder)
    assert not within_reach(told(model))


def test_a_state_folder_that_cannot_be_used_costs_only_the_memory(
    tmp_path: Path, state: Path
) -> None:
    model = model_from_folder(tiny_onnx(tmp_path / "tiny"))
    (state / "model-folders.json").write_text("[not json")
    assert not within_reach(told(model))
    shutil.rmtree(state)
    state.write_text("a file in its place")
    assert open_embedder(model).model == model


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
