"""What the plain trip knows so far: where, which collection, what was found, answered, planned.

It opens the Qdrant for one task at a time: a practice folder has room for one client only.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from qdrant_model_migration.advice import Advice, advise
from qdrant_model_migration.pages.session import Session
from qdrant_model_migration.pipeline.speed import Speed
from qdrant_model_migration.qdrant import Address, Qdrant, open_qdrant
from qdrant_model_migration.sandbox import Sandbox
from qdrant_model_migration.survey import Survey


@dataclass
class Journey:
    """suggested: answers prepared for practice, before the questions' own suggestions. models:
    folder of the practice models, None for the usual one. speeds: by
    model."""

    address: Address | None = None
    key: SecretStr | None = None
    practice: bool = False
    models: Path | None = None
    collection: str = ""
    found: Survey | None = None
    answers: dict[str, Any] = field(default_factory=dict)
    suggested: dict[str, Any] = field(default_factory=dict)
    speeds: dict[str, Speed | None] = field(default_factory=dict)
    asking: str | None = None

    @property
    def survey(self) -> Survey:
        """What the survey found; only asked for after it."""
        assert self.found is not None, "the survey comes before what needs it"
        return self.found

    @property
    def made_up(self) -> bool:
        """Whether this is Explore: there is nothing to look at."""
        return self.survey.points.how == "made up"

    def advice(self, at: str | None = None, **tried: Any) -> Advice:
        """The advice for the answers so far, with `tried` put in."""
        return advise(self.survey, {**self.answers, **tried}, at=at)

    @property
    def secret(self) -> str | None:
        return self.key.get_secret_value() if self.key else None

    @classmethod
    def of(cls, session: Session) -> Journey:
        """For the stop that is no page yet."""
        practice = session.address if session.practice else None
        return cls(
            address=session.address,
            key=session.key,
            practice=session.practice,
            models=Sandbox.around(practice).models if practice is not None else None,
            collection=session.collection or "",
            found=session.survey,
            answers=dict(session.answers),
            speeds=dict(session.speeds),
            asking=session.alone[0] if session.alone else None,
        )

    def into(self, session: Session) -> Session:
        """The session, with what was decided there."""
        same = self.answers == dict(session.answers)
        session = session.on(answers=self.answers, speeds=self.speeds, alone=None)
        return session if same else session.on(strategy=None, plan=None)

    @contextmanager
    def opened(self, *, timeout: float = 60.0) -> Iterator[Qdrant]:
        """The Qdrant, open for one task. Raises the errors of the connection."""
        assert self.address is not None, "connecting comes before what needs it"
        with open_qdrant(self.address, self.secret, timeout=timeout) as qdrant:
            yield qdrant
