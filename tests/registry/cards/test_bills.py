"""CycloneDX in and out and SPDX out, held against the official schema and the official model."""

import io
import json
from typing import Any

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from spdx_python_model import v3_0_1 as spdx

from apps.core.errors import Invalid
from apps.registry.rules import cards
from apps.registry.rules.cards import Described
from tests.registry.cards.facts import STATEMENTS, A, bare, full

STRICT = JsonStrictValidator(SchemaVersion.V1_7)


def _bill(described: Described) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(cards.write(described, cards.CYCLONEDX))
    return told


def _graph(described: Described) -> list[dict[str, Any]]:
    graph: list[dict[str, Any]] = json.loads(cards.write(described, cards.SPDX))["@graph"]
    return graph


def _named(properties: list[dict[str, str]]) -> dict[str, str]:
    return {one["name"]: one["value"] for one in properties}


def _read(bill: dict[str, Any]) -> dict[str, Any]:
    return cards.read(json.dumps(bill).encode()).as_json()


@pytest.mark.parametrize("described", [full(), bare()], ids=["full", "bare"])
def test_the_bill_is_valid_cyclonedx_1_7(described: Described) -> None:
    text = cards.write(described, cards.CYCLONEDX).decode()
    problems = STRICT.validate_str(text, all_errors=True) or []
    assert [str(one) for one in problems] == []
    assert json.loads(text)["specVersion"] == "1.7"


def test_the_validator_would_find_a_fault() -> None:
    bill = _bill(full())
    bill["metadata"]["component"]["modelCard"]["energy"] = 1
    assert STRICT.validate_str(json.dumps(bill)) is not None


def test_every_reference_in_the_bill_leads_somewhere() -> None:
    bill = _bill(full())
    model = bill["metadata"]["component"]
    refs = {model["bom-ref"], *(one["bom-ref"] for one in bill["components"] + bill["services"])}
    named = {ref for row in bill["dependencies"] for ref in [row["ref"], *row.get("dependsOn", [])]}
    named |= {one["ref"] for one in model["modelCard"]["modelParameters"]["datasets"] if "ref" in one}
    assert named <= refs
    assert {"ref": "model", "dependsOn": ["base-2", "data-7"]} in bill["dependencies"]
    assert {"ref": "base-2", "dependsOn": ["base-1"]} in bill["dependencies"]


def test_number_and_time_of_the_bill_come_from_the_record() -> None:
    first, second = _bill(full()), _bill(full(stage="retired"))
    assert first["metadata"]["timestamp"] == "2026-11-06T12:00:00Z"
    assert first["serialNumber"] == _bill(full())["serialNumber"] != second["serialNumber"]
    assert _read(first)["about"]["serial_number"] == first["serialNumber"]


def test_what_was_measured_stands_in_the_standards_terms() -> None:
    model = _bill(full())["metadata"]["component"]
    considered = model["modelCard"]["considerations"]
    tuned, declared = considered["environmentalConsiderations"]["energyConsumptions"]
    assert (tuned["activity"], tuned["activityEnergyCost"]) == ("fine-tuning", {"value": 0.25, "unit": "kWh"})
    assert tuned["co2CostEquivalent"] == {"value": 0.0001, "unit": "tCO2eq"}
    assert (declared["activity"], declared["activityEnergyCost"]["value"]) == ("training", 12.5)
    loss = model["modelCard"]["quantitativeAnalysis"]["performanceMetrics"][0]
    assert loss["confidenceInterval"] == {"lowerBound": "1.0", "upperBound": "1.5"}
    assert {"name": "Wrong advice", "mitigationStrategy": "A person checks"} in considered["ethicalConsiderations"]
    assert [one["name"] for one in model["components"]] == ["config.json", "weights/ä 1.safetensors"]


def test_what_no_standard_carries_stands_in_our_namespace() -> None:
    bill = _bill(full())
    model = _named(bill["metadata"]["component"]["properties"])
    data = _named(bill["components"][2]["properties"])
    service = _named(bill["services"][0]["properties"])
    assert model["genaiops:rebuild:outcome"] == "identical" and model["genaiops:compute:gpu-hours"] == "1.0"
    assert model["genaiops:manifest:sha256"] == A
    assert data["genaiops:poisoning:verdict"] and data["genaiops:synthetic:share"] == "0.1"
    assert service["genaiops:disclosure:aware"] == "yes"
    assert _named(bill["properties"])["genaiops:answer:modeling-1"] == "imported"


def test_things_of_other_teams_are_there_without_name_and_digest() -> None:
    bill = _bill(full())
    hidden = [one for one in bill["components"] if one["name"] == "something of another team"]
    assert len(hidden) == 2
    assert all("hashes" not in one and "genaiops:hidden" in _named(one["properties"]) for one in hidden)


