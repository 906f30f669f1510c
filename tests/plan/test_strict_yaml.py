"""YAML that means what it says: nothing changes in silence, and every refusal has its line."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qdrant_model_migration.plan.errors import PlanError
from qdrant_model_migration.plan.strict_yaml import dump, parse, read, write

json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner) | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner)
    ),
    max_leaves=12,
)


@given(st.dictionaries(st.text("abc:# -'\"\n", min_size=1), json_values))
def test_whatever_is_written_reads_back_the_same(data: dict[str, Any]) -> None:
    back = parse(dump(data), "x.yaml").data
    assert back == data
    assert _kinds(back) == _kinds(data)


def _kinds(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _kinds(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_kinds(item) for item in value]
    return type(value)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("no", "no"),
        ("on", "on"),
        ("Yes", "Yes"),
        ("2026-11-24", "2026-11-24"),
        ("12:30", "12:30"),
        ("1_000", "1_000"),
        ("0x1F", "0x1F"),
        ("010", "010"),
        ("+5", "+5"),
        (".inf", ".inf"),
        ("nan", "nan"),
        ("True", "True"),
        ("NULL", "NULL"),
        ("true", True),
        ("null", None),
        ("~", None),
        ("", None),
        ("-12", -12),
        ("1.5", 1.5),
        ("1e3", 1000.0),
        ("'12'", "12"),
    ],
)
def test_only_what_json_would_call_so_is_a_number_a_truth_value_or_null(
    written: str, meant: object
) -> None:
    found = parse(f"a: {written}\n", "x.yaml").data["a"]
    assert (found, type(found)) == (meant, type(meant))


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("a: 1\nb: 2\na: 3\n", 3, "a stands there twice, first in line 1"),
        ("a: &x [1]\nb: *x\n", 2, "refers to another one"),
        ("a: 1\n<<: *x\n", 2, "refers to another one"),
        ("a:\n  - 1\n - 2\n", 3, "cannot be read"),
        ("a: [1, 2\nb: 3\n", 2, "cannot be read"),
        ("a: 'open\nb: 3\n", 3, "A quotation mark is never closed"),
        ("a: 1\n\tb: 2\n", 2, "must be spaces"),
        ("a: b: c\n", 1, "A colon stands where none is expected"),
        ("a: 1\n---\nb: 2\n", 2, "more than one document"),
        ("a: !!python/object:os.system x\n", 1, "a tag (!) has no place here"),
        ("a: !!int x\n", 1, "has no place here"),
        ("a: 1\n? [1, 2]\n: 3\n", 2, "a key must be a word"),
        ("a: 1\nb: \x07\n", 2, "a character that a text file does not have"),
    ],
)
def test_what_is_refused_is_refused_with_its_line(text: str, line: int, said: str) -> None:
    with pytest.raises(PlanError) as caught:
        parse(text, "x.yaml")
    assert caught.value.what.startswith(f"x.yaml, line {line}: ")
    assert said in str(caught.value)
    assert caught.value.todo


def test_a_place_has_the_line_of_its_key_and_a_lost_one_that_of_what_is_around_it() -> None:
    text = parse("a:\n  b:\n    - 1\n    - c: 2\n", "x.yaml")
    assert text.line(("a", "b")) == 2
    assert text.line(("a", "b", 1, "c")) == 4
    assert text.line(("a", "b", 1, "zz")) == 4
    assert text.line(("zz",)) == 1


def test_a_file_that_is_missing_is_a_folder_or_is_not_text_is_an_error_in_words(
    tmp_path: Path,
) -> None:
    with pytest.raises(PlanError, match="was not found"):
        read(tmp_path / "no.yaml")
    with pytest.raises(PlanError, match="cannot be read"):
        read(tmp_path)
    (tmp_path / "latin.yaml").write_bytes("a: 1\nb: \u00e4\n".encode("latin-1"))
    with pytest.raises(PlanError, match=r"latin\.yaml, line 2: a character cannot be read"):
        read(tmp_path / "latin.yaml")


def test_a_byte_order_mark_of_an_editor_does_no_harm(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_bytes(b"\xef\xbb\xbfa: 1\n")
    assert read(tmp_path / "a.yaml").data == {"a": 1}


def test_numbers_that_are_not_finite_are_never_written(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="finite"):
        write(tmp_path / "a.yaml", {"a": float("inf")}, "")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("text", ["0E0", "1e5", "-1.5E-3", "007", "1_000", "no", "~", "2026-01-01"])
def test_a_text_that_looks_like_something_else_comes_back_as_text(
    tmp_path: Path, text: str
) -> None:
    path = tmp_path / "x.yaml"
    write(path, {"a": text}, "")
    assert read(path).data == {"a": text}


# --- More than a person would write -----------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["a: " + "[" * 60, "a: " + "[" * 5_000 + "]" * 5_000, "a: " + "{b: " * 3_000]
)
def test_values_that_lie_very_deep_are_refused_with_their_line(text: str) -> None:
    with pytest.raises(PlanError, match=r"x.yaml, line 1: .* deep in each other"):
        parse(text, "x.yaml")


def test_more_values_than_any_plan_has_are_refused_before_all_are_read() -> None:
    never_closed = "a: [" + "1," * 60_000
    with pytest.raises(PlanError, match="holds more than 50,000 values"):
        parse(never_closed, "x.yaml")


def test_a_large_file_is_refused_without_being_read_whole(tmp_path: Path) -> None:
    path = tmp_path / "plan.yaml"
    with path.open("wb") as file:
        file.truncate(2**40)  # it takes no room: its bytes were never written
    with pytest.raises(PlanError, match="larger than 1 MB"):
        read(path)


def test_what_could_go_on_for_ever_is_not_read(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.yaml"
    os.mkfifo(pipe)
    for path, what in ((Path("/dev/zero"), "a device"), (pipe, "a pipe"), (tmp_path, "a folder")):
        with pytest.raises(PlanError, match=f"cannot be read. It is .*{what}"):
            read(path)
