"""Every error a person can meet: what happened, why, and what to do next. Nothing else is here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from qdrant_model_migration.exit_codes import FAILED, STOPPED, USAGE
from qdrant_model_migration.shell import qmm
from qdrant_model_migration.words import nearest


class QmmError(Exception):
    """An error in words for the operator.

    what: what happened, one sentence. why: the reason as far as known. todo: what to do next.
    """

    exit_code = FAILED
    refusal = False  # True: a step found, before it changed anything, that it must not be done

    def __init__(self, what: str, why: str = "", todo: str = "") -> None:
        self.what, self.why, self.todo = what, why, todo
        super().__init__(" ".join(part for part in (what, why, todo) if part))

    def __reduce__(self) -> tuple[object, ...]:
        return _revive, (type(self), self.what, self.why, self.todo)


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


class FileNotWritten(QmmError):
    """A file that a person asked for, or one that the program keeps for them."""

    def __init__(self, path: object, cause: OSError) -> None:
        super().__init__(
            f"{path} cannot be written.",
            f"The system says: {cause.strerror or 'no'}.",
            "Free the disk or correct the rights, then try again.",
        )


# --- Connection -------------------------------------------------------------------------------


class AddressInvalid(UsageError):
    """The address cannot be that of a Qdrant: malformed, the gRPC port, or it holds a key."""


class NothingListens(QmmError):
    """The computer was found, but no program listens on the port."""

    def __init__(self, address: str, port: int) -> None:
        super().__init__(
            f"Nothing answers at {address}.",
            f"The computer was found, but no program listens on port {port}.",
            "Check the port, or start the server, then try again.",
        )


class NameUnknown(QmmError):
    """The host's name cannot be resolved."""

    def __init__(self, host: str) -> None:
        super().__init__(
            f"The name {host} is not known.",
            "It may be misspelled, or you may need your company network (VPN).",
            "Correct it or connect the VPN, then try again.",
        )


class Unreachable(QmmError):
    """The network knows no way to the computer."""

    def __init__(self, host: str) -> None:
        super().__init__(
            f"{host} cannot be reached from this computer.",
            "The network knows no way to it; you may need your company network (VPN).",
            "Connect the network or the VPN, then try again.",
        )


class TooSlow(QmmError):
    """No answer within the time limit, while connecting or looking something up."""

    def __init__(self, seconds: float) -> None:
        super().__init__(
            f"No answer within {seconds:g} s.",
            "A firewall or a wrong port often looks like this.",
            "Ask whoever runs the server whether this computer may reach it.",
        )


class WrongScheme(QmmError):
    """http was used where the server speaks https, or the reverse."""

    def __init__(self, used: str) -> None:
        other = "http" if used == "https" else "https"
        super().__init__(
            f"The server answers, but not with {used}.",
            f"It probably speaks {other}.",
            f"Change the address to {other}:// or ask for the right one.",
        )


class CertificateNotTrusted(QmmError):
    """TLS works, but this computer does not trust the certificate."""

    def __init__(self) -> None:
        super().__init__(
            "The server's certificate is not trusted by this computer.",
            "It may be self-made, expired, or made for another name.",
            "Ask whoever runs the server; the check is never switched off silently.",
        )


class KeyRefused(QmmError):
    """401, a token that is expired or wrongly signed, or a text that cannot be a key."""

    def __init__(self, reason: str = "It is missing, mistyped or no longer valid.") -> None:
        super().__init__(
            "The server refused the key.", reason, "Enter it again. Nothing was changed."
        )


class KeyMissing(KeyRefused):
    """401 without a key."""

    def __init__(self) -> None:
        super().__init__()
        QmmError.__init__(
            self,
            "The server asks for a key.",
            "None was given.",
            "Enter the API key of this server; on the command line set QDRANT_API_KEY, or add "
            "--ask-key. Nothing was changed.",
        )


