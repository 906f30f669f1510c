"""The practice Qdrant: what it holds, that it can be trusted, and that it is made whole or not."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from qdrant_model_migration.embedders import (
    ModelRef,
    list_models,
    open_embedder,
    practice_models_folder,
)
from qdrant_model_migration.errors import DiskFull, Stopped
from qdrant_model_migration.pipeline.rows import Unusable
from qdrant_model_migration.pipeline.sources.file import rows_of
from qdrant_model_migration.qdrant import Point, Qdrant, open_qdrant, order
from qdrant_model_migration.qdrant.errors import FolderInUse, FolderUnusable
from qdrant_model_migration.quality.query_file import read_queries
from qdrant_model_migration.sandbox import ALIAS, COLLECTION, WORDLESS, Document, Sandbox
from qdrant_model_migration.sandbox.errors import CorpusMissing
from qdrant_model_migration.survey import survey

POINTS = 160


def everything(qdrant: Qdrant) -> list[Point]:
    return qdrant.scroll(ALIAS, limit=10_000, vectors=True).points


def test_the_alias_answers_from_a_collection_that_names_its_model(
    sandbox: Sandbox, qdrant: Qdrant
) -> None:
    assert qdrant.resolve(ALIAS) == COLLECTION
    config = qdrant.config(COLLECTION)
    assert config.vectors()[""] == {"size": 128, "distance": "Cosine"}
    model = ModelRef.of_metadata(config.metadata)
    assert model is not None
    assert model.same_vectors(sandbox.old_model())


def test_every_text_has_the_vector_of_its_model_and_nothing_else_has_one(
    sandbox: Sandbox, qdrant: Qdrant
) -> None:
    points = everything(qdrant)
    wordless = [point for point in points if not point.vectors]
    rest = [point for point in points if point.vectors]
    assert [point.payload for point in wordless] == list(WORDLESS)
    assert len(rest) == POINTS
    made = open_embedder(sandbox.old_model()).embed([p.payload["text"] for p in rest], "passage")
    stored = np.array([point.vectors[""] for point in rest])
    assert stored == pytest.approx(np.array(made.vectors), abs=1e-5)


def test_ids_are_numbers_uuids_and_one_of_64_bits_in_the_servers_order(qdrant: Qdrant) -> None:
    ids = [point.id for point in everything(qdrant)]
    assert ids == sorted(ids, key=order)
    numbers = [one for one in ids if isinstance(one, int)]
    assert len(ids) - len(numbers) == POINTS // 12
    assert max(numbers) >= 2**63


def test_payloads_are_stored_as_they_were_given(
    qdrant: Qdrant, documents: Sequence[Document]
) -> None:
    stored = {
        p.payload["title"] + str(p.payload.get("chars")): p.payload for p in everything(qdrant)
    }
    for document in documents[:POINTS]:
        payload = document.payload()
        assert stored[document.title + str(payload["chars"])] == payload


def test_searches_are_labelled_and_their_answers_are_in_the_collection(
    sandbox: Sandbox, qdrant: Qdrant
) -> None:
    queries = read_queries(sandbox.queries)
    assert queries.origin == "labelled"
    assert len(queries.queries) == POINTS // 4
    ids = [answer for query in queries.queries for answer in query.answers]
    found = {point.id: point for point in qdrant.retrieve(ALIAS, ids)}
    for query in queries.queries:
        (answer,) = query.answers
        assert found[answer].payload["summary"] == query.text


def test_a_summary_that_fits_several_texts_is_no_search(
    documents: Sequence[Document], tmp_path: Path
) -> None:
    same = "Return the one thing that several of these return."
    twice = [documents[0]._replace(summary=same), documents[1]._replace(summary=same)]
    sandbox = Sandbox(tmp_path / "new")
    sandbox.prepare(120, documents=[*twice, *documents[2:]])
    assert same not in {query.text for query in read_queries(sandbox.queries).queries}


def test_the_new_model_finds_more_and_less_again_when_it_is_cut(
    sandbox: Sandbox, documents: Sequence[Document]
) -> None:
    used = documents[:POINTS]

    def recall(model: ModelRef) -> float:
        embedder = open_embedder(model)
        texts = np.array(embedder.embed([one.text for one in used], "passage").vectors)
        queries = np.array(embedder.embed([one.summary for one in used], "query").vectors)
        scores = queries @ texts.T
        return float(((scores > np.diag(scores)[:, None]).sum(axis=1) < 3).mean())

    old, new, cut = map(
        recall, (sandbox.old_model(), sandbox.new_model(), sandbox.new_model().cut_to(64))
    )
    assert new > old + 0.05
    assert cut < new - 0.03


def test_its_usual_place_is_where_models_are_looked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("platformdirs.user_data_path", lambda *_, **__: tmp_path)
    assert Sandbox().folder == tmp_path / "practice"
    assert Sandbox().models == practice_models_folder()


def test_its_models_are_listed_first(sandbox: Sandbox) -> None:
    listed = list_models(sandbox.models)
    assert listed[:2] == (sandbox.old_model(), sandbox.new_model())


def test_spare_documents_are_not_in_the_collection(sandbox: Sandbox, qdrant: Qdrant) -> None:
    held = {point.payload.get("text") for point in everything(qdrant) if point.vectors}
    spare = {payload["text"] for payload in sandbox.spare()}
    assert len(spare) == 300
    assert not spare & held


def test_the_same_documents_give_the_same_sandbox(
    prepared: Sandbox, documents: Sequence[Document], tmp_path: Path
) -> None:
    again = Sandbox(tmp_path / "again")
    again.prepare(POINTS, documents=documents)
    assert again.queries.read_bytes() == prepared.queries.read_bytes()
    assert again.new_model().fingerprint == prepared.new_model().fingerprint
    shutil.copytree(prepared.folder / "qdrant", tmp_path / "other" / "qdrant")
    with (
        open_qdrant(again.address) as one,
        open_qdrant(Sandbox(tmp_path / "other").address) as other,
    ):
        assert everything(one) == everything(other)


def test_preparing_again_leaves_everything_as_it_is(sandbox: Sandbox) -> None:
    def never(*_: object) -> None:
        raise AssertionError

    sandbox.prepare(10, never)
    assert sandbox.ready


def test_progress_comes_in_order_and_ends_full(
    documents: Sequence[Document], tmp_path: Path
) -> None:
    seen: list[tuple[str, int, int]] = []
    sandbox = Sandbox(tmp_path / "new")
    sandbox.prepare(120, lambda *step: seen.append(step), documents=documents)
    for stage in dict.fromkeys(stage for stage, _, _ in seen):
        done = [(at, of) for one, at, of in seen if one == stage]
        assert done == sorted(done)
        assert done[-1][0] == done[-1][1]


@pytest.mark.parametrize("at", ["Make the practice models", "Fill the practice Qdrant"])
def test_what_was_stopped_in_the_middle_is_not_ready_and_is_made_anew(
    documents: Sequence[Document], tmp_path: Path, at: str
) -> None:
    def stop(stage: str, done: int, total: int) -> None:
        if stage == at:
            raise Stopped

    sandbox = Sandbox(tmp_path / "new")
    with pytest.raises(Stopped):
        sandbox.prepare(120, stop, documents=documents)
    assert not sandbox.ready
    assert not (sandbox.folder / "qdrant").exists()
    sandbox.prepare(120, documents=documents)
    with open_qdrant(sandbox.address) as qdrant:
        assert qdrant.count(ALIAS) == 126


def test_reset_deletes_what_is_its_own_and_nothing_else(sandbox: Sandbox) -> None:
    (sandbox.folder / "mine.txt").write_text("keep")
    sandbox.reset()
    assert [path.name for path in sandbox.folder.iterdir()] == ["mine.txt"]
    sandbox.reset()


def test_reset_is_refused_while_it_is_open_and_nothing_is_lost(
    sandbox: Sandbox, qdrant: Qdrant
) -> None:
    with pytest.raises(FolderInUse):
        sandbox.reset()
    assert sandbox.ready
    assert qdrant.count(ALIAS) == POINTS + len(WORDLESS)


def test_a_damaged_qdrant_can_be_reset(sandbox: Sandbox) -> None:
    (sandbox.folder / "qdrant" / "meta.json").write_text("{")
    sandbox.reset()
    assert not sandbox.ready


def test_a_python_without_documentation_is_said_to_be_one(
    documents: Sequence[Document], tmp_path: Path
) -> None:
    with pytest.raises(CorpusMissing, match="this Python has 99"):
        Sandbox(tmp_path / "new").prepare(documents=documents[:99])


def test_a_folder_that_cannot_be_written_is_a_plain_sentence(
    documents: Sequence[Document], tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(FolderUnusable, match="file"):
        Sandbox(tmp_path / "file" / "practice").prepare(120, documents=documents)


def test_a_full_disk_is_a_plain_sentence_and_leaves_nothing_that_looks_ready(
    documents: Sequence[Document], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", "x")

    monkeypatch.setattr(shutil, "move", full)
    sandbox = Sandbox(tmp_path / "new")
    with pytest.raises(DiskFull):
        sandbox.prepare(120, documents=documents)
    assert not sandbox.ready


def test_its_documents_lie_in_a_file_with_the_ids_they_have_and_one_damaged_row(
    sandbox: Sandbox, qdrant: Qdrant
) -> None:
    rows = list(rows_of(str(sandbox.originals), "id").numbered(lambda: None))
    found = {r.point.id: r.point.payload for r in rows if not isinstance(r.point, Unusable)}
    there = {point.id: point.payload for point in everything(qdrant) if point.vectors}
    assert {i: {k: v for k, v in row.items() if k != "id"} for i, row in found.items()} == there
    assert len(rows) == len(found) + 1
    assert isinstance(rows[-1].point, Unusable)


def test_a_few_documents_are_in_german_and_a_field_says_so(tmp_path: Path) -> None:
    sandbox = Sandbox(tmp_path / "practice")
    sandbox.prepare(120)
    with open_qdrant(sandbox.address) as qdrant:
        found = survey(qdrant, ALIAS)
    (field,) = found.language_fields
    assert (field.path, field.texts["de"], field.agrees) == ("lang", 2, 1.0)
    (german,) = (q for q in read_queries(sandbox.queries).queries if q.language == "de")
    assert german.text == "Wie liest man eine Datei Zeile für Zeile?"
