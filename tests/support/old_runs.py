"""Runs that older versions of the program made, with the Qdrant that belongs to each.

They lie in tests/fixtures, whose make_runs.py says how they were made; here they are put in place.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from qdrant_model_migration.engine import RunView, give_consent, run_here, view
from qdrant_model_migration.engine.job import Job, job_of
from qdrant_model_migration.qdrant import Address, Point, Qdrant, SparseVector, open_qdrant
from support.fake_qdrant import FakeQdrant
from support.world import HashModel

MADE = Path(__file__).parents[1] / "fixtures"
VERSIONS = ("first_version", "second_version")
URL, FOLDER = "http://qdrant.example:6333", "/the/practice/qdrant"
CONSENTS = {
    "adopt_alias": {"uses": "yes"},
    "cutover": {"model": "yes", "without_proof": "without proof"},
}


class OldRun:
    """A run at `folder`, carried on by today's program with hashing models in this process."""

    def __init__(self, made: Path, runs: Path, address: Address) -> None:
        self.address = address
        self.makes_what_lacked = made.parts[-3] == "first_version"
        self.folder = runs / json.loads(_text(made / "run.json"))["id"].rpartition("-")[0]
        shutil.copytree(made, self.folder)
        (self.folder / "control").mkdir()
        self.here = {URL: address.url or "", FOLDER: address.folder or ""}
        for path in self.folder.glob("*.sql"):
            with closing(sqlite3.connect(path.with_suffix(".db"))) as sql:
                sql.executescript(self._placed(_text(path)))
            path.unlink()
        for name in ("plan.yaml", "run.json"):
            path = self.folder / name
            path.write_text(self._placed(_text(path)), encoding="utf-8")
        card = json.loads(_text(self.folder / "run.json"))
        card["file"] = hashlib.sha256((self.folder / "plan.yaml").read_bytes()).hexdigest()
        (self.folder / "run.json").write_text(json.dumps(card), encoding="utf-8")
        self.alias = str(card["alias"])

    def _placed(self, text: str) -> str:
        for said, there in self.here.items():
            text = text.replace(said, there)
        return text

    def open(self) -> Qdrant:
        return open_qdrant(self.address)

    def go(self, extra: str | None = None) -> int:
        """Carry on; the exit code."""
        return run_here(self.folder, extra=extra, job_of=_job)

    def agree(self, gate: str, **answers: str) -> None:
        given = {**CONSENTS.get(gate, {}), **answers}
        give_consent(self.folder, gate, given)

    @property
    def seen(self) -> RunView:
        return view(self.folder)

    @property
    def stands(self) -> str:
        """The gate where it waits, else its state."""
        return str((self.seen.gate or {}).get("name", self.seen.state))


def _job(folder: Path) -> Job:
    return job_of(folder)._replace(open_embedder=HashModel)


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def made_by(version: str) -> tuple[str, ...]:
    """The names of the runs that this version made."""
    return tuple(sorted(path.name for path in (MADE / version).iterdir()))


def on_fake(version: str, name: str, fake: FakeQdrant, runs: Path) -> OldRun:
    made = MADE / version / name
    held = json.loads(_text(made / "qdrant.json"))
    for collection, dumped in held["collections"].items():
        fake.load(collection, dumped)
    fake.state.aliases.update(held["aliases"])
    return OldRun(made / "run", runs, Address(url=fake.url, folder=None))


def in_folder(version: str, name: str, folder: Path, runs: Path) -> OldRun:
    made = MADE / version / name
    held = json.loads(_text(made / "qdrant.json"))
    address = Address(url=None, folder=str(folder))
    with open_qdrant(address) as qdrant:
        for collection, dumped in held["collections"].items():
            config = dumped["config"]
            qdrant.create_collection(
                collection, {**config["params"], "metadata": config["metadata"]}
            )
            qdrant.insert(collection, [_point(point) for point in dumped["points"]])
        for alias, collection in held["aliases"].items():
            qdrant.switch_alias(alias, collection)
    return OldRun(made / "run", runs, address)


def _point(told: dict[str, Any]) -> Point:
    sparse = {n: v for n, v in told["vector"].items() if isinstance(v, dict)}
    vectors = {n: v for n, v in told["vector"].items() if n not in sparse}
    read = {n: SparseVector(tuple(v["indices"]), tuple(v["values"])) for n, v in sparse.items()}
    return Point(told["id"], told["payload"], {**vectors, **read})
