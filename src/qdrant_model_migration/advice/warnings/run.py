"""Warnings about the run and the server: copies, settings, room, time, money, writes, the key."""

from __future__ import annotations

from qdrant_model_migration import words
from qdrant_model_migration.advice.warnings.warning import Case, Said, warning
from qdrant_model_migration.qdrant.quantization import kind_of
from qdrant_model_migration.strategies.answered.compression import compressed_now, vector_meant
from qdrant_model_migration.strategies.answered.learned_map import DAYS_BYTES
from qdrant_model_migration.strategies.answered.originals import SMALL_BYTES
from qdrant_model_migration.survey.writes import writes_in_words

_DAY = 24 * 3600
_MUCH_USD = 10.0
_OWN_COMPUTER = ("localhost", "127.0.0.1", "::1")
_SETTINGS_SHOWN = 5
_FASTER = "A faster computer, a smaller model, or patience: the run can be paused and resumed."


@warning("W01", "Payload is copied too")
def payload(case: Case) -> Said | None:
    if not case.builds or case.loads:
        return None
    return Said(
        "note",
        "An alias redirects searches, it copies nothing; this plan copies every payload and "
        "checks it.",
        f"{words.plural(case.points, 'payload')} are copied."
        if case.points != 1
        else "1 payload is copied.",
        "Nothing; see Verify, Payload equal.",
    )


@warning("W11", "Settings to be lost")
def settings(case: Case) -> Said | None:
    lost = case.survey.cannot_carry
    if not case.builds or not lost:
        return None
    shown = [f"{name}: {effect.rstrip('.')}" for name, effect in lost[:_SETTINGS_SHOWN]]
    more = len(lost) - len(shown)
    rest = f"; and {more} more, listed in the plan" if more > 0 else ""
    verb = "setting cannot" if len(lost) == 1 else "settings cannot"
    return Said(
        "must",
        f"{len(lost)} {verb} be carried over.",
        f"{'; '.join(shown)}{rest}.",
        "Set them by hand, or accept.",
    )


@warning("W20", "Writes meanwhile")
def writes(case: Case) -> Said | None:
    answer, seen = case.answers.get("writes"), case.survey.writes.value or 0
    if not case.builds or case.loads or (answer in (None, "none") and seen <= 0):
        return None
    here = f" Found: {writes_in_words(case.survey.writes)}." if seen > 0 else ""
    said = {
        "changes": "Your application adds and changes points.",
        "adds": "Your application adds points.",
        "none": "You can stop the writes for a while.",
    }
    return Said(
        "note",
        "Changes made during the run are caught up; changes in the last seconds are swept after "
        "the cutover.",
        f"{said.get(str(answer), 'Your application writes.')}{here}",
        "Nothing has to be sent to both collections.",
    )


@warning("W21", "Room on the server")
def room(case: Case) -> Said | None:
    cost = case.cost
    if cost is None or cost.disk_bytes.likely is None or cost.memory_bytes.likely is None:
        return None
    until = "until you clean up" if case.builds else "from then on"
    need = (
        f"{words.size(cost.disk_bytes.likely)} of disk and "
        f"{words.size(cost.memory_bytes.likely)} of memory"
    )
    high = cost.disk_bytes.high or cost.disk_bytes.likely
    return Said(
        "note",
        f"The plan needs {need} {until}.",
        f"{cost.disk_bytes.how[:1].upper()}{cost.disk_bytes.how[1:]}. Free space is not reported: "
        f"make sure {words.size(high)} are free.",
        "Make room, keep vectors on disk, or quantize.",
    )


@warning("W22", "This takes days")
def days(case: Case) -> Said | None:
    seconds = case.cost.seconds if case.cost else None
    if seconds is None or seconds.likely is None:
        return _days_by_size(case)
    if seconds.likely <= _DAY:
        return None
    low, high = seconds.low or seconds.likely, seconds.high or seconds.likely
    return Said(
        "caution",
        f"At the measured speed {words.duration(seconds.likely)} ({words.duration(low)} to "
        f"{words.duration(high)}).",
        f"{seconds.how[:1].upper()}{seconds.how[1:]}.",
        _FASTER,
    )


def _days_by_size(case: Case) -> Said | None:
    """As long as no speed is known."""
    size = case.survey.bytes
    if not case.embeds or size is None or size < DAYS_BYTES:
        return None
    return Said(
        "caution",
        f"From {words.size(DAYS_BYTES)} on, expect days.",
        f"{case.survey.collection} holds {words.size(size)}; no speed is measured yet.",
        _FASTER,
    )


