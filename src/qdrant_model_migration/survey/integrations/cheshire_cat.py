"""Cheshire Cat."""

from __future__ import annotations

from qdrant_model_migration.survey.integrations.integration import Integration, Settings, Sign


class CheshireCat(Integration):
    title = "Cheshire Cat"
    signs = tuple(
        Sign(("page_content", "metadata"), collection=name, sure=True)
        for name in ("episodic", "declarative", "procedural")
    )
    text = ("page_content",)
    metadata = "below metadata"
    asks = "list"
    looks = "When it starts it lists the collections and makes the missing one anew."
    names = "fixed"
    family = ("episodic", "declarative", "procedural")
    dangers = (
        "Its alias is a note of the model, not a name that it uses: where the first alias of the "
        "collection is not the model's name, an underscore and the collection's name, or the size "
        "is another one, it DELETES the collection when it starts.",
        "No way leads it to a new collection under another name. Let it forget, and upload the "
        "documents again with the new embedder; or stop it for good before a collection of its "
        "name is made by hand, with that alias.",
    )
    settings = Settings(
        model="Embedder (Settings)",
    )
    code = "cheshire-cat-ai/core: core/cat/memory/vector_memory_collection.py"
