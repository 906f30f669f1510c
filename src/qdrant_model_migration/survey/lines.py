"""The survey as the lines that every face shows: what, what was found, and how it is known."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from qdrant_model_migration import words
from qdrant_model_migration.survey import integrations, languages
from qdrant_model_migration.survey.collection import vectors_in_words
from qdrant_model_migration.survey.facts import Fact, Survey
from qdrant_model_migration.survey.server import can_add_vector, can_insert_only, server_fact

Facts = Mapping[str, Fact[Any]]

_MOST_LANGUAGES = 3


class Line(NamedTuple):
    """One line. key: of the fact it is mainly about. what: "" continues the line before.

    found: "" as long as it is not known. settle: a person has to decide before it goes on. note:
    whole sentences, where there is more to say.
    """

    key: str
    what: str
    found: str
    how: str
    settle: bool = False
    note: str = ""


def facts_of(survey: Survey) -> dict[str, Fact[Any]]:
    """All facts of a survey by the keys under which they were told."""
    told = {name: getattr(survey, name) for name in Survey.model_fields}
    return {
        "server": server_fact(survey.capabilities),
        "add_vector": can_add_vector(survey.capabilities),
        "insert_only": can_insert_only(survey.capabilities),
        **{name: fact for name, fact in told.items() if isinstance(fact, Fact)},
    }


def lines(facts: Facts) -> tuple[Line, ...]:
    """All lines, always the same ones in the same order, also while the survey still reads."""
    seen = facts.get("text_fields", _NONE).note or "sample"
    made = (
        _line(facts, "server", "Server", lambda f: str(f.value)),
        _line(facts, "add_vector", "It can", _yes_or_no),
        _line(facts, "insert_only", "", _yes_or_no),
        *_inference(facts),
        _points(facts),
        _vectors(facts),
        *_written_by(facts),
        _line(facts, "quantization", "Quantization", lambda f: f.note),
        _text_field(facts),
        _text_length(facts),
        _line(facts, "languages", "Languages", lambda f: _languages(f.value or {}), True),
        _old_model(facts),
        *_bare(facts),
        _payload(facts),
        _size(facts),
        _line(facts, "aliases", "Aliases", _aliases, True),
        _line(facts, "writes", "Writes", lambda f: f.note),
    )
    return tuple(line._replace(how=seen) if line.how == "sample" else line for line in made)


_NONE: Fact[Any] = Fact()


def _aliases(fact: Fact[Any]) -> str:
    return "cannot be seen" if fact.value is None else ", ".join(fact.value) or "none"


def _line(facts: Facts, key: str, what: str, say: Any, with_note: bool = False) -> Line:
    fact = facts.get(key)
    if fact is None:
        return Line(key, what, "", "")
    return Line(key, what, say(fact), fact.how, note=fact.note if with_note else "")


def _inference(facts: Facts) -> tuple[Line, ...]:
    """Few servers can, so that it is said only of those."""
    served = facts.get("server_embeds", _NONE).value
    said = "make vectors of texts itself (inference): yes"
    return (_line(facts, "server_embeds", "", lambda _: said),) if served else ()


def _yes_or_no(fact: Fact[Any]) -> str:
    return f"{fact.note}: {'yes' if fact.value else 'no'}"


def _points(facts: Facts) -> Line:
    fact, status = facts.get("points"), facts.get("status", _NONE)
    if fact is None:
        return Line("points", "Points", "", "")
    state = f", status {status.value}" if status.value else ""
    note = "; ".join(part for part in (fact.note, _trouble(status)) if part)
    return Line("points", "Points", f"{words.count(fact.value or 0)}{state}", fact.how, note=note)


def _vectors(facts: Facts) -> Line:
    fact = facts.get("vectors")
    if fact is None:
        return Line("vectors", "Vectors", "", "")
    found = vectors_in_words(fact.value or ())
    return Line(
        "vectors", "Vectors", found, fact.how, note=fact.note.removeprefix(found).lstrip("; ")
    )


def _written_by(facts: Facts) -> tuple[Line, ...]:
    """Only where the points look like those of a product that is known."""
    fact = facts.get("written_by", _NONE)
    if fact.value is None:
        return ()
    probably = "" if fact.value.sure else "probably "
    found = f"{probably}{integrations.titles(fact.value.names)}"
    return (Line("written_by", "Written by", found, fact.how, note=fact.note),)


def _bare(facts: Facts) -> tuple[Line, ...]:
    """Points without a vector that have a text: only where there are any."""
    fact, field = facts.get("bare", _NONE), facts.get("text_field", _NONE).value
    several = len([v for v in facts.get("vectors", _NONE).value or () if v.kind == "dense"]) > 1
    about = "about " if fact.how == "sample" else ""
    said = []
    for name, one in (fact.value or {}).items():
        if with_text := one.texts.get(field):
            whose = f"{words.vector(name)}: " if several else ""
            said.append(
                f"{whose}{about}{words.plural(one.points, 'point')}, {about}"
                f"{words.count(with_text)} of them with a text"
            )
    return (Line("bare", "No vector", "; ".join(said), fact.how),) if said else ()


def _trouble(status: Fact[Any]) -> str:
    return status.note if status.value in ("red", "grey", "yellow") else ""


def _text_field(facts: Facts) -> Line:
    field, missing = facts.get("text_field"), facts.get("texts_missing")
    if field is None:
        return Line("text_field", "Text field", "", "")
    if field.value is None:
        return Line("text_field", "Text field", "none found", field.how, note=field.note)
    settle = field.how == "sample" and bool(field.note)
    named = words.listing([field.value, *(facts.get("text_joined", _NONE).value or ())], "or")
    if missing is None or missing.value is None:
        return Line("text_field", "Text field", named, field.how, settle, field.note)
    points = facts.get("points", _NONE).value or 0
    about = "about " if missing.how == "sample" and missing.value else ""
    lack = f"{about}{words.count(missing.value)} {'has' if missing.value == 1 else 'have'} none"
    found = (
        f"{named}: in {about}{words.plural(points - missing.value, 'point')}; {lack}"
        if missing.value
        else f"{named}: in all points{' of the sample' if missing.how == 'sample' else ''}"
    )
    note = "; ".join(part for part in (field.note, missing.note) if part)
    return Line("text_field", "Text field", found, missing.how, settle, note)


def _text_length(facts: Facts) -> Line:
    average, longest = facts.get("average_tokens"), facts.get("longest_tokens", _NONE)
    if average is None:
        return Line("average_tokens", "Text length", "", "")
    found = f"about {words.count(average.value or 0)} tokens on average"
    if longest.value is not None:
        found += f", longest {words.count(longest.value)}"
    return Line("average_tokens", "Text length", found, average.how, note=average.note)


def _languages(shares: Mapping[str, float]) -> str:
    """The largest shares; the rest is added up, so that it comes to 100 %."""
    named = [(code, part) for code, part in shares.items() if code != "other"]
    first = named if len(named) <= _MOST_LANGUAGES else named[: _MOST_LANGUAGES - 1]
    rest = 1 - sum(part for _, part in first)
    said = [f"{languages.NAMES.get(code, code)} {words.share(part)}" for code, part in first]
    if shares and rest > 0.001:
        said.append(f"other {words.share(rest)}")
    return ", ".join(said) or "not known"


def _old_model(facts: Facts) -> Line:
    fact = facts.get("old_model")
    if fact is None:
        return Line("old_model", "Old model", "", "")
    if fact.value is None:
        return Line("old_model", "Old model", "not known", fact.how, note=fact.note)
    whole = fact.note.count(" ") > 9  # a sentence belongs below the line, not into it
    found = fact.value.label if whole or not fact.note else f"{fact.value.label}: {fact.note}"
    return Line("old_model", "Old model", found, fact.how, note=fact.note if whole else "")


def _payload(facts: Facts) -> Line:
    fields, indexes = facts.get("payload_fields"), facts.get("payload_indexes")
    if fields is None:
        return Line("payload_fields", "Payload", "", "")
    found = words.plural(len(fields.value or ()), "field")
    if indexes is not None and indexes.value is not None:
        found += f", {words.plural(len(indexes.value), 'payload index', 'payload indexes')}"
    note = indexes.note if indexes is not None else ""
    return Line("payload_fields", "Payload", found, fields.how, note=note)


def _size(facts: Facts) -> Line:
    vectors, payload = facts.get("vector_bytes"), facts.get("payload_bytes")
    if vectors is None or payload is None:
        return Line("vector_bytes", "Size", "", "")
    if vectors.value is None or payload.value is None:
        return Line("vector_bytes", "Size", "not known", "not known")
    found = (
        f"{words.size(vectors.value + payload.value)}: vectors {words.size(vectors.value)}, "
        f"payload {words.size(payload.value)}"
    )
    return Line("vector_bytes", "Size", found, vectors.how)
