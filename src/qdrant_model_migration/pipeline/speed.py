"""How many texts a second a model embeds on this computer, tried on the operator's own texts."""

from __future__ import annotations

import time
from itertools import islice

from qdrant_model_migration.embedders import Embedder
from qdrant_model_migration.pipeline.move import TextSource
from qdrant_model_migration.pipeline.read import scan
from qdrant_model_migration.pipeline.text import text_of
from qdrant_model_migration.qdrant import Qdrant

TEXTS = 256
SECONDS = 20.0
BATCH = 32


def texts_per_second(
    qdrant: Qdrant, collection: str, source: TextSource, embedder: Embedder
) -> tuple[float, int] | None:
    """Texts per second, and on how many texts; None where there are none. At most 20 s.

    The texts are sorted by length first, as a backfill does.
    """
    points = islice(scan(qdrant, collection), TEXTS)
    found = (text_of(point.payload, source) for point in points)
    texts = sorted((text for text in found if isinstance(text, str)), key=len)
    if not texts:
        return None
    embedder.embed(texts[:1], "passage")  # opening and warming up is not part of the speed
    began, done = time.perf_counter(), 0
    for first in range(0, len(texts), BATCH):
        done += len(embedder.embed(texts[first : first + BATCH], "passage").vectors)
        if time.perf_counter() - began > SECONDS:
            break
    return done / (time.perf_counter() - began), done