class KeyOfAnother(UsageError):
    """A plan or a run names a server which is not the one that the known key belongs to."""

    def __init__(self, server: str, label: str, own: str) -> None:
        super().__init__(
            f"The key in QDRANT_API_KEY was not sent to {server}.",
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


class RightMissing(QmmError):
    """403: the key is valid, but may not do this. right: what is missing, in words."""

    def __init__(self, right: str) -> None:
        super().__init__(
            "This key may not do that.",
            f"What is missing: {right}.",
            "Survey, questions and plan need only reading. "
            "For a run, enter a key that may create collections and change aliases.",
        )


class ReadOnlyKey(RightMissing):
    """The key may read, but not write or manage."""

    def __init__(self, right: str) -> None:
        super().__init__(right)
        QmmError.__init__(
            self,
            "This key may only read.",
            f"What is missing: {right}.",
            "Survey, questions and plan work; a run does not. "
            "Go on to look, or enter a key that may write.",
        )


class RouteUnknown(QmmError):
    """404 without Qdrant's words: this version, or a proxy, does not know the request."""

    def __init__(self, doing: str) -> None:
        super().__init__(
            f"The server does not know how to {doing}.",
            "It is too old for this, or a proxy stands in front of it.",
            "Check the address and the version of the server.",
        )


class NotQdrant(QmmError):
    """Something answers, but not in Qdrant's way."""

    def __init__(self) -> None:
        super().__init__(
            "Something answers at this address, but it is not Qdrant.",
            "Perhaps another program uses the port, or a proxy stands in front of the server.",
            "Check the address.",
        )


class ServerTooOld(QmmError):
    """The server is older than the oldest version this program works with."""

    def __init__(self, version: str, minimum: str) -> None:
        super().__init__(
            f"This server is Qdrant {version}.",
            f"The oldest version this program works with is {minimum}.",
            "Upgrade the server, or use Explore to prepare.",
        )


class ServerGone(QmmError):
    """The server stopped answering and did not come back within the patience of the caller."""

    def __init__(self, address: str, reason: str, waited_s: float) -> None:
        times = f"did not work for {waited_s / 60:.0f} min" if waited_s >= 60 else "does not work"
        super().__init__(
            f"The Qdrant at {address} {times}.",
            f"The last attempt ended with: {reason}.",
            "Everything confirmed before is kept. Check the server, then try again or resume.",
        )


class FolderInUse(QmmError):
    """A folder of the practice Qdrant is open in another program or another part of this one."""

    def __init__(self, folder: str) -> None:
        super().__init__(
            f"The practice Qdrant in {folder} is already in use.",
            "Exactly one program at a time may open it; a run that is still going owns it.",
            "Wait for the run to end or stop it, or close the other program, then try again.",
        )


class FolderUnusable(QmmError):
    """A folder cannot be opened as a practice Qdrant: rights, damage, or it is something else."""

    def __init__(self, folder: str, why: str) -> None:
        super().__init__(
            f"The folder {folder} cannot be opened as a practice Qdrant.",
            why,
            "Choose another folder, or start the practice over.",
        )


# --- Collections, aliases, settings -----------------------------------------------------------


class CollectionMissing(QmmError):
    """The collection (or the alias used for it) does not exist. known: those that do."""

    def __init__(self, name: str, known: Iterable[str] = ()) -> None:
        super().__init__(
            f"There is no collection {name}.{meant(name, known)}",
            "Somebody deleted or renamed it, or the name is misspelled.",
            "Read the list of collections again (qmm inspect shows it) and choose one.",
        )


class NameTaken(QmmError):
    """A collection or alias of this name exists already."""

    def __init__(self, name: str, by: str = "A collection") -> None:
        super().__init__(
            f"The name {name} is taken.",
            f"{by} of that name exists already.",
            "Choose another name; nothing was overwritten.",
        )


class IsAlias(QmmError):
    """An alias was given where a collection's own name is needed, such as for deleting."""

    def __init__(self, name: str, collection: str) -> None:
        super().__init__(
            f"{name} is an alias, not a collection.",
            f"It stands for {collection}.",
            f"Use the collection's own name, {collection}. Nothing was changed.",
        )


class NotDeleted(QmmError):
    """The server answered that nothing was deleted."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"The collection {name} was not deleted.",
            "The server answered that there was nothing to delete.",
            "Read the list of collections again.",
        )


class WrongDimensions(QmmError):
    """A vector has another size than the collection expects. Message of the server in the why."""

    def __init__(self, collection: str, detail: str) -> None:
        super().__init__(
            f"A vector does not fit the collection {collection}.",
            detail,
            "The model and the collection do not belong together; choose the right model.",
        )


class VectorNameUnknown(QmmError):
    """The collection has no vector of this name ("" is the unnamed one)."""

    def __init__(self, collection: str, vector: str) -> None:
        super().__init__(
            f"The collection {collection} has no vector named {vector}."
            if vector
            else f"The vectors of the collection {collection} have names, and none was given.",
            "The collection may have been changed since it was read.",
            "Read it again and name one of its vectors.",
        )


class SettingRefused(QmmError):
    """The server does not accept a setting or request: out of range, or not in this version."""

    def __init__(self, doing: str, detail: str) -> None:
        super().__init__(
            f"The server refused to {doing}.",
            f"It said: {detail}",
            "This version of Qdrant may not know the setting. Nothing was changed by this request.",
        )


class LimitReached(QmmError):
    """A limit that an operator set (strict mode, rate, points) stands in the way."""

    def __init__(self, collection: str, detail: str) -> None:
        super().__init__(
            f"The collection {collection} has a limit that stands in the way.",
            f"The server said: {detail}",
            "Ask whoever set the limit, or raise it, then resume. Everything confirmed is kept.",
        )


class LimitExceeded(LimitReached):
    """Strict mode allows less at a time. setting: its name for it; limit: how much is allowed."""

    def __init__(self, collection: str, detail: str, setting: str, limit: int) -> None:
        super().__init__(collection, detail)
        self.setting, self.limit = setting, limit


class RequestTooLarge(LimitReached):
    """The server or a proxy will never take a request of so many bytes; halves may pass."""


class TooManyAtOnce(RequestTooLarge):
    """The rate limit will never take so many points in one request; halves may pass."""


class ServerFull(QmmError):
    """Disk or memory of the server is full."""

    def __init__(self, what: str, detail: str) -> None:
        super().__init__(
            f"The server's {what} is full.",
            f"It said: {detail}",
            "Make room on the server, then resume. Everything confirmed is kept.",
        )


class DiskFull(QmmError):
    """The disk of this computer is full."""

    def __init__(self, path: str) -> None:
        super().__init__(
            f"The disk that holds {path} is full.",
            "Nothing more can be written.",
            "Make room, then resume. Everything confirmed is kept.",
        )


class PointMissing(QmmError):
    """A point that was named in a request is not there any more."""

    def __init__(self, collection: str, point: str) -> None:
        super().__init__(
            f"The point {point} is no longer in {collection}.",
            "Somebody deleted it in the meantime.",
            "Read again and go on without it.",
        )


class PointTooLarge(QmmError):
    """One point alone is larger than the server accepts in one request."""

    def __init__(self, collection: str, point: str, size: int) -> None:
        super().__init__(
            f"The point {point} of {collection} is too large for one request ({size:,} bytes).",
            "The server, or a proxy before it, limits the size of a request.",
            "Ask whoever runs the server to raise the limit, then resume.",
        )


class PointNotWritable(QmmError):
    """A point holds something that cannot be written as JSON, such as a number that is not one."""

    def __init__(self, point: str, detail: str) -> None:
        super().__init__(
            f"The point {point} cannot be written.",
            detail,
            "Nothing of this request was written.",
        )


class ShardKeyNeeded(QmmError):
    """The collection places points by custom shard keys."""

    def __init__(self, collection: str) -> None:
        super().__init__(
            f"The collection {collection} places its points by shard keys of its own.",
            "This version of the program does not write to such collections.",
            "Nothing was written.",
        )


class ServerRefused(QmmError):
    """The server refused a request for a reason that this program does not know."""

    def __init__(self, doing: str, detail: str) -> None:
        super().__init__(
            f"The server refused to {doing}.",
            f"It said: {detail}" if detail else "It gave no reason.",
            "Everything confirmed before is kept.",
        )


class CollectionEmpty(QmmError):
    """The collection has no points, so nothing can be migrated."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"{name} is empty: 0 points, so there is nothing to embed.",
            "",
            "Create a new collection for the new model instead; Explore shows the settings.",
        )


