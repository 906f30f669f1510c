"""Try it yourself: one search, the old and the new side, read out. It only reads."""

from __future__ import annotations

from qdrant_model_migration.errors import QmmError
from qdrant_model_migration.pages.of_run import folder_of
from qdrant_model_migration.pages.session import Session
from qdrant_model_migration.pages.stages.try_it import found
from qdrant_model_migration.pages.work.searching import search_both, sides
from qdrant_model_migration.plain import page_lines
from qdrant_model_migration.plain.talk import Back, Talk

_PROMPT = "Type a search to see old and new side by side, or press Enter to go on:"


def try_it(talk: Talk, session: Session) -> None:
    """Searches for as long as some are typed. What cannot be searched is said, and it goes on."""
    try:
        if sides(folder_of(session)) is None:
            return
        while typed := talk.ask(_PROMPT):
            for line in page_lines.of_block(found(search_both(session, folder_of(session), typed))):
                talk.command(str(line))
    except Back:
        return
    except QmmError as error:
        talk.trouble(error)
