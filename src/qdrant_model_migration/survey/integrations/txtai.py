"""txtai, with Qdrant as its index."""

from __future__ import annotations

from qdrant_model_migration.survey.integrations.integration import Integration, Settings, Sign


class Txtai(Integration):
    title = "txtai"
    signs = (Sign(bare=True, collection="txtai-embeddings", sure=True), Sign(bare=True))
    ids = "the integers from 0 on"
    metadata = "none: texts and metadata stand in its own database"
    asks = None
    looks = "It does not ask when it opens an index; to index anew it makes the collection anew."
    elsewhere = (
        "txtai keeps the texts in the database of its index, by the same numbers: write them to a "
        "file with id and text, and name it at question Text."
    )
    says = (elsewhere,)
    settings = Settings(
        collection="qdrant.collection in the configuration of the embeddings",
        model="path in the configuration of the embeddings",
    )
    code = "neuml/txtai: src/python/txtai/ann/qdrant.py"
