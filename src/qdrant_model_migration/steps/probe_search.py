"""Step: how well and how fast the collection answers, measured with its own vectors as queries."""

from __future__ import annotations

import statistics
import time
from typing import Literal

from qdrant_model_migration.pipeline.move import Move
from qdrant_model_migration.pipeline.read import scan
from qdrant_model_migration.steps.step import Step, StepContext, StepText

LIMIT = 10


class ProbeSearch(Step):
    """Compares quick answers with exact ones: recall@10 of the index and its compression.

    Nothing is embedded: the sample's stored vectors are the queries, the same before and after.
    Where strict mode forbids exact search, only the time is measured.
    """

    step: Literal["probe_search"] = "probe_search"
    collection: str
    vector: str = ""
    moment: Literal["before", "after"]
    sample: int = 64

    def text(self, move: Move | None) -> StepText:
        return StepText(
            f"Measure search {self.moment} the change",
            "nothing",
            "not needed",
            (
                f"Searches {self.collection} with {self.sample} of its own vectors, once exactly "
                "and once as the application does.",
                f"recall@{LIMIT}: how many of the exact answers the usual search finds.",
            ),
        )

    def apply(self, ctx: StepContext) -> None:
        qdrant = ctx.qdrant
        comparable = qdrant.config(self.collection).allows_exact_search
        found, total, milliseconds, asked = 0, 0, list[float](), 0
        for point in scan(
            qdrant, self.collection, payload=False, vectors=[self.vector], between=ctx.breathe
        ):
            vector = point.vectors.get(self.vector)
            if vector is None:
                continue
            began = time.perf_counter()
            usual = qdrant.search(
                self.collection, vector, using=self.vector, limit=LIMIT, payload=False
            )
            milliseconds.append((time.perf_counter() - began) * 1000)
            if comparable:
                exact = qdrant.search(
                    self.collection,
                    vector,
                    using=self.vector,
                    limit=LIMIT,
                    exact=True,
                    payload=False,
                )
                found += len({hit.id for hit in exact} & {hit.id for hit in usual})
                total += len(exact)
            asked += 1
            ctx.progress(asked, self.sample, "searches")
            if asked >= self.sample:
                break
        result = {
            "recall": found / total if total else None,
            "milliseconds": statistics.median(milliseconds) if milliseconds else None,
            "searches": asked,
            "memory": ctx.qdrant.memory(self.collection),
        }
        ctx.remember(f"search_{self.moment}", result)
        if asked:
            recall = (
                f"recall@{LIMIT} {found / total:.3f} against exact search"
                if total
                else "exact search is not allowed here, so recall is not known"
            )
            ctx.say(
                "probe",
                f"{self.moment.capitalize()}: {recall}, {result['milliseconds']:.0f} ms in the "
                f"middle, {asked} searches.",
            )
