"""`qmm`: the list of commands and what ends them. Each command is one file in commands/, or a
step that it adds to a run.

Nothing heavy is imported before a command is chosen, so that `qmm --help` answers at once.
"""

from __future__ import annotations

import importlib
import importlib.util
import re
import sys
from pathlib import Path
from typing import Any, NoReturn

import click

from qdrant_model_migration import __version__
from qdrant_model_migration.commands.line import line_options
from qdrant_model_migration.environment import RUN_DIR, URL
from qdrant_model_migration.errors import QmmError, WindowsUnsupported, meant
from qdrant_model_migration.exit_codes import FAILED, STOPPED

COMMANDS = {
    "demo": "Practise the whole trip on a built-in collection; no server, no download.",
    "explore": "Play through the questions on made-up facts; no server, nothing is changed.",
    "inspect": "Look at a collection; changes nothing.",
    "plan": "Decide how to migrate a collection and write plan.yaml; changes nothing.",
    "models": "List the embedding models, or fetch one.",
    "run": "Carry out a plan; stops at each gate until you consent.",
    "status": "List all runs, or show where one stands.",
    "attach": "Open a run in the wizard again, live.",
    "resume": "Go on with a run that waits, was stopped, interrupted or has failed.",
    "pause": "Let a run rest.",
    "continue": "End the pause of a run.",
    "report": "Write the report of a run again and show where it is.",
    "verify": "Judge a run anew, by other searches or another limit.",
}
HIDDEN = ("engine",)
STEPS = f"{__package__}.steps"
_ADDS = re.compile(r'"""`qmm (\w+)`: ([^"]+)')

EPILOG = """\b
Start here:
  qmm demo                 the whole trip on practice data
  qmm                      the wizard, on your own server
  qmm --plain              the same, one line at a time
\b
Without a screen:
  qmm inspect docs         then  qmm plan docs --answers answers.yaml
  qmm run plan.yaml        then  qmm resume RUN --cutover docs
\b
Exit codes:
  0 done   2 wrong call   3 waits at a gate   4 failed, nothing lost   130 stopped
\b
Environment:
  QDRANT_URL, QDRANT_API_KEY   the server and its key; the key is never written down
  SSL_CERT_FILE, QMM_CA        certificates to trust: in place of the public ones, beside them
  QMM_HEADERS                  NAME=VARIABLE,...: headers for a proxy; see --header
  QMM_RUN_DIR                  where runs are kept
"""


def added_commands() -> dict[str, str]:
    """The commands that add a step to a run, as the first lines of the steps' files tell them:
    importing the steps would take longer than `--help` may."""
    spec = importlib.util.find_spec(STEPS)
    found: dict[str, str] = {}
    for folder in (spec and spec.submodule_search_locations) or ():
        for path in sorted(Path(folder).glob("*.py")):
            with path.open(encoding="utf-8") as file:
                if line := _ADDS.match(file.readline()):
                    found[line[1]] = line[2].strip()
    return found


def commands() -> dict[str, str]:
    """All that `--help` lists, with what each does."""
    return {**COMMANDS, **added_commands()}


class Commands(click.Group):
    """Loads a command when it is called; `--help` loads none."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(commands())

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name in (*COMMANDS, *HIDDEN):
            module = importlib.import_module(f"{__package__}.commands.{cmd_name}")
            command: click.Command = module.command
            return command
        if (line := added_commands().get(cmd_name)) is None:
            return None
        from qdrant_model_migration.commands.added import command_for

        return command_for(cmd_name, line)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0] if args else ""
        if self.get_command(ctx, name) is None:
            hint = meant(name, commands()) or " qmm --help lists them."
            ctx.fail(f"There is no command {name}.{hint}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(commands().items()))


@click.group(
    cls=Commands,
    invoke_without_command=True,
    epilog=EPILOG,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name="qmm")
@click.option("--plain", is_flag=True, help="Ask one line at a time; no boxes, no colour.")
@click.option(
    "--ascii", "ascii_signs", is_flag=True, help="Plain signs instead of lines and ticks."
)
@click.option("--url", envvar=URL, help="Address of the server.", metavar="URL")
@click.option("--answers", type=click.Path(), help="Answers saved before.", metavar="FILE")
@click.option("--run-dir", envvar=RUN_DIR, help="Where runs are kept.", metavar="DIR")
@click.pass_context
@line_options
def qmm(
    ctx: click.Context,
    plain: bool,
    ascii_signs: bool,
    url: str | None,
    answers: str | None,
    run_dir: str | None,
) -> None:
    """Change the embedding model of a Qdrant collection: survey, plan, run, verify, switch, undo.

    Without a command the wizard opens.
    """
    from qdrant_model_migration.commands.startup import prepare

    prepare(run_dir)
    if ctx.invoked_subcommand is None:
        from qdrant_model_migration.commands.wizard import wizard

        ctx.exit(wizard(plain=plain, ascii_signs=ascii_signs, url=url, answers=answers))
    ctx.obj = {"plain": plain, "ascii": ascii_signs}


def main() -> NoReturn:
    """Run `qmm` and exit; an error is printed in words, its details go to the log."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """The exit code of `qmm` with these arguments."""
    if sys.platform == "win32":  # before any command is imported: theirs fail there
        show_error(WindowsUnsupported())
        return WindowsUnsupported.exit_code
    try:
        result: Any = qmm.main(arguments, prog_name="qmm", standalone_mode=False)
    except click.exceptions.Exit as ended:
        return ended.exit_code
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("\nStopped. Nothing was changed by this command after that.", err=True)
        return STOPPED
    except QmmError as error:
        show_error(error)
        return error.exit_code
    except Exception as error:  # noqa: BLE001 - the last door: a person never meets a traceback
        from qdrant_model_migration.commands.startup import keep_details

        where = keep_details(error)
        click.echo(f"Something unexpected happened. The details are in {where}.", err=True)
        click.echo("A run is not affected: qmm status shows where it stands.", err=True)
        return FAILED
    return result if isinstance(result, int) else 0


def show_error(error: QmmError) -> None:
    """What happened, why, what to do next: a line each, on stderr."""
    for part in (error.what, error.why, error.todo):
        if part:
            click.echo(part, err=True)