def test_a_bill_reads_back() -> None:
    described = full(bases=(), data=(), runs=())
    found = _read(_bill(described))
    said = found["statements"]
    exact = (
        "description",
        "limitations",
        "tradeoffs",
        "risks",
        "biases",
        "fairness",
        "intended_uses",
        "users",
        "energy",
    )
    exact += ("base_models", "base_relation", "parameters", "context_length", "languages", "house_rules", "emissions")
    assert {name: said.get(name) for name in exact} == {name: STATEMENTS[name] for name in exact}
    assert [cards.figure_of(one) for one in found["figures"]] == list(described.figures)
    assert found["licence"] == "Apache-2.0" and A in [one["sha256"] for one in found["files"]]


def test_a_changed_metric_counts_and_not_our_copy_of_it() -> None:
    bill = _bill(full())
    bill["metadata"]["component"]["modelCard"]["quantitativeAnalysis"]["performanceMetrics"][0]["value"] = "0.5"
    assert cards.figure_of(_read(bill)["figures"][0]).value == 0.5


FOREIGN = {
    "bomFormat": "CycloneDX",
    "specVersion": "1.6",
    "components": [
        {
            "type": "machine-learning-model",
            "name": "Acme chat",
            "version": "2.1",
            "publisher": "Acme",
            "licenses": [{"license": {"id": "MIT"}}, {"license": {"name": "Apache 2"}}],
            "hashes": [{"alg": "SHA-256", "content": A}],
            "pedigree": {"ancestors": [{"type": "machine-learning-model", "name": "acme/base"}]},
            "modelCard": {
                "modelParameters": {
                    "approach": {"type": "self-supervised"},
                    "architectureFamily": "transformer",
                    "datasets": [{"ref": "d1"}, {"type": "dataset", "name": "inline set", "sensitiveData": ["names"]}],
                    "inputs": [{"format": "text"}, {"format": "image"}],
                    "outputs": [{"format": "text"}],
                },
                "quantitativeAnalysis": {
                    "performanceMetrics": [
                        {
                            "type": "accuracy",
                            "value": "0.81",
                            "confidenceInterval": {"lowerBound": "0.8", "upperBound": "x"},
                        },
                        {"type": "grade", "value": "A"},
                        {"type": "nothing"},
                    ]
                },
                "considerations": {
                    "technicalLimitations": ["Invents facts"],
                    "environmentalConsiderations": {
                        "energyConsumptions": [
                            {
                                "activity": "training",
                                "energyProviders": [{"organization": {"name": "Grid"}}],
                                "activityEnergyCost": {"value": 3, "unit": "kWh"},
                                "co2CostEquivalent": {"value": 0.5, "unit": "tCO2eq"},
                            }
                        ]
                    },
                },
            },
            "properties": [{"name": "acme:owner", "value": "x"}],
        },
        {
            "type": "data",
            "bom-ref": "d1",
            "name": "Web text",
            "data": [{"type": "dataset", "classification": "public"}],
        },
        {"type": "machine-learning-model", "name": "Other model"},
    ],
}


def test_a_bill_of_somebody_else_is_read_with_its_gaps() -> None:
    found = _read(FOREIGN)
    said = found["statements"]
    assert said["training_data"] == ["Web text", "inline set"] and said["personal_data"] == ["names"]
    assert said["data_confidentiality"] == ["public"] and said["base_models"] == ["acme/base"]
    assert said["energy"] == [{"activity": "training", "kwh": 3.0, "co2_tonnes": 0.5, "provider": "Grid"}]
    assert (said["modality"], said["architecture"]) == ("text, image to text", "transformer")
    assert found["licence"] == "MIT AND Apache-2.0" or found["licence_said"] == "MIT; Apache 2"
    assert [(one["name"], one.get("value"), one.get("low")) for one in found["figures"]] == [
        ("accuracy", 0.81, 0.8),
        ("grade", None, None),
    ]
    assert found["other"] == {"acme:owner": "x"}
    missing = {one["field"]: one["carried"] for one in cards.missing_in(found)}
    assert missing["risks"] is True and missing["poisoning"] is False and "limitations" not in missing


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b'{"bomFormat": "SPDX"}', "document.not_cyclonedx"),
        (b'{"bomFormat": "CycloneDX", "components": [{"type": "library", "name": "x"}]}', "document.no_model"),
        (b'{"bomFormat": "CycloneDX", "components": 7}', "document.no_model"),
        (b"<bom/>", "document.xml"),
        (b"just words", "document.unknown"),
        (b"", "document.empty"),
        (b"\xff\xfe", "document.not_text"),
        (b'{"a": NaN}', "document.not_json"),
        (b'{"a": ' + b"[" * 100 + b"]" * 100 + b"}", "document.too_deep"),
        (b"#" + b"x" * cards.MOST_BYTES, "document.too_large"),
    ],
)
def test_what_is_no_card_is_refused_with_what_would_help(content: bytes, code: str) -> None:
    with pytest.raises(Invalid) as refusal:
        cards.read(content)
    assert refusal.value.code == code and "CycloneDX" in refusal.value.remedy


