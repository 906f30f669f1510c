"""Nearest points: dense, sparse, multivector, fusion of several, and no query at all.

No graph: what is not exact here is only quantization, and only roughly (quantized.py). Hits carry
the point's version (facts, fact 10).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from . import bm25, quantized, replies
from .points import StoredPoint, point_id
from .sparse import Sparse, as_sparse
from .vectors import as_read, check_dimensions, check_shape, normalized

if TYPE_CHECKING:
    from .collection import Collection

Json = dict[str, Any]
Scored = tuple[StoredPoint, float, int]  # point, score, version as shown
Scores = npt.NDArray[np.float32]
SMALLER_IS_NEARER = ("Euclid", "Manhattan")
RRF_K = 2


def found(collection: Collection, body: Json, depth: int = 0) -> list[Scored]:
    """The hits of one `points/query` body, best first, offset and limit applied."""
    limit, offset = body.get("limit") or 10, body.get("offset") or 0
    wanted = collection.filter(body.get("filter"))
    prefetch = body.get("prefetch")
    query = body.get("query")
    if isinstance(query, dict) and "nearest" in query:
        query = query["nearest"]
    if prefetch:
        if depth > 4:
            raise replies.bad_request("prefetches depth exceeds")
        parts = prefetch if isinstance(prefetch, list) else [prefetch]
        results = [found(collection, part, depth + 1) for part in parts]
        if isinstance(query, dict) and query.keys() & {"fusion", "rrf"}:
            return _fused(results, query)[offset : offset + limit]
        allowed = {point.id for result in results for point, _score, _version in result}
        check: Callable[[StoredPoint], bool] = lambda point: point.id in allowed  # noqa: E731
    else:
        check = wanted.accepts if wanted else _everything
    if query is None:
        # Facts §13: version is 0 in query-less results.
        hits: list[Scored] = [(point, 0.0, 0) for point in collection.visible() if check(point)]
        return hits[offset : offset + limit]
    plain = not prefetch and wanted is None
    vector = _vector_of(collection, query, body)
    hits = _nearest(collection, vector, body, None if plain else check)
    if isinstance(query, (int, str)):
        # A query by id does not find the point itself.
        hits = [hit for hit in hits if hit[0].id != point_id(query)]
    threshold = body.get("score_threshold")
    if threshold is not None:
        hits = [hit for hit in hits if _passes(collection, body, hit[1], threshold)]
    return hits[offset : offset + limit]


def _everything(_point: StoredPoint) -> bool:
    return True


def _passes(collection: Collection, body: Json, score: float, threshold: float) -> bool:
    params = collection.dense.get(body.get("using") or "", {})
    if params.get("distance") in SMALLER_IS_NEARER:
        return score <= threshold
    return score >= threshold


def _vector_of(collection: Collection, query: object, body: Json) -> object:
    query = as_read(query)
    if isinstance(query, dict):
        if bm25.is_bm25(query):
            return bm25.embedded(query, query=True)
        if "indices" in query or "model" in query:
            check_shape(query)
            return query
        raise replies.not_spoken(f"the query {sorted(query)}")
    if isinstance(query, (int, str)):
        using = body.get("using") or ""
        point = collection.points.get(point_id(query))
        if point is None:
            raise replies.not_found(f"No point with id {query} found")
        if using not in point.vectors:
            raise replies.not_found(f'Vector with name "{using}" for point not found')
        return point.vectors[using]
    check_shape(query)
    return query


def _nearest(
    collection: Collection,
    query: object,
    body: Json,
    check: Callable[[StoredPoint], bool] | None,
) -> list[Scored]:
    using = body.get("using") or ""
    if using in collection.sparse:
        if not isinstance(query, (dict, Sparse)):
            raise replies.wrong_input("Conversion between sparse and regular vectors failed")
        vector = query if isinstance(query, Sparse) else as_sparse(query)
        return _sparse(collection, using, vector, check)
    if using not in collection.dense:
        raise replies.wrong_input(f"Not existing vector name error: {using}")
    if isinstance(query, (dict, Sparse)):
        raise replies.wrong_input("Conversion between sparse and regular vectors failed")
    params = collection.dense[using]
    array = np.asarray(query, dtype=np.float32)
    check_dimensions(array, params)
    if params["distance"] == "Cosine":
        array = normalized(array)
    points, matrix = collection.column(using, check)
    if not points:
        return []
    if "multivector_config" in params:
        rows = np.atleast_2d(array)
        scores = np.asarray(
            [
                float(np.sum(np.max(_scores(rows, point.vectors[using], params), axis=1)))
                for point in points
            ],
            dtype=np.float32,
        )
        smaller = False
    else:
        smaller = params["distance"] in SMALLER_IS_NEARER
        scores = _scores(np.atleast_2d(array), matrix, params)[0]
        search = body.get("params") or {}
        quantization = quantized.in_force(collection.config, params, search)
        if quantization is not None:
            scores = _quantized_scores(array, matrix, scores, params, quantization, body)
    order = np.argsort(scores if smaller else -scores, kind="stable")
    return [
        (points[place], float(scores[place]), points[place].version)
        for place in order.tolist()
        if np.isfinite(scores[place])
    ]


def _quantized_scores(
    query: Scores, matrix: Scores, exact: Scores, params: Json, quantization: Json, body: Json
) -> Scores:
    """Scores from coarse vectors; with rescoring, true scores of the best, others not finite."""
    search = body.get("params") or {}
    asked = quantized.coarse(query, quantization) if "binary" in quantization else query
    stored = quantized.coarse(matrix, quantization)
    rough: Scores = _scores(np.atleast_2d(asked), stored, params)[0]
    if not quantized.rescores(quantization, search):
        return rough
    depth = (body.get("limit") or 10) + (body.get("offset") or 0)
    smaller = params["distance"] in SMALLER_IS_NEARER
    order = np.argsort(rough if smaller else -rough, kind="stable")
    best = order[: math.ceil(depth * quantized.oversampling(search))]
    scores: Scores = np.full(len(exact), np.inf if smaller else -np.inf, np.float32)
    scores[best] = exact[best]
    return scores


def _scores(queries: Scores, stored: Any, params: Json) -> Scores:
    """(queries, stored) scores."""
    matrix: Scores = np.asarray(stored, dtype=np.float32)
    if params["distance"] in ("Cosine", "Dot"):
        products: Scores = queries @ matrix.T
        return products
    difference = queries[:, None, :] - matrix[None, :, :]
    if params["distance"] == "Euclid":
        lengths: Scores = np.sqrt(np.sum(difference * difference, axis=2))
        return lengths
    walked: Scores = np.sum(np.abs(difference), axis=2)
    return walked


def _sparse(
    collection: Collection,
    using: str,
    query: Sparse,
    check: Callable[[StoredPoint], bool] | None,
) -> list[Scored]:
    everyone = [point for point in collection.visible() if using in point.vectors]
    weights = {
        int(index): float(value) for index, value in zip(query.indices, query.values, strict=True)
    }
    if collection.sparse[using].get("modifier") == "idf":
        weights = _with_idf(weights, everyone, using)
    hits: list[Scored] = []
    for point in everyone:
        if check is not None and not check(point):
            continue
        vector = point.vectors[using]
        if not isinstance(vector, Sparse):
            continue
        shared = [
            weights[int(index)] * float(value)
            for index, value in zip(vector.indices, vector.values, strict=True)
            if int(index) in weights
        ]
        # A sparse search finds only points that share an index.
        if shared:
            hits.append((point, float(np.float32(sum(shared))), point.version))
    hits.sort(key=lambda hit: -hit[1])
    return hits


def _with_idf(weights: dict[int, float], points: list[StoredPoint], using: str) -> dict[int, float]:
    total = len(points)
    holders = dict.fromkeys(weights, 0)
    for point in points:
        vector = point.vectors[using]
        if isinstance(vector, Sparse):
            for index in vector.indices.tolist():
                if index in holders:
                    holders[index] += 1
    return {
        index: weight * math.log((total - holders[index] + 0.5) / (holders[index] + 0.5) + 1)
        for index, weight in weights.items()
    }


def _fused(results: list[list[Scored]], query: Json) -> list[Scored]:
    """By rank (RRF), or by scores set in the three deviations around their mean (DBSF)."""
    if (fusion := query.get("fusion", "rrf")) not in ("rrf", "dbsf"):
        raise replies.format_error(f"unknown variant `{fusion}`, expected `rrf` or `dbsf`")
    constant = (query.get("rrf") or {}).get("k") or RRF_K
    scores: dict[int | str, float] = {}
    seen: dict[int | str, Scored] = {}
    for result in results:
        worth = _spread(result) if fusion == "dbsf" else _by_rank(result, constant)
        for hit, one in zip(result, worth, strict=True):
            scores[hit[0].id] = scores.get(hit[0].id, 0.0) + one
            seen.setdefault(hit[0].id, hit)
    best = sorted(scores, key=lambda identity: -scores[identity])
    return [(seen[one][0], scores[one], seen[one][2]) for one in best]


def _by_rank(result: list[Scored], constant: int) -> list[float]:
    return [1.0 / (constant + rank) for rank in range(len(result))]


def _spread(result: list[Scored]) -> list[float]:
    found = np.asarray([score for _point, score, _version in result], dtype=np.float64)
    deviation = float(found.std(ddof=1)) if len(found) > 1 else 0.0
    if deviation == 0.0:
        return [0.5] * len(found)
    lowest = found.mean() - 3 * deviation
    return [float(score) for score in (found - lowest) / (6 * deviation)]
