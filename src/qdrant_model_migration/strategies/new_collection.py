"""The plan of every strategy that fills a new collection and switches an alias to it.

What differs is where the new vector comes from: its model and its origin. No strategy lives here.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from qdrant_model_migration.embedders import ModelRef, kind_of
from qdrant_model_migration.pipeline.move import (
    Load,
    Move,
    Searches,
    TargetVector,
)
from qdrant_model_migration.pipeline.origins import Origin, as_it_is
from qdrant_model_migration.pipeline.text import TextSource
from qdrant_model_migration.plan.plan import Alias, Plan
from qdrant_model_migration.quality import Leg, Side
from qdrant_model_migration.steps import AnyStep
from qdrant_model_migration.steps.adopt_alias import AdoptAlias
from qdrant_model_migration.steps.backfill import Backfill
from qdrant_model_migration.steps.catch_up import CatchUp
from qdrant_model_migration.steps.check import Check
from qdrant_model_migration.steps.create_collection import CreateCollection
from qdrant_model_migration.steps.cutover import Cutover
from qdrant_model_migration.steps.index import Index
from qdrant_model_migration.steps.sweep import Sweep
from qdrant_model_migration.steps.switches.aliases import Aliases
from qdrant_model_migration.steps.verify import Proof, Verify
from qdrant_model_migration.strategies.answered import (
    aliases_left,
    replaced_vector,
    switched_aliases,
    text_source,
)
from qdrant_model_migration.strategies.strategy import Answers, Fit, Strategy
from qdrant_model_migration.survey.facts import Survey, VectorFact

_PACES = {
    "gently": Load(batch=64, streams=1, searches=Searches(slow=1.2, pause=2.0)),
    "normally": Load(batch=128, streams=2, searches=Searches(slow=2.0, pause=5.0)),
    "fast": Load(batch=256, streams=4, searches=None),
}
# The practice Qdrant writes each point to disk by itself: small pieces show how far it is.
_PRACTICE = Load(batch=64, streams=2, slice=128, searches=None)


def cannot_be_copied(survey: Survey) -> Fit | None:
    """Ruled out because the collection cannot be made again beside itself."""
    if (survey.raw.get("params") or {}).get("sharding_method") == "custom":
        return Fit("ruled out", "custom shard keys cannot be carried over yet", "survey")
    return None


def plan_new_collection(
    strategy: Strategy,
    survey: Survey,
    answers: Answers,
    model: ModelRef,
    origin: Origin,
    *,
    expected_missing: float = 0.0,
) -> Plan:
    """From a check to the sweep after the switch. model: of the new vector, and of its queries.

    expected_missing: the share of points for which no new vector can be made (0..1).
    """
    old = replaced_vector(survey, answers)
    assert old is not None, "a strategy that replaces a vector fits only where there is one"
    alias, also = _alias(survey, answers), switched_aliases(survey, answers)[1:]
    name = str(answers.get("vector_name", old.name))
    move = Move(
        source=survey.collection,
        target=str(answers["target"]),
        vectors=_vectors(survey, old, model, origin, name),
        load=_PRACTICE if survey.capabilities.local else _PACES[answers.get("pace", "normally")],
    )
    old_model = survey.model_of(old.name)
    proof = dict(answers.get("proof") or {"kind": "later"})
    judged_by = _proof(proof, text_source(answers))
    steps: list[AnyStep] = [
        Check(
            collection=survey.collection,
            fingerprint=survey.fingerprint,
            alias=alias.name if alias.exists else None,
            also=also,
            queries=judged_by.file,
        ),
        *([] if alias.exists else [AdoptAlias(alias=alias.name, collection=survey.collection)]),
        CreateCollection(),
        Backfill(expected_missing=expected_missing),
        CatchUp(),
        Index(),
        Verify(proof=judged_by),
        Cutover(switch=Aliases(alias=alias.name, also=also, left=aliases_left(survey, answers))),
        Sweep(),
    ]
    return strategy.plan(
        survey,
        answers,
        alias=alias,
        before=Side(
            collection=move.source, legs=(Leg(using=old.name, model=old_model, size=old.size),)
        ),
        after=Side(collection=move.target, legs=(Leg(using=name, model=model),)),
        move=move,
        steps=tuple(steps),
        never_touched=(
            survey.collection,
            *(name for name in survey.others if name != survey.collection),
        ),
        lost_settings=tuple(setting for setting, _ in survey.cannot_carry),
        practice=survey.capabilities.local and old_model is not None and kind_of(old_model).toy,
    )


def _alias(survey: Survey, answers: Answers) -> Alias:
    answer = answers.get("name") or {}
    name = answer.get("alias") or survey.alias or f"{survey.collection}_live"
    return Alias(name=name, exists=name in (survey.aliases.value or ()))


def _proof(answer: dict[str, Any], text: TextSource | None) -> Proof:
    kind = answer.get("kind", "later")
    return Proof(
        text=text if kind == "made up" else None,
        kind="file" if kind == "log" else kind,
        file=_whole_path(answer.get("file")) if kind in ("file", "log") else None,
        title_field=answer.get("title_field"),
        margin=float(answer.get("margin", 0.02)),
    )


def _whole_path(file: str | None) -> str | None:
    """So that a resume from another folder finds it too."""
    return str(Path(file).expanduser().absolute()) if file else None


def _vectors(
    survey: Survey, old: VectorFact, model: ModelRef, origin: Origin, name: str
) -> tuple[TargetVector, ...]:
    """The new vector in the old one's place, with its tuning; every other vector kept."""
    tuning = {k: v for k, v in old.raw.items() if k != "multivector_config"}
    if tuning.get("datatype") == "uint8":
        del tuning["datatype"]  # the old model's values were whole numbers; these are not
    made = TargetVector(
        name=name,
        params={**tuning, "size": model.dimensions, "distance": model.distance},
        origin=origin,
    )
    return tuple(
        made
        if vector.name == old.name
        else TargetVector(
            name=vector.name,
            kind=vector.kind,
            params=vector.raw,
            origin=as_it_is(vector.name),
        )
        for vector in survey.vectors.value or ()
    )
