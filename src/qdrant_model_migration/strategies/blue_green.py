"""Blue-green: a new collection is filled beside the old one, and one alias is switched."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

from qdrant_model_migration.embedders import ModelRef
from qdrant_model_migration.pipeline.move import Embed, Keep, Load, Move, TargetVector, TextSource
from qdrant_model_migration.plan.plan import Alias, Plan
from qdrant_model_migration.steps import AnyStep
from qdrant_model_migration.steps.adopt_alias import AdoptAlias
from qdrant_model_migration.steps.backfill import Backfill
from qdrant_model_migration.steps.catch_up import CatchUp
from qdrant_model_migration.steps.check import Check
from qdrant_model_migration.steps.create_collection import CreateCollection
from qdrant_model_migration.steps.cutover import Cutover
from qdrant_model_migration.steps.index import Index
from qdrant_model_migration.steps.sweep import Sweep
from qdrant_model_migration.steps.verify import Proof, Verify
from qdrant_model_migration.strategies.answered import (
    both_for_good,
    chosen_model,
    missing_texts,
    no_dense,
    no_text,
    ruled_out_by_change,
)
from qdrant_model_migration.strategies.strategy import Answers, Fit, Strategy
from qdrant_model_migration.survey.facts import Survey, VectorFact
from qdrant_model_migration.survey.fingerprint import fingerprint

_PACES = {
    "gently": Load(batch=64, streams=1),
    "normally": Load(batch=128, streams=2),
    "fast": Load(batch=256, streams=4),
}
# The practice Qdrant writes each point to disk by itself: small pieces show how far it is.
_PRACTICE = Load(batch=64, streams=2, slice=128)


class BlueGreen(Strategy):
    name = "blue_green"
    title = "Blue-green"
    subtitle = "a new collection beside the old one, then one switch"
    what = (
        "A new collection is filled next to the old one. Searches go on using the old one until "
        "the alias is switched, in one moment."
    )
    way_back = "switch the alias back: under 1 s, as long as the old collection stays"
    never = "The old collection is only read. Nothing old is deleted."
    order = 40

    def fit(self, survey: Survey, answers: Answers) -> Fit:
        ruled = (
            ruled_out_by_change(answers, "model", "second", "shorter")
            or no_text(answers)
            or both_for_good(answers)
            or no_dense(survey)
        )
        if ruled:
            return ruled
        if (survey.raw.get("params") or {}).get("sharding_method") == "custom":
            return Fit("ruled out", "custom shard keys cannot be carried over yet", "survey")
        if answers.get("change") == "model":
            if answers.get("both") == "no":
                return Fit("first", "the new model replaces the old one", "both")
            return Fit("possible", "replaces the old model without a pause", "change")
        return Fit("possible", "embeds everything again into a new collection", "change")

    def because(self, survey: Survey, answers: Answers) -> tuple[str, ...]:
        reasons = ["the model changes, so every vector has to be made again"]
        if answers.get("downtime", "never") == "never":
            reasons.append("search must never stop")
        reasons.append(
            f"your application already uses the alias {survey.alias}"
            if survey.alias
            else "one switch back undoes it, as long as the old collection stays"
        )
        return tuple(reasons)

    def warnings(self, survey: Survey, answers: Answers) -> tuple[str, ...]:
        return ("W01", "W02", "W20", "W30", "W32", "W33")

    def build(self, survey: Survey, answers: Answers) -> Plan:
        model = chosen_model(answers)
        assert model is not None, "the questions ask for a model before a plan is made"
        old = replaced_vector(survey, answers)
        alias = _alias(survey, answers)
        target = str(answers["target"])
        text = TextSource(fields=tuple(answers["text"]["fields"]))
        load = _PRACTICE if survey.capabilities.local else _PACES[answers.get("pace", "normally")]
        move = Move(
            source=survey.collection,
            target=target,
            vectors=_vectors(survey, old, model, answers.get("vector_name")),
            text=text,
            load=load,
        )
        made_for = fingerprint(survey.raw, survey.payload_schema)
        points = survey.points.value or 0
        missing = (missing_texts(survey, answers) or 0) / points if points else 0.0
        old_model = survey.model_of(old.name)
        proof = dict(answers.get("proof") or {"kind": "later"})
        steps: list[AnyStep] = [
            Check(
                collection=survey.collection,
                fingerprint=made_for,
                alias=alias.name if alias.exists else None,
            ),
            *([] if alias.exists else [AdoptAlias(alias=alias.name, collection=survey.collection)]),
            CreateCollection(),
            Backfill(expected_missing=round(missing, 6)),
            CatchUp(),
            Index(),
            Verify(proof=_proof(proof), old_model=old_model, old_vector=old.name),
            Cutover(alias=alias.name, old_model=old_model, old_vector=old.name),
            Sweep(),
        ]
        return Plan(
            made_at=datetime.now(timezone.utc).isoformat(timespec="seconds"),
            strategy=self.name,
            title=self.title,
            server=survey.address,
            server_version=survey.capabilities.version,
            collection=survey.collection,
            fingerprint=made_for,
            alias=alias,
            old_model=old_model,
            move=move,
            steps=tuple(steps),
            never_touched=(
                survey.collection,
                *(name for name in survey.others if name != survey.collection),
            ),
            lost_settings=tuple(setting for setting, _ in survey.cannot_carry),
            answers=dict(answers),
            practice=survey.capabilities.local
            and old_model is not None
            and old_model.kind == "practice",
        )


def replaced_vector(survey: Survey, answers: Answers) -> VectorFact:
    """The dense vector that the new one takes the place of: the answered one, else the first."""
    named = answers.get("replace")
    return next((v for v in survey.dense if v.name == named), survey.dense[0])


def _alias(survey: Survey, answers: Answers) -> Alias:
    answer = answers.get("name") or {}
    name = answer.get("alias") or survey.alias or f"{survey.collection}_live"
    return Alias(name=name, exists=name in (survey.aliases.value or ()))


def _proof(answer: dict[str, Any]) -> Proof:
    kind = answer.get("kind", "later")
    return Proof(
        kind="file" if kind == "log" else kind,
        file=answer.get("file"),
        title_field=answer.get("title_field"),
        margin=float(answer.get("margin", 0.02)),
    )


def _vectors(
    survey: Survey, old: VectorFact, model: ModelRef, name: str | None
) -> tuple[TargetVector, ...]:
    """The new vector in the old one's place, with its tuning; every other vector kept."""
    tuning = {k: v for k, v in old.raw.items() if k != "multivector_config"}
    if tuning.get("datatype") == "uint8":
        del tuning["datatype"]  # the old model's values were whole numbers; these are not
    made = TargetVector(
        name=old.name if name in (None, "keep") else str(name),
        params={**tuning, "size": model.dimensions, "distance": model.distance},
        origin=Embed(model=model),
    )
    return tuple(
        made
        if vector.name == old.name
        else TargetVector(
            name=vector.name,
            kind=vector.kind,
            params=vector.raw,
            origin=Keep(source=vector.name),
        )
        for vector in survey.vectors.value or ()
    )