@pytest.mark.parametrize("junk", [None, 7, "x", [], {}, [[]], [7], {"a": []}, True])
@pytest.mark.parametrize(
    "place",
    ["licenses", "hashes", "modelCard", "pedigree", "components", "properties", "supplier", "authors", "name", "tags"],
)
def test_elements_of_the_wrong_kind_do_no_harm(place: str, junk: Any) -> None:
    component = {"type": "machine-learning-model", "name": "x", place: junk}
    if place == "modelCard" and isinstance(junk, dict):
        component[place] = {"modelParameters": junk, "considerations": junk, "quantitativeAnalysis": junk}
    found = _read({"bomFormat": "CycloneDX", "components": [component]})
    assert found["format"] == cards.CYCLONEDX


@pytest.mark.parametrize("described", [full(), bare()], ids=["full", "bare"])
def test_the_document_is_valid_by_the_spdx_model(described: Described) -> None:
    content = cards.write(described, cards.SPDX)
    objects = spdx.SHACLObjectSet()
    spdx.JSONLDDeserializer().read(io.BytesIO(content), objects)
    spdx.JSONLDSerializer().write(objects, io.BytesIO())  # counts what is required
    assert objects.missing_ids == set()
    assert len(list(objects.foreach_type(spdx.ai_AIPackage))) >= 1


def test_the_spdx_model_would_find_a_fault() -> None:
    document = json.loads(cards.write(full(), cards.SPDX))
    package = next(one for one in document["@graph"] if one["type"] == "ai_AIPackage")
    package["ai_energyConsumption"]["ai_finetuningEnergyConsumption"][0]["ai_energyUnit"] = "horsepower"
    with pytest.raises(ValueError, match="horsepower"):
        spdx.JSONLDDeserializer().read(io.BytesIO(json.dumps(document).encode()), spdx.SHACLObjectSet())


def test_the_profiles_get_what_they_ask_for() -> None:
    """The AI and Dataset profiles of 3.0.1 require these of a package, beyond what the model's classes do."""
    graph = _graph(full())
    model = next(one for one in graph if one["spdxId" if "spdxId" in one else "@id"].endswith("#model"))
    asked = {
        "suppliedBy",
        "releaseTime",
        "software_downloadLocation",
        "software_packageVersion",
        "software_primaryPurpose",
    }
    assert asked <= set(model)
    data = next(one for one in graph if one["type"] == "dataset_DatasetPackage" and one["name"] == "Loans")
    asked = {"originatedBy", "builtTime", "releaseTime", "software_downloadLocation", "software_primaryPurpose"}
    assert asked | {"dataset_datasetType"} <= set(data)
    assert data["dataset_confidentialityLevel"] == "green" and data["dataset_hasSensitivePersonalInformation"] == "yes"


def test_relations_say_what_it_was_made_from_and_tested_on() -> None:
    rows = [one for one in _graph(full()) if one["type"] == "Relationship"]
    kinds = [one["relationshipType"] for one in rows]
    assert kinds.count("descendantOf") == 2 and kinds.count("trainedOn") == 1 and kinds.count("testedOn") == 1
    assert kinds.count("contains") == 2 and kinds.count("hasDeclaredLicense") == 3


def test_a_licence_in_words_becomes_a_reference() -> None:
    described = full(statements=STATEMENTS | {"licence": "our own terms"}, bases=(), data=())
    texts = [one for one in _graph(described) if one["type"] == "simplelicensing_LicenseExpression"]
    assert texts[0]["simplelicensing_licenseExpression"] == "LicenseRef-our-own-terms"
    assert texts[0]["comment"] == "On record as: our own terms"
    licence = _bill(described)["metadata"]["component"]["licenses"]
    assert licence == [{"license": {"name": "our own terms", "acknowledgement": "declared"}}]


def test_completeness_counts_what_the_questions_need() -> None:
    nothing = cards.completeness(bare().said(), bare().how_known())
    assert nothing.score == 0 and nothing.said == 0 and len(nothing.gaps) == nothing.needed
    assert len(nothing.open_questions) == len(cards.QUESTIONS)
    some = cards.completeness(full().said(), full().how_known())
    assert 0 < some.score < 100 and sum(some.by_how.values()) == some.said
    assert some.by_how["imported"] == 1 and some.by_how["measured"] >= 3
    gap = next(one for one in some.gaps if one.name == "poisoning")
    assert gap.questions == ("data-7",) and gap.carriers == () and "Scan" in gap.remedy


def test_every_question_needs_something() -> None:
    asked = {question for field in cards.FIELDS if field.is_needed for question in field.questions}
    assert asked == set(cards.QUESTIONS)
