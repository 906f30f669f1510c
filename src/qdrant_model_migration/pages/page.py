"""What a stage shows and asks, as data. Every face renders any Page; none words a stage itself.

A Page is read from top to bottom: its `body` are blocks, in reading order.

- `Says`: paragraphs, and intervals to draw. `Facts`: label, value, how it is known. `Table`: rows
  to move over, each with more that is shown while it is the one in hand, and with its own acts.
  `Ask`: one thing to give. `Beside`: blocks next to each other.
- An `Act` is what can be done now. One that is closed says why.
- Keys of tables, rows, asks and acts are unique on a page: a key says where the focus goes next,
  and what is in `values` (an ask's key -> what was given, a table's key -> the row in hand).

What a screen is without: widths, colours, prompts, numbers of choices, the words back and leave.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Literal, NamedTuple, Union

from qdrant_model_migration.errors import QmmError
from qdrant_model_migration.words import is_whole

if TYPE_CHECKING:
    from qdrant_model_migration.advice import Advice
    from qdrant_model_migration.survey import Survey


class Scale(NamedTuple):
    """An interval on a scale from -edge to edge, with 0 and a limit. said: the same in words."""

    low: float
    at: float
    high: float
    limit: float
    edge: float
    said: str

    def __str__(self) -> str:
        return self.said


class Says(NamedTuple):
    """Paragraphs; `title` stands above them. commands: to be copied as they stand, best first.

    as_is: the words are lines of code, which nothing breaks or rewords. tone: of the title.
    """

    words: tuple[str | Scale, ...]
    title: str = ""
    commands: tuple[str, ...] = ()
    as_is: bool = False
    tone: Literal["", "good", "bad"] = ""


class Fact(NamedTuple):
    """One line. how: how it is known, "" where that needs no word.

    mark: how good it is. share: from 0 to 1, of the whole or of the largest beside it, for a bar.
    """

    label: str
    value: str
    how: str = ""
    mark: Literal["", "good", "caution", "bad"] = ""
    share: float | None = None


class Facts(NamedTuple):
    """name: what all of them are, where `title` says something else."""

    rows: tuple[Fact, ...]
    title: str = ""
    name: str = ""


class Ways(NamedTuple):
    """The map as it stands: questions, ways, what is left. Each face draws it in its own manner."""

    survey: Survey
    advice: Advice


class Choice(NamedTuple):
    """One value of a choice. closed: why it cannot be taken. asks: what else it wants to know.

    mark: why it is the one that stands there already. ways: the map, were it taken.
    """

    value: str
    label: str
    note: str = ""
    closed: str = ""
    asks: tuple[Ask, ...] = ()
    mark: str = ""
    ways: Ways | None = None


class Ask(NamedTuple):
    """One thing to give. What is given is text; a tick is yes or "".

    value: what stands there already. expect: what has to be typed, to the letter. least: the
    smallest whole number that will do, where one is wanted. refused: what is
    said to anything else; without it Enter alone leads back in a talk. must: nothing goes on
    without it. at_once: giving it, with all that its choice wants to know, is an act under its key.
    done: how it is said where it was given before. label "": what stands above it says what it is.
    """

    key: str
    kind: Literal["typed", "tick", "text", "number", "choice", "secret"]
    label: str
    value: str = ""
    help: str = ""
    expect: str = ""
    least: int | None = None
    refused: str = ""
    choices: tuple[Choice, ...] = ()
    must: bool = False
    at_once: bool = False
    done: str = ""

    def fits(self, given: str) -> bool:
        """Whether that is what is wanted."""
        if self.kind == "choice":
            return given in {choice.value for choice in self.choices}
        if self.least is not None:
            return is_whole(given, self.least)
        return given == (self.expect or "yes") if self.kind in ("typed", "tick") else True

    @property
    def wanted(self) -> str:
        """What is to be done, in a few words."""
        words = {
            "tick": "tick the box first",
            "choice": "choose first",
            "number": "type a number first",
        }
        return words.get(self.kind, f"type {self.expect} first")

    def wrong(self, given: str) -> str:
        """What is said to something else than what has to be typed."""
        wanted = self.expect or "yes"
        if self.least is not None:
            wanted = f"a whole number from {self.least} on"
        return f"You typed '{given}'; it has to be {wanted}. Nothing was changed."


class Act(NamedTuple):
    """One thing that can be done. closed: why not now. letter: its key, outside of text fields.

    enter: Enter alone means it, in a talk of lines. to: what it leads to, after "Enter to".
    button False: only in the list of all that can be done. asks: closed until all that the page
    asks for is given as it is wanted.
    """

    key: str
    label: str
    closed: str = ""
    button: bool = True
    letter: str = ""
    enter: bool = False
    to: str = ""
    asks: bool = False


BACK = "back"
"""The key of leaving a page. An act with it says where that stands; else it is the last."""


class Column(NamedTuple):
    """width 0: what is left. right: flush right."""

    head: str
    width: int = 0
    right: bool = False


class Row(NamedTuple):
    """mark: a sign before it, in words in the table's `marks`. more: said of the row in hand.

    acts: what can be done with it; the first is what Enter does. names: what it can be called
    besides its key. whole False: not all of it is known yet. enter: what Enter is called on this
    one, where not as on the others.
    """

    key: str
    cells: tuple[str, ...]
    mark: str = ""
    title: str = ""
    more: tuple[Block, ...] = ()
    acts: tuple[Act, ...] = ()
    names: tuple[str, ...] = ()
    whole: bool = True
    enter: str = ""


class Table(NamedTuple):
    """more: where that of the row in hand stands: below, beside, or open: on Enter, which is the
    row's first act where there is none. ticks: each row is a box to tick, its one ask; its second
    cell is the command that does it, or "". newest: the last row is in hand until another is.

    enter: what Enter on a row is called, "" where it leads nowhere.
    """

    key: str
    rows: tuple[Row, ...]
    columns: tuple[Column, ...]
    title: str = ""
    more: Literal["open", "below", "beside", "ticks"] = "open"
    marks: Mapping[str, str] = {}
    enter: str = "Details"
    newest: bool = False


class Beside(NamedTuple):
    """Next to each other where there is room, else below."""

    blocks: tuple[Says | Facts, ...]


Block = Union[Says, Facts, Table, Ask, Beside]  # noqa: UP007  # named before all of its parts are known


class Page(NamedTuple):
    """place: the stop of the trip. where: what it is about, for the top row. first: the key that
    has the focus at the beginning, never of what is dangerous; a row stays in hand as long as no
    other one was chosen. hello: what to do here, in a line. esc: what leaving it is called. passed:
    which stops of a run are behind it; None without a run. along: how far it is within its stop.
    map: read out on demand. server: what the top row says right, where not what the trip says.
    """

    title: str
    body: tuple[Block, ...]
    acts: tuple[Act, ...] = ()
    help: tuple[str, ...] = ()
    hello: str = ""
    place: str = ""
    where: str = ""
    first: str = ""
    esc: str = "Back"
    passed: tuple[str, ...] | None = None
    along: str = ""
    map: Ways | None = None
    server: str | None = None

    @property
    def tables(self) -> tuple[Table, ...]:
        return tuple(block for block in self.body if isinstance(block, Table))

    @property
    def asks(self) -> tuple[Ask, ...]:
        """All of them, those of rows and of choices too."""
        return tuple(_asks(self.body))

    def filled(self, values: Mapping[str, str]) -> Page:
        """With what was given; a secret is not kept."""
        return self._replace(
            body=tuple(
                block._replace(value=values.get(block.key, block.value))
                if isinstance(block, Ask) and block.kind != "secret"
                else block
                for block in self.body
            )
        )

    def row(self, table: str, key: str) -> Row | None:
        for one in self.tables:
            for row in one.rows:
                if (one.key, row.key) == (table, key):
                    return row
        return None


def _asks(blocks: Sequence[Block]) -> Iterator[Ask]:
    for block in blocks:
        if isinstance(block, Ask):
            yield block
            for choice in block.choices:
                yield from _asks(choice.asks)
        elif isinstance(block, Table):
            for row in block.rows:
                yield from _asks(row.more)


def missing(page: Page, given: Mapping[str, str]) -> str:
    """What has to be given first, in a few words; "" where all of it is."""
    left = (ask for ask in page.asks if not ask.fits(given.get(ask.key, "")))
    return next((ask.wanted for ask in left), "")


def of_error(error: QmmError) -> Says:
    """What happened, why, what to do next."""
    return Says(tuple(part for part in (error.why, error.todo) if part), title=error.what)
