"""Data & Trust Alliance DPS 1.0.0: the validator, reading, and writing."""

import json
from typing import Any

import pytest

from apps.catalog.rules import metadata
from apps.catalog.rules.metadata import DPS, dps_problems, missing_in
from apps.core.errors import Invalid
from tests.catalog.metadata.facts import described

METHOD = "https://dataandtrustalliance.org/DPS/CodeSystem/Method"


def document(**more: dict[str, Any]) -> dict[str, Any]:
    told: dict[str, dict[str, Any]] = {
        "source": {"version": "1.0.0", "title": "Tariffs", "id": "urn:uuid:17725bad-9098-4f43-abe6-43490ae1596c",
                   "issuer": [{"name": "Navisphere", "address": ["Port 1"]}], "description": "All tariffs."},
        "provenance": {"origin": [{"name": "Customs office"}], "origin-geography": [{"country": "DE", "state": "BY"}],
                       "date": "2024-05-27", "generation-period": {"start": "2023-01", "end": "2023-12"},
                       "generation-method": [{"code": "feeds-api-source", "system": METHOD}]},
        "use": {"license": "cc-by-4.0", "copyright": ["no"], "consents": ["https://example.org/c.pdf"],
                "classification": [{"regulation": {"code": "pii"}, "evaluated": True}],
                "privacy-indicators": [{"tool": {"code": "k-anonymity"}, "parameters": "k=5", "result": "ok"}],
                "processing-excluded": [{"country": "US"}],
                "intended-purpose": [{"code": "ai-pre-training", "description": "to train"}]},
    }  # fmt: skip
    return {group: told[group] | more.get(group, {}) for group in told}


def read(told: dict[str, Any]) -> dict[str, Any]:
    return metadata.read(json.dumps(told).encode()).as_json()


def test_a_complete_file_is_valid_and_lands_in_our_fields() -> None:
    assert dps_problems(document()) == []
    found = read(document())
    sheet = found["datasheet"]
    assert found["format"] == DPS and found["licence"] == "CC-BY-4.0" and found["notes"] == []
    assert found["about"]["creators"] == ["Navisphere, Port 1"] and sheet["sources"] == ["Customs office"]
    assert sheet["collection_method"] == ["feeds-api-source"] and sheet["geography"] == ["DE / BY"]
    assert sheet["generation_period"] == "2023-01/2023-12" and sheet["processing_excluded"] == ["US"]
    assert sheet["confidentiality"] == [{"classification": "pii", "evaluated": True}]
    assert sheet["intended_uses"] == [{"code": "ai-pre-training", "description": "to train"}]
    assert sheet["privacy_techniques"] == [{"code": "k-anonymity", "parameters": "k=5", "result": "ok"}]
    gaps = {one["field"]: one["carried"] for one in missing_in(found)}
    assert gaps == {
        "origin": False, "preprocessing": False, "permission": False, "tdm_reservation": False,
        "personal_information": False, "file_digest": False, "poisoning": False, "ai_generated": False,
    }  # fmt: skip


def test_a_coded_method_says_that_machines_made_it() -> None:
    method = [{"code": "machine-generated-mlops-generative"}]
    found = read(document(provenance={"generation-method": method}))
    assert "machine-generated-mlops-generative" in found["datasheet"]["ai_generated"]


@pytest.mark.parametrize(
    ("group", "element", "value", "problem"),
    [
        ("source", "title", None, "source.title: must be a text"),
        ("source", "issuer", [], "source.issuer: must have at least one item"),
        ("source", "issuer", {"name": "x"}, "source.issuer: must be a list"),
        ("provenance", "date", "27 May 2024", "provenance.date: must be a date"),
        ("provenance", "date", "2024-13-01", "provenance.date: must be a date"),
        ("provenance", "date", "2024-05-27T15:18:02", "provenance.date: must be a date"),
        ("provenance", "origin-geography", [{"state": "BY"}], "provenance.origin-geography[0].country: is missing"),
        ("use", "classification", [{"regulation": {"code": "pii"}, "evaluated": "yes"}], "must be true or false"),
        ("use", "consents", ["a", "a"], "use.consents: names something twice"),
        ("use", "intended-purpose", [{"code": "ai-other"}], "use.intended-purpose[0].description: is missing"),
        ("use", "license", ["MIT"], "use.license: must be a text"),
    ],
)
def test_breaches_are_named_with_their_place(group: str, element: str, value: Any, problem: str) -> None:
    broken = document(**{group: {element: value}})
    assert any(problem in one for one in dps_problems(broken))
    assert any(problem in note for note in read(broken)["notes"]), "and the rest is read all the same"


def test_missing_groups_and_strange_shapes_do_no_harm() -> None:
    assert dps_problems({"source": {}, "use": 3})[-1] == "use: must be an object"
    broken = {"source": {"title": {"a": 1}, "issuer": [3]}, "provenance": {"origin": "x", "date": 7}, "use": []}
    assert read(broken)["format"] == DPS
    with pytest.raises(Invalid, match="describes no dataset"):
        metadata.read(b'{"source": {"title": "x"}}')


def test_our_own_export_is_valid_and_loses_nothing_that_the_format_carries() -> None:
    facts = described()
    written = json.loads(metadata.write(facts, DPS))
    assert dps_problems(written) == []
    found = read(written)
    sheet, said = found["datasheet"], facts.said()
    for name in ("geography", "processing_geography"):
        assert sheet[name] == said[name]
    for name in ("generation_period", "contains_copyrighted_material", "consent_documents", "patents"):
        assert sheet[name] == said[name]
    assert sheet["privacy_techniques"] == said["privacy_techniques"] and found["licence"] == facts.licence
    assert sheet["collection_method"] == [said["collection_method"]]
    assert [one if isinstance(one, str) else one["name"] for one in sheet["sources"]][:2] == [
        "service desk",
        "The authors",
    ]
    assert (found["about"]["published"], found["about"]["previous"]) == (facts.created, facts.previous)
    assert metadata.write(facts, DPS) == metadata.write(described(), DPS)


def test_what_nobody_recorded_is_marked_and_read_back_as_missing() -> None:
    written = json.loads(metadata.write(described(datasheet={}, measured=()), DPS))
    assert dps_problems(written) == [] and written["provenance"]["origin-geography"] == [{"country": "ZZ"}]
    gaps = {one["field"] for one in missing_in(read(written))}
    assert {"geography", "collection_method", "sources"} <= gaps
