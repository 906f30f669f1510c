"""GO, NO-GO or INCONCLUSIVE: weighs integrity and judgement, pure, and says why in words.

The rule: nothing is judged before everything is there. GO needs the whole 95 % interval of the
difference above -margin, NO-GO the whole below it; whatever lies between, or cannot be measured,
is INCONCLUSIVE.
"""

from __future__ import annotations

from math import ceil
from typing import Literal, NamedTuple

from qdrant_model_migration.quality.intervals import FEWEST_DIFFERENCES
from qdrant_model_migration.quality.judgement import Finite, Judgement, Overlap

MARGIN = 0.02
SATURATED = 0.99
FEWEST_QUERIES = 30  # for a GO; a NO-GO, the safe side, needs only its interval

Word = Literal["GO", "NO-GO", "INCONCLUSIVE"]
Evidence = Literal["labelled", "made up", "none"]
Changed = Literal["model", "search"]
"""What is new in the searches that are judged: their model, or the way they are asked."""
Unjudged = Literal[
    "no searches", "none made", "no answers marked", "answers not found", "old model not known",
    "new model not here", "all copied",
]  # fmt: skip


class Check(Finite):
    """One thing counted or compared. ok None: only good to know.

    note: if not ok, the clause that says what is wrong ("3 points are missing"). todo: a sentence
    without its end ("Resume fetches them").
    """

    name: str
    ok: bool | None
    found: int | str = ""
    expected: int | str | None = None
    note: str = ""
    todo: str = ""


class Integrity(Finite):
    """Is everything there? Passed where at least one check passed and none failed."""

    checks: tuple[Check, ...]

    @property
    def failed(self) -> tuple[Check, ...]:
        return tuple(check for check in self.checks if check.ok is False)

    @property
    def passed(self) -> bool:
        return not self.failed and any(check.ok for check in self.checks)


class PartVerdict(Finite):
    """The word for one part of the queries, by the same rule."""

    part: str
    word: Word
    reason: str


class Verdict(Finite):
    """The answer, with everything it rests on. reason: a clause; todo: whole sentences.

    parts: one for each of `judgement.parts`, in their order. old_model, new_model: labels.
    made_at: ISO time. evidence: what kind of right answers it rests on. unjudged: why it rests on
    no comparison of the models.
    """

    word: Word
    reason: str
    todo: str
    integrity: Integrity
    judgement: Judgement | None
    parts: tuple[PartVerdict, ...] = ()
    overlap: Overlap | None
    evidence: Evidence
    margin: float
    made_at: str = ""
    old_model: str = ""
    new_model: str = ""
    unjudged: Unjudged | None = None

    @property
    def headline(self) -> str:
        return f"{self.word}: {self.reason}"

    def __str__(self) -> str:
        return f"{self.headline}. {self.todo}".strip()


class _Weighed(NamedTuple):
    word: Word
    reason: str
    todo: str = ""
    unjudged: Unjudged | None = None


def decide(
    integrity: Integrity,
    judgement: Judgement | None,
    overlap: Overlap | None,
    margin: float = MARGIN,
    *,
    unjudged: Unjudged | None = None,
    made_at: str = "",
    labels: tuple[str, str] = ("", ""),
    collection: str = "the old collection",
    changed: Changed = "model",
) -> Verdict:
    """The verdict. margin: how much worse the new model may be at most, in units of the metric.

    unjudged: why there is no judgement. labels: of the models, the old side's and the new one's.
    collection: the one that searches go on with. changed: what the new side is called after.
    Raises ValueError where margin is not in 0..1.
    """
    if not 0 <= margin < 1:
        raise ValueError(f"margin must be at least 0 and below 1, not {margin}")
    parts: tuple[PartVerdict, ...] = ()
    if integrity.failed:
        weighed = _incomplete(integrity)
    elif not integrity.passed:
        weighed = _Weighed(
            "INCONCLUSIVE", "it is not checked yet whether everything is there", "Run verify again."
        )
    elif unjudged == "all copied":
        weighed = _Weighed("GO", "searches ask the same vectors as before, and all are there")
    elif judgement is None:
        weighed = _unjudged(
            unjudged or ("no answers marked" if overlap else "no searches"), overlap
        )
    else:
        weighed = _weigh(judgement, margin, collection, changed)
        parts = tuple(_part(part, margin, changed) for part in judgement.parts)
        weighed = _not_over(weighed, judgement, parts, changed)
    judged = judgement if integrity.passed else None
    compared = judged is not None and judged.old is not None
    evidence: Evidence = judged.origin if judged and compared else "none"
    if evidence == "made up":
        weak = "weak evidence: the queries are made up from your documents"
        weighed = weighed._replace(reason=f"{weighed.reason} ({weak})")
    return Verdict(
        **weighed._asdict(),
        integrity=integrity,
        judgement=judged,
        parts=parts,
        overlap=overlap,
        evidence=evidence,
        margin=margin,
        made_at=made_at,
        old_model=labels[0],
        new_model=labels[1],
    )


