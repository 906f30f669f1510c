"""What quantization does to a search, roughly: scores from coarsened vectors, then rescoring.

Not the server's codes: every component is rounded to as many steps as the kind keeps bits. What
holds is the order of things: fewer bits lose more, rescoring and oversampling win it back, exact
search and `quantization.ignore` see the originals (facts §8).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Json = dict[str, Any]
Matrix = npt.NDArray[np.float32]

_PRODUCT_BITS = {"x4": 8.0, "x8": 4.0, "x16": 2.0, "x32": 1.0, "x64": 1.0}
_TURBO_BITS = {"bits1": 1.0, "bits1_5": 1.5, "bits2": 2.0, "bits4": 4.0}
_BINARY_BITS = {"one_bit": 1.0, "two_bits": 2.0, "one_and_half_bits": 1.5}


def effective(config: Json, params: Json) -> Json | None:
    """The vector's own setting, else the collection's (facts §8, §17)."""
    chosen: Json | None = params.get("quantization_config") or config["quantization_config"]
    return chosen


def in_force(config: Json, params: Json, search: Json) -> Json | None:
    """The quantization this search sees."""
    chosen = effective(config, params)
    if chosen is None or search.get("exact"):
        return None
    return None if (search.get("quantization") or {}).get("ignore") else chosen


def coarse(matrix: Matrix, quantization: Json) -> Matrix:
    """The vectors as a quantized index has them."""
    kept = bits(quantization)
    if kept <= 1.0:
        spread = np.mean(np.abs(matrix), axis=-1, keepdims=True)
        signs: Matrix = (np.sign(matrix) * spread).astype(np.float32)
        return signs
    steps = 2.0**kept - 1
    low, high = float(matrix.min()), float(matrix.max())
    if high <= low:
        return matrix
    width = (high - low) / steps
    rounded: Matrix = (np.rint((matrix - low) / width) * width + low).astype(np.float32)
    return rounded


def rescores(quantization: Json, search: Json) -> bool:
    """Asked for, or the default of the kind."""
    asked = (search.get("quantization") or {}).get("rescore")
    if asked is not None:
        return bool(asked)
    return "binary" in quantization or ("turbo" in quantization and bits(quantization) < 4)


def oversampling(search: Json) -> float:
    """How many times the limit is looked at before rescoring; 1 unless asked."""
    return float((search.get("quantization") or {}).get("oversampling") or 1.0)


def bits(quantization: Json | None) -> float:
    """Bits for each value; 32 where nothing is compressed."""
    if quantization is None:
        return 32.0
    ((kind, options),) = quantization.items()
    if kind == "product":
        return _PRODUCT_BITS.get(options["compression"], 1.0)
    if kind == "binary":
        return _BINARY_BITS.get(options.get("encoding", "one_bit"), 1.0)
    if kind == "turbo":
        return _TURBO_BITS.get(options.get("bits", "bits4"), 4.0)
    return 8.0
