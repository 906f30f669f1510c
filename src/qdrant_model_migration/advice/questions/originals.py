"""Questions: the file with the originals, and which of its columns are what; also of texts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from qdrant_model_migration import words
from qdrant_model_migration.advice import typed
from qdrant_model_migration.advice.errors import BadAnswer
from qdrant_model_migration.advice.question import (
    UNKNOWN,
    Field,
    Option,
    Question,
    QuestionText,
    Suggestion,
    unknown,
)
from qdrant_model_migration.advice.templates import gives, shown, typed_template
from qdrant_model_migration.errors import QmmError
from qdrant_model_migration.pipeline.head import head_of
from qdrant_model_migration.strategies import Answers
from qdrant_model_migration.strategies.answered.originals import SMALL_BYTES
from qdrant_model_migration.strategies.answered.texts import file_of, text_gone
from qdrant_model_migration.survey.facts import Survey
from qdrant_model_migration.survey.path import root
from qdrant_model_migration.survey.template import named_in

FILE = Field("file", "File", "file", hint="JSON lines, CSV or Parquet; its ending says which")
_READ = ("columns", "rows", "longest")  # parts of an answer that reading the file puts in
_IDS = ("id", "_id", "point_id", "uuid", "doc_id", "key")
_TEXTS = ("text", "body", "content", "chunk", "document", "passage")


def named_file(value: Mapping[str, Any], example: str) -> dict[str, Any]:
    """The parts of an answer that names a file; raises BadAnswer."""
    file = value.get("file")
    if not isinstance(file, str) or not file.strip():
        raise BadAnswer("No file was named.", "", f"Type its name, for example {example}.", "file")
    read = {key: value[key] for key in _READ if value.get(key) is not None}
    if not _is_read(read):
        raise BadAnswer(
            "This does not say what is in the file.", "", "Name the file alone.", "file"
        )
    return {"file": file.strip(), **read}


def _is_read(read: Mapping[str, Any]) -> bool:
    columns, rows = read.get("columns", []), read.get("rows", 0)
    return (
        isinstance(columns, list)
        and all(isinstance(name, str) for name in columns)
        and isinstance(rows, int)
        and isinstance(read.get("longest", ""), str)
    )


def with_head(value: Any) -> Any:
    """The answer with what the first rows of its file say. Raises BadAnswer."""
    file = file_of(value)
    if file is None:
        return value
    try:
        head = head_of(file)
    except QmmError as error:
        raise BadAnswer(error.what, error.why, error.todo, "file") from None
    read = {"columns": list(head.columns), "rows": head.rows, "longest": head.longest}
    return {**value, **{key: part for key, part in read.items() if part is not None}}


class Originals(Question):
    """Answer: "no", or {"have": "yes" | "recut", "file": path}, with what was read of the file:
    "columns": names, "rows": how many, about, "longest": the column with the longest texts."""

    key = "originals"
    short = "Originals"
    kind = "file"

    def text(self, survey: Survey, answers: Answers) -> QuestionText:
        size = survey.bytes
        here = f"Your collection holds {words.size(size)}. " if size is not None else ""
        return QuestionText(
            "Do you have the documents in a file, cut into the texts that you want to search?",
            f"{here}Each row is one point: a text and whatever else it carries.",
            "under 25 MB, loading again from the originals is quicker than copying. What your "
            "application writes meanwhile is not carried over, though.",
        )

    def found(self, survey: Survey, answers: Answers) -> bool:
        """Where copying is the better way anyway nobody is asked, and anybody can say otherwise."""
        small = survey.bytes is not None and survey.bytes < SMALL_BYTES
        return not small and not text_gone(answers)

    def source(self, value: Any) -> str:
        return (
            "For small datasets (<25MB), re-indexing from source is faster than using the "
            "migration tool."
        )

    def options(self, survey: Survey, answers: Answers) -> tuple[Option, ...]:
        return (
            Option({"have": "yes", "file": None}, "Yes, in a file", "", "in a file"),
            Option(
                {"have": "recut", "file": None},
                "Yes, and the texts in it are cut differently",
                "Rebuild from source comes first, however large",
                "cut differently",
            ),
            Option("no", "No", "rules out Rebuild from source", "no"),
            unknown("No"),
        )

    def suggest(self, survey: Survey, answers: Answers) -> Suggestion:
        return Suggestion("no", "found" if self.found(survey, answers) else "default")

    def fields(self, survey: Survey, answers: Answers, value: Any) -> tuple[Field, ...]:
        if not isinstance(value, Mapping):
            return ()
        return (FILE._replace(suggested=str(value.get("file") or "")),)

    def place(
        self, value: Any, options: tuple[Option, ...], survey: Survey, answers: Answers
    ) -> int:
        if isinstance(value, Mapping):
            return 1 if value.get("have") == "recut" else 0
        return super().place(value, options, survey, answers)

    def check(self, value: Any, survey: Survey, answers: Answers) -> Any:
        if value == "no":
            return value
        if not isinstance(value, Mapping) or value.get("have", "yes") not in ("yes", "recut"):
            raise BadAnswer(
                "This does not say whether there are originals.",
                "",
                "Name their file, or choose: No.",
                "file",
            )
        _no_strange_parts(value, ("have", "file", *_READ))
        return {"have": value.get("have", "yes"), **named_file(value, "documents.jsonl")}

    def reads(self, value: Any) -> bool:
        return file_of(value) is not None

    def read_named(self, value: Any) -> Any:
        return with_head(value)

    def label(self, value: Any, survey: Survey, answers: Answers) -> str:
        if isinstance(value, Mapping) and value.get("file"):
            return str(value["file"])
        return super().label(value, survey, answers)


class _WhichColumns(Question):
    """Which columns of the file that another question names are what."""

    kind = "text"
    of: ClassVar[str]
    help: ClassVar[str]

    def text(self, survey: Survey, answers: Answers) -> QuestionText:
        return QuestionText(
            "Which columns are what?",
            self.help,
            "an id tells which point a row belongs to, and of the text the vector is made.",
        )

    def applies(self, survey: Survey, answers: Answers) -> bool:
        return file_of(answers.get(self.of)) is not None

    def shows(self, answers: Answers) -> str | None:
        return file_of(answers.get(self.of))

    def gives(self, value: Any, row: Mapping[str, Any]) -> str:
        template = typed_template(value, "text")
        return gives(template, row) if template else ""

    def options(self, survey: Survey, answers: Answers) -> tuple[Option, ...]:
        suggested = self.suggest(survey, answers).value
        return (
            Option(suggested, "These columns"),
            unknown(self.label(suggested, survey, answers)),
        )

    def suggest(self, survey: Survey, answers: Answers) -> Suggestion:
        answer = answers.get(self.of)
        read = answer if isinstance(answer, Mapping) else {}
        columns = tuple(read.get("columns") or ())
        wish = (*filter(None, (survey.text_field.value,)), *_TEXTS)
        text = next((name for name in wish if name in columns), None)
        text = text or read.get("longest") or (columns[0] if columns else "text")
        ident = next((name for name in _IDS if name in columns), "" if columns else "id")
        return Suggestion(self._suggested(ident, str(text)), "default")

    def _suggested(self, ident: str, text: str) -> dict[str, Any]:
        return {"id": ident, "text": [text]}

    def fields(self, survey: Survey, answers: Answers, value: Any) -> tuple[Field, ...]:
        if value == UNKNOWN or not isinstance(value, Mapping):
            return ()
        return (self._id_field(answers, str(value.get("id") or "")), _text_field(value))

    def _id_field(self, answers: Answers, chosen: str) -> Field:
        columns = _columns(answers, self.of)
        choices = (*self._no_id(), *((name, name) for name in columns))
        kind: Any = "choice" if columns else "text"
        return Field("id", "Column with the id", kind, chosen, "", choices if columns else ())

    def _no_id(self) -> tuple[tuple[str, str], ...]:
        return ()

    def check(self, value: Any, survey: Survey, answers: Answers) -> Any:
        if not isinstance(value, Mapping):
            raise BadAnswer("This names no column.", "", "Choose the columns.", "text")
        given = {**self.suggest(survey, answers).value, **value}
        known = _columns(answers, self.of)
        template = typed_template(given, "text")
        text = _names([*named_in(template)] if template else given["text"], "text", known)
        if not text:
            raise BadAnswer("No column has the text.", "", "Type for example text.", "text")
        ident = _one(given["id"], known)
        return {"id": ident, "text": text, **({"template": template} if template else {})}

    def label(self, value: Any, survey: Survey, answers: Answers) -> str:
        if not isinstance(value, Mapping):
            return super().label(value, survey, answers)
        ident = value.get("id") or "made of the row"
        text = ", ".join(map(str, value.get("text") or ()))
        return f"id: {ident}, text: {'template of ' if value.get('template') else ''}{text}"


class TextColumns(_WhichColumns):
    """Answer: {"id": column, "text": [columns]} of the file of question Text; with "template" how
    they stand in the text."""

    key = "text_columns"
    short = "Its columns"
    serves = ("needs_text",)
    of: ClassVar[str] = "text"
    help: ClassVar[str] = "The text of a point is in the row that has its id."

    def check(self, value: Any, survey: Survey, answers: Answers) -> Any:
        answer = super().check(value, survey, answers)
        if not answer["id"]:
            todo = "Choose the column with the ids of the points."
            raise BadAnswer("Without an id no text finds its point.", "", todo, "id")
        return answer


class Columns(_WhichColumns):
    """Answer: {"id": column or "", "text": [columns], "payload": [columns], none: all,
    "more": whether the payload of the same id goes along}, of the file of question Originals; with
    "template" as well."""

    key = "columns"
    short = "Columns"
    of: ClassVar[str] = "originals"
    help: ClassVar[str] = (
        "The other columns become the payload. Ids that are neither whole numbers nor UUIDs are "
        "turned into UUIDs, the same ones every time. In CSV every value is a text."
    )

    def _suggested(self, ident: str, text: str) -> dict[str, Any]:
        return {"id": ident, "text": [text], "payload": [], "more": False}

    def _no_id(self) -> tuple[tuple[str, str], ...]:
        return (("", "none: made of the row"),)

    def fields(self, survey: Survey, answers: Answers, value: Any) -> tuple[Field, ...]:
        basic = super().fields(survey, answers, value)
        if not basic:
            return ()
        payload = ", ".join(value.get("payload") or ())
        hint = "names with a comma between them; nothing: all columns"
        return (
            *basic,
            Field("payload", "Columns for the payload", "text", payload, hint),
            Field(
                "more",
                f"Add the payload that the same id has in {survey.collection}",
                "tick",
                "yes" if typed.tick(value.get("more", False)) else "no",
                "what the file says goes first",
            ),
        )

    def check(self, value: Any, survey: Survey, answers: Answers) -> Any:
        answer = super().check(value, survey, answers)
        given = {**self.suggest(survey, answers).value, **value}
        _no_strange_parts(value, ("id", "text", "template", "payload", "more"))
        payload = _names(given["payload"], "payload", _columns(answers, self.of))
        more = typed.tick(given["more"], "more")
        if more and not answer["id"]:
            todo = "Choose the column with the ids, or leave the payload out."
            raise BadAnswer("Without an id no payload finds its point.", "", todo, "id")
        return {**answer, "payload": payload, "more": more}

    def label(self, value: Any, survey: Survey, answers: Answers) -> str:
        more = isinstance(value, Mapping) and value.get("more")
        return f"{super().label(value, survey, answers)}{', with payload by id' if more else ''}"


def _text_field(value: Mapping[str, Any]) -> Field:
    hint = "names with a comma between them, joined by a blank line; or as in {title}\\n{body}"
    text = shown(typed_template(value, "text")) or ", ".join(value.get("text") or ())
    return Field("text", "Columns with the text", "text", text, hint, previewed=True)


def _columns(answers: Answers, of: str) -> tuple[str, ...]:
    answer = answers.get(of)
    found = answer.get("columns") if isinstance(answer, Mapping) else None
    return tuple(map(str, found)) if isinstance(found, list) else ()


def _names(given: Any, field: str, known: Sequence[str]) -> list[str]:
    """Columns as a list, or typed with a comma between them; raises BadAnswer."""
    names = [part.strip() for part in given.split(",")] if isinstance(given, str) else given
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise BadAnswer("This names no column.", "", "Type for example title, body.", field)
    names = [*dict.fromkeys(filter(None, names))]
    for name in names:
        _must_be_known(name, known, field)
    return names


def _one(given: Any, known: Sequence[str]) -> str:
    name = given.strip() if isinstance(given, str) else ""
    if name:
        _must_be_known(name, known, "id")
    return name


def _must_be_known(name: str, known: Sequence[str], field: str) -> None:
    if known and name not in known and root(name) not in known:
        why = f"The columns are: {words.listing(known[:12])}."
        raise BadAnswer(
            f"The file has no column {words.cut(name, 60)}.", why, "Type one of them.", field
        )


def _no_strange_parts(value: Mapping[str, Any], parts: Sequence[str]) -> None:
    if strange := set(map(str, value)) - set(parts):
        what = f"{min(strange)} is not a part of this answer."
        raise BadAnswer(what, "", "Correct or delete it.", "file")
