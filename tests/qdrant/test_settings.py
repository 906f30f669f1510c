from __future__ import annotations

from typing import Any

from qdrant_model_migration.qdrant import (
    CollectionConfig,
    Qdrant,
    cannot_carry,
    carried_later,
    create_body,
    differences,
    index_schema,
    strict_mode_body,
)

RAW: dict[str, Any] = {
    "params": {
        "vectors": {
            "size": 384,
            "distance": "Cosine",
            "on_disk": True,
            "quantization_config": None,
        },
        "sparse_vectors": {"words": {"modifier": "idf"}},
        "shard_number": 3,
        "sharding_method": None,
        "replication_factor": 1,
        "write_consistency_factor": 1,
        "read_fan_out_factor": 2,
        "on_disk_payload": True,
        "from_a_newer_server": {"memory": "cold"},
    },
    "hnsw_config": {"m": 32, "ef_construct": 200, "on_disk": False},
    "optimizer_config": {"indexing_threshold": 10000, "max_optimization_threads": None},
    "wal_config": {"wal_capacity_mb": 32},
    "quantization_config": {"scalar": {"type": "int8", "quantile": 0.99}},
    "strict_mode_config": {"enabled": True, "upsert_max_batchsize": 100, "max_timeout": None},
    "metadata": {"owner": "search team"},
    "also_newer": {"x": 1},
}
SCHEMA: dict[str, dict[str, Any]] = {
    "color": {
        "data_type": "keyword",
        "params": {"type": "keyword", "is_tenant": True},
        "points": 7,
    },
    "year": {"data_type": "integer", "points": 7},
}


def _config(**changes: Any) -> CollectionConfig:
    return CollectionConfig(raw={**RAW, **changes}, payload_schema=SCHEMA)


def test_a_new_collection_gets_every_setting_of_the_old_one_but_its_vectors() -> None:
    new = {"size": 768, "distance": "Dot"}
    body = create_body(_config(), vectors={"": new}, metadata={"made_by": "qmm"})
    assert body == {
        "vectors": new,
        "sparse_vectors": {"words": {"modifier": "idf"}},
        "shard_number": 3,
        "replication_factor": 1,
        "write_consistency_factor": 1,
        "on_disk_payload": True,
        "from_a_newer_server": {"memory": "cold"},
        "hnsw_config": {"m": 32, "ef_construct": 200, "on_disk": False},
        "optimizers_config": {"indexing_threshold": 10000},
        "wal_config": {"wal_capacity_mb": 32},
        "quantization_config": {"scalar": {"type": "int8", "quantile": 0.99}},
        "metadata": {"owner": "search team", "made_by": "qmm"},
        "also_newer": {"x": 1},
    }


def test_without_new_vectors_the_old_ones_are_kept() -> None:
    assert create_body(_config())["vectors"] == {
        "size": 384,
        "distance": "Cosine",
        "on_disk": True,
    }


def test_several_vectors_stay_a_map_and_a_name_may_be_size() -> None:
    named = {"size": {"size": 4, "distance": "Dot"}, "": {"size": 2, "distance": "Dot"}}
    config = _config(params={"vectors": named})
    assert config.vectors() == named
    assert create_body(config)["vectors"] == named


def test_strict_mode_and_read_fan_out_are_put_on_later() -> None:
    assert carried_later(_config()) == ({"params": {"read_fan_out_factor": 2}},)
    assert strict_mode_body(_config()) == {
        "strict_mode_config": {"enabled": True, "upsert_max_batchsize": 100}
    }
    bare = CollectionConfig(raw={"params": {"vectors": {}}}, payload_schema={})
    assert carried_later(bare) == ()
    assert strict_mode_body(bare) is None


def test_a_payload_index_is_made_again_from_its_parameters_or_its_bare_type() -> None:
    assert index_schema(SCHEMA["color"]) == {"type": "keyword", "is_tenant": True}
    assert index_schema(SCHEMA["year"]) == "integer"


def test_what_stays_behind_is_named_with_its_effect() -> None:
    assert cannot_carry(_config()) == ()
    custom = _config(params={"sharding_method": "custom", "replication_factor": 2})
    more = {lost.setting: lost.effect for lost in cannot_carry(custom)}
    assert {"placement of shard keys", "placement of replicas"} <= set(more)
    assert all(more.values())


def test_equal_settings_show_no_difference_whatever_the_vectors_and_counts() -> None:
    new = CollectionConfig(
        raw={
            **RAW,
            "params": {**RAW["params"], "vectors": {"size": 768, "distance": "Dot"}},
            "metadata": {**RAW["metadata"], "made_by": "qmm"},
        },
        payload_schema={path: {**info, "points": 0} for path, info in SCHEMA.items()},
    )
    assert differences(_config(), new) == ()


def test_every_setting_that_differs_is_found() -> None:
    new = CollectionConfig(
        raw={
            **RAW,
            "hnsw_config": {"m": 16, "ef_construct": 200, "on_disk": False},
            "quantization_config": None,
            "strict_mode_config": None,
            "metadata": {},
        },
        payload_schema={"color": SCHEMA["color"]},
    )
    found = {name: (old, new) for name, old, new in differences(_config(), new)}
    assert found["hnsw_config.m"] == (32, 16)
    assert found["quantization_config.scalar.quantile"] == (0.99, None)
    assert found["strict_mode_config.upsert_max_batchsize"] == (100, None)
    assert found["metadata.owner"] == ("search team", None)
    assert found["payload_schema.year.is"] == ("integer", None)
    without_strict = {d.setting for d in differences(_config(), new, strict_mode=False)}
    assert not any(name.startswith("strict_mode") for name in without_strict)


def test_kept_vectors_are_compared_too() -> None:
    other = _config(params={**RAW["params"], "sparse_vectors": {"words": {"modifier": "none"}}})
    assert differences(_config(), other) == ()
    (only,) = differences(_config(), other, kept={"words": "words"})
    assert (only.setting, only.old, only.new) == ("vectors.words.modifier", "idf", "none")


def test_a_practice_collection_made_from_anothers_settings_shows_no_difference(
    folder: Qdrant,
) -> None:
    folder.create_collection(
        "old", {"vectors": {"size": 4, "distance": "Cosine"}, "metadata": {"a": 1}}
    )
    body = create_body(
        folder.config("old"), vectors={"": {"size": 8, "distance": "Dot"}}, metadata={"by": "qmm"}
    )
    folder.create_collection("new", body)
    old, new = folder.config("old"), folder.config("new")
    assert differences(old, new) == ()
    assert new.vectors() == {"": {"size": 8, "distance": "Dot"}}
    assert new.metadata == {"a": 1, "by": "qmm"}
    assert (old.payload_schema, old.warnings) == ({}, ())
