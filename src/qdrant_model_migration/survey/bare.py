"""Points without a dense vector, and how many of them have a text in which field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from qdrant_model_migration.qdrant import Point, Presence, pages
from qdrant_model_migration.survey import texts
from qdrant_model_migration.survey.facts import Bare, Fact, How
from qdrant_model_migration.survey.path import payload_of, stored_at
from qdrant_model_migration.survey.reader import Reader


def bare_fact(
    reader: Reader,
    vectors: Sequence[str],
    fields: Sequence[str],
    lacking: Mapping[str, int],
    points: Sequence[Point],
) -> Fact[dict[str, Bare]]:
    """vectors: names of the dense ones. lacking: how many points were counted without each.

    points: the sample, from which it is estimated where counting would read too much.
    """
    counted = reader.counts_lacking and all(reader.one_by_one(lacking.get(n, 0)) for n in vectors)
    found = {}
    for name in vectors:
        number = lacking.get(name, 0)
        if reader.counts_lacking and not number:
            continue
        reader.check()
        one = (
            _counted(reader, name, fields, [point.payload for point in points])
            if counted
            else _estimated(reader, name, fields, number, points)
        )
        if one.points:
            found[name] = one
    how: How = "counted" if counted else "sample"
    return Fact[dict[str, Bare]](value=found, how=how)


def _counted(
    reader: Reader, name: str, fields: Sequence[str], like: Sequence[Mapping[str, Any]]
) -> Bare:
    tallies = dict.fromkeys(fields, 0)
    read = payload_of(dict.fromkeys(stored_at(f, like) for f in fields))
    seen = 0
    for page in pages(reader.qdrant, reader.collection, payload=read, without_vector=name):
        reader.check()
        seen += len(page)
        for field in fields:
            tallies[field] += texts.tally((p.payload for p in page), field)["a text"]
    return Bare(points=seen, texts=tallies)


def _estimated(
    reader: Reader, name: str, fields: Sequence[str], lacking: int, points: Sequence[Point]
) -> Bare:
    """From the sample, in which the points that lack the vector are told by their ids."""
    there = reader.qdrant.retrieve(
        reader.collection, [p.id for p in points], payload=False, vectors=[Presence(name)]
    )
    having = {point.id for point in there if name in point.vectors}
    bare = [point.payload for point in points if point.id not in having]
    if not bare:
        return Bare(points=lacking)
    number = lacking or texts.two_digits(len(bare) / len(points) * reader.count)
    return Bare(
        points=number,
        texts={
            field: texts.two_digits(held["a text"] / len(bare) * number)
            for field in fields
            if (held := texts.tally(bare, field))
        },
    )
