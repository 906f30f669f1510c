"""Where a Qdrant is: a server's URL or a folder of the practice Qdrant. Never holds a key."""

from __future__ import annotations

import ipaddress
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from pydantic import BaseModel, ConfigDict, model_validator

from qdrant_model_migration.qdrant.errors import AddressInvalid

REST_PORT = 6333
GRPC_PORT = 6334
_USUAL = {"http": 80, "https": 443}


class Address(BaseModel):
    """Exactly one of url (http or https, with its port) and folder is set."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: str | None = None
    folder: str | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Address:
        if (self.url is None) == (self.folder is None):
            raise ValueError("an address is either a url or a folder")
        if self.url is not None:
            _check(urlsplit(self.url))
        return self

    @classmethod
    def parse(cls, text: str) -> Address:
        """Where what a person typed leads most likely; see `ways`. Raises AddressInvalid."""
        return cls.ways(text)[0]

    @classmethod
    def ways(cls, text: str) -> tuple[Address, ...]:
        """What a person typed: "host:6333", a full URL, or the path of an existing folder; where it
        may lead, the likeliest first.

        Without a scheme it is http for this computer and https for any other; a name of one word
        or a number of a private network may speak http all the same. Without a port it is 6333, as
        in Qdrant's own client, or the usual one of the scheme: that one first where a path follows,
        since only a proxy has one. Raises AddressInvalid, which says what to change.
        """
        text = text.strip()
        if not text:
            raise AddressInvalid(
                "No address was given.",
                "It usually looks like https://search.example.com:6333.",
                "Enter the address of your Qdrant server.",
            )
        if "://" not in text:
            if _is_folder(text):
                return (cls._of_folder(text),)
            text = f"//{text}"
        parts = _split(text)
        if not parts.scheme:
            parts = parts._replace(scheme=_schemes(parts)[0])
            _check(parts)
            every = [parts._replace(scheme=scheme) for scheme in _schemes(parts)]
        else:
            _check(parts)
            every = [parts]
        return tuple(cls(url=_normal(one, port)) for one in every for port in _ports(one))

    @classmethod
    def read(cls, text: str) -> Address:
        """The address that `str` made this text of. Raises AddressInvalid for any other text."""
        try:
            return cls(url=text) if "://" in text else cls(folder=text)
        except ValueError:
            raise AddressInvalid(
                f"{_without_login(text)} is not an address.",
                "It stands in a file of this program, which somebody changed.",
                "Put the file back as it was.",
            ) from None

    def is_same_server(self, other: Address) -> bool:
        """Whether the key of one is the key of the other: the same way to the same program. Behind
        one proxy there may be several, each under a path of its own."""
        mine, its = ((one.scheme, one.host, one.port, one.path) for one in (self, other))
        return self.url is not None and mine == its

    @classmethod
    def _of_folder(cls, text: str) -> Address:
        path = Path(text).expanduser().absolute()
        if not path.is_dir():
            raise AddressInvalid(
                f"There is no folder {path}.",
                "A text with a slash is read as the folder of an embedded Qdrant.",
                "Enter a server's address, such as http://localhost:6333, or an existing folder.",
            )
        return cls(folder=str(path))

    @property
    def label(self) -> str:
        """Short text for screens: the host (and port, if unusual) with the path behind it, or the
        folder's path."""
        if self.folder is not None:
            return self.folder
        host = f"[{self.host}]" if ":" in self.host else self.host
        usual = _USUAL[self.scheme] if self.path else REST_PORT
        return f"{host}{'' if self.port == usual else f':{self.port}'}{self.path}"

    @property
    def scheme(self) -> str:
        """http or https; empty for a folder."""
        return urlsplit(self.url or "").scheme

    @property
    def host(self) -> str:
        """The computer's name or number; empty for a folder."""
        return urlsplit(self.url or "").hostname or ""

    @property
    def port(self) -> int:
        """The port of the REST interface."""
        return urlsplit(self.url or "").port or REST_PORT

    @property
    def path(self) -> str:
        """What a proxy puts before Qdrant's own paths, such as "/qdrant"; mostly empty."""
        return urlsplit(self.url or "").path.rstrip("/")

    @property
    def encrypted(self) -> bool:
        """Whether nobody on the way can read what is sent: https, or nothing is sent at all."""
        return self.folder is not None or self.scheme == "https"

    @property
    def on_this_computer(self) -> bool:
        """A folder, or a server at a loopback address."""
        return self.folder is not None or _is_loopback(self.host)

    def __str__(self) -> str:
        return self.folder or self.url or ""


