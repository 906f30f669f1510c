"""A stage of the trip as a talk: its page said, what it asks asked, its acts by their words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial

from qdrant_model_migration import words
from qdrant_model_migration.errors import QmmError, Stopped, meant
from qdrant_model_migration.pages.outcome import BACK, LEAVE, Go, Outcome, Refused, Said, Work
from qdrant_model_migration.pages.page import Act, Ask, Page, Row, Table
from qdrant_model_migration.pages.session import Session
from qdrant_model_migration.pages.stages import enter, leave, stage
from qdrant_model_migration.plain import page_lines
from qdrant_model_migration.plain.asks import answer
from qdrant_model_migration.plain.chart import read_map
from qdrant_model_migration.plain.keys_in_words import in_a_talk
from qdrant_model_migration.plain.talk import Back, Leave, Talk, Tells


class _Instead(Exception):
    """Something is to be done instead of giving what is asked; None: it is asked anew."""

    def __init__(self, act: Act | None = None) -> None:
        super().__init__()
        self.act = act


@dataclass
class Visit:
    """At one stage, from coming there until it leads to another one.

    given: what was given here so far, by key; where that is not nothing at the beginning, it is
    taken without asking.
    """

    talk: Talk
    name: str
    session: Session
    given: dict[str, str] = field(default_factory=dict)
    _told: list[page_lines.Words] = field(default_factory=list)

    @property
    def page(self) -> Page:
        return stage(self.name).page(self.session)

    def until_it_leads_on(self) -> Go:
        """Raises Back and Leave where those words were typed."""
        try:
            return self._until_it_leads_on()
        except Back:
            gone = leave(self.name, self.session)
            if isinstance(gone, Go) and gone.to != BACK:  # to another part of the same stage
                return gone
            raise

    def _until_it_leads_on(self) -> Go:
        come = enter(self.name, self.session)
        if isinstance(come, Work) and come.news is not None:
            self.session = come.begun or self.session
            self._tell(self.page)
        gone = self._carry_out(come)
        begun = False
        while gone is None:
            try:
                gone = self._one_act(self.page) if begun else self._begin()
                begun = True
            except _Instead as instead:
                begun = False
                self.given.clear()
                gone = self._do(instead.act, self.given) if instead.act is not None else None
        return gone

    def _begin(self) -> Go | None:
        """The page said, and what it asks; with all of that given, what Enter alone means."""
        known = bool(self.given)
        if not known:
            self._tell(self.page)
            self.given.update(self._all_asked(self.page))
        ready = next((act for act in self.page.acts if act.enter and not act.closed), None)
        asked = known or any(isinstance(block, Ask) for block in self.page.body)
        return self._do(ready, self.given) if ready is not None and asked else None

    def _one_act(self, page: Page) -> Go | None:
        """What is typed at the end of a page, carried out; None: still here."""
        picked = self._picked(page)
        if isinstance(picked, Act):
            return self._do(picked, self.given)
        if picked is None:
            self._say_of_page(page.hello)
            return None
        return self._row_in_hand(*picked)

    def _do(self, act: Act, given: Mapping[str, str]) -> Go | None:
        if act.closed:
            self.talk.say(f"{act.label} is closed: {act.closed}.")
            return None
        return self._carry_out(stage(self.name).act(self.session, act.key, given), act)

    def _carry_out(self, outcome: Outcome, act: Act | None = None) -> Go | None:
        if isinstance(outcome, Session):
            self.session = outcome
        elif isinstance(outcome, Said):
            self.session = outcome.session
            if self._told:
                self._tell(self.page)
            self._say_of_page(outcome.words)
            for line in outcome.copy.split("\n") if outcome.copy else ():
                self.talk.command(line)
            if outcome.trouble and act is not None and self._asked_again(outcome.at):
                return self._do(act, self.given)
        elif isinstance(outcome, Go):
            if outcome.to == LEAVE:
                raise Leave
            if outcome.to == BACK:
                self._say_of_page(outcome.words)
                raise Back
            return outcome
        elif isinstance(outcome, Refused):
            self._say_of_page(outcome.words)
            if act is not None and self._asked_again(outcome.at):
                return self._do(act, self.given)
        elif isinstance(outcome, Work):
            gone = self._carry_out(self._done(outcome), act)
            if gone is None:
                self._tell(self.page)
            return gone
        else:
            return self._on_top(outcome)
        return None

    def _done(self, work: Work) -> Outcome:
        """Waits for it. Ctrl+C ends what can be ended."""
        self.session = work.begun or self.session
        before = [*self._told, *page_lines.of_page(self.page)]

        def report(news: object) -> None:
            if isinstance(news, str):
                self.talk.say(news)
            elif work.news is not None:
                self.session = work.news(self.session, news)
                now = page_lines.new_ones(before, page_lines.of_page(self.page))
                self._say(*now)
                before.extend(now)

        if work.says:
            self._say_of_page(work.says)
        try:
            found = work.do(report)
            return work.then(self.session, found)  # with what was reported meanwhile
        except KeyboardInterrupt:
            if work.stop is None:
                raise Leave(interrupted=True) from None
            work.stop.set()
            return self._failed(work, Stopped())
        except QmmError as error:
            return self._failed(work, error)

    def _failed(self, work: Work, error: QmmError) -> Outcome:
        if work.failed is not None:
            return work.failed(self.session, error)
        self.talk.trouble(error)
        return self.session

    # -- saying and asking ---------------------------------------------------------------------

    def _say_of_page(self, words: str) -> None:
        self.talk.say(in_a_talk(words))

    def _say(self, *said: page_lines.Words) -> None:
        for line in said:
            self.talk.command(str(line))
        self._told += said

    def _tell(self, page: Page) -> None:
        """What the page says and has not said yet, but for rows that are read out."""
        if not self._told:
            self.talk.say()
        read_out = [table for table in page.tables if page_lines.is_read_out(table)]
        rest = page._replace(body=tuple(block for block in page.body if block not in read_out))
        self._say(*page_lines.new_ones(self._told, page_lines.of_page(rest)))

    def _all_asked(self, page: Page) -> Mapping[str, str]:
        """What was given to all that the page asks for, by key."""
        given: dict[str, str] = {}
        for block in page.body:
            if isinstance(block, Ask):
                given.update(self._asked(block, self._words(page)))
            elif isinstance(block, Table) and page_lines.is_read_out(block):
                for at in range(len(block.rows)):
                    self._read_out(block, at)
        return given

    def _read_out(self, table: Table, at: int) -> None:
        """A row with all that is to say of it; what has to be given there is asked at once."""
        row = table.rows[at]
        must = [ask for ask in row.more if isinstance(ask, Ask) and ask.must]
        if must and all(ask.value for ask in must):
            self.talk.say(f"{page_lines.title_of(row)}: {must[0].done}.", indent=2)
            return
        self._say(*page_lines.of_row(table, at))
        for ask in must:
            self._asked(ask)

    def _row_in_hand(self, table: Table, row: Row) -> Go | None:
        """A row that was chosen by its number: said whole, and what can be done with it."""
        only = row.acts[0] if len(row.acts) == 1 and row.acts[0].enter else None
        try:
            if only is None:
                self.talk.say(page_lines.sentence(page_lines.title_of(row)))
                for line in page_lines.of_more(row):
                    self.talk.command(str(line))
            given = {**self.given, table.key: row.key}
            for ask in row.more:
                if isinstance(ask, Ask):
                    given = {**given, **self._asked(ask)}
            act = only or (self._act_of(row.acts) if row.acts else None)
        except Back:
            return None
        return self._do(act, given) if act is not None else None

    def _on_top(self, page: Page) -> Go | None:
        """A page on top of this one: back leads to this one again."""
        try:
            for line in page_lines.of_page(page):
                self.talk.command(str(line))
            given = {**self.given, **self._all_asked(page)}
            if page.tables:
                return self._one_act(page)
            ready = next((a for a in page.acts if a.enter and not a.closed), None)
            title = page.title if page.title.endswith("?") else ""
            act = ready if page.asks and ready else self._act_of(page.acts, title)
        except Back:
            return None
        return self._do(act, given) if act is not None else None

    def _act_of(self, acts: tuple[Act, ...], title: str = "") -> Act | None:
        """One of the acts by its word; Enter alone is the first one, which is the safe one."""
        safe, others = acts[0], acts[1:]
        ways = words.listing([f"{act.key} for {act.label}" for act in others], "or")
        prompt = f"{title} Type {ways}, or press Enter for {safe.label}, or back, leave:".strip()
        if not others:
            prompt = f"Press Enter for {safe.label}, or back, leave:"
        while True:
            typed = self.talk.ask(prompt).lower()
            if not typed:
                return safe
            for act in others:
                if act.key == typed:
                    return act
            none = (
                "is none of them" if others else f"goes nowhere here: press Enter for {safe.label}"
            )
            self.talk.say(f"{words.cut(typed)} {none}.")

    def _picked(self, page: Page) -> Act | tuple[Table, Row] | None:
        """What is typed at the end of a page: nothing, the word of an act, the number of a row."""
        rows = [
            (table, row)
            for table in page.tables
            for row in table.rows
            if row.acts or not page_lines.is_read_out(table)
        ]
        first = next((act for act in page.acts if act.enter and not act.closed), None)
        named = {BACK, "map"} if page.map else {BACK}  # at the end of the sentence
        others = [act for act in page.acts if act is not first and act.key not in named]
        ways = [act.key for act in others] + (["a number"] if rows else [])
        enter = f"Press Enter to {first.to or first.label.lower()}" if first else ""
        typing = f"{'type' if enter else 'Type'} {', '.join(ways)}" if ways else ""
        always = f"back, why, {'map, ' if page.map else ''}leave:"
        prompt = ", or ".join(part for part in (enter, typing, always) if part)
        tells = self._tells(page)
        while True:
            typed = self.talk.ask(prompt, tells=tells)
            if not typed:
                return first
            if typed.isdecimal() and 1 <= int(typed) <= len(rows):
                return rows[int(typed) - 1]
            for act in page.acts:
                if act.key == typed.lower():
                    return act
            for table, row in rows:
                if typed == row.key:
                    return table, row
                if typed in row.names:
                    self.talk.say(f"{typed} is another name of {page_lines.title_of(row)}.")
                    return table, row
            known = [name for _, row in rows for name in (row.key, *row.names)]
            self.talk.say(f"{words.cut(typed)} is none of them.{meant(typed, known)}")

    def _tells(self, page: Page) -> Tells:
        """Words that only say something."""
        ways = page.map
        maps = {"map": lambda: read_map(self.talk, ways)} if ways is not None else {}
        return {"why": lambda: self._why(page), **maps}

    def _why(self, page: Page) -> None:
        for paragraph in in_a_talk("\n".join(page.help)).split("\n\n"):
            self.talk.say(paragraph)

    # -- one ask -------------------------------------------------------------------------------

    def _asked_again(self, key: str) -> bool:
        """Whether what is missing was given now. A secret left empty: all is asked again."""
        for ask in self.page.asks:
            if ask.key == key:
                try:
                    given = self._asked(ask)
                except Back:
                    if self.page.map is None:
                        raise
                    raise _Instead from None
                if ask.kind == "secret" and not given[key]:
                    given = self._all_asked(self.page)
                self.given.update(given)
                return True
        return False

    def _words(self, page: Page) -> Tells | None:
        """What can be typed instead of an answer to a question."""
        if page.map is None:
            return None
        acts = {act.key: partial(self._instead, act) for act in page.acts if not act.enter}
        return {**self._tells(page), **acts}

    def _instead(self, act: Act) -> None:
        raise _Instead(act)

    def _asked(self, ask: Ask, tells: Tells | None = None) -> Mapping[str, str]:
        """What is given to it, and to what that wants to know besides. Raises Back."""
        given = {ask.key: answer(self.talk, ask, tells)}
        if ask.kind == "choice":
            chosen = next(c for c in ask.choices if c.value == given[ask.key])
            alone = len(ask.choices) == 1
            try:
                for more in chosen.asks:
                    given.update(self._asked(more, tells if alone else None))
            except Back:
                if alone:
                    raise
                return self._asked(ask, tells)
        if ask.at_once:
            self._carry_out(stage(self.name).act(self.session, ask.key, given))
        return given
