"""The contract of the fake: its promises hold on it and, with QDRANT_URL, on a real server.

Written against 1.17 to 1.19; what a version lacks is skipped there. Faults are in the file beside.
"""

from __future__ import annotations

import json
import math
import re
from typing import Any

import numpy as np
import pytest
from qdrant_client import models
from qdrant_client.common.client_exceptions import ResourceExhaustedResponse
from qdrant_client.http.exceptions import UnexpectedResponse

UUID_LOW = "00000000-0000-0000-0000-000000000001"
UUID_HIGH = "ff000000-0000-0000-0000-000000000000"
NAMED = {
    "vectors": {
        "old": {"size": 4, "distance": "Dot"},
        "new": {"size": 2, "distance": "Dot"},
    }
}
FULL = {
    "vectors": {
        "dense": {
            "size": 8,
            "distance": "Cosine",
            "hnsw_config": {"m": 24, "on_disk": True},
            "quantization_config": {"scalar": {"type": "int8", "quantile": 0.99}},
            "on_disk": True,
            "datatype": "float16",
        },
        "late": {
            "size": 4,
            "distance": "Dot",
            "multivector_config": {"comparator": "max_sim"},
        },
    },
    "sparse_vectors": {
        "words": {"modifier": "idf", "index": {"full_scan_threshold": 5, "on_disk": True}}
    },
    "shard_number": 2,
    "on_disk_payload": False,
    "hnsw_config": {"m": 12, "ef_construct": 50, "payload_m": 8},
    "optimizers_config": {"indexing_threshold": 777, "deleted_threshold": 0.5},
    "wal_config": {"wal_capacity_mb": 8},
    "quantization_config": {"binary": {"always_ram": True}},
    "strict_mode_config": {"enabled": True, "max_query_limit": 500},
    "metadata": {"model": {"name": "m"}, "made": 1},
}
INDEXES: dict[str, Any] = {
    "bare": "keyword",
    "tenant": {"type": "keyword", "is_tenant": True, "on_disk": True},
    "number": {"type": "integer", "lookup": True, "range": False, "is_principal": False},
    "score": {"type": "float", "is_principal": True},
    "place": {"type": "geo", "on_disk": True},
    "when": {"type": "datetime", "on_disk": False},
    "flag": "bool",
    "key": {"type": "uuid", "is_tenant": False},
    "a.b": "integer",
    "x[].y": {"type": "keyword"},
    "title": {
        "type": "text",
        "tokenizer": "multilingual",
        "lowercase": False,
        "min_token_len": 2,
        "max_token_len": 20,
        "phrase_matching": True,
        "stopwords": {"languages": ["english"], "custom": ["qdrant"]},
        "stemmer": {"type": "snowball", "language": "english"},
    },
    "body": "text",
}


def error(reply: Any) -> str:
    """The text of an error in the server's envelope."""
    return str(reply.json()["status"]["error"])


def needs(server: Any, *version: int) -> None:
    if server.version < version:
        pytest.skip(f"needs {version}")


# Settings


def test_a_fresh_collection_has_the_defaults_of_the_shipped_configuration(server):
    config = server.config(server.create())
    assert config["optimizer_config"]["indexing_threshold"] == 10000
    assert config["hnsw_config"]["m"] == 16
    assert config["wal_config"]["wal_capacity_mb"] == 32
    assert config["quantization_config"] is None
    assert config["params"]["vectors"] == {"size": 4, "distance": "Dot"}
    assert config["params"]["on_disk_payload"] is True
    assert "metadata" not in config


def test_every_setting_given_at_creation_is_told_again(server):
    config = server.config(server.create(FULL))
    assert config["params"]["vectors"] == FULL["vectors"]
    assert config["params"]["sparse_vectors"] == FULL["sparse_vectors"]
    for told, given in [
        ("hnsw_config", "hnsw_config"),
        ("optimizer_config", "optimizers_config"),
        ("wal_config", "wal_config"),
        ("strict_mode_config", "strict_mode_config"),
        ("quantization_config", "quantization_config"),
    ]:
        assert config[told].items() >= FULL[given].items()
    assert config["metadata"] == FULL["metadata"]


def test_a_collection_made_from_raw_configuration_is_equal_except_for_read_fan_out(server):
    source = server.create(FULL, "source")
    server.result("PATCH", f"/collections/{source}", {"params": {"read_fan_out_factor": 3}})
    told = server.config(source)
    body = {**told["params"], **{key: told[key] for key in told if key != "params"}}
    body["optimizers_config"] = body.pop("optimizer_config")
    copy = server.config(server.create(body, "copy"))
    assert told["params"].pop("read_fan_out_factor") == 3
    assert copy == told


def test_the_client_reads_the_configuration_into_its_models(server):
    info = server.client.get_collection(server.create(FULL))
    assert info.config.params.vectors["dense"].hnsw_config.m == 24
    assert info.config.quantization_config.binary.always_ram is True
    assert info.status == models.CollectionStatus.GREEN


def test_null_in_a_diff_leaves_the_value(server):
    name = server.create(FULL)
    before = server.config(name)
    server.result(
        "PATCH",
        f"/collections/{name}",
        {
            "optimizers_config": {"indexing_threshold": None},
            "vectors": {"dense": {"hnsw_config": {}}},
            "strict_mode_config": {"max_query_limit": None},
            "quantization_config": None,
        },
    )
    assert server.config(name) == before


def test_diffs_overlay(server):
    name = server.create(FULL)
    server.result(
        "PATCH",
        f"/collections/{name}",
        {
            "optimizers_config": {"indexing_threshold": 5},
            "vectors": {"dense": {"hnsw_config": {"ef_construct": 33}, "on_disk": False}},
            "sparse_vectors": {"words": {"index": {"full_scan_threshold": 9}}},
        },
    )
    config = server.config(name)
    assert config["optimizer_config"]["indexing_threshold"] == 5
    assert config["optimizer_config"]["deleted_threshold"] == 0.5
    dense = config["params"]["vectors"]["dense"]
    assert dense["hnsw_config"] == {"m": 24, "on_disk": True, "ef_construct": 33}
    assert dense["on_disk"] is False
    assert config["params"]["sparse_vectors"]["words"] == {
        "modifier": "idf",
        "index": {"full_scan_threshold": 9, "on_disk": True},
    }


def test_auto_restores_the_unset_number_of_optimization_threads(server):
    name = server.create()
    for given, told in [(2, 2), ("auto", None)]:
        diff = {"optimizers_config": {"max_optimization_threads": given}}
        server.result("PATCH", f"/collections/{name}", diff)
        assert server.config(name)["optimizer_config"]["max_optimization_threads"] == told


def test_metadata_merges_by_top_level_key(server):
    name = server.create(FULL)
    server.result(
        "PATCH", f"/collections/{name}", {"metadata": {"model": {"size": 2}, "made": None, "n": 1}}
    )
    assert server.config(name)["metadata"] == {"model": {"size": 2}, "n": 1}
    server.result("PATCH", f"/collections/{name}", {"metadata": {}})
    assert server.config(name)["metadata"] == {"model": {"size": 2}, "n": 1}


def test_quantization_is_replaced_whole_and_disabled(server):
    name = server.create(FULL)
    scalar = {"scalar": {"type": "int8"}}
    server.result("PATCH", f"/collections/{name}", {"quantization_config": scalar})
    assert server.config(name)["quantization_config"] == scalar
    server.result("PATCH", f"/collections/{name}", {"quantization_config": "Disabled"})
    assert server.config(name)["quantization_config"] is None