# --- Models and texts -------------------------------------------------------------------------


class ModelUnknown(UsageError):
    """No model of this name is known."""

    def __init__(self, name: str, alike: tuple[str, ...] = ()) -> None:
        super().__init__(
            f"There is no model called {name}.",
            f"Close to it: {', '.join(alike)}." if alike else "No known name is close to it.",
            "Choose one from the list, or name a folder that holds the model.",
        )


class ModelOutOfReach(QmmError):
    """The model's files are not on this computer, or not all of them."""

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


class ModelNotFetched(QmmError):
    """The download did not work."""

    def __init__(self, label: str, why: str) -> None:
        super().__init__(
            f"{label} could not be fetched.",
            why,
            "Choose a model marked 'is here', or name a folder that holds this one. "
            "What has arrived is kept and used the next time.",
        )


class FolderHoldsNoModel(QmmError):
    """Files are missing from a folder that should hold a model."""

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
            f"It gives {', '.join(outputs)[:300]}.",
            "Export it for feature extraction, with last_hidden_state or sentence_embedding, or "
            "name another folder.",
        )


class ModelUnusable(QmmError):
    """The model's files are there, but they cannot be used."""

    def __init__(self, label: str, detail: str) -> None:
        first = " ".join(detail.split()) or "no reason was given"
        super().__init__(
            f"{label} cannot be used.",
            f"Its files may be damaged or not whole: {first[:200].rstrip('. ')}.",
            "Delete its files and fetch it again, or choose another model.",
        )


