"""Open WebUI, with and without its multi-tenant mode."""

from __future__ import annotations

from qdrant_model_migration.survey.integrations.integration import Integration, Settings, Sign

_PREFIX = "open-webui"
_ENDINGS = ("_memories", "_knowledge", "_files", "_web-search", "_hash-based")


class OpenWebUi(Integration):
    title = "Open WebUI"
    signs = (
        *(
            Sign(("text", "metadata", "tenant_id"), collection=f"*{ending}", sure=True)
            for ending in _ENDINGS
        ),
        Sign(("text", "metadata"), collection=f"{_PREFIX}_*", sure=True),
        Sign(("text", "metadata", "tenant_id")),
    )
    text = ("text",)
    metadata = "below metadata; tenant_id beside it"
    asks = "name"
    looks = "It asks for its collections by name, and an alias answers."
    names = "fixed"
    family = tuple(f"{{}}{ending}" for ending in _ENDINGS)
    says = (
        "Its collections are called by a prefix and fixed endings, and all share one model. A new "
        "prefix leads it to other names: one alias for each of them, all under that prefix.",
        "Reset of its vector storage deletes every collection that begins with the prefix.",
    )
    settings = Settings(
        collection="the prefix alone: QDRANT_COLLECTION_PREFIX",
        model="Embedding Model (Admin Settings, Documents), or RAG_EMBEDDING_MODEL",
        prefix="RAG_EMBEDDING_QUERY_PREFIX",
    )
    code = "open-webui/open-webui: backend/open_webui/retrieval/vector/dbs/qdrant_multitenancy.py"

    def parted(self, collection: str) -> tuple[str, str]:
        rest = next((one for one in _ENDINGS if collection.endswith(one)), None)
        if rest is None and collection.startswith(f"{_PREFIX}_"):
            rest = collection.removeprefix(_PREFIX)
        return (collection.removesuffix(rest), rest) if rest else super().parted(collection)