def test_a_vectors_quantization_disabled_is_unset(server):
    name = server.create(FULL)
    diff = {"vectors": {"dense": {"quantization_config": "Disabled"}}}
    server.result("PATCH", f"/collections/{name}", diff)
    assert "quantization_config" not in server.config(name)["params"]["vectors"]["dense"]


def test_a_vectors_own_quantization_goes_before_the_collections(server):
    needs(server, 1, 18)
    draw = np.random.default_rng(3)
    rows = draw.normal(size=(200, 64)).astype(np.float32)

    def loses(own: Any, whole: Any) -> bool:
        """Whether scores without rescoring are not the true ones."""
        vector = {"size": 64, "distance": "Dot", "quantization_config": own}
        name = server.create({"vectors": vector, "quantization_config": whole}, str(draw.random()))
        server.upsert(name, *({"id": n, "vector": row.tolist()} for n, row in enumerate(rows)))
        body = {"query": rows[0].tolist(), "limit": 5}
        raw = {"params": {"quantization": {"rescore": False}}}
        path = f"/collections/{name}/points/query"
        hits = server.result("POST", path, {**body, **raw})["points"]
        return any(abs(hit["score"] - float(rows[hit["id"]] @ rows[0])) > 1 for hit in hits)

    binary, product = {"binary": {}}, {"product": {"compression": "x64"}}
    assert loses(binary, None) is True
    assert loses(None, binary) is True
    assert loses(binary, product) is True
    assert loses(None, None) is False
    if server.fake is None:  # a real one compresses with product only what is in an index
        assert loses(product, binary) is False


def test_the_unnamed_vector_is_patched_by_the_empty_name_and_an_unknown_one_refused(server):
    name = server.create()
    server.result("PATCH", f"/collections/{name}", {"vectors": {"": {"on_disk": True}}})
    assert server.config(name)["params"]["vectors"]["on_disk"] is True
    reply = server.ask("PATCH", f"/collections/{name}", {"vectors": {"x": {"on_disk": True}}})
    assert reply.status_code == 400
    assert "Not existing vector name error: x" in error(reply)


def test_fields_that_the_version_does_not_know_are_dropped(server):
    body = {
        "vectors": {"size": 4, "distance": "Dot", "nonsense": 1},
        "hnsw_config": {"m": 8, "nonsense": 1},
        "nonsense": True,
    }
    config = server.config(server.create(body))
    assert "nonsense" not in str(config)
    assert config["hnsw_config"]["m"] == 8


def test_memory_is_dropped_before_1_19(server):
    body = {"vectors": {"size": 4, "distance": "Dot", "memory": "cold"}}
    told = server.config(server.create(body))["params"]["vectors"]
    assert ("memory" in told) == (server.version >= (1, 19))


def test_values_out_of_range_are_422(server):
    body = {"vectors": {"size": 4, "distance": "Dot"}, "hnsw_config": {"ef_construct": 2}}
    reply = server.ask("PUT", f"/collections/{server.name()}", body)
    assert reply.status_code == 422
    assert "Validation error in JSON body" in error(reply)


# Payload indexes


def test_payload_indexes_round_trip_with_all_their_params(server):
    source, copy = server.create(stem="source"), server.create(stem="copy")
    for path, schema in INDEXES.items():
        body = {"field_name": path, "field_schema": schema}
        server.result("PUT", f"/collections/{source}/index", body, wait="true")
    told = server.client.get_collection(source).payload_schema
    assert told.keys() == INDEXES.keys()
    for path, info in told.items():
        schema = info.params if info.params is not None else info.data_type
        server.client.create_payload_index(copy, path, schema, wait=True)
    raw = server.result("GET", f"/collections/{source}")["payload_schema"]
    assert server.result("GET", f"/collections/{copy}")["payload_schema"] == raw
    assert "params" not in raw["bare"]
    assert raw["tenant"]["params"] == INDEXES["tenant"]
    assert raw["title"]["params"] == INDEXES["title"]


def test_another_index_type_on_the_same_path_replaces_it(server):
    name = server.create()
    for schema in ("keyword", "integer"):
        body = {"field_name": "k", "field_schema": schema}
        server.result("PUT", f"/collections/{name}/index", body, wait="true")
    assert server.client.get_collection(name).payload_schema["k"].data_type == "integer"


def test_an_index_counts_the_points_that_have_the_field(server):
    name = server.create()
    body = {"field_name": "a.b", "field_schema": "integer"}
    server.result("PUT", f"/collections/{name}/index", body, wait="true")
    server.upsert(
        name,
        {"id": 1, "vector": [1, 0, 0, 0], "payload": {"a": {"b": 1}}},
        {"id": 2, "vector": [1, 0, 0, 0], "payload": {"a": {}}},
    )
    assert server.result("GET", f"/collections/{name}")["payload_schema"]["a.b"]["points"] == 1


# Reading


def test_points_come_in_the_order_integers_then_uuids(server):
    name = server.create()
    ids = [UUID_HIGH, 2**63 + 5, 7, UUID_LOW, 0, 2**64 - 1]
    server.upsert(name, *({"id": one, "vector": [1, 0, 0, 0]} for one in ids))
    ordered = [0, 7, 2**63 + 5, 2**64 - 1, UUID_LOW, UUID_HIGH]
    assert [point["id"] for point in server.points(name)] == ordered
    seen, offset = [], None
    while True:
        page, offset = server.client.scroll(name, limit=2, offset=offset)
        seen += [record.id for record in page]
        if offset is None:
            break
    assert seen == ordered


def test_the_offset_is_inclusive_and_need_not_exist(server):
    name = server.create()
    server.upsert(name, *({"id": one, "vector": [1, 0, 0, 0]} for one in (2, 4, 6, 8)))
    body = {"offset": 3, "limit": 2}
    page = server.result("POST", f"/collections/{name}/points/scroll", body)
    assert [point["id"] for point in page["points"]] == [4, 6]
    assert page["next_page_offset"] == 8
    body = {"offset": 8, "limit": 2}
    page = server.result("POST", f"/collections/{name}/points/scroll", body)
    assert [point["id"] for point in page["points"]] == [8]
    assert page["next_page_offset"] is None


def test_uuids_are_told_in_their_hyphenated_form(server):
    name = server.create()
    server.upsert(name, {"id": UUID_HIGH.replace("-", "").upper(), "vector": [1, 0, 0, 0]})
    assert server.points(name)[0]["id"] == UUID_HIGH


def test_payload_fields_are_chosen_by_path(server):
    name = server.create()
    payload = {"text": "t", "deep": {"a": 1, "b": 2}, "list": [{"y": 1, "z": 2}, {"y": 3}]}
    server.upsert(name, {"id": 1, "vector": [1, 0, 0, 0], "payload": payload})
    asked = ["text", "deep.a", "list[].y"]
    assert server.points(name, with_payload=asked)[0]["payload"] == {
        "text": "t",
        "deep": {"a": 1},
        "list": [{"y": 1}, {"y": 3}],
    }
    assert server.points(name, with_payload={"exclude": ["deep", "list"]})[0]["payload"] == {
        "text": "t"
    }
    assert "payload" not in server.points(name, with_payload=False)[0]


