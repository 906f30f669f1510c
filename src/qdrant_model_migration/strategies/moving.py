"""The plan of every strategy that makes vectors: from a check to the sweep after the switch.

What differs is what goes where, what is made first, and how the application gets to it. No strategy
lives here.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from qdrant_model_migration.embedders import ModelRef, kind_of
from qdrant_model_migration.pipeline.move import Load, Move, Searches, TargetVector
from qdrant_model_migration.pipeline.origins import Origin
from qdrant_model_migration.pipeline.text import TextSource
from qdrant_model_migration.plan.plan import Alias, Plan
from qdrant_model_migration.qdrant import Fusion
from qdrant_model_migration.quality import Leg, Side
from qdrant_model_migration.steps import AnyStep
from qdrant_model_migration.steps.adopt_alias import AdoptAlias
from qdrant_model_migration.steps.backfill import Backfill
from qdrant_model_migration.steps.catch_up import CatchUp
from qdrant_model_migration.steps.check import Check
from qdrant_model_migration.steps.cutover import Cutover
from qdrant_model_migration.steps.index import Index
from qdrant_model_migration.steps.probe_search import ProbeSearch
from qdrant_model_migration.steps.read_rows import ReadRows
from qdrant_model_migration.steps.snapshot import Snapshot
from qdrant_model_migration.steps.sweep import Sweep
from qdrant_model_migration.steps.switches import AnySwitch
from qdrant_model_migration.steps.switches.aliases import Aliases
from qdrant_model_migration.steps.switches.application import Application
from qdrant_model_migration.steps.switches.takes_name import TakesName
from qdrant_model_migration.steps.verify import Proof, Verify
from qdrant_model_migration.strategies.answered.names import (
    aliases_left,
    switched_aliases,
    without_alias,
)
from qdrant_model_migration.strategies.answered.products import products
from qdrant_model_migration.strategies.answered.texts import text_source
from qdrant_model_migration.strategies.answered.vectors import replaced_vector
from qdrant_model_migration.strategies.paid_models import with_spending
from qdrant_model_migration.strategies.strategy import Answers, Strategy
from qdrant_model_migration.survey.facts import Survey, VectorFact

_PACES = {
    "gently": Load(batch=64, streams=1, searches=Searches(slow=1.2, pause=2.0)),
    "normally": Load(batch=128, streams=2, searches=Searches(slow=2.0, pause=5.0)),
    "fast": Load(batch=256, streams=4, searches=None),
}
# The practice Qdrant writes each point to disk by itself: small pieces show how far it is.
_PRACTICE = Load(batch=64, streams=2, slice=128, searches=None)


def load_of(survey: Survey, answers: Answers) -> Load:
    """How hard the server is worked."""
    return _PRACTICE if survey.capabilities.local else _PACES[answers.get("pace", "normally")]


def tuning_like(old: VectorFact) -> dict[str, Any]:
    """The raw parameters of a dense vector that a new one takes over: index, compression, place."""
    tuning = {k: v for k, v in old.raw.items() if k != "multivector_config"}
    if tuning.get("datatype") == "uint8":
        del tuning["datatype"]  # the old model's values were whole numbers; these are not
    return tuning


def vector_of(
    name: str, model: ModelRef, origin: Origin, tuning: Mapping[str, Any] | None = None
) -> TargetVector:
    """A vector that a model makes, or one like it. tuning: raw parameters that go along."""
    if model.vector == "sparse":
        idf = {"modifier": "idf"} if kind_of(model).wants_idf(model) else {}
        own = {**idf, **(tuning or {})}
        return TargetVector(name=name, kind="sparse", params=own, origin=origin)
    params = {**(tuning or {}), "size": model.dimensions, "distance": model.distance}
    if model.vector == "multivector":
        params["multivector_config"] = {"comparator": "max_sim"}
    return TargetVector(name=name, kind=model.vector, params=params, origin=origin)


def searched_before(survey: Survey, answers: Answers) -> Leg:
    """How the application searches now: the vector that is replaced, or the first."""
    old = replaced_vector(survey, answers)
    assert old is not None, "a strategy that makes vectors fits only where one is searched"
    return Leg(using=old.name, model=survey.model_of(old.name), size=old.size)


class Asked(NamedTuple):
    """How the application searches afterwards, in whichever collection; see quality.Side."""

    legs: tuple[Leg, ...]
    fusion: Fusion | None = None
    rerank: int | None = None


class Own(NamedTuple):
    """What one strategy has and others have not.

    expected_missing: the share of points for which no new vector can be made (0..1). prepared_by:
    what is done before anything is made. searched: how the application searches before; None: by
    the vector that is replaced. probed: what that one is called afterwards, where its searches are
    measured before and after. texts: of the collection's points, to make searches of; None: those
    that were chosen at question Text. switch: None: the aliases that the application uses, or is
    to use.
    """

    expected_missing: float = 0.0
    prepared_by: AnyStep | None = None
    searched: Leg | None = None
    probed: str | None = None
    texts: TextSource | None = None
    switch: AnySwitch | None = None


def plan_moving(
    strategy: Strategy,
    survey: Survey,
    answers: Answers,
    move: Move,
    asked: Asked,
    own: Own,
    *,
    first: tuple[AnyStep, ...],
) -> Plan:
    """The plan for this move. first: make what is filled."""
    move = with_spending(move, survey, answers)
    switch = own.switch or _without_alias(survey, answers)
    alias = _alias(survey, answers) if switch is None else None
    also = switched_aliases(survey, answers)[1:] if alias is not None else ()
    by = products(survey)
    old = survey.collection
    adopt = AdoptAlias(alias=alias.name, collection=old, written_by=by) if alias else None
    if switch is None:
        assert alias is not None
        switch = Aliases(alias=alias.name, also=also, left=aliases_left(survey, answers))
    before = own.searched or searched_before(survey, answers)
    after = Side(collection=move.target if move.payload else move.source, **asked._asdict())
    proof = proof_of(answers, own.texts or text_source(answers))
    exists = alias is not None and alias.exists
    saved = switch.ends_old and survey.capabilities.snapshots
    probes = _probes(survey, after.collection, before.using, own.probed)
    steps: list[AnyStep] = [
        Check(
            collection=survey.collection,
            fingerprint=survey.fingerprint,
            alias=alias.name if alias is not None and exists else None,
            also=also,
            queries=proof.file,
        ),
        *([ReadRows()] if move.points.files or move.by_id else []),
        *([own.prepared_by] if own.prepared_by is not None else []),
        *([adopt] if adopt is not None and not exists else []),
        *probes[:1],
        *first,
        Backfill(expected_missing=own.expected_missing),
        CatchUp(),
        Index(),
        *probes[1:],
        Verify(proof=proof),
        *([Snapshot(collection=survey.collection)] if saved else []),
        Cutover(switch=switch, written_by=by),
        *([] if switch.ends_old else [Sweep()]),
    ]
    touched = move.in_place or switch.ends_old
    others = (name for name in survey.others if name != survey.collection)
    return strategy.plan(
        survey,
        answers,
        alias=alias,
        before=Side(collection=survey.collection, legs=(before,)),
        after=after,
        move=move,
        steps=tuple(steps),
        never_touched=(*(() if touched else (survey.collection,)), *others),
        lost_settings=tuple(setting for setting, _ in survey.cannot_carry),
        practice=survey.capabilities.local
        and before.model is not None
        and kind_of(before.model).toy,
    )


def _probes(survey: Survey, then: str, name: str, after: str | None) -> tuple[AnyStep, ...]:
    """Searches by one vector, before and after; then: the collection that answers after. None where
    nothing would be learned: the practice Qdrant has no index, and reads no disk."""
    if after is None or survey.capabilities.local:
        return ()
    return (
        ProbeSearch(collection=survey.collection, vector=name, moment="before", of="beside"),
        ProbeSearch(collection=then, vector=after, was=name, moment="after", of="beside"),
    )


def _without_alias(survey: Survey, answers: Answers) -> AnySwitch | None:
    how = without_alias(answers)
    if how == "changes":
        return Application(changes="collection name")
    return TakesName(name=survey.collection) if how == "takes over" else None


def _alias(survey: Survey, answers: Answers) -> Alias:
    answer = answers.get("name") or {}
    name = answer.get("alias") or survey.alias or f"{survey.collection}_live"
    return Alias(name=name, exists=name in switched_aliases(survey, answers))


def proof_of(answers: Answers, text: TextSource | None) -> Proof:
    """The answer to question Proof as steps take it. text: of which searches are made up."""
    answer: Mapping[str, Any] = answers.get("proof") or {}
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
