"""The map, read out: which questions are answered, which strategies are left, which way it goes."""

from __future__ import annotations

from qdrant_model_migration.advice import Advice, Standing, map_lines
from qdrant_model_migration.pages.page import Ways
from qdrant_model_migration.plain.talk import Talk

_STATES = {"answered": "", "found": " (found)", "here": " (you are here)", "next": " (to come)"}


def read_map(talk: Talk, ways: Ways) -> None:
    """Questions first, then the tree, then what is left."""
    advice = ways.advice
    talk.say("Map. Questions:")
    for standing in advice.standings:
        if said := _standing(standing):
            talk.say(said, indent=2, hang=2)
    talk.say("Ways:")
    for line in map_lines(ways.survey, advice):
        end = f": {line.title}, {line.state}" if line.strategy else ""
        here = " (you are here)" if line.here else ""
        talk.say(f"{line.label}{end}{here}", indent=2 + 2 * line.depth, hang=2)
    talk.say(f"Now this {leaves(advice)}.")


def leaves(advice: Advice) -> str:
    """ "leaves 2 of 8: Blue-green, Rebuild from source"."""
    titles = [strategy.title for strategy in advice.possible]
    undecided = sum(choice.fit.word == "open" for choice in advice.fits)
    said = f"leaves {len(titles) or 'none'} of {len(advice.fits)}"
    if titles:
        said += f": {', '.join(titles)}"
    return f"{said}; {undecided} not decided yet" if undecided else said


def _standing(standing: Standing) -> str:
    if standing.state == "skip":
        return ""
    label = f": {standing.label}" if standing.label else ""
    return f"{standing.question.short}{label}{_STATES[standing.state]}"
