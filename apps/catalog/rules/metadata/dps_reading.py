"""Reading Data & Trust Alliance Data Provenance Standards 1.0.0 in JSON.

What breaks the standard is named; the rest is read all the same, for half a record is worth more than none.
"""

from typing import Any

from apps.catalog.rules.metadata.dps_schema import GROUPS, TYPES, problems
from apps.catalog.rules.metadata.fields import DPS
from apps.catalog.rules.metadata.found import Found, is_blank
from apps.catalog.rules.metadata.licensing import spdx_of
from apps.catalog.rules.metadata.reading import METADATA, MOST_ITEMS, shortened
from apps.catalog.rules.metadata.terms import NOT_RECORDED, UNKNOWN_PLACE

METHODS = "https://dataandtrustalliance.org/DPS/CodeSystem/Method"
USES = "https://dataandtrustalliance.org/DPS/CodeSystem/Use"
OWN_SYSTEM = "urn:genaiops:vocabulary"
_MACHINES = ("synthetic", "generative", "twin", "ai-inferred", "machine-2-machine")
_MACHINE_CODE = "machine-generated-mlops-"
_PLACES = {
    "processing_geography": "processing-included",
    "processing_excluded": "processing-excluded",
    "storage_geography": "storage-allowed",
    "storage_forbidden": "storage-forbidden",
}
_TEXTS = {
    "consent_documents": "consents",
    "contains_copyrighted_material": "copyright",
    "patents": "patent",
    "trademarks": "trademark",
}
_MOST_PROBLEMS = 20


def is_dps(document: dict[str, Any]) -> bool:
    """Whether an object has the standard's three groups, or two of them."""
    return sum(isinstance(document.get(group), dict) for group in GROUPS) >= 2


def read(text: str) -> Found:
    """What a DPS file says. Raises Invalid for JSON that has none of the standard's groups."""
    document = METADATA.json_object(text)
    if not is_dps(document):
        METADATA.refuse("This JSON has no “source”, “provenance” and “use”, so it is no DPS metadata.", "not_dps")
    found = Found(format=DPS)
    wrong = problems(document)
    for problem in wrong[:_MOST_PROBLEMS]:
        found.note(f"DPS 1.0.0 is not kept: {problem}.")
    if len(wrong) > _MOST_PROBLEMS:
        found.note(f"{len(wrong) - _MOST_PROBLEMS} more breaches of DPS 1.0.0 are not listed.")
    source, provenance, use = (_group(document, group) for group in GROUPS)
    _read_source(source, found)
    _read_provenance(provenance, found)
    _read_use(use, found)
    return found


def _group(document: dict[str, Any], name: str) -> dict[str, Any]:
    """The group with every element that has the shape of the standard; others are left out."""
    group = document.get(name)
    if not isinstance(group, dict):
        return {}
    kept: dict[str, Any] = {}
    for element, rule in TYPES[name].items():
        value = group.get(element)
        items = value[:MOST_ITEMS] if isinstance(value, list) else [value]
        plain = [one for one in items if isinstance(one, dict if rule.kind in TYPES else str)]
        if plain:
            kept[element] = plain if rule.is_list else plain[0]
    return kept


def _read_source(source: dict[str, Any], found: Found) -> None:
    for name, element in {"name": "title", "url": "location", "identifier": "id", "description": "description"}.items():
        if element in source:
            found.about[name] = shortened(source[element])
    if issuers := [_organisation(one) for one in source.get("issuer", [])]:
        found.about["creators"] = [one for one in issuers if one]


def _organisation(one: dict[str, Any]) -> str:
    address = one.get("address")
    parts = [one.get("name"), *(address if isinstance(address, list) else [])]
    return ", ".join(shortened(part) for part in parts if isinstance(part, str) and part.strip())


