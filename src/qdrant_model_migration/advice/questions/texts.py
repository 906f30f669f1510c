"""Questions: where a point's text comes from; points without one; points without a vector."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from qdrant_model_migration import words
from qdrant_model_migration.advice.errors import BadAnswer
from qdrant_model_migration.advice.question import (
    Field,
    Option,
    Question,
    QuestionText,
    Suggestion,
    unknown,
)
from qdrant_model_migration.advice.questions.originals import FILE, named_file, with_head
from qdrant_model_migration.advice.templates import gives, shown, typed_template
from qdrant_model_migration.strategies import Answers, Strategy
from qdrant_model_migration.strategies.answered.products import products
from qdrant_model_migration.strategies.answered.texts import (
    bare_with_text,
    file_of,
    missing_texts,
    other_text,
    text_gone,
)
from qdrant_model_migration.strategies.answered.vectors import bare, replaced_vector
from qdrant_model_migration.survey.facts import Survey, TextField
from qdrant_model_migration.survey.integrations import texts_elsewhere, titles
from qdrant_model_migration.survey.path import root
from qdrant_model_migration.survey.template import named_in

ANOTHER = {"fields": [""]}
IN_A_FILE = {"file": None}


class Text(Question):
    """Answer: {"fields": [payload paths]}; no field: the texts are gone. With "template" how they
    stand in the text. Or {"file": path}, with what was read of it."""

    key = "text"
    short = "Text"
    serves = ("needs_text",)

    def text(self, survey: Survey, answers: Answers) -> QuestionText:
        elsewhere = texts_elsewhere(products(survey))
        must = f"It must be the text the old vectors were made from.{_checked(survey, answers)}"
        return QuestionText(
            "Where does the text of each point come from?",
            f"{must} {elsewhere}".strip(),
            "a vector is made from a text. Qdrant has the text only if your application stored it.",
        )

    def found(self, survey: Survey, answers: Answers) -> bool:
        # In Explore a switch says whether there is a text; there is no payload to choose from.
        return survey.text_field.how == "made up"

    def options(self, survey: Survey, answers: Answers) -> tuple[Option, ...]:
        found = survey.text_field.value
        fields = sorted(survey.text_fields.value or (), key=lambda field: field.path != found)
        listed = [self._option(field, survey, answers) for field in fields[:6]]
        if found is not None and not any(field.path == found for field in fields):
            note = "said by you" if survey.text_field.how == "told" else "found"
            listed.insert(0, Option({"fields": [found]}, f"The payload field {found}", note))
        default = self.suggest(survey, answers).value["fields"]
        return (
            *self._joined(survey),
            *listed,
            Option(
                ANOTHER,
                "Another field, or several joined",
                "joined by a blank line, in the order typed; or as in {title}\\n{body}",
                "another field",
            ),
            Option(
                IN_A_FILE,
                "A file with id and text",
                "payloads stay as they are; points that are not in it go without a vector",
                "a file",
            ),
            Option(
                {"fields": []},
                "The text is gone",
                "rules out everything that embeds again",
                "gone",
            ),
            unknown(f"the field {words.listing(default, 'or')}" if default else "gone"),
        )

    @staticmethod
    def _joined(survey: Survey) -> tuple[Option, ...]:
        """Several fields of which a point has its text in one, or that stood in it together."""
        if template := survey.text_template:
            label = f"As it was embedded: {shown(template)}"
            value = {"fields": list(named_in(template)), "template": template}
            proved = survey.matches is not None and survey.matches[0] > 0
            as_usual = f"as {titles(products(survey))} does it; not proved"
            note = "found; this gives the stored vectors" if proved else as_usual
            return (Option(value, label, note),)
        meant = survey.text_meant
        if len(meant) < 2:
            return ()
        label = f"The payload fields {words.listing(meant)}"
        return (Option({"fields": list(meant)}, label, "found; each point has its text in one"),)

    def suggest(self, survey: Survey, answers: Answers) -> Suggestion:
        if survey.text_template and survey.text_field.how != "told":
            return Suggestion(self._joined(survey)[0].value, "found")
        if survey.text_field.value is not None:
            told = survey.text_field.how == "told"
            return Suggestion({"fields": list(survey.text_meant)}, "told" if told else "found")
        fields = survey.text_fields.value or ()
        if fields:
            return Suggestion({"fields": [fields[0].path]}, "default")
        return Suggestion({"fields": []}, "found")

    def fields(self, survey: Survey, answers: Answers, value: Any) -> tuple[Field, ...]:
        if isinstance(value, Mapping) and "file" in value:
            return (FILE._replace(suggested=str(value["file"] or "")),)
        listed = [option.value for option in self.options(survey, answers)]
        if value == ANOTHER or (isinstance(value, Mapping) and value not in listed):
            named = value.get("fields")
            typed = ", ".join(map(str, named)) if isinstance(named, list) else ""
            template = value.get("template", "") if isinstance(value, Mapping) else ""
            hint = "names of payload fields, with a comma between them; a.b for b within a"
            if template:
                held = {one.path: one.example for one in survey.text_fields.value or ()}
                typed, hint = shown(template), gives(template, held)
            return (Field("fields", "Fields", "text", typed, hint),)
        return ()

    def check(self, value: Any, survey: Survey, answers: Answers) -> Any:
        if isinstance(value, Mapping) and "file" in value:
            return named_file(value, "texts.csv")
        fields = value.get("fields") if isinstance(value, Mapping) else None
        template = typed_template(value, "fields")
        if template:
            fields = list(named_in(template))
        elif isinstance(fields, str):
            fields = [part.strip() for part in fields.split(",")]
        unnamed = bool(template) and not fields
        if not isinstance(fields, list) or unnamed or set(value) - {"fields", "template"}:
            raise BadAnswer("This names no field.", "", "Type for example title, body.", "fields")
        if not all(isinstance(field, str) and field for field in fields):
            raise BadAnswer("A field has no name.", "", "Type for example title, body.", "fields")
        if len(set(fields)) < len(fields):
            twice = next(field for field in fields if fields.count(field) > 1)
            raise BadAnswer(f"{twice} is named twice.", "", "Name it once.", "fields")
        known = survey.payload_fields.value
        for field in fields:
            if known and not _is_known(field, known, survey):
                raise BadAnswer(
                    f"No point that was read has the field {field}.",
                    _which(known, survey),
                    "Type one or more of them.",
                    "fields",
                )
        return {"fields": fields, **({"template": template} if template else {})}

    def reads(self, value: Any) -> bool:
        return file_of(value) is not None

    def read_named(self, value: Any) -> Any:
        return with_head(value)

    def place(
        self, value: Any, options: tuple[Option, ...], survey: Survey, answers: Answers
    ) -> int:
        if isinstance(value, Mapping) and "file" in value:
            return next(at for at, option in enumerate(options) if option.value == IN_A_FILE)
        return super().place(value, options, survey, answers)

    def label(self, value: Any, survey: Survey, answers: Answers) -> str:
        if file := file_of(value):
            return f"file {Path(file).name}"
        fields = value.get("fields") if isinstance(value, Mapping) else None
        if not isinstance(fields, list):
            return super().label(value, survey, answers)
        if value.get("template"):
            return f"template of {', '.join(fields)}"
        return (
            f"{'field' if len(fields) == 1 else 'fields'} {', '.join(fields)}" if fields else "gone"
        )

    def _option(self, field: TextField, survey: Survey, answers: Answers) -> Option:
        note = f"{words.share(field.share)} filled"
        if field.path == survey.text_field.value:
            note = f"{'said by you' if survey.text_field.how == 'told' else 'found'}, {note}"
        vector = replaced_vector(survey, answers)
        figures = survey.figures.get(vector.name, {}) if vector else {}
        if field.path in figures:
            same, tried = figures[field.path]
            note += f"; {same} of {tried} samples match"
        return Option({"fields": [field.path]}, f"The payload field {field.path}", note)


def _checked(survey: Survey, answers: Answers) -> str:
    """Which field the present vectors were made from, and what speaks against the chosen one."""
    vector, match = replaced_vector(survey, answers), survey.matches
    made_of = survey.made_of(vector.name) if vector else None
    if vector is None or made_of is None:
        return f" {match[0]} of {match[1]} samples match." if match else ""
    same, tried = survey.figures[vector.name][made_of]
    said = f" That is {made_of}: {same} of {tried} samples match"
    other = other_text(survey, answers)
    if other is not None and other.tried is not None:
        said += f", with {other.chosen[0]} {other.tried[0]} of {other.tried[1]}"
    return f"{said}."


def _which(known: tuple[str, ...], survey: Survey) -> str:
    """The fields there are, those with texts first; never more than fit on the screen."""
    texts = [field.path for field in survey.text_fields.value or ()]
    found = [*dict.fromkeys((*texts, *known))]
    more = len(found) - 8
    listed = ", ".join(found[:8])
    return f"The fields are: {listed}{f' and {more} more' if more > 0 else ''}."


def _is_known(field: str, known: tuple[str, ...], survey: Survey) -> bool:
    texts = [text.path for text in survey.text_fields.value or ()]
    if survey.text_field.how != "told":  # what a person said is checked like what one types here
        texts.append(survey.text_field.value or "")
    return field in known or root(field) in known or field in texts


class Bare(Question):
    """Answer: "keep" or "make"."""

    key = "bare"
    short = "No vector"

    def matters_to(self, strategy: Strategy) -> bool:
        facets = set(strategy.facets)
        made = bool({"embeds", "infers"} & facets)
        return made and ("replaces" in facets or {"adds", "takes_model"} <= facets)

    def text(self, survey: Survey, answers: Answers) -> QuestionText:
        found, texts = bare(survey, answers), bare_with_text(survey, answers)
        number = found.points if found else 0
        have = "point has" if number == 1 else "points have"
        about = "about " if survey.bare.how == "sample" else ""
        of_them = (
            f"{about}{words.count(texts)} of them with a text"
            if texts is not None
            else "and it is not known how many of them have a text"
        )
        return QuestionText(
            f"{about.capitalize()}{words.count(number)} {have} no vector today, {of_them}. Should "
            "those with a text get one?",
            "No search finds them today; somebody may have wanted that.",
            "a vector made for such a point lets it turn up in searches where it never was.",
        )

    def applies(self, survey: Survey, answers: Answers) -> bool:
        return not text_gone(answers) and bare_with_text(survey, answers) != 0

    def options(self, survey: Survey, answers: Answers) -> tuple[Option, ...]:
        return (
            Option(
                "keep",
                "Keep them without a vector",
                "searches go on without them, filters find them as today",
                "keep without",
            ),
            Option(
                "make",
                "Make one from their text",
                "they begin to turn up in searches",
                "make one",
            ),
            unknown(self.label(self.suggest(survey, answers).value, survey, answers)),
        )

    def label(self, value: Any, survey: Survey, answers: Answers) -> str:
        return {"keep": "keep without", "make": "make one"}.get(str(value), "not known")

    def suggest(self, survey: Survey, answers: Answers) -> Suggestion:
        """Searches find afterwards what they find today; unless nobody has one yet."""
        found = bare(survey, answers)
        nobody = found is not None and found.points == survey.points.value
        return Suggestion("make" if nobody else "keep", "default")


class Missing(Question):
    """Answer: "copy" or "stop"."""

    key = "missing"
    short = "Missing"
    serves = ("needs_text",)

    def text(self, survey: Survey, answers: Answers) -> QuestionText:
        missing = missing_texts(survey, answers) or 0
        have, them = ("point has", "it") if missing == 1 else ("points have", "them")
        return QuestionText(
            f"{words.count(missing)} {have} no text. What should happen to {them}?",
            "They are listed in any case.",
            "an empty text can be turned into a vector too, a meaningless one that turns up in "
            "searches. That is never done here.",
        )

    def applies(self, survey: Survey, answers: Answers) -> bool:
        return not text_gone(answers) and (missing_texts(survey, answers) or 0) > 0

    def options(self, survey: Survey, answers: Answers) -> tuple[Option, ...]:
        return (
            Option(
                "copy",
                "Copy them without a vector",
                "filters find them, searches do not",
                "copy, no vector",
            ),
            Option(
                "stop",
                "Stop, so that I can correct them first",
                "no plan is made before",
                "stop",
            ),
            unknown("copied without a vector"),
        )

    def suggest(self, survey: Survey, answers: Answers) -> Suggestion:
        return Suggestion("copy", "default")