class ModelChanged(QmmError):
    """The files of the model are not those that were used before."""

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


class CorpusMissing(QmmError):
    """This Python has no documentation of its own to practise on."""

    def __init__(self, found: int, wanted: int, place: object) -> None:
        super().__init__(
            f"Practice needs {wanted} texts; this Python has {found}.",
            f"They come from the source files of Python's standard library in {place}. "
            "Some systems leave these out.",
            "Install the full Python of your system, or connect to a server instead.",
        )


# --- Plans and answers ------------------------------------------------------------------------


class BadAnswer(UsageError):
    """What was typed does not answer the question.

    field: the part of the answer it is about. question: its key, where that is known.
    """

    question = ""

    def __init__(self, what: str, why: str = "", todo: str = "", field: str = "") -> None:
        super().__init__(what, why, todo)
        self.field = field


class AnswersUnusable(UsageError):
    """A file of answers cannot be used; `line` counts from 1, 0: the whole file."""

    def __init__(self, file: str, line: int, problem: str, todo: str) -> None:
        place = f"{file}, line {line}" if line else file
        super().__init__(f"{place}: {problem}", "", todo)
        self.line = line


class QuestionOpen(UsageError):
    """A plan was asked for while a question has no answer yet."""

    def __init__(self, question: str, wording: str) -> None:
        super().__init__(
            f"The question {question} has no answer yet.",
            f"{wording}",
            "Answer it, then make the plan again; the other answers are kept.",
        )


class StrategyUnfit(UsageError):
    """A strategy was asked for that this collection or these answers rule out."""

    def __init__(self, title: str, reason: str, decided_by: str) -> None:
        by = "the survey" if decided_by == "survey" else f"the answer to {decided_by}"
        super().__init__(
            f"{title} cannot be used here.",
            f"{reason[:1].upper()}{reason[1:]}; decided by {by}.",
            "Choose another strategy, or change that answer.",
        )


class StrategyLater(UsageError):
    """A strategy that fits, which this version cannot run yet."""

    def __init__(self, title: str, instead: str = "") -> None:
        super().__init__(
            f"{title} cannot be run by this version yet.",
            "It is recommended where it fits, but its steps are not built.",
            f"{instead} can run today." if instead else "None of the others fits these answers.",
        )


class PlanClosed(UsageError):
    """The way to a plan is closed: a run would do harm, or the operator wants to correct first."""


class PlanError(UsageError):
    """A plan, or another file of this program, cannot be read or written as one.

    what names the file and, where there is one, the line.
    """


class WarningsOpen(UsageError):
    """Serious warnings of a plan are not acknowledged. said: what each of them says, by its id."""

    def __init__(self, said: Mapping[str, str]) -> None:
        are = "warning is" if len(said) == 1 else "warnings are"
        sentences = [f"{warning}: {text}" for warning, text in said.items() if text]
        super().__init__(
            f"{len(said)} {are} not acknowledged yet: {', '.join(said)}.",
            "\n".join(sentences),
            "Nothing was written. When you have read them, add "
            + " ".join(f"--accept {warning}" for warning in said)
            + ".",
        )


