"""What went wrong, in words: every exception of the client or the line becomes one of errors.py.

Which of them are worth another try is decided here too; the trying itself is in retries.py.
The texts matched are Qdrant's own (1.16 to 1.19) and those of the client's local mode.
"""

from __future__ import annotations

import errno
import json
import re
import socket
import ssl
from collections.abc import Callable, Iterator
from typing import NamedTuple

from qdrant_model_migration.errors import DiskFull, QmmError
from qdrant_model_migration.qdrant import errors
from qdrant_model_migration.qdrant.address import Address
from qdrant_model_migration.qdrant.tls import own_certificates, speaks_tls


class Fault(NamedTuple):
    """A failure, whoever raised it. status: HTTP status, None without an answer.

    text: the server's or the client's words. told: the answer was JSON in Qdrant's way.
    retry_after: seconds the server asked to wait. location: where a redirect leads.
    cause: the exception, where there was no answer; sent: bytes of the request then.
    """

    status: int | None
    text: str
    told: bool = False
    retry_after: float | None = None
    location: str = ""
    cause: BaseException | None = None
    sent: int = 0


class Situation(NamedTuple):
    """What was being tried. doing: completes "the server refused to ...". collection: the name
    in the request. timeout_s: of one attempt. attempts, waited_s: how long it was tried.
    connecting: whether a Qdrant has ever answered here; if one has, the address is right. keys: the
    variables with the keys of providers that it was shown."""

    address: Address
    doing: str
    collection: str
    timeout_s: float
    attempts: int = 1
    waited_s: float = 0.0
    connecting: bool = False
    keys: str = ""


SENT = "qmm_sent"
"""An attribute of an exception: how many bytes the request had that it ended."""


class NotDoneYet(Exception):
    """The server took a write, but had not applied it when it answered (200, wait_timeout)."""


def read(error: BaseException) -> Fault:
    """Any exception of the line, of local mode or of the operating system, as a Fault."""
    status = getattr(error, "status_code", None)
    if isinstance(status, int):
        return _answered(status, getattr(error, "content", b""), getattr(error, "headers", None))
    return Fault(None, str(error), cause=error, sent=getattr(error, SENT, 0))


def _answered(status: int, content: bytes, headers: object) -> Fault:
    text, told = content.decode(errors="replace").strip(), False
    try:
        body = json.loads(content)
        text, told = str(body["status"]["error"]), True
    except (ValueError, KeyError, TypeError):
        pass  # plain text, a proxy's page, or nothing
    lookup: Callable[..., object] = getattr(headers, "get", lambda *_: None)
    after = str(lookup("retry-after") or "")
    dated = bool(after) and not after.isdigit()  # by a proxy: Qdrant writes seconds
    return Fault(
        status,
        text,
        told and not dated,
        float(after) if after.isdigit() else None,
        str(lookup("location") or ""),
    )


def is_expected(error: BaseException) -> bool:
    """Whether this is a failure of the world outside, not of this program."""
    outside = (QmmError, NotDoneYet, OSError, ValueError, KeyError, RuntimeError)
    answered = hasattr(error, "status_code")
    return answered or isinstance(error, outside) or type(error).__module__.startswith(_OUTSIDE)


_OUTSIDE = ("qdrant_client.", "httpx", "sqlite3")


def summary(error: BaseException) -> str:
    """One line for the log: the kind of exception, the status and the server's words."""
    fault = _shortened(read(error))
    return f"{type(fault.cause or error).__name__} {fault.status or ''} {fault.text}".strip()


def worth_retrying(error: BaseException) -> str | None:
    """Why another try may help, in a few words; None if it cannot."""
    if isinstance(error, QmmError):
        return None
    if isinstance(error, NotDoneYet):
        return "the server has not finished the write yet"
    fault = read(error)
    if fault.status is None:
        return _line_reason(fault)
    if fault.status == 429:
        if _too_large(fault):
            return None
        return "the server limits the rate of requests"
    if fault.status == 408 or fault.status == 504:
        return "the server did not finish in time"
    if fault.status == 500 and not _lasting(fault.text):
        by_service = "nference" in fault.text
        return f"{'its inference service' if by_service else 'the server'} had an internal error"
    if fault.status in (502, 503):
        return "the server is not ready"
    return None


def _too_large(fault: Fault) -> bool:
    """429 without Retry-After: Qdrant means that it can never be accepted. A proxy means: later,
    and so does the service that Qdrant asks for vectors."""
    by_service = "inference service" in fault.text
    return fault.told and fault.retry_after is None and not by_service


def _lasting(text: str) -> bool:
    return "InferenceService" in text or "inference service" in text or "No space left" in text


def _line_reason(fault: Fault) -> str | None:
    import httpx

    error = fault.cause
    if isinstance(error, httpx.TimeoutException):
        return "no answer in time"
    if not isinstance(error, httpx.TransportError) or _tls_fault(error):
        return None
    if isinstance(error, httpx.ConnectError):
        return "the server cannot be reached"
    return "the connection was lost"


