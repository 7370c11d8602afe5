"""Section 3 of the public summary of training content: reservations of rights, and illegal content."""

from collections.abc import Iterator
from typing import Any

from apps.catalog.rules.sources import TDM_RESERVATIONS
from apps.core.formatting import number
from apps.reports.rules.documents.content import NOTHING, Filled, Table
from apps.reports.rules.documents.filling.facts import Facts
from apps.reports.rules.documents.filling.registry import filler
from apps.reports.rules.documents.filling.training_sizes import section_of
from apps.reports.rules.documents.filling.training_sources import Share, scan_known, shares, source_known, told_name

NOBODY, RESERVED = "unknown", "reserved"
# The checks of a scan that bear on illegal content; each counts the rows it found something in.
_CHECKS = {
    "personal_data": "Personal data",
    "special_categories": "Special categories of personal data",
    "secrets": "Secrets",
    "toxicity": "Hurtful language",
    "markers": "Notices of rights and of confidentiality",
}


@filler("summary.reservations")
def reservations(facts: Facts) -> Filled:
    """What is on record about reservations against text and data mining, for each source."""
    found = shares(facts)
    if not found:
        return NOTHING
    rows = tuple(
        (told_name(one), TDM_RESERVATIONS[_code(one)], str(one.source.get("tdm_note") or "—")) for one in found
    )
    table = Table("Reservations by source", ("Source", "Reservation", "How and when it was looked for"), rows)
    return Filled((table,), tuple(dict.fromkeys(source_known(one) for one in found)), tuple(_open(found)))


def _open(found: list[Share]) -> Iterator[str]:
    """Sources that nobody looked at, and those whose mining is reserved without a word on why they were used."""
    unread = dict.fromkeys(told_name(one) for one in found if _code(one) == NOBODY)
    if unread:
        yield f"Nobody has looked for a reservation of {', '.join(unread)}."
    reserved = dict.fromkeys(
        told_name(one) for one in found if _code(one) == RESERVED and not one.source.get("tdm_note")
    )
    if reserved:
        yield f"Mining of {', '.join(reserved)} is reserved, and nothing tells why it could be used all the same."


def _note(one: Share) -> str:
    return str(one.source.get("tdm_note") or "")


def _code(one: Share) -> str:
    code = str(one.source.get("tdm_reservation") or NOBODY)
    return code if code in TDM_RESERVATIONS else NOBODY


@filler("summary.illegal")
def illegal(facts: Facts) -> Filled:
    """What scans of the training data looked for that bears on illegal content."""
    rows, known = [], []
    for data in facts.training_data:
        found = [(words, _rows(section_of(data, check))) for check, words in _CHECKS.items()]
        rows += [(data["label"], words, number(count)) for words, count in found if count is not None]
        known += [scan_known(data, "what bears on illegal content")] if any(n is not None for _, n in found) else []
    unscanned = [data["label"] for data in facts.training_data if not data.get("scan")]
    missing = (f"{', '.join(unscanned)} was not scanned.",) if unscanned else ()
    if not rows:
        return Filled(missing=missing)
    table = Table("What scans looked for", ("Data", "Looked for", "Rows found"), tuple(rows), frozenset({2}))
    return Filled((table,), tuple(known), missing)


def _rows(section: dict[str, Any]) -> int | None:
    """Rows that a check found something in; None where it did not run or does not count them."""
    count = section.get("rows")
    return count if isinstance(count, int) and not isinstance(count, bool) else None
