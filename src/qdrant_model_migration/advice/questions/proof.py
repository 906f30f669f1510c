"""Questions: how the new model is judged, and how hard the server may be worked."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from qdrant_model_migration.advice import typed
from qdrant_model_migration.advice.errors import BadAnswer
from qdrant_model_migration.advice.question import (
    Field,
    Option,
    Question,
    QuestionText,
    Suggestion,
    unknown,
)
from qdrant_model_migration.errors import meant
from qdrant_model_migration.quality import QUERIES_FORM, read_queries
from qdrant_model_migration.quality.errors import QueryFileUnusable
from qdrant_model_migration.strategies import Answers
from qdrant_model_migration.strategies.answered.place import taken_out_in_place
from qdrant_model_migration.strategies.changes import what_changes
from qdrant_model_migration.survey.facts import Survey
from qdrant_model_migration.survey.titles import called_like_one

MARGIN = 0.02
"""How much worse the new model may be, unless the operator says otherwise."""

_KINDS = ("file", "made up", "log", "later")

_PARTS = frozenset({"kind", "file", "margin", "title_field"})


class Proof(Question):
    """Answer: {"kind": ..., "file": path or None, "margin": 0..0.5}, for "made up" also
    {"title_field": payload field} where the documents have titles."""

    key = "proof"
    short = "Proof"
    kind = "file"
    serves = ("builds",)

    def applies(self, survey: Survey, answers: Answers) -> bool:
        return what_changes(answers.get("change")).judged is not None

    def text(self, survey: Survey, answers: Answers) -> QuestionText:
        judged = what_changes(answers.get("change")).judged
        assert judged is not None, "asked only where something is judged"
        asked, note, better = judged
        return QuestionText(
            asked,
            note,
            f"without searches whose answers are known nobody can say whether {better}.",
        )

    def options(self, survey: Survey, answers: Answers) -> tuple[Option, ...]:
        labels = {
            "file": ("A file of searches with their right answers", "best; GO is possible", "file"),
            "made up": (
                "From your documents: each title must find its own text",
                "GO is possible, marked as weak evidence",
                "from documents",
            ),
            "log": (
                "Searches from a log, without answers",
                "shows how much changes; the verdict is INCONCLUSIVE",
                "from a log",
            ),
            "later": (
                "Later",
                "INCONCLUSIVE; the cutover asks for the words without proof",
                "later",
            ),
        }
        return (
            *(Option(_bare(kind, survey), *labels[kind]) for kind in _KINDS),
            unknown("From your documents"),
        )

    def suggest(self, survey: Survey, answers: Answers) -> Suggestion:
        return Suggestion(_bare("made up", survey), "default")

    def fields(self, survey: Survey, answers: Answers, value: Any) -> tuple[Field, ...]:
        if not isinstance(value, Mapping) or value.get("kind") == "later":
            return ()
        margin = Field(
            "margin",
            "How much worse may it be at most?",
            "number",
            f"{value.get('margin') or MARGIN:g}",
            "0.02 means: 2 of 100 right answers fewer",
        )
        file = Field(
            "file", "File", "file", str(value.get("file") or ""), _form(str(value["kind"]))
        )
        if value.get("kind") == "log":
            return (file,)
        if value.get("kind") == "file":
            return (file, margin)
        title = Field(
            "title_field",
            "Field with the title",
            "choice",
            str(value.get("title_field") or ""),
            "without one the first sentence is the search",
            (("", "none: the first sentence"), *((field, field) for field in survey.title_fields)),
        )
        return (title, margin)

    def check(self, value: Any, survey: Survey, answers: Answers) -> Any:
        if not isinstance(value, Mapping) or value.get("kind") not in _KINDS:
            raise BadAnswer(
                "This is no way to judge.", "", f"Choose one of: {', '.join(_KINDS)}.", "kind"
            )
        if strange := set(value) - _PARTS:
            part = min(map(str, strange))
            what = f"{part} is not a part of this answer.{meant(part, _PARTS)}"
            raise BadAnswer(what, "", "Correct or delete it.", "kind")
        kind, file = value["kind"], value.get("file") or None
        if kind in ("file", "log"):
            if not isinstance(file, str) or not file.strip():
                todo = "Type its name, for example queries.csv."
                raise BadAnswer("No file was named.", "", todo, "file")
            file = file.strip()
        else:
            file = None
        margin = typed.number(
            value.get("margin", MARGIN), example="0.02", low=0.0, high=0.5, field="margin"
        )
        answer = {"kind": kind, "file": file, "margin": margin}
        title = value.get("title_field") or None
        if kind != "made up" or title is None:
            return answer
        known = (*survey.title_fields, *(survey.payload_fields.value or (title,)))
        if title not in known:
            raise BadAnswer(
                f"No point that was read has the field {title}.",
                "",
                "Choose one of those shown.",
                "title_field",
            )
        return {**answer, "title_field": title}

    def read_named(self, value: Any) -> Any:
        file = value.get("file") if isinstance(value, Mapping) else None
        if not isinstance(file, str) or not file.strip():
            return value
        try:
            known = read_queries(Path(file.strip()).expanduser())
        except QueryFileUnusable as error:
            raise BadAnswer(error.what, error.why, error.todo, "file") from None
        if value.get("kind") == "file" and known.origin != "labelled":
            raise BadAnswer(
                f"{known.source} holds no right answers.",
                "Without them nobody can say whether searches find more than before.",
                "Add the ids of the right answers, or choose: Searches from a log.",
                "file",
            )
        return value

    def label(self, value: Any, survey: Survey, answers: Answers) -> str:
        if isinstance(value, Mapping):
            bare = _bare(str(value.get("kind")), survey)
            return str(value.get("file") or super().label(bare, survey, answers))
        return super().label(value, survey, answers)


def _form(kind: str) -> str:
    return "a search on each line, or CSV with the column query" if kind == "log" else QUERIES_FORM


def _bare(kind: str, survey: Survey) -> dict[str, Any]:
    answer = {"kind": kind, "file": None, "margin": MARGIN}
    title = next(filter(called_like_one, survey.title_fields), None)
    return {**answer, "title_field": title} if kind == "made up" and title else answer


class Pace(Question):
    """Answer: "gently", "normally" or "fast"."""

    key = "pace"
    short = "Pace"
    serves = ("builds",)

    def text(self, survey: Survey, answers: Answers) -> QuestionText:
        return QuestionText(
            "How hard may the server be worked?",
            "Searches come first: test searches tell when they suffer, by 10 ms or more.",
            "filling a collection takes computing time from searches.",
        )

    def applies(self, survey: Survey, answers: Answers) -> bool:
        # The practice Qdrant has one pace: it writes each point to disk by itself.
        return not survey.capabilities.local and not taken_out_in_place(survey, answers)

    def options(self, survey: Survey, answers: Answers) -> tuple[Option, ...]:
        return (
            Option(
                "gently",
                "Gently",
                "slow down when a test search takes 20 % longer; pause at twice",
            ),
            Option("normally", "Normally", "slow down at twice as long; pause at 5 times"),
            Option("fast", "Fast", "nobody searches now; searches are not watched"),
            unknown("Normally"),
        )

    def suggest(self, survey: Survey, answers: Answers) -> Suggestion:
        return Suggestion("normally", "default")
