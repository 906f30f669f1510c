"""Where a quantization has to be set to be in force, whatever stands where."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qdrant_model_migration.qdrant import Address, Qdrant, open_qdrant
from qdrant_model_migration.qdrant.quantization import (
    Quantizations,
    bits,
    in_memory,
    in_short,
    in_words,
    kind_of,
    quantizations,
    same,
)
from support.fake_qdrant import FakeQdrant

INT8 = {"scalar": {"type": "int8", "quantile": 0.99, "always_ram": True}}
some = st.sampled_from(
    [
        None,
        INT8,
        {"scalar": {"type": "int8"}},
        {"binary": {}},
        {"binary": {"encoding": "two_bits", "always_ram": False}},
        {"product": {"compression": "x8"}},
        {"turbo": {"bits": "bits2"}},
    ]
)
names = st.lists(st.sampled_from(["", "title", "body"]), min_size=1, max_size=3, unique=True)


@st.composite
def states(draw: Any) -> tuple[Quantizations, str | None]:
    own = {name: draw(some) for name in draw(names)}
    return Quantizations(draw(some), own), draw(st.sampled_from([None, *own]))


@given(states(), some)
def test_what_is_to_come_is_in_force_for_what_is_meant_and_nothing_else(
    state: tuple[Quantizations, str | None], wanted: Any
) -> None:
    now, vector = state
    after, meant = now.after(now.to_come(vector, wanted)), now.meant(vector)
    alone_without = vector is not None and len(now.own) > 1 and wanted is None and now.whole
    for name in now.own:
        if name not in meant and len(now.own) > 1:
            assert after.in_force(name) == now.in_force(name)
        elif not alone_without:
            assert same(after.in_force(name), wanted)


@settings(max_examples=40, deadline=None)
@given(states(), some)
def test_a_server_does_what_is_foretold_and_undoes_it(
    server: Qdrant, state: tuple[Quantizations, str | None], wanted: Any
) -> None:
    now, vector = state
    plain = {"size": 4, "distance": "Dot"}
    vectors = {
        name: plain | ({"quantization_config": own} if own else {}) for name, own in now.own.items()
    }
    if server.exists("docs"):
        server.delete_collection("docs")
    server.create_collection("docs", {"vectors": vectors, "quantization_config": now.whole})
    before = server.config("docs")
    assert quantizations(before) == now
    changes = now.to_come(vector, wanted)
    for settings_ in (changes, {place: now.at(place) for place in changes}):
        for place, setting in settings_.items():
            body = {"quantization_config": setting or "Disabled"}
            server.patch("docs", body if place is None else {"vectors": {place: body}})
        if settings_ is changes:
            assert quantizations(server.config("docs")) == now.after(changes)
    assert server.config("docs") == before


@pytest.fixture(scope="module")
def server() -> Any:
    with FakeQdrant() as fake, open_qdrant(Address(url=fake.url)) as qdrant:
        yield qdrant


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [
        (None, {}, True),
        ({"binary": {}}, {"binary": {"encoding": "one_bit", "always_ram": False}}, True),
        ({"binary": {}}, {"binary": {"query_encoding": "scalar4bits"}}, False),
        ({"scalar": {"type": "int8"}}, {"scalar": {"type": "int8", "quantile": 0.99}}, False),
        ({"turbo": {}}, {"turbo": {"bits": "bits4", "always_ram": None}}, True),
        ({"turbo": {}}, {"binary": {}}, False),
        ({"scalar": {"type": "int8", "memory": "cold"}}, {"scalar": {"type": "int8"}}, False),
    ],
)
def test_settings_that_mean_the_same_are_the_same(one: Any, other: Any, equal: bool) -> None:
    assert same(one, other) is equal


@pytest.mark.parametrize(
    ("setting", "kind", "kept", "size", "said"),
    [
        (None, "none", False, 32.0, "none"),
        (INT8, "scalar", True, 8.0, "scalar int8, quantile 0.99, kept in memory"),
        ({"binary": {}}, "binary", False, 1.0, "binary"),
        (
            {"binary": {"encoding": "one_and_half_bits", "query_encoding": "scalar4bits"}},
            "binary", False, 1.5, "binary one_and_half_bits, searches scalar4bits",
        ),
        ({"product": {"compression": "x64"}}, "product", False, 0.5, "product x64"),
        ({"turbo": {"bits": "bits1_5"}}, "turbo", False, 1.5, "turbo bits1_5"),
        ({"scalar": {"type": "int8", "memory": "pinned"}}, "scalar", True, 8.0,
         "scalar int8, memory pinned"),
        ({"later": {"how": 3}}, "later", False, 32.0, "later"),
    ],
)  # fmt: skip
def test_a_setting_in_words_and_numbers(
    setting: Any, kind: str, kept: bool, size: float, said: str
) -> None:
    assert (kind_of(setting), in_memory(setting), bits(setting), in_words(setting)) == (
        kind, kept, size, said
    )  # fmt: skip


def test_what_is_usual_needs_no_words() -> None:
    setting = {"binary": {"encoding": "two_bits", "query_encoding": "default", "always_ram": False}}
    assert in_words(setting) == "binary two_bits, not kept in memory"
    assert in_short(setting) == "binary two_bits"
    assert in_short(None) == "none"
