from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qdrant_model_migration.quality import Query, query_file, read_queries
from qdrant_model_migration.quality.errors import QueryFileUnusable

UUID = "5c56c793-69f3-4fbf-87e6-c4bf54c28c26"


@pytest.fixture
def file(tmp_path: Path):
    def write(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def test_json_lines_give_queries_answers_and_parts(file):
    path = file(
        "q.jsonl",
        '{"query": "offline install", "answers": [17, "' + UUID.upper() + '"], "part": "English"}\n'
        "\n"
        '{"query": " Kündigung ", "ids": ["18"]}\n'
        '{"query": "one", "id": 0}\n',
    )
    read = read_queries(path)
    assert read.origin == "labelled"
    assert read.source == "q.jsonl"
    assert read.queries == (
        Query(text="offline install", answers=(17, UUID), part="English"),
        Query(text="Kündigung", answers=(18,)),
        Query(text="one", answers=(0,)),
    )
    assert read.parts == ("English",)


def test_csv_gives_queries_answers_and_parts(file):
    path = file("q.csv", f'Query,Answers,Part\n"lease, end of",17|{UUID},English\n\nnotice,18,\n')
    assert read_queries(path).queries == (
        Query(text="lease, end of", answers=(17, UUID), part="English"),
        Query(text="notice", answers=(18,)),
    )


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("q.jsonl", '{"query": "Miete", "answers": [1], "language": "de"}'),
        ("q.csv", "query,answers,language\nMiete,1,de\n"),
    ],
)
def test_a_search_may_say_its_language(file, name, content):
    assert read_queries(file(name, content)).queries == (
        Query(text="Miete", answers=(1,), language="de"),
    )


def test_csv_of_a_spreadsheet_with_semicolons_and_byte_order_mark_is_read(file):
    path = file("q.csv", "query;answers\r\nEnde, Miete;17|18\r\n".encode("utf-8-sig"))
    assert read_queries(path).queries == (Query(text="Ende, Miete", answers=(17, 18)),)


def test_plain_lines_are_unlabelled(file):
    read = read_queries(file("log.txt", "lease\r\n\r\nnotice\r\nlease\r\n"))
    assert read.origin == "unlabelled"
    assert [query.text for query in read.queries] == ["lease", "notice"]


@pytest.mark.parametrize(
    ("name", "content"),
    [("q.jsonl", '{"query": "a"}\n{"query": "b"}'), ("q.csv", "query\na\nb\n")],
)
def test_a_file_in_which_no_line_has_an_answer_is_unlabelled(file, name, content):
    read = read_queries(file(name, content))
    assert (read.origin, len(read.queries)) == ("unlabelled", 2)


def test_a_search_given_on_several_lines_counts_once_with_all_its_answers(file):
    read = read_queries(file("q.csv", "query,id\nlease,1\nlease,2\nlease,1\n"))
    assert read.queries == (Query(text="lease", answers=(1, 2)),)


def test_a_line_without_an_answer_is_named_and_can_be_skipped(file):
    lines = [f'{{"query": "q{i}", "answers": [{i}]}}' for i in range(1, 216)]
    lines[16] = '{"query": "q17", "answers": []}'
    path = file("q.jsonl", "\n".join(lines))
    with pytest.raises(QueryFileUnusable) as caught:
        read_queries(path)
    assert str(caught.value) == (
        "The query file cannot be used: line 17 of q.jsonl has no id of a right answer. "
        "Expected: a search text and one or more ids. "
        "Correct the line, or skip the 1 unusable line of 215."
    )
    assert (caught.value.unusable, caught.value.total, caught.value.exit_code) == (1, 215, 2)
    read = read_queries(path, skip_unusable=True)
    assert len(read.queries) == 214
    assert read.source == "q.jsonl, 1 unusable line skipped"


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("q.jsonl", '{"query": "a", "id": 1}\nnot json', "line 2 of q.jsonl is not a JSON object"),
        ("q.jsonl", "[" * 50_000, "line 1 of q.jsonl is not a JSON object"),
        ("q.jsonl", "[1]", "is not a JSON object"),
        ("q.jsonl", '{"answers": [1]}', "line 1 of q.jsonl has no search text"),
        ("q.jsonl", '{"query": "a", "id": "abc"}', 'the id "abc", which is neither'),
        ("q.jsonl", '{"query": "a", "id": 1.5}', "the id 1.5, which is neither"),
        ("q.jsonl", '{"query": "a", "id": true}', "the id true, which is neither"),
        ("q.jsonl", '{"query": "a", "id": -1}', "the id -1, which is neither"),
        ("q.jsonl", f'{{"query": "a", "id": {2**64}}}', "which is neither"),
        ("q.jsonl", '{"query": "a", "id": 1, "part": 2}', "has a part that is not a text"),
        ("q.jsonl", f'{{"query": "{"a" * 8001}", "id": 1}}', "is longer than 8,000 characters"),
        ("q.jsonl", f'{{"query": "a", "ids": {list(range(1001))}}}', "more than 1,000 right"),
        ("q.jsonl", "\n", "q.jsonl holds no searches"),
        ("q.csv", "text,id\na,1\n", "line 1 of q.csv names no column query"),
        ("q.csv", 'query,id\na,1\n"two\nlines",x\n', 'line 3 of q.csv has the id "x"'),
        ("q.csv", "query,id\n" + "a" * 200_000 + ",1\n", "line 2 of q.csv cannot be read as CSV"),
        ("q.csv", "", "line 1 of q.csv names no column query"),
        ("q.txt", b"\xff\xfe", "q.txt is not text in UTF-8"),
        ("q.txt", "a" * (16 * 2**20 + 1), "q.txt is larger than 16 MB"),
    ],
)
def test_what_cannot_be_used_is_said_with_file_and_line(file, name, content, says):
    with pytest.raises(QueryFileUnusable) as caught:
        read_queries(file(name, content))
    assert says in caught.value.what
    assert caught.value.why
    assert caught.value.todo


def test_more_searches_than_can_be_judged_are_refused(file, monkeypatch):
    monkeypatch.setattr(query_file, "MAX_QUERIES", 2)
    with pytest.raises(QueryFileUnusable, match=r"holds 3 searches\. Expected: at most 2"):
        read_queries(file("q.txt", "a\nb\nc\n"))


def test_a_missing_file_and_a_folder_are_said(tmp_path):
    for path in (tmp_path / "none.jsonl", tmp_path, tmp_path / ("x" * 300)):
        with pytest.raises(QueryFileUnusable, match="there is no file"):
            read_queries(path)


@given(st.sampled_from(["q.jsonl", "q.csv", "q.txt"]), st.binary(max_size=200))
def test_no_file_content_gives_anything_but_queries_or_a_sentence(tmp_path_factory, name, content):
    path = tmp_path_factory.getbasetemp() / name
    path.write_bytes(content)
    try:
        read = read_queries(path, skip_unusable=True)
    except QueryFileUnusable:
        return
    assert read.queries
    assert all(query.text.strip() for query in read.queries)
    assert len({bool(query.answers) for query in read.queries}) == 1
