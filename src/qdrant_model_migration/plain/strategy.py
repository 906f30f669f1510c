"""Stop: the recommended strategy with its reasons, why not the others, another if wished."""

from __future__ import annotations

from qdrant_model_migration.advice import Advice, Choice, make_plan, tried_unasked
from qdrant_model_migration.errors import QmmError
from qdrant_model_migration.pipeline.speed import Speed, kept_under
from qdrant_model_migration.plain import chart, models
from qdrant_model_migration.plain.journey import Journey
from qdrant_model_migration.plain.talk import Back, Talk
from qdrant_model_migration.strategies import Strategy
from qdrant_model_migration.strategies.answered import chosen_model


def choose(talk: Talk, journey: Journey) -> None:
    """Sets strategy and plan. Raises Back where the answers allow none."""
    advice = journey.advice()
    best = advice.recommended
    talk.say()
    if best is None:
        talk.say(advice.collision_says or "No strategy fits these answers.")
        talk.say("Change an answer: type the name of its line.")
        raise Back
    explain(talk, advice, best)
    ranked = list(advice.runners_up)
    others(talk, advice, ranked)
    tells = {"map": lambda: chart.read_map(talk, journey, None)}
    while True:
        enter = "Press Enter to go on with it, or " if best.runs else "Type "
        picked = talk.number(f"{enter}a number, or back, map, leave:", len(ranked), tells=tells)
        taken = ranked[picked].strategy if isinstance(picked, int) else best
        if advice.fit_of(taken).word == "ruled out":
            talk.say(f"{taken.title} is ruled out: {_reason(advice, taken)}.")
        elif not taken.runs:
            talk.say(advice.today_says or f"This version cannot run {taken.title} yet.")
        elif _plan(talk, journey, advice, taken):
            return


def explain(talk: Talk, advice: Advice, best: Strategy) -> None:
    """The recommended strategy with its reasons and its way back."""
    talk.say(f"Recommended: {best.title}. {best.what}")
    for reason in advice.because:
        talk.say(f"Because {reason}.", indent=2, hang=2)
    talk.say(f"Never touched: {best.never}", indent=2, hang=2)
    talk.say(f"Way back: {best.way_back}.", indent=2, hang=2)
    if advice.today_says:
        talk.say(advice.today_says)


def others(talk: Talk, advice: Advice, ranked: list[Choice]) -> None:
    """Why each of the others is not it."""
    if not ranked:
        talk.say("No other strategy fits your answers.")
        return
    talk.say("Why not the others; in brackets the answer that decides:")
    for number, (strategy, fit) in enumerate(ranked, 1):
        word = {"first": "possible", "open": "not decided"}.get(fit.word, fit.word)
        decides = advice.decides(fit)
        talk.numbered(number, f"{strategy.title}: {word}, {fit.reason} ({decides})")


def _reason(advice: Advice, strategy: Strategy) -> str:
    fit = advice.fit_of(strategy)
    return f"{fit.reason} ({advice.decides(fit)})"


def _plan(talk: Talk, journey: Journey, advice: Advice, taken: Strategy) -> bool:
    """Whether a plan could be made; the speed is tried first, once for each model."""
    tried = _speed(talk, journey, advice, taken)
    try:
        plan = make_plan(journey.survey, journey.answers, taken, speed=tried)
    except QmmError as error:
        talk.trouble(error)
        return False
    journey.strategy, journey.plan = taken, plan
    return True


def _speed(talk: Talk, journey: Journey, advice: Advice, taken: Strategy) -> Speed | None:
    model = tried_unasked(advice.settled, taken)
    if model is not None and kept_under(model) not in journey.speeds:
        models.measure(talk, journey, model, advice.settled)
    chosen = chosen_model(advice.settled)
    return journey.speeds.get(kept_under(chosen)) if chosen is not None and taken.embeds else None