def test_payloads_come_back_exact(server):
    name = server.create()
    payload = {
        "big": 2**64 - 1,
        "small": -(2**63),
        "nothing": None,
        "empty": [[], {}, ""],
        "float": 3.0,
        "short": 0.125,
        "nul": "a\0b",
        "astral": "\U0001f600",
        "deep": {"a": [1, "1", True]},
    }
    server.upsert(name, {"id": 1, "vector": [1, 0, 0, 0], "payload": payload})
    found = server.points(name)[0]["payload"]
    assert found == payload
    assert isinstance(found["float"], float)
    assert found["deep"]["a"][2] is True
    record = server.client.retrieve(name, [1])[0]
    assert record.payload == payload


def test_vectors_are_told_in_the_shape_of_their_kind(server):
    name = server.create(
        {
            "vectors": {
                "dense": {"size": 2, "distance": "Dot"},
                "late": {
                    "size": 2,
                    "distance": "Dot",
                    "multivector_config": {"comparator": "max_sim"},
                },
            },
            "sparse_vectors": {"words": {}},
        }
    )
    vector = {
        "dense": [0.5, 0.25],
        "late": [[1.0, 0.0], [0.0, 1.0], [0.5, 0.5]],
        "words": {"indices": [9, 3], "values": [0.5, 2.0]},
    }
    server.upsert(name, {"id": 1, "vector": vector}, {"id": 2, "vector": {}})
    whole, bare = server.points(name)
    assert whole["vector"]["dense"] == vector["dense"]
    assert whole["vector"]["late"] == vector["late"]
    assert whole["vector"]["words"] == {"indices": [3, 9], "values": [2.0, 0.5]}
    assert bare["vector"] == {}
    assert server.points(name, with_vector=["dense"])[0]["vector"] == {"dense": [0.5, 0.25]}
    assert "vector" not in server.points(name, with_vector=False)[0]
    reply = server.ask("POST", f"/collections/{name}/points/scroll", {"with_vector": ["missing"]})
    assert reply.status_code == 400
    assert "Not existing vector name error: missing" in error(reply)


def test_a_point_without_any_vector_scrolls_and_counts_and_is_not_found(server):
    name = server.create()
    server.upsert(name, {"id": 1, "vector": {}}, {"id": 2, "vector": [1, 0, 0, 0]})
    assert server.client.scroll(name, with_vectors=True)[0][0].vector == {}
    assert server.client.count(name).count == 2
    hits = server.client.query_points(name, query=[1.0, 0, 0, 0]).points
    assert [hit.id for hit in hits] == [2]


def test_cosine_vectors_are_normalized_once(server):
    name = server.create({"vectors": {"size": 16, "distance": "Cosine"}})
    random = np.random.default_rng(1)
    raw = random.normal(size=(50, 16)) * 10
    server.upsert(name, *({"id": place, "vector": row.tolist()} for place, row in enumerate(raw)))
    first = [point["vector"] for point in server.points(name)]
    lengths = [math.sqrt(sum(value * value for value in vector)) for vector in first]
    assert lengths == pytest.approx([1.0] * 50, abs=1e-5)
    server.upsert(name, *({"id": place, "vector": row} for place, row in enumerate(first)))
    again = [point["vector"] for point in server.points(name)]
    assert np.array_equal(np.float32(again), np.float32(first))


def test_a_zero_vector_stays_zero_under_cosine(server):
    name = server.create({"vectors": {"size": 2, "distance": "Cosine"}})
    server.upsert(name, {"id": 1, "vector": [0.0, 0.0]})
    assert server.points(name)[0]["vector"] == [0.0, 0.0]


def test_filters_match_ids_vectors_values_and_emptiness(server):
    name = server.create(NAMED)
    server.upsert(
        name,
        {"id": 1, "vector": {"old": [1, 0, 0, 0]}, "payload": {"text": "a", "n": 1}},
        {"id": 2, "vector": {"new": [1, 0]}, "payload": {"text": "b", "n": 2, "l": ["x", "y"]}},
        {"id": 3, "vector": {}, "payload": {"text": None, "l": []}},
    )

    def ids(**clauses: Any) -> list[int]:
        return [point["id"] for point in server.points(name, filter=clauses)]

    assert ids(must=[{"has_id": [3, 1, 9]}]) == [1, 3]
    assert ids(must=[{"has_vector": "old"}]) == [1]
    assert ids(must_not=[{"has_vector": "new"}]) == [1, 3]
    assert ids(must=[{"has_vector": "unknown"}]) == []
    assert ids(must=[{"key": "text", "match": {"value": "b"}}]) == [2]
    assert ids(must=[{"key": "n", "match": {"value": 1}}]) == [1]
    assert ids(must=[{"key": "l", "match": {"any": ["y", "z"]}}]) == [2]
    assert ids(must=[{"is_empty": {"key": "text"}}]) == [3]
    assert ids(must=[{"is_empty": {"key": "l"}}]) == [1, 3]
    assert ids(must=[{"is_null": {"key": "text"}}]) == [3]
    assert ids(must=[{"key": "n", "range": {"gte": 2}}]) == [2]
    assert ids(should=[{"has_id": [1]}, {"must": [{"has_vector": "new"}]}]) == [1, 2]
    assert ids(must=[{"has_id": []}]) == []


def test_a_match_does_not_convert_between_kinds_of_values(server):
    name = server.create()
    for one, value in enumerate([1, "1", True, 1.5, [1, 2]]):
        server.upsert(name, {"id": one, "vector": [1, 0, 0, 0], "payload": {"k": value}})
    for wanted, ids in [(1, [0, 4]), ("1", [1]), (True, [2])]:
        condition = {"key": "k", "match": {"value": wanted}}
        found = server.points(name, filter={"must": [condition]})
        assert [point["id"] for point in found] == ids


def test_count_is_exact_and_takes_a_filter(server):
    name = server.create(NAMED)
    server.upsert(name, *({"id": one, "vector": {"old": [1, 0, 0, 0]}} for one in range(20)))
    missing = models.Filter(must_not=[models.HasVectorCondition(has_vector="new")])
    assert server.client.count(name, exact=True).count == 20
    assert server.client.count(name, count_filter=missing, exact=True).count == 20


def test_retrieve_leaves_out_missing_ids(server):
    name = server.create()
    server.upsert(name, {"id": 5, "vector": [1, 0, 0, 0]})
    assert [record.id for record in server.client.retrieve(name, [4, 5])] == [5]
    assert server.ask("GET", f"/collections/{name}/points/4").status_code == 404


# Search


def test_a_search_ranks_by_the_distance_of_the_vector(server):
    vectors = {"near": [1.0, 0.1], "far": [-1.0, 0.2], "long": [9.0, 0.0]}
    wanted = {
        "Cosine": ["long", "near", "far"],
        "Dot": ["long", "near", "far"],
        "Euclid": ["near", "far", "long"],
        "Manhattan": ["near", "far", "long"],
    }
    for distance, order in wanted.items():
        name = server.create({"vectors": {"size": 2, "distance": distance}}, distance.lower())
        names = list(vectors)
        server.upsert(name, *({"id": names.index(one), "vector": vectors[one]} for one in names))
        hits = server.client.query_points(name, query=[1.0, 0.0], limit=3).points
        assert [names[hit.id] for hit in hits] == order
        best = hits[0].score
        assert best == pytest.approx(
            {"Cosine": 1.0, "Dot": 9.0, "Euclid": 0.1, "Manhattan": 0.1}[distance], abs=1e-6
        )