def broke_with(error: BaseException) -> int:
    """How many bytes the request had whose line was ended by the other side, or by something on the
    way: what a proxy does that will not read a large body. 0 where it was something else."""
    import httpx

    fault = read(error)
    broken = (httpx.WriteError, httpx.ReadError, httpx.RemoteProtocolError, httpx.CloseError)
    return fault.sent if isinstance(fault.cause, broken) else 0


def translate(error: BaseException, at: Situation) -> QmmError:
    """The error for the operator. Exceptions that are one already come back unchanged."""
    if isinstance(error, QmmError):
        return error
    reason = worth_retrying(error)
    if reason is not None and at.attempts > 1:
        return errors.ServerGone(at.address.label, reason, at.waited_s)
    if isinstance(error, NotDoneYet):
        return errors.ServerGone(at.address.label, reason or "", at.waited_s)
    fault = read(error)
    if fault.status is None:
        return _without_answer(fault, at)
    return _by_status(fault, at) or _by_text(fault, at) or _unknown(fault, at)


# --- No answer --------------------------------------------------------------------------------


def _without_answer(fault: Fault, at: Situation) -> QmmError:
    import httpx

    error = fault.cause
    if isinstance(error, httpx.TimeoutException):
        return errors.TooSlow(at.timeout_s)
    if isinstance(error, httpx.TransportError):
        return _from_the_line(error, at)
    if "already accessed by another instance" in fault.text:
        return errors.FolderInUse(at.address.label)
    opening_a_folder = at.connecting and at.address.folder is not None
    if opening_a_folder or isinstance(error, OSError) or _is_database(error):
        return _from_the_disk(error, at)
    if at.address.folder is None and isinstance(error, (ValueError, KeyError)):
        return errors.NotQdrant()  # the answer could not be read as Qdrant's
    return _by_text(fault, at) or _unknown(fault, at)


def _from_the_line(error: BaseException, at: Situation) -> QmmError:
    host, port, scheme = at.address.host, at.address.port, at.address.scheme
    tls = _tls_fault(error)
    if isinstance(tls, ssl.SSLCertVerificationError):
        return errors.CertificateNotTrusted(tls.verify_message, own_certificates())
    if tls is not None:
        return errors.WrongScheme("https")
    causes = list(_causes(error))
    if any(isinstance(cause, socket.gaierror) for cause in causes):
        return errors.NameUnknown(host)
    if any(isinstance(cause, ConnectionRefusedError) for cause in causes):
        return errors.NothingListens(str(at.address), port)
    if any(
        isinstance(cause, OSError) and cause.errno in (errno.EHOSTUNREACH, errno.ENETUNREACH)
        for cause in causes
    ):
        return errors.Unreachable(host)
    if at.connecting and scheme == "http" and speaks_tls(host, port):
        return errors.WrongScheme("http")
    if at.connecting and "RemoteProtocolError" in type(error).__name__:
        return errors.NotQdrant()
    return errors.ServerGone(at.address.label, "the connection was lost", at.waited_s)


def _tls_fault(error: BaseException) -> ssl.SSLError | None:
    return next((cause for cause in _causes(error) if isinstance(cause, ssl.SSLError)), None)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _is_database(error: BaseException | None) -> bool:
    return type(error).__module__ == "sqlite3"


def _from_the_disk(error: BaseException | None, at: Situation) -> QmmError:
    folder = at.address.folder or ""
    text = str(error)
    if getattr(error, "errno", None) == errno.ENOSPC or "disk is full" in text:
        return DiskFull(folder)
    if isinstance(error, PermissionError) or "readonly" in text:
        return errors.FolderUnusable(folder, "This user may not write there.")
    return errors.FolderUnusable(folder, "Its files are damaged, or were changed meanwhile.")


# --- An answer --------------------------------------------------------------------------------


def _by_status(fault: Fault, at: Situation) -> QmmError | None:
    text = fault.text
    if fault.status in (401, 403, 407) and not fault.told and not _QDRANTS.search(text):
        return errors.FrontRefuses(fault.status)
    if fault.status == 401:
        return errors.KeyMissing() if "Must provide" in text else errors.KeyRefused()
    if fault.status == 403:
        return _forbidden(text)
    if fault.status in (301, 302, 307, 308):
        moved_to_tls = at.address.scheme == "http" and fault.location.startswith("https:")
        return errors.WrongScheme("http") if moved_to_tls else errors.NotQdrant()
    if fault.status == 400 and "HTTP request was sent to HTTPS" in text:
        return errors.WrongScheme("http")
    if not fault.told and (fault.status == 404 or (fault.status == 405 and not at.connecting)):
        return errors.RouteUnknown(at.doing)
    if fault.status == 429 and _too_large(fault):
        return errors.TooManyAtOnce(at.collection, text)
    if fault.status == 413:
        return errors.RequestTooLarge(at.collection, "the body is too large")
    if fault.status == 507:
        return errors.ServerFull("disk or memory", text)
    return None


_QDRANTS = re.compile(r"API key|JWT|Forbidden: |^(Expired|Immature|Invalid|Missing)\w+$")
"""How Qdrant says in plain text that it does not accept a key or a token."""
_SNAPSHOTS_IN = re.compile(r'must be inside the snapshots directory (".+")')


