"""The map of all ways: branches, the question that decides each, and the strategy it ends in.

Data, and one function that walks it with answers. Drawing is the faces' work. A strategy that no
branch names stands under a last one, other ways.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, NamedTuple

from qdrant_model_migration.advice.advise import Advice
from qdrant_model_migration.strategies import by_name
from qdrant_model_migration.strategies.answered.learned_map import HUGE_POINTS
from qdrant_model_migration.strategies.answered.originals import SMALL_BYTES
from qdrant_model_migration.survey.facts import Survey


class Branch(NamedTuple):
    """A line of the map.

    question, values: taken where the answer to `question` is one of `values`. holds: taken where
    the survey says so; None: not known. strategy: what the branch ends in. hidden_without: not
    drawn at all where `holds` is False, because the server cannot do it. first: taken where its
    strategy comes first, since no one answer leads there.
    """

    label: str
    question: str = ""
    values: tuple[str, ...] = ()
    holds: Callable[[Survey], bool | None] | None = None
    strategy: str = ""
    children: tuple[Branch, ...] = ()
    hidden_without: bool = False
    first: bool = False


class MapLine(NamedTuple):
    """A line as drawn. depth: 0 for the root. lasts: for each depth from 1, is it the last there.

    state: of the strategy the line ends in, None for a branch. walked: the answers lead here.
    here: the deepest walked line. question: jump here from the line, "" where the survey decides.
    """

    label: str
    depth: int
    lasts: tuple[bool, ...]
    state: Literal["possible", "ruled out", "open"] | None
    strategy: str
    title: str
    question: str
    walked: bool
    here: bool

    @property
    def sign(self) -> str:
        """✓ possible, ✗ ruled out, ? open; "" for a branch."""
        return {"possible": "✓", "ruled out": "✗", "open": "?", None: ""}[self.state]


def _made_for_cutting(survey: Survey) -> bool | None:
    old = survey.old_model.value
    return None if old is None else bool(old.matryoshka)


def _not_made_for_cutting(survey: Survey) -> bool | None:
    made = _made_for_cutting(survey)
    return None if made is None else not made


TREE = Branch(
    "What do you want to change?",
    children=(
        Branch("compress differently", "change", ("compression",), strategy="requantize"),
        Branch(
            "shorter vectors, same model",
            "change",
            ("shorter",),
            children=(
                Branch(
                    "made for shortening (Matryoshka)",
                    holds=_made_for_cutting,
                    strategy="truncate",
                ),
                Branch(
                    "not made for it",
                    holds=_not_made_for_cutting,
                    strategy="blue_green",
                    first=True,
                ),
                Branch(
                    "not made for it, but enough is left",
                    holds=_not_made_for_cutting,
                    strategy="truncate",
                    first=True,
                ),
            ),
        ),
        Branch(
            "replace the model, or add a second",
            "change",
            ("model", "second"),
            children=(
                Branch(
                    "vectors made by the server",
                    "query_side",
                    ("server",),
                    strategy="server_inference",
                ),
                Branch(
                    "under 25 MB, originals at hand",
                    "originals",
                    ("yes", "recut"),
                    holds=lambda s: None if s.bytes is None else s.bytes < SMALL_BYTES,
                    strategy="rebuild_from_source",
                ),
                Branch(
                    "huge, approximate is good enough",
                    "accuracy",
                    ("approximate",),
                    holds=lambda s: (s.points.value or 0) >= HUGE_POINTS,
                    strategy="linear_map",
                ),
                Branch(
                    "only queries are calculated", "accuracy", ("queries",), strategy="map_queries"
                ),
                Branch("many vectors for a text", first=True, strategy="multivectors"),
                Branch(
                    "both must answer for a while",
                    "both",
                    ("test", "always"),
                    strategy="side_by_side",
                    children=(
                        Branch(
                            "server 1.18.1 or newer: in place, or a new collection",
                            holds=lambda s: s.capabilities.add_vector,
                            hidden_without=True,
                        ),
                        Branch(
                            "older: a new collection with both vectors",
                            holds=lambda s: not s.capabilities.add_vector,
                            hidden_without=True,
                        ),
                    ),
                ),
                Branch("one replaces the other", "both", ("no",), strategy="blue_green"),
            ),
        ),
        Branch("take a vector out", "change", ("drop",), strategy="drop_vector"),
        Branch("add keyword search", "change", ("keywords",), strategy="dense_to_hybrid"),
    ),
)


def map_lines(survey: Survey, advice: Advice, tree: Branch = TREE) -> tuple[MapLine, ...]:
    """The map from top to bottom, as these answers and facts leave it."""
    other = _other_ways(tree, advice)
    lines = _lines(tree._replace(children=(*tree.children, *other)), (), True, survey, advice)
    walked = [i for i, line in enumerate(lines) if line.walked]
    others = _named(Branch("", children=other))
    deepest = max(walked, key=lambda i: (lines[i].depth, lines[i].strategy in others))
    return tuple(line._replace(here=i == deepest) for i, line in enumerate(lines))


def _other_ways(tree: Branch, advice: Advice) -> tuple[Branch, ...]:
    """A last branch with the strategies that no other one names, walked where one is first."""
    named, best = _named(tree), advice.recommended
    leaves = tuple(
        Branch(
            choice.strategy.subtitle,
            holds=lambda _, this=choice.strategy: this is best,  # type: ignore[misc]
            strategy=choice.strategy.name,
        )
        for choice in advice.fits
        if choice.strategy.name not in named
    )
    if not leaves:
        return ()
    taken = best is not None and best.name not in named
    return (Branch("other ways", holds=lambda _: taken, children=leaves),)


def _named(branch: Branch) -> set[str]:
    """The strategies that a branch, or one below it, ends in."""
    return {branch.strategy}.union(*(_named(child) for child in branch.children)) - {""}


def _lines(
    branch: Branch, lasts: tuple[bool, ...], walked: bool, survey: Survey, advice: Advice
) -> list[MapLine]:
    strategy = by_name(branch.strategy) if branch.strategy else None
    line = MapLine(
        label=branch.label,
        depth=len(lasts),
        lasts=lasts,
        state=None if strategy is None else _state(advice.fit_of(strategy).word),
        strategy=branch.strategy,
        title=strategy.title if strategy else "",
        question=branch.question if branch.question or lasts else "change",
        walked=walked,
        here=False,
    )
    shown = [child for child in branch.children if not _is_hidden(child, survey)]
    lines = [line]
    for i, child in enumerate(shown):
        on_it = walked and _is_taken(child, survey, advice)
        lines += _lines(child, (*lasts, i == len(shown) - 1), on_it, survey, advice)
    return lines


def _state(word: str) -> Literal["possible", "ruled out", "open"]:
    if word == "ruled out":
        return "ruled out"
    return "open" if word == "open" else "possible"


def _is_hidden(branch: Branch, survey: Survey) -> bool:
    return branch.hidden_without and branch.holds is not None and branch.holds(survey) is False


def _is_taken(branch: Branch, survey: Survey, advice: Advice) -> bool:
    if branch.holds is not None and not branch.holds(survey):
        return False
    if branch.first:
        return advice.recommended is not None and advice.recommended.name == branch.strategy
    if not branch.question:
        return True
    if advice.settled.get("change") == "second" and branch.question == "both":
        return branch.strategy == "side_by_side"  # a second model: both answer
    return advice.settled.get(branch.question) in branch.values