def _read_provenance(provenance: dict[str, Any], found: Found) -> None:
    found.about |= {"published": provenance["date"]} if "date" in provenance else {}
    found.about |= {"previous": provenance["previous-date"]} if "previous-date" in provenance else {}
    found.say("sources", [one for one in map(_organisation, provenance.get("origin", [])) if one])
    if "source" in provenance:
        found.say("sources", [{"name": provenance["source"], "url": provenance["source"], "how": "source metadata"}])
    found.say("geography", _places(provenance.get("origin-geography", [])))
    period = provenance.get("generation-period", {})
    ends = [str(period.get(end) or "") for end in ("start", "end")]
    found.say("generation_period", "/".join(ends) if any(ends) else "")
    methods = [_concept(one, METHODS) for one in provenance.get("generation-method", [])]
    methods = [one for one in methods if one.get("description") != NOT_RECORDED]
    found.say("collection_method", [_plain(one) for one in methods])
    for one in methods:
        if str(one["code"]).startswith(_MACHINE_CODE) and str(one["code"]).endswith(_MACHINES):
            found.say("ai_generated", f"The method of generation is coded as {one['code']}.")
    found.files += [{"encoding": shortened(kind)} for kind in provenance.get("format", [])]


def _read_use(use: dict[str, Any], found: Found) -> None:
    for one in use.get("classification", []):
        _read_classification(one, found)
    for name, element in _TEXTS.items():
        found.say(name, _one_or_many([shortened(one) for one in use.get(element, [])]))
    for name, element in _PLACES.items():
        found.say(name, _places(use.get(element, [])))
    found.say("privacy_techniques", [_indicator(one) for one in use.get("privacy-indicators", [])])
    purposes = [_concept(one, USES) for one in use.get("intended-purpose", [])]
    found.say("intended_uses", [_plain(one) for one in purposes])
    found.licence_said = shortened(use.get("license", ""))
    found.licence = spdx_of(found.licence_said)
    if found.licence_said and not found.licence:
        found.note(f"The licence “{found.licence_said[:200]}” is no SPDX identifier and no address of a known licence.")


def _read_classification(one: dict[str, Any], found: Found) -> None:
    regulation, evaluated = one.get("regulation"), one.get("evaluated")
    concept = _concept(regulation, "") if isinstance(regulation, dict) else {"code": ""}
    if concept.get("system") == OWN_SYSTEM and concept.get("description"):
        found.say("confidentiality", concept["description"])
    elif concept["code"]:
        told = {"classification": concept["code"], "evaluated": bool(evaluated)}
        found.say("confidentiality", [told | {n: v for n, v in concept.items() if n != "code"}])


def _indicator(one: dict[str, Any]) -> Any:
    tool = one.get("tool")
    told = _concept(tool, "") if isinstance(tool, dict) else {"code": ""}
    return told | {name: shortened(one[name]) for name in ("parameters", "result") if isinstance(one.get(name), str)}


def _concept(one: dict[str, Any], usual: str) -> dict[str, str]:
    """A coded concept; the standard's own code system goes without saying."""
    told = {
        "code": "",
        **{n: shortened(one[n]) for n in ("code", "system", "description") if isinstance(one.get(n), str)},
    }
    return {name: words for name, words in told.items() if name == "code" or (words and words != usual)}


def _plain(concept: dict[str, str]) -> Any:
    """A concept of which only one thing is said, as that thing; an `other` code says less than its description."""
    if (
        concept["code"].endswith(("other", "other-na", "-na"))
        and concept.get("description")
        and "system" not in concept
    ):
        return concept["description"]
    return concept["code"] if list(concept) == ["code"] else concept


def _places(listed: list[dict[str, Any]]) -> list[str]:
    places = []
    for one in listed:
        parts = [one.get("country"), one.get("state")]
        words = " / ".join(part for part in parts if isinstance(part, str) and part.strip())
        if words and words != UNKNOWN_PLACE:
            places.append(shortened(words))
    return places


def _one_or_many(values: list[str]) -> Any:
    return "" if is_blank(values) else values[0] if len(values) == 1 else values
