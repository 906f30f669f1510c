"""A thread of the engine that reads control files, keeps the journal's pulse and shows progress."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

from qdrant_model_migration.engine import control
from qdrant_model_migration.engine.activity import stop_takes
from qdrant_model_migration.engine.engine_log import log
from qdrant_model_migration.engine.journal import Journal
from qdrant_model_migration.engine.progress import Progress
from qdrant_model_migration.engine.stamps import now
from qdrant_model_migration.engine.steering import Steering
from qdrant_model_migration.errors import QmmError

POLL = 0.1  # seconds between two readings of control/
PULSE = 2.0  # seconds between two signs of life in the journal


def take_consents(journal: Journal, note: control.Wish) -> None:
    """Move a consent into the journal; the file goes only after the journal has it for good."""
    gate = note.data["gate"]
    if journal.add_consent(gate, note.data.get("answers", {}), note.source):
        journal.event("consent", f"Consent was given for: {gate}.", {"gate": gate}, None)
    control.settle(note)


def clear_up(folder: Path, journal: Journal) -> None:
    """Before the work starts: consents and throttle count, older wishes to stop or pause do not."""
    for note in control.read(folder, settled=True):
        if isinstance(note, control.Unreadable):
            refuse(folder, journal, note)
        elif note.verb == "consent":
            take_consents(journal, note)
        elif note.verb == "throttle":
            journal.set(throttle=note.data)
            control.settle(note)
        else:
            control.settle(note)
            journal.event(
                "control",
                f"An older {note.verb} was not carried out: the run was not going then.",
                {},
                None,
            )


def refuse(folder: Path, journal: Journal, note: control.Unreadable) -> None:
    """Say that a control file cannot be used, and move it aside."""
    control.set_aside(folder, note)
    journal.event(
        "control",
        f"The control file {note.path.name} was not used: {note.why}. "
        f"It lies in {control.FOLDER}/{control.ASIDE}.",
        {},
        None,
    )


class ControlLoop:
    """Runs from `start` to `close`. Wishes are carried out in the order in which they were made."""

    def __init__(
        self,
        folder: Path,
        journal: Journal,
        steering: Steering,
        progress: Progress,
        signalled: Callable[[], bool] = lambda: False,
    ) -> None:
        self._folder, self._journal, self._steering = folder, journal, steering
        self._progress, self._signalled = progress, signalled
        self._over = threading.Event()
        self._stopping = False
        self._pulse = time.monotonic()
        self._thread = threading.Thread(target=self._live, name="qmm-control", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        self._over.set()
        if self._thread.is_alive():
            self._thread.join()

    def _live(self) -> None:
        troubled = ""
        while not self._over.wait(POLL):
            try:
                self.poll()
            except QmmError as error:
                self._steering.break_down(error)
                return
            except Exception as error:  # noqa: BLE001 - a run that nobody can stop would be worse
                if str(error) != troubled:
                    log.error("control files cannot be looked at", exc_info=error)
                troubled = str(error)

    def poll(self) -> None:
        """Once: wishes, signals, held-back progress, pulse."""
        for note in control.read(self._folder):
            if isinstance(note, control.Unreadable):
                refuse(self._folder, self._journal, note)
            else:
                self._carry_out(note)
        if (self._signalled() or self._steering.stop.is_set()) and not self._stopping:
            self._stop()
        self._progress.flush()
        if time.monotonic() - self._pulse >= PULSE:
            self._pulse = time.monotonic()
            self._journal.set(forced=False, heard=now(), stop_within=self._steering.stop_within)
            if not self._steering.paused:
                self._progress.sample()

    def _carry_out(self, wish: control.Wish) -> None:
        if wish.verb == "consent":
            take_consents(self._journal, wish)
            return
        if wish.verb == "stop":
            self._stop()
        elif wish.verb == "throttle":
            self._steering.ask_throttle(wish.data)
            self._say(_pace(wish))
            self._journal.set(throttle=wish.data or None)
        elif wish.verb == "pause" and (self._steering.held or not self._steering.paused):
            self._steering.ask_pause()
            self._say("Pause: what is on its way is finished first.")
        elif wish.verb == "resume" and self._steering.held:
            self._overrule_searches()
        elif wish.verb == "resume" and self._steering.paused:
            self._steering.ask_resume()
            self._say("Going on.")
        control.settle(wish)

    def _overrule_searches(self) -> None:
        throttle = {**(self._journal.get("throttle") or {}), "searches": False}
        self._steering.ask_throttle(throttle)
        self._steering.ask_resume()
        self._say("Going on. Slow searches count again when a speed is chosen.")
        self._journal.set(throttle=throttle)

    def _stop(self) -> None:
        if not self._stopping:
            self._stopping = True
            takes = stop_takes(self._steering.stop_within)
            self._say(f"Stopping: what is on its way is finished, {takes}.")
            self._journal.enter("stopping")
        self._steering.ask_stop()

    def _say(self, text: str) -> None:
        self._journal.event("control", text, {}, None)


def _pace(wish: control.Wish) -> str:
    said = f"Speed: {wish.data.get('pace', 'as planned')}."
    if "per_second" in wish.data:
        said = f"Speed: at most {wish.data['per_second']:g} points per second."
    uncounted = wish.data.get("searches") is False
    return f"{said} Slow searches do not count." if uncounted else said
