"""A page as lines to read, from top to bottom. What is asked on it is the talk's."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from qdrant_model_migration.pages.page import (
    Ask,
    Beside,
    Block,
    Fact,
    Facts,
    Page,
    Row,
    Says,
    Table,
)
from qdrant_model_migration.plain.paragraph import paragraph

MARKS = {"": "", "good": "", "caution": "Caution, ", "bad": "Not so, "}


def printed(page: Page) -> str:
    """The whole page as text."""
    return "\n".join(str(words) for words in of_page(page))


class Words(NamedTuple):
    """A paragraph; its further lines are indented by `hang` more. as_is: it is to be copied."""

    text: str
    indent: int = 0
    hang: int = 0
    as_is: bool = False

    def __str__(self) -> str:
        if self.as_is:
            return " " * self.indent + self.text
        return paragraph(self.text, indent=self.indent, hang=self.hang)


def of_page(page: Page) -> Iterator[Words]:
    """All of it but its asks and acts. A title that stands above its first words is said once."""
    above = page.body[0].title if page.body and isinstance(page.body[0], Says | Facts) else ""
    if above != page.title:
        yield Words(titled(page))
    first = 1
    for block in page.body:
        yield from of_block(block, first=first)
        first += len(block.rows) if isinstance(block, Table) and not is_read_out(block) else 0


def titled(page: Page) -> str:
    return sentence(page.title)


def of_block(block: Block, indent: int = 0, first: int = 1) -> Iterator[Words]:
    """first: the number of the first row of a table."""
    if isinstance(block, Says):
        yield from _titled(block.title, indent)
        for line in map(str, block.words):
            if line:
                yield Words(line, indent, 2, as_is=block.as_is)
        for at, command in enumerate(block.commands):
            yield Words(f"{'  or' if at else 'Next'}: {command}", indent, as_is=True)
    elif isinstance(block, Facts):
        yield from _titled(block.title, indent)
        yield from (Words(of_fact(fact), indent, 2) for fact in block.rows)
    elif isinstance(block, Beside):
        for one in block.blocks:
            yield from of_block(one, indent)
    elif isinstance(block, Table):
        if block.more == "ticks":
            yield from _titled(block.title, indent)
        for at, row in enumerate(block.rows):
            if row.whole:
                yield from of_row(block, at, first + at)


def of_fact(fact: Fact) -> str:
    said = "; ".join(part for part in (fact.value, fact.how) if part)
    return sentence(f"{MARKS[fact.mark]}{fact.label}" + (f": {said}" if said else ""))


def of_row(table: Table, at: int, number: int = 0) -> Iterator[Words]:
    """A row with its number; where all of it stands beside the list, with that."""
    row = table.rows[at]
    mark = table.marks.get(row.mark, row.mark)
    if is_read_out(table):
        yield Words(sentence(f"{mark.capitalize()}, {title_of(row)}"))
        yield from of_more(row)
        return
    if table.more == "ticks":
        yield Words(f"{number}. {row.cells[0]}", 2, len(f"{number}. "))
        if row.cells[1]:
            yield Words(row.cells[1], 5, as_is=True)
        return
    cells = [cell.strip() for cell in row.cells]
    if cells[0] == str(at + 1):  # the number is said anyway
        cells[0] = ""
    said = [
        f"{column.head.strip().lower()} {cell}" if column.width and place else cell
        for place, (column, cell) in enumerate(zip(table.columns, cells, strict=True))
        if cell
    ]
    sign = f"{number}. "
    yield Words(f"{sign}{f'{mark}, ' if mark else ''}{', '.join(said)}", 2, len(sign))


def of_more(row: Row) -> Iterator[Words]:
    """What is said of the row in hand."""
    for block in row.more:
        if not isinstance(block, Ask):
            yield from of_block(block, indent=2)


def is_read_out(table: Table) -> bool:
    """Whether what there is to say of each row is a part of the page."""
    return table.more == "beside"


def title_of(row: Row) -> str:
    return row.title or ", ".join(cell.strip() for cell in row.cells if cell.strip())


def new_ones(before: Sequence[Words], now: Iterable[Words]) -> list[Words]:
    """What has come while something was done."""
    return [words for words in now if words not in before]


def _titled(title: str, indent: int) -> Iterator[Words]:
    if title:
        yield Words(sentence(title), indent, 2)


def sentence(text: str) -> str:
    return text if text.endswith((".", "?", "!", ":", "…")) else f"{text}."