def _incomplete(integrity: Integrity) -> _Weighed:
    first, *others = integrity.failed
    reason = first.note or f"{first.name} does not hold: {_count(first)}"
    if others:
        reason += f"; also not right: {', '.join(check.name for check in others)}"
    todo = first.todo or "Resume mends what it can"
    return _Weighed("NO-GO", reason, f"{todo}; nothing is judged before.")


def _count(check: Check) -> str:
    found, expected = (
        f"{value:,}" if isinstance(value, int) else value for value in (check.found, check.expected)
    )
    return f"{found} of {expected}" if expected else f"{found}"


def _unjudged(why: Unjudged, overlap: Overlap | None) -> _Weighed:
    same = (
        f"How many results are the same ({round(overlap.share * 100)} %) says how much changes, "
        "not whether it is better."
        if overlap
        else "Add a file of searches with their right answers."
    )
    reasons: dict[Unjudged, tuple[str, str]] = {
        "no searches": ("there are no searches to judge by", same),
        "none made": (
            "no search could be made from your documents: their texts are too short, or nothing "
            "but one sentence",
            same,
        ),
        "no answers marked": ("your searches have no right answers marked", same),
        "answers not found": (
            "none of the right answers is in the collection",
            "Check that the query file belongs to it.",
        ),
        "old model not known": (
            "the old model is not known, so old and new cannot be compared",
            "Say its name or its folder, or go on without the comparison.",
        ),
        "new model not here": (
            "the model is not on this computer, so nothing can be searched with it",
            "Fetch it and start again, or go on without the comparison.",
        ),
    }
    return _Weighed("INCONCLUSIVE", *reasons[why], why)


def _weigh(judged: Judgement, margin: float, collection: str, changed: Changed) -> _Weighed:
    """The rule of this file, for all queries or one part of them."""
    if judged.old is None or judged.difference is None:
        return _unjudged("old model not known", None)
    if min(judged.old, judged.new) >= SATURATED:
        found = f"{min(judged.old, judged.new):.2f}"
        return _Weighed(
            "INCONCLUSIVE",
            f"{_both(changed)} find nearly everything ({found}), "
            "so these queries cannot tell them apart",
            "Add harder ones.",
        )
    worse = _Weighed(
        "NO-GO",
        f"the new {changed} finds less: {judged.old:.3f} → {judged.new:.3f} ({_range(judged)})",
        f"Cutover is closed; searches go on with {collection}. "
        f"Look at the worst queries, {_otherwise(changed)}, or stop here.",
    )
    if judged.low is None or judged.high is None:
        # Each query worse by the same amount has no interval, but is no doubtful case.
        same = judged.no_interval == "all equal" and judged.n >= FEWEST_DIFFERENCES
        return worse if same and judged.difference < -margin else _no_interval(judged, changed)
    if judged.high < -margin:
        return worse
    if judged.low > -margin and judged.n >= FEWEST_QUERIES:
        better = f"the new {changed} finds more, beyond chance"
        not_worse = "not worse than the old one, within your limit"
        return _Weighed("GO", better if judged.low > 0 else not_worse)
    places = 2 if judged.high - judged.low > 0.2 else 3
    return _Weighed(
        "INCONCLUSIVE",
        f"{_queries(judged.n)} too few; the truth lies between {_range(judged, ' and ', places)}",
        _more(judged, judged.low, judged.high, margin),
    )


