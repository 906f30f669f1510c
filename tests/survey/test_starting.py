"""Each product's own way of asking for its collection is tried, by that request and no other."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from qdrant_model_migration.qdrant import Address, Qdrant, open_qdrant
from qdrant_model_migration.survey.integrations import integrations
from qdrant_model_migration.survey.starting import starts
from support.fake_qdrant import FakeQdrant
from support.fake_qdrant.front import Front

TITLES = {one.name: one.title for one in integrations()}
LISTS = {"cheshire_cat", "dify", "flowise", "langchain_js", "mem0", "n8n", "spring_ai"}


@pytest.fixture
def behind(fake_qdrant: FakeQdrant) -> Iterator[Qdrant]:
    """A collection that answers under an alias."""
    with open_qdrant(Address(url=fake_qdrant.url, folder=None)) as qdrant:
        qdrant.create_collection("docs", {"vectors": {"size": 2, "distance": "Cosine"}})
        qdrant.switch_alias("docs_live", "docs")
        yield qdrant


@pytest.mark.parametrize("product", TITLES)
def test_an_alias_is_found_by_all_but_those_that_look_through_the_list(
    behind: Qdrant, product: str
) -> None:
    own = starts(behind, "docs", [product])
    assert own.lost == (), "its own name is found in any way"
    said, lost = starts(behind, "docs_live", [product])
    assert said[0].startswith(f"Tried now: {TITLES[product]} ")
    assert [one.name for one in lost] == ([product] if product in LISTS else [])
    assert ("it would fail there" in " ".join(said)) is (product in LISTS)
    assert behind.collections() == ("docs",), "nothing was made to see"


def test_products_that_ask_alike_are_tried_once_and_named_together(behind: Qdrant) -> None:
    said, lost = starts(behind, "docs_live", ["n8n", "haystack", "langchain_js", "langchain"])
    assert said[:2] == (
        "Tried now: Haystack or LangChain (Python) asks whether there is a docs_live, and finds "
        "it.",
        "Tried now: LangChain JS or n8n looks for docs_live in the list of collections, and does "
        "not find it.",
    )
    assert len(said) == 4, "how they look, and what follows, are said once"
    assert [one.title for one in lost] == ["LangChain JS", "n8n"]


def test_no_other_request_helps_out_where_one_is_not_let_through(
    behind: Qdrant, fake_qdrant: FakeQdrant
) -> None:
    fake_qdrant.front = Front(forbids="GET /collections(/.*/exists)?$")
    said, lost = starts(behind, "docs_live", ["n8n", "langchain", "roo_code"])
    assert lost == (), "what nobody answered is not foretold"
    assert [one.endswith("The key of this run gets no answer to that.") for one in said] == [
        True,
        True,
        False,
    ]
    assert behind.exists("docs_live"), "which for itself the program finds in another way"


def test_a_name_that_is_gone_is_found_in_no_way(behind: Qdrant) -> None:
    assert len(starts(behind, "gone", list(TITLES)).lost) == len(TITLES)
