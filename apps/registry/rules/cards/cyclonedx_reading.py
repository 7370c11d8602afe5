"""Reading CycloneDX bills of materials in JSON, 1.5 to 1.7: the model in them, its card, its data and its ancestors.

https://cyclonedx.org/docs/1.7/json/. Nothing is fetched. Elements of the wrong kind are passed over with a note.
"""

import json
import re
from typing import Any

from apps.catalog.rules.metadata.licensing import spdx_of
from apps.registry.rules import RELATIONS
from apps.registry.rules.cards.cyclonedx_card import read_card
from apps.registry.rules.cards.fields import BASES, CYCLONEDX, FIGURES, LICENCE, RELATION, TOLD_ELSEWHERE
from apps.registry.rules.cards.found import Figure, Found, figure_of
from apps.registry.rules.cards.reading import CARDS, in_a_line, listed, paragraph, texts, whole

PREFIX = "genaiops:"
MODEL = "machine-learning-model"
MOST_COMPONENTS = 20_000
_NAME = re.compile(r"^[a-z][a-z0-9_]{0,59}$")
_NOTES = "Relation to the nearest: "
_DOCUMENTS = ("documentation", "model-card", "website", "vcs", "citation", "attestation", "risk-assessment")


def is_bill(document: dict[str, Any]) -> bool:
    """Whether a JSON object says that it is a CycloneDX bill."""
    return document.get("bomFormat") == "CycloneDX"


def read(document: dict[str, Any]) -> Found:
    """What a bill says of the model in it. Raises Invalid where it holds none."""
    if not is_bill(document):
        CARDS.refuse("This JSON is no CycloneDX bill of materials: it has no bomFormat “CycloneDX”.", "not_cyclonedx")
    found = Found(format=CYCLONEDX)
    components = list(_all_components(document))
    model = _model_of(document, components, found)
    found.about |= {name: words for name in ("name", "version") if (words := in_a_line(model.get(name)))}
    found.about |= {"specification": f"CycloneDX {in_a_line(document.get('specVersion'))}".strip()}
    found.about |= {"serial_number": number} if (number := in_a_line(document.get("serialNumber"))) else {}
    _read_component(model, found)
    card = model.get("modelCard")
    by_ref = {str(one["bom-ref"]): one for one in components if isinstance(one.get("bom-ref"), str)}
    if isinstance(card, dict):
        read_card(card, by_ref, found)
    else:
        found.note("The model in this bill has no modelCard.")
    told = _properties(model) | (_properties(card) if isinstance(card, dict) else {})
    _read_own(told, found)
    return found


def _all_components(document: dict[str, Any]) -> list[dict[str, Any]]:
    """Every component, nested ones too, the bill's subject first; without recursion."""
    metadata = document.get("metadata")
    subject = metadata.get("component") if isinstance(metadata, dict) else None
    waiting = [one for one in [subject, *whole(document.get("components"))] if isinstance(one, dict)]
    found: list[dict[str, Any]] = []
    while waiting and len(found) < MOST_COMPONENTS:
        found += waiting
        waiting = [sub for one in waiting for sub in whole(one.get("components")) if isinstance(sub, dict)]
    return found


def _model_of(document: dict[str, Any], components: list[dict[str, Any]], found: Found) -> dict[str, Any]:
    models = [one for one in components if one.get("type") == MODEL]
    if not models:
        CARDS.refuse(f"This bill of materials holds no component of type “{MODEL}”.", "no_model")
    if len(models) > 1 and models[0] is not components[0]:
        others = ", ".join(in_a_line(one.get("name")) or "one without a name" for one in models[1:6])
        found.note(f"This bill describes {len(models)} models; the first was read. The others: {others}.")
    return models[0]


