"""Writing SPDX 3.0.1 in JSON-LD: the AI and Dataset profiles for one model version.

https://spdx.github.io/spdx-spec/v3.0.1/. What the model has no term for stands in the Extension profile's properties,
under the same names as in CycloneDX.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from apps.catalog.rules.metadata.licensing import spdx_of
from apps.registry.rules.cards.described import BaseFacts, DataFacts, Described
from apps.registry.rules.cards.fields import label_of
from apps.registry.rules.cards.spdx_parts import (
    Element,
    confidentiality,
    dictionary,
    energy,
    extension,
    hashes,
    presence,
    without_blanks,
)

CONTEXT = "https://spdx.org/rdf/3.0.1/spdx-context.jsonld"
CREATION = "_:creation"
PROFILES = ["core", "software", "ai", "dataset", "simpleLicensing", "extension"]
# Fields that the AI package has a term for; the rest that is said goes to the extension.
_TERMS = {
    "training_data", "training_procedure", "hyperparameters", "limitations", "figures", "architecture", "licence",
    "description", "base_models", "intended_uses", "energy", "preprocessing", "explainability", "standards",
    "developers", "files_digest",
}  # fmt: skip


def write(described: Described) -> bytes:
    """The document as UTF-8. Equal facts give equal bytes: its identifiers and its time come from the record."""
    graph = _Graph(described).whole()
    document = {"@context": CONTEXT, "@graph": graph}
    return (json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False) + "\n").encode()


class _Graph:
    """The elements of one document, in the order in which they are added."""

    def __init__(self, described: Described) -> None:
        self.described = described
        self.base = f"urn:uuid:{described.serial}"
        self.elements: list[Element] = []
        self.licences: dict[str, str] = {}
        self.bases: dict[str, str] = {}

    def whole(self) -> list[Element]:
        """Creation, document, bill, and everything that they hold."""
        described = self.described
        team = self.add("Organization", "team", name=described.team)
        tool = self.add("Tool", "tool", name="GenAIOps")
        model = self.add("ai_AIPackage", "model", **_package(described, team))
        self.declare_licence(model, described.licence)
        for file in described.files:
            told = {"name": file.path, "verifiedUsing": hashes(file.digest), "software_primaryPurpose": "file"}
            self.relate(model, "contains", [self.add("software_File", f"file/{file.path}", **told)])
        self.add_bases(model)
        for data in described.data:
            made = self.add("dataset_DatasetPackage", f"data/{data.key}", **_dataset(data, team))
            self.declare_licence(made, data.licence)
            taught = self.bases.get(data.of, model)
            self.relate(taught, "trainedOn" if data.use == "training" else "testedOn", [made])
        inside = [element["spdxId"] for element in self.elements]
        sbom = self.add("software_Sbom", "bill", name=f"Bill of {described.label}", rootElement=[model], element=inside)
        every = [element["spdxId"] for element in self.elements]
        document = self.element(
            "SpdxDocument",
            "document",
            name=described.label,
            profileConformance=PROFILES,
            rootElement=[sbom],
            element=every,
        )
        creation = {
            "type": "CreationInfo",
            "@id": CREATION,
            "specVersion": "3.0.1",
            "created": described.updated,
            "createdBy": [team],
            "createdUsing": [tool],
        }
        return [creation, document, *self.elements]

    def add(self, kind: str, place: str, **told: Any) -> str:
        """Add an element, and give back its address."""
        element = self.element(kind, place, **told)
        self.elements.append(element)
        return str(element["spdxId"])

    def element(self, kind: str, place: str, **told: Any) -> Element:
        """An element of this document without what is blank."""
        address = {"type": kind, "spdxId": f"{self.base}#{_fragment(place)}", "creationInfo": CREATION}
        return address | without_blanks(told)

    def relate(self, source: str, kind: str, targets: Sequence[str], **more: Any) -> None:
        """Say how one element stands to others."""
        told = {"from": source, "to": list(targets), "relationshipType": kind}
        self.add("Relationship", f"relationship/{len(self.elements)}", **told, **more)

    def declare_licence(self, element: str, expression: str) -> None:
        """The licence as an expression; words that are none become a reference of our own."""
        if not expression:
            return
        spdx = spdx_of(expression)
        if expression not in self.licences:
            told = {"simplelicensing_licenseExpression": spdx or f"LicenseRef-{_token(expression)}"}
            comment = {} if spdx else {"comment": f"On record as: {expression}"}
            place = f"licence/{len(self.licences) + 1}"
            self.licences[expression] = self.add("simplelicensing_LicenseExpression", place, **told, **comment)
        self.relate(element, "hasDeclaredLicense", [self.licences[expression]])

    def add_bases(self, model: str) -> None:
        """Each base model as a package of its own, and what it is the base of."""
        self.bases = made = {
            base.key: self.add("ai_AIPackage", f"base/{base.key}", **_base(base)) for base in self.described.bases
        }
        for base in self.described.bases:
            self.declare_licence(made[base.key], base.licence)
            self.relate(made[base.child] if base.child else model, "descendantOf", [made[base.key]])
        recorded = {base.source or base.name for base in self.described.bases}
        for place, name in enumerate(one for one in self.described.base_names if one not in recorded):
            named = self.add("ai_AIPackage", f"named/{place + 1}", name=name, software_primaryPurpose="model")
            self.relate(model, "descendantOf", [named], comment="Named by a card; not registered here.")


def _package(described: Described, team: str) -> dict[str, Any]:
    said = described.said()
    return {
        "name": described.model,
        "summary": "\n".join(said.get("description", []))[:2_000],
        "suppliedBy": team,
        "originatedBy": [team],
        "builtTime": described.created,
        "releaseTime": described.created,
        "software_packageVersion": str(described.number),
        "software_primaryPurpose": "model",
        "software_downloadLocation": described.url,
        "ai_domain": said.get("task", []),
        "ai_energyConsumption": energy(described),
        "ai_hyperparameter": dictionary(_settings(described)),
        "ai_informationAboutApplication": "\n".join(said.get("intended_uses", [])),
        "ai_informationAboutTraining": _told(said, "training_procedure", "training_data"),
        "ai_limitation": "\n".join(said.get("limitations", [])),
        "ai_metric": dictionary(_metrics(described)),
        "ai_modelDataPreprocessing": said.get("preprocessing", []),
        "ai_modelExplainability": said.get("explainability", []),
        "ai_standardCompliance": said.get("standards", []),
        "ai_typeOfModel": said.get("architecture", []),
        "ai_useSensitivePersonalInformation": presence([one.has_personal_data for one in described.data]),
        "extension": extension(_beside(described)),
    }


def _told(said: Mapping[str, list[str]], *names: str) -> str:
    return "\n".join(f"{label_of(name)}: {words}" for name in names for words in said.get(name, []))


def _settings(described: Described) -> list[tuple[str, str]]:
    rows = [
        (name, value) for run in described.runs if run.activity == "fine-tuning" for name, value in run.settings.items()
    ]
    told = described.statements.get("hyperparameters")
    declared = told if isinstance(told, list) else [told] if told else []
    return rows + [("declared", str(words)) for words in declared]


def _metrics(described: Described) -> list[tuple[str, str]]:
    rows = []
    for one in described.figures:
        where = " ".join(part for part in (one.dataset_name or one.dataset, one.config, one.split) if part)
        interval = (
            f" (95 % interval {one.low!r} to {one.high!r})" if one.low is not None and one.high is not None else ""
        )
        rows.append((f"{one.name} on {where}" if where else one.name, one.said + interval))
    return rows


def _beside(described: Described) -> dict[str, str]:
    said, known = described.said(), described.how_known()
    told = {f"field:{name}": "\n".join(words) for name, words in said.items() if name not in _TERMS}
    told |= {f"known:{name}": how for name, how in known.items()}
    told |= {f"answer:{name}": how for name, how in described.answers.items()}
    for place in described.places:
        told[f"deployment:{place.name}"] = f"{place.environment}; {place.purpose}; {place.state}"
        for application in place.applications:
            told |= {f"disclosure:{application['app']}:{name}": words for name, words in application.items()}
    return told | dict(described.properties) | {"stage": described.stage, "manifest:sha256": described.digest}


def _base(base: BaseFacts) -> dict[str, Any]:
    return {
        "name": base.name,
        "software_packageVersion": base.version,
        "software_primaryPurpose": "model",
        "extension": extension(
            {"source": base.source, "manifest:sha256": base.digest, "hidden": "true" if base.is_hidden else ""}
        ),
    }


def _dataset(data: DataFacts, team: str) -> dict[str, Any]:
    said = data.said
    told: dict[str, Any] = {
        "name": data.name,
        "software_packageVersion": data.version,
        "software_primaryPurpose": "data",
        "software_downloadLocation": data.url,
        "verifiedUsing": hashes(data.digest),
        "originatedBy": [team],
        "builtTime": data.created,
        "releaseTime": data.created,
        "dataset_datasetType": list(data.kinds) or ["noAssertion"],
        "dataset_datasetSize": data.rows or None,
        "dataset_dataCollectionProcess": "\n".join(said.get("collection_method", ())),
        "dataset_dataPreprocessing": list(said.get("preprocessing", ())),
        "dataset_intendedUse": "\n".join(said.get("intended_uses", ())),
        "dataset_knownBias": list(said.get("biases", ())),
        "dataset_datasetNoise": "\n".join(said.get("missing_data", ())),
        "dataset_confidentialityLevel": confidentiality(said.get("confidentiality", ())),
        "dataset_anonymizationMethodUsed": list(said.get("privacy_techniques", ())),
        "dataset_datasetUpdateMechanism": "\n".join(said.get("maintenance", ())),
        "dataset_hasSensitivePersonalInformation": presence([data.has_personal_data]),
    }
    beside = {f"field:{name}": "\n".join(words) for name, words in said.items()}
    beside |= {f"measured:{name}": "\n".join(words) for name, words in data.measured.items()}
    beside |= {"use": data.use, "hidden": "true" if data.is_hidden else ""} | dict(data.properties)
    return told | {"extension": extension(beside)}


def _fragment(place: str) -> str:
    """What an IRI may hold behind its `#` (RFC 3987)."""
    return "".join(sign if sign.isalnum() or sign in "/._-" else f"%{ord(sign):02X}" for sign in place)


def _token(words: str) -> str:
    """The letters, digits, dots and hyphens of words: what a licence reference may hold."""
    return "".join(sign if sign.isascii() and (sign.isalnum() or sign in ".-") else "-" for sign in words)[:80].strip(
        "-"
    )
