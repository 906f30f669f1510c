"""What fastembed knows of its models only as prose, declared: languages, limits, prefixes, cuts.

Source: the `description` of each model in fastembed 0.9.1 for limits and languages, and the
authors' model cards for prefixes and for the sizes a model was trained to be cut to.
"""

from __future__ import annotations

from typing import NamedTuple

# The languages of XLM-RoBERTa's pre-training, by ISO 639-1 code where there is one (Conneau et
# al. 2020, table 6); models built on it name the same list.
_XLM_R_CODES = (
    "af am ar as az be bg bn br bs ca cs cy da de el en eo es et eu fa fi fr fy ga gd gl gu ha he "
    "hi hr hu hy id is it ja jv ka kk km kn ko ku ky la lo lt lv mg mk ml mn mr ms my ne nl no om "
    "or pa pl ps pt ro ru sa sd si sk sl so sq sr su sv sw ta te th tl tr ug uk ur uz vi xh yi zh"
)
_XLM_R = tuple(_XLM_R_CODES.split())
# sbert.net, "Multilingual Models": the languages of the paraphrase-multilingual models.
_SBERT_CODES = (
    "ar bg ca cs da de el en es et fa fi fr gl gu he hi hr hu hy id it ja ka ko ku lt lv mk mn mr "
    "ms my nb nl pl pt ro ru sk sl sq sr sv th tr uk ur vi zh"
)
_SBERT_50 = tuple(_SBERT_CODES.split())
_EN = ("en",)
# The stemmers that fastembed's BM25 knows.
_SNOWBALL_CODES = "ar da nl en fi fr de el hu it no pt ro ru es sv ta tr"
_SNOWBALL = tuple(_SNOWBALL_CODES.split())
_MANY = ("many",)
_BGE_QUERY = "Represent this sentence for searching relevant passages: "
_BGE_ZH_QUERY = "为这个句子生成表示以用于检索相关文章："
_QWEN_QUERY = (
    "Instruct: Given a web search query, retrieve relevant passages that answer the query\nQuery:"
)


class Known(NamedTuple):
    """languages: ISO 639-1 codes or "many". max_tokens None: the model's own tokenizer decides."""

    languages: tuple[str, ...]
    max_tokens: int | None
    query_prefix: str = ""
    passage_prefix: str = ""
    matryoshka: tuple[int, ...] = ()


