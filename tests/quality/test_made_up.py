from __future__ import annotations

from qdrant_model_migration.quality import Document, Query, made_up, with_exact_words

BODY = "The tenant may end the lease with three months of notice, counted from the next month."


def test_each_title_must_find_its_own_text():
    made = made_up([Document(1, "Ending a lease", BODY), Document(2, "Rent increase", BODY)])
    assert made.origin == "made up"
    assert set(made.queries) == {
        Query(text="Ending a lease", answers=(1,)),
        Query(text="Rent increase", answers=(2,)),
    }


def test_without_a_title_the_first_sentence_must_find_its_text():
    made = made_up(
        [
            Document(1, None, f"Ending a lease. {BODY}"),
            Document(2, "", f"二〇二四年の契約終了。{BODY}"),
        ]
    )
    assert {query.text for query in made.queries} == {"Ending a lease.", "二〇二四年の契約終了。"}


def test_pieces_of_one_document_all_answer_to_its_title():
    made = made_up([Document(1, "Ending a lease", BODY), Document(2, "Ending a lease", BODY)])
    assert made.queries == (Query(text="Ending a lease", answers=(1, 2)),)


def test_a_title_of_too_many_documents_is_none():
    assert made_up([Document(i, "Ending a lease", BODY) for i in range(11)]).queries == ()
    many = [Document(i, "Ending a lease", f"Matter {i} is open. {BODY}") for i in range(11)]
    assert {q.text for q in made_up(many).queries} == {f"Matter {i} is open." for i in range(11)}


def test_a_text_that_is_nothing_but_its_title_asks_nothing():
    made = made_up(
        [Document(1, "Ending a lease", "Ending a lease, in short"), Document(2, "a", BODY)]
    )
    assert made.queries == ()


def test_titles_that_their_text_repeats_come_last():
    repeated = [Document(i, f"Lease number {i}", f"Lease number {i}. {BODY}") for i in range(50)]
    others = [Document(100 + i, f"Rent number {i}", BODY) for i in range(10)]
    made = made_up(repeated + others, n=20)
    assert len(made.queries) == 20
    assert {query.answers[0] for query in made.queries[:10]} == set(range(100, 110))


def test_the_same_seed_gives_the_same_queries_and_another_one_others():
    documents = [Document(i, f"Rent number {i}", BODY) for i in range(100)]
    assert made_up(documents, 10, seed=1) == made_up(documents, 10, seed=1)
    assert made_up(documents, 10, seed=1) != made_up(documents, 10, seed=2)


def test_a_long_first_sentence_is_cut_between_words():
    (query,) = made_up([Document(1, None, "word " * 200)]).queries
    assert len(query.text) <= 300
    assert query.text.endswith("word")


def test_half_of_the_searches_are_words_that_few_documents_have():
    documents = [
        Document(i, f"About matter {i}", f"{BODY} Form XR_{2000 + i} applies.") for i in range(40)
    ]
    made = with_exact_words(documents, lambda text: "English", n=20)
    exact = [query for query in made.queries if query.part == "exact words"]
    meant = [query for query in made.queries if query.part == "meaning"]
    assert (len(exact), len(meant)) == (10, 10)
    assert all(query.text == f"xr_{2000 + query.answers[0]}" for query in exact)
    assert made.source == "10 titles or first sentences and 10 rare words of your documents"
    assert made == with_exact_words(documents, lambda text: "English", n=20)


def test_a_rare_word_is_answered_by_every_document_that_has_it_and_a_common_one_asks_nothing():
    documents = [Document(i, None, f"{BODY} {'clause' if i < 3 else ''}") for i in range(12)]
    exact = [
        q for q in with_exact_words(documents, lambda text: None).queries if q.part != "meaning"
    ]
    assert exact == [Query(text="clause", answers=(0, 1, 2), part="exact words")]


def test_documents_in_several_languages_are_parts_of_their_own():
    spoken = {"a": "English", "b": "German"}
    documents = [Document(i, None, f"{BODY} {'ab'[i % 2]}word{i}") for i in range(40)]
    made = with_exact_words(documents, lambda text: spoken[text[len(BODY) + 1]])
    assert {query.part for query in made.queries if query.part.startswith("exact")} == {
        "exact words, English", "exact words, German",
    }  # fmt: skip
