"""A stand-in for a Qdrant server: its REST subset for migrations, in memory, with faults to order.

Use `FakeQdrant` (or the `fake_qdrant` fixture). Behaviour follows the notes that the comments cite
as "facts"; what the real server knows and the fake does not is answered with 501.
"""

from .access import Right
from .faults import Fault, Hook
from .front import Front
from .requests import Request
from .server import FakeQdrant
from .state import State

__all__ = ["FakeQdrant", "Fault", "Front", "Hook", "Request", "Right", "State"]
