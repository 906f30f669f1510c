"""Why a step refuses, or what it found wrong."""

from __future__ import annotations

from collections.abc import Sequence

from qdrant_model_migration import words
from qdrant_model_migration.errors import QmmError
from qdrant_model_migration.shell import FILE, qmm
from qdrant_model_migration.words import listing


class PlanOutdated(QmmError):
    """The collection is not the one that the plan was made for any more."""

    def __init__(self, collection: str, changed: str) -> None:
        super().__init__(
            f"{collection} has changed since this plan was made: {changed}.",
            "The new collection would be made after settings that no longer hold.",
            "Make the plan again; your answers are kept.",
        )


class TargetTaken(QmmError):
    """The name for the new collection belongs to something else. holds: what that is. plan: the
    command that plans anew with a name that is free."""

    question = "target"

    def __init__(self, name: str, holds: str = "", plan: str = "") -> None:
        mixed = f"Writing into {name} could mix two models or overwrite somebody's points."
        another = f"plan with another name: {plan}" if plan else "choose another name."
        super().__init__(
            f"{name} already exists and was not made by this run.",
            f"{holds} {mixed}".strip(),
            f"Delete that one yourself if it is yours, then resume; or {another}",
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


class CannotAddVector(QmmError):
    """This server cannot add a vector to a collection that stands."""

    question = "in_place"

    def __init__(self, collection: str, version: str) -> None:
        super().__init__(
            f"No vector can be added to {collection}.",
            f"The server is {version}; it can be done from 1.18.1.",
            "Update the server, or make a plan with a new collection.",
        )


class CannotClone(QmmError):
    """The server cannot copy the collection itself."""

    question = "copied_by"

    def __init__(self, source: str, why: str) -> None:
        super().__init__(
            f"The server cannot clone {source}.",
            why,
            f"Nothing of {source} was changed, and no snapshot is left. Put it right and resume, "
            "or give this run up and make a plan with --set copied_by=program.",
        )


class CannotTakeOut(QmmError):
    """This server must not be asked to delete a vector of a collection that stands."""

    refusal = True

    def __init__(self, collection: str, vector: str, version: str) -> None:
        super().__init__(
            f"Vector {vector} is not taken out of {collection}.",
            f"The server is {version}; below 1.19 one can lose points after a vector was deleted.",
            "Update the server, or make a plan with a new collection.",
        )


class OtherVectorsChanged(QmmError):
    """A vector that was to stay is not there any more."""

    def __init__(self, collection: str, missing: str) -> None:
        super().__init__(
            f"{collection} does not have all the vectors any more that were to stay.",
            f"Missing: {missing}. This run has not deleted them.",
            "Find out who did. A snapshot, where the run has made one, holds them.",
        )


class VectorGone(QmmError):
    """A vector that the run has added is not there any more."""

    def __init__(self, collection: str, vector: str) -> None:
        super().__init__(
            f"{collection} has no vector {vector} any more.",
            "Somebody deleted it while this run worked on it.",
            "Nothing else is lost. Find out who, then make a new plan; what was embedded for it "
            "has to be embedded again.",
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


class SwitchElsewhere(QmmError):
    """The application is at neither side of the switch."""

    refusal = True


class AliasMoved(SwitchElsewhere):
    """The alias does not point where the plan says."""

    def __init__(self, alias: str, points_to: str | None, planned: str) -> None:
        super().__init__(
            f"{alias} points to {points_to}, not to {planned} as planned."
            if points_to
            else f"There is no alias {alias}.",
            "Somebody changed it meanwhile, or its name was mistyped. Nothing was done.",
            "Find out which, then survey again.",
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


class SettingsChanged(QmmError):
    """The old collection was given other settings, or a vector, since the new one was verified."""

    def __init__(self, source: str, target: str, settings: tuple[str, ...], run: str) -> None:
        super().__init__(
            f"Nothing was switched: {source} and {target} are not set up alike any more.",
            f"Since the verification these have changed: {', '.join(settings)}.",
            f"Set them alike, then resume. A vector that came to {source} is not copied: take it "
            f"out, or give this run up ({qmm('discard', run)}) and make a new plan.",
        )


class CannotManage(QmmError):
    """The key may read, or only write points. lacking: what it may not, in words."""

    def __init__(self, lacking: Sequence[str]) -> None:
        super().__init__(
            f"This key may not {listing(lacking, 'or')}.",
            "A migration needs a key with full rights, and a proxy that lets them through.",
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


class NotWritten(QmmError):
    """Points that no request can carry would be missing after the switch."""

    def __init__(self, collection: str, points: int) -> None:
        super().__init__(
            f"Without {points:,} of its points {collection} is not switched to.",
            "They have grown too large for one request since it was verified. Searches go on as "
            "before.",
            "The dead letters name them, and the limit to raise; then resume.",
        )


class JudgedWorse(QmmError):
    """The new model finds less than the old one."""

    def __init__(self, what: str, source: str, run: str) -> None:
        again = qmm("verify", run, flags=("--queries", FILE))
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


class EmptiedBeside(QmmError):
    """Most of the collection is gone beside which another one is filled."""

    refusal = True

    def __init__(self, source: str, before: int, here: int, target: str) -> None:
        super().__init__(
            f"{source} has {here:,} points by now, and had {before:,} when it was last read.",
            "Perhaps it was emptied, or is being restored. To follow that would delete most of the "
            f"vectors in {target}, which took long to make. Nothing was deleted.",
            f"When {source} is whole again, resume. If those points are to be gone, delete them in "
            f"{target} too, then resume.",
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
            f"The vector {vector or words.UNNAMED} of {collection} would stay quantized.",
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


class MapTooLossy(QmmError):
    """What a learned map calculates finds too little of what proper vectors find."""

    question = "accuracy"

    def __init__(self, found: str, least: str, measured: str, price: str, collection: str) -> None:
        super().__init__(
            f"NO-GO: the calculated vectors find {found} of what properly made ones find.",
            f"At least {least} are asked for. {measured} Nothing was written; searches go on with "
            f"{collection}.",
            f"Make proper vectors instead: {price} Or try a model that is nearer to the old one.",
        )


class ShorteningTooLossy(QmmError):
    """Shorter vectors were to prove that they keep enough, and do not."""

    def __init__(self, size: int, found: str, least: str, collection: str, instead: str) -> None:
        super().__init__(
            f"NO-GO: at {words.count(size)} dimensions {found}.",
            f"The model was not made for this length, so at least {least} of the nearest "
            f"neighbours must be sure to stay. Nothing was written; searches go on with "
            f"{collection}.",
            instead,
        )


class BridgeRefused(QmmError):
    """The run cannot be ended with the proper vectors that it has."""

    refusal = True

    def __init__(self, run: str, why: str) -> None:
        todo = f"{qmm('status', run)} shows where the run stands."
        super().__init__(f"{run} was not ended as it stands.", why, todo)


class NotProper(QmmError):
    """Vectors that were put in the place of calculated ones are not those of the texts."""

    def __init__(self, collection: str, found: str, run: str) -> None:
        super().__init__(
            f"Not all vectors of {collection} are proper.",
            f"{found}. Perhaps somebody writes there with another model, or of another text. The "
            "metadata goes on saying that they are approximate.",
            "Find out who, then resume: what has another text by then is made again. Or end the "
            f"run as it stands: {qmm('bridge', run)}.",
        )


class TwoKeys(QmmError):
    """The same id stands under two shard keys."""

    def __init__(self, collection: str, point: object, one: object, other: object) -> None:
        super().__init__(
            f"The point {point} of {collection} stands under two shard keys: {one} and {other}.",
            "These are two points with one id. A reading of the whole collection shows only one of "
            "them, so the other would be lost on the way.",
            "Nothing was copied. Give one of them another id, or delete the one that is not "
            "needed, then resume.",
        )


class NameElsewhere(SwitchElsewhere):
    """The name that was to be taken over stands for another collection."""

    def __init__(self, name: str, behind: str) -> None:
        super().__init__(
            f"{name} is an alias of {behind} now.",
            "Somebody else has deleted the collection of that name, or given the name away.",
            "Nothing was changed. Find out who; what this run has made is still there.",
        )


class MadeAnew(QmmError):
    """The old collection was deleted, and another of its name stands before the alias does."""

    refusal = True

    def __init__(self, name: str, target: str) -> None:
        super().__init__(
            f"{name} was deleted, and somebody has made a collection of that name since.",
            "Many applications do so when they start and find none. It is not the one that was "
            f"copied, so nothing was read from it. {target} has everything that was copied.",
            f"Stop the application. Delete the new {name} with your own means, then resume: "
            f"{name} becomes an alias of {target}. What was written to the new {name} is lost "
            "with it.",
        )


class OldShrunk(QmmError):
    """Most of the collection that is to be deleted is gone before its points were given up."""

    refusal = True

    def __init__(self, source: str, here: int, target: str, there: int) -> None:
        super().__init__(
            f"{source} has {here:,} points by now, and {target} has {there:,}.",
            f"Perhaps it was emptied or made anew. To carry that over would delete most of "
            f"{target}, and {source} is deleted next: hardly anything would be left. Nothing was "
            "carried over or deleted.",
            f"If those points are to be gone, delete them in {target} too, then resume. Else bring "
            f"them back into {source} first: {target} has them.",
        )


class NewShrunk(QmmError):
    """The new collection lacks points, and the old one is to be deleted."""

    refusal = True

    def __init__(self, target: str, there: int, made: int, source: str) -> None:
        super().__init__(
            f"{target} has {there:,} points by now, and {made:,} were made.",
            f"Somebody has taken some out. {source} was not deleted: nothing else has what it has.",
            f"Find out who. Then discard this run and load {target} anew by the same plan.",
        )


class StillWritten(QmmError):
    """Somebody writes to the collection that was to be deleted."""

    refusal = True

    def __init__(self, collection: str, changed: int) -> None:
        super().__init__(
            f"{collection} was not deleted: somebody writes to it.",
            f"{words.plural(changed, 'point')} changed since the last look; the application is not "
            "stopped.",
            "Stop everything that writes to it, then resume. Nothing is lost: what was written is "
            "carried over.",
        )
