"""The engine as a real process with fake steps: python -m support.engine_process FOLDER.

What the steps are comes from the environment variable FAKE_JOB. KILL_AT=N ends the process with
SIGKILL at the N-th call that its main thread makes or returns from, C functions included.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from types import FrameType

from qdrant_model_migration.engine import run_here
from qdrant_model_migration.errors import QmmError
from qdrant_model_migration.steps import Step, StepContext
from support.fake_run import DEEDS, AskFirst, Fake, Fill, job

CALLS = 0


def forever(ctx: StepContext) -> None:
    ctx.say("note", "The session of this process.", sid=os.getsid(0))
    done = 0
    while True:
        ctx.breathe()
        done += 1
        ctx.progress(done, None)
        ctx.rest(0.005)


def loud(ctx: StepContext) -> None:
    """Says the key wherever a step can say anything."""
    key = os.environ["QDRANT_API_KEY"]
    ctx.say("note", f"the key is {key}", key=key, inside=[{"key": key}])
    print(f"printed {len(key)} characters", flush=True)
    raise QmmError(f"refused {key}", f"because of {key}", f"use {key}")


def broken(ctx: StepContext) -> None:
    raise RuntimeError(f"header {os.environ['QDRANT_API_KEY']!r} is not allowed")


DEEDS.update(forever=forever, loud=loud, broken=broken)
JOBS: dict[str, tuple[Step, ...]] = {
    "fill": (Fill(step="fill"), Fake(step="index"), Fake(step="verify")),
    "gate": (Fill(), AskFirst()),
    "forever": (Fake(step="backfill", does="forever"),),
    "loud": (Fake(step="check", does="loud"),),
    "broken": (Fake(step="check", does="broken"),),
}


def main() -> int:
    folder = Path(sys.argv[1])
    extra = sys.argv[3] if "--extra" in sys.argv else None
    kill_at = int(os.environ.get("KILL_AT", "0"))

    def count(frame: FrameType, event: str, argument: object) -> None:
        global CALLS
        CALLS += 1
        if kill_at == CALLS:
            os.kill(os.getpid(), signal.SIGKILL)

    # A test run in the background ignores Ctrl+C, and its children inherit that.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    steps = JOBS[os.environ["FAKE_JOB"]]
    if kill_at:  # opened beforehand, so that the kills fall into the work and not into imports
        import filelock  # noqa: F401
        import jinja2  # noqa: F401

        sys.setprofile(count)
    try:
        return run_here(folder, extra=extra, job_of=job(*steps))
    except QmmError as error:
        sys.setprofile(None)
        print(error, file=sys.stderr)
        return error.exit_code
    finally:
        sys.setprofile(None)


if __name__ == "__main__":
    sys.exit(main())
