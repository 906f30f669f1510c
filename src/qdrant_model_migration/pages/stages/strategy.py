"""The recommendation, its reasons, price and way back, and why each other strategy is not it."""

from __future__ import annotations

from collections.abc import Mapping

from qdrant_model_migration.advice import Advice, Choice, advise, tried_unasked
from qdrant_model_migration.embedders import ModelRef
from qdrant_model_migration.pages import answers_saved, asked, prices, speed_tried, ways
from qdrant_model_migration.pages.decided import price_of, taken_strategy
from qdrant_model_migration.pages.outcome import Go, Outcome, Said
from qdrant_model_migration.pages.page import (
    Act,
    Block,
    Column,
    Fact,
    Facts,
    Page,
    Row,
    Says,
    Table,
    Ways,
)
from qdrant_model_migration.pages.session import Session
from qdrant_model_migration.pages.stages import too_slow
from qdrant_model_migration.pipeline.speed import kept_under
from qdrant_model_migration.strategies import Fit, Strategy, by_name
from qdrant_model_migration.strategies.answered.said import way_back, what

COLUMNS = (Column("STRATEGY", 20), Column("WHY"), Column("PRICE", 44))
HELP = (
    "A strategy is one way to migrate. The recommendation follows from the",
    "survey and your answers; the map shows all ways.",
    "",
    "possible: it would work too. ruled out: the answer in brackets excludes",
    "it; change that answer and it comes back.",
    "Way back: how it is undone, and how long that is possible.",
)


def enter(session: Session) -> Outcome:
    """With the speed tried, so that the plan can say how long it takes."""
    model = _untried(session)
    return session if model is None else speed_tried.work(session, model)


def _untried(session: Session) -> ModelRef | None:
    """A model whose speed is tried without being asked for, while it is not known."""
    taken = taken_strategy(session)
    if taken is None or session.explore:
        return None
    model = tried_unasked(asked.surveyed(session), session.answers, taken)
    return model if model is not None and kept_under(model) not in session.speeds else None


def page(session: Session) -> Page:
    advice, taken = _advice(session), taken_strategy(session)
    others = [choice for choice in advice.fits if choice.strategy is not taken]
    return Page(
        title="Strategy",
        body=(*_best(session, advice, taken), _others(session, advice, others)),
        acts=_acts(session, advice, taken),
        help=HELP,
        hello="In brackets: the answer that decides. Enter on a line shows it all.",
        place="Strategy",
        first="go" if taken is not None else "others",
        map=Ways(asked.surveyed(session), advice),
    )


def _advice(session: Session) -> Advice:
    return advise(asked.surveyed(session), session.answers)


def _best(session: Session, advice: Advice, taken: Strategy | None) -> tuple[Block, ...]:
    if taken is None:
        said = advice.collision_says or "No strategy fits these answers."
        return (Says((said,), title="Nothing is left"),)
    word = "Recommended" if taken is advice.recommended else "Chosen by you"
    reasons = taken.because(asked.surveyed(session), advice.settled)[:3]
    rows = [
        Fact("What", what(taken, advice.settled)),
        *(Fact("and" if at else "Because", reason) for at, reason in enumerate(reasons)),
        Fact("Costs", _costs(session, taken)),
        Fact("At risk", prices.at_risk(price_of(session, taken))),
        Fact("Way back", way_back(taken, advice.settled)),
    ]
    return (Facts(tuple(rows), f"{word}: {taken.title}"),)


def _costs(session: Session, strategy: Strategy) -> str:
    waits = "time: being measured with your own texts" if _untried(session) is not None else ""
    return prices.in_a_line(price_of(session, strategy)._replace(warnings=()), time=waits)


def _others(session: Session, advice: Advice, others: list[Choice]) -> Table:
    rows = []
    for strategy, fit in ways.best_first(others):
        sign = ways.SIGNS[fit.word]
        out = fit.word == "ruled out"
        cost = None if out else price_of(session, strategy)
        may = fit.word in ("first", "possible")
        about = (ways.about(advice, strategy),)
        rows.append(
            Row(
                strategy.name,
                (
                    strategy.title,
                    ways.why(advice, strategy),
                    prices.in_a_line(cost) if cost is not None else "",
                ),
                sign,
                strategy.title,
                about if cost is None else (*about, Facts(prices.facts(cost), "Its price")),
                (Act("take", "Choose it anyway"),) if may else _excluding(advice, fit),
            )
        )
    return Table("others", tuple(rows), COLUMNS, "Why not the others", marks=ways.MARKS)


def _excluding(advice: Advice, fit: Fit) -> tuple[Act, ...]:
    """To the answer that rules it out, where one does."""
    given = any(
        one.question.key == fit.decided_by and one.state in ("answered", "found")
        for one in advice.standings
    )
    return (Act("decides", "Change this answer"),) if given else ()


def _acts(session: Session, advice: Advice, taken: Strategy | None) -> tuple[Act, ...]:
    change = Act("change", "Change an answer…")
    if taken is None:
        return (change, answers_saved.ACT)
    go = Act("go", f"Continue with {taken.title}", enter=True, to="go on with it")
    slow = too_slow.ACT._replace(button=too_slow.is_long(session, taken))
    return (go, change, slow, answers_saved.ACT)


def act(session: Session, key: str, values: Mapping[str, str]) -> Outcome:
    taken = taken_strategy(session)
    if key == "go" and taken is not None:
        return Go("warnings", session.on(strategy=taken.name))
    if key == "take":
        return _take(session, values["others"])
    if key == too_slow.ACT.key:
        return Go(too_slow.STAGE, session)
    if key == "change":
        return asked.all_answers(session)
    if key == "ask":
        return _ask(session, values["answers-given"])
    if key == "decides":
        return _ask(session, _advice(session).fit_of(by_name(values["others"])).decided_by)
    if key in answers_saved.KEYS:
        return answers_saved.act(session, key, values)
    return session


def _ask(session: Session, question: str) -> Go:
    return Go("questions", session.on(alone=(question, "strategy")))


def _take(session: Session, name: str) -> Said:
    return Said(session.on(strategy=name, plan=None), at="go")
