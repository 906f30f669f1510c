"""What the answers mean for the strategies, read in one place. No strategy lives here."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import ValidationError

from qdrant_model_migration import words
from qdrant_model_migration.embedders import ModelRef, kind_of
from qdrant_model_migration.pipeline.sources import Source
from qdrant_model_migration.pipeline.sources.file import rows_of
from qdrant_model_migration.pipeline.text import TextSource
from qdrant_model_migration.qdrant import CollectionConfig
from qdrant_model_migration.qdrant.quantization import Quantization, body
from qdrant_model_migration.strategies.strategy import Answers, Fit, Strategy
from qdrant_model_migration.survey.facts import Bare, Survey, VectorFact
from qdrant_model_migration.survey.integrations import blind, named
from qdrant_model_migration.survey.path import root
from qdrant_model_migration.survey.texts import two_digits

SMALL_BYTES = 25_000_000
"""Below it loading again from the originals is quicker than copying (the seed)."""

CLONE_BYTES = 1_000_000_000
"""From it the server is asked to copy by itself: what would travel takes minutes, and more where
this computer is far from it."""

BY_SERVER = "the server copies payloads and stored vectors itself; only new ones are written"
"""Why a plan clones."""

DAYS_BYTES = 400_000_000_000
"""From it embedding again takes days, whatever the model (the seed)."""

HUGE_POINTS = 100_000_000
"""From it a learned map may be worth its loss (the seed)."""

MAP_SAMPLE = 4_000
"""The fewest texts from which a map is learned where the others are gone."""

_DAY = 24 * 3600
_PACE = 450e9
"""Tokens a second times bytes of the model: all-MiniLM-L6-v2 (90 MB) reads 5,000 on two cores."""

CHANGES = {
    "model": "the model changes",
    "shorter": "the model stays",
    "compression": "only the compression changes",
    "keywords": "only keyword search is added",
    "second": "a second model is added",
    "drop": "a vector is taken out",
}


def ruled_out_by_change(answers: Answers, *fitting: str) -> Fit | None:
    """The verdict that question `change` alone gives; None where its answer is one of `fitting`."""
    change = answers.get("change")
    if change is None:
        return Fit("open", "the first question decides", "change")
    if change in fitting:
        return None
    return Fit("ruled out", CHANGES.get(str(change), "another change is wanted"), "change")


def text_gone(answers: Answers) -> bool:
    """Whether the operator said that no point has its text anywhere."""
    text = answers.get("text")
    return isinstance(text, dict) and not text.get("fields") and not text.get("file")


def text_source(answers: Answers) -> TextSource | None:
    """The payload fields that were chosen to be embedded, or columns of a file; None: there are
    none."""
    text = answers.get("text")
    if file := file_of(text):
        columns = answers.get("text_columns") or {}
        text_of = tuple(columns.get("text") or ("text",))
        rows = rows_of(file, str(columns.get("id") or "id"), columns=_with_roots(text_of))
        return TextSource(fields=text_of, template=columns.get("template", ""), file=rows)
    fields = text.get("fields") if isinstance(text, Mapping) else None
    template = text.get("template", "") if isinstance(text, Mapping) else ""
    return TextSource(fields=tuple(fields), template=template) if fields else None


def file_of(answer: Any) -> str | None:
    """The file that an answer names, with its whole path, so that a resume from another folder
    finds it too."""
    file = answer.get("file") if isinstance(answer, Mapping) else None
    return str(Path(file).expanduser().absolute()) if isinstance(file, str) and file else None


def _with_roots(names: Sequence[str]) -> tuple[str, ...]:
    """Columns as they were named, and what holds them where that is a part: body.en, body."""
    return tuple(dict.fromkeys(one for name in names for one in (name, root(name))))


class Rows(NamedTuple):
    """The originals as they were chosen. text: of a point, by its id where it has one. number: of
    rows, as far as it is known."""

    source: Source
    text: TextSource
    number: int | None


def original_rows(survey: Survey, answers: Answers) -> Rows | None:
    """The rows of the file that is loaded; None where none was named."""
    answer, columns = answers.get("originals"), answers.get("columns") or {}
    file = file_of(answer)
    if file is None:
        return None
    ident, text = columns.get("id") or None, tuple(columns.get("text") or ("text",))
    payload = tuple(columns.get("payload") or ())
    chosen = _with_roots((*((ident,) if ident else ()), *text, *payload))
    source = rows_of(
        file,
        ident,
        columns=chosen if payload else None,
        more_of=survey.collection if columns.get("more") and ident else None,
    )
    number = answer.get("rows") if isinstance(answer, Mapping) else None
    read = TextSource(fields=text, template=columns.get("template", ""))
    return Rows(source, read, number if isinstance(number, int) else None)


def no_text(answers: Answers) -> Fit | None:
    """Ruled out because there is nothing to embed; None where there is, or may be."""
    if not text_gone(answers):
        return None
    return Fit("ruled out", "the texts are gone", "text")


def bare(survey: Survey, answers: Answers) -> Bare | None:
    """The points that lack the vector whose place the new one takes; None where none is known."""
    vector = replaced_vector(survey, answers)
    return (survey.bare.value or {}).get(vector.name) if vector else None


def bare_with_text(survey: Survey, answers: Answers) -> int | None:
    """How many of them have a text in the chosen fields; None where it is not known.

    Of joined fields the best filled one counts, so it is at least that many.
    """
    found, text = bare(survey, answers), answers.get("text")
    fields = text.get("fields") if isinstance(text, Mapping) else None
    if found is None or fields is None:
        return 0 if found is None else None
    known = [found.texts[field] for field in fields if field in found.texts]
    return max(known) if known else None


def kept_bare(survey: Survey, answers: Answers) -> str | None:
    """The vector that a point must have to get a new one; None where each with a text gets one."""
    vector = replaced_vector(survey, answers)
    keep = vector is not None and answers.get("bare") == "keep"
    return vector.name if vector is not None and keep else None


class OtherText(NamedTuple):
    """Texts were chosen of which the replaced vectors were not made. made_of: the field they were.

    proof: how many of its texts give their stored vector again, of those tried. chosen: the fields
    that were chosen; tried: the same of these, None where that was not tried.
    """

    made_of: str
    proof: tuple[int, int]
    chosen: tuple[str, ...]
    tried: tuple[int, int] | None


def other_text(survey: Survey, answers: Answers) -> OtherText | None:
    """The proof of the survey against the chosen fields; None where nothing speaks against them."""
    text, vector = answers.get("text"), replaced_vector(survey, answers)
    fields = tuple(text.get("fields") or ()) if isinstance(text, Mapping) else ()
    made_of = survey.made_of(vector.name) if vector else None
    if vector is None or made_of is None or not fields:
        return None
    if made_of in fields and fields == survey.text_meant:
        return None  # a point has its text in one of them
    if isinstance(text, Mapping) and text.get("template") == made_of:
        return None
    figures = survey.figures[vector.name]
    tried = figures.get(fields[0]) if len(fields) == 1 else None
    if tried is not None and tried[0] * figures[made_of][1] >= tried[1] * figures[made_of][0]:
        return None
    return OtherText(made_of, figures[made_of], fields, tried)


def no_dense(survey: Survey) -> Fit | None:
    """Ruled out because there is no dense vector whose model could change."""
    if survey.dense:
        return None
    if survey.vectors.value is None:
        return Fit("ruled out", "it is not known which vectors there are", "survey")
    return Fit("ruled out", "the collection has no dense vector", "survey")


def replaced_vector(survey: Survey, answers: Answers) -> VectorFact | None:
    """The dense vector whose place a new one takes: the answered one, else the first."""
    named = answers.get("replace")
    first = survey.dense[0] if survey.dense else None
    return next((vector for vector in survey.dense if vector.name == named), first)


def name_with_model(survey: Survey, answers: Answers) -> str | None:
    """What the vector whose name says the old model is called once it says the chosen one; None
    where its name says none."""
    old, model = replaced_vector(survey, answers), chosen_model(answers)
    if old is None or old.name == "" or model is None:
        return None
    asked_for = (one.vector_for(model) for one in named(products(survey)))
    wanted = next((name for name in asked_for if name is not None), None)
    made_by = old_model(survey, answers)
    if wanted is None and made_by is not None:
        before, after = made_by.short_name.lower(), model.short_name.lower()
        wanted = old.name.lower().replace(before, after) if before in old.name.lower() else None
    taken = {vector.name for vector in survey.vectors.value or ()}
    return wanted if wanted not in taken else None


def old_model(survey: Survey, answers: Answers) -> ModelRef | None:
    """The model of that vector, None where it is not known."""
    vector = replaced_vector(survey, answers)
    return survey.model_of(vector.name) if vector else None


def shorter_of_old(survey: Survey, answers: Answers) -> ModelRef | None:
    """The old model at the shorter length that is chosen; None where another model, or none, is.

    Always a cut of the old model itself: an answer typed by hand knows its name and length only.
    One that it was not made for counts only where shorter vectors are what is wanted.
    """
    old, chosen = old_model(survey, answers), chosen_model(answers)
    vector = replaced_vector(survey, answers)
    if old is None or chosen is None or vector is None or not old.has_cut(chosen):
        return None
    if vector.size is not None and chosen.dimensions >= vector.size:
        return None
    cut = old.cut_to(chosen.dimensions, unproven=True)
    return cut if not cut.unproven or answers.get("change") == "shorter" else None


def one_model_is_not_enough(answers: Answers) -> Fit | None:
    """Ruled out because both models have to answer for a while."""
    if answers.get("both") in ("test", "always"):
        return Fit("ruled out", "leaves one model at a time", "both")
    return None


def in_place(survey: Survey, answers: Answers) -> bool:
    """Whether the collection itself is changed, as it stands: a vector is added to it, or one is
    taken out."""
    adds = survey.capabilities.add_vector and answers.get("change") != "drop" and not apart(answers)
    wanted = adds and answers.get("in_place") == "in place"
    return wanted or taken_out_in_place(survey, answers)


def apart(answers: Answers) -> bool:
    """Whether the new vectors get a second collection, beside the present one, which stays as it
    is and in use."""
    return answers.get("many_for") == "apart" and makes_many(answers)


def present_one_stays(answers: Answers) -> Fit | None:
    """Ruled out because what it makes takes the place of the present vectors."""
    if not apart(answers):
        return None
    return Fit("ruled out", "the present vector goes on finding", "many_for")


def may_be_taken_out(survey: Survey, answers: Answers) -> bool:
    """Whether the vector that goes can be deleted of the collection as it stands."""
    vector = dropped_vector(survey, answers)
    return survey.capabilities.drop_vector and vector is not None and vector.name != ""


def taken_out_in_place(survey: Survey, answers: Answers) -> bool:
    """Whether that is done."""
    wanted = answers.get("change") == "drop" and answers.get("in_place") == "in place"
    return wanted and may_be_taken_out(survey, answers)


def no_new_collection(survey: Survey, answers: Answers) -> Fit | None:
    """Ruled out because it builds a new collection, and none is wanted."""
    if not in_place(survey, answers):
        return None
    return Fit("ruled out", "it builds a new collection", "in_place")


def may_be_cloned(survey: Survey, answers: Answers) -> bool:
    """Whether the server can copy the collection itself: a snapshot brings all vectors under their
    own names, and is restored into the shards that are there at once. Many vectors for a text are
    better in a collection of their own."""
    return (
        survey.capabilities.clone
        and survey.alone.value is True
        and not CollectionConfig(raw=survey.raw, payload_schema={}).custom_sharding
        and not in_place(survey, answers)
        and not makes_many(answers)
        and not _gets_a_name(survey, answers)
    )


def _gets_a_name(survey: Survey, answers: Answers) -> bool:
    """Whether the vector that has no name, and stays, is to have one."""
    present, names = replaced_vector(survey, answers), answers.get("vector_names")
    unnamed = present is not None and present.name == ""
    return unnamed and isinstance(names, Mapping) and bool(names.get("old"))


def cloned(survey: Survey, answers: Answers, strategy: Strategy) -> bool:
    """Whether that is what was chosen, for a strategy that asks for it."""
    chosen = "copied_by" in strategy.asks and answers.get("copied_by") == "server"
    return chosen and may_be_cloned(survey, answers)


def is_replaced(answers: Answers) -> bool:
    """Whether one vector goes for a new one; else all stay."""
    both = answers.get("both") in ("test", "always")
    return answers.get("change") == "model" and not both


def carried_bytes(survey: Survey, answers: Answers) -> int | None:
    """Payloads, and vectors that stay: what is carried to this computer and back where the server
    does not copy it. None: not known."""
    vector, size = replaced_vector(survey, answers), survey.bytes
    if size is None or vector is None or not is_replaced(answers):
        return size
    return max(0, size - 4 * (vector.size or 0) * (survey.points.value or 0))


class VectorNames(NamedTuple):
    """What two vectors beside each other are called; old: "" where it stays without a name."""

    new: str
    old: str


def vector_names(survey: Survey, answers: Answers) -> VectorNames:
    """As answered. Only an unnamed vector of a new collection gets another name than it has."""
    answer = answers.get("vector_names")
    assert isinstance(answer, Mapping), "the questions ask for names before a plan is made"
    present = replaced_vector(survey, answers)
    stands = present.name if present is not None else ""
    return VectorNames(str(answer["new"]), stands or str(answer.get("old", "")))


def missing_share(survey: Survey, answers: Answers) -> float:
    """The share of points without a text in the chosen fields (0..1), 0 where it is not known."""
    points = survey.points.value or 0
    return round((missing_texts(survey, answers) or 0) / points, 6) if points else 0.0


def expected_tokens(survey: Survey, answers: Answers, texts: int | None = None) -> int | None:
    """Tokens that the texts are likely to have; None where that is not known. texts: how many there
    are, None: those of the collection."""
    points, each = survey.points.value, survey.average_tokens.value
    if texts is None and points is not None:
        texts = max(0, points - (missing_texts(survey, answers) or 0))
    return two_digits(texts * each) if texts and each else None


def missing_texts(survey: Survey, answers: Answers) -> int | None:
    """How many points have no text in the chosen fields; None where it is not known.

    Counted for the surveyed field, else estimated from the sampled share. Joined fields miss a
    text only where all of them do, so the best filled one is an upper bound.
    """
    text = answers.get("text")
    fields = text.get("fields") if isinstance(text, Mapping) else None
    if file_of(text):
        return None
    if fields is None or tuple(fields) == survey.text_meant:
        return survey.texts_missing.value
    shares = [field.share for field in survey.text_fields.value or () if field.path in fields]
    if not shares or survey.points.value is None:
        return None
    return round((1 - max(shares)) * survey.points.value)


def at_the_server(answers: Answers) -> Fit | None:
    """Ruled out because the chosen model is at the Qdrant server."""
    model = chosen_model(answers)
    if model is None or not kind_of(model).at_server:
        return None
    return Fit("ruled out", "the model is at the server", "model")


def both_for_good(answers: Answers) -> Fit | None:
    """Ruled out because both models have to answer from now on; a test can also replace one."""
    if answers.get("both") == "always":
        return Fit("ruled out", "leaves one model at a time", "both")
    return None


def map_saves_much(survey: Survey, answers: Answers) -> str:
    """What a learned map saves here, in a few words; "" where it is not worth its loss."""
    if (survey.points.value or 0) >= HUGE_POINTS:
        return "saves weeks of embedding, costs quality"
    if text_gone(answers) and sample_texts(survey) >= MAP_SAMPLE:
        return "only a sample of the texts is left"
    model, tokens = chosen_model(answers), survey.average_tokens.value
    if model is None or not model.size_bytes or tokens is None:
        return ""
    seconds = (survey.points.value or 0) * tokens * model.size_bytes / _PACE
    return "embedding may take more than a day" if seconds > _DAY else ""


def sample_texts(survey: Survey) -> int:
    """How many points have a text, as far as the survey knows."""
    points = survey.points.value or 0
    return round(points * max((field.share for field in survey.text_fields.value or ()), default=0))


def sampled_texts(survey: Survey, answers: Answers) -> TextSource | None:
    """Where the texts of a sample stand: in the chosen fields, or where these are said to be gone
    in the field that has most of them left; None where those are too few to learn from."""
    if not text_gone(answers):
        named = survey.text_field.value
        return text_source(answers) or (TextSource(fields=(named,)) if named else None)
    left = max(survey.text_fields.value or (), key=lambda field: field.share, default=None)
    if left is None or sample_texts(survey) < MAP_SAMPLE:
        return None
    return TextSource(fields=(left.path,))


def bridged_texts(answers: Answers) -> TextSource | None:
    """The texts of which proper vectors can be made behind calculated ones: fields of the points,
    which their application goes on writing to; None where there are none."""
    text = text_source(answers)
    return text if text is not None and text.file is None else None


def switched_aliases(survey: Survey, answers: Answers) -> tuple[str, ...]:
    """The aliases of the collection that the application uses: they are switched together.

    Empty where it uses the collection's own name; the first one stands for all where one is asked
    for.
    """
    answer = answers.get("name")
    if not isinstance(answer, Mapping):
        return (survey.alias,) if survey.alias is not None else ()
    named = (answer.get("alias"), *(answer.get("also") or ())) if answer.get("exists") else ()
    known = survey.aliases.value
    return tuple(alias for alias in named if alias and (known is None or alias in known))


def aliases_unseen(survey: Survey) -> bool:
    """Whether nobody knows if there are any: the key, or what stands before the server, shows
    none."""
    return survey.aliases.value is None


def products(survey: Survey) -> tuple[str, ...]:
    """The products that probably wrote the points, by name."""
    return survey.written_by.value.names if survey.written_by.value is not None else ()


def sisters_there(survey: Survey) -> dict[str, str]:
    """The collections there that share its model, by what is known of the products that may have
    written it, each with the product's title."""
    return {
        name: one.title
        for one in named(products(survey))
        for name in one.sisters(survey.collection)
        if name in survey.others
    }


