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
from qdrant_model_migration.environment import KEY
from qdrant_model_migration.pages.session import Session
from qdrant_model_migration.pipeline.speed import Speed
from qdrant_model_migration.plan import Acceptance, Plan
from qdrant_model_migration.qdrant import Address, Qdrant, open_qdrant
from qdrant_model_migration.strategies import Strategy, by_name
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
    strategy: Strategy | None = None
    accepted: dict[str, Acceptance] = field(default_factory=dict)
    plan: Plan | None = None
    asking: str | None = None
    kept: Session = field(default_factory=Session)

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

    @property
    def environment(self) -> dict[str, str]:
        """What the engine gets besides the environment: the key, which stands nowhere else."""
        return {KEY: self.secret} if self.secret else {}

    @property
    def session(self) -> Session:
        """The same, for the stages that are pages."""
        return self.kept.on(
            address=self.address,
            key=self.key,
            key_of=self.address,
            practice=self.practice,
            explore=self.found is not None and self.made_up,
            collection=self.collection,
            survey=self.found,
            answers=self.answers,
            strategy=self.strategy.name if self.strategy else None,
            accepted=self.accepted,
            plan=self.plan,
            speeds=self.speeds,
        )

    def take(self, session: Session) -> None:
        """What was decided at a stage that is a page."""
        self.kept = session
        self.answers, self.speeds = dict(session.answers), dict(session.speeds)
        self.strategy = by_name(session.strategy) if session.strategy else None
        self.accepted, self.plan = dict(session.accepted), session.plan
        self.asking = session.alone[0] if session.alone else None

    @contextmanager
    def opened(self, *, timeout: float = 60.0) -> Iterator[Qdrant]:
        """The Qdrant, open for one task. Raises the errors of the connection."""
        assert self.address is not None, "connecting comes before what needs it"
        with open_qdrant(self.address, self.secret, timeout=timeout) as qdrant:
            yield qdrant
