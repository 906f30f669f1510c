"""The map beside a question: where the questions stand, and what the answer in hand would leave."""

from __future__ import annotations

from qdrant_model_migration.pages.page import Ways
from qdrant_model_migration.tui.widgets.frame import Pane


class MapPane(Pane):
    """In a wide window the whole tree, and why each way is ruled out."""

    def show(self, now: Ways, tried: Ways, *, wide: bool) -> None:
        from qdrant_model_migration.advice import map_lines
        from qdrant_model_migration.pages import ways
        from qdrant_model_migration.tui import map_words

        width = max(20, self.size.width or (self.app.size.width // 2 - 4 if wide else 28))
        many = len(tried.advice.fits)
        share = f"─ If chosen: {ways.left(tried.advice)} of {many} "
        rows = max(6, (self.size.height or 17) - many - 1)
        if wide:
            lines = map_words.tree(map_lines(tried.survey, tried.advice), width)
            below = map_words.reasons(tried.advice, width)
        else:
            lines = map_words.standings(now.advice, width, rows)
            below = map_words.fits(tried.advice, width)
        self.write("\n".join([*lines, share.ljust(width, "─"), *below]), title="Map")
