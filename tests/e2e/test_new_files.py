"""A way to make a vector and a way to switch that the program does not have go the whole way, each
by its file.

The files, and a strategy that uses both, are dropped into a copy of the program, which is then used
as a person uses it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

import qdrant_model_migration as house
from qdrant_model_migration.embedders.model import MODELS_KEY
from qdrant_model_migration.qdrant import Address, Point, Qdrant, open_qdrant
from support.fake_qdrant import FakeQdrant
from support.world import OLD, HashModel, everything

POINTS = 80

MEAN = '''
"""Origin: the mean of two source vectors, made to length one."""

from typing import ClassVar, Literal

import numpy as np

from qdrant_model_migration.embedders import ModelRef
from qdrant_model_migration.pipeline.origins.origin import Made, Origin
from qdrant_model_migration.pipeline.sameness import made_of


class Mean(Origin):
    makes: ClassVar[str] = "takes the mean of two vectors"
    checked: ClassVar[str] = "Means right"
    fault: ClassVar[str] = "copied with another mean"
    how: Literal["mean"] = "mean"
    one: str
    other: str
    model: ModelRef

    @property
    def reads(self):
        return (self.one, self.other)

    @property
    def query_model(self):
        return self.model

    def wants(self, point):
        return self.one in point.vectors and self.other in point.vectors

    def make(self, points, tools):
        return Made([self._mean(point) for point in points], [])

    def judge(self, point, there, params, tools):
        mean = self._mean(point)
        if mean is None:
            return "same" if there is None else "differs"
        return "same" if made_of(there, mean, params["distance"], None) else "differs"

    def _mean(self, point):
        if not self.wants(point):
            return None
        both = np.add(point.vectors[self.one], point.vectors[self.other])
        return (both / np.linalg.norm(both)).tolist()


def mean_of(one, other, model):
    return Mean(one=one, other=other, model=model)
'''

NAME_FILE = '''
"""Switch: the name of the collection stands in a file that the application reads."""

from pathlib import Path
from typing import Literal

from qdrant_model_migration.steps.errors import SwitchElsewhere
from qdrant_model_migration.steps.switch import NAME, InWords, Switch


class NameFile(Switch):
    how: Literal["name_file"] = "name_file"
    path: str

    def names(self, before, after):
        return before.collection, after.collection

    def text(self, move):
        return InWords(self.path, "write the old name", (f"Writes {move.target} into a file.",))

    def state(self, ctx, old, new):
        now = Path(self.path).read_text()
        if now not in (old.collection, new.collection):
            raise SwitchElsewhere(f"The file names {now}.", "Somebody wrote it.", "Ask who did.")
        return "after" if now == new.collection else "before"

    def title(self, back_to=""):
        return f"Write {back_to or 'the new name'}"

    def at(self, side):
        return f"the file names {side.collection}"

    def ask(self, side, what):
        return NAME.ask(f"Type the collection to allow {what}: {side.collection}", side.collection)

    @property
    def button(self):
        return "Write it"

    @property
    def together(self):
        return "together with the file"

    @property
    def answers(self):
        return "The application answers"

    def go(self, ctx, old, new):
        Path(self.path).write_text(new.collection)
'''

MERGE = '''
"""Merge: one vector in place of two."""

import os

from qdrant_model_migration.pipeline.origins.mean import mean_of
from qdrant_model_migration.quality import Leg
from qdrant_model_migration.steps.switches.name_file import NameFile
from qdrant_model_migration.strategies.answered.change import ruled_out_by_change
from qdrant_model_migration.strategies.moving import Asked, Own, vector_of
from qdrant_model_migration.strategies.new_collection import plan_new_collection
from qdrant_model_migration.strategies.strategy import Fit, Strategy


class Merge(Strategy):
    name = "merge"
    title = "Merge"
    subtitle = "one vector in place of two"
    what = "A new collection gets the mean of two vectors of each point."
    way_back = "write the old name"
    never = "The old collection is only read."
    facets = ("builds",)

    def fit(self, survey, answers):
        ruled = ruled_out_by_change(answers, "compression")
        return ruled or Fit("possible", "there are two", "survey")

    def because(self, survey, answers):
        return ("there are two",)

    def build(self, survey, answers):
        one, other = survey.dense
        model = survey.model_of(one.name)
        new = vector_of("mean", model, mean_of(one.name, other.name, model))
        legs = (Leg(using="mean", model=model),)
        switch = NameFile(path=os.environ["NAME_FILE"])
        return plan_new_collection(self, survey, answers, (new,), Asked(legs), Own(switch=switch))
'''

FILES = {
    "pipeline/origins/mean.py": MEAN,
    "steps/switches/name_file.py": NAME_FILE,
    "strategies/merge.py": MERGE,
}


@pytest.fixture
def qdrant() -> Iterator[Qdrant]:
    params = {"size": OLD.dimensions, "distance": "Cosine"}
    said = OLD.model_dump(mode="json", exclude_defaults=True)
    model = HashModel(OLD)
    with FakeQdrant() as fake, open_qdrant(Address(url=fake.url)) as qdrant:
        qdrant.create_collection(
            "docs_old",
            {
                "vectors": {"title": params, "body": params},
                "metadata": {MODELS_KEY: {"title": said, "body": said}},
            },
        )
        titles = model.embed([f"title {n}" for n in range(POINTS)], "passage").vectors
        bodies = model.embed([f"body {n}" for n in range(POINTS)], "passage").vectors
        vectors = zip(titles, bodies, strict=True)
        points = [Point(n, {}, {"title": t, "body": b}) for n, (t, b) in enumerate(vectors)]
        del points[7].vectors["body"]
        qdrant.insert("docs_old", points)
        yield qdrant


def assert_means(qdrant: Qdrant, collection: str) -> None:
    old, new = everything(qdrant, "docs_old"), everything(qdrant, collection)
    assert new.keys() == old.keys()
    for n, point in old.items():
        assert ("mean" in new[n].vectors) == ("body" in point.vectors)
        if "body" in point.vectors:
            both = np.asarray(point.vectors["title"]) + np.asarray(point.vectors["body"])
            mean = both / np.linalg.norm(both)
            np.testing.assert_allclose(np.asarray(new[n].vectors["mean"]), mean, atol=1e-4)


def test_a_mean_is_made_switched_to_by_a_file_followed_and_taken_back(
    qdrant: Qdrant, tmp_path: Path
) -> None:
    program, desk, name = tmp_path / "src", tmp_path / "desk", tmp_path / "name"
    shutil.copytree(Path(house.__file__).parent, program / house.__name__)
    for path, text in FILES.items():
        (program / house.__name__ / path).write_text(text.lstrip())
    desk.mkdir()
    name.write_text("docs_old")
    environment = {
        "PYTHONPATH": str(program),
        "QMM_RUN_DIR": str(desk / "runs"),
        "HOME": str(desk),
        "QDRANT_URL": str(qdrant.address.url),
        "NAME_FILE": str(name),
    }
    for folder in ("STATE", "DATA", "CACHE"):
        environment[f"XDG_{folder}_HOME"] = str(desk / folder.lower())

    def qmm(*arguments: str, code: int) -> str:
        done = subprocess.run(
            [sys.executable, "-m", house.__name__, *arguments],
            cwd=desk,
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
        )
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout + done.stderr

    qmm("plan", "docs_old", "--strategy", "merge", "--change", "compression",
        "--set", "target=docs_new", code=0)  # fmt: skip
    qmm("run", "plan.yaml", "--accept", "W05", code=3)
    (run,) = [path.name for path in (desk / "runs").iterdir() if (path / "run.json").is_file()]
    body = HashModel(OLD).embed(["another body"], "passage").vectors[0]
    (point,) = qdrant.retrieve("docs_old", [9], vectors=True)
    qdrant.upsert("docs_old", [point._replace(vectors={**point.vectors, "body": body})])
    qmm("resume", run, "--cutover", "docs_new", "--without-proof", code=0)
    assert name.read_text() == "docs_new"
    assert_means(qdrant, "docs_new")
    qmm("rollback", run, "--cutover", "docs_old", code=0)
    assert name.read_text() == "docs_old"
