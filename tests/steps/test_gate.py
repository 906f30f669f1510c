"""Gates: what opens them, typed or by flags."""

from __future__ import annotations

from qdrant_model_migration.steps.gate import Ask, Gate
from qdrant_model_migration.steps.ways import ways

GATE = Gate(
    name="cutover",
    title="",
    says=(),
    button="",
    asks=(
        Ask(key="model", kind="tick", label="", flag="--cutover"),
        Ask(key="words", kind="typed", label="", expect="without proof", flag="--without-proof"),
        Ask(key="alias", kind="typed", label="", expect="docs", flag="--cutover", named=True),
        Ask(key="choice", kind="choice", label="", choices=(("keep", "K"), ("undo", "U"))),
    ),
)


def test_the_flags_are_told_as_they_are_typed_a_command_for_each_choice() -> None:
    assert [way.command for way in ways(GATE, "docs-1124")] == [
        "qmm resume docs-1124 --without-proof --cutover docs --keep",
        "qmm resume docs-1124 --without-proof --cutover docs --undo",
    ]


def test_flags_give_what_a_person_would_type() -> None:
    flags = {"--cutover": "docs", "--without-proof": "", "--undo": ""}
    answers = GATE.given_by(flags)
    assert answers == {
        "model": "yes",
        "words": "without proof",
        "alias": "docs",
        "choice": "undo",
    }
    assert GATE.missing(answers) == ()


def test_a_wrong_name_leaves_the_gate_shut() -> None:
    answers = GATE.given_by({"--cutover": "doc", "--without-proof": "", "--keep": ""})
    assert [ask.key for ask in GATE.missing(answers)] == ["alias"]


def test_without_flags_everything_is_missing() -> None:
    assert len(GATE.missing(GATE.given_by({}))) == 4


def test_a_number_has_to_be_whole_and_not_too_small() -> None:
    more = Ask(key="limit", kind="number", label="", expect="150", flag="--more", named=True,
               least=101)  # fmt: skip
    gate = GATE.model_copy(update={"asks": (more,), "name": "token_limit"})
    assert [way.command for way in ways(gate, "docs")] == ["qmm resume docs --more 150"]
    for typed, fits in (
        ("101", True),
        ("100", False),
        ("1e9", False),
        ("", False),
        ("-200", False),
    ):
        assert (gate.missing(gate.given_by({"--more": typed})) == ()) is fits
