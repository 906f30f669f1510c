"""The lines an application changes: what differs goes out and comes in, nothing is invented."""

from __future__ import annotations

import ast
import json
from typing import Any

import pytest

from qdrant_model_migration.engine import change_lines


def rows(**changes: tuple[str, str]) -> list[dict[str, Any]]:
    found = {
        "collection name": ("docs", "docs"),
        "query model": ("all-MiniLM-L6-v2", "bge-base-en-v1.5"),
        "query prefix": ("none", 'Represent "this": '),
        "dimensions": ("384", "768"),
        "using": ("not needed: the vector has no name", "not needed: the vector has no name"),
        **{key.replace("_", " "): value for key, value in changes.items()},
    }
    return [{"what": what, "old": old, "new": new} for what, (old, new) in found.items()]


def side(lines: list[str], sign: str) -> str:
    """The text as it is before (-) or after (+)."""
    return "\n".join(line[2:] for line in lines if line[:1] in (" ", sign))


def test_as_python_both_sides_are_python_and_only_what_differs_is_marked() -> None:
    lines = change_lines.lines(rows(), "Python")
    for sign in "-+":
        code = side(lines, sign).replace("<your embedding call>", "embed")
        ast.parse(code.replace("<your client>", "client"))
    assert '+ prefix = "Represent \\"this\\": "' in lines
    assert "prefix" not in side(lines, "-")
    assert lines[-1] == '  <your client>.query_points(collection_name="docs", query=vector)'


def test_in_words_nothing_is_a_table_of_none() -> None:
    said = change_lines.in_words(
        rows(
            query_model=("a", "a"), query_prefix=("none", "none"), dimensions=("8", "8"),
            query_model_2=("none", "Qdrant/bm25"), query_prefix_2=("none", "none"),
            dimensions_2=("none", "none"), using_2=("none", "words"),
            settings_2=("none", '{"language": "english", "stopwords": []}'), fusion=("none", "rrf"),
        )
    )  # fmt: skip
    assert said == [
        ("second search", "comes in: by Qdrant/bm25, in vector words (using), told language "
         "english, stopwords none"),
        ("fusion", "comes in: rrf, which merges what all of them find"),
        ("stays", "collection name docs, query model a, dimensions 8"),
    ]  # fmt: skip


def test_in_words_the_way_back_takes_out_what_came_in() -> None:
    back = rows(query_model=("a", "a"), query_prefix=("p ", "none"), dimensions=("8", "8"),
                query_model_2=("words", "none"), using_2=("words", "none"))  # fmt: skip
    assert change_lines.in_words(back)[:2] == [
        ("query prefix", "goes out: p "),
        ("second search", "goes out: by words, in vector words (using)"),
    ]


def test_a_named_vector_changes_using_and_says_that_an_alias_cannot() -> None:
    changed = rows(using=("not needed: the vector has no name", "bge_base_768"))
    assert 'using="bge_base_768")' in change_lines.lines(changed, "Python")[-1]
    assert '+     "using": "bge_base_768",' in change_lines.lines(changed, "curl")
    assert "cannot choose a vector" in dict(change_lines.meaning(changed))["using"]


def test_projected_vectors_are_searched_through_the_projection_by_the_same_model() -> None:
    same = ("all-MiniLM-L6-v2", "all-MiniLM-L6-v2")
    changed = rows(query_model=same, dimensions=("384", "96"), map=("none", "/runs/p.npz"))
    lines = change_lines.lines(changed, "Python")
    assert '+ learned = numpy.load("/runs/p.npz")' in lines
    said = dict(change_lines.meaning(changed))
    assert said["Model"] == "stays."
    assert "cannot be searched without it" in said["Projection"]
    assert "everything that is stored" not in said["Name"]


@pytest.mark.parametrize("form", change_lines.FORMS)
def test_an_unknown_old_model_is_not_invented(form: str) -> None:
    changed = rows(query_model=("not known", "new"), dimensions=("not known", "8"))
    lines = change_lines.lines(changed, form)
    before = side(lines, "-")
    assert "not known" not in before if form != "list" else "not known" in before
    assert "<your present model>" in before or form == "list"


def test_as_curl_the_new_side_is_json_once_the_placeholders_are_filled() -> None:
    after = side(change_lines.lines(rows(using=("a", "b")), "curl"), "+")
    body = after.split("-d '", 1)[1].rsplit("'", 1)[0]
    start = body.index("<768 dimensions")
    body = body[:start] + "[0.5]" + body[body.index(">,", start) + 1 :]
    assert json.loads(body.replace("<your limit>", "10")) == {
        "query": [0.5], "using": "b", "limit": 10,
    }  # fmt: skip


def test_nothing_to_change_gives_no_lines() -> None:
    same = [row | {"new": row["old"]} for row in rows()]
    assert [change_lines.lines(same, form) for form in change_lines.FORMS] == [[], [], []]


