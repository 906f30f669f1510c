"""The runs of the collections that switch at the same moment, found in the folder of runs.

Each has a plan, a folder and an engine of its own; they know of each other by what each has written
down. The newest that belongs to it counts, but for one that was given up.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from qdrant_model_migration.engine import control
from qdrant_model_migration.engine.run_folder import Card, read_card, run_folders
from qdrant_model_migration.engine.stamps import local, parse
from qdrant_model_migration.engine.states import GOING, finished, is_over
from qdrant_model_migration.errors import QmmError
from qdrant_model_migration.shell import qmm

if TYPE_CHECKING:
    from qdrant_model_migration.engine.run_view import RunView
    from qdrant_model_migration.steps.sisters import Level, Sister

LEVEL = "level"
"""The fact of a run that its two sides are level: since when, in which `session`, and whether that
`stays`."""


class Looks(Protocol):
    """Looks at one run again and again."""

    def look(self) -> RunView: ...
    def close(self) -> None: ...


class SisterRuns:
    """Those of the run in `folder`. watch: opens a look at a run, which looks at no others."""

    def __init__(self, folder: Path, card: Card, watch: Callable[[Path], Looks]) -> None:
        self._folder, self._card, self._watch = folder, card, watch
        self._open: dict[Path, Looks] = {}
        self._listed: tuple[object, dict[str, list[Path]]] = (None, {})

    def close(self) -> None:
        for one in self._open.values():
            one.close()
        self._open.clear()

    def look(self) -> tuple[Sister, ...]:
        """How each stands now; equal as long as nothing has changed."""
        return tuple(self._look_at(name) for name in self._card.together)

    def _look_at(self, collection: str) -> Sister:
        given_up = False
        for folder in self._runs().get(collection, ()):
            with suppress(QmmError):  # taken away this very moment
                found = self._view(folder)
                if self._went_with_another(found):
                    break
                if self._goes_with_a_later_one(found):
                    continue
                if found.state != "discarded":
                    return _told(collection, found, self._folder)
                given_up = True
        return _told(collection, None, self._folder, given_up=given_up)

    def _went_with_another(self, run: RunView) -> bool:
        """Whether it switched together with an earlier run of this collection, so that it says
        nothing of this one: the same collections go to the same models a second time."""
        return self._switched_without(run, self._card)

    def _goes_with_a_later_one(self, run: RunView) -> bool:
        """Whether it was made after this one had switched, together with an earlier run of that
        collection: the same collections go a second time, and this one went the first."""
        return self._switched_without(self._view(self._folder), run.card)

    def _switched_without(self, run: RunView, later: Card) -> bool:
        """Whether a run had switched when this card was made, and with it another one of the card's
        collection."""
        at = (run.facts.get("switched") or {}).get("at")
        if not at or parse(later.created) <= parse(at):
            return False
        for folder in self._runs().get(later.collection, ()):
            with suppress(QmmError):
                mate = self._view(folder)
                if parse(mate.card.created) <= parse(at):
                    return bool(mate.facts.get("switched"))
        return False

    def _view(self, folder: Path) -> RunView:
        if folder not in self._open:
            self._open[folder] = self._watch(folder)
        return self._open[folder].look()

    def _runs(self) -> dict[str, list[Path]]:
        """By collection, the newest first; read anew where a run was made or taken away."""
        runs, mine = self._folder.parent, self._card
        with suppress(OSError, QmmError):
            changed = runs.stat().st_mtime_ns
            if self._listed[0] != changed:
                found: dict[str, list[tuple[str, Path]]] = {}
                for folder in run_folders(runs):
                    with suppress(QmmError):
                        card = read_card(folder)
                        if folder != self._folder and _belongs(card, mine):
                            found.setdefault(card.collection, []).append((card.created, folder))
                newest = {
                    name: [folder for _, folder in sorted(ones, reverse=True)]
                    for name, ones in found.items()
                }
                self._listed = (changed, newest)
        return self._listed[1]


def _belongs(card: Card, mine: Card) -> bool:
    """Whether they name the same collections, on the same server, and search by the same models
    then. A run that was planned alone, or for another model, is none of these."""
    return (card.server, card.models) == (mine.server, mine.models) and {
        card.collection,
        *card.together,
    } == {mine.collection, *mine.together}


def _told(collection: str, run: RunView | None, mine: Path, *, given_up: bool = False) -> Sister:
    from qdrant_model_migration.steps.gate import Gate
    from qdrant_model_migration.steps.sisters import Sister
    from qdrant_model_migration.steps.switch import UNDER_WAY

    if run is None:
        again = qmm("plan", collection, flags=("--from", mine.name, "--together"))
        said = (
            "its run was given up: make another"
            if given_up
            else "no run yet: run its plan, or make one"
        )
        return Sister(collection, "none", said, todo=again)
    switched, verdict = run.facts.get("switched") or {}, (run.verdict or {}).get("word", "")
    one = Sister(
        collection,
        "before",
        _on_the_way(run),
        run=run.run_id,
        todo=_brings_on(run),
        verdict=verdict,
        back=switched.get("back", ""),
        live=run.live,
        consent=consent_of(run),
        level=_level(run),
        begun=not _not_begun(run),
    )
    if not switched and (begun := run.facts.get(UNDER_WAY)):
        one = one._replace(back=begun["back"], says=f"{one.says}; it may have switched")
    if switched:
        at = f" {local(switched['at']):%H:%M:%S}" if switched.get("at") else ""
        if is_over(run.state, "rollback"):
            gone = f"switched{at}, {run.state}: there is no way back"
            return one._replace(stands="switched", says=gone, back="")
        return one._replace(stands="switched", says=f"switched{at}")
    if finished(run.state):
        return one._replace(stands="over", says=f"it was {run.state}")
    if run.state == "waiting" and run.at_switch:
        reason = "" if verdict == "GO" else f", {(run.verdict or {}).get('reason', '')}"
        said = f"ready, {verdict or 'not verified'}{reason}"
        return one._replace(stands="there", says=said, gate=Gate.model_validate(run.gate))
    if run.live and run.at_switch and one.consent:
        return one._replace(stands="there", says="switching now")
    return one


def _on_the_way(run: RunView) -> str:
    """How a run stands that is not at its cutover."""
    if _not_begun(run):
        return "not begun yet"
    if run.state == "waiting" and run.gate:
        return f"it waits: {run.gate['title']}"
    if run.state == "failed" and run.error:
        return f"failed, {run.error['what'].rstrip('.')}"
    step = run.steps[run.step] if run.step is not None and run.steps else None
    percent = f", {step.percent} %" if step is not None and step.percent is not None else ""
    at = f" at {step.title}{percent}" if step is not None else ""
    return f"{run.state}{at}"


def _not_begun(run: RunView) -> bool:
    return not run.session and not run.live


def _brings_on(run: RunView) -> str:
    if _not_begun(run):
        return qmm("resume", run.run_id)
    if run.state == "paused":
        return qmm("continue", run.run_id)
    if run.state in GOING:
        return qmm("attach", run.run_id)
    if run.state == "failed" and run.at_verdict:  # resuming leads to the same verdict
        return str(run.facts.get("judge_again") or qmm("status", run.run_id))
    if finished(run.state):
        return qmm("plan", run.card.collection, flags=("--from", run.run_id, "--together"))
    return qmm("resume", run.run_id)


def _level(run: RunView) -> Level | None:
    """As long as the session lasts that said so, and is not told to rest; or for good."""
    from qdrant_model_migration.steps.sisters import Level

    told: dict[str, Any] = run.facts.get(LEVEL) or {}
    now = run.live and run.state == "running" and told.get("session") == run.session
    return Level(told["at"], told["again"]) if told.get("stays") or (told and now) else None


def consent_of(run: RunView) -> str:
    """The gate that it has a consent to, used by nobody yet: in its notes, or on its way there."""
    from qdrant_model_migration.steps import jointly

    notes = [one.gate for one in run.consents if one.spent is None and one.fits is not False]
    for wish in control.read(run.folder, settled=True):
        if isinstance(wish, control.Wish) and wish.verb == "consent":
            notes.append(str(wish.data["gate"]))
    return next((gate for gate in reversed(notes) if jointly(gate)), "")


def in_folder(folder: Path, sister: Sister) -> Path:
    """The folder of her run."""
    return folder.parent / sister.run