def family_there(survey: Survey) -> tuple[str, ...]:
    """The same with the collection itself, in the order in which they are named: the names of the
    later ones may follow from that of the first."""
    there = sisters_there(survey)
    return tuple(
        dict.fromkeys(
            name
            for one in named(products(survey))
            for name in one.relatives(survey.collection)
            if name in there or name == survey.collection
        )
    )


def called_with(survey: Survey, target: str) -> dict[str, str]:
    """What those that share its model have to be called, by their present names, once the
    collection is called `target` and the product looks for it by that name."""
    return {
        name: called
        for one in named(products(survey))
        for name in one.sisters(survey.collection)
        if (called := one.called_with(name, survey.collection, target)) is not None
    }


def finds_no_alias(survey: Survey) -> bool:
    """Whether no product that may have written the points finds a collection by an alias."""
    names = products(survey)
    return bool(names) and len(blind(names)) == len(names)


def looked_for(survey: Survey, answers: Answers) -> str | None:
    """The name that the application itself looks for with the chosen model; None: any will do."""
    model = chosen_model(answers)
    ones = named(products(survey)) if model is not None else ()
    found = (one.collection_for(survey.collection, model) for one in ones if model is not None)
    return next((name for name in found if name is not None), None)


def without_alias(answers: Answers) -> str | None:
    """How the application gets along without an alias: "changes" its name, or cannot and the new
    one "takes over" the old one's; None: an alias is switched."""
    answer = answers.get("name")
    return answer.get("kind") if isinstance(answer, Mapping) else None


