"""A digest of a model's files: is this the model that made these vectors? Not a proof of origin."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

_BLOCK = 1 << 16
_BLOCKS = 64


def fingerprint(folder: Path, files: Sequence[str]) -> str:
    """32 hexadecimal digits over names, sizes and contents of the files that are there.

    Of a file above 4 MiB, 64 blocks spread evenly are read: enough to tell two models apart, and
    as fast for 2 GB as for 20 MB. Raises OSError where a file cannot be read.
    """
    mark = sha256()
    for name in sorted(files):
        path = folder / name
        if not path.is_file():
            continue
        size = path.stat().st_size
        mark.update(f"{name}\0{size}\0".encode())
        with path.open("rb") as file:
            if size <= _BLOCK * _BLOCKS:
                mark.update(file.read())
                continue
            for block in range(_BLOCKS):
                file.seek(block * (size - _BLOCK) // (_BLOCKS - 1))
                mark.update(file.read(_BLOCK))
    return mark.hexdigest()[:32]
