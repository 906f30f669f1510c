"""What goes wrong with a model: its name, its files, its folder, its vectors."""

from __future__ import annotations

from collections.abc import Sequence

from qdrant_model_migration import words
from qdrant_model_migration.errors import QmmError, UsageError
from qdrant_model_migration.shell import qmm


class ModelUnknown(UsageError):
    """No model of this name is known."""

    def __init__(self, name: str, alike: tuple[str, ...] = ()) -> None:
        super().__init__(
            f"There is no model called {name}.",
            f"Close to it: {', '.join(alike)}." if alike else "No known name is close to it.",
            f"Choose one from the list ({qmm('models')}), or name a folder that holds the model.",
        )


class ModelOutOfReach(QmmError):
    """The model's files are not on this computer, or not all of them."""

    question = "model"

    def __init__(self, label: str, folder: object = None) -> None:
        super().__init__(
            f"{label} is not on this computer.",
            f"Its files are not all in {folder}."
            if folder
            else "Its files were not found where downloads are kept.",
            f"Make sure that {folder} is there, or choose another model."
            if folder
            else "Fetch it (in the wizard, or qmm models --fetch NAME), choose a model marked 'is "
            "here', or name a folder that holds it.",
        )


class ModelClosed(QmmError):
    """The model cannot be had from here, and no download would help."""

    def __init__(self, label: str, why: str) -> None:
        super().__init__(
            f"{label} cannot be used here.", why, "Mend that, or choose another model."
        )


class ModelNotFetched(QmmError):
    """The download did not work."""

    question = "model"

    def __init__(self, label: str, why: str) -> None:
        super().__init__(
            f"{label} could not be fetched.",
            why,
            "Choose a model marked 'is here', or name a folder that holds this one. "
            "What has arrived is kept and used the next time.",
        )


class FolderHoldsNoModel(QmmError):
    """Files are missing from a folder that should hold a model."""

    question = "model"

    def __init__(self, folder: object, missing: list[str]) -> None:
        listed = " and ".join(filter(None, (", ".join(missing[:-1]), missing[-1])))
        super().__init__(
            "The folder holds no model.",
            f"{listed} {'are' if len(missing) > 1 else 'is'} missing from {folder}.",
            "Copy the whole folder of an ONNX export here, or name another folder.",
        )


class FolderAsks(UsageError):
    """A folder's model leaves something open that only a person knows.

    key: the argument of model_from_folder that says it. choices: its values, each in words.
    """

    key = ""
    question = ""

    def __init__(
        self, what: str, why: str, todo: str, choices: Sequence[tuple[str, str]] = ()
    ) -> None:
        super().__init__(what, why, todo)
        self.choices = tuple(choices)

    def behind(self, folder: object, said: Sequence[str]) -> FolderAsks:
        """The same where a folder is written in place of a name. said: what stands behind it
        already, and stays."""
        ways = [f"{folder}#{','.join([*said, choice])}" for choice, _ in self.choices]
        todo = f"Look at the model's own page, then write {words.listing(ways, 'or')}."
        other = FolderAsks(self.what, self.why, todo, self.choices)
        other.key, other.question = self.key, self.question
        return other


class PoolingUnknown(FolderAsks):
    """A folder's model gives one vector per token, and nothing says how they become one."""

    key = "pooling"
    question = "How do the vectors of the tokens become one?"

    def __init__(self, folder: object) -> None:
        super().__init__(
            "This model gives one vector per token, and its folder does not say how they become "
            "one.",
            f"{folder} has no 1_Pooling/config.json; a wrong guess would make poor vectors.",
            "Look at the model's own page, then say cls, mean or last (--pooling).",
            (
                ("cls", "the vector of the first token"),
                ("mean", "the mean of all tokens"),
                ("last", "the vector of the last token"),
            ),
        )


class OutputUnknown(FolderAsks):
    """More than one output of a model can be the vector of a text, or the named one cannot."""

    key = "output"
    question = "Which output of the model is the vector of a text?"

    def __init__(
        self, folder: object, named: str | None, choices: Sequence[tuple[str, str]]
    ) -> None:
        fit = "; ".join(f"{name}: {what}" for name, what in choices)
        super().__init__(
            "More than one output of this model can be the vector of a text."
            if named is None
            else f"This model gives no vector of a text as {named}.",
            f"{folder} gives {fit}.",
            "Look at the model's own page, then name one (--model-output).",
            choices,
        )


class NoVectorAmongOutputs(QmmError):
    """No output of a model is a vector of a text: of numbers, one per text or one per token."""

    def __init__(self, label: str, outputs: Sequence[str]) -> None:
        super().__init__(
            f"No output of {label} is a vector of a text.",
            f"It gives {words.cut(', '.join(outputs), 300)}.",
            "Export it for feature extraction, with last_hidden_state or sentence_embedding, or "
            "name another folder.",
        )


class ModelUnusable(QmmError):
    """The model's files are there, but they cannot be used."""

    question = "model"

    def __init__(self, label: str, detail: str) -> None:
        first = " ".join(detail.split()) or "no reason was given"
        super().__init__(
            f"{label} cannot be used.",
            f"Its files may be damaged or not whole: {words.cut(first.rstrip('. '), 200)}.",
            "Delete its files and fetch it again, or choose another model.",
        )


class ModelChanged(QmmError):
    """The files of the model are not those that were used before."""

    question = "model"

    def __init__(self, label: str, folder: object) -> None:
        super().__init__(
            f"{label} is not the model that was used before: its files have changed.",
            f"The files in {folder} have another fingerprint. Vectors of two versions of a model "
            "cannot be compared.",
            "Bring the old files back, or make the plan again with the model that is there.",
        )


class BadVector(QmmError):
    """A model made something that is no vector to search with. positions: of which texts."""

    positions: tuple[int, ...] = ()

    def __init__(self, label: str, what: str, positions: tuple[int, ...] = ()) -> None:
        self.positions = positions
        super().__init__(
            f"{label} made a vector that cannot be used: {what}.",
            "Written as it is, it would never be found, or would spoil other results.",
            "Nothing was written. Choose another model, or fetch this one again.",
        )


class MapUnreadable(QmmError):
    """The file of the learned map cannot be used."""

    def __init__(self, path: object, why: str) -> None:
        super().__init__(
            "The learned map cannot be read.",
            f"{path}: {why}.",
            "No point is lost. Put the file back and resume; or, before the switch, discard the "
            "run and make the plan again.",
        )
