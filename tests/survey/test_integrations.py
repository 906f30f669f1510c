"""Products are known by the points that they leave, and nothing else is taken for them."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest

from qdrant_model_migration.advice.questions import BY_KEY as QUESTIONS
from qdrant_model_migration.embedders import Embedder, ModelRef
from qdrant_model_migration.qdrant import Qdrant
from qdrant_model_migration.survey import facts_of, lines, survey
from qdrant_model_migration.survey.integrations import (
    Integration,
    integrations,
    named,
    recognise,
    shape_of,
)
from support.integrations_page import PAGE, page
from support.sentences import sentence
from support.written import SHAPES, TEXTS, write

BY_NAME = {one.name: one for one in integrations()}
ALIKE = {
    "langchain_js": ("flowise", "langchain_js", "n8n"),
    "n8n": ("flowise", "langchain_js", "n8n"),
    "flowise": ("flowise", "langchain_js", "n8n"),
    "kotaemon": ("kotaemon", "llamaindex"),
}
PROBABLE = {"langchain_js", "n8n", "flowise"}


def test_each_says_all_that_is_to_be_known() -> None:
    assert BY_NAME.keys() == SHAPES.keys(), "give it its points: SHAPES, tests/support/written.py"
    for one in BY_NAME.values():
        assert one.title, one.name
        assert one.looks.endswith("."), one.name
        assert one.code, one.name
        assert one.settings.model, one.name
        assert all(said.endswith(".") for said in one.says), one.name
        assert one.settings.collection or one.names != "free", one.name
        assert one.text or one.name == "txtai"


@pytest.mark.parametrize("product", sorted(SHAPES))
def test_each_is_recognised_by_what_it_writes(
    product: str, server: Qdrant, embedder: Embedder
) -> None:
    name = write(server, product, lambda texts: embedder.embed(texts, "passage").vectors)
    found = survey(server, name)
    by = found.written_by.value
    assert by is not None
    assert by.names == ALIKE.get(product, (product,)), "one that writes alike is named in ALIKE"
    assert by.sure is (product not in PROBABLE)
    assert found.text_field.value in (BY_NAME[product].text or (None,))
    assert found.text_field.note == "" or product == "txtai"
    missing = {"haystack": 1, "langchain4j": 1, "roo_code": 1, "txtai": None}
    assert found.texts_missing.value == missing.get(product, 0)
    joined = ("description",) if product == "semantic_kernel" else ()
    assert (found.text_joined.value or ()) == joined
    (line,) = (line for line in lines(facts_of(found)) if line.key == "written_by")
    assert line.found.startswith("probably ") is not by.sure
    assert all(one.title in line.found for one in named(by.names))


def test_lines_that_llamaindex_embeds_are_suggested_where_no_model_proves_them(
    server: Qdrant,
) -> None:
    def strange(texts: Sequence[str]) -> list[list[float]]:
        return [[1.0, float(len(text)), 3.0] for text in texts]

    lines = "author: {_node_content.metadata.author}\nfile_name: {_node_content.metadata.file_name}"
    template = f"{lines}\n\n{{_node_content.text}}"
    found = survey(server, write(server, "llamaindex", strange))
    assert (found.old_model.value, found.matches) == (None, None)
    assert found.text_template == template
    text = QUESTIONS["text"]
    assert text.suggest(found, {}).value["template"] == template
    (option, *_) = text.options(found, {})
    assert option.note == "as LlamaIndex does it; not proved"
    assert survey(server, write(server, "kotaemon", strange)).text_template == "", "excluded there"
    assert survey(server, "docs", text_field="_node_content.text").text_template == ""


@pytest.mark.parametrize(
    "own",
    [
        {"metadata": {"author": "x"}, "text_template": "{content}"},
        {"metadata": {"author": ["x", "y"]}},
        {"metadata": {"author.name": "x"}},
    ],
)
def test_of_nodes_with_a_form_of_their_own_nothing_is_said(own: dict[str, object]) -> None:
    (one,) = named(["llamaindex"])
    payloads = SHAPES["llamaindex"]().payloads
    assert one.embedded_as(payloads, "_node_content.text")
    mixed = [*payloads, {"_node_content": json.dumps(own)}]
    assert one.embedded_as(mixed, "_node_content.text") == ""


def test_the_points_of_an_application_of_ones_own_are_nobodys(docs: Qdrant) -> None:
    found = survey(docs, "docs_a")
    assert found.written_by.value is None
    assert not any(line.key == "written_by" for line in lines(facts_of(found)))


def test_what_is_only_probable_gives_way_to_what_is_sure() -> None:
    payload = {"page_content": TEXTS[0], "metadata": {}}
    shape = shape_of([payload] * 9, [1] * 9, [""], "docs")
    assert recognise(shape).value == recognise(shape._replace(vectors=("", "other"))).value
    assert recognise(shape).value is not None
    assert recognise(shape).value.sure is False  # type: ignore[union-attr]
    named = {**payload, "group_id": "g", "metadata": {"doc_id": "d"}}
    dify = shape_of([named] * 9, [1] * 9, [""], "docs")
    assert recognise(dify).value.names == ("dify",)  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("payload", "vector"),
    [
        ({"id": "1", "content": TEXTS[0], "meta": {}}, ""),
        ({"id": "1", "text": TEXTS[0], "metadata": {}, "created_at": 1}, ""),
        ({"text": TEXTS[0], "metadata": {}, "tenant_id": "t"}, ""),
        ({"id": "1", "content": TEXTS[0], "workspace_id": "w"}, ""),
    ],
)
def test_what_ones_own_application_may_well_write_is_only_probable(
    payload: dict[str, object], vector: str
) -> None:
    found = recognise(shape_of([payload] * 9, [1] * 9, [vector], "docs")).value
    assert found is not None
    assert not found.sure


def test_one_point_in_ten_may_look_otherwise_and_not_two() -> None:
    right, wrong = {"doc_content": sentence(1)}, {"kind": "marker"}
    assert recognise(shape_of([right] * 9 + [wrong], [1] * 10, [""], "docs")).value is not None
    assert recognise(shape_of([right] * 8 + [wrong] * 2, [1] * 10, [""], "docs")).value is None


@pytest.mark.parametrize(
    ("product", "collection", "sisters"),
    [
        ("mem0", "mem0", ("mem0_entities",)),
        ("mem0", "mem0_entities", ("mem0",)),
        ("cheshire_cat", "declarative", ("episodic", "procedural")),
        ("open_webui", "open-webui_files",
         tuple(f"open-webui_{kind}" for kind in ("memories", "knowledge", "web-search",
                                                 "hash-based"))),
        ("lightrag", "lightrag_vdb_chunks_m_128d",
         ("lightrag_vdb_entities_m_128d", "lightrag_vdb_relationships_m_128d")),
        ("lightrag", "my_own", ()),
        ("langchain", "docs", ()),
    ],
)  # fmt: skip
def test_collections_that_share_a_model_are_known_by_name(
    product: str, collection: str, sisters: tuple[str, ...]
) -> None:
    assert BY_NAME[product].sisters(collection) == sisters


def test_some_look_for_a_name_that_their_model_makes(model: ModelRef) -> None:
    new = model.model_copy(update={"name": "maker/Large-v1.5", "dimensions": 1024})
    light, mcp = BY_NAME["lightrag"], BY_NAME["mcp_server_qdrant"]
    old = "lightrag_vdb_entities_old_model_128d"
    assert light.collection_for(old, new) == "lightrag_vdb_entities_maker_large_v1_5_1024d"
    assert light.collection_for("my_own", new) is None
    assert mcp.vector_for(new) == "fast-large-v1.5"
    assert Integration.collection_for(light, old, new) is None


def test_the_page_for_readers_says_what_the_program_knows() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), (
        "in tests/: python -m support.integrations_page"
    )


@pytest.mark.parametrize(
    ("product", "collection", "target", "called"),
    [
        ("mem0", "memories", "memories_e5", {"memories_entities": "memories_e5_entities"}),
        ("mem0", "m_entities", "m_e5_entities", {"m": "m_e5"}),
        ("mem0", "m_entities", "m_entities_e5", {"m": None}),
        (
            "lightrag",
            "lightrag_vdb_chunks_old_8d",
            "lightrag_vdb_chunks_new_12d",
            {
                "lightrag_vdb_entities_old_8d": "lightrag_vdb_entities_new_12d",
                "lightrag_vdb_relationships_old_8d": "lightrag_vdb_relationships_new_12d",
            },
        ),
        ("cheshire_cat", "episodic", "episodic_e5", {"declarative": None, "procedural": None}),
        ("langchain", "docs", "docs_e5", {}),
    ],
)
def test_those_that_share_a_model_are_found_under_the_name_that_follows(
    product: str, collection: str, target: str, called: dict[str, str | None]
) -> None:
    one = BY_NAME[product]
    assert set(one.sisters(collection)) == set(called)
    for sister, expected in called.items():
        assert one.called_with(sister, collection, target) == expected