def test_a_search_takes_limit_offset_filter_using_and_exact(server):
    name = server.create(NAMED)
    server.upsert(
        name, *({"id": one, "vector": {"new": [one, 1]}, "payload": {"n": one}} for one in range(9))
    )
    body = {
        "query": [1, 0],
        "using": "new",
        "limit": 2,
        "offset": 1,
        "filter": {"must": [{"key": "n", "range": {"lt": 6}}]},
        "params": {"exact": True},
        "with_payload": True,
        "with_vector": ["new"],
    }
    hits = server.result("POST", f"/collections/{name}/points/query", body)["points"]
    assert [hit["id"] for hit in hits] == [4, 3]
    assert hits[0]["payload"] == {"n": 4}
    assert hits[0]["vector"] == {"new": [4.0, 1.0]}
    assert hits[0]["score"] == 4.0


def test_a_search_by_id_leaves_that_point_out(server):
    name = server.create()
    server.upsert(name, *({"id": one, "vector": [one, 0, 0, 0]} for one in (1, 2, 3)))
    assert [hit.id for hit in server.client.query_points(name, query=1).points] == [3, 2]


def test_sparse_vectors_are_scored_by_shared_indices(server):
    name = server.create({"sparse_vectors": {"words": {}, "rare": {"modifier": "idf"}}})
    for one, indices in [(1, [1, 2]), (2, [2, 3]), (3, [4, 5])]:
        sparse = {"indices": indices, "values": [1.0, 2.0]}
        server.upsert(name, {"id": one, "vector": {"words": sparse, "rare": sparse}})
    query = models.SparseVector(indices=[2, 1], values=[1.0, 0.5])
    hits = server.client.query_points(name, query=query, using="words").points
    assert [(hit.id, hit.score) for hit in hits] == [(1, 2.5), (2, 1.0)]
    hits = server.client.query_points(name, query=query, using="rare").points
    idf = {1: math.log(2.5 / 1.5 + 1), 2: math.log(1.5 / 2.5 + 1)}
    assert hits[0].score == pytest.approx(0.5 * idf[1] + 2 * idf[2], rel=1e-5)


def test_multivectors_are_scored_by_the_best_row_for_each_query_row(server):
    late = {"size": 2, "distance": "Dot", "multivector_config": {"comparator": "max_sim"}}
    name = server.create({"vectors": {"late": late}})
    server.upsert(
        name,
        {"id": 1, "vector": {"late": [[1.0, 0.0], [0.0, 1.0]]}},
        {"id": 2, "vector": {"late": [[0.5, 0.5]]}},
    )
    hits = server.client.query_points(name, query=[[1.0, 0.0], [0.0, 1.0]], using="late").points
    assert [(hit.id, hit.score) for hit in hits] == [(1, 2.0), (2, 1.0)]


def test_two_rows_of_whole_numbers_are_read_as_a_sparse_vector(server):
    late = {"size": 2, "distance": "Dot", "multivector_config": {"comparator": "max_sim"}}
    name = server.create({"vectors": {"late": late}})
    path = f"/collections/{name}/points"
    for rows, status in [
        ([[1, 0], [0, 1]], 400),
        ([[1, 0], [0.5, 1.0]], 400),
        ([[1.0, 0], [0, 1]], 200),
        ([[1, 0]], 200),
        ([[1, 0], [0, 1], [1, 1]], 200),
        ([[-1, 0], [0, 1]], 200),
    ]:
        body = {"points": [{"id": 1, "vector": {"late": rows}}]}
        reply = server.ask("PUT", path, body, wait="true")
        assert reply.status_code == status, (rows, reply.text)
        reply = server.ask("POST", f"{path}/query", {"query": rows, "using": "late"})
        assert reply.status_code == status, (rows, reply.text)
        if status == 400:
            assert "Conversion between sparse and regular vectors failed" in error(reply)


def test_the_unnamed_multivector_of_whole_numbers_is_what_it_is(server):
    late = {"size": 2, "distance": "Dot", "multivector_config": {"comparator": "max_sim"}}
    name = server.create({"vectors": late})
    server.upsert(name, {"id": 1, "vector": [[1, 0], [0, 1]]})
    assert server.points(name)[0]["vector"] == [[1.0, 0.0], [0.0, 1.0]]


def test_two_searches_are_fused_by_rank(server):
    name = server.create({**NAMED, "sparse_vectors": {"words": {}}})
    for one in range(4):
        words = {"indices": [1], "values": [4.0 - one]}
        server.upsert(name, {"id": one, "vector": {"new": [one, 0], "words": words}})
    hits = server.client.query_points(
        name,
        prefetch=[
            models.Prefetch(query=[1.0, 0.0], using="new", limit=3),
            models.Prefetch(
                query=models.SparseVector(indices=[1], values=[1.0]), using="words", limit=3
            ),
        ],
        query=models.FusionQuery(fusion=models.Fusion.RRF),
    ).points
    assert {hit.id for hit in hits} == {0, 1, 2, 3}
    assert hits[0].score == pytest.approx(hits[1].score)
    assert {hits[0].id, hits[1].id} in ({0, 3}, {1, 2})


def test_scored_hits_carry_the_number_of_the_last_operation_on_the_point(server):
    needs(server, 1, 18)
    name = server.create(NAMED)
    server.upsert(name, *({"id": one, "vector": {"old": [1, 0, 0, 0]}} for one in (1, 2)))

    def versions() -> dict[int, int]:
        hits = server.client.query_points(
            name,
            query=[1.0, 0, 0, 0],
            using="old",
            query_filter=models.Filter(must=[models.HasIdCondition(has_id=[1, 2])]),
            search_params=models.SearchParams(exact=True),
            with_payload=False,
        ).points
        return {hit.id: hit.version for hit in hits}

    first = versions()
    server.client.set_payload(name, {"text": "new"}, [1], wait=True)
    second = versions()
    assert second[1] > first[1]
    assert second[2] == first[2]
    written = server.client.update_vectors(
        name, [models.PointVectors(id=2, vector={"new": [1.0, 0.0]})], wait=True
    )
    third = versions()
    assert third[2] > second[2]
    assert third[2] == written.operation_id
    server.client.create_payload_index(name, "k", "keyword", wait=True)
    config = models.DenseVectorNameConfig(
        dense=models.DenseVectorConfig(size=2, distance=models.Distance.DOT)
    )
    server.client.create_vector_name(name, "more", config, wait=True)
    assert versions() == third
    listed = server.result("POST", f"/collections/{name}/points/query", {"limit": 2})["points"]
    assert [hit["version"] for hit in listed] == [0, 0]


def test_wrong_searches_are_400_in_the_servers_words(server):
    name = server.create(NAMED)
    for body, text in [
        ({"query": [1, 0, 0], "using": "new"}, "Vector dimension error: expected dim: 2, got 3"),
        ({"query": [1, 0], "using": "x"}, "Not existing vector name error: x"),
        ({"query": [1, 0]}, "Not existing vector name error: "),
    ]:
        reply = server.ask("POST", f"/collections/{name}/points/query", body)
        assert reply.status_code == 400
        assert text in error(reply)


# Writing


