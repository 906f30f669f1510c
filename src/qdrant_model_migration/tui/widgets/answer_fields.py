"""What is typed or set within one answer: the fields that the advice declares, as controls."""

from __future__ import annotations

from collections.abc import Sequence

from textual.containers import Vertical
from textual.message import Message
from textual.widget import Widget

from qdrant_model_migration.advice import Field as Declared
from qdrant_model_migration.tui.widgets.field import Field
from qdrant_model_migration.tui.widgets.lines import Line, Lines
from qdrant_model_migration.tui.widgets.tick import Tick


class AnswerFields(Vertical):
    """Shows the fields of one option at a time and reads them as texts by key."""

    DEFAULT_CSS = "AnswerFields { height: auto; } AnswerFields Lines { height: auto; }"

    class Accepted(Message):
        """Enter on a choice: it stands, and the next control follows."""

        def __init__(self, part: Widget) -> None:
            super().__init__()
            self.part = part

    def __init__(self) -> None:
        super().__init__(id="answer-fields")
        self._declared: tuple[Declared, ...] = ()

    async def show(self, declared: Sequence[Declared]) -> None:
        if tuple(declared) == self._declared:
            return
        self._declared = tuple(declared)
        await self.remove_children()
        await self.mount_all([self._control(field) for field in declared])

    def _control(self, field: Declared) -> Widget:
        name = field.key or "whole"
        if field.kind == "tick":
            return Tick(field.label, on=field.suggested == "yes", id=f"set-{name}")
        if field.kind == "choice":
            marked = field.suggested or (field.choices[0][0] if field.choices else "")
            return Lines(
                [
                    Line(value, f"({'•' if value == marked else ' '}) {label}", hang=4)
                    for value, label in field.choices
                ],
                id=f"set-{name}",
                head=field.label,
                at=marked,
            )
        return Field(
            field.label, name=name, value=field.suggested, hint=field.hint,
            above=len(field.label) > 12,
        )  # fmt: skip

    @property
    def controls(self) -> list[Widget]:
        """What can have the focus, in order."""
        return [w for w in self.query("*") if w.can_focus]

    def typed(self) -> dict[str, str]:
        """The texts by key; a tick is yes or no."""
        typed: dict[str, str] = {}
        for field in self._declared:
            name = field.key or "whole"
            if field.kind == "tick":
                typed[field.key] = "yes" if self.query_one(f"#set-{name}", Tick).on else "no"
            elif field.kind == "choice":
                box = self.query_one(f"#set-{name}", Lines)
                marked = (line.key for line in box.lines if line.text.startswith("(•)"))
                typed[field.key] = next(marked, "")
            else:
                typed[field.key] = self.query_one(f"#field-{name}", Field).value
        return typed

    def on_lines_chosen(self, event: Lines.Chosen) -> None:
        self._mark(event)
        self.post_message(self.Accepted(event.lines))

    def on_lines_ticked(self, event: Lines.Ticked) -> None:
        self._mark(event)

    @staticmethod
    def _mark(event: Lines.Moved) -> None:
        event.stop()
        box = event.lines
        box.show(
            [
                line._replace(text=("(•)" if line.key == event.key else "( )") + line.text[3:])
                for line in box.lines
            ]
        )
