"""What a worker on another computer shows before it gets work: that it makes the same vectors.

The same program and libraries, and the vectors of a few points of the source, made by both. Other
processors differ by less than a thousandth; another model, prefix or length limit by far more. Of a
model that depends on its batch see NEARLY.
"""

from __future__ import annotations

import platform
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from itertools import islice
from typing import NamedTuple

from qdrant_model_migration.embedders import kind_of, models_in
from qdrant_model_migration.pipeline.errors import FileUnreadable
from qdrant_model_migration.pipeline.make import MadePoints, make
from qdrant_model_migration.pipeline.move import Move
from qdrant_model_migration.pipeline.sameness import nearly_same, same_vector
from qdrant_model_migration.pipeline.sources import Source
from qdrant_model_migration.pipeline.worker import Equipment
from qdrant_model_migration.qdrant import Document, Point

PROBE = 8
"""Points of which vectors are made by both."""

_EVERY = ("qdrant-model-migration", "qdrant-client", "numpy")
_NEAR = 2e-3


class Credentials(NamedTuple):
    """versions: of the program and of what makes vectors. made: of the probe. files: those that
    points are read from, with what each is told by, "" where it cannot be read. nearly: the vectors
    that a model makes otherwise in the company of other texts."""

    versions: Mapping[str, str]
    made: MadePoints
    files: Mapping[str, str]
    nearly: frozenset[str] = frozenset()


def probe(move: Move, equipment: Equipment) -> list[Point]:
    """The first points of the source."""
    reading = move.points.read(equipment.qdrant, None, None, move.read_vectors, equipment.breathe)
    return [placed.point for placed in islice(reading, PROBE)]


def shown(points: Sequence[Point], move: Move, equipment: Equipment) -> Credentials:
    """What this process shows. The models are open afterwards."""
    versions = {"Python": ".".join(platform.python_version_tuple()[:2])}
    kinds = {kind_of(model) for model in models_in(move.origins)}
    libraries = {*_EVERY, *(library for kind in kinds for library in kind.libraries)}
    versions.update({library: version(library) for library in sorted(libraries)})
    nearly = frozenset(vector.name for vector in move.vectors if vector.depends_on_batch)
    files = {one.name: _told_by(one) for one in move.points.files}
    return Credentials(versions, make(points, move, equipment), files, nearly)


def _told_by(file: Source) -> str:
    try:
        return file.fingerprint()
    except FileUnreadable:
        return ""


def what_differs(mine: Credentials, theirs: Credentials) -> str | None:
    """A clause on the first thing that is not the same; None where all is."""
    for name, own in mine.versions.items():
        if (other := theirs.versions.get(name)) != own:
            return f"it has {name} {other or 'not at all'}, and here is {own}"
    for name, mark in mine.files.items():
        if (other := theirs.files.get(name)) != mark:
            return f"its {name} is another one" if other else f"it cannot read {name}"
    pairs = zip(mine.made.points, theirs.made.points, strict=True)
    for place, (own_point, other_point) in enumerate(pairs):
        for name in own_point.vectors.keys() | other_point.vectors.keys():
            one, other_one = own_point.vectors.get(name), other_point.vectors.get(name)
            same = (
                one == other_one
                if isinstance(one, Document) or isinstance(other_one, Document)
                else same_vector(one, other_one, _NEAR)
                or (name in mine.nearly and nearly_same(other_one, one))
            )
            if not same:
                of = f"the vector {name}" if name else "the vector"
                return f"{of} of the point {mine.made.points[place].id} comes out differently there"
    return None
