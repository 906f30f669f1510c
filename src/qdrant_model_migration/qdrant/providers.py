"""Providers of models that a server asks with a key of whoever asks the server.

Qdrant Cloud knows them by the beginning of a model's name, and takes their key in a header of each
request (from 1.17); it keeps none. Here it stands in the environment alone.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from qdrant_model_migration.errors import SecretMissing
from qdrant_model_migration.qdrant.errors import ServiceKeyWithheld
from qdrant_model_migration.redaction import keep_secret


class Provider(NamedTuple):
    """title: who gets the texts. header: in which the server takes the key. variable: of the
    environment, which has it."""

    title: str
    header: str
    variable: str


PROVIDERS: Mapping[str, Provider] = {
    "openai": Provider("OpenAI", "openai-api-key", "OPENAI_API_KEY"),
    "cohere": Provider("Cohere", "cohere-api-key", "COHERE_API_KEY"),
    "jinaai": Provider("Jina AI", "jina-api-key", "JINA_API_KEY"),
    "openrouter": Provider("OpenRouter", "openrouter-api-key", "OPENROUTER_API_KEY"),
}
"""By what stands before the first slash of a model's name."""


def provider_of(model: str) -> Provider | None:
    """Who is asked for vectors of this model of a server; None: the server or its own service."""
    begins, slash, _ = model.partition("/")
    return PROVIDERS.get(begins.lower()) if slash else None


def keys_for(models: Iterable[str], server: str, may_have: bool) -> dict[str, str]:
    """Headers with the keys that a request needs for these models. may_have: whether this server
    may be shown any. Raises SecretMissing, ServiceKeyWithheld."""
    found: dict[str, str] = {}
    for provider in dict.fromkeys(filter(None, map(provider_of, sorted(models)))):
        key = os.environ.get(provider.variable, "").strip()
        if not key:
            raise SecretMissing(provider.title, provider.variable, _ONLY_THERE)
        keep_secret(key)
        if not (key.isascii() and key.isprintable()):  # an exception would quote it
            raise SecretMissing(provider.title, provider.variable, _NO_KEY)
        if not may_have:
            raise ServiceKeyWithheld(provider.variable, server)
        found[provider.header] = key
    return found


_ONLY_THERE = "A run gets it only where QDRANT_URL or --server names its server."
_NO_KEY = "It holds characters that no key has; perhaps it was pasted in part."
