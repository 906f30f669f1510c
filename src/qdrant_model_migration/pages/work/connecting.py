"""The first contact with a server: does it answer, is the key accepted, what is there."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter

from qdrant_model_migration.pages.page import Fact
from qdrant_model_migration.pages.session import Connected, Session
from qdrant_model_migration.pages.work.opened import opened
from qdrant_model_migration.qdrant import Address, Qdrant
from qdrant_model_migration.qdrant.errors import RightMissing, RouteUnknown
from qdrant_model_migration.survey import named

SECONDS = 10.0


def reach(session: Session, report: Callable[[Fact], None]) -> Connected:
    """Each thing is told as it is found. Reads only. Raises the errors of the connection."""
    with opened(session, timeout=SECONDS) as qdrant:
        began = perf_counter()  # opening loads the client too, which says nothing of the server
        names = _listed(qdrant)
        seconds = perf_counter() - began
        answers = f"in {seconds * 1000:.0f} ms, Qdrant {qdrant.version}"
        report(Fact("The server answers", answers, mark="good"))
        accepted = "The key is accepted" if session.key else "No key is needed"
        report(Fact(accepted, "reading is allowed", mark="good"))
        may_write = qdrant.may_manage()
        report(_writing(may_write))
        if session.address is not None:
            report(_line(session.address, with_key=session.key is not None))
        found = "not listed for this key; type yours" if names is None else f"{len(names)} found"
        report(Fact("Collections", found, mark="good" if names else "caution"))
        return Connected(
            version=str(qdrant.version),
            local=qdrant.capabilities.local,
            seconds=seconds,
            collections=named(qdrant, names or ()),
            may_write=may_write,
            notes=qdrant.capabilities.notes,
            listed=names is not None,
        )


def _listed(qdrant: Qdrant) -> tuple[str, ...] | None:
    """None where neither the server nor what stands before it tells which there are."""
    try:
        return qdrant.collections()
    except (RightMissing, RouteUnknown):
        return None


def _writing(may_write: bool | None) -> Fact:
    if may_write:
        can = "the key may create collections and change aliases"
        return Fact("Writing", can, mark="good")
    if may_write is None:
        return Fact("Writing", "tested in step 1 of the plan, before anything is created")
    can = "this key may only read: survey and plan work, a run does not"
    return Fact("Writing", can, mark="caution")


def _line(address: Address, *, with_key: bool) -> Fact:
    if address.encrypted:
        how = "https" if address.url else "this computer"
        return Fact("The line is encrypted", how, mark="good")
    if address.on_this_computer:
        return Fact("The line", "http, on this computer", mark="good")
    can = "http: anyone on the way can read the key" if with_key else "http, not encrypted"
    return Fact("The line", can, mark="caution")
