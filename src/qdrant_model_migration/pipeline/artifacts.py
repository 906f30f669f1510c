"""Files of a run that vectors are made with, handed to workers elsewhere by their content."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple

from qdrant_model_migration import private_file
from qdrant_model_migration.pipeline.errors import ArtifactDamaged, ArtifactsTooLarge
from qdrant_model_migration.pipeline.tools import Tools

MOST_BYTES = 256_000_000
"""Of all of them together: each worker holds them once more."""


class Artifact(NamedTuple):
    """digest: of its content."""

    name: str
    content: bytes
    digest: str


def packed(names: Iterable[str], tools: Tools, most: int = MOST_BYTES) -> tuple[Artifact, ...]:
    """Those of these that are there: what is wanting is said by whoever makes vectors with it.
    Raises ArtifactsTooLarge."""
    paths = [path for name in names if (path := tools.artifact(name)).is_file()]
    if (size := sum(path.stat().st_size for path in paths)) > most:
        raise ArtifactsTooLarge([path.name for path in paths], size, most)
    return tuple(
        Artifact(path.name, content, _digest(content))
        for path, content in ((path, path.read_bytes()) for path in paths)
    )


def unpack(artifacts: tuple[Artifact, ...], folder: Path) -> None:
    """Write them into the folder of a worker. Raises ArtifactDamaged."""
    for artifact in artifacts:
        if _digest(artifact.content) != artifact.digest:
            raise ArtifactDamaged(artifact.name)
        private_file.write_bytes(folder / artifact.name, artifact.content)


def _digest(content: bytes) -> str:
    return blake2b(content, digest_size=16).hexdigest()
