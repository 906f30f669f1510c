"""What is said of the field with the texts: which one, how many points lack one, how long they are.

How a text is told from what is none is in texts.py.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from qdrant_model_migration import words
from qdrant_model_migration.survey import texts
from qdrant_model_migration.survey.facts import Fact
from qdrant_model_migration.survey.old_model import OldModel


def field_fact(
    field: str | None,
    choice: texts.Choice,
    found: OldModel | None,
    payloads: Sequence[Mapping[str, Any]],
    *,
    told: bool,
) -> Fact[str]:
    """told: the operator named the field. found: what re-embedding its rivals has shown so far."""
    if field is None:
        return Fact[str](how="sample", note=_no_text(payloads))
    if told:
        seen = texts.tally(payloads, field)["a text"]
        sampled = words.plural(len(payloads), "sampled point")
        note = "said by you" if seen else f"said by you, but none of {sampled} has a text there"
        if found is not None and found.figures and found.field not in (None, field):
            note += f"; {texts.figures_note(found.figures, found.field, field)}"
        return Fact[str](value=field, how="told", note=note)
    if found is not None and found.field is not None:
        return Fact[str](value=field, how="re-embedded", note="its texts give the stored vectors")
    return Fact[str](value=field, how="sample", note=texts.rivals_note(choice))


def missing_fact(held: Counter[texts.Held], counted: bool, count: int) -> Fact[int]:
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


def length_facts(lengths: Sequence[int]) -> tuple[Fact[float], Fact[int]]:
    """The average and the longest of some texts' lengths in tokens, which are sorted."""
    note = "tokens estimated from words"
    average = round(sum(lengths) / len(lengths), 1)
    return (
        Fact[float](value=average, how="sample", note=note),
        Fact[int](value=lengths[-1], how="sample", note=note),
    )


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
        "question Text asks for a file; without any text only ways remain that embed nothing."
    )