def test_insert_only_leaves_existing_points_and_inserts_the_others(server):
    needs(server, 1, 17)
    name = server.create()
    server.upsert(name, {"id": 1, "vector": [1, 0, 0, 0], "payload": {"text": "old"}})
    result = server.client.upsert(
        name,
        [
            models.PointStruct(id=1, vector=[9.0, 9, 9, 9], payload={"text": "new"}),
            models.PointStruct(id=2, vector=[2.0, 0, 0, 0], payload={"text": "two"}),
        ],
        wait=True,
        update_mode=models.UpdateMode.INSERT_ONLY,
    )
    assert result.status == models.UpdateStatus.COMPLETED
    assert [(point["id"], point["payload"]["text"]) for point in server.points(name)] == [
        (1, "old"),
        (2, "two"),
    ]


def test_update_only_skips_missing_points(server):
    needs(server, 1, 17)
    name = server.create()
    server.upsert(name, {"id": 1, "vector": [1, 0, 0, 0]})
    server.upsert(
        name,
        {"id": 1, "vector": [5, 0, 0, 0]},
        {"id": 2, "vector": [5, 0, 0, 0]},
        update_mode="update_only",
    )
    assert [(point["id"], point["vector"]) for point in server.points(name)] == [
        (1, [5.0, 0.0, 0.0, 0.0])
    ]


def test_a_filter_that_matches_nothing_makes_an_upsert_insert_only(server):
    name = server.create()
    server.upsert(name, {"id": 1, "vector": [1, 0, 0, 0], "payload": {"text": "old"}})
    server.client.upsert(
        name,
        [
            models.PointStruct(id=1, vector=[9.0, 9, 9, 9], payload={"text": "new"}),
            models.PointStruct(id=2, vector=[2.0, 0, 0, 0], payload={"text": "two"}),
        ],
        wait=True,
        update_filter=models.Filter(must=[models.HasIdCondition(has_id=[])]),
    )
    assert [point["payload"]["text"] for point in server.points(name)] == ["old", "two"]


def test_the_same_trick_works_before_update_mode_where_update_mode_is_ignored(old_server):
    name = old_server.create()
    old_server.upsert(name, {"id": 1, "vector": [1, 0, 0, 0], "payload": {"text": "old"}})
    again = {"id": 1, "vector": [1, 0, 0, 0], "payload": {"text": "new"}}
    old_server.upsert(name, again, update_filter={"must": [{"has_id": []}]})
    assert old_server.points(name)[0]["payload"] == {"text": "old"}
    old_server.upsert(name, again, update_mode="insert_only")
    assert old_server.points(name)[0]["payload"] == {"text": "new"}


def test_a_filter_per_point_skips_exactly_the_points_that_were_edited(server):
    name = server.create(NAMED)
    server.upsert(
        name,
        *(
            {"id": one, "vector": {"old": [1, 0, 0, 0]}, "payload": {"text": f"t{one}"}}
            for one in range(40)
        ),
    )
    server.client.set_payload(name, {"text": "edited"}, [3, 7, 39], wait=True)
    server.client.update_vectors(
        name,
        [models.PointVectors(id=one, vector={"new": [one, 1.0]}) for one in range(40)],
        wait=True,
        update_filter=models.Filter(
            should=[
                models.Filter(
                    must=[
                        models.HasIdCondition(has_id=[one]),
                        models.FieldCondition(key="text", match=models.MatchValue(value=f"t{one}")),
                    ]
                )
                for one in range(40)
            ]
        ),
    )
    missing = server.points(name, filter={"must_not": [{"has_vector": "new"}]})
    assert [point["id"] for point in missing] == [3, 7, 39]


def test_both_shapes_of_an_upsert_write_the_same(server):
    name = server.create(NAMED)
    server.client.upsert(
        name,
        models.Batch(
            ids=[1, 2],
            vectors={"old": [[1.0, 0, 0, 0], [2.0, 0, 0, 0]], "new": [[1.0, 0], [2.0, 0]]},
            payloads=[{"n": 1}, {"n": 2}],
        ),
        wait=True,
    )
    batch = server.points(name)
    server.upsert(
        name,
        *(
            {"id": n, "vector": {"old": [n, 0, 0, 0], "new": [n, 0]}, "payload": {"n": n}}
            for n in (1, 2)
        ),
    )
    assert server.points(name) == batch


def test_the_last_of_two_equal_ids_in_an_upsert_wins(server):
    name = server.create()
    server.upsert(
        name,
        {"id": 1, "vector": [1, 0, 0, 0]},
        {"id": 1, "vector": [2, 0, 0, 0]},
    )
    assert server.points(name)[0]["vector"] == [2.0, 0.0, 0.0, 0.0]


def test_a_missing_id_fails_update_vectors_after_part_of_the_batch(server):
    name = server.create(NAMED)
    server.upsert(name, *({"id": one, "vector": {"old": [1, 0, 0, 0]}} for one in range(99)))
    body = {"points": [{"id": one, "vector": {"new": [1, 0]}} for one in range(100)]}
    reply = server.ask("PUT", f"/collections/{name}/points/vectors", body, wait="true")
    assert reply.status_code == 404
    assert "No point with id 99 found" in error(reply)
    written = server.client.count(
        name, count_filter=models.Filter(must=[models.HasVectorCondition(has_vector="new")])
    ).count
    assert written < 99
    body["points"].pop()
    server.result("PUT", f"/collections/{name}/points/vectors", body, wait="true")
    assert (
        server.client.count(
            name, count_filter=models.Filter(must=[models.HasVectorCondition(has_vector="new")])
        ).count
        == 99
    )


def test_without_wait_the_errors_of_a_write_are_lost(server):
    name = server.create(NAMED)
    server.upsert(name, {"id": 1, "vector": {"old": [1, 0, 0, 0]}})
    for vector in ({"nope": [1, 0]}, {"new": [1, 0, 0]}):
        body = {"points": [{"id": 1, "vector": vector}]}
        reply = server.ask("PUT", f"/collections/{name}/points/vectors", body)
        assert reply.status_code == 200
        assert reply.json()["result"]["status"] == "acknowledged"
        reply = server.ask("PUT", f"/collections/{name}/points/vectors", body, wait="true")
        assert reply.status_code == 400
    assert server.points(name)[0]["vector"] == {"old": [1.0, 0.0, 0.0, 0.0]}


def test_wrong_vectors_are_refused_in_the_servers_words(server):
    name = server.create({**NAMED, "sparse_vectors": {"words": {}}})
    for vector, status, text in [
        ({"new": [1, 0, 0]}, 400, "Vector dimension error: expected dim: 2, got 3"),
        ({"nope": [1, 0]}, 400, "Not existing vector name error: nope"),
        ({"words": [1, 0]}, 400, "Conversion between sparse and regular vectors failed"),
        ({"new": {"indices": [1], "values": [1.0]}}, 400, "Conversion between sparse"),
        ({"words": {"indices": [1, 1], "values": [1, 1]}}, 422, "Validation error in JSON body"),
        ({"new": ["a", "b"]}, 500, "InferenceService URL not configured"),
        (["a", "b"], 500, "InferenceService URL not configured"),
        ({"new": ["a"]}, 400, "Format error in JSON body"),
        ({"new": ["a", "b", "c"]}, 400, "Format error in JSON body"),
    ]:
        body = {"points": [{"id": 1, "vector": vector}]}
        reply = server.ask("PUT", f"/collections/{name}/points", body, wait="true")
        assert (reply.status_code, text in error(reply)) == (status, True), reply.text
    assert server.points(name) == []


