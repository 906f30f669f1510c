"""What follows from made-up facts: the answers as they stand, the recommendation, its price; and
all of it as Markdown to hand round."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from qdrant_model_migration import words
from qdrant_model_migration.advice import (
    SWITCHES,
    Advice,
    Price,
    WhatIf,
    advise,
    answer_all,
    imagine,
    price,
    said_of,
    speed_in,
)
from qdrant_model_migration.embedders import ModelRef
from qdrant_model_migration.errors import QmmError
from qdrant_model_migration.pages import prices, ways
from qdrant_model_migration.pages.page import Fact
from qdrant_model_migration.pages.session import Session
from qdrant_model_migration.strategies import Strategy
from qdrant_model_migration.strategies.answered.model import chosen_model
from qdrant_model_migration.strategies.answered.said import never, way_back, what
from qdrant_model_migration.survey import Survey

SUGGESTED = "as suggested"
OLD, NEW = "The old model", "The new model"


def explored(session: Session, answers: Mapping[str, Any]) -> Session:
    """Another trip, on made-up facts. answers: given before."""
    survey = imagine(session.what_if)
    made_up = session.anew(explore=True, answers=dict(answers), survey=survey)
    return made_up.on(collection=survey.collection)


class Look(NamedTuple):
    """Made-up facts and what they lead to. given: the answers that somebody gave; answers: these,
    and the rest as suggested as far as that goes."""

    what_if: WhatIf
    survey: Survey
    given: Mapping[str, Any]
    answers: dict[str, Any]
    advice: Advice

    def price(self, strategy: Strategy) -> Price:
        speed, usd = speed_in(self.what_if), self.what_if.usd
        return price(self.survey, self.answers, strategy, speed=speed, usd=usd)

    @property
    def models(self) -> dict[str, str]:
        """The old and the new model, in words."""
        old, new = self.survey.old_model.value, chosen_model(self.answers)
        how = "" if "model" in self.given or new is None else f" ({SUGGESTED})"
        return {
            OLD: model_in_words(old, "not known"),
            NEW: f"{model_in_words(new, 'none is needed, or none fits')}{how}",
        }

    @property
    def answered(self) -> tuple[tuple[str, str, str], ...]:
        """Key, question and answer of each that is chosen from a few, as they stand."""
        asked = ("answered", "here", "next", "found")
        return tuple(
            (one.key, one.short, label if one.key in self.given else f"{label} ({SUGGESTED})")
            for one, state, label in self.advice.standings
            if state in asked and one.kind == "choice"
        )

    def memory(self, cost: Price) -> Fact | None:
        """Whether old and new vectors fit into the memory that was typed."""
        have, need = self.what_if.memory_gb * 1e9, cost.cost.memory_bytes.likely
        if not have or need is None:
            return None
        both = need + (self.survey.vector_bytes.value or 0)
        fits = both <= have
        todo = "" if fits else "; keep vectors on disk, or compress them"
        said = f"{words.size(both)} with the present vectors, of {words.size(have)}{todo}"
        return Fact("Memory", said, "", "good" if fits else "bad")


def look(session: Session) -> Look:
    survey = session.survey or imagine(session.what_if)
    try:
        answers = answer_all(survey, session.answers, session.choices or ())
    except QmmError:
        answers = dict(session.answers)
    return Look(session.what_if, survey, session.answers, answers, advise(survey, answers))


def model_in_words(model: ModelRef | None, without: str) -> str:
    if model is None:
        return without
    return f"{model.label}, {words.count(model.dimensions)} dimensions"


def markdown(session: Session) -> str:
    """Everything on one page, for somebody who has not seen the screen."""
    here = look(session)
    facts = [(switch.label, said_of(here.what_if, key)) for key, switch in SWITCHES.items()]
    answers = [(short, label) for _, short, label in here.answered]
    lines = [
        "# A migration, explored",
        "All facts are made up; no server was asked and nothing was changed.",
        "## What if",
        _table(("fact", "made up"), (*here.models.items(), *facts)),
        "## Answers",
        _table(("question", "answer"), answers),
        *_recommended(here),
        "## The other ways",
        _table(("way", "", "why", "price"), _others(here)),
    ]
    return "\n\n".join(lines) + "\n"


def _recommended(here: Look) -> list[str]:
    best = here.advice.recommended
    if best is None:
        return ["## Nothing fits", here.advice.collision_says]
    cost = here.price(best)
    settled = here.advice.settled
    undone, untouched = way_back(best, settled), never(best, settled)
    reasons = [*here.advice.because, f"way back: {undone}", f"never: {untouched}"]
    return [
        f"## Recommended: {best.title}",
        what(best, settled),
        _list(reasons),
        _table(("price", "", "how it is known"), [fact[:3] for fact in prices.facts(cost)]),
        "### What to know",
        _list(f"**{one.title}** ({one.id}, {one.severity}): {one.said}" for one in cost.warnings),
    ]


def _others(here: Look) -> list[tuple[str, str, str, str]]:
    rows = []
    for strategy, fit in ways.best_first(here.advice.fits):
        if strategy is not here.advice.recommended:
            sign, why = ways.MARKS[ways.SIGNS[fit.word]], ways.why(here.advice, strategy)
            out = fit.word == "ruled out"
            cost = "" if out else prices.in_a_line(here.price(strategy))
            rows.append((strategy.title, sign, why, cost))
    return rows


def _list(items: Iterable[str]) -> str:
    return "\n".join(f"- {item}" for item in items)


def _table(heads: tuple[str, ...], rows: Iterable[Sequence[str]]) -> str:
    cells = [" | ".join(cell.replace("|", "\\|") for cell in row) for row in rows]
    head = f"| {' | '.join(heads)} |\n|{'---|' * len(heads)}"
    return "\n".join((head, *(f"| {row} |" for row in cells)))