def what(strategy: Strategy, answers: Answers) -> str:
    """What it does, with these answers: nothing is said of an alias that there is not, nor of a
    copy where nothing is copied."""
    switched = {
        "changes": "you change the name in your application",
        "takes over": "it is deleted and the new one gets its name",
    }
    return strategy.what.format(
        switched=switched.get(without_alias(answers) or "", "the alias is switched, in one moment"),
        kept=_kept(strategy, answers),
    )


def is_apart(strategy: Strategy, answers: Answers) -> bool:
    """Whether this strategy gives its vectors a second collection."""
    return "many_for" in strategy.asks and apart(answers)


def _kept(strategy: Strategy, answers: Answers) -> str:
    if is_apart(strategy, answers):
        return "stay as they are, and the new ones get a collection of their own"
    return "stay as they are" if _stays(strategy, answers) else "are copied"


def _stays(strategy: Strategy, answers: Answers) -> bool:
    placed = answers.get("in_place") == "in place"
    return ("adds" in strategy.facets and placed) or is_apart(strategy, answers)


def way_back(strategy: Strategy, answers: Answers) -> str:
    """How it is undone with these answers: without an alias none is switched back."""
    if "builds" not in strategy.facets:
        return strategy.way_back
    if _for_good(strategy, answers):
        return "none: the vector is deleted, but for a snapshot"
    if _stays(strategy, answers):
        return "search as before again; nothing has to be moved"
    instead = {
        "changes": "change the name in your application back, as long as the old collection stays",
        "takes over": "none: the old collection is deleted, but for a snapshot",
    }
    return instead.get(without_alias(answers) or "", strategy.way_back)