KNOWN: dict[str, Known] = {
    # dense
    "BAAI/bge-base-en": Known(_EN, 512, _BGE_QUERY),
    "BAAI/bge-base-en-v1.5": Known(_EN, 512, _BGE_QUERY),
    "BAAI/bge-large-en-v1.5": Known(_EN, 512, _BGE_QUERY),
    "BAAI/bge-small-en": Known(_EN, 512, _BGE_QUERY),
    "BAAI/bge-small-en-v1.5": Known(_EN, 512, _BGE_QUERY),
    "BAAI/bge-small-zh-v1.5": Known(("zh",), 512, _BGE_ZH_QUERY),
    "mixedbread-ai/mxbai-embed-large-v1": Known(
        _EN, 512, _BGE_QUERY, matryoshka=(768, 512, 256, 128)
    ),
    "snowflake/snowflake-arctic-embed-xs": Known(_EN, 512, _BGE_QUERY),
    "snowflake/snowflake-arctic-embed-s": Known(_EN, 512, _BGE_QUERY),
    "snowflake/snowflake-arctic-embed-m": Known(_EN, 512, _BGE_QUERY),
    "snowflake/snowflake-arctic-embed-m-long": Known(_EN, 2048, _BGE_QUERY),
    "snowflake/snowflake-arctic-embed-l": Known(_EN, 512, _BGE_QUERY),
    "jinaai/jina-clip-v1": Known(_EN, None),
    "Qdrant/clip-ViT-B-32-text": Known(_EN, 77),
    "google/siglip2-base-patch16-224": Known(_MANY, 64),
    "sentence-transformers/all-MiniLM-L6-v2": Known(_EN, 256),
    "jinaai/jina-embeddings-v2-base-en": Known(_EN, 8192),
    "jinaai/jina-embeddings-v2-small-en": Known(_EN, 8192),
    "jinaai/jina-embeddings-v2-base-de": Known(("de", "en"), 8192),
    "jinaai/jina-embeddings-v2-base-code": Known(_EN, 8192),
    "jinaai/jina-embeddings-v2-base-zh": Known(("zh", "en"), 8192),
    "jinaai/jina-embeddings-v2-base-es": Known(("es", "en"), 8192),
    "thenlper/gte-base": Known(_EN, 512),
    "thenlper/gte-large": Known(_EN, 512),
    "nomic-ai/nomic-embed-text-v1.5": Known(
        _EN, 8192, "search_query: ", "search_document: ", (512, 256, 128, 64)
    ),
    "nomic-ai/nomic-embed-text-v1.5-Q": Known(
        _EN, 8192, "search_query: ", "search_document: ", (512, 256, 128, 64)
    ),
    "nomic-ai/nomic-embed-text-v1": Known(_EN, 8192, "search_query: ", "search_document: "),
    "sentence-transformers/paraphrase-multilingual-MiniLM-L12-v2": Known(_SBERT_50, 128),
    "sentence-transformers/paraphrase-multilingual-mpnet-base-v2": Known(_SBERT_50, 512),
    "intfloat/multilingual-e5-large": Known(_XLM_R, 512, "query: ", "passage: "),
    # Its two roles are two adapters inside the model, which fastembed picks by itself.
    "jinaai/jina-embeddings-v3": Known(_XLM_R, 8192, matryoshka=(512, 256, 128, 64, 32)),
    "google/embeddinggemma-300m": Known(
        _MANY, 2048, "task: search result | query: ", "title: none | text: ", (512, 256, 128)
    ),
    "ibm-granite/granite-embedding-small-english-r2": Known(_EN, 8192),
    "Qwen/Qwen3-Embedding-0.6B": Known(
        _MANY, 32768, _QWEN_QUERY, matryoshka=(768, 512, 256, 128, 64, 32)
    ),
    "Qwen/Qwen3-Embedding-0.6B-Q": Known(
        _MANY, 32768, _QWEN_QUERY, matryoshka=(768, 512, 256, 128, 64, 32)
    ),
    "minishlab/potion-base-8M": Known(_EN, 512),
    "minishlab/potion-retrieval-32M": Known(_EN, 512),
    "minishlab/potion-multilingual-128M": Known(_MANY, 512),
    # sparse
    "prithivida/Splade_PP_en_v1": Known(_EN, None),
    "Qdrant/bm42-all-minilm-l6-v2-attentions": Known(_EN, None),
    # It is told which; without a choice it takes English.
    "Qdrant/bm25": Known(_SNOWBALL, None),
    "Qdrant/minicoil-v1": Known(_EN, None),
    "opensearch-project/opensearch-neural-sparse-encoding-doc-v3-gte": Known(_EN, None),
    # multivector; their markers for queries and passages are put in by fastembed
    "colbert-ir/colbertv2.0": Known(_EN, 512),
    "answerdotai/answerai-colbert-small-v1": Known(_EN, 512),
    "jinaai/jina-colbert-v2": Known(_XLM_R, 8192),
    "lightonai/LateOn": Known(_EN, 300),
    "lightonai/mLateOn": Known(_MANY, 8192),
}

NOT_OFFERED: dict[str, str] = {
    "Qdrant/constella-zero": "it embeds queries only; passages need another model",
    "Qdrant/constella-nano": "it embeds queries only; passages need another model",
    "Qdrant/stella-en-400M-v5-doc-onnx": "it embeds passages only; queries need another model",
    "prithvida/Splade_PP_en_v1": "an older spelling of prithivida/Splade_PP_en_v1",
}
