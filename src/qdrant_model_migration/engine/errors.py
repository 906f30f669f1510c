"""What goes wrong with a run: its folder, its process, its journal, its report."""

from __future__ import annotations

from collections.abc import Iterable

from qdrant_model_migration.errors import QmmError, UsageError, disk_reason, meant
from qdrant_model_migration.shell import qmm


class NoSuchRun(UsageError):
    """There is no run of this name, or the folder is not a run's. known: those that are."""

    def __init__(self, name: str, where: str, known: Iterable[str] = ()) -> None:
        super().__init__(
            f"There is no run {name}.{meant(name, known)}",
            f"Runs are kept in {where}.",
            "qmm status lists them; --run-dir looks in another folder.",
        )


class PlanHasRun(UsageError):
    """This very plan was started before, by the run of that name."""

    def __init__(self, run: str, state: str, *, over: bool = False) -> None:
        self.run = run
        goes_on = "" if over else f"{qmm('resume', run)} goes on with it. "
        anew = qmm("plan", flags=("--from", run))
        super().__init__(
            f"This plan already has a run: {run}, {state}.",
            "A plan is carried out once, so that its run can be resumed and taken back.",
            f"{goes_on}To start over, make a new plan; this takes its answers over: {anew}",
        )


class CollectionHasRun(UsageError):
    """Another run, of that name, works on the collection, or waits to go on with it."""

    def __init__(self, run: str, collection: str, state: str) -> None:
        self.run = run
        super().__init__(
            f"Another run works on {collection}: {run}, {state}.",
            "Two runs on one collection would undo each other's work.",
            f"Go on with it ({qmm('resume', run)}), or give it up ({qmm('discard', run)}); "
            "then start this one.",
        )


class RunBusy(UsageError):
    """Another process carries out this run now."""

    def __init__(self, run: str) -> None:
        super().__init__(
            "This run is being written by another window.",
            f"The run {run} is going already, on this computer.",
            f"Watch it with {qmm('attach', run)}; steering works from every window.",
        )


class RunPaused(RunBusy):
    """A run that is to go on rests: its process is there and waits."""

    def __init__(self, run: str) -> None:
        super().__init__(run)
        QmmError.__init__(
            self,
            f"{run} is paused, not stopped.",
            "Its process waits for the end of the pause.",
            f"{qmm('continue', run)} goes on with it.",
        )


class RunStopping(RunBusy):
    """A run that is to go on is just being stopped."""

    def __init__(self, run: str) -> None:
        super().__init__(run)
        QmmError.__init__(
            self,
            f"{run} is being stopped.",
            "It finishes what is on its way first.",
            f"Wait until {qmm('status', run)} says that it is stopped, then resume.",
        )


class OtherStillGoing(RunBusy):
    """One that has switched together with a run is being carried out, and is to go back with it."""

    def __init__(self, collection: str, run: str) -> None:
        super().__init__(run)
        QmmError.__init__(
            self,
            f"{collection} cannot go back together with it now: its run is still going.",
            "Nothing was switched.",
            f"Stop {run} first ({qmm('attach', run)}), and say it again; or take this one back "
            "alone.",
        )


class RunNotGoing(UsageError):
    """A run was told to pause, continue, stop or change its speed while nobody carries it out."""

    def __init__(self, run: str, verb: str, state: str, *, over: bool) -> None:
        word = {"resume": "continue"}.get(verb, verb)
        super().__init__(
            f"{run} is not going ({state}), so there is nothing to {word}.",
            "",
            f"{qmm('report', run)} writes its report."
            if over
            else f"{qmm('resume', run)} goes on with it.",
        )


class RunIsOver(UsageError):
    """The run was rolled back or cleaned up; what is asked for would need what is gone."""

    def __init__(self, run: str, state: str) -> None:
        super().__init__(
            f"{run} is over: it was {state}.",
            "Its steps cannot be carried out once more.",
            "Make a new plan to start again.",
        )


class RunPlanChanged(QmmError):
    """plan.yaml in the run folder is not the one the run began with."""

    def __init__(self, run: str) -> None:
        super().__init__(
            f"The plan of {run} was changed after the run had begun.",
            "What is done already was done by the old plan; both together could mix two models.",
            "Put the old plan.yaml back and resume, or start a new run with the changed plan.",
        )


class EngineDidNotStart(QmmError):
    """The engine's process ended before it had the run open."""

    def __init__(self, run: str, log: str) -> None:
        super().__init__(
            f"The run {run} could not be started.",
            "The process that carries it out ended before it did anything.",
            f"Its last words are in {log}. Nothing was changed; resume tries again.",
        )


class StepBroke(QmmError):
    """A step ended with an error that this program does not know; the log has the details."""

    def __init__(self, title: str) -> None:
        super().__init__(
            f"{title}: the step ended with an error that this program does not know.",
            "The details are in engine.log in the run folder.",
            "Everything confirmed is kept. Resume tries the step again; if it ends the same way, "
            "please report it with engine.log.",
        )


class JournalDamaged(QmmError):
    """The journal of a run is not readable as one. copy: there is a second copy to go on from."""

    def __init__(self, path: str, *, copy: bool = False) -> None:
        super().__init__(
            "The notes of this run are damaged.",
            f"{path} cannot be read as a journal; the disk or another program changed it.",
            "Nothing is lost on the server. Resume goes on from the copy of the notes that was "
            "made when the last step began."
            if copy
            else "Put a backup of the file back and resume. Without one, nothing is lost on the "
            "server: the old collection is as it was, and a new plan starts again.",
        )


class JournalFromNewer(UsageError):
    """The journal was written by a newer version of this program."""

    def __init__(self, path: str) -> None:
        super().__init__(
            "This run was made by a newer version of qmm.",
            f"The journal {path} has a form that this version does not know.",
            "Use the newer version for it.",
        )


class JournalUnwritable(QmmError):
    """The journal cannot be read or written."""

    def __init__(self, path: str) -> None:
        super().__init__(
            "The notes of this run cannot be read or written.",
            f"This computer's disk or rights do not let {path} be used.",
            "Everything confirmed is kept on the server. Correct that, then resume.",
        )


class ReportNotWritten(QmmError):
    """The files of the report cannot be written; the run itself is not affected."""

    def __init__(self, run: str, cause: OSError) -> None:
        super().__init__(
            "The report cannot be written.",
            disk_reason(cause),
            f"The run itself is not affected. Correct that, then: {qmm('report', run)}",
        )


class ThrottleUnknown(UsageError):
    """A speed that means nothing. expected: what can be said."""

    def __init__(self, expected: str) -> None:
        super().__init__("This speed is not known.", expected, "The speed stays as it was.")