def test_an_empty_sparse_vector_can_be_upserted_and_not_updated(server):
    name = server.create({"sparse_vectors": {"words": {}}})
    empty = {"words": {"indices": [], "values": []}}
    server.upsert(name, {"id": 1, "vector": empty})
    assert len(server.points(name, filter={"must": [{"has_vector": "words"}]})) == 1
    body = {"points": [{"id": 1, "vector": empty}]}
    reply = server.ask("PUT", f"/collections/{name}/points/vectors", body, wait="true")
    assert reply.status_code == 422
    assert "must specify vectors to update for point" in error(reply)


def test_payload_writes_merge_overwrite_delete_and_clear(server):
    name = server.create()
    server.upsert(
        name, *({"id": one, "vector": [1, 0, 0, 0], "payload": {"a": 1, "b": 2}} for one in (1, 2))
    )
    client = server.client
    client.set_payload(name, {"b": 3, "c": {"d": 1}}, [1], wait=True)
    client.set_payload(name, {"e": 2}, [1], key="c", wait=True)
    assert server.points(name)[0]["payload"] == {"a": 1, "b": 3, "c": {"d": 1, "e": 2}}
    client.delete_payload(name, ["a", "c.d"], [1], wait=True)
    assert server.points(name)[0]["payload"] == {"b": 3, "c": {"e": 2}}
    client.overwrite_payload(name, {"z": 0}, [1], wait=True)
    assert server.points(name)[0]["payload"] == {"z": 0}
    client.clear_payload(name, models.PointIdsList(points=[1]), wait=True)
    assert [point["payload"] for point in server.points(name)] == [{}, {"a": 1, "b": 2}]


def test_a_missing_id_is_404_for_set_payload_and_fine_for_delete(server):
    name = server.create()
    with pytest.raises(UnexpectedResponse) as caught:
        server.client.set_payload(name, {"a": 1}, [77], wait=True)
    assert caught.value.status_code == 404
    result = server.client.delete(name, models.PointIdsList(points=[77]), wait=True)
    assert result.status == models.UpdateStatus.COMPLETED


def test_points_are_deleted_by_id_and_by_filter(server):
    name = server.create()
    server.upsert(
        name, *({"id": one, "vector": [1, 0, 0, 0], "payload": {"n": one}} for one in range(5))
    )
    server.client.delete(name, models.PointIdsList(points=[0, 4]), wait=True)
    condition = models.FieldCondition(key="n", match=models.MatchValue(value=2))
    server.client.delete(
        name, models.FilterSelector(filter=models.Filter(must=[condition])), wait=True
    )
    assert [point["id"] for point in server.points(name)] == [1, 3]


def test_a_batch_stops_at_its_first_error_and_keeps_what_came_before(server):
    name = server.create()
    operations = [
        {"upsert": {"points": [{"id": 1, "vector": [1, 0, 0, 0]}]}},
        {"set_payload": {"payload": {"a": 1}, "points": [99]}},
        {"upsert": {"points": [{"id": 2, "vector": [1, 0, 0, 0]}]}},
    ]
    reply = server.ask(
        "POST", f"/collections/{name}/points/batch", {"operations": operations}, wait="true"
    )
    assert reply.status_code == 404
    assert [point["id"] for point in server.points(name)] == [1]


def test_bodies_that_are_no_request_are_400(server):
    name = server.create()
    for raw in (
        "{",
        '{"points": [{"id": 1, "vector": [NaN, 0, 0, 0]}]}',
        '{"points": [{"id": 1}]}',
    ):
        reply = server.http.put(
            f"/collections/{name}/points",
            content=raw,
            headers={"content-type": "application/json"},
        )
        assert reply.status_code == 400
        assert "Format error in JSON body" in error(reply)
    body = {"points": [{"id": -1, "vector": [1, 0, 0, 0]}]}
    reply = server.ask("PUT", f"/collections/{name}/points", body)
    assert reply.status_code == 400


def test_an_unknown_condition_is_400(server):
    name = server.create()
    condition = {"slice": {"index": 0, "total": 2}}
    reply = server.ask(
        "POST", f"/collections/{name}/points/count", {"filter": {"must": [condition]}}
    )
    assert reply.status_code == (200 if server.version >= (1, 19) else 400)


def test_a_remote_model_without_an_inference_service_is_500(server):
    name = server.create()
    document = {"text": "words", "model": "some/model"}
    body = {"points": [{"id": 1, "vector": document}]}
    reply = server.ask("PUT", f"/collections/{name}/points", body, wait="true")
    assert reply.status_code == 500
    assert "InferenceService URL not configured" in error(reply)


def test_bm25_runs_inside_the_server(server):
    name = server.create({"sparse_vectors": {"words": {"modifier": "idf"}}})
    texts = ["he runs, horses", "a horse ran", "green apples", "the of and"]
    for one, text in enumerate(texts):
        document = {"text": text, "model": "qdrant/BM25"}
        server.upsert(name, {"id": one, "vector": {"words": document}})
    query = models.Document(text="the running horse", model="Qdrant/bm25")
    hits = server.client.query_points(name, query=query, using="words").points
    assert [hit.id for hit in hits] == [0, 1]
    assert len(server.points(name, filter={"must": [{"has_vector": "words"}]})) == 4


# Vector names in place


def test_a_vector_name_turns_an_unnamed_collection_into_a_map_for_good(server):
    needs(server, 1, 18)
    name = server.create()
    server.upsert(name, {"id": 1, "vector": [1, 0, 0, 0]})
    config = models.DenseVectorNameConfig(
        dense=models.DenseVectorConfig(size=2, distance=models.Distance.DOT)
    )
    server.client.create_vector_name(name, "new", config, wait=True)
    vectors = server.config(name)["params"]["vectors"]
    assert vectors == {
        "": {"size": 4, "distance": "Dot"},
        "new": {"size": 2, "distance": "Dot"},
    }
    assert server.points(name)[0]["vector"] == [1.0, 0.0, 0.0, 0.0]
    body = {"points": [{"id": 1, "vector": {"new": [1, 0]}}]}
    server.result("PUT", f"/collections/{name}/points/vectors", body, wait="true")
    whole = {"": [1.0, 0.0, 0.0, 0.0], "new": [1.0, 0.0]}
    assert server.points(name)[0]["vector"] == whole
    assert server.points(name, with_vector=["new"])[0]["vector"] == {"new": [1.0, 0.0]}
    assert server.points(name, with_vector=[""])[0]["vector"] == [1.0, 0.0, 0.0, 0.0]
    server.upsert(name, {"id": 2, "vector": [3, 0, 0, 0]})
    assert [hit.id for hit in server.client.query_points(name, query=[1.0, 0, 0, 0]).points] == [
        2,
        1,
    ]
    server.client.delete_vector_name(name, "new", wait=True)
    assert list(server.config(name)["params"]["vectors"]) == [""]
    assert server.points(name)[0]["vector"] == [1.0, 0.0, 0.0, 0.0]


