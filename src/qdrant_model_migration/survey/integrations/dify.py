"""Dify."""

from __future__ import annotations

from qdrant_model_migration.survey.integrations.integration import Integration, Settings, Sign


class Dify(Integration):
    title = "Dify"
    signs = (Sign(("page_content", "group_id", "metadata.doc_id"), sure=True),)
    ids = "UUIDs, which stand in metadata.doc_id as well"
    text = ("page_content",)
    metadata = "below metadata; group_id beside it"
    asks = "list"
    looks = (
        "Before it adds documents it lists the collections, and makes the missing one anew, with "
        "whatever stood under its name deleted. A search does not ask, and an alias answers it."
    )
    says = (
        "The name of the collection and the model of a knowledge base stand in Dify's own "
        "database. Where its model is changed in Dify, Dify embeds all documents again by itself.",
    )
    settings = Settings(
        collection="index_struct of the knowledge base (table datasets)",
        model="Embedding Model of the knowledge base",
    )
    code = "langgenius/dify: api/core/rag/datasource/vdb/qdrant/qdrant_vector.py"
