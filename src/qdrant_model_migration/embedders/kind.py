"""What a kind of embedder is: one file that says which models it has and how they are used."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import ClassVar, Literal, NamedTuple

from pydantic import SecretStr

from qdrant_model_migration import words
from qdrant_model_migration.embedders.embedder import Embedder
from qdrant_model_migration.embedders.errors import ModelNotFetched
from qdrant_model_migration.embedders.model import ModelRef, Setting
from qdrant_model_migration.errors import SecretMissing
from qdrant_model_migration.redaction import keep_secret

Progress = Callable[[int, int], None]
"""Bytes so far and bytes in all. Called from several threads, one at a time."""


class Reach(NamedTuple):
    """How a model can be had. here: it is opened on this computer; fetch: so, after a download of
    `size` bytes (None: not known); remote: it is asked at a service; no: it cannot, and why;
    assumed: nothing is opened, so it may be taken whatever that would need."""

    word: Literal["here", "fetch", "remote", "no", "assumed"]
    size: int | None = None
    why: str = ""

    @property
    def opens(self) -> bool:
        """Whether it can be opened now."""
        return self.word in ("here", "remote", "assumed")

    @property
    def short(self) -> str:
        """For a column of a screen."""
        size = words.size(self.size) if self.size else "?"
        known = {"here": "is here", "remote": "service", "no": "no"}
        return known.get(self.word, size)


class Way(NamedTuple):
    """A model as somebody may have used it. words: how that differs from how it is meant, to follow
    "64 of 64 texts match"; "" where it does not."""

    words: str
    model: ModelRef


class Kind:
    """One kind of embedder. Subclass it in one new file of this folder; the registry finds it.

    name: the file's stem, the `kind` of its models, and what a person may type before a colon.
    order: of the lists. toy: for practising; offered only where one of them made the vectors.
    service: who gets the texts, as a sentence says it; "": they stay on this computer.
    secret: the environment variable of the key that the service wants. It is sent to an address
    that this file or the environment names, never to one that stands in a plan.
    calls: at a time; 1: a call takes the whole computer, and waits for those of other such kinds.
    texts: of a call, at most.
    libraries: whose versions decide what its vectors are.
    at_server: the Qdrant server makes the vectors itself: what it opens gives documents for it, and
    keys are sent to that server alone.
    """

    name: ClassVar[str]
    order: ClassVar[int] = 50
    toy: ClassVar[bool] = False
    service: ClassVar[str] = ""
    secret: ClassVar[str | None] = None
    calls: ClassVar[int] = 1
    texts: ClassVar[int | None] = None
    libraries: ClassVar[tuple[str, ...]] = ()
    at_server: ClassVar[bool] = False

    def models(self, beside: Path | None) -> Iterable[ModelRef]:
        """Its models, without asking the network. beside: where a practice Qdrant keeps its own.

        Those that are files on this computer carry their fingerprint.
        """
        raise NotImplementedError

    def named(self, name: str) -> ModelRef | None:
        """A model that is not in its list, by what was typed after the kind and a colon."""
        return None

    def in_folder(self, folder: Path, said: Sequence[str] = ()) -> ModelRef | None:
        """The model whose files lie in this folder; None: its models lie in none. said: what a
        person wrote behind the folder, of what it leaves open. What it lacks is one of
        errors.py."""
        return None

    def reach(self, model: ModelRef) -> Reach:
        """How this model can be had now, without asking the network."""
        raise NotImplementedError

    def open(self, model: ModelRef, threads: int | None) -> Embedder:
        """See opening.open_embedder. What fails is one of errors.py, in words."""
        raise NotImplementedError

    def fetch(self, model: ModelRef, on_progress: Progress | None) -> None:
        """See opening.fetch."""
        raise ModelNotFetched(model.label, "It is not in the list of models that can be fetched.")

    def without_files(self, model: ModelRef) -> ModelRef | None:
        """What of this model can be opened before it is fetched; None: nothing."""
        return None

    def who_reads(self, model: ModelRef) -> str:
        """Who gets the texts for this model, as a sentence says it; "": nobody."""
        return self.service

    @property
    def secrets(self) -> tuple[str, ...]:
        """The environment variables of all keys that its models may need."""
        return (self.secret,) if self.secret is not None else ()

    def secret_of(self, model: ModelRef) -> str | None:
        """The environment variable of the key that this model needs."""
        return self.secret

    def wants_idf(self, model: ModelRef) -> bool:
        """Whether its sparse vectors are made for the server's modifier idf, which weighs a word by
        how rare it is."""
        return False

    def depends_on_batch(self, model: ModelRef) -> bool:
        """Whether it makes other vectors of a text in the company of other texts, so that one that
        is made again is only nearly the same."""
        return False

    def other_ways(self, model: ModelRef) -> tuple[Way, ...]:
        """How this model makes other vectors than it is meant to, in the hands of others."""
        ways = []
        if model.passage_prefix:
            bare = {"passage_prefix": "", "query_prefix": ""}
            ways.append(Way("without its prefixes", model.model_copy(update=bare)))
        if model.query_prefix and model.query_prefix != model.passage_prefix:
            before = {"passage_prefix": model.query_prefix}
            ways.append(Way("with the prefix of searches", model.model_copy(update=before)))
        return tuple(ways)

    def other_lengths(self, model: ModelRef) -> tuple[ModelRef, ...]:
        """The same with its vectors left as long as they come, where it makes them of length one,
        or made so where it does not."""
        return ()

    def token_limits(self, model: ModelRef) -> tuple[int, ...] | None:
        """After how many tokens others usually cut its texts, the likeliest first; None: its texts
        cannot be cut (ModelRef.cut_texts)."""
        return None

    def length_one(self, model: ModelRef) -> bool:
        """Whether each of its vectors is of length one, so that Dot, Euclid and Cosine put the same
        neighbours first."""
        return False

    def counts_words(self, model: ModelRef) -> bool:
        """Whether it counts the words of a text: it is told their language, and how long texts are
        on average (options language, avg_len, k, b)."""
        return False

    def as_written(self, model: ModelRef) -> tuple[str, Setting]:
        """What one that counts words is told so that it takes them as they are written."""
        return ("disable_stemmer", True)

    def average_words(self, model: ModelRef, texts: Sequence[str]) -> float:
        """How long these texts are on average in words as the model counts them; only of one that
        does."""
        raise NotImplementedError

    def usd(self, model: ModelRef) -> float | None:
        """The price of a million tokens in USD; None: it costs nothing."""
        return None

    def billed(self, model: ModelRef) -> str:
        """Who may take money for it at a price that is not known here; "": nobody."""
        return ""

    def key(self) -> SecretStr:
        """What its service wants, kept out of everything that is written. Raises SecretMissing."""
        secret = os.environ.get(self.secret or "", "").strip()
        if not secret:
            raise SecretMissing(self.service, self.secret or "")
        keep_secret(secret)
        return SecretStr(secret)


def alike(name: str, known: Iterable[str]) -> tuple[str, ...]:
    """The names that were probably meant, the likeliest first."""
    by_lower = {one.lower(): one for one in known}
    return tuple(by_lower[one] for one in get_close_matches(name.lower(), by_lower, cutoff=0.5))
