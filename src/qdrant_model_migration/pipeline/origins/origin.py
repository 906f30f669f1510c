"""What an origin is: where one vector of the target comes from, and how it is made and judged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Literal, NamedTuple

from qdrant_model_migration.embedders import METADATA_KEY, ModelRef
from qdrant_model_migration.pipeline.text import TextSource
from qdrant_model_migration.pipeline.tools import Tools
from qdrant_model_migration.pipeline.worker import Equipment
from qdrant_model_migration.qdrant import Point, PointId
from qdrant_model_migration.strict import Strict

if TYPE_CHECKING:
    from qdrant_model_migration.qdrant.points import WritableVector

Judgement = Literal["same", "differs", "due", "cannot tell"]
"""What a look at both sides says of a vector.

due: the point is to have one since, and goes without; not a difference by itself, since the making
may come to nothing. cannot tell: only making it again would show it.
"""


class DeadLetter(NamedTuple):
    """A point set aside: copied with its payload and without a new vector."""

    point: PointId
    reason: str
    held: str


class Made(NamedTuple):
    """A vector for each point in their order, or None; and why there is none where one is missed.

    tokens: what a model read; cut_off: texts of which it read only the beginning; unlisted: those
    in no language that it was told of, where it is told of several.
    """

    vectors: list[WritableVector | None]
    dead: list[DeadLetter]
    tokens: int = 0
    cut_off: int = 0
    unlisted: int = 0


class Origin(Strict):
    """Subclass it in one new file of this folder, with `how: Literal["its_file"]` and parameters.

    The class says in words what it does, as parts of the sentences on plan, run and report.
    """

    how: str

    embeds: ClassVar[bool] = False
    """Whether a model makes it, which takes the time."""
    tells: ClassVar[bool] = True
    """Whether `judge` sees every wrong vector. Else a sample is made again to be compared."""
    makes: ClassVar[str] = ""
    """Completes "Reads docs in slices, ..."; "" where nothing is to be said of it."""
    needs: ClassVar[str] = ""
    """Completes "A point without ..."; "" where none is set aside."""
    remakes: ClassVar[str] = "points"
    """Of what the vectors are made again: "of changed ..."."""
    checked: ClassVar[str]
    """The name of the check that compares both sides by `judge`."""
    fault: ClassVar[str]
    """Completes "3 points are ..." where that check fails."""

    @property
    def reads(self) -> tuple[str, ...]:
        """The source vectors to be read (a Presence, where only that one is there counts)."""
        return ()

    @property
    def fields(self) -> frozenset[str]:
        """The fields of a payload that it reads, each by the first part of its path and whole."""
        return frozenset()

    @property
    def texts(self) -> TextSource | None:
        """The texts that it takes from a file, by the ids of points; None: it needs no file."""
        return None

    @property
    def artifacts(self) -> tuple[str, ...]:
        """The files of the run folder that it is made with: workers elsewhere get them."""
        return ()

    @property
    def carries(self) -> str | None:
        """The source vector that stands in the target as it is, if this is one: its values, and
        its parameters with size and distance too, which are compared before a switch."""
        return None

    @property
    def query_model(self) -> ModelRef | None:
        """The model that makes the vectors of queries; None where the application changes none."""
        return None

    @property
    def dimensions(self) -> int | None:
        """Values of a dense vector that it makes; None where no model says how many."""
        return None if self.query_model is None else self.query_model.dimensions

    @property
    def metadata(self) -> dict[str, Any] | None:
        """What the target's metadata says of the vector's model; None where it says nothing new."""
        return None if self.query_model is None else self.said_of_model(self.query_model)

    @staticmethod
    def said_of_model(model: ModelRef) -> dict[str, Any]:
        return dict(model.to_metadata()[METADATA_KEY])

    def compared(self, name: str) -> str | None:
        """The target's vector as it has to be read for `judge`; None where that reads nothing."""
        return name

    def notes(self) -> tuple[str, ...]:
        """Further sentences for the plan."""
        return ()

    def proof(self, sample: int) -> str:
        """A sentence: how Verify looks at these vectors. "" where nothing is to be said of it."""
        return ""

    def ready(self, params: Mapping[str, Any], equipment: Equipment, source: str) -> str:
        """Open what it needs before anything is written; a sentence on it, "" for nothing.

        params: the target vector's. source: a collection that stands. Raises why it cannot be made.
        """
        return ""

    def wants(self, point: Point) -> bool:
        """Whether this point of the source is to have the vector, as far as the point itself tells:
        where only the making does, yes."""
        raise NotImplementedError

    def make(self, points: Sequence[Point], tools: Tools) -> Made:
        """The vectors of these points of the source."""
        raise NotImplementedError

    def judge(
        self, point: Point, there: WritableVector | None, params: Mapping[str, Any], tools: Tools
    ) -> Judgement:
        """Whether `there`, the target's vector, is what the source's point is to have."""
        raise NotImplementedError

    def over_itself(self, name: str) -> Origin | None:
        """How the target's vector `name` is made of the target's own point; None: it stands."""
        return None
