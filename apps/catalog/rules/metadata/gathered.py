"""What recorded sources say about a version, in words: for readers that look for a statement and not for sources."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from apps.catalog.rules.metadata.found import is_blank
from apps.catalog.rules.sources import TDM_RESERVATIONS, confidentialities, data_uses, method_in_words

Source = Mapping[str, Any]


def gathered_from(sources: Sequence[Source], sheet: Mapping[str, Any]) -> dict[str, list[str]]:
    """For each field that the datasheet leaves empty, a sentence from every source that says something about it."""
    found: dict[str, list[str]] = {}
    for name, words in _WORDS.items():
        told = [f"{source['name']}: {said}" for source in sources if (said := words(source))]
        if told and is_blank(sheet.get(name)):
            found[name] = told
    places = list(dict.fromkeys(place for source in sources for place in source.get("geography") or []))
    if places and is_blank(sheet.get("geography")):
        found["geography"] = places
    return found


def _method(source: Source) -> str:
    return method_in_words(str(source.get("collection_method") or ""))


def _permission(source: Source) -> str:
    parts = [f"licence {source['licence']}" if source.get("licence") else ""]
    parts += [f"read at {source['licence_evidence']}" if source.get("licence_evidence") else ""]
    parts += [f"verified on {source['licence_verified']}" if source.get("licence_verified") else ""]
    parts += [f"document {source['consent_document']}" if source.get("consent_document") else ""]
    return ", ".join(part for part in parts if part)


def _consent(source: Source) -> str:
    return str(source.get("consent_document") or "")


def _uses(source: Source) -> str:
    return ", ".join(data_uses().get(code, code) for code in source.get("intended_uses") or [])


def _mining(source: Source) -> str:
    words = TDM_RESERVATIONS.get(str(source.get("tdm_reservation") or ""), "")
    return f"{words} ({source['tdm_note']})" if words and source.get("tdm_note") else words


def _class(source: Source) -> str:
    code = str(source.get("confidentiality") or "")
    return confidentialities().get(code, code)


def _machines(source: Source) -> str:
    share = source.get("machine_generated")
    return "" if share is None else f"{share:.0%} written by machines"


def _period(source: Source) -> str:
    return str(source.get("period") or "")


_WORDS: dict[str, Callable[[Source], str]] = {
    "collection_method": _method,
    "generation_period": _period,
    "permission": _permission,
    "consent_documents": _consent,
    "intended_uses": _uses,
    "tdm_reservation": _mining,
    "confidentiality": _class,
    "ai_generated": _machines,
}
