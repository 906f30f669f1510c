"""mem0."""

from __future__ import annotations

from qdrant_model_migration.survey.integrations.integration import Integration, Settings, Sign


class Mem0(Integration):
    title = "mem0"
    signs = (
        Sign(("data", "hash", "created_at"), sure=True),
        Sign(("data", "linked_memory_ids"), sure=True),
    )
    ids = "UUIDs, in old collections integers"
    vectors = "one without a name, in newer versions the sparse bm25 beside it"
    text = ("data",)
    asks = "list"
    looks = "When it starts it lists the collections and makes the missing one."
    family = ("{}", "{}_entities")
    says = (
        "A collection of entities beside the memories is made by the same model. mem0migrations "
        "is a note of its own and holds none.",
    )
    settings = Settings(
        collection="vector_store.config.collection_name",
        model="embedder.config.model",
        dimensions="vector_store.config.embedding_model_dims",
    )
    code = "mem0ai/mem0: mem0/vector_stores/qdrant.py, mem0/memory/main.py"
