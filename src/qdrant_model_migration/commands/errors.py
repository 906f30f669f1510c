"""What a command refuses about the server that it is to work on."""

from __future__ import annotations

from qdrant_model_migration.errors import UsageError


class KeyOfAnother(UsageError):
    """A plan or a run names a server which is not the one that the known key belongs to."""

    def __init__(self, server: str, label: str, own: str, keys: str) -> None:
        super().__init__(
            f"The key in {keys} was not sent to {server}.",
            "It belongs to the server that QDRANT_URL names"
            + (f", {own}." if own else "; that names none now.")
            + " The file names this one. Nothing was started.",
            f"If the key is meant for it, add --server {label}; --ask-key asks for another one.",
        )


class OtherServer(UsageError):
    """--server names another server than the plan or the run does."""

    def __init__(self, server: str, named: str, label: str) -> None:
        super().__init__(
            f"The file names {server}, not {named}.",
            "Nothing was started.",
            f"Add --server {label} if that is what you want, or look for the right file.",
        )
