"""Questions about the application: names it uses, who embeds searches, whether it writes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

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
from qdrant_model_migration.embedders import ModelRef
from qdrant_model_migration.strategies import Answers, strategies
from qdrant_model_migration.strategies.answered.cloning import may_be_cloned
from qdrant_model_migration.strategies.answered.model import at_the_server, chosen_model
from qdrant_model_migration.strategies.answered.names import (
    aliases_unseen,
    finds_no_alias,
    looked_for,
    without_alias,
)
from qdrant_model_migration.strategies.answered.place import apart, in_place
from qdrant_model_migration.strategies.answered.products import products
from qdrant_model_migration.strategies.answered.vectors import (
    name_with_model,
    old_model,
    replaced_vector,
)
from qdrant_model_migration.survey.facts import Survey
from qdrant_model_migration.survey.integrations import how_it_looks, named
from qdrant_model_migration.survey.writes import writes_in_words
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


class VectorNames(Question):
    """Answer: {"new": name of the new vector, "old": of the one beside it, "" where it has none}.

    "old" counts only where that one has no name yet and a new collection is built.
    """

    key = "vector_names"
    short = "Names"
    kind = "text"

    def text(self, survey: Survey, answers: Answers) -> QuestionText:
        if not self._names_both(survey, answers):
            return QuestionText(
                "What should the new vector be called?",
                f"Searches that mean it say its name in using. {_todays(survey)}",
                "an alias cannot choose a vector, so the application has to name it.",
            )
        stays = (
            " Left empty it stays without a name, and the application's present searches go on "
            "without a change."
            if survey.capabilities.add_vector and not survey.capabilities.local
            else ""
        )
        if stays and may_be_cloned(survey, answers):
            stays += " Only so can the server clone the collection by itself."
        return QuestionText(
            "What should the two vectors be called?",
            f"Searches say in using which of them they mean.{stays}",
            "an alias cannot choose a vector. Named from the start, both leave room for the next "
            "change of model.",
        )

    def options(self, survey: Survey, answers: Answers) -> tuple[Option, ...]:
        return (Option(self.suggest(survey, answers).value, "Names"),)

    def suggest(self, survey: Survey, answers: Answers) -> Suggestion:
        new = _free_vector_name(survey, answers)
        if not self._names_both(survey, answers):
            return Suggestion({"new": new}, "default")
        old = old_model(survey, answers)
        slug = _slug(old, dimensions=True) if old is not None else "old"
        return Suggestion({"new": new, "old": _free_among(survey, slug, besides=new)}, "default")

    def fields(self, survey: Survey, answers: Answers, value: Any) -> tuple[Field, ...]:
        if not isinstance(value, Mapping):
            return ()
        new = Field("new", "New vector", "text", str(value.get("new", "")))
        if not self._names_both(survey, answers):
            return (new,)
        old = str(value.get("old", ""))
        return (new, Field("old", "Old vector", "text", old, "it has no name today"))

    def check(self, value: Any, survey: Survey, answers: Answers) -> Any:
        suggested = self.suggest(survey, answers).value
        if isinstance(value, str):
            value = {**suggested, "new": value}
        if not isinstance(value, Mapping) or not {"new"} <= set(value) <= {"new", "old"}:
            raise BadAnswer("This names no vector.", "", f"Type for example {suggested['new']}.")
        new = self._free(value["new"], survey, suggested["new"], "new")
        if not self._names_both(survey, answers):
            return {"new": new}
        if str(value.get("old", "")).strip() == "":
            if not survey.capabilities.add_vector or survey.capabilities.local:
                raise BadAnswer(
                    "The old vector needs a name.",
                    "Here two vectors stand beside each other only where both have one.",
                    f"Type for example {suggested['old']}.",
                    "old",
                )
            return {"new": new, "old": ""}
        old = self._free(value["old"], survey, suggested["old"], "old")
        if old == new:
            raise BadAnswer(
                f"Both are called {new}.",
                "Searches tell them apart by it.",
                f"Type for example {suggested['old']}.",
                "old",
            )
        return {"new": new, "old": old}

    def label(self, value: Any, survey: Survey, answers: Answers) -> str:
        if not isinstance(value, Mapping):
            return super().label(value, survey, answers)
        return listing([str(name) for name in (value.get("old"), value.get("new")) if name])

    @staticmethod
    def _names_both(survey: Survey, answers: Answers) -> bool:
        old = replaced_vector(survey, answers)
        stays = in_place(survey, answers) or apart(answers)
        return old is not None and old.name == "" and not stays

    @staticmethod
    def _free(raw: Any, survey: Survey, example: str, field: str) -> str:
        name = typed.name(raw, "the name of a vector", example=example, field=field)
        if any(vector.name == name for vector in survey.vectors.value or ()):
            raise BadAnswer(
                f"There is a vector {name} already.", "", f"Type for example {example}.", field
            )
        return name


class QuerySide(Question):
    """Answer: "own", "framework" or "server"."""

    key = "query_side"
    short = "Query side"
    serves = ("takes_model",)

    def text(self, survey: Survey, answers: Answers) -> QuestionText:
        return QuestionText(
            "Who turns a search into a vector?",
            "Documents and searches must be embedded by the same model, always.",
            "a forgotten query model is the most common way for a finished migration to fail.",
        )

    def applies(self, survey: Survey, answers: Answers) -> bool:
        if answers.get("change") in ("compression", "keywords", "shorter"):
            return False
        # Whoever cuts the query vectors of the present model does the same to them.
        old, chosen = old_model(survey, answers), chosen_model(answers)
        cut = old is not None and chosen is not None and old.has_cut(chosen)
        return not cut or any(
            self.key in strategy.asks and strategy.fit(survey, answers).word != "ruled out"
            for strategy in strategies()
        )

    def source(self, value: Any) -> str:
        return (
            "For Qdrant Cloud inference, switching models is a config change, not a pipeline change"
        )

    def options(self, survey: Survey, answers: Answers) -> tuple[Option, ...]:
        return (
            Option("own", "Our own application", "the lines to change are printed", "application"),
            Option(
                "framework",
                "A framework or a ready-made product",
                "the setting to change is described",
                "framework",
            ),
            Option(
                "server",
                "The Qdrant server (inference)",
                "the model name in the requests changes; the stored vectors are still made again",
                "the server",
                "An embedded Qdrant cannot embed." if survey.capabilities.local else "",
            ),
            unknown("our own application"),
        )

    def found(self, survey: Survey, answers: Answers) -> bool:
        return at_the_server(answers) is not None

    def suggest(self, survey: Survey, answers: Answers) -> Suggestion:
        if self.found(survey, answers):
            return Suggestion("server", "found")
        by = survey.written_by.value
        if by is not None:
            return Suggestion("framework", "found" if by.sure else "default")
        return Suggestion("own", "default")


class Writes(Question):
    """Answer: "changes", "adds" or "none"."""

    key = "writes"
    short = "Writes"
    serves = ("builds",)

    def text(self, survey: Survey, answers: Answers) -> QuestionText:
        return QuestionText(
            "Does your application write during the run?",
            f"Found: {writes_in_words(survey.writes)}.",
            "a text that changes after it was read would keep the vector of its old words. The "
            "catch-up finds and mends these.",
        )

    def applies(self, survey: Survey, answers: Answers) -> bool:
        return not in_place(survey, answers) and not apart(answers)

    def found(self, survey: Survey, answers: Answers) -> bool:
        return (survey.writes.value or 0) > 0

    def options(self, survey: Survey, answers: Answers) -> tuple[Option, ...]:
        return (
            Option("changes", "Yes, it adds and changes", "", "adds and changes"),
            Option("adds", "It only adds", "", "only adds"),
            Option("none", "No, I can stop it for a while", "it is checked all the same", "none"),
            unknown("Yes, it adds and changes"),
        )

    def suggest(self, survey: Survey, answers: Answers) -> Suggestion:
        return Suggestion("changes", "found" if self.found(survey, answers) else "default")


class VectorName(Question):
    """Answer: the name of the new vector, "" where it stays without one. Where the present one has
    a name, it is asked if that says the old model."""

    key = "vector_name"
    short = "Vector name"
    serves = ("replaces",)

    def text(self, survey: Survey, answers: Answers) -> QuestionText:
        old = replaced_vector(survey, answers)
        if old is not None and old.name:
            return QuestionText(
                "What should the new vector be called?",
                f"The name {old.name} says the model that made it.",
                "a product that makes the name of its model looks for the new one; others search "
                "by the name that they are told.",
            )
        return QuestionText(
            "Will you change models again?",
            "A vector can have a name. Then old and new fit into one collection later.",
            "naming it now makes the next change shorter.",
        )

    def applies(self, survey: Survey, answers: Answers) -> bool:
        old = replaced_vector(survey, answers)
        if old is None or answers.get("change") in ("compression", "keywords", "second"):
            return False
        says = name_with_model(survey, answers) is not None and not in_place(survey, answers)
        return old.name == "" or says

    def options(self, survey: Survey, answers: Answers) -> tuple[Option, ...]:
        wanted, old = name_with_model(survey, answers), replaced_vector(survey, answers)
        if wanted is not None and old is not None:
            using = "searches must name it (using)"
            return (
                Option(wanted, f"By the new model: {wanted}", using, wanted),
                Option(
                    old.name, f"As before: {old.name}", "it goes on saying the old model", "kept"
                ),
                unknown(wanted),
            )
        named = _free_vector_name(survey, answers)
        return (
            Option("", "Unlikely", "the shape stays; searches name no vector", "none"),
            Option(
                named,
                "Probably",
                f"the new vector is named {named}; searches must name it (using)",
                named,
            ),
            unknown("Unlikely"),
        )

    def suggest(self, survey: Survey, answers: Answers) -> Suggestion:
        return Suggestion(name_with_model(survey, answers) or "", "default")

    def fields(self, survey: Survey, answers: Answers, value: Any) -> tuple[Field, ...]:
        if value in ("", UNKNOWN, self._present(survey, answers)):
            return ()
        return (Field("", "Name of the vector", "text", str(value)),)

    def check(self, value: Any, survey: Survey, answers: Answers) -> Any:
        present = self._present(survey, answers)
        if value == present:
            return value
        example = name_with_model(survey, answers) or _free_vector_name(survey, answers)
        name = typed.name(value, "the name of a vector", example=example, field="")
        if any(vector.name == name for vector in survey.vectors.value or ()):
            raise BadAnswer(
                f"There is a vector {name} already.", "", f"Type for example {example}."
            )
        return name

    def label(self, value: Any, survey: Survey, answers: Answers) -> str:
        return "none" if value == "" else super().label(value, survey, answers)

    @staticmethod
    def _present(survey: Survey, answers: Answers) -> str:
        """The name that stays where it is not changed."""
        old = replaced_vector(survey, answers)
        return old.name if old is not None else ""


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


def model_slug(answers: Answers, *, dimensions: bool = False) -> str:
    """The chosen model as part of a name: bge-base-en-v1.5 becomes bge_base."""
    model = chosen_model(answers)
    return "new" if model is None else _slug(model, dimensions=dimensions)


def _todays(survey: Survey) -> str:
    if any(vector.name == "" for vector in survey.vectors.value or ()):
        return "Those without it ask the vector that has no name, as today."
    return "Those of today name theirs and stay as they are."


def _slug(model: ModelRef, *, dimensions: bool) -> str:
    short = re.sub(r"[-_.]?(en|v\d+(\.\d+)*)(?=[-_.]|$)", "", model.short_name, flags=re.IGNORECASE)
    slug = re.sub(r"\W+", "_", short, flags=re.ASCII).strip("_").lower()[:60] or "new"
    if not dimensions or slug.endswith(f"_{model.dimensions}"):
        return slug
    return f"{slug}_{model.dimensions}"


def _free_vector_name(survey: Survey, answers: Answers) -> str:
    return _free_among(survey, model_slug(answers, dimensions=True))


def _free_among(survey: Survey, wish: str, besides: str = "") -> str:
    """`wish`, or the first of wish_2, wish_3 … that no vector has."""
    taken = {vector.name for vector in survey.vectors.value or ()} | {besides}
    numbered = (f"{wish}_{number}" for number in range(2, len(taken) + 3))
    return next(name for name in (wish, *numbered) if name not in taken)


def _what_is(survey: Survey, name: str) -> str:
    if name in survey.all_aliases:
        return f"It is an alias and points to {survey.all_aliases[name]}."
    if name in (survey.aliases.value or ()):
        return f"It is an alias and points to {survey.collection}."
    if name == survey.collection or name in survey.others:
        return "It is a collection on this server, and was not made by this plan."
    return "There is no alias of this name."
