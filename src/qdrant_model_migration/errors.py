"""What every error says to the person who meets it, and the errors that no one room owns."""

from __future__ import annotations

import errno
from collections.abc import Iterable

from qdrant_model_migration.exit_codes import FAILED, STOPPED, USAGE
from qdrant_model_migration.redaction import redacted
from qdrant_model_migration.words import nearest


class QmmError(Exception):
    """An error in words for the operator.

    what: what happened, one sentence. why: the reason as far as known. todo: what to do next. All
    without the secrets that are known: what a server or a library said may repeat one. question:
    the key of the one whose answer it is about, "" where it is about none of them.
    """

    exit_code = FAILED
    question = ""
    refusal = False  # True: a step found, before it changed anything, that it must not be done

    def __init__(self, what: str, why: str = "", todo: str = "") -> None:
        parts = tuple(map(redacted, (what, why, todo)))
        self.what, self.why, self.todo = parts
        super().__init__(" ".join(filter(None, parts)))

    def __reduce__(self) -> tuple[object, ...]:
        return _revive, (type(self), self.what, self.why, self.todo), self.__dict__


def _revive(kind: type[QmmError], what: str, why: str, todo: str) -> QmmError:
    error = kind.__new__(kind)
    QmmError.__init__(error, what, why, todo)
    return error


def meant(typed: str, known: Iterable[str]) -> str:
    """What may follow the sentence that a name is not known: " Did you mean docs?", or nothing."""
    near = nearest(typed, known)
    return f" Did you mean {near}?" if near else ""


class UsageError(QmmError):
    """The command was called in a way that cannot work; nothing was done."""

    exit_code = USAGE


class Stopped(QmmError):
    """The run was stopped by its operator; everything confirmed is kept."""

    exit_code = STOPPED

    def __init__(self) -> None:
        super().__init__("Stopped.", "", "Resume goes on from the last checkpoint.")


class WindowsUnsupported(UsageError):
    """Windows itself has no file locks and signals as the engine needs them."""

    def __init__(self) -> None:
        super().__init__(
            "qmm does not run on Windows itself.",
            "It needs the file locks and signals of Linux or macOS.",
            "Install and start it in WSL (Windows Subsystem for Linux); it works there.",
        )


class SecretMissing(QmmError):
    """Whoever makes the vectors wants a key, and the environment has none. more: a sentence."""

    def __init__(self, service: str, variable: str, more: str = "") -> None:
        super().__init__(
            f"{service} wants a key.",
            f"The environment variable {variable} is not set, or holds none. {more}".strip(),
            f"Set {variable}, then start qmm again. The key is never written down.",
        )


class FileNotWritten(QmmError):
    """A file that a person asked for, or one that the program keeps for them."""

    def __init__(self, path: object, cause: OSError) -> None:
        super().__init__(
            f"{path} cannot be written.",
            f"The system says: {cause.strerror or 'no'}.",
            "Free the disk or correct the rights, then try again.",
        )


class DiskFull(QmmError):
    """The disk of this computer is full."""

    def __init__(self, path: str) -> None:
        super().__init__(
            f"The disk that holds {path} is full.",
            "Nothing more can be written.",
            "Make room, then resume. Everything confirmed is kept.",
        )


class RunFolderUnusable(QmmError):
    """A folder of runs cannot be read or written. verb: "read", "written to", "made", ..."""

    def __init__(self, folder: str, verb: str, cause: OSError | None = None) -> None:
        super().__init__(
            f"The folder {folder} cannot be {verb}.",
            disk_reason(cause),
            "Correct that, or keep runs in another folder with --run-dir. Nothing else was done.",
        )


def disk_reason(cause: OSError | None) -> str:
    """Why the disk refused, in one sentence; "" without a cause."""
    said = {
        errno.EACCES: "This user lacks the rights for it.",
        errno.EPERM: "This user lacks the rights for it.",
        errno.EROFS: "Its disk can only be read.",
        errno.ENOSPC: "Its disk is full.",
        errno.EDQUOT: "This user's share of the disk is used up.",
        errno.ENOENT: "It does not exist.",
        errno.ENOTDIR: "A part of its path is a file.",
    }
    return said.get(cause.errno or 0, "The disk reported an error.") if cause else ""