def _forbidden(text: str) -> QmmError:
    if "ExpiredSignature" in text:
        return errors.KeyRefused("Its time is over: the token has expired.")
    if folder := _SNAPSHOTS_IN.search(text):
        return errors.SnapshotsElsewhere(json.loads(folder[1]))
    if "InvalidSignature" in text:
        return errors.KeyRefused("It was not made for this server.")
    right = text.removeprefix("Forbidden: ").removesuffix(" is required").strip()
    if "manage access" in text or "Write access" in text:
        return errors.ReadOnlyKey(right)
    return errors.RightMissing(right or "the right to do this")


_Build = Callable[[re.Match[str], Fault, Situation], QmmError]

_TEXTS: tuple[tuple[re.Pattern[str], _Build], ...] = tuple(
    (re.compile(pattern, re.DOTALL), build)
    for pattern, build in (
        (r"InferenceService", lambda m, f, s: errors.InferenceMissing(s.address.label)),
        (
            r"Authentication failed for inference service",
            lambda m, f, s: errors.InferenceClosed(f.text, s.keys),
        ),
        (
            r"Inference request validation failed|nvalid inference request|Invalid BM25 config"
            r"|Inference can't process request|Missing inferred vector",
            lambda m, f, s: errors.InferenceRefused(f.text),
        ),
        (
            r"Vector `?([^`]+?)`? already exists (?:with a different|as a)",
            lambda m, f, s: errors.VectorTaken(s.collection, m[1]),
        ),
        (r"No point with id (\S+) found", lambda m, f, s: errors.PointMissing(s.collection, m[1])),
        (
            r"Collection `?(.+?)`? (?:doesn't exist|not found)",
            lambda m, f, s: errors.CollectionMissing(m[1]),
        ),
        (
            r"Alias with the same name already exists|^Alias .* already exists",
            lambda m, f, s: errors.NameTaken(s.collection, "An alias"),
        ),
        (r"Collection `?(.+?)`? already exists", lambda m, f, s: errors.NameTaken(m[1])),
        (
            r"Not existing vector name error(?:: (.*))?$|vector (.*) is not found in the coll",
            lambda m, f, s: errors.VectorNameUnknown(s.collection, (m[1] or m[2] or "").strip()),
        ),
        (
            r"Vector dimension error: expected dim: (\d+), got (\d+)",
            lambda m, f, s: errors.WrongDimensions(
                s.collection, f"It has {m[2]} dimensions, and {m[1]} are expected.", int(m[2])
            ),
        ),
        (
            r"Conversion between sparse and regular vectors failed",
            lambda m, f, s: errors.WrongDimensions(
                s.collection, "One is sparse and the other is dense.", 0
            ),
        ),
        (
            r"Conversion between multi and regular vectors failed",
            lambda m, f, s: errors.WrongDimensions(
                s.collection, "One is a multivector and the other is not."
            ),
        ),
        (
            r"Limit exceeded (\d+) > (\d+) for \"(.+?)\"",
            lambda m, f, s: errors.LimitExceeded(s.collection, f.text, m[3], int(m[2])),
        ),
        (
            r"JSON payload .*larger than allowed",
            lambda m, f, s: errors.RequestTooLarge(s.collection, f.text),
        ),
        (
            r"Filter condition limit|Condition size limit|Index required but not found"
            r"|Max points count limit|rate limit",
            lambda m, f, s: errors.LimitReached(s.collection, f.text),
        ),
        (r"No space left|Disk usage is at", lambda m, f, s: errors.ServerFull("disk", f.text)),
        (r"Resident memory usage", lambda m, f, s: errors.ServerFull("memory", f.text)),
        (
            r"Shard key not specified",
            lambda m, f, s: errors.ShardKeyNeeded(s.collection),
        ),
        (
            r"Shard key \"?(.+?)\"? not found",
            lambda m, f, s: errors.ShardKeyUnknown(s.collection, m[1]),
        ),
        (
            r"Sharding key .* already exists",
            lambda m, f, s: errors.ShardKeyThere(s.collection),
        ),
        (
            r"(?:Validation|Format) error in JSON body|Wrong input|Bad request",
            lambda m, f, s: errors.SettingRefused(s.doing, f.text),
        ),
    )
)


def _by_text(fault: Fault, at: Situation) -> QmmError | None:
    for pattern, build in _TEXTS:
        found = pattern.search(fault.text)
        if found:
            return build(found, _shortened(fault), at)
    return None


def _unknown(fault: Fault, at: Situation) -> QmmError:
    reason = "the server is not ready" if fault.status in (502, 503) else ""
    if fault.status in (408, 504):
        return errors.TooSlow(at.timeout_s)
    if reason:
        return errors.ServerGone(at.address.label, reason, at.waited_s)
    if fault.status is not None and not fault.told and "<" in fault.text:
        return errors.NotQdrant()  # a page for people, from a proxy or another program
    return errors.ServerRefused(at.doing, _shortened(fault).text)


def _shortened(fault: Fault) -> Fault:
    text = " ".join(fault.text.split())
    return fault._replace(text=text if len(text) <= 300 else text[:297] + "...")
