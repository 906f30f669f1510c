"""Who may have a Qdrant in a folder open: it has room for one client at a time."""

from __future__ import annotations

import threading
from collections import defaultdict
from pathlib import Path

from qdrant_model_migration.qdrant import Address

_DOORS: defaultdict[Path | None, threading.Lock] = defaultdict(threading.Lock)


def door(address: Address) -> threading.Lock:
    """What every task holds that opens this Qdrant; one for all servers, which are quick."""
    return _DOORS[Path(address.folder) if address.folder else None]
