"""The map in words: where the questions stand, which strategies are left, and the tree drawn."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len

from qdrant_model_migration.advice import Advice, Choice
from qdrant_model_migration.advice.tree import MapLine
from qdrant_model_migration.pages import ways
from qdrant_model_migration.strategies import Fit
from qdrant_model_migration.tui.typeset import crop
from qdrant_model_migration.tui.widgets.frame import wrap


def standings(advice: Advice, width: int, rows: int) -> list[str]:
    """Answered questions and the present one; what comes and what was found in one line each."""
    lines: list[str] = []
    for standing in advice.standings:
        if standing.state == "answered":
            lines.append(_cell("✓", standing.question.short, standing.label, width))
        elif standing.state == "here":
            lines.append(_cell("»", standing.question.short, "", width))
    ahead = [s.question.short for s in advice.standings if s.state == "next"]
    found = [s.question.short for s in advice.standings if s.state == "found"]
    tail: list[str] = []
    if ahead:
        more = f" and {len(ahead) - 1} more" if len(ahead) > 1 else ""
        tail.append(crop(f"  Next: {ahead[0]}{more}", width).rstrip())
    if found:
        tail.append(crop(f"  Found: {', '.join(found)}", width).rstrip())
    room = max(1, rows - len(tail))
    return [*lines[-room:], *tail]


def _cell(sign: str, name: str, label: str, width: int) -> str:
    short = label.rsplit("/", 1)[-1] if label.startswith("/") else label
    return crop(f"{sign} {name:<10} {short}", width).rstrip()


def fits(advice: Advice, width: int) -> list[str]:
    """Every strategy with its sign and what decides: the possible first."""
    ranked = ways.best_first(advice.fits)
    return [
        fit_line(c.strategy.title, _told(c, advice), advice.decides(c.fit), width) for c in ranked
    ]


def _told(choice: Choice, advice: Advice) -> Fit:
    """Of several that are meant for exactly this, only the recommended one is called first."""
    other = advice.recommended not in (None, choice.strategy)
    first = choice.fit.word == "first"
    return choice.fit._replace(word="possible") if first and other else choice.fit


def fit_line(title: str, fit: Fit, decided: str, width: int) -> str:
    note = "first" if fit.word == "first" else "open" if fit.word == "open" else ""
    if fit.word == "ruled out":
        note = decided
    room = width - len(note) - 3
    return f"{ways.SIGNS[fit.word]} {crop(title, max(4, room))} {note}"


def tree_line(line: MapLine, width: int) -> str:
    """One line of the tree: its branch, and the strategy it ends in."""
    here = "»" if line.here else " "
    if not line.lasts:
        return f"{here}{line.label}"
    stem = "".join("   " if last else "│  " for last in line.lasts[:-1])
    branch = "└ " if line.lasts[-1] else "├ "
    words = f"{here}{stem}{branch}{line.label}"
    if not line.strategy:
        return words
    end = f"► {line.sign} {line.title}"
    gap = max(1, width - len(words) - 27)
    return f"{words} {'─' * gap}{end}"


def tree(lines: Sequence[MapLine], width: int) -> list[str]:
    """The whole tree in `width` cells; a strategy that does not fit stands below its branch."""
    drawn: list[str] = []
    for line in lines:
        words = tree_line(line, width)
        if cell_len(words) <= width or not line.strategy:
            drawn.append(crop(words, width).rstrip())
            continue
        stem = " " + "".join("   " if last else "│  " for last in line.lasts)
        branch = tree_line(line._replace(strategy=""), width)
        drawn += [crop(branch, width).rstrip(), f"{stem}► {line.sign} {line.title}"]
    return drawn


def reasons(advice: Advice, width: int) -> list[str]:
    """Every strategy with the whole reason for its sign."""
    lines: list[str] = []
    for strategy, fit in ways.best_first(advice.fits):
        said = f"{ways.SIGNS[fit.word]} {strategy.title}: {fit.reason}"
        if fit.word == "ruled out":
            said += f" ({advice.decides(fit)})"
        first, *rest = wrap(said, width - 2)
        lines += [first, *(f"  {piece}" for piece in rest)]
    return lines
