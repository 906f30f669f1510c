"""One survey, from the first request to the last: reads, tells each fact as it is found.

What is made of what was read stands in the files named after it; nothing here changes anything.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timezone
from functools import lru_cache
from typing import Any

from qdrant_model_migration import words
from qdrant_model_migration.embedders import ModelRef, open_embedder
from qdrant_model_migration.errors import Stopped
from qdrant_model_migration.qdrant import (
    CollectionConfig,
    Point,
    Presence,
    Qdrant,
    cannot_carry,
    pages,
)
from qdrant_model_migration.qdrant.errors import RightMissing
from qdrant_model_migration.survey import languages, old_model, placeholders, sizes, texts
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
from qdrant_model_migration.survey.facts import Bare, Fact, How, Survey, TextField, VectorFact
from qdrant_model_migration.survey.path import payload_of, selector, value_at
from qdrant_model_migration.survey.sample import sample as read_sample
from qdrant_model_migration.survey.server import (
    can_add_vector,
    can_insert_only,
    embeds,
    server_fact,
)
from qdrant_model_migration.survey.writes import writes_fact

SMALL = 20_000
"""Up to this many points the texts that are missing are counted one by one."""

LARGE = 5_000_000
"""From this many points on those without a vector are not counted: the server looks at each."""

_MOST_RIVALS = 4
_MOST_FIELDS = 6  # that have figures of their own; as many as question Text lists
_TEXTLESS = 32  # points without a text whose vectors are looked at as well
_WITH_VECTORS = 16  # points per request; multivectors are large

OnFact = Callable[[str, Fact[Any]], None]


def survey(
    qdrant: Qdrant,
    name: str,
    *,
    on_fact: OnFact | None = None,
    text_field: str | None = None,
    old_model: ModelRef | None = None,
    sample: int = 2000,
    stop: threading.Event | None = None,
) -> Survey:
    """Everything that questions, strategies and plan need to know of a collection. Only reads.

    name: a collection or an alias. on_fact(key, fact) is called as each is found, in the order of
    the screen; keys are the Survey's fields, and "server", "add_vector", "insert_only"; a key told
    twice replaces what was told before. text_field, old_model: the operator's corrections.
    sample: how many points are read for what is not counted. stop: ends it with Stopped.
    Raises CollectionMissing, CollectionEmpty, Stopped, and the errors of the connection.
    """
    return _Reading(qdrant, name, on_fact, text_field, old_model, sample, stop).read()


class _Reading:
    """The state of one survey: what is known so far."""

    def __init__(
        self,
        qdrant: Qdrant,
        name: str,
        on_fact: OnFact | None,
        text_field: str | None,
        old_model: ModelRef | None,
        sample: int,
        stop: threading.Event | None,
    ) -> None:
        self._qdrant, self._name, self._on_fact = qdrant, name, on_fact
        self._told_field, self._told_model = text_field, old_model
        self._size, self._stop = sample, stop
        self._known: dict[str, Any] = {}
        self._facts: dict[str, Any] = {}

    def read(self) -> Survey:
        qdrant = self._qdrant
        self._tell("server", server_fact(qdrant.capabilities), keep=False)
        self._tell("add_vector", can_add_vector(qdrant.capabilities), keep=False)
        self._tell("insert_only", can_insert_only(qdrant.capabilities), keep=False)
        self._tell("server_embeds", embeds(qdrant.capabilities))
        collection = qdrant.resolve(self._name)
        config = qdrant.config(collection)
        before, began = qdrant.count(collection), time.monotonic()
        self._read_settings(collection, config, before)
        if before == 0:
            raise CollectionEmpty(collection)
        self._lacking(collection, before)
        points = self._sample(collection, before)
        self._read_texts(collection, config, before, points)
        self._read_bare(collection, before, points)
        self._read_payload(collection, config, before, points)
        self._check()
        aliases = qdrant.aliases()
        own = tuple(sorted(a for a, target in aliases.items() if target == collection))
        self._tell("aliases", Fact[tuple[str, ...]](value=own, how="asked", note=self._alias(own)))
        after, seconds = qdrant.count(collection), time.monotonic() - began
        self._tell("writes", writes_fact(before, after, seconds))
        return Survey(
            address=qdrant.address,
            at=datetime.now(timezone.utc).isoformat(timespec="seconds"),
            capabilities=qdrant.capabilities,
            collection=collection,
            asked_for=self._name if self._name != collection else "",
            others=self._others(collection),
            all_aliases=aliases,
            raw=config.raw,
            payload_schema=config.payload_schema,
            cannot_carry=tuple((lost.setting, lost.effect) for lost in cannot_carry(config)),
            sampled=len(points),
            **self._facts,
            **self._known,
        )

    # --- What the server tells -----------------------------------------------------------------

    def _read_settings(self, collection: str, config: CollectionConfig, count: int) -> None:
        state = self._qdrant.state(collection)
        self._vectors = vector_facts(config)
        self._tell("points", points_fact(count, config, state))
        self._tell("status", status_fact(state))
        self._vectors_note = ""
        self._tell("vectors", self._vectors_fact(""))
        self._tell("quantization", quantization_fact(config))

    def _vectors_fact(self, lacking: str) -> Fact[tuple[VectorFact, ...]]:
        note = "; ".join(part for part in (vectors_in_words(self._vectors), lacking) if part)
        return Fact[tuple[VectorFact, ...]](value=self._vectors, how="asked", note=note)

    def _lacking(self, collection: str, count: int) -> None:
        lacking = {}
        for vector in self._vectors if count < LARGE else ():
            self._check()
            if number := self._qdrant.count(collection, without_vector=vector.name):
                lacking[vector.name] = number
        self._known["lacking"] = lacking
        if lacking:
            self._vectors_note = lacking_note(lacking)
            self._tell("vectors", self._vectors_fact(self._vectors_note))

    def _others(self, collection: str) -> tuple[str, ...]:
        try:
            return tuple(other for other in self._qdrant.collections() if other != collection)
        except RightMissing:
            return ()  # a key for one collection need not list the rest

    def _alias(self, own: Sequence[str]) -> str:
        if self._name not in own:
            return ""
        collection = self._qdrant.resolve(self._name)
        return f"{self._name} is an alias. It stands for {collection}, which is chosen now."

    # --- What the points tell ------------------------------------------------------------------

    def _sample(self, collection: str, count: int) -> list[Point]:
        self._check()
        return read_sample(self._qdrant, collection, self._size, count, stop=self._stop)

    def _read_texts(
        self, collection: str, config: CollectionConfig, count: int, points: Sequence[Point]
    ) -> None:
        payloads = [point.payload for point in points]
        fields = texts.text_fields(payloads)
        choice = texts.choose(fields)
        self._tell(
            "text_fields",
            Fact[tuple[TextField, ...]](value=fields, how="sample", note=_of(len(points), count)),
        )
        told = self._told_field
        likely = [path for path in (told, choice.path, *choice.rivals) if path is not None]
        candidates = list(dict.fromkeys(likely))[: _MOST_RIVALS + (told is not None)]
        listed = [one.path for one in fields[:_MOST_FIELDS]]
        field, found = told or choice.path, None
        if len(candidates) > 1:
            self._tell("text_field", self._field_fact(field, choice, None, payloads))
            found = self._find_model(collection, config, points, candidates, listed)
            field = told or found.field or field
        self._tell("text_field", self._field_fact(field, choice, found, payloads))
        self._read_one_field(collection, count, points, field)
        if found is None:
            found = self._find_model(collection, config, points, candidates, listed)
        self._known["matches"] = found.matches
        self._tell("old_model", found.fact)

    def _field_fact(
        self,
        field: str | None,
        choice: texts.Choice,
        found: old_model.OldModel | None,
        payloads: Sequence[Mapping[str, Any]],
    ) -> Fact[str]:
        if field is None:
            return Fact[str](how="sample", note=_no_text(payloads))
        if self._told_field is not None:
            seen = texts.tally(payloads, field)["a text"]
            sampled = words.plural(len(payloads), "sampled point")
            note = "said by you" if seen else f"said by you, but none of {sampled} has a text there"
            if found is not None and found.figures and found.field not in (None, field):
                note += f"; {texts.figures_note(found.figures, found.field, field)}"
            return Fact[str](value=field, how="told", note=note)
        if found is not None and found.field is not None:
            return Fact[str](
                value=field, how="re-embedded", note="its texts give the stored vectors"
            )
        return Fact[str](value=field, how="sample", note=texts.rivals_note(choice))

    def _read_one_field(
        self, collection: str, count: int, points: Sequence[Point], field: str | None
    ) -> None:
        if field is None:
            return
        payloads = [point.payload for point in points]
        held, counted = texts.tally(payloads, field), len(points) >= count
        if not counted and count <= SMALL:
            held, counted = self._tally_all(collection, field), True
        self._tell("texts_missing", _missing_fact(held, counted, count))
        found = [value_at(payload, field) for payload in payloads]
        present = [text for text in found if isinstance(text, str) and text.strip()]
        if not present:
            return
        lengths = sorted(texts.tokens(text) for text in present)
        note = "tokens estimated from words"
        self._known["token_lengths"] = tuple(lengths)
        self._tell(
            "average_tokens",
            Fact[float](value=round(sum(lengths) / len(lengths), 1), how="sample", note=note),
        )
        self._tell("longest_tokens", Fact[int](value=lengths[-1], how="sample", note=note))
        self._check()
        self._tell(
            "languages",
            Fact[dict[str, float]](value=languages.shares(present), how="sample"),
        )

    def _tally_all(self, collection: str, field: str) -> Counter[texts.Held]:
        held: Counter[texts.Held] = Counter()
        for page in pages(self._qdrant, collection, limit=256, payload=selector(field)):
            self._check()
            held += texts.tally((point.payload for point in page), field)
        return held

    def _find_model(
        self,
        collection: str,
        config: CollectionConfig,
        points: Sequence[Point],
        fields: Sequence[str],
        also: Sequence[str],
    ) -> old_model.OldModel:
        """The model of the first dense vector; those of the others are kept beside it."""
        said = self._told_model or old_model.told(config)
        wanted = [
            point
            for point in points
            if any(isinstance(value_at(point.payload, field), str) for field in fields)
        ]
        stored = self._with_vectors(collection, _spread(wanted, old_model.TEXTS))
        asked = {point.id for point in wanted}
        textless = [point for point in points if point.id not in asked]
        self._placeholders(
            [*stored, *self._with_vectors(collection, _spread(textless, _TEXTLESS))], fields
        )
        open_model = lru_cache(maxsize=1)(open_embedder)  # models are large; one at a time
        found = [
            old_model.find(
                said,
                self._told_model is not None,
                vector,
                stored,
                fields,
                also=also,
                stop=self._stop,
                open_model=open_model,
            )
            for vector in self._vectors
            if vector.kind == "dense"
        ]
        if not found:
            return old_model.OldModel(Fact[ModelRef]())
        dense = [vector.name for vector in self._vectors if vector.kind == "dense"]
        self._known["figures"] = {
            name: one.figures for name, one in zip(dense, found, strict=True) if one.figures
        }
        self._known["old_models"] = {name: one.fact for name, one in zip(dense, found, strict=True)}
        field = next((one.field for one in found if one.field is not None), None)
        return found[0]._replace(field=field)

    def _placeholders(self, points: Sequence[Point], fields: Sequence[str]) -> None:
        said, note = {}, self._vectors_note
        for vector in self._vectors:
            if vector.kind != "dense":
                continue
            pairs: list[tuple[str | None, Sequence[float]]] = []
            for point in points:
                text, stored = _first_text(point.payload, fields), point.vectors.get(vector.name)
                if isinstance(stored, list):
                    pairs.append((text, stored))  # type: ignore[arg-type] # dense: one row
            if found := placeholders.find(pairs):
                said[vector.name] = found
                note = "; ".join(filter(None, (note, placeholders.in_words(vector.name, found))))
        self._known["placeholders"] = said
        if said:
            self._tell("vectors", self._vectors_fact(note))

    def _read_bare(self, collection: str, count: int, points: Sequence[Point]) -> None:
        """Points without a dense vector, and how many of them have a text in which field."""
        fields = [field.path for field in self._facts["text_fields"].value or ()][:_MOST_FIELDS]
        dense = [vector.name for vector in self._vectors if vector.kind == "dense"]
        counted = count < LARGE and all(self._lacking_of(name) <= SMALL for name in dense)
        found = {}
        for name in dense:
            if count < LARGE and not self._lacking_of(name):
                continue
            self._check()
            one = (
                self._bare_counted(collection, name, fields)
                if counted
                else self._bare_estimated(collection, name, fields, count, points)
            )
            if one.points:
                found[name] = one
        how: How = "counted" if counted else "sample"
        self._tell("bare", Fact[dict[str, Bare]](value=found, how=how))

    def _lacking_of(self, name: str) -> int:
        number: int = self._known["lacking"].get(name, 0)
        return number

    def _bare_counted(self, collection: str, name: str, fields: Sequence[str]) -> Bare:
        tallies = dict.fromkeys(fields, 0)
        read = payload_of(fields)
        seen = 0
        for page in pages(self._qdrant, collection, payload=read, without_vector=name):
            self._check()
            seen += len(page)
            for field in fields:
                tallies[field] += texts.tally((p.payload for p in page), field)["a text"]
        return Bare(points=seen, texts=tallies)

    def _bare_estimated(
        self, collection: str, name: str, fields: Sequence[str], count: int, points: Sequence[Point]
    ) -> Bare:
        """From the sample, in which the points that lack the vector are told by their ids."""
        there = self._qdrant.retrieve(
            collection, [p.id for p in points], payload=False, vectors=[Presence(name)]
        )
        having = {point.id for point in there if name in point.vectors}
        bare = [point.payload for point in points if point.id not in having]
        if not bare:
            return Bare(points=self._lacking_of(name))
        number = self._lacking_of(name) or texts.two_digits(len(bare) / len(points) * count)
        return Bare(
            points=number,
            texts={
                field: texts.two_digits(held["a text"] / len(bare) * number)
                for field in fields
                if (held := texts.tally(bare, field))
            },
        )

    def _with_vectors(self, collection: str, points: Sequence[Point]) -> list[Point]:
        found: list[Point] = []
        for start in range(0, len(points), _WITH_VECTORS):
            self._check()
            ids = [point.id for point in points[start : start + _WITH_VECTORS]]
            found += self._qdrant.retrieve(collection, ids, vectors=True)
        return found

    def _read_payload(
        self, collection: str, config: CollectionConfig, count: int, points: Sequence[Point]
    ) -> None:
        payloads = [point.payload for point in points]
        fields = tuple(sorted({key for payload in payloads for key in payload}))
        self._tell(
            "payload_fields",
            Fact[tuple[str, ...]](value=fields, how="sample", note=_of(len(points), count)),
        )
        indexes = index_paths(config)
        note = "" if self._qdrant.capabilities.indexes else "the practice Qdrant has none"
        self._tell("payload_indexes", Fact[tuple[str, ...]](value=indexes, how="asked", note=note))
        uneven = any(vector.kind != "dense" for vector in self._vectors)
        some = self._with_vectors(collection, _spread(points, _WITH_VECTORS)) if uneven else []
        of_vectors = sizes.vector_bytes(self._vectors, count, [point.vectors for point in some])
        self._tell("vector_bytes", _bytes_fact(of_vectors, "vectors alone, without indexes"))
        of_payload = sizes.payload_bytes(payloads, count)
        self._tell("payload_bytes", _bytes_fact(of_payload, "as JSON, from a sample"))

    # --- Telling -------------------------------------------------------------------------------

    def _tell(self, key: str, fact: Fact[Any], *, keep: bool = True) -> None:
        self._check()
        if keep:
            self._facts[key] = fact
        if self._on_fact is not None:
            self._on_fact(key, fact)

    def _check(self) -> None:
        if self._stop is not None and self._stop.is_set():
            raise Stopped


def _first_text(payload: Mapping[str, Any], fields: Sequence[str]) -> str | None:
    found = (value_at(payload, field) for field in fields)
    return next((text for text in found if isinstance(text, str) and text.strip()), None)


def _no_text(payloads: Sequence[Mapping[str, Any]]) -> str:
    lists = texts.lists_of_texts(payloads)
    why = (
        f"{words.listing(lists)} {'holds' if len(lists) == 1 else 'hold'} lists of texts, which "
        "are not one text to embed."
        if lists
        else "The payload may hold only ids."
    )
    return (
        f"No text was found in {words.plural(len(payloads), 'sampled point')}. {why} Go on: "
        "question Text asks for a file; without any text only Requantize and Truncate remain."
    )


def _missing_fact(held: Counter[texts.Held], counted: bool, count: int) -> Fact[int]:
    note = texts.mixed_note(held)
    sampled = sum(held.values())
    if counted:
        return Fact[int](value=sampled - held["a text"], how="counted", note=note)
    seen = f"{words.count(sampled - held['a text'])} of {words.count(sampled)} sampled"
    return Fact[int](
        value=texts.estimate_missing(held, count),
        how="sample",
        note="; ".join(part for part in (seen, note) if part),
    )


def _bytes_fact(value: int | None, note: str) -> Fact[int]:
    if value is None:
        return Fact[int]()
    return Fact[int](value=value, how="estimated", note=note)


def _of(sampled: int, count: int) -> str:
    if sampled >= count:
        return "all points"
    return f"sample of {words.count(sampled)}"


def _spread(points: Sequence[Point], number: int) -> list[Point]:
    """`number` of these, evenly from the first to the last."""
    if len(points) <= number:
        return list(points)
    return [points[i * len(points) // number] for i in range(number)]
