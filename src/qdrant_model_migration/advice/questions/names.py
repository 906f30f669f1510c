"""The names that the application uses and the new collection gets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from qdrant_model_migration.advice import typed
from qdrant_model_migration.advice.errors import BadAnswer
from qdrant_model_migration.advice.model_slug import model_slug
from qdrant_model_migration.advice.question import (
    Field,
    Option,
    Question,
    QuestionText,
    Suggestion,
    unknown,
)
from qdrant_model_migration.strategies import Answers
from qdrant_model_migration.strategies.answered.names import (
    aliases_unseen,
    finds_no_alias,
    looked_for,
    without_alias,
)
from qdrant_model_migration.strategies.answered.place import apart, in_place
from qdrant_model_migration.strategies.answered.products import products
from qdrant_model_migration.survey.facts import Survey
from qdrant_model_migration.survey.integrations import how_it_looks, named
from qdrant_model_migration.words import listing

_TOGETHER = "tick those that it uses: they are switched together, the others stay"
_USES = "uses-"  # in what is ticked: the number of an alias, since names can hold anything
_UNSEEN = {"alias": "", "exists": True}


class Name(Question):
    """Answer: {"alias": the alias that is to be switched, "exists": bool}, and where the
    application uses more than one, "also": [the others]. Without an alias {"kind": "changes"}, or
    {"kind": "takes over"}: the name of the old collection becomes one of the new."""

    key = "name"
    short = "Name"
    serves = ("builds",)

    def text(self, survey: Survey, answers: Answers) -> QuestionText:
        more = ""
        if aliases_unseen(survey):
            more = " Aliases cannot be seen with this key, so none is suggested."
        elif len(survey.aliases.value or ()) > 1:
            more = " It has several aliases; one can also be a mere note of a product."
        return QuestionText(
            "Which name does your application use for the collection?",
            f"{_where_it_stands(survey)}{more}",
            "an alias is a second name that can be pointed elsewhere in one moment.",
        )

    def applies(self, survey: Survey, answers: Answers) -> bool:
        return not in_place(survey, answers) and not apart(answers)

    def found(self, survey: Survey, answers: Answers) -> bool:
        return len(survey.aliases.value or ()) == 1 and not self._is_note(survey)

    def options(self, survey: Survey, answers: Answers) -> tuple[Option, ...]:
        return (
            *self._aliases(survey),
            Option(
                self._own(survey),
                f"The collection's own name, {survey.collection}",
                "adds a first step: the application moves to an alias once",
                "own name",
            ),
            Option(
                {"kind": "changes"},
                "It cannot use an alias: it changes the name itself",
                "no single moment, and no switch back by one command",
                "changes its name",
            ),
            Option(
                {"kind": "takes over"},
                f"It can use no other name than {survey.collection}",
                "the old collection is DELETED at the cutover, and there is no way back",
                "takes the name over",
            ),
            unknown(self._taken_as_in_words(survey, answers)),
        )

    def _taken_as_in_words(self, survey: Survey, answers: Answers) -> str:
        by_itself = self.taken_as(survey, answers) == {"kind": "changes"}
        return "it changes the name itself" if by_itself else "the collection's own name"

    @staticmethod
    def _is_note(survey: Survey) -> bool:
        """Whether a product that is sure to use no alias has left one as a note."""
        by = survey.written_by.value
        return by is not None and by.sure and finds_no_alias(survey)

    def _aliases(self, survey: Survey) -> tuple[Option, ...]:
        """One option for all of them: which ones is ticked within it."""
        if aliases_unseen(survey):
            note = "its name is typed; the run looks at it before anything else"
            return (Option(_UNSEEN, "An alias, which cannot be seen here", note, "an alias"),)
        aliases = survey.aliases.value or ()
        if not aliases:
            return ()
        value = self._first(survey)
        if len(aliases) == 1:
            label, note = f"The alias {aliases[0]}", "found; the cutover is one switch"
        else:
            label, note = f"Aliases: {listing(aliases)}", _TOGETHER
        return (Option(value, label, note, value["alias"]),)

    def suggest(self, survey: Survey, answers: Answers) -> Suggestion:
        if self.found(survey, answers):
            return Suggestion(self._first(survey), "found")
        if self._goes_without(survey, answers):
            return Suggestion({"kind": "changes"}, "default")
        # Of several only that is switched which somebody has named: the others stay, reversibly.
        value = self._first(survey) if survey.aliases.value else self._own(survey)
        return Suggestion(value, "default")

    def taken_as(self, survey: Survey, answers: Answers) -> Any:
        own = not self._goes_without(survey, answers)
        return self._own(survey) if own else {"kind": "changes"}

    def _goes_without(self, survey: Survey, answers: Answers) -> bool:
        """Whether no alias leads the application to the new collection, as far as it is known."""
        blind = finds_no_alias(survey) and (not survey.aliases.value or self._is_note(survey))
        return blind or aliases_unseen(survey) or looked_for(survey, answers) is not None

    def fields(self, survey: Survey, answers: Answers, value: Any) -> tuple[Field, ...]:
        if not isinstance(value, Mapping):
            return ()
        if value.get("exists") is False:
            hint = "the name your application will use from then on; it must be free"
            return (Field("alias", "New alias", "text", str(value.get("alias", "")), hint),)
        if value.get("exists") and aliases_unseen(survey):
            hint = "as your application names it"
            return (Field("alias", "Alias", "text", str(value.get("alias", "")), hint),)
        aliases = survey.aliases.value or ()
        if len(aliases) < 2:
            return ()
        used = (value.get("alias"), *(value.get("also") or ()))
        return tuple(
            Field(f"{_USES}{n}", f"It uses {alias}", "tick", "yes" if alias in used else "no")
            for n, alias in enumerate(aliases)
        )

    def check(self, value: Any, survey: Survey, answers: Answers) -> Any:
        value = _named(value, survey.aliases.value or ())
        if value in ({"kind": "changes"}, {"kind": "takes over"}):
            return dict(value)
        if (
            not isinstance(value, Mapping)
            or set(value) - {"also"} != {"alias", "exists"}
            or not isinstance(value["exists"], bool)
            or not isinstance(value.get("also", []), list | tuple)
        ):
            raise BadAnswer("This names no alias.", "", "Choose one of those shown.", "alias")
        free = _live_name(survey)
        alias, also = value["alias"], list(value.get("also", ()))
        if value["exists"]:
            for one in (alias, *also):
                if aliases_unseen(survey) and not is_taken(survey, one):
                    typed.name(one, "an alias", example=survey.collection, field="alias")
                elif one not in (survey.aliases.value or ()):
                    raise BadAnswer(
                        f"{one} does not point to {survey.collection}.",
                        _what_is(survey, one),
                        "Choose one of those shown.",
                        "alias",
                    )
            others = [one for one in dict.fromkeys(also) if one != alias]
            return {"alias": alias, "exists": True, **({"also": others} if others else {})}
        alias = typed.name(alias, "an alias", example=free, field="alias")
        if also:
            raise BadAnswer(
                "Only one alias is made.",
                "Several are switched only where they exist already.",
                "Name one.",
                "alias",
            )
        if is_taken(survey, alias):
            raise BadAnswer(
                f"{alias} is taken.",
                _what_is(survey, alias),
                f"Type another name, for example {free}.",
                "alias",
            )
        return {"alias": alias, "exists": False}

    def label(self, value: Any, survey: Survey, answers: Answers) -> str:
        if not isinstance(value, Mapping) or "kind" in value:
            return super().label(value, survey, answers)
        if not value.get("exists"):
            return f"own name, then {value.get('alias')}"
        also = value.get("also") or ()
        names = listing((str(value.get("alias")), *also))
        return f"alias{'es' if also else ''} {names}"

    def _first(self, survey: Survey) -> dict[str, Any]:
        """The alias that the collection was asked for by, else the first one."""
        aliases = survey.aliases.value or ()
        alias = survey.asked_for if survey.asked_for in aliases else aliases[0]
        return {"alias": alias, "exists": True}

    def _own(self, survey: Survey) -> dict[str, Any]:
        """Where aliases cannot be seen nobody knows which name is free, so none is made up."""
        if aliases_unseen(survey):
            return {"alias": "", "exists": False}
        return {"alias": _live_name(survey), "exists": False}


class Target(Question):
    """Answer: the name of the new collection."""

    key = "target"
    short = "New name"
    kind = "text"
    serves = ("builds",)

    def text(self, survey: Survey, answers: Answers) -> QuestionText:
        return QuestionText(
            "What should the new collection be called?",
            _uses_name(answers),
            "old and new stand side by side for a while, and a name that says what is new tells "
            "them apart.",
        )

    def applies(self, survey: Survey, answers: Answers) -> bool:
        return not in_place(survey, answers)

    def options(self, survey: Survey, answers: Answers) -> tuple[Option, ...]:
        return (Option(self.suggest(survey, answers).value, "Name"),)

    def suggest(self, survey: Survey, answers: Answers) -> Suggestion:
        name = answers.get("name")
        wanted = looked_for(survey, answers)
        if wanted is not None and without_alias(answers) == "changes":
            return Suggestion(free_name(survey, wanted, ""), "default")
        alias = survey.alias or (name.get("alias") if isinstance(name, Mapping) else None)
        stem = survey.alias if survey.alias is not None else survey.collection
        slug = model_slug(answers, dimensions=answers.get("change") == "shorter")
        return Suggestion(free_name(survey, stem, f"_{slug}", besides=alias), "default")

    def fields(self, survey: Survey, answers: Answers, value: Any) -> tuple[Field, ...]:
        return (Field("", "Name", "text", str(value), "it must be free"),)

    def check(self, value: Any, survey: Survey, answers: Answers) -> Any:
        suggested = self.suggest(survey, answers).value
        target = typed.name(value, "the name of a collection", example=suggested, field="")
        name = answers.get("name")
        alias = name.get("alias") if isinstance(name, Mapping) else None
        if is_taken(survey, target) or target == alias:
            why = _what_is(survey, target) if target != alias else "It is the alias of this plan."
            raise BadAnswer(
                f"{target} already exists." if target != alias else f"{target} is taken.",
                why,
                f"Choose another name for the new collection, for example {suggested}.",
            )
        return target

    def label(self, value: Any, survey: Survey, answers: Answers) -> str:
        return str(value)


def _where_it_stands(survey: Survey) -> str:
    """Where a person finds the name, by product where it is known, and what is known of aliases."""
    ones = named(products(survey))
    settings = [
        f"{one.settings.collection} ({one.title})" for one in ones if one.settings.collection
    ]
    fixed = [one.title for one in ones if one.names == "fixed"]
    said = [f"It is {listing(settings, 'or')}." if settings else ""]
    said.append(f"{listing(fixed, 'or')} can use no name of one's own choice." if fixed else "")
    said.append(how_it_looks([one.name for one in ones]))
    return " ".join(filter(None, said)) or "Look for collection_name in its settings."


def _named(value: Any, aliases: Sequence[str]) -> Any:
    """The answer of ticks, or of names with a comma between them; any other as it is."""
    if isinstance(value, str):
        named = [part.strip() for part in value.split(",")]
    elif isinstance(value, Mapping) and any(str(key).startswith(_USES) for key in value):
        ticks = ((alias, value.get(f"{_USES}{n}", False)) for n, alias in enumerate(aliases))
        named = [alias for alias, on in ticks if typed.tick(on)]
        if not named:
            raise BadAnswer(
                "No alias is ticked.",
                "",
                "Tick one, or choose the collection's own name.",
                f"{_USES}0",
            )
    else:
        return value
    return {"alias": named[0], "exists": True, "also": named[1:]}


def _uses_name(answers: Answers) -> str:
    if apart(answers):
        return "Your application asks it by this name for the order of what it has found."
    if without_alias(answers) == "changes":
        return "Your application is changed to this name."
    return "Your application never uses this name; it uses the alias."


def is_taken(survey: Survey, name: str) -> bool:
    """Whether a collection or an alias of the server has this name."""
    taken = {survey.collection, *survey.others, *survey.all_aliases, *(survey.aliases.value or ())}
    return name in taken


def _live_name(survey: Survey) -> str:
    """A free name for an alias that the application can be told."""
    parted = (one.parted(survey.collection) for one in named(products(survey)))
    stem, ending = next((two for two in parted if two[1]), (survey.collection, ""))
    name, number = typed.suggested(stem, f"_live{ending}"), 1
    while is_taken(survey, name):
        number += 1
        name = typed.suggested(stem, f"_live_{number}{ending}")
    return name


def free_name(survey: Survey, stem: str, ending: str, besides: str | None = None) -> str:
    """stem and ending, or the first of them with _2, _3 … that neither a collection nor an alias
    has."""
    wish = typed.suggested(stem, ending)
    name, number = wish, 1
    while is_taken(survey, name) or name == besides:
        number += 1
        name = f"{wish}_{number}"
    return name


def _what_is(survey: Survey, name: str) -> str:
    if name in survey.all_aliases:
        return f"It is an alias and points to {survey.all_aliases[name]}."
    if name in (survey.aliases.value or ()):
        return f"It is an alias and points to {survey.collection}."
    if name == survey.collection or name in survey.others:
        return "It is a collection on this server, and was not made by this plan."
    return "There is no alias of this name."
