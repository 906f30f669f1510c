"""A verdict in words, its interval drawn. Pure text; the word comes first, the bar second."""

from __future__ import annotations

from qdrant_model_migration.quality import Judgement, Verdict
from qdrant_model_migration.tui.typeset import crop, number
from qdrant_model_migration.tui.widgets.frame import wrap


def judged(verdict: Verdict, width: int) -> list[str]:
    """The two numbers, their difference, the interval; or why there are none."""
    # The title of the box says it, unless it is too long for one line.
    lines = wrap(verdict.headline, width) if len(verdict.headline) > width - 4 else []
    judgement = verdict.judgement
    if judgement is None or judgement.old is None:
        return [*lines, *wrap(verdict.todo, width)]
    kind = "labelled" if judgement.origin == "labelled" else "made up from your documents"
    lines.append(
        f"Right answers in the first {judgement.k} ({judgement.metric}), "
        f"{judgement.n} queries, {kind}"
    )
    numbers = f"  old {judgement.old:.3f}     new {judgement.new:.3f}"
    if judgement.difference is not None:
        numbers += f"     difference {judgement.difference:+.3f}"
    if judgement.low is not None and judgement.high is not None:
        numbers += f" (95 %: {judgement.low:+.3f} to {judgement.high:+.3f})"
        lines += [numbers, interval(judgement, verdict.margin, width)]
        lines.append(f"GO needs the whole interval above {-verdict.margin:+.3f}, your limit.")
    else:
        lines.append(numbers)
    return [*lines, *wrap(verdict.todo, width)] if verdict.todo else lines


def _edge(judgement: Judgement, margin: float) -> float:
    return max(abs(judgement.low or 0.0), abs(judgement.high or 0.0), margin) * 1.25


def interval(judgement: Judgement, margin: float, width: int, *, edge: float | None = None) -> str:
    """The interval on a scale that holds it, zero, and the limit (┆).

    edge: where the scale ends, the same for intervals that stand below each other.
    """
    low, high = judgement.low or 0.0, judgement.high or 0.0
    edge = edge or _edge(judgement, margin)
    cells = max(20, width - 16)

    def at(value: float) -> int:
        return min(cells - 1, max(0, round((value + edge) / (2 * edge) * (cells - 1))))

    line = [" "] * cells
    line[at(0)] = "0"
    line[at(-margin)] = "┆"
    for cell in range(at(low), at(high) + 1):
        line[cell] = "─"
    line[at(low)], line[at(high)] = "├", "┤"
    line[at(judgement.difference or 0)] = "●"
    return f"{-edge:+.2f} {''.join(line)} {edge:+.2f}"


def integrity(verdict: Verdict, width: int) -> list[str]:
    """One line a check, with its sign."""
    lines = []
    for check in verdict.integrity.checks:
        sign = "i" if check.ok is None else "✓" if check.ok else "✗"
        found = number(check.found) if isinstance(check.found, int) else check.found
        if check.expected is not None:
            expected = number(check.expected) if isinstance(check.expected, int) else check.expected
            found = f"{found} of {expected}"
        name = crop(check.name, max(12, width - len(found) - 4)).rstrip()
        lines.append(f"{sign} {name.ljust(width - len(found) - 3)} {found}")
        if check.note and check.ok is not True:
            lines += [f"  {piece}" for piece in wrap(check.note, width - 2)]
    if verdict.overlap is not None:
        share = f"{verdict.overlap.share * 100:.0f} % the same"
        lines.append(f"i {'Overlap'.ljust(max(8, width - len(share) - 3))} {share}")
    return lines or ["not checked yet"]


def parts(verdict: Verdict, width: int) -> list[str]:
    """The parts of the queries, and the queries that got worse."""
    lines: list[str] = []
    for part in verdict.parts:
        lines.append(f"{part.part}: {part.word}")
        lines += [f"  {piece}" for piece in wrap(part.reason, width - 2)]
    judgement = verdict.judgement
    worse = [w for w in judgement.worst if _worse(w.old, w.new)] if judgement else []
    for change in worse[:3]:
        lines.append(crop(f'Worst: "{change.text}"', width).rstrip())
        lines.append(f"  right answer: rank {_rank(change.old)} → {_rank(change.new)}")
    if not lines and judgement is None:
        return ["Nothing was compared."]
    return lines or ["No parts, and no query got worse."]


def everything(verdict: Verdict, width: int) -> list[str]:
    """All parts with their intervals on one scale, and all queries that changed most."""
    lines: list[str] = []
    judgement = verdict.judgement
    by_name = {part.part: part for part in judgement.parts} if judgement else {}
    shown = [j for j in (judgement, *by_name.values()) if j is not None and j.low is not None]
    edge = max((_edge(j, verdict.margin) for j in shown), default=0.0)
    for one in shown:
        name = one.part or "All queries"
        lines.append(f"{name}: {number(one.n)} queries, difference {one.difference or 0:+.3f}")
        lines.append(interval(one, verdict.margin, width, edge=edge))
    for part in verdict.parts:
        lines += wrap(f"{part.part}: {part.word}, {part.reason}", width)
    if judgement is not None:
        for title, changes in (
            ("Got worse", [w for w in judgement.worst if _worse(w.old, w.new)]),
            ("Got better", [b for b in judgement.best if _worse(b.new, b.old)]),
        ):
            if changes:
                lines += ["", f"{title}: rank of the right answer, old → new"]
            for change in changes:
                ranks = f"{_rank(change.old)} → {_rank(change.new)}"
                text = crop(f'"{change.text}"', width - len(ranks) - 2)
                lines.append(f"{text}  {ranks}")
    return lines or ["No query was judged, so there are no parts and no changes to show."]


def hint(verdict: Verdict, *, switched: bool = False) -> str:
    """What comes next, for the message line."""
    if switched:
        return "This is the verdict as it was before the switch."
    if verdict.word == "GO":
        return "Nothing is switched yet. Try it yourself, then go to the cutover."
    if verdict.word == "NO-GO":
        return "Cutover is closed; searches go on with the old collection. Judge anew leads on."
    return "Not proved. Judge anew by more searches, or the cutover asks for: without proof."


def _worse(old: int | None, new: int | None) -> bool:
    """Whether the right answer stands lower on the new side, or is not found there any more."""
    return old is not None and (new is None or new > old)


def _rank(rank: int | None) -> str:
    return f"{rank}" if rank is not None else "not found"
