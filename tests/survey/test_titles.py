from __future__ import annotations

from qdrant_model_migration.survey.titles import called_like_one, title_fields


def langchain(n: int, **metadata: object) -> dict[str, object]:
    text = "A long text\nof two lines."
    return {"page_content": text, "metadata": {"page": n, "source": "a.md", **metadata}}


def test_a_title_is_found_within_objects_and_comes_first() -> None:
    found = title_fields([langchain(n, title=f"Lease {n}") for n in range(4)])
    assert found == ("metadata.title", "metadata.source")
    assert [called_like_one(path) for path in found] == [True, False]


def test_what_few_points_have_and_what_is_no_line_is_no_title() -> None:
    payloads = [langchain(n) for n in range(3)] + [langchain(3, title="Lease", tags=["a"])]
    assert title_fields([*payloads, {"name": '{"a": 1}'}]) == ("metadata.source",)


def test_the_least_deep_of_two_titles_comes_first() -> None:
    payload = {"meta": {"title": "a lease"}, "title": "a rent", "heading": "a house"}
    assert title_fields([payload]) == ("title", "meta.title", "heading")
