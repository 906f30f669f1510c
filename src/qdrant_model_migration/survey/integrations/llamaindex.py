"""LlamaIndex: llama-index-vector-stores-qdrant."""

from __future__ import annotations

from typing import ClassVar

from qdrant_model_migration.survey.integrations.integration import Integration, Settings, Sign


class LlamaIndex(Integration):
    title = "LlamaIndex"
    signs = (Sign(("_node_content", "_node_type"), sure=True),)
    ids = "node ids, which are UUIDs"
    vectors = "one without a name, or text-dense with text-sparse-new (once text-sparse)"
    text = ("_node_content.text", "_node_content.text_resource.text")
    metadata = "at the top level, and once more within _node_content"
    asks = "name"
    looks = "It asks for its collection by name, and an alias answers."
    says: ClassVar[tuple[str, ...]] = (
        "Before the text it embeds the lines of a node's metadata (key: value), unless they are "
        "excluded. The texts alone then do not give the stored vectors again.",
    )
    settings = Settings(
        collection="collection_name of QdrantVectorStore",
        model="embed_model (Settings.embed_model, or of the index)",
        using="dense_vector_name of QdrantVectorStore",
    )
    code = "run-llama/llama_index: llama-index-vector-stores-qdrant, core/vector_stores/utils.py"
