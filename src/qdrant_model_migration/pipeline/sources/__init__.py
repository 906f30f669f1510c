"""Where the points of a migration come from, found from the files of this folder."""

from __future__ import annotations

import importlib
import pkgutil
from typing import TYPE_CHECKING, Annotated, TypeAlias, Union

from pydantic import Field

from qdrant_model_migration.pipeline.sources.source import Place, Placed, Source

__all__ = ["AnySource", "Place", "Placed", "Source"]


def _found() -> tuple[type[Source], ...]:
    for entry in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{entry.name}")
    return tuple(sorted(Source.__subclasses__(), key=lambda kind: kind.__name__))


if TYPE_CHECKING:
    AnySource: TypeAlias = Source
else:
    AnySource = Annotated[Union[_found()], Field(discriminator="how")]  # noqa: UP007
