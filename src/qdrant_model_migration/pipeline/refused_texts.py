"""Texts of which the server's service makes no vector, as the writes of a run found out. They stand
in a file of the run, as digests, so that no later pass sends them again: each would be paid for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from hashlib import blake2b
from threading import Lock

from qdrant_model_migration import words
from qdrant_model_migration.pipeline.text import NoText
from qdrant_model_migration.pipeline.tools import Tools
from qdrant_model_migration.qdrant import Document, Unmade

FILE = "refused-texts.txt"
_LONGEST = 120  # letters of what the service said
_adding = Lock()


def note(unmade: Iterable[Unmade], tools: Tools) -> None:
    """From now on these are known."""
    lines = [
        f"{_digest(one.document)} {' '.join(one.why.split())}\n"
        for one in unmade
        if one.document is not None
    ]
    if not lines:
        return
    with _adding, tools.artifact(FILE).open("a", encoding="utf-8") as file:
        file.writelines(lines)


def known(tools: Tools) -> Mapping[str, str]:
    """For `no_text`. A last line that a kill has cut off does no harm."""
    with suppress(FileNotFoundError):
        rows = tools.artifact(FILE).read_text(encoding="utf-8", errors="replace").splitlines()
        return dict(row.split(" ", 1) for row in rows if " " in row)
    return {}


def no_text(document: Document, refused: Mapping[str, str]) -> NoText | None:
    """Why the service makes no vector of it; None where it is not known to refuse it."""
    why = refused.get(_digest(document))
    return None if why is None else refusal(document.text, why)


def refusal(text: str, why: str) -> NoText:
    short = words.cut(why, _LONGEST)
    return NoText(f"the server's service makes no vector of it: {short}", f'"{words.cut(text)}"')


def _digest(document: Document) -> str:
    said = f"{document.model}\0{document.options}\0{document.text}"
    return blake2b(said.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
