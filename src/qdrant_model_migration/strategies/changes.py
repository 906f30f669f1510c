"""What can change: one entry for each change, with everything that is said of it anywhere.

A change that is to be offered is one more entry here; question Change lists them in this order.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from qdrant_model_migration.survey.facts import Survey


class Wording(NamedTuple):
    """A question in the words of one change: what is asked, what is known before, and why."""

    asked: str
    known: str
    why: str


class WhatChanges(NamedTuple):
    """A change. label, note, short: as an answer; closed: why it cannot be one here, "" where it
    can.

    others: why ways that are not meant for it are ruled out. guide: the sentence of Qdrant's guide
    that decides, "" where it says nothing of it. judged: how searches are judged that may find
    something else afterwards; None: they ask what they asked before, or no new collection is built.
    vector: which one is meant, where there are several; None: no model is chosen for it, and
    nothing takes the place of a vector.
    """

    label: str
    short: str
    others: str
    guide: str
    judged: Wording | None
    vector: Wording | None
    note: str = ""
    closed: Callable[[Survey], str] = lambda _: ""


_MUST = (
    "You MUST re-embed if: changing model provider (OpenAI to Cohere), changing architecture (CLIP "
    "to BGE), incompatible dimension counts across different models, or adding sparse vectors to "
    "dense-only collection."
)
_A_MODEL = Wording(
    "How shall the new model be judged?",
    "A newer model is not always better on your texts.",
    "the new model is better",
)
_COPIED = "The others are copied as they are."
_ONE_OF_THEM = "each vector has a model of its own; only the vectors of one of them are made again."

CHANGES = {
    "model": WhatChanges(
        "Use another embedding model",
        "another model",
        others="the model changes",
        guide=_MUST,
        judged=_A_MODEL,
        vector=Wording(
            "Which of the vectors should the new model replace?",
            _COPIED,
            _ONE_OF_THEM,
        ),
    ),
    "shorter": WhatChanges(
        "Same model, shorter vectors",
        "shorter vectors",
        others="the model stays",
        guide="You CAN avoid re-embedding if: using Matryoshka models (use `dimensions` parameter "
        "to output lower-dimensional embeddings, learn linear transformation from sample data, "
        "some recall loss, good for 100M+ datasets).",
        judged=Wording(
            "How shall the shorter vectors be judged?",
            "Shorter vectors find a little less; how much depends on your texts.",
            "the shorter vectors are good enough",
        ),
        vector=Wording(
            "Which of the vectors should become shorter?",
            _COPIED,
            _ONE_OF_THEM,
        ),
    ),
    "compression": WhatChanges(
        "Same vectors, other compression",
        "compression",
        note="no text, no model and no new collection is needed",
        others="only the compression changes",
        guide="Or changing quantization (binary to scalar): Qdrant re-quantizes automatically.",
        judged=None,
        vector=None,
    ),
    "keywords": WhatChanges(
        "Add keyword search",
        "keyword search",
        note="the most common change",
        others="only keyword search is added",
        guide=_MUST,
        judged=Wording(
            "How shall the searches with keywords be judged?",
            "The model stays. Words beside meaning find more in some texts, and less in others.",
            "searches find more with keywords",
        ),
        vector=None,
    ),
    "second": WhatChanges(
        "Try a second model next to the first",
        "a second model",
        others="a second model is added",
        guide=_MUST,
        judged=_A_MODEL,
        vector=Wording(
            "Which of the vectors does your application search today?",
            "All of them stay as they are.",
            "the new vector is set up like this one, and compared with it.",
        ),
    ),
    "drop": WhatChanges(
        "Take out a vector that is not needed any more",
        "a vector out",
        note="after a test of two models, for example",
        closed=lambda survey: (
            "" if len(survey.vectors.value or ()) > 1 else "There is one vector only."
        ),
        others="a vector is taken out",
        guide="",
        judged=None,
        vector=None,
    ),
}
"""By the answer to question Change."""


def what_changes(change: Any) -> WhatChanges:
    """The change of this answer; before there is one, what is asked is asked of a new model."""
    return CHANGES.get(str(change), CHANGES["model"])
