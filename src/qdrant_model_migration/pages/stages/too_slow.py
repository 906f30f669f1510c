"""Re-embedding is too slow: how long it takes here, and what each lever would bring."""

from __future__ import annotations

from collections.abc import Mapping

from qdrant_model_migration import words
from qdrant_model_migration.advice import BY_KEY, Case, Lever, advise, levers, size_says
from qdrant_model_migration.embedders import ModelRef, stays_here
from qdrant_model_migration.pages import asked, prices, speed_tried
from qdrant_model_migration.pages.decided import price_of, speed_of, taken_strategy
from qdrant_model_migration.pages.outcome import Go, Outcome
from qdrant_model_migration.pages.page import Act, Column, Fact, Facts, Page, Row, Says, Table
from qdrant_model_migration.pages.session import Session
from qdrant_model_migration.strategies import Strategy
from qdrant_model_migration.strategies.answered.model import chosen_model

ACT = Act("slow", "Too slow?")
STAGE = "too_slow"
PULL = "pull--"
LONG = 3600.0  # seconds; from here on it stands among the buttons
HELP = (
    "How long it takes comes from a probe: up to 256 of your own texts, embedded",
    "by the chosen model on this computer, and the rate at which your server",
    "takes points. Enter on a line tells what it would bring and what it costs.",
    "",
    "A number that was not measured here says where it was; what nobody has",
    "measured has no number.",
)


def is_long(session: Session, strategy: Strategy) -> bool:
    """Whether embedding takes so long, or may, that the way here should be in sight."""
    if not strategy.embeds:
        return False
    likely = price_of(session, strategy).cost.seconds.likely
    survey = asked.surveyed(session)
    return likely > LONG if likely is not None else size_says(survey).endswith("days.")


def page(session: Session) -> Page:
    taken = taken_strategy(session)
    if taken is None:
        return Page("Too slow?", (Says(("No way fits these answers yet.",)),), place="Strategy")
    rows = tuple(_row(session, lever) for lever in levers(_case(session, taken)))
    columns = (Column("WHAT", 24), Column("HERE"))
    table = Table("levers", rows, columns, "What each lever brings", "below")
    return Page(
        title="Re-embedding is too slow?",
        body=(_takes(session, taken), table),
        acts=(_probe(session),),
        help=HELP,
        hello="Nothing is changed here. Enter on a line leads to the question that pulls it.",
        place="Strategy",
        where=f"{session.collection} · {taken.title}",
        first="levers",
    )


def _case(session: Session, taken: Strategy) -> Case:
    survey = asked.surveyed(session)
    return Case(
        survey=survey,
        answers=session.answers,
        advice=advise(survey, session.answers),
        strategy=taken,
        speed=speed_of(session),
        speeds=session.speeds,
        choices=session.choices or (),
    )


def _takes(session: Session, taken: Strategy) -> Facts:
    survey, cost = asked.surveyed(session), price_of(session, taken)
    points, tokens = survey.points.value, survey.average_tokens.value
    model, speed = chosen_model(session.answers), speed_of(session)
    rows = [*prices.facts(cost)[:1]]
    if points is not None and tokens is not None:
        each = f"{words.count(points)} points, about {words.count(tokens)} tokens each"
        rows.append(Fact("Texts", f"{each}: {words.count(points * tokens)} tokens"))
    if taken.embeds:
        rate = "not tried" if speed is None else f"{speed.texts_per_second:,.1f} texts/s"
        label = model.label if model is not None else "no model is chosen"
        rows.append(Fact("Speed", f"{label}: {rate}", speed.how if speed else ""))
    else:
        rows.append(Fact("Embeds", "nothing: this way makes no vector of a text on this computer"))
    if said := size_says(survey):
        rows.append(Fact("Size", said))
    return Facts(tuple(rows), f"{taken.title} takes")


def _probe(session: Session) -> Act:
    """Trying the speed, with the reason where that cannot be done."""
    model = chosen_model(session.answers)
    return Act("probe", "Measure speed", closed=_why_not(session, model))


def _why_not(session: Session, model: ModelRef | None) -> str:
    if session.explore:
        return "in Explore the speed is typed"
    if model is None:
        return "no model is chosen"
    return "" if stays_here(model) else "question Model measures what is not on this computer"


def _row(session: Session, lever: Lever) -> Row:
    now = advise(asked.surveyed(session), session.answers)
    pull = next((q for q in now.asked if q.key == lever.question), None)
    acts = (Act(f"{PULL}{lever.question}", f"Go to question {pull.short}"),) if pull else ()
    return Row(
        lever.key,
        (lever.title, lever.here),
        title=lever.title,
        more=(Says(lever.more),),
        acts=acts,
    )


def act(session: Session, key: str, values: Mapping[str, str]) -> Outcome:
    model = chosen_model(session.answers)
    if key == "probe" and model is not None:
        return speed_tried.work(session, model)
    if key.startswith(PULL):
        question = key.removeprefix(PULL)
        if question in BY_KEY:
            return Go("questions", session.on(alone=(question, STAGE)))
    return session
