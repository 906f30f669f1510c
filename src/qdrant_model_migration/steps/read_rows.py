"""Step: read the files of this run once, before anything is made: which rows can be used?"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import ClassVar, Literal

from qdrant_model_migration.pipeline.errors import NoIdMatches
from qdrant_model_migration.pipeline.move import Move
from qdrant_model_migration.pipeline.row_index import Indexed, RowIndex, index_of
from qdrant_model_migration.pipeline.rows import Unusable
from qdrant_model_migration.pipeline.sources import Source
from qdrant_model_migration.pipeline.text import TextSource
from qdrant_model_migration.qdrant import PointId
from qdrant_model_migration.steps.dead_letters import LEFT_OUT
from qdrant_model_migration.steps.gate import AskKind, Gate, GateKind, Waiting
from qdrant_model_migration.steps.reading import ROWS_READ, must_be_unchanged
from qdrant_model_migration.steps.step import Step, StepContext, StepText
from qdrant_model_migration.words import listing, plural

_ACCEPT = AskKind(
    "accept",
    "tick",
    "--accept-bad-rows",
    "Leave rows out that cannot be used although there are many.",
)


class ReadRows(Step):
    """`acceptable`: the share of rows that may be left out without asking (0..1)."""

    gates: ClassVar[tuple[GateKind, ...]] = (GateKind("bad_rows", (_ACCEPT,)),)
    step: Literal["read_rows"] = "read_rows"
    acceptable: float = 0.01

    def text(self, move: Move | None) -> StepText:
        assert move is not None
        files = [source.name for source, _ in _files(move)]
        return StepText(
            f"Read {listing(files)} once",
            "nothing",
            "not needed",
            (
                "A row that cannot be used is left out and listed with its line; where more than "
                f"{self.acceptable:.0%} are, you are asked first.",
                "Rows of one id that differ are refused: which is right only you know.",
                *(
                    f"{text.file.name} is kept in the run folder by id: as much room again."
                    for text in move.by_id
                    if text.file is not None
                ),
            ),
        )

    def apply(self, ctx: StepContext) -> None:
        must_be_unchanged(ctx)
        for source, text in _files(ctx.move):
            index = _indexed(ctx, source, text)
            facts = index.facts
            ctx.say("rows", _said(source, facts))
            if text is None:
                ctx.remember(ROWS_READ, facts.points)
            else:
                _must_match(ctx, source, index)
            if facts.unusable > self.acceptable * facts.rows and not ctx.consent("bad_rows"):
                raise Waiting(_gate(source, facts))


def _files(move: Move) -> Iterator[tuple[Source, TextSource | None]]:
    """Each file, and the texts that are taken from it by id; None: its rows are the points."""
    for source in move.points.files:
        yield source, None
    for text in move.by_id:
        assert text.file is not None
        yield text.file, text


def _indexed(ctx: StepContext, source: Source, text: TextSource | None) -> RowIndex:
    def left_out(line: int, bad: Unusable) -> None:
        where = f"{source.name}, {source.unit} {line}"
        ctx.dead_letter(where, f"{LEFT_OUT}{bad.why}", bad.shown)

    return index_of(source, text, ctx, left_out)


def _must_match(ctx: StepContext, source: Source, index: RowIndex) -> None:
    """How many points have a row; none: the wrong column was chosen. Raises NoIdMatches."""
    collection, found, ids = ctx.move.source, 0, index.ids()
    first: PointId = ""
    while some := list(islice(ids, ctx.move.load.batch)):
        ctx.breathe()
        first = first or some[0]
        found += len(ctx.qdrant.retrieve(collection, some, payload=False, vectors=False))
    if not found:
        raise NoIdMatches(source.name, source.id_column, collection, str(first))
    total = ctx.qdrant.count(collection)
    ctx.say("rows", f"{found:,} of {plural(total, 'point')} of {collection} have a row in it.")


def _said(source: Source, facts: Indexed) -> str:
    """ "docs.jsonl: 1,206 rows, 3 left out, 2 stand there twice." """
    parts = [plural(facts.rows, "row")]
    if facts.unusable:
        parts.append(f"{facts.unusable:,} left out")
    if facts.twice:
        parts.append(f"{facts.twice:,} stand there twice and count once")
    return f"{source.name}: {', '.join(parts)}."


def _gate(source: Source, facts: Indexed) -> Gate:
    return Gate(
        name="bad_rows",
        title=f"{facts.unusable:,} of {plural(facts.rows, 'row')} cannot be used",
        says=(
            f"{facts.unusable / facts.rows:.1%} of the rows of {source.name} are left out if you "
            "go on. Each is listed with its line and the reason under dead letters.",
            "Nothing has been made yet. Go on, or discard the run, mend the file, and make the "
            "plan again.",
        ),
        asks=(_ACCEPT.ask("Leave these rows out"),),
        button="Go on",
    )
