"""Taking the API key out of texts that are about to be written somewhere."""

from __future__ import annotations

import json
from urllib.parse import quote

SHORTEST = 6  # a key shorter than that guards nothing, and blanking it would tear texts apart


def blanked(text: str, secret: str) -> str:
    """`text` without the secret, in whatever way messages of libraries are known to write it."""
    if len(secret) < SHORTEST:
        return text
    for form in _forms(secret):
        text = text.replace(form, "[key]")
    return text


def _forms(secret: str) -> list[str]:
    forms = {
        secret,
        json.dumps(secret)[1:-1],
        json.dumps(secret, ensure_ascii=False)[1:-1],
        repr(secret)[1:-1],
        ascii(secret)[1:-1],
        repr(secret.encode())[2:-1],
        quote(secret),
        quote(secret, safe=""),
    }
    return sorted(forms, key=len, reverse=True)
