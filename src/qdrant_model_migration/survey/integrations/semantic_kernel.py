"""Semantic Kernel, the classic memory store."""

from __future__ import annotations

from qdrant_model_migration.survey.integrations.integration import Integration, Settings, Sign


class SemanticKernel(Integration):
    title = "Semantic Kernel"
    signs = (Sign(("text", "description", "additional_metadata"), sure=True),)
    text = ("text", "description")
    metadata = "additional_metadata, a string"
    asks = "settings"
    looks = "It asks for its collection by name, and an alias answers."
    says = ("A reference has its text in description, a fact in text.",)
    settings = Settings(
        collection="the collection that the memory is saved to and searched in",
        model="the embedding generator of the memory",
    )
    code = "microsoft/semantic-kernel: python connectors/memory/qdrant (classic)"
