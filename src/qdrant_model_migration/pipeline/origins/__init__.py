"""Where the vectors of the target come from, found from the files of this folder.

A further way is one new file: a subclass of Origin, and the function by which strategies ask for
it. Nothing outside this folder tells the ways apart.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, TypeAlias, Union

from pydantic import Field

from qdrant_model_migration.pipeline.origins.cut import first_values
from qdrant_model_migration.pipeline.origins.infer import embedded
from qdrant_model_migration.pipeline.origins.keep import as_it_is
from qdrant_model_migration.pipeline.origins.map import calculated
from qdrant_model_migration.pipeline.origins.origin import DeadLetter, Judgement, Made, Origin
from qdrant_model_migration.pipeline.origins.project import projected
from qdrant_model_migration.registry import defined_in

__all__ = [
    "AnyOrigin",
    "DeadLetter",
    "Judgement",
    "Made",
    "Origin",
    "as_it_is",
    "calculated",
    "embedded",
    "first_values",
    "projected",
]


def _found() -> tuple[type[Origin], ...]:
    return tuple(sorted(defined_in(__name__, Origin), key=lambda kind: kind.__name__))


if TYPE_CHECKING:
    AnyOrigin: TypeAlias = Origin
else:
    AnyOrigin = Annotated[Union[_found()], Field(discriminator="how")]  # noqa: UP007
