"""LlamaIndex: llama-index-vector-stores-qdrant."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from qdrant_model_migration.survey.integrations.integration import Integration, Settings, Sign
from qdrant_model_migration.survey.path import opened

_NODE, _SAID, _EXCLUDED = "_node_content", "metadata", "excluded_embed_metadata_keys"
_USUAL = {
    "metadata_template": "{key}: {value}",
    "metadata_separator": "\n",
    "text_template": "{metadata_str}\n\n{content}",
}


class LlamaIndex(Integration):
    title = "LlamaIndex"
    signs: ClassVar[tuple[Sign, ...]] = (Sign((_NODE, "_node_type"), sure=True),)
    ids = "node ids, which are UUIDs"
    vectors = "one without a name, or text-dense with text-sparse-new (once text-sparse)"
    text = ("_node_content.text", "_node_content.text_resource.text")
    metadata = "at the top level, and once more within _node_content"
    asks = "name"
    looks = "It asks for its collection by name, and an alias answers."
    says: ClassVar[tuple[str, ...]] = (
        "Before the text it embeds the lines of a node's metadata (key: value), unless they are "
        "excluded. The texts alone then do not give the stored vectors again; question Text "
        "suggests them with their lines.",
    )
    settings = Settings(
        collection="collection_name of QdrantVectorStore",
        model="embed_model (Settings.embed_model, or of the index)",
        using="dense_vector_name of QdrantVectorStore",
    )
    code = "run-llama/llama_index: llama-index-vector-stores-qdrant, core/vector_stores/utils.py"

    def embedded_as(self, payloads: Sequence[Mapping[str, Any]], text: str) -> str:
        """A node says it itself: the lines of its metadata but for those that it excludes, and the
        text. Nothing is said of nodes with a form of their own, or with more than a line in one."""
        nodes = [node for one in payloads if isinstance(node := opened(one.get(_NODE)), dict)]
        left = Counter(key for node in nodes for key in node.get(_EXCLUDED) or ())
        held = [(key, value) for node in nodes for key, value in (node.get(_SAID) or {}).items()]
        kept = {key: value for key, value in held if 2 * left[key] <= len(nodes)}
        own = any(node.get(key, usual) != usual for node in nodes for key, usual in _USUAL.items())
        plain = all(isinstance(value, str | int | float) for key, value in held if key in kept)
        if own or not kept or not plain or any(sign in key for key in kept for sign in ".[{}\n"):
            return ""
        lines = "\n".join(f"{name}: {{{_NODE}.{_SAID}.{name}}}" for name in kept)
        return f"{lines}\n\n{{{text}}}"