def never(strategy: Strategy, answers: Answers) -> str:
    """What it never touches, with these answers."""
    if _for_good(strategy, answers):
        return "Payloads and all other vectors are not changed."
    if "builds" in strategy.facets and without_alias(answers) == "takes over":
        return "Until the cutover the old collection is only read. Then it is DELETED."
    return strategy.never


def _for_good(strategy: Strategy, answers: Answers) -> bool:
    """Whether a vector is deleted of the collection that stands; these answers are settled."""
    return "drop" in strategy.asks and answers.get("in_place") == "in place"


def aliases_left(survey: Survey, answers: Answers) -> tuple[str, ...]:
    """The collection's other aliases: they stay where they are."""
    switched = switched_aliases(survey, answers)
    return tuple(alias for alias in survey.aliases.value or () if alias not in switched)


def dropped_vector(survey: Survey, answers: Answers) -> VectorFact | None:
    """The vector that is taken out; None where none is chosen."""
    named = answers.get("drop")
    return next((v for v in survey.vectors.value or () if v.name == named), None)


def makes_many(answers: Answers) -> bool:
    """Whether the chosen model makes many vectors for a text."""
    model = chosen_model(answers)
    return model is not None and model.vector == "multivector"


def one_vector_only(answers: Answers) -> Fit | None:
    """Ruled out because what it makes of a vector is one vector."""
    if not makes_many(answers):
        return None
    return Fit("ruled out", "of one vector no many can be calculated", "model")


