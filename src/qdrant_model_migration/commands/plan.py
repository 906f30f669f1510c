"""`qmm plan`: decide without a screen and write the plan down."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from qdrant_model_migration import words
from qdrant_model_migration.commands.connecting import (
    connect,
    old_model_option,
    server_flags,
    server_options,
    surveyed,
)
from qdrant_model_migration.errors import UsageError
from qdrant_model_migration.shell import qmm

if TYPE_CHECKING:
    from qdrant_model_migration.advice import Advice, ModelChoice
    from qdrant_model_migration.embedders import ModelRef, Pooling
    from qdrant_model_migration.pages.session import Session
    from qdrant_model_migration.pipeline.speed import Speed
    from qdrant_model_migration.plan import Plan
    from qdrant_model_migration.qdrant import Qdrant
    from qdrant_model_migration.strategies import Strategy
    from qdrant_model_migration.survey import Survey


PLAN_FILE, PLANS_FOLDER = Path("plan.yaml"), Path("plans")


class Made(NamedTuple):
    """A plan that was decided, and what it came of."""

    plan: Plan
    survey: Survey
    answers: dict[str, Any]
    advice: Advice
    chosen: Strategy


class _Deciding:
    """What was given on the command line, made into a plan of a collection. The speed of a model is
    tried once, with the texts of the first one.

    wanted: whether its speed is to be tried; None: where it costs nobody anything.
    """

    def __init__(
        self,
        given: dict[str, Any],
        base: Plan | None,
        named: Strategy | None,
        accept: Sequence[str],
        wanted: bool | None,
        old_model: str | None,
    ) -> None:
        self.given, self._base, self._named = given, base, named
        self._accept, self._wanted, self._old_model = accept, wanted, old_model
        self._speeds: dict[str, Speed | None] = {}

    def of(
        self,
        qdrant: Qdrant,
        name: str,
        taken: Sequence[str] | None = None,
        together: Sequence[str] = (),
        more: Mapping[str, Any] | None = None,
    ) -> Made:
        """Says the answers. taken: names of collections that other plans will make, where there are
        others; then nothing is said, and only those warnings are acknowledged that it has.
        together: the collections that switch at the same moment. more: answers that follow from the
        plans of those before."""
        from qdrant_model_migration.advice import advise, try_size
        from qdrant_model_migration.advice.make_plan import make_plan
        from qdrant_model_migration.commands.settings import short_forms
        from qdrant_model_migration.embedders import model_choices
        from qdrant_model_migration.plan import acknowledge
        from qdrant_model_migration.strategies.answered.model import chosen_model
        from qdrant_model_migration.strategies.answered.products import sisters_there

        given = {**self.given, **(more or {})}
        found = surveyed(
            qdrant,
            name,
            text_field=_text_field(given),
            old_model=self._old_model,
            known_before=self._known_before(qdrant, name),
        )
        if taken:
            found = found.model_copy(update={"others": (*found.others, *taken)})
        if sisters_there(found):  # asked for by an option here, and not taken for granted
            given = {"together": "yes" if together else "alone", **given}
        if (meant := chosen_model(given)) is not None:
            given = {**given, **short_forms(None, try_size(qdrant, found, meant))}
        complete = _complete(found, given, model_choices())
        advice = advise(found, complete)
        if taken is None:
            _say_answers(advice, given)
        chosen = self._named or _as_before(self._base, advice) or _recommended(advice)
        speed = self._speed(qdrant, found, complete, chosen)
        plan = make_plan(found, complete, chosen, speed=speed, together=together or None)
        accept = [w for w in self._accept if taken is None or w in plan.must_accept]
        return Made(acknowledge(plan, accept), found, complete, advice, chosen)

    def _known_before(self, qdrant: Qdrant, name: str) -> Mapping[str, ModelRef]:
        """The old models that the other plan knew, by the names of their vectors, where it is of
        this collection or of one that goes with it."""
        from qdrant_model_migration.qdrant.errors import CollectionMissing

        base = self._base
        if base is None or base.before is None:
            return {}
        with suppress(CollectionMissing):  # the survey says so, with a name like it
            if qdrant.resolve(name) in (base.collection, *base.together):
                return base.before.by_vector
        return {}

    def _speed(
        self, qdrant: Qdrant, found: Survey, complete: dict[str, Any], chosen: Strategy
    ) -> Speed | None:
        from qdrant_model_migration.advice import (
            timed_model,
            tried_unasked,
            try_speed,
            trying_says,
        )
        from qdrant_model_migration.pipeline.speed import EFFORT, kept_under

        tried = None if self._wanted is False else tried_unasked(found, complete, chosen)
        if self._wanted:
            tried = timed_model(found, complete, chosen)
        if tried is None:
            return None
        if (key := kept_under(tried)) not in self._speeds:
            if self._wanted:
                says = f"Trying the speed with {EFFORT}. {trying_says(tried)}".strip()
                click.echo(says, err=True)
            self._speeds[key] = try_speed(qdrant, found, complete, tried)
        return self._speeds[key]


def _plan_all(
    qdrant: Qdrant,
    chosen: Sequence[str],
    output: Path,
    force: bool,
    deciding: _Deciding,
    *,
    together: bool,
) -> int:
    from qdrant_model_migration.advice.family import OF_ONE, answers_that_follow
    from qdrant_model_migration.commands import plan_all
    from qdrant_model_migration.embedders import kept_open
    from qdrant_model_migration.plan import save_plan

    if of_one := [key for key in OF_ONE if key in deciding.given]:
        raise UsageError(
            f"--set {of_one[0]} cannot be of several collections.",
            "Each needs a name of its own, which is suggested.",
            "Leave it out, or plan that collection alone.",
        )

    all_of_them = [qdrant.resolve(name) for name in chosen] if together else []
    follows: dict[str, dict[str, Any]] = {name: {} for name in all_of_them}

    def plan_one(name: str, file: Path, taken: Sequence[str]) -> Plan:
        _may_write(file, force)
        if not together:
            plan = deciding.of(qdrant, name, taken).plan
            save_plan(plan, file)
            return plan
        made = deciding.of(qdrant, name, taken, all_of_them, follows[qdrant.resolve(name)])
        for other in all_of_them:
            more = answers_that_follow(made.survey, made.plan, other)
            follows[other] = {**more, **follows[other]}
        return made.plan

    folder = PLANS_FOLDER if output == PLAN_FILE else output
    if together:
        plan_all.refuse_mixed(folder, all_of_them)
    with kept_open():
        outcomes = plan_all.plan_each(chosen, folder, plan_one)
    if not together:
        return plan_all.say(outcomes)
    for plan, file in plan_all.must_fit(outcomes):
        save_plan(plan, file)
    return plan_all.say(outcomes, together=folder)


@click.command("plan")
@click.argument("collection", required=False, metavar="[COLLECTION]")
@click.option("--from", "source", metavar="RUN|FILE", help="Answers of a run or of another plan.")
@click.option(
    "--all",
    "pattern",
    metavar="PATTERN",
    help="All collections called like this, e.g. 'ws-*'; -o names the folder of the plans.",
)
@click.option(
    "--together",
    is_flag=True,
    help="They switch at the same moment: those of --all, or COLLECTION and its sisters.",
)
@click.option("--answers", type=click.Path(path_type=Path), metavar="FILE", help="Answers to use.")
@click.option("--change", metavar="WHAT", help="Short for --set change=..., e.g. compression.")
@click.option("--model", metavar="NAME", help="The new model, by its name or KIND:NAME.")
@click.option("--model-folder", metavar="DIR", help="The new model, from a folder on this machine.")
@click.option(
    "--model-output", metavar="NAME", help="Which output of the folder's model is the vector."
)
@click.option(
    "--pooling",
    type=click.Choice(("cls", "mean", "last")),
    help="How the folder's model makes one vector of its tokens'.",
)
@old_model_option
@click.option("--set", "settings", multiple=True, metavar="KEY=VALUE", help="One more answer.")
@click.option("--strategy", metavar="NAME", help="Not the recommended strategy but this one.")
@click.option("--accept", multiple=True, metavar="ID", help="Acknowledge a warning, e.g. W11.")
@click.option(
    "--speed/--no-speed",
    "wanted",
    default=None,
    help="Try how fast the model is, or not. Unsaid: where no text leaves this computer for it.",
)
@click.option("-o", "--output", type=click.Path(path_type=Path), default=PLAN_FILE)
@click.option("--force", is_flag=True, help="Replace the file even if it was edited.")
@click.option("--json", "as_json", is_flag=True, help="The plan as JSON on standard output.")
@server_options
def command(
    collection: str | None,
    source: str | None,
    pattern: str | None,
    together: bool,
    answers: Path | None,
    change: str | None,
    model: str | None,
    model_folder: str | None,
    model_output: str | None,
    pooling: Pooling | None,
    old_model: str | None,
    settings: tuple[str, ...],
    strategy: str | None,
    accept: tuple[str, ...],
    wanted: bool | None,
    output: Path,
    force: bool,
    as_json: bool,
    url: str | None,
    ask_key: bool,
) -> int:
    """Decide how to migrate COLLECTION and write plan.yaml; nothing is changed on the server.

    Questions that no option and no file answers are answered as suggested, and each is printed.

    \b
    Examples:
      qmm plan docs --model BAAI/bge-small-en-v1.5
      qmm plan products --change compression --set quantization.kind=scalar
      qmm plan --from docs_minilm-1124 --set target=docs_bge
      qmm plan --all 'ws-*' --model BAAI/bge-small-en-v1.5 -o plans
      qmm plan memories --together --model BAAI/bge-small-en-v1.5 -o plans
    """
    from qdrant_model_migration.advice import timed_model
    from qdrant_model_migration.advice.family import OF_ONE
    from qdrant_model_migration.commands import plan_all
    from qdrant_model_migration.commands.settings import short_forms
    from qdrant_model_migration.pages.session import Session
    from qdrant_model_migration.plan import left_open, save_plan
    from qdrant_model_migration.strategies import by_name
    from qdrant_model_migration.strategies.answered.said import way_back

    named = by_name(strategy) if strategy else None
    if pattern is not None and (collection or source or as_json):
        raise UsageError(
            "--all plans several collections.",
            "A collection, --from and --json are of one.",
            "Leave them out, or leave out --all.",
        )
    if together and as_json:
        raise UsageError("--json is of one plan.", "--together makes several.", "Leave one out.")
    if not as_json and pattern is None and not together:
        _may_write(output, force)
    base = _plan_of(source) if source else None
    name = collection or (base.collection if base else "")
    if not name and pattern is None:
        raise UsageError("No collection is named.", "", f"{qmm('inspect')} lists them.")
    short = short_forms(change, _named(model, model_folder, model_output, pooling))
    of_all = base.answers if base else {}
    if together:  # each needs a name of its own, which is suggested
        of_all = {key: value for key, value in of_all.items() if key not in OF_ONE}
    given = _given(named.implied if named else {}, of_all, answers, short, settings)
    deciding = _Deciding(given, base, named, accept, wanted, old_model)
    if pattern is not None or together:
        with connect(url, ask_key) as qdrant:
            if pattern is None:
                chosen = plan_all.with_sisters(qdrant, name, base)
            else:
                chosen = plan_all.chosen(qdrant, pattern)
            return _plan_all(qdrant, chosen, output, force, deciding, together=together)
    with connect(url, ask_key) as qdrant:
        made = deciding.of(qdrant, name)
    plan = made.plan
    click.echo(f"{made.chosen.title}: {'; '.join(made.advice.because)}.", err=True)
    click.echo(f"Way back: {way_back(made.chosen, made.advice.settled)}.", err=True)
    _say(Session(
        address=plan.server, collection=name, survey=made.survey, answers=made.answers, plan=plan,
        strategy=made.chosen.name, accepted=plan.accepted,
    ))  # fmt: skip
    if as_json:
        click.echo(plan.model_dump_json(indent=2))
        return 0
    save_plan(plan, output)
    _say_what_is_missing(timed_model(made.survey, made.answers, made.chosen))
    flags = [word for warning in left_open(plan) for word in ("--accept", warning)]
    flags += server_flags(str(plan.server))
    run = qmm("run", str(output), flags=flags)
    if plan.together:
        others = words.listing(plan.together)
        all_of_them = qmm("plan", name, flags=("--together",))
        click.echo(f"It switches together with {others}; {all_of_them} plans all of them.")
    click.echo(f"Saved {output}. Nothing was written to the server. Next: {run}")
    return 0


def _given(
    implied: Mapping[str, Any],
    base: Mapping[str, Any],
    file: Path | None,
    short: Mapping[str, Any],
    settings: Sequence[str],
) -> dict[str, Any]:
    """The answers of the options, over those of the file, over those of another plan, over those
    that the named strategy implies."""
    from qdrant_model_migration.advice import read_named
    from qdrant_model_migration.advice.answers_file import load_answers
    from qdrant_model_migration.commands.settings import laid_over

    before = {**base, **(load_answers(file) if file else {}), **short}
    return read_named(laid_over({"change": "model", **implied, **before}, settings))


def _named(
    name: str | None, folder: str | None, output: str | None, pooling: Pooling | None
) -> ModelRef | None:
    """The model that the options name. Raises UsageError."""
    from qdrant_model_migration.embedders import model_by_name, model_from_folder

    if (output or pooling) and not folder:
        raise UsageError(
            "--model-output and --pooling are of a model in a folder.", "", "Add --model-folder."
        )
    if folder:
        return model_from_folder(Path(folder), output=output, pooling=pooling)
    return model_by_name(name) if name else None


def _may_write(output: Path, force: bool) -> None:
    """Raises UsageError where the plan could not be written, or would replace what somebody wrote;
    better now than after the survey."""
    from qdrant_model_migration.plan import strict_yaml

    if not os.access(output.absolute().parent, os.W_OK):
        raise UsageError(
            f"{output} cannot be written.",
            f"The folder {output.absolute().parent} does not exist, or this user may not write "
            "there.",
            "Name another file with -o.",
        )
    if not output.exists() or force or strict_yaml.unedited(output):
        return
    raise UsageError(
        f"{output} was edited since it was written, or is another file.",
        "Writing the new plan there would lose that.",
        "Name another file with -o, or add --force to replace it.",
    )


def _complete(
    found: Survey, given: dict[str, Any], choices: Sequence[ModelChoice]
) -> dict[str, Any]:
    """All answers, the open ones as suggested. Raises BadAnswer that names the question."""
    from qdrant_model_migration.advice import BY_KEY, answer_all
    from qdrant_model_migration.advice.errors import BadAnswer, QuestionOpen
    from qdrant_model_migration.advice.walk import walk

    try:
        complete = answer_all(found, given, choices)
        for entry in walk(found, complete).entries:
            if entry.unfit is not None and entry.stand == "found":  # what is asked was looked at
                raise entry.unfit
        return complete
    except BadAnswer as error:
        key = error.question
        suggested = BY_KEY[key].suggest(found, given).value if key else None
        todo = error.todo
        if isinstance(suggested, Mapping) and not isinstance(given.get(key), Mapping):
            todo = f"{todo} Write --set {key}.PART=VALUE; the parts are {', '.join(suggested)}."
        what = f"{key}: {error.what}" if key else error.what
        raise BadAnswer(what, error.why, todo, error.field) from None
    except QuestionOpen as error:  # no model that is known fits
        name = (
            f"Name one with --model or --model-folder; {qmm('models')} lists those that are known."
        )
        if given.get("change") == "shorter":
            length = "--model NAME --set model.dimensions=N"
            name = f"{name} The present one at any shorter length has to prove itself: {length}."
        raise UsageError(error.what, error.why, name) from None


def _text_field(answers: Mapping[str, Any]) -> str | None:
    """The field that the answers name first, as far as they can be read at all."""
    text = answers.get("text")
    fields = text.get("fields") if isinstance(text, Mapping) else None
    return fields[0] if isinstance(fields, list) and fields and isinstance(fields[0], str) else None


def _plan_of(source: str) -> Plan:
    """The plan in a file, or that of a run with what it was told since. Raises PlanError,
    NoSuchRun."""
    from qdrant_model_migration.engine import find_run, searched_before
    from qdrant_model_migration.engine.run_folder import PLAN
    from qdrant_model_migration.plan import load_plan

    path = Path(source)
    if path.is_file():
        return load_plan(path)
    folder = find_run(source)
    plan = load_plan(folder / PLAN)
    return plan.model_copy(update={"before": searched_before(folder)})


def _as_before(base: Plan | None, advice: Advice) -> Strategy | None:
    """The strategy of the plan that the answers are from, where it still fits."""
    from qdrant_model_migration.strategies import by_name

    if base is None:
        return None
    strategy = by_name(base.strategy)
    return strategy if advice.fit_of(strategy).word != "ruled out" else None


def _recommended(advice: Advice) -> Strategy:
    if advice.recommended is None:
        raise UsageError(
            advice.collision_says or "No strategy fits.", "", _otherwise(advice.collision or ())
        )
    return advice.recommended


def _otherwise(collision: Sequence[str]) -> str:
    """How the answers that leave nothing together are given otherwise."""
    from qdrant_model_migration.advice import BY_KEY

    ways = [f"--set {key}=VALUE" for key in collision if key in BY_KEY and key != "text"]
    if "text" in collision:
        ways += [
            "--set text.file=FILE (a file with id and text)",
            "--set originals.file=FILE (the documents, cut into texts)",
        ]
    return f"Answer otherwise: {words.listing(ways, 'or')}." if ways else "Change an answer."


def _say_answers(advice: Advice, given: dict[str, Any]) -> None:
    for standing in advice.standings:
        if standing.state in ("answered", "here", "found"):
            how = "" if standing.question.key in given else "  (as suggested)"
            click.echo(f"{standing.question.short:<14}{standing.label}{how}", err=True)
    for key in advice.set_aside:
        if key in given:
            value = json.dumps(given[key], ensure_ascii=False)[:60]
            why = "with these answers that question is not asked"
            click.echo(f"Set aside: {key}={value}; {why}.", err=True)


def _say_what_is_missing(model: ModelRef | None) -> None:
    """What the run would lack, were it started now."""
    from qdrant_model_migration.embedders import reach

    found = reach(model) if model is not None else None
    if model is None or found is None or found.opens:
        return
    if found.word == "fetch":
        fetch = qmm("models", flags=("--fetch", model.name))
        click.echo(f"{model.name} is not on this machine. Before the run: {fetch}")
    else:
        click.echo(f"{model.name} cannot be used yet. {found.why}")


def _say(session: Session) -> None:
    """What the stages Plan and Warnings show, line by line."""
    from qdrant_model_migration.pages.stages import stage
    from qdrant_model_migration.plain.page_lines import printed

    for name in ("plan", "warnings"):
        click.echo(printed(stage(name).page(session)), err=True)
