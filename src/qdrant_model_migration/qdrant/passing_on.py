"""Points from one collection into another one as the server has written them: their JSON is neither
read nor made, which costs more than anything else in copying."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from qdrant_model_migration.qdrant.errors import LimitExceeded, RequestTooLarge
from qdrant_model_migration.qdrant.points import PointId, order
from qdrant_model_migration.qdrant.reading import selection
from qdrant_model_migration.qdrant.requests import completed
from qdrant_model_migration.qdrant.writing import Writing

_BEGIN = re.compile(rb'\{\s*"result"\s*:\s*\{\s*"points"\s*:\s*\[')
_NEXT = b'"next_page_offset"'
_OF_A_KEY = b'"shard_key"'


class Passed(NamedTuple):
    """How many points were passed on, and the first id of those that follow."""

    points: int
    next: PointId


class PassingOn(Writing):
    """The part of a connection that copies pages whole."""

    def pass_on(
        self,
        source: str,
        target: str,
        *,
        start: PointId | None,
        end: PointId | None,
        vectors: Sequence[str],
        limit: int,
    ) -> Passed | None:
        """Insert a page of the source's points into the target, as `insert` does, with payloads and
        these vectors under their names.

        None: nothing was written, they have to be read and inserted. So it is with the last page
        before `end`, unless that is where it ends; with points of shard keys; where the server
        takes less at once; and in a folder.
        """
        what = str(selection(True, vectors))
        if self.capabilities.local or not self._limits.takes(source, target, limit, what=what):
            return None
        body = {**selection(True, vectors), "limit": limit}
        if start is not None:
            body["offset"] = start
        try:
            answer = self._call(
                "read points", lambda: self._wire.scroll_as_written(source, body), source
            )
            page = _page(answer)
            if page is None:
                return None
            points, following = page
            self._limits.learn_size(source, what, limit, len(answer))
            if end is not None and order(following) > order(end):
                return None
            if not self._limits.takes(source, target, limit, len(points)):
                return None
            self._call(
                "write points",
                lambda: completed(self._wire.write(target, [points], self.only_new)),
                target,
            )
        except (LimitExceeded, RequestTooLarge):  # `insert` finds out how much it takes
            return None
        return Passed(limit, following)


def _page(answer: bytes) -> tuple[bytes, PointId] | None:
    """The points of an answer of scroll as they are written, and the first id of the next page.
    None where there is none, where they have shard keys, or the answer has another form."""
    import orjson

    begin, at = _BEGIN.match(answer), answer.rfind(_NEXT)
    if begin is None or at < 0:
        return None
    points, comma, _ = answer[begin.end() : at].rpartition(b",")
    points = points.rstrip()
    try:
        told = orjson.loads(b'{"result":{' + answer[at:])
    except orjson.JSONDecodeError:
        return None
    following = told["result"].get("next_page_offset")
    if following is None or len(told["result"]) > 1 or not comma or not points.endswith(b"]"):
        return None
    return None if _OF_A_KEY in points else (points[:-1], following)
