"""What goes wrong on the way from the source to the target, and with the notes of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from qdrant_model_migration.errors import QmmError
from qdrant_model_migration.words import listing
from qdrant_model_migration.words import size as in_bytes


class LedgerDamaged(QmmError):
    """The ledger of the last catch-up cannot be read."""

    def __init__(self, path: object) -> None:
        super().__init__(
            "The list of what was copied cannot be read.",
            f"The file {path} is missing or damaged.",
            "Nothing was changed. Before the switch, resume the run: it writes the list again. "
            "After it, compare both collections by hand before you delete one.",
        )


class ModelDiffers(QmmError):
    """The model gives other dimensions than the plan says."""

    def __init__(self, label: str, planned: int, found: int) -> None:
        super().__init__(
            f"{label} makes vectors of {found} dimensions; the plan says {planned}.",
            "It is another model, or another version of it.",
            "Nothing was written. Make the plan again with the model that is there.",
        )


class FileUnreadable(QmmError):
    """A file that points are to come from cannot be read."""

    def __init__(self, path: str, error: OSError) -> None:
        super().__init__(
            f"The file {path} cannot be read.",
            f"{error.strerror or error}.",
            "Put it there, or make the plan again with another one.",
        )


class FormatUnknown(QmmError):
    """The ending of a file says nothing that is known."""

    refusal = True

    def __init__(self, name: str, known: Sequence[str]) -> None:
        super().__init__(
            f"The file {name} is of no kind that is read here.",
            f"Its ending says how it is read; known are {', '.join(known)}.",
            "Save it as JSON lines, CSV or Parquet.",
        )


class FileBroken(QmmError):
    """A file that cannot be read as rows beyond a line, or at all; line 0: the whole file."""

    refusal = True

    def __init__(self, path: str, why: str, line: int, unit: str = "line") -> None:
        place = f" at {unit} {line:,}" if line else ""
        super().__init__(
            f"The file {path} cannot be used: {why}.",
            f"What follows{place} cannot be told apart into rows." if line else "",
            "Mend the file, or make the plan again with another one. Nothing was written.",
        )


class ParquetMissing(QmmError):
    """What reads Parquet is not installed."""

    refusal = True

    def __init__(self, path: str) -> None:
        super().__init__(
            f"The file {path} cannot be read yet.",
            "Parquet is read by pyarrow, which is not installed here.",
            "Install it with: pip install 'qdrant-model-migration[parquet]'. Or save the file as "
            "JSON lines or CSV.",
        )


class RowsUnusable(QmmError):
    """So many rows are none that the file is not what it was taken for."""

    refusal = True

    def __init__(self, path: str, unusable: int, rows: int, first: str) -> None:
        what = f"{unusable:,} of {rows:,} rows cannot be used" if rows else "there is no row in it"
        super().__init__(
            f"The file {path} cannot be used: {what}.",
            f"The first: {first}." if first else "",
            "Look at the file and at the column of the ids, then make the plan again. Nothing was "
            "written.",
        )


class IdsContradict(QmmError):
    """Rows of one id that are not the same; which of them is right only a person knows."""

    refusal = True

    def __init__(self, path: str, number: int, shown: str) -> None:
        super().__init__(
            f"{number:,} {'row has' if number == 1 else 'rows have'} an id of an earlier row in "
            f"{path}, and other values.",
            f"{shown}.",
            "Take one of each out, or choose the column with the ids anew, and make the plan "
            "again. Nothing was written.",
        )


class NoIdMatches(QmmError):
    """A file of texts has none of the collection's points."""

    refusal = True

    def __init__(self, path: str, column: str, collection: str, shown: str) -> None:
        super().__init__(
            f"No point of {collection} has its text in {path}.",
            f"No value of the column {column} is the id of a point. The first is {shown}.",
            "Choose the column with the ids anew, and make the plan again. Nothing was written.",
        )


class FileChanged(QmmError):
    """The file is not the one that the run began with."""

    def __init__(self, path: str) -> None:
        super().__init__(
            f"The file {path} has changed since this run began to read it.",
            "Half of the points would be of the old one, half of the new one.",
            "Put the old file back and resume, or discard the run and make the plan again.",
        )


class SampleTooSmall(QmmError):
    """Too few pairs of vectors to learn a map from."""

    def __init__(self, found: int, needed: int, dimensions: int) -> None:
        super().__init__(
            f"A map cannot be learned from {found:,} texts; it needs about {needed:,}.",
            f"There have to be as many to learn from as the mapped vectors have dimensions "
            f"({dimensions:,}), and others to judge by. Only points with a text and an old vector "
            "count, each text once.",
            "Nothing was written. Make another plan, one that embeds the texts.",
        )


class RayMissing(QmmError):
    """Work on several computers needs an extra of this program."""

    refusal = True

    def __init__(self) -> None:
        super().__init__(
            "Ray is not installed here.",
            "It is an extra, since only a run on several computers needs it.",
            'Install it on every computer of the cluster: pip install "qdrant-model-migration[ray]"'
            ". Or run without --fleet ray.",
        )


class ClusterNotFound(QmmError):
    """This computer is not part of a Ray cluster."""

    refusal = True

    def __init__(self, said: str) -> None:
        super().__init__(
            "No Ray cluster was found.",
            f"Ray says: {said.strip().splitlines()[0] if said.strip() else 'nothing'}",
            "Start the run on a computer of the cluster (ray start, or ray job submit), or name it "
            "in RAY_ADDRESS. Or run without --fleet ray.",
        )


class ServerNotReachable(QmmError):
    """The address of the Qdrant means another place on each computer."""

    refusal = True

    def __init__(self, address: str) -> None:
        super().__init__(
            f"{address} cannot be reached from other computers.",
            "It is a folder or a local address, which is another one on each of them.",
            "Make the plan with an address that all of them know. Or run without --fleet ray.",
        )


class ArtifactsTooLarge(QmmError):
    """What vectors are made with is too much to be held by every worker."""

    refusal = True

    def __init__(self, names: Sequence[str], size: int, most: int) -> None:
        super().__init__(
            f"What the vectors are made with is too large for other computers: {listing(names)}.",
            f"It is {in_bytes(size)}, and each of them would hold it once more; "
            f"{in_bytes(most)} are sent at most.",
            "Run without --fleet ray.",
        )


class ArtifactDamaged(QmmError):
    """A file that was sent to a worker has not come as it was."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"{name} has not come as it was sent.",
            "Its content was changed on the way between two computers.",
            "See to the cluster, then resume. Everything confirmed is kept.",
        )


class NoWorkerFits(QmmError):
    """No computer of the cluster makes the vectors that are made here."""

    def __init__(self, why: Mapping[str, str]) -> None:
        said = "; ".join(f"{place}: {reason}" for place, reason in sorted(why.items()))
        super().__init__(
            "No computer of the cluster can take part.",
            f"{said}.",
            "Give them the same versions, model files and environment as here, then resume. "
            "Everything confirmed is kept.",
        )


class WorkersGone(QmmError):
    """For long there has been nobody to do the work."""

    def __init__(self, last: str) -> None:
        super().__init__(
            "The workers of the cluster are gone.",
            last,
            "See to the cluster, then resume, or resume without --fleet ray. Everything confirmed "
            "is kept.",
        )
