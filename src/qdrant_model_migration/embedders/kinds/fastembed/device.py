"""What computes a network here: the processor, or a GPU where onnxruntime is the build for it."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import Any, NamedTuple

_SUFFIX = "ExecutionProvider"
_CPU, _CUDA = f"CPU{_SUFFIX}", f"CUDA{_SUFFIX}"


class Device(NamedTuple):
    """name: completes "computed by ...". tokens: that a batch should hold: more gain nothing on a
    processor and take memory (benchmarks/embed.py), fewer leave a GPU idle. calls: at a time; None:
    one for each core."""

    name: str
    tokens: int
    calls: int | None = None


def device_of(session: Any, offered: Sequence[str]) -> Device:
    """session: the model's. offered: the providers that onnxruntime was built for."""
    used = session.get_providers()[0]
    if used != _CPU:
        return Device(f"a GPU ({used.removesuffix(_SUFFIX)})", tokens=16_384, calls=2)
    missed = [name.removesuffix(_SUFFIX) for name in offered if name == _CUDA]
    name = f"the processor ({missed[0]} could not be loaded)" if missed else "the processor"
    return Device(name, tokens=1_024)


def load_libraries(onnxruntime: Any) -> None:
    """Those of a GPU, where they are Python packages: else onnxruntime does not find them, and
    takes the processor without a word."""
    if _CUDA in onnxruntime.get_available_providers():
        with suppress(Exception):  # which are missing is seen at the session
            onnxruntime.preload_dlls()
