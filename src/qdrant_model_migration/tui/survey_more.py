"""What the survey knows beyond its lines: texts it read, their lengths, indexes. Pure text."""

from __future__ import annotations

from qdrant_model_migration import words
from qdrant_model_migration.survey import Line, Survey
from qdrant_model_migration.tui.typeset import bar_of, crop, plain
from qdrant_model_migration.tui.widgets.frame import wrap

BINS = 6
EXAMPLES = 3


def whole(line: Line, survey: Survey | None, width: int) -> list[str]:
    """Everything about one line: what was found, how, the note, and what lies behind it."""
    lines = [*wrap(line.found or "not known yet", width)]
    if line.how:
        lines.append(f"How we know: {line.how}.")
    if line.note:
        lines += ["", *wrap(line.note, width)]
    if survey is not None:
        behind = {
            "text_field": lambda: examples(survey, width),
            "average_tokens": lambda: lengths(survey, width),
            "payload_fields": lambda: payload(survey, width),
        }.get(line.key)
        found = behind() if behind else []
        lines += ["", *found] if found else []
    return lines


def beside(survey: Survey, width: int) -> list[str]:
    """For the right half of a wide window."""
    parts = (examples(survey, width), lengths(survey, width), payload(survey, width))
    lines: list[str] = []
    for part in parts:
        lines += ["", *part] if lines and part else part
    return lines or ["No texts were found in the points that were read."]


def examples(survey: Survey, width: int) -> list[str]:
    """Fields that hold texts, `>` before the one that is taken, each with a text from a point."""
    lines: list[str] = []
    for field in (survey.text_fields.value or ())[:EXAMPLES]:
        sign = ">" if field.path == survey.text_field.value else " "
        head = f"{field.path}: in {words.share(field.share)}, "
        head += f"{words.plural(round(field.average_words), 'word')} on average"
        first, *rest = wrap(head, width - 2)
        lines += [f"{sign} {first}", *(f"  {piece}" for piece in rest)]
        if field.example:
            lines += [f"    {piece}" for piece in wrap(plain(field.example), width - 4)[:2]]
    return ["Fields with texts", *lines] if lines else []


def lengths(survey: Survey, width: int) -> list[str]:
    """How long the texts of the sample are, as bars."""
    found = sorted(survey.token_lengths)
    if len(found) < 2 or found[-1] <= 0:
        return []
    step = max(1, -(-found[-1] // BINS))
    most = 0
    counts = []
    for low in range(0, found[-1], step):
        inside = sum(1 for n in found if low < n <= low + step or (low == 0 and n == 0))
        counts.append((low, inside))
        most = max(most, inside)
    room = max(4, width - 26)
    return [
        f"Tokens of {words.plural(len(found), 'text')}",
        *(
            f"  {low + 1:>6,}-{low + step:<6,} {bar_of(inside, most, room)} {inside:,}"
            for low, inside in counts
        ),
    ]


def payload(survey: Survey, width: int) -> list[str]:
    """The names of the payload fields and of the payload indexes."""
    lines: list[str] = []
    for what, names in (
        ("Payload indexes", survey.payload_indexes.value),
        ("Payload fields", survey.payload_fields.value),
    ):
        if names is not None:
            said = ", ".join(plain(name) for name in names) or "none"
            lines += [crop(piece, width).rstrip() for piece in wrap(f"{what}: {said}", width)]
    return lines
