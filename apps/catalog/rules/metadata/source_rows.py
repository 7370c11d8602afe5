"""A source as a file names it, as the fields of a recorded source: codes where they are codes, words where not."""

from datetime import date
from typing import Any

from apps.catalog.rules.datasheets import in_words
from apps.catalog.rules.metadata.fields import label_of
from apps.catalog.rules.metadata.found import is_blank
from apps.catalog.rules.metadata.licensing import spdx_of
from apps.catalog.rules.sources import TDM_RESERVATIONS, collection_methods, confidentialities, data_uses, place_problem

LENGTHS = {"name": 120, "url": 500, "issuer": 200, "origin": 200, "licence_evidence": 500, "tdm_note": 500}
_TEXTS = ("issuer", "origin", "licence_evidence", "tdm_note")
_LEFT_OUT = ("name", "url", "statement", "share", "licence_verified", "consent_digest")


def source_told(entry: Any, filename: str) -> dict[str, Any]:
    """The fields for recording a source; what has no code there is said in the description.

    A licence is taken where it is one, with the file as the place where it was read. Nobody has verified it by that.
    """
    given = entry if isinstance(entry, dict) else {"name": entry}
    told: dict[str, Any] = {name: _text(given.get(name), name) for name in ("name", *_TEXTS)}
    url = _text(given.get("url"), "url")
    told["url"] = url if url.startswith(("https://", "http://")) else ""
    told["licence"] = spdx_of("; ".join(in_words(given["licence"]))) if given.get("licence") else ""
    if told["licence"] and not told["licence_evidence"]:
        told["licence_evidence"] = f"Named in {filename}"[:500]
    told |= _coded(given)
    told |= _period(given.get("period"))
    told["machine_generated"] = share_of(given.get("machine_generated"))
    used = {name for name, value in told.items() if not is_blank(value)}
    rest = [
        name for name in given if name not in (*_LEFT_OUT, *used, *(["period"] if "collected_from" in used else []))
    ]
    words = [*(in_words(given["statement"]) if given.get("statement") else [])]
    words += [f"{label_of(name)}: {'; '.join(in_words(given[name]))}" for name in rest if not is_blank(given[name])]
    told["description"] = "\n".join(words)
    return {name: value for name, value in told.items() if not is_blank(value)}


def _coded(given: dict[str, Any]) -> dict[str, Any]:
    method, class_ = str(given.get("collection_method", "")), str(given.get("confidentiality", ""))
    reservation = str(given.get("tdm_reservation", ""))
    is_told = reservation in TDM_RESERVATIONS and (reservation == "not_applicable" or bool(given.get("tdm_note")))
    places = _items(given.get("geography"))
    uses = _items(given.get("intended_uses"))
    return {
        "collection_method": method if method in collection_methods() else "",
        "confidentiality": class_ if class_ in confidentialities() else "",
        "tdm_reservation": reservation if is_told else "",
        "geography": places if places and not any(map(place_problem, places)) else [],
        "intended_uses": uses if uses and set(uses) <= set(data_uses()) else [],
    }


def _period(value: Any) -> dict[str, Any]:
    start, _, end = (value if isinstance(value, str) else "").partition("/")
    ends = {"collected_from": _date(start), "collected_to": _date(end)}
    first, last = ends["collected_from"], ends["collected_to"]
    return {} if first and last and last < first else ends


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip()[:10])
    except ValueError:
        return None


def share_of(value: Any) -> float | None:
    """A share between 0 and 1, or None for anything else."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if is_number and 0 <= value <= 1 else None


def _text(value: Any, name: str) -> str:
    words = "" if is_blank(value) else "; ".join(in_words(value))
    return " ".join(words.split())[: LENGTHS[name]]


def _items(value: Any) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list) else [] if is_blank(value) else [str(value)]
