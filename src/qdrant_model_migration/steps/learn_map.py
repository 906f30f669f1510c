"""Step: learn from a sample how vectors of one model become nearly another's; measure the loss."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from qdrant_model_migration import words
from qdrant_model_migration.embedders import ModelRef, by_direction, embed_usable, kind_of
from qdrant_model_migration.embedders.errors import MapUnreadable
from qdrant_model_migration.embedders.learned_map import FILE, LearnedMap, Rows
from qdrant_model_migration.embedders.mapped_queries import MappedQueries
from qdrant_model_migration.pipeline.learning import JUDGE, Learned, learn, parts
from qdrant_model_migration.pipeline.move import Move
from qdrant_model_migration.pipeline.row_index import texts_of
from qdrant_model_migration.pipeline.text import TextSource
from qdrant_model_migration.qdrant import PointId
from qdrant_model_migration.quality import (
    Asked,
    Document,
    Leg,
    Query,
    QuerySet,
    Searcher,
    Side,
    compare,
    made_up,
)
from qdrant_model_migration.quality.difference import rows
from qdrant_model_migration.quality.retention import FEWEST, Retention, Searched, retention
from qdrant_model_migration.steps.errors import MapTooLossy
from qdrant_model_migration.steps.gate import AskKind, Gate, GateKind, Waiting
from qdrant_model_migration.steps.map_sample import Pairs, Wanted, forget, pairs
from qdrant_model_migration.steps.step import Step, StepContext, StepText
from qdrant_model_migration.steps.verify import EXACT_UP_TO, Proof
from qdrant_model_migration.strict import Strict
from qdrant_model_migration.survey.path import value_at

SEARCHES = 1_000  # that the map is judged by, at most
LEARNED = "learned_map"


class Back(Strict):
    """Queries are turned back, to search the vectors that stand. old: the model that made these,
    None: not known. name: by which the application searches."""

    old: ModelRef | None = None
    name: str


_LOSS = AskKind(
    "loss", "tick", "--accept-loss", "Go on with calculated vectors, at the loss that was measured."
)


class LearnMap(Step):
    """From the vectors `source` of a collection to what `model` makes of the same texts.

    back: the other way round, for queries; nothing else is done then. proof: the searches that
    judge it; made up where there are none. sample: how many texts are embedded at most. least: the
    share of what proper vectors find that is asked for. file: in the run folder.
    """

    gates: ClassVar[tuple[GateKind, ...]] = (GateKind("loss", (_LOSS,)),)
    step: Literal["learn_map"] = "learn_map"
    collection: str
    source: str
    model: ModelRef
    texts: TextSource
    back: Back | None = None
    proof: Proof = Proof()
    sample: int = 10_000
    least: float = 0.8
    file: str = FILE

    def embeds(self) -> tuple[ModelRef, int] | None:
        return self.model, self.sample

    def text(self, move: Move | None) -> StepText:
        becomes = (
            "how its vectors become nearly the stored ones"
            if self.back is not None
            else "how the stored vectors become nearly its own"
        )
        return StepText(
            "Learn the map",
            "nothing",
            "not needed",
            (
                f"Embeds up to {words.count(self.sample)} texts from all over {self.collection} "
                f"with {self.model.label} and learns {becomes}.",
                "Measures on texts that it did not learn from how much of what proper vectors find "
                f"calculated ones find. Below {words.share(self.least)} the run ends here.",
                "Writes the map and the lines that apply it into the run folder."
                if self.back is not None
                else "Waits until you accept the loss that was measured.",
            ),
        )

    def apply(self, ctx: StepContext) -> None:
        told = ctx.recall(LEARNED)
        if told is None or not self._stands(ctx, told):
            if ctx.consent("loss"):
                ctx.spend("loss")  # it was given for another map
            told = self._learn(ctx)
            ctx.remember(LEARNED, told)
            ctx.say("map", told["says"])
        forget(ctx)
        if told["word"] == "NO-GO":
            raise MapTooLossy(told["found"], words.share(self.least), told["measured"],
                              told["price"], self.collection)  # fmt: skip
        if self.back is None and not ctx.consent("loss"):
            raise Waiting(self._gate(told))

    def _stands(self, ctx: StepContext, told: dict[str, Any]) -> bool:
        try:
            found = LearnedMap.load(ctx.artifact(self.file))
        except MapUnreadable:
            return False
        return found.fingerprint == str(told["fingerprint"])

    def _learn(self, ctx: StepContext) -> dict[str, Any]:
        known = self.proof.queries()
        answers = tuple(dict.fromkeys(a for q in known.queries for a in q.answers) if known else ())
        wanted = Wanted(self.collection, self.source, self.texts, self.sample, answers)
        sampled = pairs(ctx, wanted, self.model)
        part = parts(len(sampled.ids) - sampled.answers, sampled.answers)
        distance = self._distance(ctx)
        old, new = (
            (sampled.new, sampled.old) if self.back is not None else (sampled.old, sampled.new)
        )
        learned = learn(old, new, part, length_one=self._by_direction(distance))
        learned.map.save(ctx.artifact(self.file))
        judging = _Judging(sampled, np.flatnonzero(part == JUDGE), learned.map, distance)
        by_documents = self._by_documents(judging)
        queries = known or made_up(self._documents(ctx, judging.ids))
        by_searches = self._by_searches(ctx, judging, queries)
        told = self._told(ctx, learned, sampled, by_documents, by_searches)
        if self.back is None:
            return told
        self._remember_the_lines(ctx, self.back)
        return {**told, "says": told["says"] + self._against(ctx, self.back, learned.map, queries)}

    def _remember_the_lines(self, ctx: StepContext, back: Back) -> None:
        size = ctx.qdrant.config(self.collection).vectors()[self.source].get("size")
        file = str(ctx.artifact(self.file))
        old = Leg(using=self.source, model=back.old, size=size)
        before = Side(collection=self.collection, legs=(old,))
        mapped = old.model_copy(update={"model": self.model, "map": file})
        after = before.model_copy(update={"legs": (mapped,)})
        ctx.remember("application_changes", rows(before, after, (back.name, back.name)))

    def _against(self, ctx: StepContext, back: Back, learned: LearnedMap, queries: QuerySet) -> str:
        """How the calculated queries do on the whole collection, beside those of the old model."""
        qdrant, name = ctx.qdrant, self.collection
        exact = qdrant.count(name) <= EXACT_UP_TO and qdrant.config(name).allows_exact_search
        before = Side(collection=name, legs=(Leg(using=self.source, model=back.old),))
        asked = Asked(MappedQueries(ctx.open_model(self.model), learned), self.source)
        chosen = queries.model_copy(update={"queries": tuple(_spread(queries.queries, SEARCHES))})
        found = compare(
            chosen,
            before.searcher(qdrant, ctx.open_model, exact),
            Searcher(qdrant, name, (asked,), exact=exact),
            on_progress=lambda done, total: _count(ctx, done, total),
        ).judgement
        if found is None:
            return ""
        old = "" if found.old is None else f", by those of the old model {found.old:.3f}"
        sure = "" if found.low is None else f" ({found.low:+.3f} to {found.high:+.3f})"
        return f" On the whole collection recall@{found.k} by them is {found.new:.3f}{old}{sure}."

    def _distance(self, ctx: StepContext) -> str:
        """By which the calculated vectors are compared."""
        if self.back is None:
            return self.model.distance
        return str(ctx.qdrant.config(self.collection).vectors()[self.source].get("distance"))

    def _by_direction(self, distance: str) -> bool:
        return by_direction(self.model) if self.back is None else distance == "Cosine"

    def _by_documents(self, judging: _Judging) -> Retention:
        """Each text is a search for the others."""
        new = judging.new
        nothing = [frozenset[int]()] * len(new)
        return retention(
            Searched(new, new, self.model.distance),
            self._calculated(judging, new),
            nothing,
            leave_out_own=True,
        )

    def _by_searches(
        self, ctx: StepContext, judging: _Judging, of: QuerySet
    ) -> tuple[Retention, str] | None:
        """And what the searches are; None where there are none."""
        chosen = _spread(of.queries, SEARCHES)
        if not chosen:
            return None
        done = embed_usable(ctx.open_model(self.model), [one.text for one in chosen], "query")
        made = [(q, v) for q, v in zip(chosen, done.vectors, strict=True) if v is not None]
        if not made:
            return None
        queries = np.asarray([vector for _, vector in made], np.float64)
        place = {point: at for at, point in enumerate(judging.ids)}
        answers = [frozenset(place[a] for a in q.answers if a in place) for q, _ in made]
        found = retention(
            Searched(queries, judging.new, self.model.distance),
            self._calculated(judging, queries),
            answers,
        )
        return found, of.source

    def _calculated(self, judging: _Judging, queries: Rows) -> Searched:
        one = self._by_direction(judging.distance)
        if self.back is not None:
            return Searched(judging.map.of(queries, length_one=one), judging.old, judging.distance)
        return Searched(queries, judging.map.of(judging.old, length_one=one), judging.distance)

    def _documents(self, ctx: StepContext, ids: Sequence[PointId]) -> list[Document]:
        field = self.proof.title_field or "title"
        documents = []
        points = ctx.qdrant.retrieve(self.collection, ids)
        for point, text in zip(points, texts_of(points, self.texts, ctx), strict=True):
            title = value_at(point.payload, field)
            if isinstance(text, str):
                title = title if isinstance(title, str) else None
                documents.append(Document(point.id, title, text))
        return documents

    def _told(
        self,
        ctx: StepContext,
        learned: Learned,
        sampled: Pairs,
        by_documents: Retention,
        by_searches: tuple[Retention, str] | None,
    ) -> dict[str, Any]:
        """What the run keeps of it, with the sentences that every face says."""
        found, source = by_documents, "of the texts themselves, each a search for the others"
        if by_searches is not None and by_searches[0].n >= FEWEST:
            found, source = by_searches
        sure = f"{words.share(found.low)} to {words.share(found.high)} with 95 % certainty"
        measured = (
            f"Measured by {words.plural(found.n, 'search', 'searches')} ({source}) among "
            f"{words.count(found.among)} texts that the map did not learn from: {sure}."
        )
        word = "INCONCLUSIVE"
        if found.high < self.least:
            word = "NO-GO"
        elif found.low >= self.least and found.n >= FEWEST:
            word = "GO"
        share = words.share(found.share)
        what = "Calculated vectors" if self.back is None else "Calculated queries"
        how = f"Learned from {words.plural(learned.pairs, 'text')} ({learned.method})."
        return {
            "fingerprint": learned.map.fingerprint,
            "word": word,
            "found": share,
            "measured": measured,
            "price": self._price(ctx, sampled),
            "searches": by_searches[0]._asdict() if by_searches is not None else None,
            "documents": by_documents._asdict(),
            "method": learned.method,
            "pairs": learned.pairs,
            "says": f"{what} find {share} of what proper ones find. {measured} {how}",
        }

    def _price(self, ctx: StepContext, sampled: Pairs) -> str:
        """What proper vectors would take, by what the sample took."""
        points, texts = ctx.qdrant.count(self.collection), len(sampled.ids)
        pace = texts / max(sampled.seconds, 1e-9)
        usd = kind_of(self.model).usd(self.model)
        money = (
            "" if usd is None else f" and {usd * sampled.tokens / texts * points / 1e6:,.2f} USD"
        )
        return (
            f"to embed {words.plural(points, 'text')} takes about {words.duration(points / pace)}"
            f"{money} at the speed of the sample."
        )

    def _gate(self, told: dict[str, Any]) -> Gate:
        unsure = f"That is too few to tell whether it is at least {words.share(self.least)}."
        return Gate(
            name="loss",
            title=f"Calculated vectors find {told['found']} of what proper ones find",
            says=(
                told["measured"],
                *((unsure,) if told["word"] != "GO" else ()),
                f"For comparison: {told['price']}",
                "Among more texts more is lost. Nothing is written yet; the live searches are not "
                "touched.",
            ),
            asks=(_LOSS.ask("The loss is acceptable; go on with calculated vectors"),),
            button="Go on",
        )


class _Judging(NamedTuple):
    """The sampled texts at these places, which the map has not seen, and the map."""

    sampled: Pairs
    places: NDArray[np.intp]
    map: LearnedMap
    distance: str

    @property
    def ids(self) -> list[PointId]:
        return [self.sampled.ids[place] for place in self.places]

    @property
    def old(self) -> Rows:
        return self.sampled.old[self.places]

    @property
    def new(self) -> Rows:
        return self.sampled.new[self.places]


def _count(ctx: StepContext, done: int, total: int) -> None:
    ctx.breathe()
    ctx.progress(done, total, "searches")


def _spread(queries: Sequence[Query], most: int) -> list[Query]:
    step = max(1, -(-len(queries) // most))
    return list(queries[::step])
