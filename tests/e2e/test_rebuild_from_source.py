"""Rebuild from source, the whole way: a file is loaded while an application writes, judged,
switched to, taken back and cleaned up. And texts from a file, for a collection that has none."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest

from qdrant_model_migration.embedders import open_embedder
from qdrant_model_migration.engine import create_run, dead_letters, run_here, view
from qdrant_model_migration.pipeline.sameness import made_of, same_payload
from qdrant_model_migration.plan import Plan, load_plan, save_plan
from support.world import everything

from . import trips
from .conftest import POINTS, Place, document, ident
from .trips import (
    ADDED,
    DELETED,
    EDITED,
    EVERYWHERE,
    assert_made,
    consent,
    switch,
    take_back,
    to_the_cutover,
    write_meanwhile,
)

pytestmark = EVERYWHERE


def plan_for(
    place: Place, strategy: str = "rebuild_from_source", change: str = "model", **answers: Any
) -> Plan:
    return trips.plan_for(place, strategy, change, **answers)


def lines(path: Path, rows: Iterable[Mapping[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def originals(numbers: Iterable[int]) -> list[dict[str, Any]]:
    """Rows with the ids of the collection, and a text that is not the one it has."""
    return [
        {"id": ident(n), "body": f"original {n}: {document(n)['text']}", "number": n}
        for n in numbers
    ]


def loaded(path: Path, **columns: Any) -> dict[str, Any]:
    return {"originals": {"file": str(path)}, "columns": {"id": "id", "text": "body", **columns}}


def test_a_file_becomes_the_collection_and_nothing_else_is_followed(
    place: Place, tmp_path: Path
) -> None:
    rows = originals(range(POINTS + 20))
    rows[7]["body"] = " "
    path = lines(tmp_path / "docs.jsonl", rows)
    with path.open("a") as file:
        file.write('{"id": 77, "body": \n')
        file.write(json.dumps(rows[0]) + "\n")
    plan = plan_for(place, **loaded(path))
    assert plan.estimate.seconds.how
    folder = to_the_cutover(plan)
    write_meanwhile(place)
    asked = view(folder).gate
    assert asked is not None
    assert any("nothing of it is carried over" in line for line in asked["says"])
    assert not any("read once more" in line for line in asked["says"])
    switch(folder)
    target = f"{place.collection}_new"
    with place.open() as qdrant:
        new = everything(qdrant, target)
        assert qdrant.aliases()[place.alias] == target
        assert qdrant.config(target).metadata["owner"] == "search", "the old one's settings"
    assert {i: p.payload for i, p in new.items()} == {row["id"]: row for row in rows}
    assert ADDED not in new
    assert_made(place, target, "", "body")
    letters = {letter.point: letter.reason for letter in dead_letters(folder)}
    assert letters.pop(f"docs.jsonl, line {len(rows) + 1}") == "row left out: it is not JSON"
    assert list(letters.values()) == ["text is only spaces"]
    take_back(place, folder)


def test_payload_by_id_goes_along_and_what_changes_there_afterwards_is_no_fault(
    place: Place, tmp_path: Path
) -> None:
    rows = originals([*range(POINTS), 5001])
    with place.open() as qdrant:
        old = everything(qdrant, place.collection)
    plan = plan_for(place, **loaded(lines(tmp_path / "docs.jsonl", rows), more="yes"))
    folder = create_run(plan)
    assert run_here(folder) == 3, view(folder).error
    write_meanwhile(place)
    assert run_here(folder, extra="verify") == 3, view(folder).error
    verdict = view(folder).verdict
    assert verdict is not None
    assert all(check["ok"] is not False for check in verdict["integrity"]["checks"])
    with place.open() as qdrant:
        new = everything(qdrant, f"{place.collection}_new")
    assert new.keys() == {row["id"] for row in rows}
    for row in rows:
        before = old[row["id"]].payload if row["id"] in old else {}
        assert same_payload(new[row["id"]].payload, {**before, **row})


def test_many_bad_rows_are_asked_about_before_anything_is_made(
    place: Place, tmp_path: Path
) -> None:
    path = tmp_path / "docs.csv"
    good = [f'{n},"text {n}, {document(n)["title"]}"\n' for n in range(190)]
    path.write_text("id,body\n" + "".join(good[:50]) + "8,a,b\n" * 10 + "".join(good[50:]))
    folder = create_run(plan_for(place, **loaded(path)))
    assert run_here(folder) == 3, view(folder).error
    asked = view(folder).gate
    assert asked is not None
    assert asked["name"] == "bad_rows"
    assert asked["title"] == "10 of 200 rows cannot be used"
    with place.open() as qdrant:
        assert not qdrant.exists(f"{place.collection}_new")
    assert {letter.point for letter in dead_letters(folder)} == {
        f"docs.csv, line {number}" for number in range(52, 62)
    }
    consent(folder, "bad_rows")
    assert run_here(folder) == 3, view(folder).error
    with place.open() as qdrant:
        new = everything(qdrant, f"{place.collection}_new")
    assert {i: p.payload["id"] for i, p in new.items()} == {n: str(n) for n in range(190)}


def test_rows_that_contradict_each_other_are_refused_before_anything_is_made(
    place: Place, tmp_path: Path
) -> None:
    rows = [*originals(range(20)), {"id": ident(3), "body": "another text"}]
    folder = create_run(plan_for(place, **loaded(lines(tmp_path / "docs.jsonl", rows))))
    assert run_here(folder) != 3
    assert "lines 4 and 21" in str(view(folder).error)
    with place.open() as qdrant:
        assert not qdrant.exists(f"{place.collection}_new")


@pytest.mark.parametrize("new_ids", [False, True])
def test_made_up_searches_judge_only_what_both_sides_can_find(
    place: Place, tmp_path: Path, new_ids: bool
) -> None:
    rows = [{"id": ident(n), "body": document(n)["text"]} for n in range(POINTS)]
    answers = loaded(lines(tmp_path / "docs.jsonl", rows), **({"id": ""} if new_ids else {}))
    proof = {"kind": "made up", "title_field": "title", "margin": 0.5}
    folder = to_the_cutover(plan_for(place, **answers, proof=proof))
    verdict = view(folder).verdict
    assert verdict is not None
    if new_ids:
        assert verdict["word"] == "INCONCLUSIVE"
        assert verdict["judgement"] is None
    else:
        assert verdict["judgement"]["n"] > 100


def test_searches_of_a_file_are_judged_only_where_their_answers_are_in_it(
    place: Place, tmp_path: Path
) -> None:
    half = range(POINTS // 2)
    rows = [{"id": ident(n), "body": document(n)["text"]} for n in half]
    searches = [{"query": document(n)["title"], "answers": [ident(n)]} for n in range(POINTS)]
    proof = {"kind": "file", "file": str(lines(tmp_path / "queries.jsonl", searches))}
    folder = to_the_cutover(
        plan_for(place, **loaded(lines(tmp_path / "docs.jsonl", rows)), proof=proof)
    )
    verdict = view(folder).verdict
    assert verdict is not None
    assert verdict["judgement"]["n"] == len(half)


def test_parquet_is_read_like_the_others(place: Place, tmp_path: Path) -> None:
    pyarrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    rows = originals(range(100))
    table = pyarrow.table(
        {
            "id": [str(row["id"]) for row in rows],
            "body": [row["body"] for row in rows],
            "number": [row["number"] for row in rows],
            "bytes": [b"\xff"] * len(rows),
        }
    )
    parquet.write_table(table, tmp_path / "docs.parquet", row_group_size=30)
    chosen = loaded(tmp_path / "docs.parquet", payload="number", text="No. {number}:\\n{body}")
    folder = to_the_cutover(plan_for(place, **chosen))
    with place.open() as qdrant:
        new = everything(qdrant, f"{place.collection}_new")
    assert {i: (p.payload["number"], p.payload["body"]) for i, p in new.items()} == {
        row["id"]: (row["number"], row["body"]) for row in rows
    }
    assert not view(folder).dead_letters
    texts = {row["id"]: f"No. {row['number']}:\n{row['body']}" for row in rows}
    made = open_embedder(place.models.new).embed(list(texts.values()), "passage").vectors
    for i, right in zip(texts, made, strict=True):
        assert made_of(new[i].vectors.get(""), right, "Cosine", None), i


def test_the_plan_is_a_file_like_the_others(place: Place, tmp_path: Path) -> None:
    chosen = loaded(lines(tmp_path / "docs.jsonl", originals(range(30))), more=True)
    for plan in (plan_for(place, **chosen), by_file(place, tmp_path, range(30))):
        save_plan(plan, tmp_path / "plan.yaml")
        assert load_plan(tmp_path / "plan.yaml") == plan
        assert all(step.text(plan.move).title for step in plan.steps)


def by_file(place: Place, tmp_path: Path, numbers: Iterable[int]) -> Plan:
    """Blue-green, with the texts of these points from a file."""
    rows = [{"point": ident(n), "words": f"from the file: {document(n)['title']}"} for n in numbers]
    rows.append({"point": 700_000, "words": "of a point that there is not"})
    return plan_for(
        place,
        "blue_green",
        text={"file": str(lines(tmp_path / "texts.jsonl", rows))},
        text_columns={"id": "point", "text": "{words}, no. {point}"},
    )


def test_texts_from_a_file_are_embedded_and_payloads_stay_as_they_are(
    place: Place, tmp_path: Path
) -> None:
    with_text = set(range(POINTS)) - {30, 31}
    folder = create_run(by_file(place, tmp_path, with_text))
    code = run_here(folder)
    gate = view(folder).gate
    assert (code, gate and gate["name"]) == (3, "cutover"), view(folder).error
    write_meanwhile(place)
    switch(folder)
    target = f"{place.collection}_new"
    with place.open() as qdrant:
        old, new = everything(qdrant, place.collection), everything(qdrant, target)
    assert new.keys() == old.keys()
    assert DELETED not in new
    assert all(same_payload(old[i].payload, new[i].payload) for i in old)
    texts = {ident(n): f"from the file: {document(n)['title']}, no. {ident(n)}" for n in with_text}
    made = open_embedder(place.models.new).embed(list(texts.values()), "passage").vectors
    right = dict(zip(texts, made, strict=True))
    assert EDITED in right, "its text is that of the file, whatever its payload says"
    for i, point in new.items():
        assert made_of(point.vectors.get(""), right.get(i), "Cosine", None), i
    reasons = {letter.point: letter.reason for letter in dead_letters(folder)}
    assert reasons == {str(i): "not in texts.jsonl" for i in (ident(30), ident(31), ADDED)}


def test_a_file_whose_ids_are_of_no_point_is_refused(place: Place, tmp_path: Path) -> None:
    plan = by_file(place, tmp_path, [])
    folder = create_run(plan)
    assert run_here(folder) != 3
    assert "No value of the column point" in str(view(folder).error)
    with place.open() as qdrant:
        assert not qdrant.exists(f"{place.collection}_new")


def test_texts_from_a_file_become_a_vector_in_place_too(place: Place, tmp_path: Path) -> None:
    rows = [
        {"point": ident(n), "words": f"from the file: {document(n)['title']}"}
        for n in range(POINTS - 20)
    ]
    plan = plan_for(
        place,
        "side_by_side",
        change="second",
        in_place="in place",
        text={"file": str(lines(tmp_path / "texts.jsonl", rows))},
        text_columns={"id": "point", "text": "words"},
        vector_names={"new": "new"},
    )
    folder = create_run(plan)
    assert run_here(folder) == 3, view(folder).error
    write_meanwhile(place)
    switch(folder)
    with place.open() as qdrant:
        points = everything(qdrant, place.collection)
    texts = {row["point"]: row["words"] for row in rows if row["point"] != DELETED}
    made = open_embedder(place.models.new).embed(list(texts.values()), "passage").vectors
    right = dict(zip(texts, made, strict=True))
    for i, point in points.items():
        assert made_of(point.vectors.get("new"), right.get(i), "Cosine", None), i
    assert {letter.reason for letter in dead_letters(folder)} == {"not in texts.jsonl"}
