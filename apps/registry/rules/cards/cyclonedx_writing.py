"""Writing CycloneDX 1.7 in JSON: a machine learning bill of materials of one model version.

https://cyclonedx.org/docs/1.7/json/. What the standard has no term for stands in properties of our namespace, which
docs/vocabulary.md lists.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from apps.catalog.rules.datasheets import in_words
from apps.catalog.rules.metadata.licensing import spdx_of
from apps.registry.rules.cards.cyclonedx_model import model_card
from apps.registry.rules.cards.described import BaseFacts, DataFacts, Described, PlaceFacts, RunFacts
from apps.registry.rules.cards.fields import CYCLONEDX, FIELDS, LICENCE

PREFIX = "genaiops:"
MODEL_REF = "model"
TOOL = {"type": "application", "name": "GenAIOps", "description": "Governance of generative AI"}
SCHEMA = "http://cyclonedx.org/schema/bom-1.7.schema.json"
# Fields that are told by a structure of the bill itself, not by the model card in it.
_BESIDE = {
    "biases",
    "emissions",
    "data_confidentiality",
    "personal_data",
}  # the standard's terms do not hold them whole
_ELSEWHERE = {"description", LICENCE, "developers", "tags", "documents", "environment", "deployments", "files_digest"}


def write(described: Described) -> bytes:
    """The bill as UTF-8. Equal facts give equal bytes: its number and its time come from the record."""
    bill: dict[str, Any] = {
        "$schema": SCHEMA,
        "bomFormat": "CycloneDX",
        "specVersion": "1.7",
        "serialNumber": f"urn:uuid:{described.serial}",
        "version": 1,
        "metadata": {
            "timestamp": described.updated,
            "tools": {"components": [TOOL]},
            "supplier": {"name": described.team},
            "component": _model(described),
        },
        "components": [*map(_base, described.bases), *map(_data, described.data)],
        "services": [_service(place) for place in described.places],
        "dependencies": _dependencies(described),
        "compositions": _compositions(described),
        "formulation": [_formula(run) for run in described.runs if run.activity == "fine-tuning"],
        "properties": properties({f"answer:{name}": how for name, how in described.answers.items()}),
    }
    kept = {name: value for name, value in bill.items() if value not in ([], {})}
    return (json.dumps(kept, ensure_ascii=False, indent=2, allow_nan=False) + "\n").encode()


def properties(told: Mapping[str, str]) -> list[dict[str, str]]:
    """Name and value of each, in our namespace, in the order of the names."""
    return [{"name": f"{PREFIX}{name}", "value": value} for name, value in sorted(told.items()) if value != ""]


def licences(expression: str) -> list[dict[str, Any]]:
    """As an SPDX expression where it is one, otherwise by the words that are on record."""
    if not expression:
        return []
    if spdx := spdx_of(expression):
        return [{"expression": spdx, "acknowledgement": "declared"}]
    return [{"license": {"name": expression, "acknowledgement": "declared"}}]


def _model(described: Described) -> dict[str, Any]:
    said = described.said()
    told: dict[str, Any] = {
        "type": "machine-learning-model",
        "bom-ref": MODEL_REF,
        "supplier": {"name": described.team},
        "authors": [{"name": name} for name in said.get("developers", [])],
        "name": described.model,
        "version": str(described.number),
        "description": "\n".join(said.get("description", [])),
        "licenses": licences(described.licence),
        "pedigree": _pedigree(described),
        "externalReferences": _references(described),
        "components": [_file(file.path, file.digest, file.size) for file in described.files],
        "modelCard": model_card(described, properties(_card_properties(described))),
        "properties": properties(_model_properties(described)),
        "tags": said.get("tags", []),
    }
    return {name: value for name, value in told.items() if value not in ([], {}, "")}


def _hashes(digest: str) -> list[dict[str, str]]:
    return [{"alg": "SHA-256", "content": digest}] if digest else []


def _file(path: str, digest: str, size: int) -> dict[str, Any]:
    told = properties({"file:bytes": str(size)})
    return {"type": "file", "bom-ref": f"file:{path}", "name": path, "hashes": _hashes(digest), "properties": told}


def _pedigree(described: Described) -> dict[str, Any]:
    """The models it descends from, nearest first; those that only a card names have no digest."""
    recorded = [_ancestor(base) for base in described.bases]
    known = {base.source or base.name for base in described.bases}
    named = [
        {"type": "machine-learning-model", "name": name, "isExternal": True}
        for name in described.base_names
        if name not in known
    ]
    notes = f"Relation to the nearest: {described.relation}" if described.relation else ""
    told = {"ancestors": [*recorded, *named], "notes": notes}
    return {name: value for name, value in told.items() if value}


def _ancestor(base: BaseFacts) -> dict[str, Any]:
    return {name: value for name, value in _base(base).items() if name != "bom-ref"}


def _base(base: BaseFacts) -> dict[str, Any]:
    told: dict[str, Any] = {
        "type": "machine-learning-model",
        "bom-ref": base.key,
        "name": base.name,
        "version": base.version,
        "licenses": licences(base.licence),
        "properties": properties(_base_properties(base)),
    }
    return {name: value for name, value in told.items() if value not in ([], "")}


def _base_properties(base: BaseFacts) -> dict[str, str]:
    """A digest over many files is nothing that `hashes` could hold: it stands in a property."""
    return {"source": base.source, "manifest:sha256": base.digest, "hidden": "true" if base.is_hidden else ""}


def _data(data: DataFacts) -> dict[str, Any]:
    contents = {"type": "dataset", "name": data.name}
    described = {name: words for name, words in data.said.items() if name not in ("sources", LICENCE)}
    sensitive = [*data.measured.get("personal_information", ()), *data.said.get("personal_information", ())]
    told = {f"field:{name}": "\n".join(words) for name, words in described.items()}
    told |= {f"measured:{name}": "\n".join(words) for name, words in data.measured.items()}
    more: dict[str, Any] = {
        "classification": "; ".join(data.said.get("confidentiality", ())),
        "sensitiveData": sensitive,
        "description": "\n".join(data.said.get("collection_method", ())),
        "governance": {"custodians": [{"organization": {"name": data.team}}]} if data.team else {},
    }
    component: dict[str, Any] = {
        "type": "data",
        "bom-ref": data.key,
        "name": data.name,
        "version": data.version,
        "hashes": _hashes(data.digest),
        "licenses": licences(data.licence),
        "data": [contents | {name: value for name, value in more.items() if value}],
        "properties": properties(told | dict(data.properties) | _data_figures(data)),
    }
    return {name: value for name, value in component.items() if value not in ([], "")}


def _data_figures(data: DataFacts) -> dict[str, str]:
    told = {"use": data.use, "trained": data.of, "hidden": "true" if data.is_hidden else ""}
    if data.is_hidden:
        return told
    return told | {
        "rows": str(data.rows),
        "bytes": str(data.size),
        "sources": "\n".join(data.said.get("sources", ())),
    }


def _service(place: PlaceFacts) -> dict[str, Any]:
    told = {"environment": place.environment, "purpose": place.purpose, "state": place.state}
    listed = properties(told)
    for application in place.applications:
        listed += properties({f"disclosure:{name}": words for name, words in application.items()})
    return {"bom-ref": place.key, "name": place.name, "properties": listed}


def _dependencies(described: Described) -> list[dict[str, Any]]:
    """The model on its bases, its training data and its files; each base on the one before; services on the model."""
    direct = [base.key for base in described.bases if not base.child]
    rows = [{"ref": MODEL_REF, "dependsOn": list(dict.fromkeys([*direct, *_trained_on(described, "")]))}]
    for base in described.bases:
        above = [one.key for one in described.bases if one.child == base.key]
        rows.append({"ref": base.key, "dependsOn": [*above, *_trained_on(described, base.key)]})
    rows += [{"ref": one.key} for one in described.data]
    rows += [{"ref": place.key, "dependsOn": [MODEL_REF]} for place in described.places]
    return [{name: value for name, value in row.items() if value} for row in rows]


def _trained_on(described: Described, key: str) -> list[str]:
    return [one.key for one in described.data if one.use == "training" and one.of == key]


def _compositions(described: Described) -> list[dict[str, Any]]:
    """The list of files is whole; what the model was made from is as complete as its record."""
    said = described.said()
    is_whole = bool(described.bases) and all(
        said.get(field.name) for field in FIELDS if field.name in ("training_data", "base_models")
    )
    rows: list[dict[str, Any]] = [{"aggregate": "incomplete" if is_whole else "unknown", "dependencies": [MODEL_REF]}]
    if described.files:
        rows.insert(0, {"aggregate": "complete", "assemblies": [MODEL_REF]})
    return rows


def _formula(run: RunFacts) -> dict[str, Any]:
    """How it was built: the packages, and one workflow with its settings."""
    packages = [
        {"type": "library", "bom-ref": f"{run.key}:{name}", "name": name, "version": version}
        | {"purl": f"pkg:pypi/{name.lower().replace('_', '-')}@{version}"}
        for name, version in sorted(run.packages.items())
    ]
    told = {f"setting:{name}": value for name, value in run.settings.items()}
    workflow: dict[str, Any] = {
        "bom-ref": f"{run.key}:workflow",
        "uid": run.key,
        "name": run.activity,
        "taskTypes": ["build"],
        "timeStart": run.started,
        "timeEnd": run.finished,
        "properties": properties(told | {"compute:hardware": run.hardware, "compute:method": run.method}),
    }
    kept = {name: value for name, value in workflow.items() if value}
    return {"bom-ref": run.key, "components": packages, "workflows": [kept]}


def _references(described: Described) -> list[dict[str, str]]:
    rows = [{"url": described.url, "type": "documentation", "comment": "The record of this version"}]
    for words in in_words(described.statements.get("documents") or []) if described.statements.get("documents") else []:
        address = words.removeprefix("url: ").split(";")[0].strip()
        if address.startswith(("http://", "https://")) and " " not in address:
            rows.append({"url": address, "type": "documentation"})
    return rows


def _model_properties(described: Described) -> dict[str, str]:
    told = {"stage": described.stage, "created": described.created}
    told |= {"manifest:sha256": described.digest, "manifest:bytes": str(described.size)} if described.digest else {}
    return told | dict(described.properties) | _environment(described)


def _environment(described: Described) -> dict[str, str]:
    return {"field:environment": "\n".join(described.said().get("environment", []))}


def _card_properties(described: Described) -> dict[str, str]:
    """What the model card of the standard has no term for, and for every field how it is known."""
    carried = {field.name for field in FIELDS if CYCLONEDX in field.carriers} - _BESIDE | _ELSEWHERE
    told = {f"field:{name}": _kept(value) for name, value in described.statements.items() if name not in carried}
    told |= {f"measured:{name}": "\n".join(words) for name, words in described.measured.items()}
    told |= {f"known:{name}": how for name, how in described.how_known().items()}
    figures: Sequence[dict[str, Any]] = [one.as_json() for one in described.figures]
    return told | ({"figures": json.dumps(figures, ensure_ascii=False, allow_nan=False)} if figures else {})


def _kept(value: Any) -> str:
    """A text as it is; anything else as JSON."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, allow_nan=False)