def _no_interval(judged: Judgement, changed: Changed) -> _Weighed:
    n = f"{judged.n:,} queries"
    if judged.no_interval == "too few queries":
        reason, todo = f"{_queries(judged.n)} too few", f"Add at least {FEWEST_QUERIES}."
    elif judged.no_interval == "too few differences":
        reason = f"only {judged.nonzero:,} of {n} differ, too few to exclude chance"
        todo = "Add more queries, and harder ones."
    elif judged.no_interval == "all equal" and judged.nonzero:
        difference = _signed(judged.difference or 0)
        reason = f"the difference is the same {difference} in each of {n}, too even to be real"
        todo = "Check the query file."
    elif judged.no_interval == "all equal" and not judged.new:
        reason = f"neither {changed} finds a right answer in any of {n}"
        todo = "Check the ids in the query file, or add easier ones."
    elif judged.no_interval == "all equal":
        reason = f"{_both(changed)} do equally well in each of {n}, so these cannot tell them apart"
        todo = "Add harder ones."
    else:
        reason, todo = "a measured value is not a number", "Run verify again."
    return _Weighed("INCONCLUSIVE", reason, todo)


def _more(judged: Judgement, low: float, high: float, margin: float) -> str:
    """About how many queries are missing. An interval shrinks with the root of their number.

    It has to become narrower than the distance from the mean to the limit, or, where the mean lies
    near it by chance, than the limit itself.
    """
    distance = max(abs((judged.difference or 0) + margin), margin, 0.01)
    needed = judged.n * ((high - low) / 2 / distance) ** 2
    more = max(needed, FEWEST_QUERIES, judged.n + 10) - judged.n
    if more > 5_000:
        return "More of the same queries will hardly tell; add harder ones."
    step = 10 if more <= 100 else 50
    return f"Add about {ceil(more / step) * step:,} queries."


def _part(judged: Judgement, margin: float, changed: Changed) -> PartVerdict:
    word, reason, *_ = _weigh(judged, margin, "", changed)
    if word == "INCONCLUSIVE" and judged.low is not None and judged.high is not None:
        half = (judged.high - judged.low) / 2
        reason = f"{_range(judged)}; too few to see less than {half:.2f}"
    return PartVerdict(part=judged.part or "", word=word, reason=reason)


def _not_over(
    whole: _Weighed, judged: Judgement, parts: tuple[PartVerdict, ...], changed: Changed
) -> _Weighed:
    """No plain GO over a part that is proved worse: a mean can hide a language that is lost."""
    lost = next((i for i, part in enumerate(parts) if part.word == "NO-GO"), None)
    if whole.word != "GO" or lost is None:
        return whole
    part = judged.parts[lost]
    return _Weighed(
        "INCONCLUSIVE",
        f"on the whole {whole.reason}, but in {part.part} the new {changed} finds less: "
        f"{part.old or 0:.3f} → {part.new:.3f} ({_range(part)})",
        f"Look at the worst queries of {part.part}, or {_otherwise(changed)}.",
    )


def _both(changed: Changed) -> str:
    return "both models" if changed == "model" else "both searches"


def _otherwise(changed: Changed) -> str:
    return "choose another model" if changed == "model" else "change an answer"


def _range(judged: Judgement, between: str = " to ", places: int = 3) -> str:
    if judged.low is None or judged.high is None:
        return f"{_signed(judged.difference or 0, places)} in each query"
    return f"{_signed(judged.low, places)}{between}{_signed(judged.high, places)}"


def _signed(value: float, places: int = 3) -> str:
    return f"{round(value, places) + 0.0:+.{places}f}"


def _queries(n: int) -> str:
    return "1 query is" if n == 1 else f"{n:,} queries are"
