"""What goes wrong with a Qdrant: the line, the key, a limit, a collection, a point."""

from __future__ import annotations

from collections.abc import Iterable

from qdrant_model_migration.errors import QmmError, UsageError, meant
from qdrant_model_migration.redaction import redacted


class AddressInvalid(UsageError):
    """The address cannot be that of a Qdrant: malformed, the gRPC port, or it holds a key."""


class NoQdrantThere(QmmError):
    """Nothing at this address answers as a Qdrant does; at another port one may."""

    def tried_as_well(self, others: str) -> NoQdrantThere:
        """The same, with the other addresses that were tried in vain."""
        QmmError.__init__(self, self.what, f"{self.why} Tried as well: {others}.", self.todo)
        return self


class NothingListens(NoQdrantThere):
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


class Unreachable(NoQdrantThere):
    """The network knows no way to the computer."""

    def __init__(self, host: str) -> None:
        super().__init__(
            f"{host} cannot be reached from this computer.",
            "The network knows no way to it; you may need your company network (VPN).",
            "Connect the network or the VPN, then try again.",
        )


class TooSlow(NoQdrantThere):
    """No answer within the time limit, while connecting or looking something up."""

    def __init__(self, seconds: float) -> None:
        super().__init__(
            f"No answer within {seconds:g} s.",
            "A firewall or a wrong port often looks like this.",
            "Ask whoever runs the server whether this computer may reach it.",
        )


class WrongScheme(NoQdrantThere):
    """http was used where the server speaks https, or the reverse."""

    def __init__(self, used: str) -> None:
        other = "http" if used == "https" else "https"
        super().__init__(
            f"The server answers, but not with {used}.",
            f"It probably speaks {other}.",
            f"Change the address to {other}:// or ask for the right one.",
        )


class CertificateNotTrusted(QmmError):
    """TLS works, but this computer does not trust the certificate. why: as OpenSSL says it. own:
    certificates of one's own that are trusted here, in words."""

    def __init__(self, why: str = "", own: str = "") -> None:
        trusted = f" Trusted here, too: {own}." if own else ""
        super().__init__(
            "The server's certificate is not trusted by this computer.",
            f"{f'OpenSSL says: {why}.' if why else 'It may be self-made or expired.'}{trusted}",
            "If your company makes its own certificates, name the file of the one that signs them: "
            "--ca FILE, or SSL_CERT_FILE in the environment. The check is never switched off.",
        )


class CertificatesUnusable(UsageError):
    """The file with certificates of one's own cannot be used. by: the option or variable."""

    def __init__(self, by: str, path: str, why: str) -> None:
        super().__init__(
            f"The certificates that {by} names cannot be read: {path}."
            if by
            else "The certificates that this computer trusts cannot be read.",
            why,
            "Name the PEM file with the certificate of whoever signs that of the server.",
        )


class HeaderUnusable(UsageError):
    """--header names no header, or one that this program sends itself."""

    def __init__(self, given: str, why: str) -> None:
        super().__init__(
            f"--header {given} cannot be used.",
            why,
            "Write it as NAME=VARIABLE, e.g. --header CF-Access-Client-Secret=CF_SECRET; the "
            "environment variable VARIABLE holds the value.",
        )


class HeaderMissing(UsageError):
    """The variable with the value of a header is not set, or its value cannot be sent."""

    def __init__(self, header: str, variable: str, why: str) -> None:
        super().__init__(
            f"There is no value for the header {header}.",
            why,
            f"Set {variable}, then start qmm again. The value is never written down.",
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


class FrontRefuses(RightMissing):
    """401, 403 or 407 that does not come from Qdrant: something stands before it."""

    def __init__(self, status: int) -> None:
        super().__init__("")
        QmmError.__init__(
            self,
            "Something in front of the server refuses the request.",
            f"It answered {status}, and not in Qdrant's words: a proxy or a gateway.",
            "If it wants a header of its own, add --header NAME=VARIABLE, with the value in that "
            "environment variable. Else ask whoever runs it.",
        )


class SnapshotsElsewhere(QmmError):
    """403: the file is not where this server keeps snapshots. folder: where that is, on its
    disk."""

    def __init__(self, folder: str) -> None:
        self.folder = folder
        super().__init__(
            "The server takes no snapshot from there.",
            f"It takes them from its folder {folder} alone.",
        )


class RouteUnknown(QmmError):
    """404 without Qdrant's words: this version, or a proxy, does not know the request."""

    def __init__(self, doing: str) -> None:
        super().__init__(
            f"The server does not know how to {doing}.",
            "It is too old for this, or a proxy stands in front of it.",
            "Check the address and the version of the server.",
        )


class NotQdrant(NoQdrantThere):
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


class ServerGone(NoQdrantThere):
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
            f"The embedded Qdrant in {folder} is already in use.",
            "Exactly one program at a time may open it; a run that is still going owns it.",
            "Wait for the run to end or stop it, or close the other program, then try again.",
        )


