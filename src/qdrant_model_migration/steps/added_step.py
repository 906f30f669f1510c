"""A step that a command of its own adds to a run afterwards, and all that faces say of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, NamedTuple, Protocol

from qdrant_model_migration.shell import qmm
from qdrant_model_migration.steps.refusal import Recall, Refusal
from qdrant_model_migration.steps.step import Step


class Known(Protocol):
    """A run as a face sees it. over: nothing can be added to it any more."""

    @property
    def run_id(self) -> str: ...
    @property
    def state(self) -> str: ...
    @property
    def live(self) -> bool: ...
    @property
    def finished(self) -> bool: ...
    @property
    def over(self) -> bool: ...
    @property
    def at_verdict(self) -> bool:
        """Whether it stands at a gate that opens by the verdict, or failed by it."""
        ...

    @property
    def facts(self) -> Mapping[str, Any]: ...
    @property
    def verdict(self) -> Mapping[str, Any] | None: ...


class Ending(NamedTuple):
    """A run in the state in which a step has left it.

    title: one sentence without its end. now: how things stand. happened, safe, todo: three facts
    for the list of runs. told: what the report tells. gone: the collection that was deleted. left:
    (key, sentence) for the list of what is left to do. given_up: its plan was not carried out.
    """

    title: str
    now: str
    happened: str
    safe: str = "Everything."
    todo: str = "Nothing."
    told: str = "The run is over. The report says what is left for you."
    gone: str = ""
    left: tuple[tuple[str, str], ...] = ()
    given_up: bool = False


class AddedStep(Step):
    """Its command is `qmm its_file`: the first line of the file is its line in `qmm --help`. Where
    the command takes more than flags of gates it is a file in commands/.

    order: where it stands among the others. manual: what `--help` of its command says, "" for that
    line. label: on buttons. does: completes its name, "discard to give the run up". about: a
    sentence for help. unfinished: whether it is for a run that has not ended, also while a gate
    waits; else it is for one that has. ends: the state that
    it leaves a run in, "" for the one before. final: nothing can be added after that.
    """

    planned: ClassVar[bool] = False
    order: ClassVar[int] = 50
    manual: ClassVar[str] = ""
    label: ClassVar[str]
    does: ClassVar[str]
    about: ClassVar[str] = ""
    unfinished: ClassVar[bool] = False
    ends: ClassVar[str] = ""
    final: ClassVar[bool] = False

    @classmethod
    def refused(cls, recall: Recall, run: str) -> Refusal | None:
        """Why it makes no sense after what the run named `run` has done; None where it does."""
        return None

    @classmethod
    def why_not(cls, run: Known) -> str:
        """Why it cannot be added now, in a few words; "" where it can."""
        if run.over or (cls.unfinished and run.finished):
            return f"it is {run.state}"
        if refusal := cls.refused(run.facts.get, run.run_id):
            return refusal.short
        return "stop it first" if cls.unfinished and run.live else ""

    @classmethod
    def listed(cls, run: Known) -> str:
        """The sentence with which it stands on the list of what is left to do; "": it does not."""
        return ""

    @classmethod
    def command(cls, run: Known) -> str:
        """The command that adds it."""
        return qmm(cls.name(), run.run_id)

    @classmethod
    def ending(cls, run: Known) -> Ending:
        """The run in the state `ends`."""
        said = cls.ends.capitalize()
        return Ending(said, f"The run is {cls.ends}.", f"The run was {cls.ends}.")
