"""One survey, from the first request to the last: the order in which facts are found and told.

What is made of what was read stands in the files named after it; nothing here changes anything.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timezone
from typing import Any

from qdrant_model_migration import words
from qdrant_model_migration.embedders import ModelRef, mapped_from, mapped_points, projected_to
from qdrant_model_migration.qdrant import Point, Qdrant, cannot_carry
from qdrant_model_migration.qdrant.errors import RightMissing, RouteUnknown
from qdrant_model_migration.survey import (
    integrations,
    language_fields,
    languages,
    old_model,
    old_models,
    pieces,
    placeholders,
    sizes,
    texts,
    titles,
    word_models,
)
from qdrant_model_migration.survey.bare import bare_fact
from qdrant_model_migration.survey.collection import (
    index_paths,
    lacking_note,
    points_fact,
    quantization_fact,
    status_fact,
    vector_facts,
    vectors_in_words,
)
from qdrant_model_migration.survey.errors import CollectionEmpty
from qdrant_model_migration.survey.facts import Fact, Pieces, Survey, TextField, VectorFact
from qdrant_model_migration.survey.path import value_at
from qdrant_model_migration.survey.reader import AT_A_TIME, Reader, heed
from qdrant_model_migration.survey.sample import sample as read_sample
from qdrant_model_migration.survey.sample import spread
from qdrant_model_migration.survey.server import (
    alone,
    can_add_vector,
    can_insert_only,
    embeds,
    server_fact,
)
from qdrant_model_migration.survey.text_field import field_fact, length_facts, missing_fact
from qdrant_model_migration.survey.trial import TEXTS
from qdrant_model_migration.survey.writes import writes_fact

_MOST_RIVALS = 4
_MOST_FIELDS = 6  # that have figures of their own; as many as question Text lists
_TEXTLESS = 32  # points without a text whose vectors are looked at as well

OnFact = Callable[[str, Fact[Any]], None]


def survey(
    qdrant: Qdrant,
    name: str,
    *,
    on_fact: OnFact | None = None,
    text_field: str | None = None,
    old_model: ModelRef | None = None,
    known_before: Mapping[str, ModelRef] | None = None,
    sample: int = 2000,
    stop: threading.Event | None = None,
) -> Survey:
    """Everything that questions, strategies and plan need to know of a collection. Only reads.

    name: a collection or an alias. on_fact(key, fact) is called as each is found, in the order of
    the screen; keys are the Survey's fields, and "server", "add_vector", "insert_only"; a key told
    twice replaces what was told before. text_field, old_model: the operator's corrections.
    known_before: the models of vectors by their names; what the metadata says of one goes first.
    sample: how many points are read for what is not counted. stop: ends it with Stopped.
    Raises CollectionMissing, CollectionEmpty, Stopped, and the errors of the connection.
    """
    return _Reading(
        qdrant, name, on_fact, text_field, old_model, known_before or {}, sample, stop
    ).read()


class _Reading:
    """The state of one survey: what is known so far."""

    def __init__(
        self,
        qdrant: Qdrant,
        name: str,
        on_fact: OnFact | None,
        text_field: str | None,
        old_model: ModelRef | None,
        known_before: Mapping[str, ModelRef],
        sample: int,
        stop: threading.Event | None,
    ) -> None:
        self._qdrant, self._name, self._on_fact = qdrant, name, on_fact
        self._told_field, self._told_model = text_field, old_model
        self._known_before = known_before
        self._size, self._stop = sample, stop
        self._known: dict[str, Any] = {}
        self._facts: dict[str, Any] = {}

    def read(self) -> Survey:
        qdrant = self._qdrant
        self._tell("server", server_fact(qdrant.capabilities), keep=False)
        self._tell("add_vector", can_add_vector(qdrant.capabilities), keep=False)
        self._tell("insert_only", can_insert_only(qdrant.capabilities), keep=False)
        collection = qdrant.resolve(self._name)
        config = self._config = qdrant.config(collection)
        self._tell("server_embeds", embeds(qdrant, collection))
        self._tell("alone", alone(qdrant))
        before, began = qdrant.count(collection), time.monotonic()
        self._reader = Reader(qdrant, collection, before, self._stop)
        self._read_settings()
        if before == 0:
            raise CollectionEmpty(collection)
        self._read_lacking()
        heed(self._stop)
        points = read_sample(qdrant, collection, self._size, before, stop=self._stop)
        self._read_texts(points)
        self._read_bare(points)
        self._read_payload(points)
        heed(self._stop)
        aliases = qdrant.known_aliases()
        self._tell("aliases", self._aliases(aliases, collection))
        after, seconds = qdrant.count(collection), time.monotonic() - began
        self._tell("writes", writes_fact(before, after, seconds))
        return Survey(
            address=qdrant.address,
            at=datetime.now(timezone.utc).isoformat(timespec="seconds"),
            capabilities=qdrant.capabilities,
            collection=collection,
            asked_for=self._name if self._name != collection else "",
            others=self._others(collection),
            all_aliases=aliases or {},
            raw=config.raw,
            payload_schema=config.payload_schema,
            cannot_carry=tuple((lost.setting, lost.effect) for lost in cannot_carry(config)),
            sampled=len(points),
            **self._facts,
            **self._known,
        )

    def _tell(self, key: str, fact: Fact[Any], *, keep: bool = True) -> None:
        heed(self._stop)
        if keep:
            self._facts[key] = fact
        if self._on_fact is not None:
            self._on_fact(key, fact)

    # --- What the server tells -----------------------------------------------------------------

    def _read_settings(self) -> None:
        config, state = self._config, self._qdrant.state(self._reader.collection)
        self._vectors = vector_facts(config)
        self._dense = tuple(vector for vector in self._vectors if vector.kind == "dense")
        self._tell("points", points_fact(self._reader.count, config, state))
        self._tell("status", status_fact(state))
        self._tell_vectors("")
        self._tell("quantization", quantization_fact(config))

    def _tell_vectors(self, *notes: str) -> None:
        note = "; ".join(filter(None, (vectors_in_words(self._vectors), *notes)))
        fact = Fact[tuple[VectorFact, ...]](value=self._vectors, how="asked", note=note)
        self._tell("vectors", fact)

    def _read_lacking(self) -> None:
        reader, lacking = self._reader, {}
        for vector in self._vectors if reader.counts_lacking else ():
            heed(self._stop)
            if number := self._qdrant.count(reader.collection, without_vector=vector.name):
                lacking[vector.name] = number
        self._known["lacking"] = lacking
        if lacking:
            self._tell_vectors(lacking_note(lacking))

    def _others(self, collection: str) -> tuple[str, ...]:
        try:
            return tuple(other for other in self._qdrant.collections() if other != collection)
        except (RightMissing, RouteUnknown):
            return ()  # a key for one collection need not list the rest

    def _aliases(self, aliases: Mapping[str, str] | None, collection: str) -> Fact[tuple[str, ...]]:
        if aliases is None:
            return Fact(note="this key, or a proxy before the server, does not show them")
        own = tuple(sorted(a for a, target in aliases.items() if target == collection))
        return Fact(value=own, how="asked", note=self._alias(own))

    def _alias(self, own: Sequence[str]) -> str:
        if self._name not in own:
            return ""
        collection = self._qdrant.resolve(self._name)
        return f"{self._name} is an alias. It stands for {collection}, which is chosen now."

    # --- What the points tell ------------------------------------------------------------------

    def _read_texts(self, points: Sequence[Point]) -> None:
        payloads = [point.payload for point in points]
        ids, names = [point.id for point in points], [vector.name for vector in self._vectors]
        shape = integrations.shape_of(payloads, ids, names, self._reader.collection)
        written_by = integrations.recognise(shape)
        self._tell("written_by", written_by)
        known = integrations.texts_of(written_by.value)
        fields = texts.text_fields(payloads, known)
        choice = texts.choose(fields, payloads, known)
        self._tell(
            "text_fields",
            Fact[tuple[TextField, ...]](value=fields, how="sample", note=self._of(points)),
        )
        told = self._told_field
        likely = [path for path in (told, choice.path, *choice.rivals) if path is not None]
        candidates = list(dict.fromkeys(likely))[: _MOST_RIVALS + (told is not None)]
        listed = [one.path for one in fields[:_MOST_FIELDS]]
        field, found = told or choice.path, None

        def tell_field() -> None:
            fact = field_fact(field, choice, found, payloads, told=told is not None)
            self._tell("text_field", fact)

        if len(candidates) > 1:
            tell_field()
            found = self._find_models(points, candidates, listed)
            field = told or found.field or field
        other = None
        if field is not None and told is None:
            other = texts.complement(payloads, field, fields)
        joined = (other,) if other is not None else ()
        self._tell("text_joined", Fact[tuple[str, ...]](value=joined, how="sample"))
        tell_field()
        if field is not None:
            self._read_one_field(points, field, joined)
        self._read_word_lengths(payloads, listed)
        if found is None:
            found = self._find_models(points, candidates, listed)
        self._known["matches"] = found.matches
        proved = found.matches is not None and found.matches[0] > 0
        if field is not None and told is None and not proved:
            as_usual = integrations.embedded_as(written_by.value, payloads, field)
            found = found._replace(template=as_usual)
        self._known["text_template"] = found.template
        self._tell("old_model", found.fact)

    def _read_one_field(self, points: Sequence[Point], field: str, also: Sequence[str]) -> None:
        payloads, count = [point.payload for point in points], self._reader.count
        held, counted = texts.tally(payloads, field, also), len(points) >= count
        if not counted and self._reader.one_by_one(count):
            held, counted = self._reader.tally_all(field, also, payloads), True
        self._tell("texts_missing", missing_fact(held, counted, count))
        read = (field, *also)
        present = [text for one in payloads if (text := texts.first_text(one, read)) is not None]
        if not present:
            return
        lengths = tuple(sorted(texts.tokens(text) for text in present))
        self._known["token_lengths"] = lengths
        average, longest = length_facts(lengths)
        self._tell("average_tokens", average)
        self._tell("longest_tokens", longest)
        heed(self._stop)
        fields = self._known["language_fields"] = language_fields.find(payloads, field)
        note = f"payload field {fields[0].path} says which" if fields else ""
        shares = Fact[dict[str, float]](value=languages.shares(present), how="sample", note=note)
        self._tell("languages", shares)
        self._tell("pieces", Fact[Pieces](value=pieces.find(payloads, field), how="sample"))

    def _read_word_lengths(
        self, payloads: Sequence[Mapping[str, Any]], listed: Sequence[str]
    ) -> None:
        models = word_models.found(self._qdrant.capabilities, self._facts["server_embeds"].value)
        self._tell("word_models", models)
        shares = self._facts.get("languages", Fact[dict[str, float]]()).value or {}
        lengths = word_models.lengths(payloads, listed, shares, models.value or ())
        self._tell("word_lengths", lengths)

    def _find_models(
        self, points: Sequence[Point], fields: Sequence[str], also: Sequence[str]
    ) -> old_model.OldModel:
        """The model of the first dense vector; those of the others are kept beside it."""
        wanted = [
            point
            for point in points
            if any(isinstance(value_at(point.payload, field), str) for field in fields)
        ]
        asked = {point.id for point in wanted}
        textless = [point for point in points if point.id not in asked]
        stored = self._reader.with_vectors(spread(wanted, TEXTS))
        bare_of_text = self._reader.with_vectors(spread(textless, _TEXTLESS))
        self._read_placeholders([*stored, *bare_of_text], fields)
        metadata = self._config.metadata
        said = {v.name: old_model.told(self._config, v.name) for v in self._dense}
        mapped = {
            name: old_model.Calculated(
                of, mapped_points(metadata, name), projected_to(metadata, name)
            )
            for name in said
            if (of := mapped_from(metadata, name)) is not None
        }
        self._known["approximate"] = tuple(mapped)
        told = {name: model for name, model in self._known_before.items() if not said.get(name)}
        if self._told_model is not None:
            told = dict.fromkeys(said, self._told_model)
        found = old_models.find_each(
            {**said, **told},
            told.keys(),
            self._dense,
            stored,
            fields,
            also=also,
            whole=(self._told_field,) if self._told_field is not None else (),
            mapped=mapped,
            stop=self._stop,
        )
        if found:
            self._known["figures"] = {n: one.figures for n, one in found.items() if one.figures}
            self._known["old_models"] = {name: one.fact for name, one in found.items()}
        return old_models.first_of(found)

    def _read_placeholders(self, points: Sequence[Point], fields: Sequence[str]) -> None:
        found = placeholders.find_each(self._dense, points, fields)
        self._known["placeholders"] = found
        if found:
            said = [placeholders.in_words(name, one) for name, one in found.items()]
            self._tell_vectors(lacking_note(self._known["lacking"]), *said)

    def _read_bare(self, points: Sequence[Point]) -> None:
        fields = [field.path for field in self._facts["text_fields"].value or ()][:_MOST_FIELDS]
        names = [vector.name for vector in self._dense]
        fact = bare_fact(self._reader, names, fields, self._known["lacking"], points)
        self._tell("bare", fact)

    def _read_payload(self, points: Sequence[Point]) -> None:
        payloads, count = [point.payload for point in points], self._reader.count
        fields = tuple(sorted({key for payload in payloads for key in payload}))
        self._tell(
            "payload_fields",
            Fact[tuple[str, ...]](value=fields, how="sample", note=self._of(points)),
        )
        self._known["title_fields"] = titles.title_fields(payloads)
        indexes = index_paths(self._config)
        note = "" if self._qdrant.capabilities.indexes else "an embedded Qdrant has none"
        self._tell("payload_indexes", Fact[tuple[str, ...]](value=indexes, how="asked", note=note))
        uneven = len(self._dense) < len(self._vectors)
        some = self._reader.with_vectors(spread(points, AT_A_TIME)) if uneven else []
        of_vectors = sizes.vector_bytes(self._vectors, count, [point.vectors for point in some])
        self._tell("vector_bytes", sizes.bytes_fact(of_vectors, "vectors alone, without indexes"))
        of_payload = sizes.payload_bytes(payloads, count)
        self._tell("payload_bytes", sizes.bytes_fact(of_payload, "as JSON, from a sample"))

    def _of(self, points: Sequence[Point]) -> str:
        if len(points) >= self._reader.count:
            return "all points"
        return f"sample of {words.count(len(points))}"