class AcceptedUnasked(UsageError):
    """A warning was acknowledged that the plan does not name."""

    def __init__(self, ids: tuple[str, ...], asked: tuple[str, ...]) -> None:
        super().__init__(
            f"This plan asks for no acknowledgement of {', '.join(ids)}.",
            f"It asks for: {', '.join(asked) or 'none'}.",
            "Name only those.",
        )


class WarningsChanged(UsageError):
    """The list of warnings, or what it is about, is not the one that the planner wrote."""

    def __init__(self, collection: str) -> None:
        super().__init__(
            "The warnings of this plan are not those that it was made with.",
            "must_accept, warned, lost_settings, collection, strategy or seal was edited, or an "
            "older version made the plan. Nothing was written.",
            "Put the lines back, or make the plan again; this takes its answers over: "
            + qmm("plan", collection, flags=("--from", "plan.yaml")),
        )


# --- Runs -------------------------------------------------------------------------------------


class NoSuchRun(UsageError):
    """There is no run of this name, or the folder is not a run's. known: those that are."""

    def __init__(self, name: str, where: str, known: Iterable[str] = ()) -> None:
        super().__init__(
            f"There is no run {name}.{meant(name, known)}",
            f"Runs are kept in {where}.",
            "qmm status lists them; --run-dir looks in another folder.",
        )


class RunFolderUnusable(QmmError):
    """A folder of runs cannot be read or written. verb: "read", "written to", "made", ..."""

    def __init__(self, folder: str, verb: str, cause: OSError | None = None) -> None:
        super().__init__(
            f"The folder {folder} cannot be {verb}.",
            _disk_reason(cause),
            "Correct that, or keep runs in another folder with --run-dir. Nothing else was done.",
        )


def _disk_reason(cause: OSError | None) -> str:
    import errno

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


class PlanHasRun(UsageError):
    """This very plan was started before."""

    def __init__(self, run: str, state: str, *, over: bool = False) -> None:
        goes_on = "" if over else f"{qmm('resume', run)} goes on with it. "
        super().__init__(
            f"This plan already has a run: {run}, {state}.",
            "A plan is carried out once, so that its run can be resumed and taken back.",
            f"{goes_on}To start over, make a new plan.",
        )


class CollectionHasRun(UsageError):
    """Another run works on the collection, or waits to go on with it."""

    def __init__(self, run: str, collection: str, state: str) -> None:
        super().__init__(
            f"Another run works on {collection}: {run}, {state}.",
            "Two runs on one collection would undo each other's work.",
            f"Go on with it ({qmm('resume', run)}), or give it up ({qmm('discard', run)}); "
            "then start this one.",
        )


class RunBusy(UsageError):
    """Another process carries out this run now."""

    def __init__(self, run: str) -> None:
        super().__init__(
            "This run is being written by another window.",
            f"The run {run} is going already, on this computer.",
            f"Watch it with {qmm('attach', run)}; steering works from every window.",
        )


class RunPaused(RunBusy):
    """A run that is to go on rests: its process is there and waits."""

    def __init__(self, run: str) -> None:
        super().__init__(run)
        QmmError.__init__(
            self,
            f"{run} is paused, not stopped.",
            "Its process waits for the end of the pause.",
            f"{qmm('continue', run)} goes on with it.",
        )


class RunStopping(RunBusy):
    """A run that is to go on is just being stopped."""

    def __init__(self, run: str) -> None:
        super().__init__(run)
        QmmError.__init__(
            self,
            f"{run} is being stopped.",
            "It finishes what is on its way first.",
            f"Wait until {qmm('status', run)} says that it is stopped, then resume.",
        )


class RunNotGoing(UsageError):
    """A run was told to pause, continue, stop or change its speed while nobody carries it out."""

    def __init__(self, run: str, verb: str, state: str, *, over: bool) -> None:
        word = {"resume": "continue"}.get(verb, verb)
        super().__init__(
            f"{run} is not going ({state}), so there is nothing to {word}.",
            "",
            f"{qmm('report', run)} writes its report."
            if over
            else f"{qmm('resume', run)} goes on with it.",
        )


