"""The price of a way in words: time, points written, room, money, what searches may lose."""

from __future__ import annotations

from qdrant_model_migration import words
from qdrant_model_migration.advice import Price
from qdrant_model_migration.pages.page import Fact
from qdrant_model_migration.plan.plan import Range

NOTHING_AT_RISK = "nothing that is known before"


def facts(price: Price) -> tuple[Fact, ...]:
    """A line each, with how it is known."""
    cost = price.cost
    rows = [Fact("Time", time_of(cost.seconds) or "not known", _how(cost.seconds))]
    rows.append(Fact("Written", _written(price)))
    disk, memory = _room(cost.disk_bytes), _room(cost.memory_bytes)
    if disk or memory:
        parts = (f"{disk} of disk" if disk else "", f"{memory} of memory" if memory else "")
        both = words.listing([part for part in parts if part])
        rows.append(Fact("Server", both, cost.disk_bytes.how))
    rows.append(Fact("Money", _money(cost.usd)))
    rows.append(Fact("At risk", at_risk(price)))
    return tuple(rows)


def in_a_line(price: Price, *, time: str = "") -> str:
    """The same in one sentence without how it is known. time: said where it is not known."""
    cost = price.cost
    took = time_of(cost.seconds) or time or f"time {cost.seconds.how or 'not known'}"
    parts = [took, f"{_written(price)} written"]
    if disk := _room(cost.disk_bytes):
        parts.append(f"{disk} of disk")
    if memory := _room(cost.memory_bytes):
        parts.append(f"{memory} of memory")
    parts.append(_money(cost.usd))
    if price.risks:
        parts.append(f"at risk: {at_risk(price)}")
    return ", ".join(parts)


def at_risk(price: Price) -> str:
    """What searches may lose, by the titles of the warnings that say more."""
    said = [f"{one.title} ({one.id})" for one in price.risks]
    return words.listing(said) if said else NOTHING_AT_RISK


def time_of(seconds: Range) -> str:
    """About how long, and between what it lies where that is not the same in words."""
    if seconds.likely is None:
        return ""
    low, high = words.duration(seconds.low or 0), words.duration(seconds.high or 0)
    about = f"about {words.duration(seconds.likely)}"
    return about if low == high else f"{about} ({low} to {high})"


def _how(seconds: Range) -> str:
    return seconds.how.removeprefix("not known: ")


def _written(price: Price) -> str:
    if price.written is None:
        return "as many points as are in the file"
    return words.plural(price.written, "point") if price.written else "no point"


def _room(room: Range) -> str:
    return words.size(room.likely) if room.likely else ""


def _money(usd: float | None) -> str:
    return "money not known" if usd is None else words.usd(usd)
