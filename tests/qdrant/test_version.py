from __future__ import annotations

import pytest

from qdrant_model_migration.qdrant import Version


def test_versions_are_ordered_as_numbers_not_as_text() -> None:
    assert Version.parse("1.9.2") < Version.parse("1.16.0") < Version.parse("1.16.1")


@pytest.mark.parametrize("text", ["1.18.3", "v1.18.3", "1.18.3-dev", " 1.18.3 "])
def test_a_version_is_read_in_every_form_servers_use(text: str) -> None:
    assert str(Version.parse(text)) == "1.18.3"


def test_what_is_no_version_is_refused() -> None:
    with pytest.raises(ValueError, match="not a version"):
        Version.parse("latest")
