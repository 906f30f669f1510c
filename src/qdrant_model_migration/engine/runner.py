"""Carries out a run: step by step, through gates, until it is done, waits, fails or is stopped."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from contextlib import closing, nullcontext
from pathlib import Path
from typing import Any, NamedTuple

from qdrant_model_migration.engine import engine_log
from qdrant_model_migration.engine.backup import keep_copy
from qdrant_model_migration.engine.context import Context, Models
from qdrant_model_migration.engine.control_loop import ControlLoop, clear_up
from qdrant_model_migration.engine.errors import RunIsOver, StepBroke
from qdrant_model_migration.engine.job import Job
from qdrant_model_migration.engine.journal import Journal
from qdrant_model_migration.engine.progress import Progress
from qdrant_model_migration.engine.report import write_report
from qdrant_model_migration.engine.retrying import Retrying
from qdrant_model_migration.engine.run_folder import read_card
from qdrant_model_migration.engine.schedule import Item, mark_done, name_of, schedule, take_off
from qdrant_model_migration.engine.search_watch import SearchWatch
from qdrant_model_migration.engine.sidecar import Sidecar, running_beside
from qdrant_model_migration.engine.signals import Signals
from qdrant_model_migration.engine.stamps import now
from qdrant_model_migration.engine.states import GOING, NOTHING, finished, is_over
from qdrant_model_migration.engine.steering import Steering
from qdrant_model_migration.engine.summary import PROMISED
from qdrant_model_migration.engine.token_meter import TokenMeter
from qdrant_model_migration.engine.watch import Watch, view
from qdrant_model_migration.errors import QmmError, Stopped
from qdrant_model_migration.exit_codes import DONE, FAILED, STOPPED, WAITS
from qdrant_model_migration.qdrant import Qdrant, Retry
from qdrant_model_migration.steps import Gate, Step, Waiting, added_kind, jointly
from qdrant_model_migration.steps.verify import ALL_READ, READ_ALL

KEPT = ("since", "gate", "error")  # with the state, while a step is added


class Ending(NamedTuple):
    """How a session ends. values: what the journal keeps with the state (gate, error)."""

    code: int
    state: str
    text: str
    values: dict[str, Any]
    since: str | None = None


class Runner:
    """One session of a run. Whoever makes it holds the folder's lock and has the journal open."""

    def __init__(
        self,
        folder: Path,
        journal: Journal,
        job_of: Callable[[Path], Job],
        *,
        sidecar: Sidecar | None = None,
        extra: str | None = None,
        given: Mapping[str, Any] | None = None,
        stop: threading.Event,
        signals: Signals,
    ) -> None:
        self._folder, self._journal, self._job_of = folder, journal, job_of
        self._sidecar, self._extra, self._given = sidecar, extra, given
        self._card = read_card(folder)
        self._progress = Progress(journal)
        self._steering = Steering(journal, self._progress, stop)
        self._control = ControlLoop(folder, journal, self._steering, self._progress, signals.came)
        self._missing: list[str] = []
        self._session = 0
        self._at: Item | None = None

    def run(self) -> int:
        """Carry out what is left; returns the exit code.

        Raises RunIsOver before anything is written, and why the journal cannot be written.
        """
        self._keep_what_was()
        clear_up(self._folder, self._journal)
        self._steering.ask_throttle(self._journal.get("throttle") or {})
        self._open_session()
        self._control.start()
        try:
            ending = self._until_it_ends()
        finally:
            self._control.close()
        self._close_session(ending)
        return ending.code

    # --- a session's frame --------------------------------------------------------------------

    def _keep_what_was(self) -> None:
        """Where the run stood before a step was added, to go back to if it is not wanted."""
        journal = self._journal
        state = journal.get("state")
        pending = any(row.extra and row.state in (" ", "running") for row in journal.steps())
        if is_over(state, self._extra):
            raise RunIsOver(self._folder.name, state)
        if not pending:
            stopped = "stopped" if state in GOING else state
            kept = {"state": stopped, **{key: journal.get(key) for key in KEPT}}
            journal.set(before=kept)

    def _open_session(self) -> None:
        journal = self._journal
        number = journal.get("session", 0) + 1
        with journal.writing():
            journal.settle_steps()
            journal.set(error=None, gate=None, retry=None, ended=None, held=None, stop_within=None)
            journal.set(slowed=None, searches=None)
            journal.enter("starting", since=now(), session=number)
            if journal.get("began") is None:
                journal.set(began=now())
            said = "The run begins." if number == 1 else "The run goes on."
            self._session = journal.event("run", said, {"session": number}, None)
        if not journal.shared:
            journal.event(
                "note",
                "This disk does not let windows read while the run writes; they may lag a little.",
                {},
                self._session,
            )

    def _close_session(self, ending: Ending) -> None:
        """The state comes last: who reads it finds the report written and the Qdrant free."""
        journal = self._journal
        values = json.loads(journal.clean(json.dumps(ending.values)))
        journal.event("run", ending.text, {"state": ending.state}, self._session)
        ended = now()
        moment = ending.since or ended
        found = view(self._folder)._replace(
            state=ending.state,
            since=moment,
            ended=ended,
            gate=values.get("gate"),
            error=values.get("error"),
            retry=None,
        )
        try:
            write_report(self._folder, found)
        except QmmError as error:
            journal.event("report", str(error), {}, self._session)
        except Exception as error:  # noqa: BLE001 - a report must not change how a run has ended
            engine_log.log.error("the report could not be made", exc_info=error)
            journal.event("report", "No report was made; see engine.log.", {}, self._session)
        journal.enter(ending.state, since=moment, ended=ended, retry=None, **values)

    # --- the work -----------------------------------------------------------------------------

    def _until_it_ends(self) -> Ending:
        try:
            job = self._job_of(self._folder)
            todo = schedule(self._journal, job, self._extra, self._folder.name, self._given)
            if job.closed is not None and not all(item.extra for item in todo):
                return self._failed(job.closed)
            if self._extra == NOTHING:
                return self._before("Nothing was changed.")
            if not todo or (is_over(self._was("state"), None) and not todo[0].extra):
                return self._as_it_was("Nothing was left to do.")
            if job.promised is not None:
                self._journal.remember(PROMISED, job.promised)
            if job.full and not self._journal.recall(READ_ALL):
                self._journal.remember(READ_ALL, True)
                self._journal.event("note", ALL_READ, {}, self._session)
            self._carry_out(job, todo)
            return self._done(todo)
        except Waiting as waiting:
            return self._waiting(waiting.gate)
        except (Stopped, KeyboardInterrupt):
            if self._steering.broken is not None:
                return self._failed(self._steering.broken)
            return Ending(STOPPED, "stopped", "Stopped. Resume goes on from there.", {})
        except QmmError as error:
            engine_log.log.error("%s", error)
            return self._failed(error)
        except Exception as error:  # noqa: BLE001 - whatever a step dies of, the run says so
            title = self._journal.title(self._at.n) if self._at else "The start"
            engine_log.log.error("%s ended with an error", title, exc_info=error)
            return self._failed(StepBroke(title))

    def _carry_out(self, job: Job, todo: list[Item]) -> None:
        retrying = Retrying(self._journal, self._session)
        models = Models(job.open_embedder, self._steering)

        def told(retry: Retry) -> None:
            self._steering.unanswered(retry.wait_s)
            retrying.told(retry)

        with (
            job.connect(self._steering.stop, told) as qdrant,
            closing(Watch(self._folder, events=0)) as self._watch,
            running_beside(self._sidecar, qdrant, self._journal, self._session),
        ):
            watches: dict[str, SearchWatch] = {}
            spending = job.move.load.spending if job.move is not None else None
            meter = qdrant.meter = TokenMeter(self._journal, self._folder, spending)
            if spending is not None:
                qdrant.texts_at_once(spending.texts)
            for item in todo:
                self._steering.breathe()
                watch = self._search_watch(item.step, job, qdrant, watches)
                self._carry_out_step(item, job, qdrant, retrying, models, meter, watch)

    def _search_watch(
        self, step: Step, job: Job, qdrant: Qdrant, watches: dict[str, SearchWatch]
    ) -> SearchWatch | None:
        """Of the collection that is searched; None where that is not watched: by the plan, because
        there is no server, or because the step does not load it."""
        move = job.move
        if move is None or move.load.searches is None or not step.loads:
            return None
        if qdrant.capabilities.local:
            return None
        name = step.searched(move)
        if name not in watches:
            allowed = move.load.searches
            watches[name] = SearchWatch(qdrant, name, allowed, self._journal, self._steering)
        return watches[name]

    def _carry_out_step(
        self,
        item: Item,
        job: Job,
        qdrant: Qdrant,
        retrying: Retrying,
        models: Models,
        meter: TokenMeter,
        watch: SearchWatch | None,
    ) -> None:
        journal, title = self._journal, item.step.text(job.move).title
        self._at = item
        with journal.writing():
            journal.mark_step(item.n, "running")
            journal.enter("running")
            event = journal.event("step", f"{title}: begins.", {"step": item.n}, self._session)
        keep_copy(journal, self._folder)
        self._progress.begin(item.n, item.step.counts)
        context = Context(
            folder=self._folder,
            run_id=self._card.id,
            move=job.move,
            sides=job.sides,
            accepted=job.accepted,
            qdrant=qdrant,
            journal=journal,
            progress=self._progress,
            steering=self._steering,
            retrying=retrying,
            models=models,
            meter=meter,
            parent=event,
            watch=self._watch,
            fleet=job.fleet,
        )
        try:
            with watch.beside(event) if watch is not None else nullcontext():
                self._through_gates(item, context)
        finally:
            self._progress.end()
        retrying.answered()
        with journal.writing():
            mark_done(journal, item)
            journal.event("step", f"{title}: done.", {"step": item.n, "done": True}, event)

    def _through_gates(self, item: Item, context: Context) -> None:
        """A gate opens only to a consent that has all the gate asks for at this moment; a file
        written by hand may lack something, or come from before the verdict changed."""
        while True:
            try:
                return item.step.apply(context)
            except Waiting as waiting:
                if not self._opens(waiting.gate, context):
                    self._progress.put_off()
                    raise

    def _opens(self, gate: Gate, context: Context) -> bool:
        given = self._journal.unread_consent(gate.name)
        if given is None:
            return False
        number, answers = given
        if together := jointly(gate.name):
            gate = together.gate(gate, context.sisters())
        missing = gate.missing(answers)
        self._journal.judge_consent(number, not missing)
        if missing:
            self._missing = [said for said, _ in gate.before] or [ask.label for ask in missing]
            self._journal.event(
                "consent",
                f"The consent for {gate.name} is not enough. Still asked for: "
                f"{'; '.join(self._missing)}.",
                {"gate": gate.name},
                self._session,
            )
        return not missing

    # --- endings ------------------------------------------------------------------------------

    def _was(self, key: str) -> Any:
        return (self._journal.get("before") or {}).get(key)

    def _done(self, todo: list[Item]) -> Ending:
        last = todo[-1]
        if not last.extra:
            return Ending(DONE, "done", "Done.", {})
        kind = added_kind(name_of(last.step))
        state = kind.ends if kind is not None else ""
        if kind is not None and not state and not kind.planned:
            return self._before("Done.")
        state = state or "done"
        return Ending(DONE, state, f"{state.capitalize()}.", {"before": None})

    def _as_it_was(self, text: str) -> Ending:
        state = self._was("state")
        if not finished(state):
            return Ending(DONE, "done", "Done.", {})
        return Ending(DONE, state, text, {}, self._was("since"))

    def _before(self, text: str) -> Ending:
        """The run stands where it stood before a step was added, as one that leaves no state of
        its own does, and one that is not wanted."""
        before = self._journal.get("before") or {}
        values = {key: before.get(key) for key in ("gate", "error")}
        state = before.get("state") or "stopped"
        return Ending(DONE, state, text, values, before.get("since"))

    def _waiting(self, gate: Gate) -> Ending:
        if self._at is not None:
            self._journal.mark_step(self._at.n, " ")
        asked = {**gate.model_dump(mode="json"), "missing": self._missing}
        return Ending(WAITS, "waiting", f"Waiting for you: {gate.title}.", {"gate": asked})

    def _failed(self, error: QmmError) -> Ending:
        said = {"what": error.what, "why": error.why, "todo": error.todo}
        if error.question:
            said["question"] = error.question
        item = self._at
        if item is not None and item.extra and error.refusal:
            take_off(self._journal, item.n, name_of(item.step))
            before = self._journal.get("before") or {}
            values = {"error": said, "gate": before.get("gate")}
            return Ending(FAILED, before.get("state") or "stopped", str(error), values,
                          before.get("since"))  # fmt: skip
        if item is not None:
            self._journal.mark_step(item.n, "failed")
        return Ending(FAILED, "failed", str(error), {"error": said})
