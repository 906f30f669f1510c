"""Haystack: qdrant-haystack."""

from __future__ import annotations

from qdrant_model_migration.survey.integrations.integration import Integration, Settings, Sign


class Haystack(Integration):
    title = "Haystack"
    signs = (
        Sign(("id", "content", "meta", "score"), sure=True),
        Sign(("id", "content", "meta")),
    )
    ids = "UUIDs of its own ids, which stand in the field id"
    vectors = (
        "one without a name; with sparse embeddings text-dense and text-sparse; none where a "
        "document was written without an embedding"
    )
    text = ("content",)
    metadata = "below meta"
    asks = "name"
    looks = "It asks for its collection by name, and an alias answers."
    says = (
        "When it opens the collection it compares size and distance with embedding_dim and "
        "similarity, and refuses where they differ.",
    )
    compares = True
    settings = Settings(
        collection="index of QdrantDocumentStore",
        model="model of the text embedder and of the document embedder",
        dimensions="embedding_dim of QdrantDocumentStore",
        distance="similarity of QdrantDocumentStore",
    )
    code = "deepset-ai/haystack-core-integrations: integrations/qdrant"