def test_the_file_holds_every_form_and_what_it_means() -> None:
    text = change_lines.whole(rows())
    for words in ("As Python", "As curl", "As a list", "Name: docs stays", "New texts:"):
        assert words in text


def hybrid() -> list[dict[str, Any]]:
    more = {
        "query model 2": ("none", "bm25"), "query prefix 2": ("none", "none"),
        "dimensions 2": ("none", "none"), "using 2": ("none", "words"),
        "settings 2": ("none", '{"disable_stemmer": true, "avg_len": 41.5}'),
        "fusion": ("none", "rrf"),
    }  # fmt: skip
    same = ("all-MiniLM-L6-v2", "all-MiniLM-L6-v2")
    first = rows(query_model=same, query_prefix=("none", "none"), dimensions=("384", "384"))
    return first + [{"what": what, "old": old, "new": new} for what, (old, new) in more.items()]


def test_a_second_vector_comes_in_beside_the_first_and_both_are_fused() -> None:
    lines = change_lines.lines(hybrid(), "Python")
    assert lines[:2] == [
        '  model = "all-MiniLM-L6-v2"',
        "  vector = <your embedding call>(model, question)",
    ]
    assert '+ model_2 = "bm25"' in lines
    assert "+ settings_2 = {'disable_stemmer': True, 'avg_len': 41.5}" in lines
    assert "+ vector_2 = <your embedding call>(model_2, question, **settings_2)" in lines
    assert '- <your client>.query_points(collection_name="docs", query=vector)' in lines
    assert 'models.Prefetch(query=vector_2, using="words")], query=models.FusionQuery' in lines[-1]
    for sign in "-+":
        code = side(lines, sign).replace("<your embedding call>", "embed")
        ast.parse(code.replace("<your client>", "client"))
    back = [row | {"old": row["new"], "new": row["old"]} for row in hybrid()]
    assert '- model_2 = "bm25"' in change_lines.lines(back, "Python")


def test_what_writes_documents_and_todays_search_are_told_of_a_second_vector() -> None:
    said = dict(change_lines.meaning(hybrid()))
    assert said["New texts"] == (
        'whatever adds documents must write "words" as well, by the same model.'
    )
    assert said["Today's search"] == "goes on working unchanged; it finds by meaning alone."
    assert "the same for searches and for documents" in said["Settings"]
    plain = dict(change_lines.meaning(rows()))
    assert "Settings" not in plain
    assert plain["New texts"] == "whatever adds documents must use the same model."


def test_as_curl_a_fused_search_is_json_once_the_placeholders_are_filled() -> None:
    after = side(change_lines.lines(hybrid(), "curl"), "+")
    body = after.split("-d '", 1)[1].rsplit("'", 1)[0]
    for placeholder in (
        "<384 dimensions made by all-MiniLM-L6-v2>",
        '<the vector made by bm25, told {"disable_stemmer": true, "avg_len": 41.5}>',
    ):
        body = body.replace(placeholder, "[0.5]")
    assert json.loads(body.replace("<your limit>", "10")) == {
        "prefetch": [
            {"query": [0.5], "limit": 10},
            {"query": [0.5], "using": "words", "limit": 10},
        ],
        "query": {"fusion": "rrf"},
        "limit": 10,
    }


def test_a_query_that_the_server_embeds_is_a_text_with_the_models_name() -> None:
    made = rows(
        query_vector_by=("your application", "the Qdrant server"),
        query_prefix=("none", "none"),
        settings=("none", '{"language": "german", "fast": true}'),
    )
    python = change_lines.lines(made, "Python")
    assert "- vector = <your embedding call>(model, question)" in python
    assert "+ settings = {'language': 'german', 'fast': True}" in python
    assert "+ vector = models.Document(text=question, model=model, options=settings)" in python
    ast.parse(side(python, "+").replace("<your client>", "client"))
    after = side(change_lines.lines(made, "curl"), "+")
    body = after.split("-d '", 1)[1].rsplit("'", 1)[0].replace("<the question>", '"words"')
    assert json.loads(body.replace("<your limit>", "10"))["query"] == {
        "text": "words",
        "model": "bge-base-en-v1.5",
        "options": {"language": "german", "fast": True},
    }
    assert "cloud_inference=True" in dict(change_lines.meaning(made))["Server"]
    assert "Server" not in dict(change_lines.meaning(rows()))


def test_settings_by_language_are_chosen_by_that_of_the_question() -> None:
    told = '{"de": {"language": "german"}, "en": {"language": "english"}}'
    more = {"language 2": "as field lang of the payload says", "by language 2": told}
    made = hybrid() + [{"what": what, "old": "none", "new": new} for what, new in more.items()]
    (settings,) = (
        line for line in change_lines.lines(made, "Python") if line.startswith("+ settings_2")
    )
    code = settings[2:].replace("<code of the language of the question>", '"de"')
    known: dict[str, Any] = {}
    exec(code, known)
    assert known["settings_2"] == {"language": "german"}
    exec(code.replace('"de"', '"fr"'), known)
    assert known["settings_2"] == {"disable_stemmer": True, "avg_len": 41.5}
    body = side(change_lines.lines(made, "curl"), "+").split("-d '", 1)[1].rsplit("'", 1)[0]
    assert "'" not in body, "a shell would end it there"
    assert told in body
    said = dict(change_lines.meaning(made))["Language"]
    assert said.startswith("of a document: as field lang of the payload says; of a question:")
    assert "de and en" in said


