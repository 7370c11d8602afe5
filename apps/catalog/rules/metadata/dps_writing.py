"""Writing Data & Trust Alliance Data Provenance Standards 1.0.0 in JSON: what that standard has elements for.

Two elements are required of which a record may know nothing: the place of origin becomes ZZ, which ISO 3166 leaves to
users and CLDR reads as unknown, and the method becomes `other-na` with the words "Not recorded".
"""

import json
import re
import uuid
from typing import Any

from apps.catalog.rules.datasheets import in_words
from apps.catalog.rules.metadata.croissant_writing import ENCODINGS
from apps.catalog.rules.metadata.described import Described
from apps.catalog.rules.metadata.dps_reading import METHODS, OWN_SYSTEM, USES
from apps.catalog.rules.metadata.dps_schema import DATE_TIME
from apps.catalog.rules.metadata.found import is_blank
from apps.catalog.rules.metadata.terms import NOT_RECORDED, UNKNOWN_PLACE

VERSION = "1.0.0"
REGULATIONS = "https://dataandtrustalliance.org/DSP/CodeSystem/Regulations"  # spelled so in the standard's annex 7.4
_CODE = re.compile(r"^[a-z0-9]+(-[a-z0-9]+)+$")
_PLACES = {
    "processing-included": "processing_geography",
    "processing-excluded": "processing_excluded",
    "storage-allowed": "storage_geography",
    "storage-forbidden": "storage_forbidden",
}
_TEXTS = {
    "consents": "consent_documents",
    "copyright": "contains_copyrighted_material",
    "patent": "patents",
    "trademark": "trademarks",
}


def write(described: Described) -> bytes:
    """The DPS file as UTF-8 JSON, indented. Equal facts give equal bytes."""
    said = described.said()
    document = {
        "source": {
            "version": VERSION,
            "title": described.name,
            "id": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, f'{described.url}#{described.digest}')}",
            "location": described.url,
            "issuer": [{"name": described.team}],
            "description": described.description or described.name,
        },
        "provenance": _provenance(described, said),
        "use": _use(described, said),
    }
    return (json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False) + "\n").encode()


def _provenance(described: Described, said: dict[str, Any]) -> dict[str, Any]:
    sources = [one if isinstance(one, dict) else {"name": one} for one in said.get("sources", [])]
    addresses = [one["url"] for one in sources if one.get("url")]
    names = [in_words(one.get("issuer") or one.get("name") or one.get("url"))[0] for one in sources]
    places = said.get("geography") or _gathered(sources, "geography")
    return _without_blanks(
        {
            "source": addresses[0] if len(addresses) == 1 else "",
            "origin": [{"name": name} for name in dict.fromkeys(names)],
            "origin-geography": _locations(places) or [{"country": UNKNOWN_PLACE}],
            "date": described.created,
            "previous-date": described.previous,
            "generation-period": _period(said.get("generation_period")),
            "generation-method": _methods(said.get("collection_method") or _gathered(sources, "collection_method")),
            "format": [ENCODINGS[described.format]],
        }
    )


def _gathered(sources: list[dict[str, Any]], name: str) -> list[Any]:
    """What the sources say of one thing, each said once, in their order."""
    listed = [item for one in sources for item in _items(one.get(name))]
    return [item for n, item in enumerate(listed) if item not in listed[:n]]


def _use(described: Described, said: dict[str, Any]) -> dict[str, Any]:
    texts = {element: _unique(in_words(said[name])) for element, name in _TEXTS.items() if name in said}
    places = {element: _locations(said.get(name)) for element, name in _PLACES.items()}
    uses = [_purpose(one) for one in _items(said.get("intended_uses"))]
    return _without_blanks(
        {
            "classification": _classifications(described, said),
            **texts,
            "privacy-indicators": _unique([_indicator(one) for one in _items(said.get("privacy_techniques"))]),
            **places,
            "license": described.licence,
            "intended-purpose": _unique(uses),
        }
    )


def _classifications(described: Described, said: dict[str, Any]) -> list[dict[str, Any]]:
    found = []
    for one in _items(said.get("confidentiality")):
        if isinstance(one, dict) and isinstance(one.get("classification"), str):
            concept = {
                "code": one["classification"],
                "system": one.get("system"),
                "description": one.get("description"),
            }
            found.append({"regulation": _without_blanks(concept), "evaluated": bool(one.get("evaluated"))})
        else:
            concept = {"code": "confidentiality", "system": OWN_SYSTEM, "description": "; ".join(in_words(one))}
            found.append({"regulation": concept, "evaluated": True})
    if described.measured_of("personal_information"):
        pii = {
            "code": "pii",
            "system": REGULATIONS,
            "description": " ".join(described.measured_of("personal_information")),
        }
        found.append({"regulation": pii, "evaluated": True})
    return _unique(found)


def _methods(value: Any) -> list[dict[str, Any]]:
    listed = [_concept(one, METHODS, "other-na") for one in _items(value)]
    return _unique(listed) or [{"code": "other-na", "system": METHODS, "description": NOT_RECORDED}]


def _purpose(one: Any) -> dict[str, Any]:
    concept = _concept(one, USES, "ai-other")
    return concept | {"description": concept.get("description") or concept["code"]}


def _concept(one: Any, system: str, other: str) -> dict[str, Any]:
    """A code with its system; words become the description of the standard's `other`."""
    if isinstance(one, dict) and isinstance(one.get("code"), str):
        return _without_blanks({"code": one["code"], "system": one.get("system") or system, **_description(one)})
    words = "; ".join(in_words(one))
    if _CODE.match(words):
        return {"code": words, "system": system}
    return {"code": other, "system": system, "description": words}


def _description(one: dict[str, Any]) -> dict[str, Any]:
    return {"description": one["description"]} if isinstance(one.get("description"), str) else {}


def _indicator(one: Any) -> dict[str, Any]:
    if not isinstance(one, dict) or not isinstance(one.get("code"), str):
        words = "; ".join(in_words(one))
        return {"tool": {"code": "other", "system": OWN_SYSTEM, "description": words}}
    tool = _without_blanks({"code": one["code"], "system": one.get("system"), **_description(one)})
    more = {name: one[name] for name in ("parameters", "result") if isinstance(one.get(name), str)}
    return {"tool": tool, **_without_blanks(more)}


def _locations(value: Any) -> list[dict[str, Any]]:
    found = []
    for one in _items(value):
        country, _, state = "; ".join(in_words(one)).partition(" / ")
        found.append(_without_blanks({"country": country, "state": state}))
    return _unique(found)


def _period(value: Any) -> dict[str, Any]:
    """A period of ISO 8601 dates; other words have no place in the standard."""
    if isinstance(value, dict):
        ends = (str(value.get("start") or ""), str(value.get("end") or ""))
    else:
        start, _, end = (value if isinstance(value, str) else "/".join(map(str, value or []))).partition("/")
        ends = (start.strip(), end.strip())
    if any(end and not DATE_TIME.match(end) for end in ends):
        return {}
    return _without_blanks({"start": ends[0], "end": ends[1]})


def _items(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if is_blank(value) else [value]


def _unique(listed: list[Any]) -> list[Any]:
    return [one for n, one in enumerate(listed) if one not in listed[:n]]


def _without_blanks(value: dict[str, Any]) -> dict[str, Any]:
    return {name: one for name, one in value.items() if not is_blank(one)}
