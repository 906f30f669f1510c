"""What an application changes is the difference of two sides, whatever they are."""

from __future__ import annotations

from qdrant_model_migration.embedders import ModelRef, server_model
from qdrant_model_migration.quality import Leg, Side
from qdrant_model_migration.quality.difference import (
    asks_alike,
    of_queries,
    put_back,
    queries_in_words,
    rows,
)

OLD = ModelRef(
    kind="practice", name="a/old", dimensions=8, matryoshka=(4, 2), query_prefix="find: "
)
NEW = ModelRef(kind="practice", name="a/new", dimensions=12)
WORDS = ModelRef(kind="practice", name="a/words", dimensions=0, vector="sparse")
NAMES = ("docs", "docs")


def side(*legs: Leg, **more: str) -> Side:
    return Side.model_validate({"collection": "docs_old", "legs": legs, **more})


def told(before: Side, after: Side) -> dict[str, tuple[str, str]]:
    return {row["what"]: (row["old"], row["new"]) for row in rows(before, after, NAMES)}


def test_one_vector_and_another_give_a_row_for_all_that_an_application_says():
    found = told(side(Leg(model=OLD)), side(Leg(using="body", model=NEW)))
    assert list(found.items()) == [
        ("collection name", ("docs", "docs")),
        ("query model", ("a/old", "a/new")),
        ("query prefix", ("find: ", "none")),
        ("dimensions", ("8", "12")),
        ("using", ("not needed: the vector has no name", "body")),
    ]


def test_what_nobody_knows_is_not_known_but_a_size_is_as_the_collection_has_it():
    found = told(side(Leg(size=384)), side(Leg(model=NEW)))
    assert found["query model"] == ("not known", "a/new")
    assert found["dimensions"] == ("384", "12")
    assert told(side(Leg()), side(Leg(model=NEW)))["dimensions"] == ("not known", "12")


def test_a_second_vector_and_a_fusion_are_rows_of_their_own():
    both = side(Leg(model=OLD), Leg(using="words", model=WORDS), fusion="rrf")
    found = told(side(Leg(model=OLD)), both)
    assert found["query model"] == ("a/old", "a/old")
    assert found["query model 2"] == ("none", "a/words")
    assert found["using 2"] == ("none", "words")
    assert found["dimensions 2"] == ("none", "none")
    assert found["fusion"] == ("none", "rrf")


def test_queries_are_cut_only_where_the_new_model_is_the_old_one_cut():
    cut, cuts = side(Leg(model=OLD.cut_to(4))), "cuts its query vectors"
    assert queries_in_words(side(Leg(model=OLD)), cut) == cuts
    assert queries_in_words(cut, side(Leg(model=OLD.cut_to(4).cut_to(2)))) == cuts
    for unlike in (side(Leg(model=NEW)), side(Leg())):
        assert queries_in_words(unlike, cut) == "changes its query model"


def test_where_only_another_vector_is_searched_no_model_is_said_to_change():
    old, fusion = Leg(model=OLD), {"fusion": "rrf"}
    for after in (side(Leg(using="new", model=OLD)), side(old, Leg(model=WORDS), **fusion)):
        assert queries_in_words(side(old), after) == "changes its queries"
    assert queries_in_words(side(Leg()), side(Leg(using="new"))) == "changes its query model"


def test_on_the_way_back_is_told_what_had_changed_and_nothing_else():
    def back(before: Side, after: Side, when: str = "") -> str:
        return put_back(rows(before, after, NAMES), when)

    old, words = Leg(model=OLD), Leg(using="words", model=WORDS)
    cut = side(Leg(model=OLD.cut_to(4)))
    assert back(cut, side(Leg(model=NEW)), "now") == (
        "Put the old query model back now: a/old, first 4 of 8 values, at length one"
    )
    assert back(side(Leg(size=8)), side(Leg(model=NEW))) == "Put the old query model back"
    both = side(old, words, fusion="rrf")
    assert back(side(old), both, "now") == "Search by the present model alone now: a/old"
    assert back(side(old), side(Leg(using="b", model=OLD))) == "Put the old queries back: using"


def test_the_name_of_the_collection_is_no_other_way_to_search():
    for leg in (Leg(model=OLD), Leg(using="a", size=8)):  # by a model that nobody knows, too
        moved = rows(side(leg), side(leg), ("docs_old", "docs_new"))
        assert asks_alike(side(leg), side(leg))
        assert of_queries(moved) == []
        assert put_back(moved) == ""


def test_another_distance_is_a_row_and_no_other_query():
    one = side(Leg(model=OLD), Leg(using="words", model=WORDS), fusion="rrf")
    found = rows(one, one, NAMES, (("Cosine", None), ("Dot", None)))
    assert [row for row in found if row["old"] != row["new"]] == [
        {"what": "distance", "old": "Cosine", "new": "Dot"}
    ]
    assert of_queries(found) == []
    alike = rows(one, one, NAMES, (("Dot", None), ("Dot", None)))
    assert not any(row["what"].startswith("distance") for row in alike)


def test_who_makes_the_vector_is_a_row_only_where_the_server_does():
    served = server_model("a/new", 12, options=(("language", "german"),))
    found = told(side(Leg(model=OLD)), side(Leg(model=served)))
    assert found["query vector by"] == ("your application", "the Qdrant server")
    assert found["settings"] == ("none", '{"language": "german"}')
    back = told(side(Leg(model=served)), side(Leg(model=OLD)))
    assert back["query vector by"] == ("the Qdrant server", "your application")
    assert "query vector by" not in told(side(Leg(model=OLD)), side(Leg(model=NEW)))


def test_queries_that_go_through_a_projection_are_said_to_and_are_other_searches():
    before = side(Leg(model=OLD, size=8))
    after = side(Leg(model=OLD, size=4, map="/run/projection.npz"))
    found = told(before, after)
    assert found["query model"] == ("a/old", "a/old")
    assert found["dimensions"] == ("8", "4")
    assert found["map"] == ("none", "/run/projection.npz")
    assert queries_in_words(before, after) == "puts its query vectors through the projection"
    assert not asks_alike(before, after)
    assert after.label == "old projected to 4"
