"""A run as a face sees it at one moment. How it is read from the folder is not known here."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from qdrant_model_migration.engine.activity import stop_takes
from qdrant_model_migration.engine.run_folder import Card
from qdrant_model_migration.engine.states import finished, is_over

if TYPE_CHECKING:
    from qdrant_model_migration.steps.sisters import Sister


class StepView(NamedTuple):
    """state: " ", "running", "done" or "failed". done, total: None where nothing is counted.

    rate: units per second over the last half minute, None while it is not known or paused. A pause
    is not part of the seconds. share: of the whole step (0..1), which may count more than once; it
    never goes back. None where that is not known.
    """

    name: str
    title: str
    state: str
    seconds: float
    done: int | None
    total: int | None
    unit: str
    rate: float | None
    writes_to: str
    way_back: str
    details: tuple[str, ...]
    extra: bool
    share: float | None = None

    @property
    def percent(self) -> int | None:
        """100 only at the end, which is no matter of counting."""
        return None if self.share is None else min(99, int(100 * self.share))


class EventView(NamedTuple):
    """at: UTC, as stamps.parse reads it. parent: the event that this one belongs under."""

    id: int
    parent: int | None
    at: str
    kind: str
    text: str
    data: dict[str, Any]


class ConsentView(NamedTuple):
    """verdict: what stood there when it was given. fits: None until its gate was reached."""

    gate: str
    at: str
    answers: dict[str, str]
    verdict: Any
    fits: bool | None
    spent: str | None


class DeadLetter(NamedTuple):
    """number: its place in the list. point: the id as text. held: what the field holds, cut."""

    number: int
    point: str
    reason: str
    held: str
    at: str


class Conflict(NamedTuple):
    """A point that both sides changed after the switch. old, new: "written" or "deleted"."""

    point: str
    old: str
    new: str
    at: str


class Sample(NamedTuple):
    """One point of the curve of how fast it goes. A pause leaves a gap between two moments."""

    at: str
    step: int
    done: int
    rate: float | None


class RunView(NamedTuple):
    """Everything about a run at one moment. Times are UTC text, see stamps.local.

    state: starting, running, paused, stopping, waiting, stopped, interrupted, failed, done, rolled
    back, cleaned up, discarded. live: an engine carries it out now. session: how often one has
    begun. step: index into `steps` of the one that is being carried out or comes next, None at the
    end. gate: the Gate as a dict, with "missing" (labels of what the last consent lacked) added.
    error: what, why, todo, question; also beside "done" where an added step was refused. heard:
    when the engine last wrote anything. retry: while the server does not answer: since, at, wait
    (seconds), attempt, reason, text. facts: what the steps remember under a plain name. held: why
    it pauses, where the operator has not asked for it. slowed: share of the time in which it works,
    and why, where slow searches ask for it. searches: milliseconds of a test search, before the
    work began, and those that slow it down and pause it. stop_within: seconds that a stop takes at
    most. with_it: the collections that switch at the same moment, and how they stand.
    """

    run_id: str
    what: str
    title: str
    state: str
    since: str
    steps: tuple[StepView, ...]
    gate: dict[str, Any] | None
    verdict: dict[str, Any] | None
    error: dict[str, str] | None
    dead_letters: int
    events: tuple[EventView, ...]
    application: dict[str, Any] | None
    facts: dict[str, Any]
    retry: dict[str, Any] | None
    folder: Path
    card: Card
    live: bool
    session: int
    step: int | None
    began: str
    ended: str | None
    heard: str
    throttle: dict[str, Any] | None
    dead_letter_reasons: dict[str, int]
    conflicts: int
    rates: tuple[Sample, ...]
    consents: tuple[ConsentView, ...]
    held: str | None = None
    slowed: dict[str, Any] | None = None
    searches: dict[str, Any] | None = None
    stop_within: float | None = None
    with_it: tuple[Sister, ...] = ()

    @property
    def rows_left_out(self) -> int:
        """How many of the dead letters are rows of a file that became no point."""
        return self._letters("left_out")

    @property
    def points_not_written(self) -> int:
        """How many of them are points that the target does not have."""
        return self._letters("not_written")

    def _letters(self, kind: str) -> int:
        if not self.dead_letter_reasons:
            return 0
        from qdrant_model_migration.steps.dead_letters import kind_of

        reasons = self.dead_letter_reasons.items()
        return sum(number for reason, number in reasons if kind_of(reason) == kind)

    @property
    def planned(self) -> int:
        """How many steps its plan has."""
        return sum(not step.extra for step in self.steps)

    def number(self, place: int) -> str:
        """Of the step at this place of `steps`: that in the plan, "" of one that was added."""
        return "" if self.steps[place].extra else str(place + 1)

    @property
    def in_order(self) -> tuple[int, ...]:
        """The places of the steps as they are listed: what was added and repeats one of the plan
        right behind that, anything else at the end."""
        first = {step.name: n for n, step in reversed([*enumerate(self.steps)])}
        behind = {n: first[step.name] for n, step in enumerate(self.steps)}
        planned = (n for n in behind if not self.steps[behind[n]].extra)
        added = (n for n in behind if self.steps[behind[n]].extra)
        return (*sorted(planned, key=lambda n: (behind[n], n)), *added)

    @property
    def at(self) -> str:
        """ "step 3", of an added one what its title begins with: "Verify again"; "" at the end."""
        if self.step is None or not self.steps:
            return ""
        number, title = self.number(self.step), self.steps[self.step].title
        return f"step {number}" if number else title.partition(":")[0]

    @property
    def at_of_all(self) -> str:
        """ "step 3 of 8"; of an added one as `at`."""
        is_planned = self.step is not None and self.number(self.step)
        return f"{self.at} of {self.planned}" if is_planned else self.at

    @property
    def where(self) -> str:
        """ "step 3 of 8, Backfill docs_new", of an added one its title alone; "" at the end."""
        if self.step is None or not self.steps:
            return ""
        title = self.steps[self.step].title
        return f"{self.at_of_all}, {title}" if self.number(self.step) else title

    @property
    def finished(self) -> bool:
        """Whether it has come to an end, whichever."""
        return finished(self.state)

    @property
    def over(self) -> bool:
        """Whether nothing can be added to it any more."""
        return is_over(self.state, "any")

    @property
    def verified(self) -> bool:
        """Whether it has come beyond its Verify."""
        return any(step.name == "verify" and step.state == "done" for step in self.steps)

    @property
    def at_verdict(self) -> bool:
        """Whether it waits at a gate that opens by the verdict, or has failed by a NO-GO of its
        searches: resuming alone leads nowhere then."""
        if self.state == "waiting" and self.gate:
            return self.at_switch
        verdict = self.verdict or {}
        judged = verdict.get("word") == "NO-GO" and verdict.get("judgement") is not None
        return self.state == "failed" and judged

    @property
    def at_switch(self) -> bool:
        """Whether it waits at the gate that switches, or is in the step that leads to it."""
        from qdrant_model_migration.steps import gate_kind, gates_of

        if self.state == "waiting" and self.gate:
            return gate_kind(self.gate.get("name", "")).switches
        if self.step is None or not self.steps:
            return False
        return any(gate_kind(gate).switches for gate in gates_of(self.steps[self.step].name))

    @property
    def wrote_nothing(self) -> bool:
        """Whether it failed before it wrote anything: other answers may make another plan."""
        begun = self.steps[: self.step + 1] if self.step is not None else ()
        only_read = bool(begun) and all(step.writes_to == "nothing" for step in begun)
        return self.state == "failed" and only_read

    @property
    def stop_takes(self) -> str:
        """ "up to 4 s": what a stop takes at most, as far as this run has shown it."""
        return stop_takes(self.stop_within)


def at_added(run: RunView) -> bool:
    """Whether the run waits with a step that was added by a command of its own."""
    waits = run.state == "waiting" and run.step is not None
    return waits and run.steps[run.step or 0].extra