def test_a_search_that_orders_what_another_finds_is_printed_whole() -> None:
    before = {"query model": "minilm", "query prefix": "none", "dimensions": "384", "using": "none"}
    after = {"query model 2": "colbert", "query prefix 2": "none", "dimensions 2": "128"}
    rows = [
        {"what": "collection name", "old": "docs", "new": "docs"},
        *({"what": what, "old": said, "new": said} for what, said in before.items()),
        *({"what": what, "old": "none", "new": said} for what, said in after.items()),
        {"what": "using 2", "old": "none", "new": "late"},
        {"what": "re-ranked", "old": "none", "new": "the first 100"},
    ]
    body = side(change_lines.lines(rows, "curl"), "+").split("-d '", 1)[1].rsplit("'", 1)[0]
    for placeholder in ("<384 dimensions made by minilm>", "<128 dimensions made by colbert>"):
        body = body.replace(placeholder, "[0.5]")
    assert json.loads(body.replace("<your limit>", "10")) == {
        "prefetch": [{"query": [0.5], "limit": 100}],
        "query": [0.5],
        "using": "late",
        "limit": 10,
    }
    python = change_lines.lines(rows, "Python")[-1]
    assert "prefetch=[models.Prefetch(query=vector, limit=100)]" in python
    assert 'query=vector_2, using="late"' in python


BESIDE = rows(
    query_model=("a", "a"), query_prefix=("none", "none"), dimensions=("8", "8"),
    query_model_2=("none", "late"), query_prefix_2=("none", "q: "), dimensions_2=("none", "16"),
    using_2=("none", "tokens"), **{"re-ranked": ("none", "the first 100")},
    **{"re-ranked in": ("none", "docs_late")},
)  # fmt: skip


def test_a_second_collection_is_asked_second_and_written_too() -> None:
    lines = change_lines.lines(BESIDE, "Python")
    assert not [line for line in lines if line.startswith("-") and "query_points" not in line]
    for sign in "-+":
        code = side(lines, sign)
        for hole in ("<your embedding call>", "<your client>", "<your limit>", "<id>",
                     "<the vectors of its tokens>"):  # fmt: skip
            code = code.replace(hole, "known")
        ast.parse(code)
    new = side(lines, "+")
    assert (
        'found = <your client>.query_points(collection_name="docs", query=vector, limit=100)' in new
    )
    assert 'query_points(collection_name="docs_late", query=vector_2, using="tokens"' in new
    assert 'upsert(collection_name="docs_late"' in new
    assert 'delete(collection_name="docs_late"' in new
    curl = side(change_lines.lines(BESIDE, "curl"), "+")
    assert "/collections/docs_late/points/query'" in curl
    assert '"filter": {"must": [{"has_id": <the ids that were found>}]}' in curl
    assert "/collections/docs_late/points/delete'" in curl
    assert "docs_late" not in side(change_lines.lines(BESIDE, "curl"), "-")
    told = dict(change_lines.meaning(BESIDE))
    assert "filtered already" in told["Filters"]
    assert "writes docs, then docs_late under the same id" in told["New texts"]
    assert "deletes it in docs_late, too" in told["Deleted"]


def test_on_the_way_back_the_second_collection_is_neither_asked_nor_written() -> None:
    back = [{**row, "old": row["new"], "new": row["old"]} for row in BESIDE]
    lines = change_lines.lines(back, "Python")
    assert "docs_late" not in side(lines, "+")
    assert "- results = " in "\n".join(lines)
    told = dict(change_lines.meaning(back))
    assert told["Name"] == "docs stays, and is searched alone."
    assert told["New texts"] == "docs_late need not be written any more."


def test_a_known_product_has_lines_of_its_own_under_the_names_that_its_settings_have() -> None:
    facts = {"application_changes": rows(), "written_by": ["mem0"]}
    assert change_lines.forms(facts) == ("mem0", "Python", "curl", "list")
    assert change_lines.lines(rows(collection_name=("docs", "docs_new")), "mem0") == [
        "  vector_store.config.collection_name",
        "- docs",
        "+ docs_new",
        "  embedder.config.model",
        "- all-MiniLM-L6-v2",
        "+ bge-base-en-v1.5",
        "  query prefix: there is no setting of one name for it",
        "- none",
        '+ Represent "this": ',
        "  vector_store.config.embedding_model_dims",
        "- 384",
        "+ 768",
    ]
    whole = change_lines.whole(rows(), change_lines.forms(facts))
    assert whole.index("In mem0\n") < whole.index("As Python\n") < whole.index("As a list\n")
    assert change_lines.forms({}) == change_lines.FORMS
