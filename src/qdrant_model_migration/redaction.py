"""The secrets that this process knows, and taking them out of texts that are about to be written.

Whoever learns a secret tells it here once; whoever writes a log, a journal or a report need not
know which there are.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from urllib.parse import quote, unquote, urlsplit

from qdrant_model_migration.environment import KEY

SHORTEST = 6  # a key shorter than that guards nothing, and redaction it would tear texts apart

_variables = {KEY, "HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"}
_known: tuple[str, ...] = ()  # every way in which a known secret may be written, longest first


def keep_secret(secret: str) -> None:
    """From now on `redacted` takes it out."""
    global _known
    if len(secret) >= SHORTEST:
        _known = tuple(sorted({*_known, *_forms(secret)}, key=len, reverse=True))


def hold_secrets(variables: Iterable[str]) -> None:
    """These environment variables hold secrets, too; what stands in them now is kept at once."""
    _variables.update(variables)
    keep_secrets_of(os.environ)


def keep_secrets_of(environment: Mapping[str, str]) -> None:
    """The keys that stand in an environment, and the passwords of its proxies."""
    for name, value in environment.items():
        if name in _variables:
            keep_secret(value)
        elif name.lower().endswith("_proxy"):
            keep_secret(_password(value))


def redacted(text: str) -> str:
    """`text` without the known secrets, in whatever way libraries are known to write them."""
    for form in _known:
        text = text.replace(form, "[key]")
    return text


def _password(url: str) -> str:
    try:
        return unquote(urlsplit(url).password or "")
    except ValueError:
        return ""


def _forms(secret: str) -> set[str]:
    return {
        secret,
        json.dumps(secret)[1:-1],
        json.dumps(secret, ensure_ascii=False)[1:-1],
        repr(secret)[1:-1],
        ascii(secret)[1:-1],
        repr(secret.encode())[2:-1],
        quote(secret),
        quote(secret, safe=""),
    }
