"""What a question is: wording, options, suggestion, when it is asked, and what a valid answer is.

The questions themselves are declared in `questions/`, one small class each. All of it is pure, but
for `read_named`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal, NamedTuple

from qdrant_model_migration import words
from qdrant_model_migration.advice.errors import BadAnswer
from qdrant_model_migration.errors import meant
from qdrant_model_migration.strategies import Answers, Facet, Strategy
from qdrant_model_migration.survey.facts import Survey

UNKNOWN = "unknown"
"""The answer "I do not know", valid for every question that offers it; see `Question.settle`."""

Kind = Literal["choice", "text", "model", "file"]


class QuestionText(NamedTuple):
    """The question in words. `why` completes "Why we ask: "."""

    wording: str
    help: str
    why: str


class Option(NamedTuple):
    """One possible answer. `value` is the whole JSON answer, to which typed fields are added.

    note: a second line, or a reason. short: for the map, "" where the label is short enough.
    closed: why it cannot be chosen here, "" where it can.
    """

    value: Any
    label: str
    note: str = ""
    short: str = ""
    closed: str = ""


class Field(NamedTuple):
    """Something to type or set within an option, e.g. the file of searches.

    key: its place in the answer, "" for the whole answer. suggested: what stands in it at first.
    choices: for kind "choice", pairs of value and label. previewed: what the answer gives is said
    in place of the hint, see `Question.gives`.
    """

    key: str
    label: str
    kind: Literal["text", "number", "file", "choice", "tick"]
    suggested: str = ""
    hint: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    previewed: bool = False


class Suggestion(NamedTuple):
    """The answer that has the focus: found by the survey, said by a person, or the safe default."""

    value: Any
    how: Literal["found", "told", "default"]

    @property
    def mark(self) -> str:
        """What stands behind it."""
        return {"found": "found", "told": "said by you", "default": "suggested"}[self.how]


class Question:
    """Subclass it once for each question and add it to `QUESTIONS`; nothing else has to change.

    key: the answer's key. short: its name on the map. serves: the facets of strategies whose fit or
    steps depend on the answer; others name its key in `asks`.
    """

    key: ClassVar[str]
    short: ClassVar[str]
    kind: ClassVar[Kind] = "choice"
    serves: ClassVar[tuple[Facet, ...]] = ()

    def matters_to(self, strategy: Strategy) -> bool:
        """Whether the fit or the steps of `strategy` depend on the answer."""
        return self.key in strategy.asks or any(facet in strategy.facets for facet in self.serves)

    def text(self, survey: Survey, answers: Answers) -> QuestionText:
        raise NotImplementedError

    def options(self, survey: Survey, answers: Answers) -> tuple[Option, ...]:
        """All options in order, the "I do not know" last."""
        raise NotImplementedError

    def suggest(self, survey: Survey, answers: Answers) -> Suggestion:
        raise NotImplementedError

    def applies(self, survey: Survey, answers: Answers) -> bool:
        """Whether the question makes sense here at all."""
        return True

    def found(self, survey: Survey, answers: Answers) -> bool:
        """Whether the survey has settled it; it is then not asked, but open to correction."""
        return False

    def fields(self, survey: Survey, answers: Answers, value: Any) -> tuple[Field, ...]:
        """What is typed or set within the option that has this value."""
        return ()

    def check(self, value: Any, survey: Survey, answers: Answers) -> Any:
        """The valid answer made of `value`; raises BadAnswer. By default: one of the options."""
        return one_of(value, self.options(survey, answers), self.key)

    def reads(self, value: Any) -> bool:
        """Whether this valid answer names something that is to be read."""
        return self.kind == "file"

    def read_named(self, value: Any) -> Any:
        """Reads what a valid answer names; raises BadAnswer where a run would stumble over it.
        Returns the answer, with what is to be known of that from now on.

        Called once, when the answer is given: everything else here is pure.
        """
        return value

    def shows(self, answers: Answers) -> str | None:
        """The file whose first rows are shown while this is asked."""
        return None

    def gives(self, value: Any, row: Mapping[str, Any]) -> str:
        """What this answer makes of a row of that file; "" where it need not be shown."""
        return ""

    def taken_as(self, survey: Survey, answers: Answers) -> Any:
        """What "I do not know" means here."""
        return self.suggest(survey, answers).value

    def source(self, value: Any) -> str:
        """What the source text says that makes this answer rule a way out; "" where nothing."""
        return ""

    def clean(self, raw: Any, survey: Survey, answers: Answers) -> Any:
        """An answer as typed or read from a file, checked; raises BadAnswer with what to type."""
        if raw == UNKNOWN and any(o.value == UNKNOWN for o in self.options(survey, answers)):
            return UNKNOWN
        return self.check(raw, survey, answers)

    def compose(
        self, value: Any, typed: Mapping[str, str], survey: Survey, answers: Answers
    ) -> Any:
        """The answer of an option with its typed fields put in; raises BadAnswer."""
        if "" in typed:
            return self.clean(typed[""], survey, answers)
        if typed and isinstance(value, Mapping):
            value = {**value, **typed}
        return self.clean(value, survey, answers)

    def settle(self, value: Any, survey: Survey, answers: Answers) -> Any:
        """The answer as strategies see it: "I do not know" becomes what it is taken as."""
        return self.taken_as(survey, answers) if value == UNKNOWN else value

    def place(
        self, value: Any, options: tuple[Option, ...], survey: Survey, answers: Answers
    ) -> int:
        """Which of its options an answer belongs to; what was typed within it may differ."""
        for at, option in enumerate(options):
            if option.value == value:
                return at
        for at, option in enumerate(options):
            if isinstance(value, dict) and isinstance(option.value, dict):
                same = [key for key in ("kind", "exists", "rescore") if key in value]
                if same and all(value[key] == option.value.get(key) for key in same):
                    return at
        for at, option in enumerate(options):
            if not option.closed and self.fields(survey, answers, option.value):
                return at
        return 0

    def label(self, value: Any, survey: Survey, answers: Answers) -> str:
        """The answer in a few words, for the map."""
        for option in self.options(survey, answers):
            if option.value == value:
                return option.short or option.label
        return str(value)


def unknown(taken_as: str) -> Option:
    """The last option of a question."""
    return Option(UNKNOWN, "I do not know", f"taken as {taken_as}", "not known")


def one_of(value: Any, options: tuple[Option, ...], key: str) -> Any:
    """`value` if it is one of the open options; raises BadAnswer."""
    for option in options:
        if option.value == value:
            if option.closed:
                raise BadAnswer(f"{option.label} cannot be chosen here.", option.closed, field=key)
            return value
    names = [str(o.value) for o in options if not o.closed and isinstance(o.value, str)]
    todo = f"Choose one of: {', '.join(names)}." if names else "Choose one of the answers shown."
    what = f"{words.cut(value, 60)} is not an answer to {key}.{meant(str(value), names)}"
    raise BadAnswer(what, "", todo, field=key)
