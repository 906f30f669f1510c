"""The plan: every step, what it writes, its way back; what is never touched; time, room, money."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

from qdrant_model_migration import words
from qdrant_model_migration.advice import price_note, reading_again
from qdrant_model_migration.errors import QmmError
from qdrant_model_migration.pages import answers_saved, asked, sample_or_all
from qdrant_model_migration.pages.decided import planned, taken_strategy
from qdrant_model_migration.pages.outcome import LEAVE, Go, Outcome, Refused, Report, Said, Work
from qdrant_model_migration.pages.page import (
    Act,
    Ask,
    Column,
    Fact,
    Facts,
    Page,
    Row,
    Says,
    Table,
    of_error,
)
from qdrant_model_migration.pages.prices import time_of
from qdrant_model_migration.pages.session import Session
from qdrant_model_migration.pages.stages import others, too_slow
from qdrant_model_migration.pages.work import saving, starting
from qdrant_model_migration.pipeline.spending import Spending
from qdrant_model_migration.plan import Plan, left_open
from qdrant_model_migration.shell import qmm
from qdrant_model_migration.steps.routes import route_of
from qdrant_model_migration.strategies import by_name

FILE, FOLDER = "plan.yaml", "plans"
COLUMNS = (
    Column(" #", 2),
    Column("STEP"),
    Column("WRITES TO", 16),
    Column("TIME", 6, right=True),
    Column("WAY BACK", 13),
)
HELP = (
    "The plan is the list of steps that the run carries out. Enter on a step",
    "tells what it does, what is checked, and how it is undone.",
    "",
    f"Save plan writes {FILE} into the present folder: readable, without",
    f"secrets, for {qmm('run', FILE)}. A run can be stopped and resumed",
    "at any time.",
)


def enter(session: Session) -> Outcome:
    """With the plan made. An answer that was changed meanwhile may leave no strategy."""
    taken = taken_strategy(session)
    if taken is None:
        return Go("strategy", session, back=True)
    try:
        return session.on(plan=planned(session), strategy=taken.name)
    except QmmError:
        return session.on(plan=None)


def page(session: Session) -> Page:
    plan = session.plan
    title = f"Plan: {session.what}, {by_name(plan.strategy).title}" if plan is not None else "Plan"
    return Page(
        title=title,
        body=(_steps(plan, title), _costs(plan)) if plan is not None else (_none(session),),
        acts=_acts(session),
        help=HELP,
        hello="Enter on a step: exactly what it does. Nothing is written until you start.",
        place="Plan",
        first="steps",
    )


def _none(session: Session) -> Says:
    try:
        planned(session)
    except QmmError as error:
        return of_error(error)
    return Says(("It is made anew when you come here again.",), title="No plan")


def _acts(session: Session) -> tuple[Act, ...]:
    made_up = "this is Explore" if session.explore else ""
    together = session.plan is not None and bool(session.plan.together)
    return (
        Act("start", "Start…", closed=made_up or _why_not(session.plan) or others.why_not(session)),
        *((Act("others", "The others…"),) if together else ()),
        Act("change", "Change…"),
        _save_act(session)._replace(closed=made_up or (others.unplanned(session))),
        too_slow.ACT._replace(button=_is_long(session.plan)),
        answers_saved.ACT,
    )


def _save_act(session: Session) -> Act:
    several = bool(session.planned_with_it)
    return Act("save", "Save plans and leave" if several else "Save plan and leave")


def _is_long(plan: Plan | None) -> bool:
    return plan is not None and (plan.estimate.seconds.likely or 0) > too_slow.LONG


def _why_not(plan: Plan | None) -> str:
    if plan is None:
        return "there is no plan"
    left = len(left_open(plan))
    return f"{left} new warnings: go back" if left else ""


def _steps(plan: Plan, title: str) -> Table:
    rows = []
    took = plan.estimate.step_seconds
    for at, step in enumerate(plan.steps):
        text = step.text(plan.move)
        seconds = took[at] if at < len(took) else None
        time = words.duration(seconds) if seconds is not None else ""
        writes, back = f"Writes to: {text.writes_to}", f"Way back: {text.way_back}"
        rows.append(
            Row(
                str(at),
                (f"{at + 1:>2}", text.title, text.writes_to, time, text.way_back),
                title=f"Step {at + 1}: {text.title}",
                more=(Says((*text.details, "", writes, back)),),
            )
        )
    return Table("steps", tuple(rows), COLUMNS, title)


def _costs(plan: Plan) -> Facts:
    cost = plan.estimate
    rows = [Fact("Time", time_of(cost.seconds), cost.seconds.how)]
    if cost.disk_bytes.likely:
        memory = cost.memory_bytes.likely
        also = f", {words.size(memory)} memory" if memory else ""
        rows.append(
            Fact("Server", f"{words.size(cost.disk_bytes.likely)} disk{also}", cost.disk_bytes.how)
        )
    money = words.usd(cost.usd) if cost.usd is not None else "not known"
    rows.append(Fact("Money", money, price_note(plan)))
    spending = plan.move.load.spending if plan.move is not None else None
    if spending is not None:
        rows.append(Fact("Tokens", *_tokens(spending)))
    if plan.together:
        rows.append(
            Fact("Together", f"switches at the same moment as {words.listing(plan.together)}")
        )
    if plan.lost_settings:
        rows.append(Fact("Lost", f"cannot be carried over: {', '.join(plan.lost_settings)}"))
    if cost.notes_bytes:
        size = words.size(cost.notes_bytes)
        rows.append(
            Fact("Run folder", f"up to {size} on this computer", "for notes of what was copied")
        )
    return Facts(tuple(rows), f"Never touched: {_untouched(plan)}", "Time, room and money")


def _tokens(spending: Spending) -> tuple[str, str]:
    likely = f"about {words.count(spending.expected)}" if spending.expected else "not known"
    return likely, spending.limit_in_words() or "no limit; they are counted and shown"


def _untouched(plan: Plan) -> str:
    others = [name for name in plan.never_touched if name != plan.collection]
    said = words.plural(len(others), "other collection")
    if plan.collection not in plan.never_touched:
        return said
    return f"{plan.collection} and {said}" if others else plan.collection


def act(session: Session, key: str, values: Mapping[str, str]) -> Outcome:
    plan = session.plan
    if key == "change":
        return asked.all_answers(session)
    if key == too_slow.ACT.key:
        return Go(too_slow.STAGE, session)
    if key == "others":
        return Go("others", session)
    if key == "ask":
        return Go("questions", session.on(alone=(values["answers-given"], "plan")))
    if key in answers_saved.KEYS:
        return answers_saved.act(session, key, values)
    if plan is None:
        return Refused("There is no plan.")
    if key == "save":
        return _file(session)
    if key == "write":
        plans = (plan, *others.plans_of(session))
        return Work("save", partial(_save, plans, values["file"]), _saved)
    if key == "start":
        return _sure(session, plan, others.plans_of(session))
    if key == "yes":
        says = "Starting the run in its own process."
        begin = partial(_begin, session, plan, bool(values.get(sample_or_all.KEY)))
        return Work("start", begin, _begun, says)
    if key == "no":
        return Said(session, "Not yet. Nothing was written.")
    if key == "leave":
        return Go(LEAVE, session)
    return session


def _file(session: Session) -> Page:
    several = bool(others.plans_of(session))
    name = saving.free(FOLDER if several else FILE).name
    ask = Ask("file", "text", "Folder" if several else "File", value=name)
    acts = (Act("write", "Save", enter=True), Act("no", "Back"))
    return Page("Save the plans" if several else "Save the plan", (ask,), acts, first="file")


def _save(plans: Sequence[Plan], name: str, report: Report) -> Path:
    return saving.save_plan(plans[0], name) if len(plans) == 1 else saving.save_plans(plans, name)


def _saved(session: Session, path: Path) -> Page:
    says = (f"{path}", "", "Nothing was written to the server.")
    acts = (Act("stay", "Stay"), Act("leave", "Leave"))
    title = "The plans are saved" if path.is_dir() else "The plan is saved"
    return Page(title, (Says(says, commands=(qmm("run", path.name),)),), acts)


def _sure(session: Session, plan: Plan, with_it: tuple[Plan, ...]) -> Page:
    move, likely = plan.move, plan.estimate.seconds.likely
    if move is not None:
        about = f": about {words.duration(likely)}" if likely is not None else ""
        first, *others = route_of(move).words(move).starts
        says = [
            f"{first.rstrip('.')}{about}.",
            *others,
            "It stops before the cutover and waits for you.",
        ]
    else:
        says = [
            f"It changes {plan.collection} in place; what exactly, the plan says.",
            "It waits for your typed consent before it changes anything.",
        ]
    says.append(
        "The run goes on when this window is closed. It stops when this computer sleeps or is "
        "switched off; then you resume."
    )
    if with_it:
        names = words.listing([one.collection for one in with_it])
        says.append(
            f"Runs are made for {names}, too. Each begins by itself when the one before stands at "
            "its cutover; then one question switches all of them."
        )
    if session.connected is not None and session.connected.may_write is False:
        says.insert(0, "This key may not change the server, as Connect has seen: the run would end "
                       "at its first step, before anything is written.")  # fmt: skip
    acts = (Act("no", "Not yet"), Act("yes", "Start"))
    words_of = route_of(move).words(move) if move is not None else None
    asked = sample_or_all.blocks(words_of, _longer(session, plan))
    return Page("Start this run?", (Says(tuple(says)), *asked), acts)


def _longer(session: Session, plan: Plan) -> str:
    took = reading_again(session.survey, plan) if session.survey is not None else None
    return f"about {words.duration(took)} more" if took is not None else "a while, not known before"


def _begin(
    session: Session, plan: Plan, full: bool, report: Report
) -> tuple[Path, QmmError | None]:
    folder = starting.make_run(plan)
    try:
        for other in others.plans_of(session):
            starting.make_run(other)
        starting.start(session, plan, folder, full=full)
    except QmmError as error:
        return folder, error  # the run is there now: its own screen offers to resume it
    return folder, None


def _begun(session: Session, begun: tuple[Path, QmmError | None]) -> Go:
    folder, error = begun
    return Go("run", session.at_run(folder), str(error) if error is not None else "")