class RunIsOver(UsageError):
    """The run was rolled back or cleaned up; what is asked for would need what is gone."""

    def __init__(self, run: str, state: str) -> None:
        super().__init__(
            f"{run} is over: it was {state}.",
            "Its steps cannot be carried out once more.",
            "Make a new plan to start again.",
        )


class RunPlanChanged(QmmError):
    """plan.yaml in the run folder is not the one the run began with."""

    def __init__(self, run: str) -> None:
        super().__init__(
            f"The plan of {run} was changed after the run had begun.",
            "What is done already was done by the old plan; both together could mix two models.",
            "Put the old plan.yaml back and resume, or start a new run with the changed plan.",
        )


class EngineDidNotStart(QmmError):
    """The engine's process ended before it had the run open."""

    def __init__(self, run: str, log: str) -> None:
        super().__init__(
            f"The run {run} could not be started.",
            "The process that carries it out ended before it did anything.",
            f"Its last words are in {log}. Nothing was changed; resume tries again.",
        )


class StepBroke(QmmError):
    """A step ended with an error that this program does not know; the log has the details."""

    def __init__(self, title: str) -> None:
        super().__init__(
            f"{title}: the step ended with an error that this program does not know.",
            "The details are in engine.log in the run folder.",
            "Everything confirmed is kept. Resume tries the step again; if it ends the same way, "
            "please report it with engine.log.",
        )


class JournalDamaged(QmmError):
    """The journal of a run is not readable as one. copy: there is a second copy to go on from."""

    def __init__(self, path: str, *, copy: bool = False) -> None:
        super().__init__(
            "The notes of this run are damaged.",
            f"{path} cannot be read as a journal; the disk or another program changed it.",
            "Nothing is lost on the server. Resume goes on from the copy of the notes that was "
            "made when the last step began."
            if copy
            else "Put a backup of the file back and resume. Without one, nothing is lost on the "
            "server: the old collection is as it was, and a new plan starts again.",
        )


class JournalFromNewer(UsageError):
    """The journal was written by a newer version of this program."""

    def __init__(self, path: str) -> None:
        super().__init__(
            "This run was made by a newer version of qmm.",
            f"The journal {path} has a form that this version does not know.",
            "Use the newer version for it.",
        )


class JournalUnwritable(QmmError):
    """The journal cannot be read or written."""

    def __init__(self, path: str) -> None:
        super().__init__(
            "The notes of this run cannot be read or written.",
            f"This computer's disk or rights do not let {path} be used.",
            "Everything confirmed is kept on the server. Correct that, then resume.",
        )


class ReportNotWritten(QmmError):
    """The files of the report cannot be written; the run itself is not affected."""

    def __init__(self, run: str, cause: OSError) -> None:
        super().__init__(
            "The report cannot be written.",
            _disk_reason(cause),
            f"The run itself is not affected. Correct that, then: {qmm('report', run)}",
        )


class ThrottleUnknown(UsageError):
    """A speed that means nothing. expected: what can be said."""

    def __init__(self, expected: str) -> None:
        super().__init__("This speed is not known.", expected, "The speed stays as it was.")


class LedgerDamaged(QmmError):
    """The ledger of the last catch-up cannot be read."""

    def __init__(self, path: object) -> None:
        super().__init__(
            "The list of what was copied cannot be read.",
            f"The file {path} is missing or damaged.",
            "Nothing was changed. Before the switch, resume the run: it writes the list again. "
            "After it, compare both collections by hand before you delete one.",
        )


class PlanOutdated(QmmError):
    """The collection is not the one that the plan was made for any more."""

    def __init__(self, collection: str, changed: str) -> None:
        super().__init__(
            f"{collection} has changed since this plan was made: {changed}.",
            "The new collection would be made after settings that no longer hold.",
            "Make the plan again; your answers are kept.",
        )