def _read_component(model: dict[str, Any], found: Found) -> None:
    found.say("description", paragraph(model.get("description")))
    _read_licences(model.get("licenses"), found)
    makers = [model.get("supplier"), model.get("manufacturer"), *listed(model.get("authors"))]
    named = [in_a_line(one.get("name")) for one in makers if isinstance(one, dict)]
    named += texts([model.get("author"), model.get("publisher")])
    found.say("developers", list(dict.fromkeys(name for name in named if name)))
    found.say("tags", texts(model.get("tags")))
    if own := _sha256(model):
        found.files.append({"name": in_a_line(model.get("name")), "sha256": own})
    for part in whole(model.get("components")):
        if isinstance(part, dict) and part.get("type") == "file" and (digest := _sha256(part)):
            found.files.append({"name": in_a_line(part.get("name")), "sha256": digest})
    for reference in listed(model.get("externalReferences")):
        if isinstance(reference, dict) and reference.get("type") in _DOCUMENTS:
            found.say("documents", [words] if (words := in_a_line(reference.get("url"))) else [])
    _read_pedigree(model.get("pedigree"), found)


def _sha256(component: dict[str, Any]) -> str:
    for one in listed(component.get("hashes")):
        if isinstance(one, dict) and one.get("alg") == "SHA-256":
            return in_a_line(one.get("content")).lower()
    return ""


def _read_licences(value: Any, found: Found) -> None:
    said = []
    for one in listed(value):
        if not isinstance(one, dict):
            continue
        named = one.get("license")
        holder = named if isinstance(named, dict) else {}
        words = in_a_line(one.get("expression")) or in_a_line(holder.get("id")) or in_a_line(holder.get("name"))
        said += [words] if words else []
    found.licence_said = "; ".join(said)
    if said and all(map(spdx_of, said)):
        spelled = [spdx_of(one) for one in said]
        found.licence = spelled[0] if len(spelled) == 1 else " AND ".join(f"({one})" for one in spelled)
        found.licence = spdx_of(found.licence) or found.licence
    elif said:
        found.note(f"The licence “{found.licence_said[:200]}” is no SPDX identifier.")


def _read_pedigree(pedigree: Any, found: Found) -> None:
    if not isinstance(pedigree, dict):
        return
    for one in listed(pedigree.get("ancestors")):
        if isinstance(one, dict) and (name := _properties(one).get(f"{PREFIX}source") or in_a_line(one.get("name"))):
            found.say(BASES, [name])
    notes = in_a_line(pedigree.get("notes"))
    if notes.startswith(_NOTES) and notes.removeprefix(_NOTES) in RELATIONS:
        found.say(RELATION, notes.removeprefix(_NOTES))


def _properties(holder: dict[str, Any]) -> dict[str, str]:
    return {
        str(one["name"]): str(one["value"])
        for one in listed(holder.get("properties"))
        if isinstance(one, dict) and one.get("name") and one.get("value") is not None
    }


def _read_own(told: dict[str, str], found: Found) -> None:
    """Properties of our namespace become statements again; those of others are shown as they are."""
    for name, value in told.items():
        if not name.startswith(PREFIX):
            found.other[name] = value
            continue
        kind, _, field = name.removeprefix(PREFIX).partition(":")
        if (
            kind == "field"
            and _NAME.match(field)
            and field not in (*found.statements, *TOLD_ELSEWHERE, FIGURES, LICENCE)
        ):
            found.say(field, _value_of(field, value))
        elif name == f"{PREFIX}manifest:sha256":
            found.files.append({"name": "manifest", "sha256": value})
        elif kind == "measured":
            found.measured.append(f"{field}: {value}")
    if found.measured:
        found.note("Sentences on what another GenAIOps measured are shown and not taken over.")
    biases = listed(found.statements.get("biases"))
    if risks := [one for one in listed(found.statements.get("risks")) if one not in biases]:
        found.statements["risks"] = risks
    else:
        found.statements.pop("risks", None)
    _restore_figures(told.get(f"{PREFIX}figures", ""), found)


def _value_of(field: str, value: str) -> Any:
    """The value that an export wrote: numbers, lists and objects as JSON, texts as they are."""
    if value[:1] in "[{" or field in ("parameters", "context_length"):
        try:
            return json.loads(value)
        except (ValueError, RecursionError):
            return value
    return value


def _restore_figures(value: str, found: Found) -> None:
    """The figures with everything that a performance metric has no term for, where nobody changed the metrics since."""
    try:
        told = [one for one in json.loads(value or "[]") if isinstance(one, dict) and one.get("name")]
        figures: list[Figure] = [figure_of(one) for one in told]
    except (ValueError, TypeError, RecursionError):
        return
    if [(one.name, one.said) for one in figures] == [(one.name, one.said) for one in found.figures]:
        found.figures = figures
