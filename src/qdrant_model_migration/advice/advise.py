"""From facts and answers to one recommendation: which strategies fit, which one, and why."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal, NamedTuple

from qdrant_model_migration import words
from qdrant_model_migration.advice.errors import QuestionOpen
from qdrant_model_migration.advice.model_rows import best_model, model_rows
from qdrant_model_migration.advice.question import Question
from qdrant_model_migration.advice.questions import BY_KEY, QUESTIONS
from qdrant_model_migration.advice.walk import Entry, Walk, walk
from qdrant_model_migration.embedders import ModelChoice
from qdrant_model_migration.strategies import Answers, Fit, Strategy, strategies
from qdrant_model_migration.strategies.answered.products import products
from qdrant_model_migration.survey.facts import Survey
from qdrant_model_migration.survey.integrations import texts_elsewhere

_WORDS = ("first", "possible", "open", "ruled out")
SURVEY = "survey"


class Standing(NamedTuple):
    """Where a question stands on the map. label: the answer in a few words."""

    question: Question
    state: Literal["answered", "here", "next", "found", "skip"]
    label: str = ""


class Choice(NamedTuple):
    """A strategy with its verdict."""

    strategy: Strategy
    fit: Fit


class Advice(NamedTuple):
    """What the answers so far lead to.

    settled: the answers as strategies see them. set_aside: keys of given answers that do not count
    now. fits: every strategy, in its own order. runners_up: the others, the better first.
    collision: the keys of two answers that leave nothing together ("survey" for a fact), with
    `collision_says`. stops: sentences that close the way to a plan.
    """

    standings: tuple[Standing, ...]
    next: Question | None
    settled: dict[str, Any]
    set_aside: tuple[str, ...]
    fits: tuple[Choice, ...]
    recommended: Strategy | None
    because: tuple[str, ...]
    runners_up: tuple[Choice, ...]
    collision: tuple[str, str] | None
    collision_says: str
    stops: tuple[str, ...]

    @property
    def possible(self) -> tuple[Strategy, ...]:
        """The strategies that fit, the better first."""
        ranked = sorted(self.fits, key=_rank)
        return tuple(c.strategy for c in ranked if c.fit.word in ("first", "possible"))

    def decides(self, fit: Fit) -> str:
        """The short name of the question that decides, or Survey."""
        for standing in self.standings:
            if standing.question.key == fit.decided_by:
                return standing.question.short
        return "Survey"

    def behind(self, fit: Fit) -> str:
        """What stands behind a verdict: the sentence of Qdrant's guide to changing models, which
        this program follows, or that it is a fact."""
        if fit.decided_by == SURVEY:
            return "A fact that the survey found; no answer changes it."
        said = BY_KEY[fit.decided_by].source(self.settled.get(fit.decided_by))
        ruled = fit.word == "ruled out"
        return f"Qdrant's guide to changing models says: {said}" if said and ruled else ""

    @property
    def set_aside_says(self) -> str:
        """The sentence about answers that do not count now, "" without one."""
        if not self.set_aside:
            return ""
        if len(self.set_aside) == 1:
            return (
                "1 answer no longer applies and was set aside. It comes back if you change this "
                "one again."
            )
        return (
            f"{len(self.set_aside)} answers no longer apply and were set aside. They come back "
            "if you change this one again."
        )

    @property
    def asked(self) -> tuple[Question, ...]:
        """The questions of this trip, answered and open, in order: "question 6 of about 10"."""
        return tuple(
            standing.question
            for standing in self.standings
            if standing.state in ("answered", "here", "next")
        )

    def fit_of(self, strategy: Strategy) -> Fit:
        return next(choice.fit for choice in self.fits if choice.strategy.name == strategy.name)


def advise(survey: Survey, answers: Answers, at: str | None = None) -> Advice:
    """The advice for these answers. at: the question on screen, else the next open one.

    Never raises for any answers; before the first answer nothing is recommended.
    """
    return advised(survey, walk(survey, answers), at)


def advised(survey: Survey, walked: Walk, at: str | None = None) -> Advice:
    """The advice where the questions were walked through already."""
    fits = tuple(Choice(s, s.fit(survey, walked.settled)) for s in strategies())
    ranked = sorted(fits, key=_rank)
    best = next((c.strategy for c in ranked if c.fit.word in ("first", "possible")), None)
    next_ = walked.open[0] if walked.open else None
    here = at or (next_.key if next_ else None)
    nothing = all(choice.fit.word == "ruled out" for choice in fits)
    collision = _collision(survey, walked) if nothing else None
    return Advice(
        standings=tuple(_standing(entry, survey, walked.settled, here) for entry in walked.entries),
        next=next_,
        settled=walked.settled,
        set_aside=walked.set_aside,
        fits=fits,
        recommended=best,
        because=best.because(survey, walked.settled)[:3] if best else (),
        runners_up=tuple(choice for choice in ranked if choice.strategy is not best),
        collision=collision,
        collision_says=_say_collision(collision, survey, walked, fits) if collision else "",
        stops=_stops(survey, walked.settled),
    )


def answer_all(survey: Survey, answers: Answers, models: Iterable[ModelChoice]) -> dict[str, Any]:
    """`answers` with every open question answered as suggested.

    Raises QuestionOpen where no model of `models` can be used and fits, and BadAnswer for a
    given answer that this collection does not allow: it is never replaced in silence.
    """
    complete, models = dict(answers), list(models)
    for _ in QUESTIONS:
        walked = walk(survey, complete)
        if not walked.open:
            break
        question = walked.open[0]
        unfit = next(entry.unfit for entry in walked.entries if entry.question is question)
        if unfit is not None:
            raise unfit
        if question.kind == "model":
            row = best_model(model_rows(survey, walked.settled, models))
            if row is None:
                wording = question.text(survey, walked.settled).wording
                raise QuestionOpen(question.key, wording)
            complete[question.key] = row.value
        else:
            complete[question.key] = question.suggest(survey, walked.settled).value
    return complete


def _rank(choice: Choice) -> tuple[int, int, str]:
    strategy, fit = choice
    return _WORDS.index(fit.word), strategy.order, strategy.name


def _standing(entry: Entry, survey: Survey, settled: dict[str, Any], here: str | None) -> Standing:
    question = entry.question
    label = ""
    if entry.answered or entry.stand == "found":
        label = question.label(entry.value, survey, settled)
    if entry.stand == "skip":
        return Standing(question, "skip")
    if question.key == here:
        return Standing(question, "here", label)
    if entry.answered:
        return Standing(question, "answered", label)
    return Standing(question, "found" if entry.stand == "found" else "next", label)


def _collision(survey: Survey, walked: Walk) -> tuple[str, str]:
    """Two answers of which either, taken back, would leave something again."""
    helps = []
    for key in walked.settled:
        without = {k: v for k, v in walked.settled.items() if k != key}
        if any(s.fit(survey, without).word != "ruled out" for s in strategies()):
            helps.append(key)
    deciding = [s.fit(survey, walked.settled).decided_by for s in strategies()]
    others = [key for key in (*helps[1:], *deciding) if key not in helps[:1]]
    first = helps[0] if helps else "change"
    # An answer beats a fact: a person can change it.
    second = next((key for key in others if key != SURVEY and key in walked.settled), SURVEY)
    if len(helps) == 1 and SURVEY in deciding and second not in helps:
        second = SURVEY
    return (first, second)


def _say_collision(
    collision: tuple[str, str], survey: Survey, walked: Walk, fits: tuple[Choice, ...]
) -> str:
    said = [_say_answer(key, survey, walked, fits) for key in collision]
    ways = "Change one of the two" if SURVEY not in collision else "Change that answer"
    elsewhere = texts_elsewhere(products(survey)) if "text" in collision else ""
    return f"Nothing is left: {words.listing(said)}. {ways}. {elsewhere}".strip()


def _say_answer(key: str, survey: Survey, walked: Walk, fits: tuple[Choice, ...]) -> str:
    if key == SURVEY:
        reasons = [choice.fit.reason for choice in fits if choice.fit.decided_by == SURVEY]
        return reasons[0] if reasons else "the survey found nothing to work with"
    question = BY_KEY[key]
    label = question.label(walked.settled.get(key), survey, walked.settled)
    return f"{question.short} is {label}"


def _stops(survey: Survey, settled: dict[str, Any]) -> tuple[str, ...]:
    stops = []
    if survey.points.value == 0:
        stops.append(
            f"{survey.collection} is empty: 0 points, so there is nothing to embed. Create a new "
            "collection for the new model instead."
        )
    if settled.get("missing") == "stop":
        stops.append(
            "You chose to correct the missing texts first. Correct them where they come from, "
            "then survey again; your answers are kept."
        )
    return tuple(stops)