class TargetTaken(QmmError):
    """The name for the new collection belongs to something else."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"{name} already exists and was not made by this run.",
            f"Writing into {name} could mix two models or overwrite somebody's points.",
            "Choose another name for the new collection, or delete that one yourself if it is "
            "yours.",
        )


class TargetGone(QmmError):
    """The new collection is not there any more."""

    def __init__(self, target: str, source: str) -> None:
        super().__init__(
            f"The new collection {target} does not exist any more.",
            "Somebody deleted it while this run worked on it.",
            f"Nothing is lost: {source} is as it was. Find out who, then make a new plan; "
            "what this run had copied has to be copied again.",
        )


class TargetInUse(QmmError):
    """An alias points to the new collection before the run switched to it."""

    def __init__(self, target: str, alias: str, source: str) -> None:
        super().__init__(
            f"The alias {alias} points to {target} already.",
            "Somebody switched before this run did, so the application may write there; catching "
            f"up with {source} would take those writes back.",
            f"Point {alias} back to {source} (or delete it, if it is only for looking), then "
            f"resume. What was written to {target} meanwhile has to be written to {source} first.",
        )


class AliasMoved(QmmError):
    """The alias does not point where the plan says."""

    refusal = True

    def __init__(self, alias: str, points_to: str | None, planned: str) -> None:
        super().__init__(
            f"{alias} points to {points_to}, not to {planned} as planned."
            if points_to
            else f"The alias {alias} does not exist any more.",
            "Somebody changed it meanwhile. Nothing was done.",
            "Find out who, then survey again.",
        )


class SwitchedInPart(QmmError):
    """Of several aliases only some were switched. stayed: the others, and what they point to."""

    moved: tuple[str, ...] = ()

    def __init__(
        self, moved: tuple[str, ...], collection: str, stayed: dict[str, str | None], reason: str
    ) -> None:
        self.moved = moved
        others = ", ".join(f"{alias} points to {there}" for alias, there in stayed.items())
        super().__init__(
            f"{', '.join(moved) or 'No alias'} answers from {collection} now, but {others}.",
            "The server carries out the switch of several aliases one by one and did not finish"
            f"{f': {reason}' if reason else '.'}",
            "Resume switches the others. A rollback takes back those that have moved.",
        )


class ModelDiffers(QmmError):
    """The model gives other dimensions than the plan says."""

    def __init__(self, label: str, planned: int, found: int) -> None:
        super().__init__(
            f"{label} makes vectors of {found} dimensions; the plan says {planned}.",
            "It is another model, or another version of it.",
            "Nothing was written. Make the plan again with the model that is there.",
        )


class NotReady(QmmError):
    """The collection cannot be read whole now."""

    def __init__(self, collection: str, why: str, todo: str) -> None:
        super().__init__(f"{collection} cannot be migrated now.", why, todo)


class NoRoomForNotes(QmmError):
    """The disk of the run folder cannot hold what the run writes down there."""

    def __init__(self, folder: object, needed: str, free: str) -> None:
        super().__init__(
            f"The disk of {folder} has {free} free; this run needs {needed} there.",
            "It notes for each point what was copied, to tell later writes by.",
            "Make room, then resume; or keep runs on another disk with --run-dir.",
        )


class SettingsDiffer(QmmError):
    """What was created does not read back as it was asked for."""

    def __init__(self, collection: str, settings: tuple[str, ...]) -> None:
        super().__init__(
            f"{collection} was created, but these settings are not as asked for: "
            f"{', '.join(settings)}.",
            "The server overrides them, or this user may not set them.",
            "Nothing else was written. Ask whoever runs the server, or make the plan again and "
            "acknowledge that these settings are not carried over.",
        )


class CannotManage(QmmError):
    """The key may read, or only write points."""

    def __init__(self) -> None:
        super().__init__(
            "This key may not create collections or change settings.",
            "A migration needs a key with full rights.",
            "Nothing was written. Enter a key that may write (Connect), or give plan.yaml to "
            "someone who has one.",
        )


class IntegrityFailed(QmmError):
    """The new collection is not complete."""

    def __init__(self, what: str, run: str) -> None:
        super().__init__(
            f"NO-GO: {what}.",
            "The new collection is not complete; the old one goes on answering.",
            "Resume fetches what is missing and verifies again; nothing is judged before. To give "
            f"the run up: {qmm('discard', run)}",
        )


class JudgedWorse(QmmError):
    """The new model finds less than the old one."""

    def __init__(self, what: str, source: str, run: str) -> None:
        again = qmm("verify", run, flags=("--queries", "FILE"))
        super().__init__(
            f"NO-GO: {what}",
            f"The cutover is closed; searches go on with {source}.",
            f"Look at the worst queries. Judge by others ({again}), choose another model, or stop "
            "here.",
        )


class VerifyRefused(QmmError):
    """A run cannot be judged anew now."""

    refusal = True

    def __init__(self, why: str, todo: str) -> None:
        super().__init__("Nothing was verified again.", why, todo)


class OldReplaced(QmmError):
    """The collection of the old one's name is another run's by now."""

    refusal = True

    def __init__(self, source: str, target: str) -> None:
        super().__init__(
            f"{source} is not the collection that this run began with.",
            f"Another run has made one of that name since. What stands in it is no late write to "
            f"{target}, so nothing was read from it, carried over or deleted.",
            f"{target} stays as it is. Go on with the run that made {source}: {qmm('status')} "
            "lists all runs.",
        )


class OldEmptied(QmmError):
    """After the switch most of the old collection is gone. No late write does that."""

    refusal = True

    def __init__(self, source: str, before: int, here: int, target: str) -> None:
        super().__init__(
            f"{source} has {here:,} points by now, and had {before:,} when it was last read.",
            "Perhaps it was emptied or made anew after the switch. To carry that over would delete "
            f"most of {target}, which answers now. Nothing was carried over.",
            f"If it was, {target} is whole: delete {source} with your own means. If those points "
            f"are to be gone, delete them in {target} too, then try again.",
        )


class CleanupRefused(QmmError):
    """The old collection must not be deleted now."""

    refusal = True

    def __init__(self, collection: str, why: str, todo: str) -> None:
        super().__init__(f"{collection} was not deleted.", why, todo)


class DiscardRefused(QmmError):
    """The run must not be given up now."""

    refusal = True

    def __init__(self, run: str, why: str, todo: str) -> None:
        super().__init__(f"{run} was not discarded.", why, todo)


class NothingToRollBack(QmmError):
    """The run never switched, or was rolled back already."""

    refusal = True

    def __init__(self, run: str, why: str) -> None:
        todo = f"{qmm('status', run)} shows where the run stands."
        super().__init__("There is nothing to roll back.", why, todo)


class SettingNotKept(QmmError):
    """The quantization that was set is not the one in force."""

    def __init__(self, collection: str, vector: str, found: str) -> None:
        whose = f"the vector {vector} of {collection}" if vector else collection
        super().__init__(
            f"The quantization that was set is not in force for {whose}.",
            f"The server answered without an error, but tells {found}; a server-wide setting may "
            "override it, or somebody changed it at the same time.",
            "Searches go on with what is in force. Look at the settings of the collection or ask "
            "whoever runs the server, then resume.",
        )


class StillQuantized(QmmError):
    """One vector cannot be without quantization where the collection has one for all."""

    def __init__(self, collection: str, vector: str) -> None:
        super().__init__(
            f"The vector {vector or '(unnamed)'} of {collection} would stay quantized.",
            "Without a setting of its own it takes the collection's, and that one quantizes.",
            "Nothing was changed. Make a plan that takes the quantization off the collection.",
        )


class OptimizerFailed(QmmError):
    """The server reports an error while it builds the index."""

    def __init__(self, collection: str, reason: str) -> None:
        super().__init__(
            f"The server could not build the index of {collection}.",
            f"It reports: {reason}" if reason else "Its status is red.",
            "No point is lost. Ask whoever runs the server to look at its log, then resume.",
        )


# --- Proof ------------------------------------------------------------------------------------


class QueryFileUnusable(UsageError):
    """The file of searches cannot be read as one. `unusable` lines of `total` could be skipped."""

    refusal = True
    unusable = 0
    total = 0

    def __init__(
        self, wrong: str, expected: str = "", *, todo: str = "", unusable: int = 0, total: int = 0
    ) -> None:
        self.unusable, self.total = unusable, total
        lines = f"{unusable:,} unusable {'line' if unusable == 1 else 'lines'} of {total:,}"
        super().__init__(
            f"The query file cannot be used: {wrong}.",
            f"Expected: {expected or 'a search text and one or more ids'}.",
            todo
            or (f"Correct the line, or skip the {lines}." if unusable else "Correct the file."),
        )


class QueryEmpty(UsageError):
    """A search without a text."""

    def __init__(self) -> None:
        super().__init__("The query is empty.", "", "Type a few words, or press Next sample query.")