def _is_folder(text: str) -> bool:
    return text.startswith(("/", "./", "../", "~", ".")) or (
        "/" in text and ":" not in text.split("/", 1)[0] and "." not in text.split("/", 1)[0]
    )


def _schemes(parts: SplitResult) -> tuple[str, ...]:
    """Those that a name without one may mean, the safest first."""
    host = parts.hostname or ""
    if _is_loopback(host):
        return ("http",)
    return ("https", "http") if _is_private(host) else ("https",)


def _ports(parts: SplitResult) -> tuple[int, ...]:
    if parts.port is not None:
        return (parts.port,)
    usual, host = _USUAL[parts.scheme], parts.hostname or ""
    if parts.path.rstrip("/"):
        return (usual,) if _is_private(host) else (usual, REST_PORT)
    return (REST_PORT,) if _is_private(host) else (REST_PORT, usual)


def _split(text: str) -> SplitResult:
    try:
        parts = urlsplit(text)
        _ = parts.port  # reading it is what checks it
    except ValueError:
        raise AddressInvalid(
            f"{_without_login(text)} is not an address.",
            "The port after the colon must be a number from 1 to 65535.",
            "Enter it as https://name:6333.",
        ) from None
    return parts


def _check(parts: SplitResult) -> None:
    if parts.username is not None or parts.password is not None or parts.query or parts.fragment:
        raise AddressInvalid(
            "The address holds more than an address.",
            "A key or a password inside it would end up in logs and on screens.",
            "Enter the address alone; the API key has a field of its own (or QDRANT_API_KEY).",
        )
    if parts.scheme not in ("http", "https"):
        raise AddressInvalid(
            f"{parts.scheme}:// is not a way to reach Qdrant.",
            "Its REST interface speaks http or https.",
            "Enter the address as http:// or https://.",
        )
    if not parts.hostname or any(c.isspace() for c in parts.netloc):
        raise AddressInvalid(
            "The address has no name of a computer in it.",
            "It usually looks like https://search.example.com:6333.",
            "Enter it again.",
        )
    if _in_ascii(parts.hostname) is None:
        raise AddressInvalid(
            "The address holds a name that no computer can have.",
            "Each part of a name between two dots has 1 to 63 signs, the whole at most 253.",
            "Enter it as https://name:6333.",
        )
    if parts.port == GRPC_PORT:
        raise AddressInvalid(
            "6334 is the server's second port (gRPC).",
            "This field wants the first one.",
            "Change 6334 to 6333.",
        )


def _normal(parts: SplitResult, port: int) -> str:
    host = _in_ascii(parts.hostname or "") or ""
    host = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{host}:{port}{parts.path.rstrip('/')}"


def _in_ascii(host: str) -> str | None:
    """The name as it is asked for on the wire; None if no computer can have it."""
    try:
        name = host.encode("idna").decode("ascii")
    except UnicodeError:
        return None
    return name if len(name) <= 253 else None


def _is_loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _is_private(host: str) -> bool:
    """A name or number that means something in one network only: a service of docker compose."""
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return "." not in host or host.endswith((".local", ".internal", ".localhost"))


def _without_login(text: str) -> str:
    return text.rsplit("@", 1)[-1].split("?", 1)[0]
