"""txtai, with Qdrant as its index."""

from __future__ import annotations

from qdrant_model_migration.survey.integrations.integration import Integration, Settings, Sign


class Txtai(Integration):
    title = "txtai"
    signs = (Sign(bare=True, collection="txtai-embeddings", sure=True), Sign(bare=True))
    ids = "the integers from 0 on"
    metadata = "none: texts and metadata stand in its own database"
    sees_alias = True
    looks = "It does not ask when it opens an index; to index anew it makes the collection anew."
    says = (
        "Its points have no text, which stands in the database of the index by the same number: "
        "question Text takes a file with id and text.",
    )
    settings = Settings(
        collection="qdrant.collection in the configuration of the embeddings",
        model="path in the configuration of the embeddings",
    )
    code = "neuml/txtai: src/python/txtai/ann/qdrant.py"