def cannot_be_mapped(survey: Survey, answers: Answers) -> Fit | None:
    """Ruled out because no map between the two models can be learned here, or none is wanted."""
    ruled = (
        ruled_out_by_change(answers, "model")
        or one_model_is_not_enough(answers)
        or no_dense(survey)
        or one_vector_only(answers)
    )
    if ruled is None and sampled_texts(survey, answers) is None:
        return Fit("ruled out", "no sample texts to learn from", "text")
    return ruled


def chosen_model(answers: Answers) -> ModelRef | None:
    """The model of question `model`; None where none is chosen, or it cannot be read."""
    try:
        return _model(json.dumps(answers.get("model")))
    except (ValidationError, TypeError, ValueError):
        return None


@lru_cache(maxsize=64)
def _model(answer: str) -> ModelRef:
    """Every strategy asks for it, at every question."""
    return ModelRef.model_validate_json(answer)


def vector_meant(compression: Mapping[str, Any]) -> str | None:
    """The vector that the answer to `quantization` is for; None: all of them."""
    name = compression.get("vector")
    return ("" if name == words.UNNAMED else str(name)) if name else None


def compressed_now(survey: Survey, vector: str | None) -> tuple[Quantization | None, ...]:
    """What is in force for the vectors meant."""
    now = survey.quantizations
    return tuple(now.in_force(name) for name in now.meant(vector)) or (now.whole,)


def searched_with(answers: Answers) -> dict[str, Any]:
    """The search params of the application, as the answer to `search_params` says."""
    said = answers.get("search_params") or {}
    times = float(said.get("oversampling", 1.0))
    return {
        "rescore": {"yes": True, "no": False}.get(said.get("rescore", "default")),
        "oversampling": times if times > 1 else None,
    }


def wanted_quantization(survey: Survey, compression: Mapping[str, Any]) -> Quantization | None:
    """The server's JSON for the answer to `quantization`; None for none."""
    chosen = {key: value for key, value in compression.items() if key not in ("vector", "kind")}
    now = compressed_now(survey, vector_meant(compression))[0]
    return body(str(compression.get("kind", "none")), chosen, now)
