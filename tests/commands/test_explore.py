"""`qmm explore` without a screen: printed or saved at once; what is wrong is explained."""

from __future__ import annotations

from pathlib import Path

import pytest

from qdrant_model_migration import cli


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("QMM_RUN_DIR", str(tmp_path / "runs"))


def qmm(*arguments: str) -> int:
    return cli.run(["explore", *arguments])


def test_it_is_printed_with_what_it_leads_to(capsys: pytest.CaptureFixture[str]) -> None:
    facts = ("--fact", "points=200000000", "--fact", "speed=60")
    assert qmm(*facts, "--set", "accuracy=approximate", "--print") == 0
    printed = capsys.readouterr().out
    assert "Points, 200,000,000" in printed
    assert "It leads to: Linear map." in printed
    assert "Or: Blue-green: about 39 days (35 days to 45 days)" in " ".join(printed.split())


def test_it_is_saved_as_a_page(capsys: pytest.CaptureFixture[str]) -> None:
    assert qmm("--old-model", "all-MiniLM-L6-v2", "--model", "1536", "-o", "out.md") == 0
    text = Path("out.md").read_text("utf-8")
    assert "| The old model | all-MiniLM-L6-v2, 384 dimensions |" in text
    assert "| The new model | made-up-1536, 1,536 dimensions |" in text
    assert capsys.readouterr().out.strip().endswith("out.md.")
    assert qmm("-o", "out.md") == 2
    assert "not written over" in capsys.readouterr().err


def test_answers_of_a_file_are_used(capsys: pytest.CaptureFixture[str]) -> None:
    Path("a.yaml").write_text("qmm_answers: 1\nanswers:\n  change: second\n", "utf-8")
    assert qmm("--answers", "a.yaml", "--print") == 0
    assert "It leads to: Side by side." in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--fact", "points"), "--fact points has no =."),
        (("--fact", "pionts=3"), "There is no fact pionts. Did you mean points?"),
        (("--fact", "points=2,000"), "It has a comma where a point belongs."),
        (("--fact", "server=0.9"), "Write one of: 1.16; 1.17; 1.18 or newer."),
        (("--model", "no-such-model"), "no-such-model"),
        (("--set", "both=perhaps"), "perhaps is not an answer to both."),
        (("--set", "colour=red"), "There is no question colour."),
        (("--answers", "nowhere.yaml"), "nowhere.yaml"),
    ],
)
def test_what_is_wrong_is_said_and_ends_with_2(
    arguments: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert qmm(*arguments, "--print") == 2
    assert said in capsys.readouterr().err
