"""Where the points of a migration come from, found from the files of this folder."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, TypeAlias, Union

from pydantic import Field

from qdrant_model_migration.pipeline.sources.source import Place, Placed, Source
from qdrant_model_migration.registry import defined_in

__all__ = ["AnySource", "Place", "Placed", "Source"]


def _found() -> tuple[type[Source], ...]:
    return tuple(sorted(defined_in(__name__, Source), key=lambda kind: kind.__name__))


if TYPE_CHECKING:
    AnySource: TypeAlias = Source
else:
    AnySource = Annotated[Union[_found()], Field(discriminator="how")]  # noqa: UP007
