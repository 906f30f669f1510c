"""Roo Code, and Kilo Code, which was made of it."""

from __future__ import annotations

from qdrant_model_migration.survey.integrations.integration import Integration, Settings, Sign


class RooCode(Integration):
    title = "Roo Code or Kilo Code"
    signs = (Sign(("codeChunk", "filePath", "startLine"), sure=True),)
    ids = "UUIDs, made of path and lines"
    text = ("codeChunk",)
    metadata = "at the top level, folders below pathSegments"
    asks = "settings"
    looks = "It asks for its collection by name, and an alias answers."
    names = "fixed"
    dangers = (
        "Where the size of the vectors is not that of its model, it DELETES the collection and "
        "makes it anew: stop it before the switch, and change its model before it starts again.",
    )
    says = (
        "The name is made of the path of the workspace (ws- and 16 letters) and cannot be chosen.",
        "One point with a zero vector is its note that all is indexed. It has no text and is "
        "copied without a vector, which is enough: it is read by its id.",
    )
    settings = Settings(
        model="Codebase Indexing, Embedder Provider and Model",
        dimensions="Codebase Indexing, Model Dimension",
    )
    code = "RooCodeInc/Roo-Code: src/services/code-index/vector-store/qdrant-client.ts"
