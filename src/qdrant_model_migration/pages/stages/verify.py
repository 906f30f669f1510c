"""The verdict: the word with its reason, the numbers with their interval, is everything there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from qdrant_model_migration import words
from qdrant_model_migration.engine import RunView
from qdrant_model_migration.pages import of_run
from qdrant_model_migration.pages.outcome import Go, Outcome
from qdrant_model_migration.pages.page import Act, Beside, Fact, Facts, Page, Says, Scale
from qdrant_model_migration.pages.session import Session
from qdrant_model_migration.quality import Judgement, Verdict
from qdrant_model_migration.quality.judgement import RankChange
from qdrant_model_migration.steps.verify import Verify

SHOWN = 3  # of the queries that got worse
SIGNS = {True: "✓", False: "✗", None: "i"}
HELP = (
    "Integrity first: each id once, payloads equal, settings equal, vectors",
    "of the right model. Nothing is judged before that holds.",
    "",
    "recall@10: how many of the right answers are among the first 10.",
    "GO needs the whole interval above your limit, NO-GO the whole below it;",
    "anything else is INCONCLUSIVE, with the reason.",
    "Overlap: how many results are the same. It says how much changes, not",
    "whether it is better.",
)


def enter(session: Session) -> Outcome:
    return of_run.look(session)


def page(session: Session) -> Page:
    return of_run.framed(session, "Verify", _page)


def _page(run: RunView) -> Page:
    verdict = verdict_of(run)
    acts, title = _acts(run, verdict), "Verify"
    if verdict is None:
        says = Says(("The run has not come to the verify step yet.",), "Not verified yet")
        return Page(title, (says,), acts, HELP, first="try")
    return Page(title, blocks(verdict), acts, HELP, hint(verdict, run), first="try")


def blocks(verdict: Verdict) -> tuple[Says | Facts | Beside, ...]:
    """All that bears on the decision."""
    if verdict.judgement is None and not verdict.parts:  # nothing was compared: nothing is beside
        return judged(verdict), integrity(verdict)
    return judged(verdict), Beside((integrity(verdict), parts(verdict)))


def verdict_of(run: RunView) -> Verdict | None:
    return Verdict.model_validate(run.verdict) if run.verdict else None


def _acts(run: RunView, verdict: Verdict | None) -> tuple[Act, ...]:
    none = "" if verdict is not None else "not verified yet"
    closed = none
    if verdict is not None and verdict.word == "NO-GO":
        closed = "the verdict is NO-GO"
    elif verdict is not None and not (run.state == "waiting" and run.at_verdict):
        closed = "switched already" if run.facts.get("switched") else "the run is not there"
    on = Act("gate", "Go to cutover", closed=closed)
    return (
        Act("try", "Try it yourself"),
        Act("report", "Report") if run.finished else on,
        Act("all", "All parts and queries", closed=none),
        Act("verify", Verify.label, closed=Verify.why_not(run)),
    )


def judged(verdict: Verdict) -> Says:
    """The two numbers, their difference, the interval; or why there are none."""
    said: list[str | Scale] = []
    one = verdict.judgement
    if one is not None and one.old is not None:
        kind = "labelled" if one.origin == "labelled" else "made up from your documents"
        said.append(f"Right answers in the first {one.k} ({one.metric}), {one.n} queries, {kind}")
        numbers = f"  old {one.old:.3f}     new {one.new:.3f}"
        if one.difference is not None:
            numbers += f"     difference {one.difference:+.3f}"
        if one.low is not None and one.high is not None:
            numbers += f" (95 %: {one.low:+.3f} to {one.high:+.3f})"
            said += [numbers, scale(one, verdict.margin, _edge(one, verdict.margin))]
            said.append(f"GO needs the whole interval above {-verdict.margin:+.3f}, your limit.")
        else:
            said.append(numbers)
    tone = {"GO": "good", "NO-GO": "bad"}.get(verdict.word, "")
    return Says((*said, *((verdict.todo,) if verdict.todo else ())), verdict.headline, tone=tone)  # type: ignore[arg-type]


def _edge(one: Judgement, margin: float) -> float:
    return max(abs(one.low or 0.0), abs(one.high or 0.0), margin) * 1.25


def scale(one: Judgement, margin: float, edge: float) -> Scale:
    """The interval; edge: where the scale ends, the same for those that stand below each other."""
    low, high = one.low or 0.0, one.high or 0.0
    said = f"With 95 percent certainty it lies between {low:+.3f} and {high:+.3f}."
    return Scale(low, one.difference or 0.0, high, -margin, edge, said)


def integrity(verdict: Verdict) -> Facts:
    """One line a check, with its sign."""
    rows = []
    for check in verdict.integrity.checks:
        found, expected = (
            words.count(value) if isinstance(value, int) else value
            for value in (check.found, check.expected)
        )
        counted = f"{found} of {expected}" if expected is not None else f"{found}"
        note = check.note if check.ok is not True else ""
        rows.append(Fact(f"{SIGNS[check.ok]} {check.name}", counted, note))
    if verdict.overlap is not None:
        rows.append(Fact("i Overlap", f"{words.share(verdict.overlap.share)} the same"))
    return Facts(tuple(rows), "Is everything there?")


def parts(verdict: Verdict) -> Says:
    """The parts of the queries, and the queries that got worse."""
    said = [f"{part.part}: {part.word}, {part.reason}" for part in verdict.parts]
    judgement = verdict.judgement
    worse = [w for w in judgement.worst if _worse(w.old, w.new)] if judgement else []
    for change in worse[:SHOWN]:
        said.append(f'Worst: "{change.text}"')
        said.append(f"  right answer: rank {_rank(change.old)} → {_rank(change.new)}")
    return Says(tuple(said) or ("No parts, and no query got worse.",), "By part, and the worst")


def everything(verdict: Verdict) -> Says:
    """All parts with their intervals on one scale, and all queries that changed most."""
    said: list[str | Scale] = []
    one = verdict.judgement
    shown = [j for j in (one, *(one.parts if one else ())) if j is not None and j.low is not None]
    edge = max((_edge(j, verdict.margin) for j in shown), default=0.0)
    for part in shown:
        name, queries = part.part or "All queries", words.plural(part.n, "query", "queries")
        said.append(f"{name}: {queries}, difference {part.difference or 0:+.3f}")
        said.append(scale(part, verdict.margin, edge))
    said += [f"{part.part}: {part.word}, {part.reason}" for part in verdict.parts]
    if one is not None:
        said += _changed("Got worse", [w for w in one.worst if _worse(w.old, w.new)])
        said += _changed("Got better", [b for b in one.best if _worse(b.new, b.old)])
    nothing = "No query was judged, so there are no parts and no changes to show."
    return Says(tuple(said) or (nothing,))


def _changed(title: str, changes: Sequence[RankChange]) -> list[str]:
    lines = [f'"{one.text}"  {_rank(one.old)} → {_rank(one.new)}' for one in changes]
    return ["", f"{title}: rank of the right answer, old → new", *lines] if lines else []


def hint(verdict: Verdict, run: RunView) -> str:
    """What comes next, for the message line."""
    if run.facts.get("switched"):
        return "This is the verdict as it was before the switch."
    if verdict.word == "GO":
        return "Nothing is switched yet. Try it yourself, then go to the cutover."
    if verdict.word == "NO-GO":
        return "Cutover is closed; searches go on with the old collection. Judge anew leads on."
    return "Not proved. Judge anew, or the cutover asks for: without proof."


def _worse(old: int | None, new: int | None) -> bool:
    """Whether the right answer stands lower on the new side, or is not found there any more."""
    return old is not None and (new is None or new > old)


def _rank(rank: int | None) -> str:
    return f"{rank}" if rank is not None else "not found"


def act(session: Session, key: str, values: Mapping[str, str]) -> Outcome:
    run = session.of_run
    verdict = verdict_of(run) if run is not None else None
    if key == "all" and verdict is not None:
        return Page("All parts and queries", (everything(verdict),), (Act("close", "Close"),))
    to = {"try": "try_it", "verify": "judge_again"}.get(key, key)
    return Go(to, session) if to != "close" else session