def test_creating_a_vector_name_again_is_fine_and_with_another_schema_400(server):
    needs(server, 1, 18)
    name = server.create(NAMED)
    path = f"/collections/{name}/vectors/new"
    same = {"dense": {"size": 2, "distance": "Dot"}}
    server.result("PUT", path, same, wait="true")
    reply = server.ask("PUT", path, {"dense": {"size": 3, "distance": "Dot"}}, wait="true")
    assert reply.status_code == 400
    assert "already exists with a different configuration" in error(reply)
    reply = server.ask("PUT", path, {"sparse": {}}, wait="true")
    assert reply.status_code == 400
    assert "already exists as a dense vector" in error(reply)
    server.result("DELETE", f"/collections/{name}/vectors/none", wait="true")
    reply = server.ask("PUT", f"/collections/{name}/vectors/a%2Fb", same)
    assert reply.status_code == 422
    reply = server.ask("PUT", f"/collections/{server.name('none')}/vectors/new", same)
    assert reply.status_code == 404
    assert "doesn't exist" in error(reply)


def test_routes_of_later_versions_are_404_with_an_empty_body(old_server):
    name = old_server.create()
    body = {"dense": {"size": 2, "distance": "Dot"}}
    for method, path in [
        ("PUT", f"/collections/{name}/vectors/new"),
        ("GET", f"/collections/{name}/optimizations"),
    ]:
        reply = old_server.ask(method, path, body)
        assert (reply.status_code, reply.content) == (404, b"")
    assert "update_queue" not in old_server.result("GET", f"/collections/{name}")


# Names


def test_one_create_alias_points_an_alias_to_another_collection(server):
    first, second, alias = server.create(stem="a"), server.create(stem="b"), server.name("alias")
    server.upsert(second, {"id": 7, "vector": [1, 0, 0, 0]})
    for target, count in [(first, 0), (second, 1)]:
        server.client.update_collection_aliases(
            [
                models.CreateAliasOperation(
                    create_alias=models.CreateAlias(collection_name=target, alias_name=alias)
                )
            ]
        )
        assert server.client.count(alias).count == count
    listed = {one.alias_name: one.collection_name for one in server.client.get_aliases().aliases}
    assert listed[alias] == second
    assert server.client.get_collection_aliases(first).aliases == []
    assert [one.alias_name for one in server.client.get_collection_aliases(second).aliases] == [
        alias
    ]
    assert server.client.get_collection_aliases(alias).aliases == []


def test_an_alias_list_that_fails_keeps_what_was_done_before(server):
    name, alias = server.create(), server.name("alias")
    create = {"create_alias": {"alias_name": alias, "collection_name": name}}
    server.result("POST", "/collections/aliases", {"actions": [create]})
    missing = {"create_alias": {"alias_name": alias, "collection_name": server.name("none")}}
    actions = [{"delete_alias": {"alias_name": alias}}, missing]
    reply = server.ask("POST", "/collections/aliases", {"actions": actions})
    assert reply.status_code == 404
    assert "doesn't exist!" in error(reply)
    assert server.client.get_collection_aliases(name).aliases == []


def test_names_that_are_taken_are_refused(server):
    name, other, alias = server.create(stem="a"), server.create(stem="b"), server.name("alias")
    create = {"create_alias": {"alias_name": alias, "collection_name": name}}
    server.result("POST", "/collections/aliases", {"actions": [create]})
    plain = {"vectors": {"size": 4, "distance": "Dot"}}
    reply = server.ask("PUT", f"/collections/{name}", plain)
    assert (reply.status_code, f"Collection `{name}` already exists!" in error(reply)) == (
        409,
        True,
    )
    reply = server.ask("PUT", f"/collections/{alias}", plain)
    assert reply.status_code == 400
    assert "Alias with the same name already exists" in error(reply)
    for target, status in [(name, 409), (alias, 404)]:
        action = {"alias_name": other, "collection_name": target}
        if target == alias:
            action = {"alias_name": server.name("second"), "collection_name": alias}
        reply = server.ask("POST", "/collections/aliases", {"actions": [{"create_alias": action}]})
        assert reply.status_code == status
    rename = {"old_alias_name": server.name("zzz"), "new_alias_name": alias}
    reply = server.ask("POST", "/collections/aliases", {"actions": [{"rename_alias": rename}]})
    assert reply.status_code == 404
    assert "does not exists!" in error(reply)


def test_deleting_answers_false_for_an_alias_or_a_missing_name_and_takes_aliases_along(server):
    name, alias = server.create(), server.name("alias")
    create = {"create_alias": {"alias_name": alias, "collection_name": name}}
    server.result("POST", "/collections/aliases", {"actions": [create]})
    assert server.client.collection_exists(alias)
    assert server.result("DELETE", f"/collections/{alias}") is False
    assert server.result("DELETE", f"/collections/{server.name('none')}") is False
    assert server.result("DELETE", f"/collections/{name}") is True
    assert not server.client.collection_exists(alias)
    names = [one["alias_name"] for one in server.result("GET", "/aliases")["aliases"]]
    assert alias not in names


def test_an_alias_renamed_to_a_collections_name_shadows_it(server):
    old, new, temporary = server.create(stem="a"), server.create(stem="b"), server.name("alias")
    server.upsert(new, {"id": 1, "vector": [1, 0, 0, 0]})
    create = {"create_alias": {"alias_name": temporary, "collection_name": new}}
    rename = {"rename_alias": {"old_alias_name": temporary, "new_alias_name": old}}
    server.result("POST", "/collections/aliases", {"actions": [create]})
    server.result("POST", "/collections/aliases", {"actions": [rename]})
    assert server.client.count(old).count == 1
    delete = {"delete_alias": {"alias_name": old}}
    server.result("POST", "/collections/aliases", {"actions": [delete]})
    assert server.client.count(old).count == 0


def test_settings_indexes_and_writes_work_through_an_alias(server):
    name, alias = server.create(), server.name("alias")
    create = {"create_alias": {"alias_name": alias, "collection_name": name}}
    server.result("POST", "/collections/aliases", {"actions": [create]})
    server.upsert(alias, {"id": 1, "vector": [1, 0, 0, 0]})
    server.client.create_payload_index(alias, "k", "keyword", wait=True)
    server.result("PATCH", f"/collections/{alias}", {"hnsw_config": {"m": 5}})
    info = server.client.get_collection(name)
    assert (info.points_count, info.config.hnsw_config.m) == (1, 5)
    assert list(info.payload_schema) == ["k"]
    listed = [one["name"] for one in server.result("GET", "/collections")["collections"]]
    assert name in listed
    assert alias not in listed


def test_a_missing_collection_is_404_with_its_name(server):
    reply = server.ask("GET", f"/collections/{server.name('none')}")
    assert reply.status_code == 404
    assert f"Collection `{server.name('none')}` doesn't exist!" in error(reply)
    assert not server.client.collection_exists(server.name("none"))


# Limits


def strict(server: Any, **limits: Any) -> str:
    """A collection with strict mode and three points."""
    name = server.create()
    server.upsert(
        name, *({"id": one, "vector": [1, 0, 0, 0], "payload": {"k": one}} for one in range(3))
    )
    server.result(
        "PATCH", f"/collections/{name}", {"strict_mode_config": {"enabled": True, **limits}}
    )
    return str(name)