@warning("W23", "Small collection")
def small(case: Case) -> Said | None:
    size = case.survey.bytes
    if not case.builds or case.loads or size is None or size >= SMALL_BYTES:
        return None
    if not case.loading_is_possible:
        return None
    return Said(
        "note",
        "Under 25 MB, loading again from the originals is quicker.",
        f"{case.survey.collection} holds {words.size(size)}.",
        "See Rebuild from source.",
    )


@warning("W24", "This costs money")
def money(case: Case) -> Said | None:
    usd = case.cost.usd if case.cost else None
    if case.payee and not usd:
        each = case.survey.average_tokens.value
        tokens = f" About {words.count(round(case.points * each))} are sent." if each else ""
        return Said(
            "caution",
            f"Tokens may have a price: {case.payee} may charge for them.",
            f"How much is not known here.{tokens}{_limit(case)}",
            "Look its price up. That of Qdrant Cloud's own models stands in the Inference tab.",
        )
    if not usd:
        return None
    return Said(
        "must" if usd > _MUCH_USD else "caution",
        f"About {words.usd(usd)}." if usd >= 0.01 else f"{words.usd(usd).capitalize()}.",
        f"A service that is paid for makes the vectors.{_limit(case)}",
        "Make sure that this is within your limit, or use a model on this computer.",
    )


def _limit(case: Case) -> str:
    move = case.plan.move if case.plan is not None else None
    spending = move.load.spending if move is not None else None
    limit = spending.limit_in_words() if spending is not None else ""
    return f" {limit[:1].upper()}{limit[1:]}." if limit else ""


@warning("W25", "Texts leave your network")
def texts_leave(case: Case) -> Said | None:
    service = case.service
    if "W25" in case.strategy.warns:
        sent = "Every text is sent to the service that makes the vectors for the server."
        here = f"{_label(case)} embeds the texts, or has them embedded elsewhere."
        if case.secret:
            sent = f"Every text is sent to {service}, with the key in {case.secret}."
            here = f"Every search of your application goes there, too, by {_label(case)}."
    elif service:
        sent = f"Every text is sent to {service}."
        here = f"{service} makes the vectors. Every search of your application goes there, too."
    else:
        return None
    return Said("must", sent, here, "Make sure this is allowed, or use a model on this computer.")


def _label(case: Case) -> str:
    return case.survey.address.label


@warning("W28", "Server busy", own=True)
def busy(case: Case) -> Said | None:
    settings = compressed_now(case.survey, vector_meant(case.quantization))
    now = words.listing(list(dict.fromkeys(map(kind_of, settings))))
    return Said(
        "note",
        "Requantizing rebuilds the index; searches work but may be slower.",
        f"{words.plural(case.points, 'point')}, now {now}, next {case.quantization.get('kind')}."
        if case.quantization.get("kind")
        else f"{words.plural(case.points, 'point')}, now {now}.",
        "Choose quiet hours to start.",
    )


@warning("W30", "Computer must stay on")
def stays_on(case: Case) -> Said | None:
    if not case.embeds:
        return None
    return Said(
        "note",
        "The run goes on without the window, not without the computer.",
        f"This computer sends the texts to {case.service}."
        if case.service
        else "The vectors are made on this computer.",
        "Use a computer that does not sleep; resume always works.",
    )


@warning("W31", "Key unprotected")
def key(case: Case) -> Said | None:
    address = case.survey.address
    if address.url is None or address.scheme != "http" or address.host in _OWN_COMPUTER:
        return None
    return Said(
        "caution",
        "The address starts with http, so anyone on the way can read the key and the texts.",
        f"{address.label} is not this computer.",
        "Use https.",
    )


@warning("W32", "Old collection stays")
def stays(case: Case) -> Said | None:
    if not case.builds:
        return None
    size = case.survey.bytes
    return Said(
        "note",
        "Old and new stay side by side until you delete the old one yourself.",
        f"{case.survey.collection} keeps {words.size(size)}."
        if size
        else f"{case.survey.collection} stays as it is.",
        "Clean up after the observation time.",
    )


@warning("W33", "New writes go one way")
def one_way(case: Case) -> Said | None:
    if not case.builds:
        return None
    return Said(
        "note",
        "After the cutover the old collection grows stale; a rollback says how many later writes "
        "it does not have.",
        f"From the cutover on, nothing is written to {case.survey.collection}.",
        "Roll back early if at all.",
    )
