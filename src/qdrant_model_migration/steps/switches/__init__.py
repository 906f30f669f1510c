"""The ways to switch, one file each and found from the folder. `AnySwitch` is any that a plan may
name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Union

from pydantic import Field

from qdrant_model_migration.registry import defined_in
from qdrant_model_migration.steps.refusal import Recall
from qdrant_model_migration.steps.switch import Switch

_KINDS = {kind.model_fields["how"].default: kind for kind in defined_in(__name__, Switch)}

if TYPE_CHECKING:
    AnySwitch = Switch
else:
    AnySwitch = Annotated[Union[tuple(_KINDS.values())], Field(discriminator="how")]  # noqa: UP007


def recalled(fact: Mapping[str, Any]) -> Switch:
    """The switch that a run remembers, by its fact "switched" or "rolled_back". Runs of the first
    version do not say how: there was no other than aliases."""
    return _KINDS[fact.get("how", "aliases")].recalled(fact)


def answering(recall: Recall) -> str:
    """ "docs answers from docs_old", as the last switch or rollback has left it."""
    last = recall("switched") or recall("rolled_back")
    if not last or not (last.get("alias") or last.get("how")):
        return "The application's name answers"
    return f"{recalled(last).answers} from {last.get('to')}"


__all__ = ["AnySwitch", "answering", "recalled"]