class FolderUnusable(QmmError):
    """A folder cannot be opened as a practice Qdrant: rights, damage, or it is something else."""

    def __init__(self, folder: str, why: str) -> None:
        super().__init__(
            f"The folder {folder} cannot be opened as an embedded Qdrant.",
            why,
            "Choose another folder, or start the practice over.",
        )


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
    """A vector has another size than the collection expects. Message of the server in the why.

    got: the dimensions of the vector, 0 where one of the two is sparse; None: not told.
    """

    def __init__(self, collection: str, detail: str, got: int | None = None) -> None:
        super().__init__(
            f"A vector does not fit the collection {collection}.",
            detail,
            "The model and the collection do not belong together; choose the right model.",
        )
        self.got = got


class InferenceMissing(QmmError):
    """The server makes no vectors of texts: no inference service is configured."""

    def __init__(self, server: str) -> None:
        super().__init__(
            f"{server} makes no vectors itself.",
            "It has no inference service, which would turn the texts into vectors.",
            "On Qdrant Cloud it is switched on in the Inference tab of the cluster. Or choose a "
            "model that runs on this computer.",
        )


class InferenceRefused(QmmError):
    """The server's inference service does not take the request: the model, the text, an option."""

    def __init__(self, detail: str) -> None:
        self.detail = redacted(detail)
        super().__init__(
            "The server makes no vector of this text.",
            f"Its inference service said: {detail}" if detail else "",
            "Compare the model's name and options with those that the server offers. "
            "Everything confirmed before is kept.",
        )


class InferenceClosed(QmmError):
    """The server's inference service does not accept the key that it is shown: the server's own,
    or that of a provider, from an environment `variable`."""

    def __init__(self, detail: str, variable: str = "") -> None:
        mend = f"Look at the key in {variable}" if variable else "Ask whoever runs the server"
        super().__init__(
            "The inference service does not accept the key that the server shows it.",
            f"It said: {detail}" if detail else "",
            f"{mend}, then resume. Everything confirmed before is kept.",
        )


class ServiceKeyWithheld(QmmError):
    """The key of a provider is not sent to a server that only a file names."""

    def __init__(self, variable: str, server: str) -> None:
        super().__init__(
            f"The key in {variable} was not sent to {server}.",
            "Only a file names this server, and the file may come from somebody else.",
            "If the key is meant for it, connect to it by its address, or set QDRANT_URL.",
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


class VectorTaken(QmmError):
    """A vector that was to be added is there already, and another one."""

    def __init__(self, collection: str, vector: str) -> None:
        super().__init__(
            f"{collection} already has a vector {vector}, and another one.",
            "Its size, distance or kind is not that of the new one.",
            "Choose another name for the new vector.",
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
            f"{f'The collection {collection}' if collection else 'The server'} has a limit that "
            "stands in the way.",
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

    def __init__(self, collection: str, point: int | str, size: int) -> None:
        self.point, self.size = point, size
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
    """A write to a collection with custom sharding that named no shard key."""

    def __init__(self, collection: str) -> None:
        super().__init__(
            f"The collection {collection} places its points by shard keys of its own.",
            "The points that were to be written name no shard key.",
            "Nothing was written. Take a strategy that copies the points of a collection: each "
            "goes to the key that it came from.",
        )


class ShardKeyUnknown(QmmError):
    """A write named a shard key that the collection does not have."""

    def __init__(self, collection: str, key: str) -> None:
        super().__init__(
            f"The collection {collection} has no shard key {key}.",
            "It was deleted, or not made yet.",
            "Nothing was written to it. Make the key again, or delete its points, then resume.",
        )


class ShardKeyThere(QmmError):
    """The shard key is there already."""

    def __init__(self, collection: str) -> None:
        super().__init__(
            f"A shard key of {collection} was to be made, and it is there already.",
            "Somebody else has made it.",
            "Nothing has to be done.",
        )


class ServerRefused(QmmError):
    """The server refused a request for a reason that this program does not know."""

    def __init__(self, doing: str, detail: str) -> None:
        super().__init__(
            f"The server refused to {doing}.",
            f"It said: {detail}" if detail else "It gave no reason.",
            "Everything confirmed before is kept.",
        )
