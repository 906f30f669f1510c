"""The only room that knows the Qdrant client: connections, points, settings, and their faults.

Importing it does not import the client; opening a connection does.
"""

from qdrant_model_migration.qdrant.address import Address
from qdrant_model_migration.qdrant.aliases import Asked
from qdrant_model_migration.qdrant.by_value import Placed, can_order
from qdrant_model_migration.qdrant.capabilities import Capabilities
from qdrant_model_migration.qdrant.connection import Qdrant
from qdrant_model_migration.qdrant.headers import header_variables, headers_for_engine
from qdrant_model_migration.qdrant.headers import named as headers_named
from qdrant_model_migration.qdrant.key import is_own, known_key, names, own_server
from qdrant_model_migration.qdrant.metering import OWN_MODELS, Meter, Unmetered
from qdrant_model_migration.qdrant.opening import first_that_answers, open_qdrant
from qdrant_model_migration.qdrant.points import (
    Document,
    Fusion,
    Hit,
    Page,
    Point,
    PointId,
    Presence,
    Query,
    ShardKey,
    SparseVector,
    Vector,
    holds_text,
    order,
)
from qdrant_model_migration.qdrant.providers import PROVIDERS, Provider, provider_of
from qdrant_model_migration.qdrant.reading import pages
from qdrant_model_migration.qdrant.refused_texts import SHORT_TEXT, Unmade
from qdrant_model_migration.qdrant.retries import Patience, Retry
from qdrant_model_migration.qdrant.settings import (
    CollectionConfig,
    Difference,
    NotCarried,
    cannot_carry,
    carried_later,
    create_body,
    differences,
    index_schema,
    not_as_asked,
    strict_mode_body,
)
from qdrant_model_migration.qdrant.snapshots import Snapshot
from qdrant_model_migration.qdrant.state import CollectionMemory, CollectionState
from qdrant_model_migration.qdrant.tls import certificates
from qdrant_model_migration.qdrant.version import OLDEST, Version

__all__ = [
    "OLDEST",
    "OWN_MODELS",
    "PROVIDERS",
    "SHORT_TEXT",
    "Address",
    "Asked",
    "Capabilities",
    "CollectionConfig",
    "CollectionMemory",
    "CollectionState",
    "Difference",
    "Document",
    "Fusion",
    "Hit",
    "Meter",
    "NotCarried",
    "Page",
    "Patience",
    "Placed",
    "Point",
    "PointId",
    "Presence",
    "Provider",
    "Qdrant",
    "Query",
    "Retry",
    "ShardKey",
    "Snapshot",
    "SparseVector",
    "Unmade",
    "Unmetered",
    "Vector",
    "Version",
    "can_order",
    "cannot_carry",
    "carried_later",
    "certificates",
    "create_body",
    "differences",
    "first_that_answers",
    "header_variables",
    "headers_for_engine",
    "headers_named",
    "holds_text",
    "index_schema",
    "is_own",
    "known_key",
    "names",
    "not_as_asked",
    "open_qdrant",
    "order",
    "own_server",
    "pages",
    "provider_of",
    "strict_mode_body",
]