def test_strict_mode_names_the_limit_that_was_passed(server):
    name = strict(server, max_query_limit=5, upsert_max_batchsize=2, max_timeout=10)
    many = [{"id": one, "vector": [1, 0, 0, 0]} for one in range(3)]
    path = f"/collections/{name}/points"
    for method, where, body, query, text in [
        ("POST", "/scroll", {"limit": 6}, {}, 'Limit exceeded 6 > 5 for "limit"'),
        (
            "POST",
            "/query",
            {"query": [1, 0, 0, 0], "limit": 6},
            {},
            'Limit exceeded 6 > 5 for "limit"',
        ),
        ("PUT", "", {"points": many}, {}, 'Limit exceeded 3 > 2 for "upsert limit"'),
        ("PUT", "/vectors", {"points": many}, {}, 'Limit exceeded 3 > 2 for "update limit"'),
        ("POST", "/count", {}, {"timeout": 11}, 'Limit exceeded 11 > 10 for "timeout"'),
    ]:
        reply = server.ask(method, path + where, body, **query)
        assert reply.status_code == 400
        assert text in error(reply)
    assert len(server.result("POST", path, {"ids": [0, 1, 2]})) == 3


def test_strict_mode_limits_filters_except_update_filters(server):
    name = strict(
        server, unindexed_filtering_retrieve=False, filter_max_conditions=2, condition_max_size=2
    )
    path = f"/collections/{name}/points/count"
    for condition, text in [
        ({"must": [{"key": "k", "match": {"value": 1}}]}, 'Index required but not found for "k"'),
        ({"must": [{"has_id": [1, 2, 3]}]}, "Condition size limit reached"),
        ({"must": [{"has_id": [1]}] * 3}, "Filter condition limit reached"),
    ]:
        reply = server.ask("POST", path, {"filter": condition})
        assert reply.status_code == 400
        assert text in error(reply)
    assert server.result("POST", path, {"filter": {"must": [{"has_vector": ""}]}})["count"] == 3
    clauses = [{"must": [{"has_id": [0]}, {"key": "k", "match": {"value": 0}}]}] * 9
    server.upsert(name, {"id": 0, "vector": [7, 0, 0, 0]}, update_filter={"should": clauses})
    assert server.points(name)[0]["vector"][0] == 7.0


def test_a_spent_rate_limit_says_when_to_come_back(server):
    name = strict(server, write_rate_limit=6)
    points = [models.PointStruct(id=one, vector=[1.0, 0, 0, 0]) for one in range(4)]
    server.client.upsert(name, points, wait=True)
    with pytest.raises(ResourceExhaustedResponse) as spent:
        server.client.upsert(name, points, wait=True)
    assert 0 < spent.value.retry_after_s <= 60
    assert "rate limit exceeded" in spent.value.message


def test_a_request_larger_than_the_rate_limit_is_429_without_a_time(server):
    name = strict(server, write_rate_limit=3)
    points = [models.PointStruct(id=one, vector=[1.0, 0, 0, 0]) for one in range(4)]
    with pytest.raises(UnexpectedResponse) as never:
        server.client.upsert(name, points, wait=True)
    assert never.value.status_code == 429
    assert b"please try to split your request" in never.value.content


def test_a_full_collection_refuses_points_once_it_has_counted_again(server):
    name = strict(server, max_points_count=3)
    for one in range(3, 80):
        body = {"points": [{"id": one, "vector": [1, 0, 0, 0]}]}
        reply = server.ask("PUT", f"/collections/{name}/points", body, wait="true")
        if reply.status_code != 200:
            break
    assert reply.status_code == 400
    assert "Max points count limit of 3 reached!" in error(reply)


def test_the_number_of_payload_indexes_is_limited_even_for_the_same_index(server):
    name = strict(server, max_payload_index_count=1)
    body = {"field_name": "k", "field_schema": "keyword"}
    server.result("PUT", f"/collections/{name}/index", body, wait="true")
    reply = server.ask("PUT", f"/collections/{name}/index", body, wait="true")
    assert reply.status_code == 400


# The server around


def test_a_standalone_server_has_no_cluster_and_no_shard_keys(server):
    name = server.create()
    assert server.result("GET", "/cluster")["status"] == "disabled"
    reply = server.ask("PUT", f"/collections/{name}/shards", {"shard_key": "k"})
    assert reply.status_code == (405 if server.version >= (1, 19) else 400)
    assert "Distributed mode disabled" in error(reply)
    assert server.client.collection_cluster_info(name).shard_count == 1


def test_the_newest_server_says_405_to_a_shard_key(newest_server):
    test_a_standalone_server_has_no_cluster_and_no_shard_keys(newest_server)


def test_optimizations_are_listed(server):
    needs(server, 1, 17)
    report = server.client.get_optimizations(server.create())
    assert report.running == []
    assert report.summary.queued_optimizations == 0


def test_a_snapshot_restores_under_another_name_and_not_over_other_vectors(server):
    needs(server, 1, 18)
    name, restored, made = server.create(NAMED), server.name("restored"), server.name("made")
    server.upsert(name, {"id": 1, "vector": {"old": [1, 0, 0, 0]}, "payload": {"a": 1}})
    snapshot = server.client.create_snapshot(name, wait=True)
    assert [one.name for one in server.client.list_snapshots(name)] == [snapshot.name]

    def recover(collection, location, **more):
        body = {"location": location, **more}
        return server.ask("PUT", f"/collections/{collection}/snapshots/recover", body)

    reply = recover(restored, "file:///")
    assert reply.status_code == 403
    told = re.search(r'must be inside the snapshots directory (".+")', error(reply))
    assert told, "a file from elsewhere is refused, and the refusal names the folder"
    location = f"file://{json.loads(told[1])}/{name}/{snapshot.name}"
    reply = recover(restored, f"{location}x")
    assert reply.status_code == 400
    assert "does not exist" in error(reply)
    reply = recover(restored, location, checksum="0" * 64)
    assert reply.status_code == 400
    assert "Snapshot checksum mismatch" in error(reply)
    assert not server.client.collection_exists(restored), "nothing was made by these"

    more = {"dense": {"size": 2, "distance": "Dot"}}
    server.result("PUT", f"/collections/{name}/vectors/more", more, wait="true")
    reply = recover(name, location)
    assert reply.status_code == 400
    assert "Snapshot is not compatible with existing collection" in error(reply)
    assert recover(restored, location, checksum=snapshot.checksum).status_code == 200
    assert server.points(restored) == server.points(name, with_vector=["old"])

    server.result("PUT", f"/collections/{made}", {**NAMED, "metadata": {"mine": 1}})
    server.upsert(made, {"id": 2, "vector": {}, "payload": {}})
    for _ in range(2):
        assert recover(made, location).status_code == 200
        assert server.points(made) == server.points(restored), "what stood there is gone"
    config = server.result("GET", f"/collections/{made}")["config"]
    assert config["metadata"] == {"mine": 1}, "its settings stay its own"
    told = server.result("GET", "/telemetry", details_level=2)["collections"]["snapshots"]
    (of_made,) = [one for one in told if one["id"] == made]
    assert of_made["running_snapshot_recovery"] == 0
    server.client.delete_snapshot(name, snapshot.name, wait=True)
    assert server.client.list_snapshots(name) == []


def test_an_unknown_route_is_404_with_an_empty_body(server):
    reply = server.ask("GET", "/nothing/here")
    assert (reply.status_code, reply.content) == (404, b"")


def test_the_index_route_tells_the_version(server):
    reply = server.http.get("/").json()
    assert reply["title"] == "qdrant - vector search engine"
    assert reply["version"].startswith("1.")
