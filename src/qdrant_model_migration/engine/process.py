"""The engine as a process: begin it, so that it outlives its window; steer it; be it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qdrant_model_migration.engine import control, engine_log, lock
from qdrant_model_migration.engine.errors import (
    EngineDidNotStart,
    OtherStillGoing,
    RunBusy,
    RunIsOver,
    RunNotGoing,
    RunPaused,
    RunStopping,
    ThrottleUnknown,
)
from qdrant_model_migration.engine.one_run import refuse_beside_another
from qdrant_model_migration.engine.run_folder import PLAN, read_card
from qdrant_model_migration.engine.sister_runs import consent_of, in_folder
from qdrant_model_migration.engine.states import GOING, NOTHING, finished, is_over
from qdrant_model_migration.engine.watch import Watch, view
from qdrant_model_migration.environment import KEY
from qdrant_model_migration.errors import QmmError, RunFolderUnusable
from qdrant_model_migration.redaction import keep_secrets_of

if TYPE_CHECKING:
    from qdrant_model_migration.embedders import ModelRef
    from qdrant_model_migration.engine.job import Job
    from qdrant_model_migration.engine.sidecar import Sidecar

PATIENCE = 60.0  # seconds for a process to begin: opening large libraries on a busy computer
ENDING = 10.0  # seconds for an engine that has said its last word to let go of the run


def engine_command(
    folder: Path, extra: str | None, given: Mapping[str, Any] | None = None
) -> list[str]:
    """The command line of the engine. It holds no secret: anyone on the computer can read it."""
    command = [sys.executable, "-m", "qdrant_model_migration", "engine", str(folder)]
    command += ["--extra", extra] if extra else []
    return command + (["--given", json.dumps(given)] if given is not None else [])


def start(
    folder: Path,
    env: Mapping[str, str] | None = None,
    *,
    extra: str | None = None,
    given: Mapping[str, Any] | None = None,
) -> None:
    """Begin or resume a run in a process of its own; returns when that has the run open.

    env is added to the environment: the keys that are sent to the server go there and nowhere else
    (QDRANT_API_KEY, those of providers that it asks for vectors, headers). Those of our environment
    are not passed on: the run's may be another server. Of the keys that go to other services, those
    of this run's models are passed on, and no others.
    extra: a step to add, of steps.added_kinds; given: its parameters. Those that switch together
    with it and have a consent, too, are begun with it; what they end with, their runs tell. Raises
    RunBusy, RunIsOver, EngineDidNotStart, RunFolderUnusable, NoSuchRun, CollectionHasRun.
    """
    with ExitStack() as stack:
        opened = stack.enter_context(_begun(folder, env, extra, given))
        others = []
        for other, step in _consented(folder):
            if step is not None and extra not in (None, step):
                continue  # a consent to something else, which is not what was asked for now
            with suppress(QmmError):
                others.append(stack.enter_context(_begun(other, env, step, None)))
        opened()
        for wait in others:
            with suppress(QmmError):
                wait()


@contextmanager
def _begun(
    folder: Path,
    env: Mapping[str, str] | None,
    extra: str | None,
    given: Mapping[str, Any] | None,
) -> Iterator[Callable[[], None]]:
    """An engine that was launched; what is given waits until it has the run open."""
    with closing(Watch(folder, events=0, alone=True)) as watch:
        before = watch.look()
        if before.live and before.state in GOING:
            refusal = {"paused": RunPaused, "stopping": RunStopping}.get(before.state, RunBusy)
            raise refusal(folder.name)
        if is_over(before.state, extra):
            raise RunIsOver(folder.name, before.state)
        refuse_beside_another(folder)
        process = _launch(folder, {**_ours(folder, given), **(env or {})}, extra, given)
        patience = time.monotonic() + PATIENCE

        def opened() -> None:
            while watch.look().session == before.session:
                if process.poll() is not None and watch.look().session == before.session:
                    raise EngineDidNotStart(folder.name, str(folder / engine_log.FILE))
                if time.monotonic() > patience:
                    process.terminate()
                    raise EngineDidNotStart(folder.name, str(folder / engine_log.FILE))
                time.sleep(0.03)

        yield opened


def _consented(folder: Path) -> list[tuple[Path, str | None]]:
    """Those that switch together with a run, and have the same consent, not used yet: the folder of
    each, and the step that the consent adds. One that is carried out refuses to be begun."""
    if not read_card(folder).together:
        return []
    from qdrant_model_migration.steps import adds

    found, seen = [], view(folder, events=0)
    given = consent_of(seen)
    for one in seen.with_it:
        if given and one.consent == given:
            kind = adds(one.consent)
            found.append((in_folder(folder, one), kind.name() if kind is not None else None))
    return found


def _ours(folder: Path, given: Mapping[str, Any] | None) -> dict[str, str]:
    """Our environment without the secrets that the models of this run do not need."""
    from qdrant_model_migration.embedders import kinds, models_in, secrets_of
    from qdrant_model_migration.qdrant import header_variables

    named = (*models_in(given), *models_of_run(folder))
    every = {secret for kind in kinds().values() for secret in kind.secrets}
    withheld = {KEY, *header_variables(), *every} - secrets_of(named)
    return {name: value for name, value in os.environ.items() if name not in withheld}


def models_of_run(folder: Path) -> tuple[ModelRef, ...]:
    """Those that its plan names; none where it cannot be read, of which the engine complains."""
    from qdrant_model_migration.embedders import models_in
    from qdrant_model_migration.plan import load_plan

    with suppress(QmmError):
        return tuple(models_in(load_plan(folder / PLAN)))
    return ()


def take_back(folder: Path, env: Mapping[str, str] | None = None) -> None:
    """Take off a step that was added and not confirmed: the run stands where it stood before.

    Returns when that is written down. Raises as `start` does.
    """
    start(folder, env, extra=NOTHING)
    with closing(Watch(folder, events=0)) as watch:
        while watch.look().live:
            time.sleep(0.03)


def _launch(
    folder: Path, env: Mapping[str, str], extra: str | None, given: Mapping[str, Any] | None
) -> subprocess.Popen[bytes]:
    """No terminal, no input, a session of its own: it survives the window and the login."""
    path = folder / engine_log.FILE
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise RunFolderUnusable(str(folder), "written to", error) from error
    try:
        process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            engine_command(folder, extra, given),
            env=dict(env),
            stdin=subprocess.DEVNULL,
            stdout=handle,
            stderr=handle,
            start_new_session=True,
        )
    except OSError as error:
        raise EngineDidNotStart(folder.name, str(path)) from error
    finally:
        os.close(handle)
    # Whoever started it reaps it, so that no dead entry is left in the list of processes.
    threading.Thread(target=process.wait, name="qmm-reaper", daemon=True).start()
    return process


def steer(folder: Path, verb: str, **data: Any) -> None:
    """Tell a running engine to "pause", "resume", "stop" or "throttle".

    throttle takes pace="gently" | "normally" | "fast", or per_second=N points; nothing: as planned.
    searches=False: slow test searches do not slow it down.
    Raises RunNotGoing where nobody carries the run out, ThrottleUnknown, RunFolderUnusable.
    """
    if verb not in control.WISHES or verb == "consent":
        raise ValueError(f"{verb} is not a way to steer")
    if verb == "throttle" and (wrong := control.wrong_throttle(data)):
        raise ThrottleUnknown(wrong)
    found = view(folder, events=0)
    if not found.live and verb != "throttle":
        raise RunNotGoing(folder.name, verb, found.state, over=finished(found.state))
    control.send(folder, verb, data)


def give_consent(folder: Path, gate: str, answers: Mapping[str, str]) -> None:
    """Lay a consent into the run folder. It counts when the run comes to that gate; a run that
    waits there goes on when it is started. One that is of several collections is laid into the
    folders of all of them; raises OtherStillGoing, with none laid, where one that is to go back
    with it is being carried out."""
    for other, theirs in _theirs(folder, gate, answers).items():
        control.send(other, "consent", {"gate": gate, "answers": theirs})
    control.send(folder, "consent", {"gate": gate, "answers": dict(answers)})


def _theirs(folder: Path, gate: str, answers: Mapping[str, str]) -> dict[Path, dict[str, str]]:
    """The consents of those that switch together with a run; none where this one is not enough."""
    if not (card := read_card(folder)).together:
        return {}
    from qdrant_model_migration.steps import jointly
    from qdrant_model_migration.steps.gate import Gate

    seen, together = view(folder, events=0), jointly(gate)
    if together is None or seen.gate is None or seen.gate["name"] != gate:
        return {}
    asked = Gate.model_validate(seen.gate)
    if asked.missing(answers):
        return {}
    others = together.others(card.collection, asked, answers, seen.with_it)
    for one in seen.with_it:
        back = one.run in others and one.goes_back
        if back and one.live and view(in_folder(folder, one), events=0).state in GOING:
            raise OtherStillGoing(one.collection, one.run)
    return {
        folder.parent / run: _asked(folder.parent / run, given) for run, given in others.items()
    }


def _asked(folder: Path, given: Mapping[str, str]) -> dict[str, str]:
    """As much of it as that run asks for; all of it where it does not wait yet."""
    asks = (view(folder, events=0).gate or {}).get("asks")
    keys = given.keys() if asks is None else {ask["key"] for ask in asks}
    return {key: text for key, text in given.items() if key in keys}


def run_here(
    folder: Path,
    sidecar: Sidecar | None = None,
    *,
    extra: str | None = None,
    given: Mapping[str, Any] | None = None,
    stop: threading.Event | None = None,
    job_of: Callable[[Path], Job] | None = None,
    onward: bool = False,
) -> int:
    """Be the engine of this run until it ends, waits, fails or is stopped; returns the exit code
    (0, 3, 4, 130), which the journal explains.

    sidecar: see sidecar.py. stop: set it to stop cleanly. onward: where it stands at its cutover,
    the next of those that switch together with it is begun. Raises QmmError, with nothing changed,
    where the run cannot be opened: RunBusy, RunIsOver, NoSuchRun, RunFolderUnusable,
    CollectionHasRun, JournalDamaged; DiskFull and JournalUnwritable also later.
    """
    from qdrant_model_migration.embedders import kinds
    from qdrant_model_migration.engine.backup import open_journal
    from qdrant_model_migration.engine.job import job_of as from_plan
    from qdrant_model_migration.engine.runner import Runner
    from qdrant_model_migration.engine.signals import Signals

    read_card(folder)
    kinds()  # which name the variables with their secrets
    keep_secrets_of(os.environ)
    signals = Signals()
    with lock.held(folder, patience=_patience(folder)), engine_log.logging_to(folder):
        try:
            refuse_beside_another(folder)
            with (
                closing(open_journal(folder)) as journal,
                signals.caught(),
            ):
                code = Runner(
                    folder,
                    journal,
                    job_of or from_plan,
                    sidecar=sidecar,
                    extra=extra,
                    given=given,
                    stop=stop or threading.Event(),
                    signals=signals,
                ).run()
            if onward:
                _begin_next(folder)
            return code
        except QmmError as error:
            engine_log.log.error("%s", error)
            raise


def _begin_next(folder: Path) -> None:
    """Begin the next of those that switch together with a run, which stands at its cutover: one
    after another, and each is told by the one before it, so that no window has to stay open. This
    engine ends when that one has its run open; it gets the same keys."""
    from qdrant_model_migration.qdrant import headers_for_engine

    seen = view(folder, events=0)
    waiting = [one for one in seen.with_it if one.run and not one.begun]
    if not (waiting and seen.state == "waiting" and seen.at_switch):
        return
    if any(one.live for one in seen.with_it):
        return  # it begins the next one when it is there
    key = {KEY: os.environ[KEY]} if KEY in os.environ else {}
    try:
        start(in_folder(folder, waiting[0]), {**headers_for_engine(), **key})
    except QmmError as error:  # its gate says which ones were not begun, and how that is done
        engine_log.log.error("%s was not begun: %s", waiting[0].collection, error)


def _patience(folder: Path) -> float:
    """An engine that has written how it ended is about to let go; one at work is not."""
    return 1.0 if view(folder, events=0).state in GOING else ENDING
