"""Step: is everything there, and is the new model at least as good? One verdict, kept."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from itertools import islice
from pathlib import Path
from typing import Any, ClassVar, Literal

from qdrant_model_migration.pipeline.move import Move
from qdrant_model_migration.pipeline.read import scan
from qdrant_model_migration.pipeline.row_index import texts_of
from qdrant_model_migration.pipeline.text import TextSource
from qdrant_model_migration.qdrant import PointId
from qdrant_model_migration.quality import (
    Comparison,
    Document,
    Integrity,
    Query,
    QuerySet,
    Side,
    Unjudged,
    Verdict,
    compare,
    decide,
    difference,
    in_words,
    made_up,
    read_queries,
    with_exact_words,
    with_other,
)
from qdrant_model_migration.shell import FILE, NAME, qmm
from qdrant_model_migration.steps.added_step import AddedStep, Known
from qdrant_model_migration.steps.errors import IntegrityFailed, JudgedWorse, VerifyRefused
from qdrant_model_migration.steps.passes import in_batches
from qdrant_model_migration.steps.refusal import Recall, Refusal
from qdrant_model_migration.steps.routes import route_of
from qdrant_model_migration.steps.step import StepContext, StepText
from qdrant_model_migration.steps.switch import MAY_BE_SWITCHED, ONE_SIDE
from qdrant_model_migration.strict import Strict
from qdrant_model_migration.survey import languages
from qdrant_model_migration.survey.path import value_at
from qdrant_model_migration.words import plural

TOLD = "told_before"
"""The fact: how was searched before, with the model that a judging anew was told."""
READ_ALL = "read_all"
"""The fact: this run reads all copied vectors again before it judges, as somebody wished."""
FULL = "Read all copied vectors again"
ALL_READ = "Verify reads all copied vectors again, not a sample of them."
EXACT_UP_TO = 100_000  # points; above it a search without the index would take too long
DOCUMENTS = 5_000  # read for made-up queries
_AT_ONCE = 256


def told_before(fact: Any) -> Side | None:
    """The side that this fact holds; None where nobody told a model."""
    return Side.model_validate_json(json.dumps(fact)) if fact else None


class Proof(Strict):
    """The queries to judge by, and how much worse recall@10 may be at most (0..1).

    text, title_field: of the documents, where queries are made up from them.
    """

    kind: Literal["file", "made up", "later"] = "later"
    file: str | None = None
    text: TextSource | None = None
    title_field: str | None = None
    margin: float = 0.02

    def queries(self) -> QuerySet | None:
        """Those of the file, None where there is no file. Raises QueryFileUnusable."""
        return read_queries(Path(self.file)) if self.kind == "file" and self.file else None


class Verify(AddedStep):
    """`before` None: as the plan says. `sample`: vectors re-made. full: all vectors are read again.

    again: it was added to the run, to judge anew; the newest verdict is the one that counts.
    """

    planned: ClassVar[bool] = True
    order: ClassVar[int] = 10
    label: ClassVar[str] = "Judge anew…"
    does: ClassVar[str] = "to judge it anew"
    unfinished: ClassVar[bool] = True
    step: Literal["verify"] = "verify"
    proof: Proof = Proof()
    before: Side | None = None
    sample: int = 256
    full: bool = False
    again: bool = False

    @classmethod
    def refused(cls, recall: Recall, run: str) -> Refusal | None:
        if recall("switched") or recall("rolled_back"):
            short, why = "switched already", "The alias was switched"
        elif recall(MAY_BE_SWITCHED) not in (None, ONE_SIDE):
            short, why = "switched, perhaps", "You were asked to change the application"
        else:
            return None
        return Refusal(
            short,
            f"{why}, so both sides may have gone different ways since.",
            "The verdict before that stands in the report.",
        )

    @classmethod
    def why_not(cls, run: Known) -> str:
        if run.verdict is None:
            return "not verified yet"
        refusal = cls.refused(run.facts.get, run.run_id)
        return refusal.short if refusal else super().why_not(run)

    @classmethod
    def listed(cls, run: Known) -> str:
        if not run.at_verdict or not run.verdict or run.verdict.get("word") == "GO":
            return ""
        return "Judge it anew, by other searches or another limit"

    @classmethod
    def command(cls, run: Known) -> str:
        return str(run.facts.get("judge_again") or super().command(run))

    def text(self, move: Move | None) -> StepText:
        origins = move.origins if move is not None else ()
        words = route_of(move).words(move) if move is not None else None
        spared = words.spared if words is not None else ()
        read = (ALL_READ,) if self.full and spared else spared
        by = {
            "file": f"Judges by the searches in {self.proof.file}.",
            "made up": "Judges by searches made from your documents: weak evidence.",
            "later": "Judges nothing: no searches were given.",
        }[self.proof.kind]
        quality = "" if self.proof.kind == "later" else ", quality"
        return StepText(
            f"Verify{' again' if self.again else ''}: counts, payloads{quality}",
            "nothing",
            "not needed",
            (
                *(words.comparing if words is not None else ()),
                *read,
                *dict.fromkeys(filter(None, (o.proof(self.sample) for o in origins))),
                by,
            ),
        )

    @property
    def counts(self) -> tuple[str, ...]:
        return ("points",) if self.proof.kind == "later" else ("points", "searches")

    def apply(self, ctx: StepContext) -> None:
        began = ctx.recall("verify_began")
        if self.again:
            _must_make_sense(ctx, began)
        ctx.remember("verify_began", True)
        # First of all: a file that cannot be used is better found before anything else is done.
        known = self.proof.queries()
        route = route_of(ctx.move)
        if began:
            route.catch_up(ctx)  # a verify that is repeated first fetches what was missing
        full = self.full or bool(ctx.recall(READ_ALL))
        integrity = Integrity(checks=tuple(route.check(ctx, self.sample, full=full)))
        verdict, again = self._judge(ctx, integrity, known)
        if self.before is not None:
            ctx.remember(TOLD, self.before.model_dump(mode="json"))
        ctx.remember("proof", self.proof.model_dump(mode="json"))
        ctx.remember("judge_again", again)
        ctx.remember("verdict", verdict.model_dump(mode="json"))
        ctx.say("verdict", str(verdict))
        if not integrity.passed:
            raise IntegrityFailed(verdict.reason, ctx.folder.name)
        must_not_be_worse(ctx)

    def _judge(
        self, ctx: StepContext, integrity: Integrity, known: QuerySet | None
    ) -> tuple[Verdict, str]:
        """The verdict, and the command that judges anew where it leaves something open."""
        move, before = ctx.move, self.before or ctx.before
        after = ctx.after.knowing(before)
        comparison, merging = Comparison(None, None, "no searches", ()), ""
        copied = not move.new_vectors and difference.asks_alike(before, after)
        if copied:
            comparison = comparison._replace(unjudged="all copied")
        queries = (known or self._made_up(ctx)) if integrity.passed and not copied else None
        queries = on_both_sides(ctx, queries) if queries is not None else None
        queries = in_languages(queries, after) if queries is not None else None
        if queries is not None:
            exact = (
                ctx.qdrant.count(after.collection) <= EXACT_UP_TO
                and ctx.qdrant.config(before.collection).allows_exact_search
            )
            # A model that has embedded is here; cutting vectors needs none.
            here = after.models if move.embeds else ()
            new = after.searcher(ctx.qdrant, ctx.open_model, exact, here)
            if new is None:
                told = all(leg.model for leg in after.legs)
                why: Unjudged = "new model not here" if told else "old model not known"
                comparison = comparison._replace(unjudged=why)
            else:
                comparison = compare(
                    queries,
                    before.searcher(ctx.qdrant, ctx.open_model, exact),
                    new,
                    on_progress=lambda done, total: _count(ctx, done, total),
                )
                comparison, merging = self._merged(ctx, queries, comparison, after, exact)
        verdict = decide(
            integrity,
            comparison.judgement,
            comparison.overlap,
            self.proof.margin,
            unjudged=comparison.unjudged,
            made_at=datetime.now(timezone.utc).isoformat(timespec="seconds"),
            labels=(before.label, after.label),
            collection=move.source,
            changed="search" if before.stays_in(after) else "model",
        )
        verdict = verdict.model_copy(update={"todo": f"{verdict.todo} {merging}".strip()})
        if verdict.word == "GO" or not integrity.passed:
            return verdict, ""
        again = self._again(ctx.folder.name, verdict.unjudged)
        return verdict.model_copy(update={"todo": f"{verdict.todo} Then: {again}"}), again

    def _merged(
        self, ctx: StepContext, queries: QuerySet, found: Comparison, after: Side, exact: bool
    ) -> tuple[Comparison, str]:
        """What the other way of merging finds by the same searches: measured, and said."""
        otherwise = after.merged_otherwise
        if otherwise is None or otherwise.fusion is None or found.judgement is None:
            return found, ""
        new = otherwise.searcher(ctx.qdrant, ctx.open_model, exact, after.models)
        assert new is not None, "its models were opened just now"
        other = compare(queries, None, new, on_progress=lambda d, t: _count(ctx, d, t)).judgement
        if other is None:
            return found, ""
        judged = with_other(found.judgement, otherwise.fusion, other)
        said = in_words(found.judgement, otherwise.fusion, other)
        return found._replace(judgement=judged), said

    def _again(self, run: str, unjudged: Unjudged | None) -> str:
        if unjudged == "new model not here":
            return qmm("verify", run)
        if unjudged == "old model not known":
            return qmm("verify", run, flags=("--old-model", NAME))
        file = self.proof.file or FILE
        return qmm("verify", run, flags=("--queries", file, "--margin", f"{self.proof.margin:g}"))

    def _made_up(self, ctx: StepContext) -> QuerySet | None:
        if self.proof.kind == "made up" and self.proof.text is not None:
            documents = self._documents(ctx, self.proof.text)
            if any(model.vector == "sparse" for model in ctx.after.models):
                return with_exact_words(documents, languages.spoken)
            return made_up(documents)
        return None

    def _documents(self, ctx: StepContext, source: TextSource) -> list[Document]:
        documents: list[Document] = []
        says = next((leg.spoken.field for leg in ctx.after.legs if leg.spoken), None)
        reading = scan(ctx.qdrant, ctx.move.source, between=ctx.breathe)
        while len(documents) < DOCUMENTS and (some := list(islice(reading, _AT_ONCE))):
            for point, text in zip(some, texts_of(some, source, ctx), strict=True):
                title = value_at(point.payload, self.proof.title_field or "title")
                if isinstance(text, str):
                    known = title if isinstance(title, str) else None
                    named = value_at(point.payload, says) if says is not None else None
                    documents.append(Document(point.id, known, text, languages.code_of(named)))
        return documents[:DOCUMENTS]


def on_both_sides(ctx: StepContext, queries: QuerySet) -> QuerySet | None:
    """Those whose right answers both sides have: a file may have given its points ids of its own,
    and what nobody can find is no proof of anything. None where that leaves none."""
    if ctx.move.points.followed or queries.origin == "unlabelled":
        return queries
    wanted = list(dict.fromkeys(a for query in queries.queries for a in query.answers))
    there: set[PointId] = set()
    for ids in in_batches(wanted, ctx.move.load.batch):
        there |= {p.id for p in ctx.qdrant.retrieve(ctx.after.collection, ids, payload=False)}
    left = tuple(
        query.model_copy(update={"answers": answers})
        for query in queries.queries
        if (answers := tuple(answer for answer in query.answers if answer in there))
    )
    if len(left) < len(queries.queries):
        ctx.say(
            "verify",
            f"{len(left):,} of {plural(len(queries.queries), 'search', 'searches')} can be judged: "
            "the right answers of the others are not in the file.",
        )
    return queries.model_copy(update={"queries": left}) if left else None


def in_languages(queries: QuerySet, after: Side) -> QuerySet:
    """Each with the code of its language, where searches are told apart by that: as was told, else
    as its words show; None where they do not, or show one that no text is in."""
    known = after.languages
    if not known:
        return queries

    def of(query: Query) -> str | None:
        if query.language is not None:
            return languages.code_of(query.language) or query.language
        shown = languages.language(query.text)
        return shown if shown in known else None

    told = tuple(query.model_copy(update={"language": of(query)}) for query in queries.queries)
    return queries.model_copy(update={"queries": told})


def must_not_be_worse(ctx: StepContext) -> None:
    """Raises JudgedWorse where the newest verdict is NO-GO."""
    verdict = ctx.recall("verdict") or {}
    if verdict.get("word") == "NO-GO":
        raise JudgedWorse(str(verdict.get("reason")), ctx.move.source, ctx.folder.name)


def _must_make_sense(ctx: StepContext, began: bool) -> None:
    """Judging anew needs both sides as the run has made them, and nothing switched."""
    if not ctx.has_move:
        raise VerifyRefused(
            "This run changes a setting in one collection; there are no two sides to compare.",
            "The report shows search before and after.",
        )
    if refusal := Verify.refused(ctx.recall, ctx.folder.name):
        raise VerifyRefused(refusal.why, refusal.todo)
    if not began:
        raise VerifyRefused(
            "Not everything is copied yet.",
            f"{qmm('resume', ctx.folder.name)} goes on; it verifies when all is there.",
        )


def _count(ctx: StepContext, done: int, total: int) -> None:
    ctx.breathe()
    ctx.progress(done, total, "searches")
