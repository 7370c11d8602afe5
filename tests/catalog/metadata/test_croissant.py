"""Croissant 1.0 and 1.1: published files in every spelling, our own out and back, and what mlcroissant says of them."""

import json
from pathlib import Path
from typing import Any

import mlcroissant
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from apps.catalog.rules import metadata
from apps.catalog.rules.metadata import CROISSANT_1_0, CROISSANT_1_1, missing_in
from apps.core.errors import Invalid
from tests.catalog.metadata.facts import DATASHEET, described
from tests.catalog.metadata.references import reference, references

BOTH = pytest.mark.parametrize("format", [CROISSANT_1_0, CROISSANT_1_1])


def read(document: dict[str, Any]) -> dict[str, Any]:
    return metadata.read(json.dumps(document).encode()).as_json()


def gaps(found: dict[str, Any]) -> set[str]:
    return {one["field"] for one in missing_in(found)}


@pytest.mark.parametrize("path", references("croissant", "*.json"))
def test_every_published_file_is_read_and_its_gaps_are_named(path: str) -> None:
    found = metadata.read(reference(path)).as_json()
    assert found["about"]["name"] and found["datasheet"]["sources"][0]["url"].startswith("https://")
    assert found["format"] == (CROISSANT_1_1 if "/1.1_" in path else CROISSANT_1_0)
    assert {"tdm_reservation", "poisoning", "confidentiality", "consent_documents"} <= gaps(found)


def test_the_responsible_ai_terms_of_a_published_file_land_in_our_fields() -> None:
    found = metadata.read(reference("croissant/1.0_dices-350.json")).as_json()
    sheet = found["datasheet"]
    assert found["licence"] == "CC-BY-SA-4.0" and sheet["annotator_demographics"].startswith("DICES-350 was annotated")
    assert sheet["annotation_platform"] == "Crowdworker annotators with task specific UI"
    assert sheet["origin"].startswith("The input data for this data collection was sampled")
    assert gaps(found) == {
        "generation_period", "geography", "preprocessing", "permission", "consent_documents", "intended_uses",
        "contains_copyrighted_material", "tdm_reservation", "confidentiality", "personal_information", "poisoning",
        "ai_generated",
    }  # fmt: skip


def test_provenance_of_croissant_1_1_becomes_sources_and_activities() -> None:
    found = metadata.read(reference("croissant/1.1_huggingface-squad_v2.json")).as_json()
    names = [source["url"] for source in found["datasheet"]["sources"]]
    assert names == [
        "https://huggingface.co/datasets/rajpurkar/squad_v2",
        "https://huggingface.co/datasets/rajpurkar/squad",
    ]
    (activity,) = found["datasheet"]["generated_by"]
    assert activity.startswith("Added 50K plausible-sounding") and activity.endswith("by Crowdworkers")
    assert found["licence"] == "CC-BY-SA-4.0" and "file_digest" in gaps(found)
    assert any("as a SHA-256, which it is not" in note for note in found["notes"])


def test_a_licence_that_is_none_of_the_known_stays_in_its_own_words() -> None:
    found = metadata.read(reference("croissant/1.1_commoncrawl-CC-MAIN-2025-43-draft.json")).as_json()
    assert found["licence"] == "" and found["licence_said"] == "https://commoncrawl.org/terms-of-use"
    assert "licence" not in gaps(found) and any("no SPDX identifier" in note for note in found["notes"])
    assert found["datasheet"]["generation_period"] == "2025-10-05T11:42:39Z/2025-10-19T01:06:58Z"


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("rai:dataCollectionTimeFrame", "generation_period"),
        ("rai:annotatorsDemographics", "annotator_demographics"),
        ("rai:useCases", "intended_uses"),
        ("rai:dataReleaseMaintenance", "maintenance"),
        ("rai:dataDataManipulationProtocol", "manipulation"),
        ("cr:personalSensitiveInformation", "personal_information"),
        ("dataBiases", "biases"),
        ("http://mlcommons.org/croissant/RAI/dataLimitations", "limitations"),
        ("own:dataSocialImpact", "social_impact"),
    ],
)
def test_misspelt_prefixed_and_expanded_names_are_understood(name: str, field: str) -> None:
    context = {"@vocab": "https://schema.org/", "own": "http://mlcommons.org/croissant/RAI/"}
    found = read({"@context": context, "@type": "Dataset", "name": "x", name: "words"})
    assert found["datasheet"][field] == "words"


@pytest.mark.parametrize(
    ("value", "read_as"),
    [
        (["one"], "one"),
        (["one", "two"], ["one", "two"]),
        ({"@value": "one"}, "one"),
        ([{"@value": "one", "@language": "en"}, {"@value": 2}], ["one", "2"]),
        ({"@list": ["one"]}, "one"),
        ({"en": "one", "de": "eins"}, "one"),
        ({"@type": "sc:Text", "name": "one"}, "one"),
    ],
)
def test_values_may_be_one_or_many_and_wrapped(value: Any, read_as: Any) -> None:
    found = read({"@type": "sc:Dataset", "name": "x", "rai:dataLimitations": value})
    assert found["datasheet"]["limitations"] == read_as


def test_expanded_json_ld_and_graphs_are_read_like_compact_ones() -> None:
    graph = {
        "@context": "https://example.org/a-context-that-is-never-fetched.jsonld",
        "@graph": [
            {"@id": "#maker", "@type": "Organization", "name": "Makers"},
            {"@id": "#data", "@type": ["https://schema.org/Dataset"], "creator": {"@id": "#maker"}, "name": "Graph",
             "http://mlcommons.org/croissant/RAI/dataBiases": [{"@value": "some"}],
             "https://schema.org/license": {"@id": "https://spdx.org/licenses/MIT.html"},
             "http://purl.org/dc/terms/conformsTo": [{"@id": "http://mlcommons.org/croissant/1.1"}]},
        ],
    }  # fmt: skip
    found = read(graph)
    assert found["format"] == CROISSANT_1_1 and found["licence"] == "MIT" and found["datasheet"]["biases"] == "some"
    assert found["about"]["creators"] == ["Makers"]


def test_use_conditions_and_software_agents_are_put_into_words() -> None:
    found = read(
        {
            "@type": "sc:Dataset",
            "name": "x",
            "usageInfo": [
                {"@type": "DefinedTerm", "name": "General Use", "termCode": "DUO_0000042", "url": "duo:0000042"},
                {"@type": ["CreativeWork", "odrl:Offer"], "name": "Policy", "odrl:permission": {
                    "odrl:action": {"@id": "duo:0000006", "name": "Health use"},
                    "odrl:constraint": [{"name": "Non-commercial use only"}]}},
            ],
            "prov:wasAttributedTo": {"@type": "prov:SoftwareAgent", "prov:label": "Generator 1.2"},
        }
    )  # fmt: skip
    permission = found["datasheet"]["permission"]
    assert permission[0] == "General Use (DUO_0000042) <duo:0000042>"
    assert permission[1] == "Policy Permitted: Health use. Only: Non-commercial use only."
    assert found["datasheet"]["ai_generated"] == "The file attributes the data to the software agent Generator 1.2."


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"[]", "no object"),
        (b'{"@type": "Person"}', "describes no dataset"),
        (b'{"a": NaN}', "NaN"),
        (b'{"@type": "Dataset"', "line 1"),
        (b'{"a":' * 40_000, "nested too deeply"),
        (b'{"@type": "Dataset", "a": ' + b"[" * 80 + b"]" * 80 + b"}", "nested deeper"),
        (b'{"@type": "Dataset", "a": [' + b"1," * 300_000 + b"1]}", "more than 200000 values"),
        (b'{"@type": "Dataset", "name": "\\ud800"}', "surrogate"),
        (b"\xff\xfe\x00", "UTF-8"),
        (b" ", "empty"),
        (b"a,b\n1,2\n", "neither JSON nor a card"),
        (b" " * (4 * 1024 * 1024 + 1), "4 MiB"),
    ],
)
def test_bad_files_are_refused_with_a_sentence(content: bytes, words: str) -> None:
    with pytest.raises(Invalid, match=words):
        metadata.read(content)


def test_values_of_the_wrong_type_do_no_harm() -> None:
    found = read(
        {
            "@type": "sc:Dataset",
            "name": 5,
            "license": [3, None, {"x": {}}],
            "distribution": "file",
            "recordSet": 7,
            "prov:wasDerivedFrom": ["a name", 4],
            "creator": [[["deep"]]],
            "genaiops:structured": [1],
        }
    )
    assert found["about"]["name"] == "5" and found["datasheet"]["sources"] == ["a name", "4"]


@BOTH
def test_our_own_export_reads_back_to_what_it_was_written_from(format: str) -> None:
    facts = described()
    found = metadata.read(metadata.write(facts, format)).as_json()
    assert found["format"] == format and found["licence"] == facts.licence
    assert found["datasheet"] == facts.said(), "every field, structures and fields of our own included"
    assert found["files"][0]["sha256"] == facts.digest and found["columns"] == ["id", "text"]
    assert found["measured"] == ["Scan 4: 12 pieces of personal data."], "a measurement is nobody's statement"
    assert "personal_information" not in found["datasheet"]


def test_words_that_somebody_changed_in_the_file_win_over_what_stood_behind_them() -> None:
    document = json.loads(metadata.write(described(), CROISSANT_1_1))
    document["genaiops:aiGenerated"] = "all of it"
    document["prov:wasDerivedFrom"].pop(0)
    found = read(document)
    assert found["datasheet"]["ai_generated"] == "all of it"
    assert [one["name"] for one in found["datasheet"]["sources"]] == ["Wiki"]


@BOTH
def test_equal_facts_give_equal_bytes(format: str) -> None:
    assert metadata.write(described(), format) == metadata.write(described(datasheet=dict(DATASHEET)), format)


def test_an_export_carries_rights_provenance_and_counts() -> None:
    document = json.loads(metadata.write(described(licence="CC-BY-4.0"), CROISSANT_1_1))
    assert document["license"] == "https://spdx.org/licenses/CC-BY-4.0"
    assert document["rai:personalSensitiveInformation"] == "Scan 4: 12 pieces of personal data."
    assert document["genaiops:personalData"] == {"total": 12}
    ancestor = next(one for one in document["prov:wasDerivedFrom"] if one["@type"] == "genaiops:DatasetVersion")
    assert ancestor["sha256"] == "ab" * 32 and ancestor["genaiops:how"] == "parent"
    assert "origin: imported from card.md" in document["genaiops:knownHow"]
    assert document["usageInfo"][0]["text"] == "own work"


def loaded(folder: Path, facts: Any, content: bytes, format: str) -> list[dict[str, Any]]:
    """The records as mlcroissant reads them, from an export that lies beside its file; without a network."""
    (folder / facts.filename).write_bytes(content)
    (folder / "croissant.json").write_bytes(metadata.write(facts, format))
    dataset = mlcroissant.Dataset(jsonld=str(folder / "croissant.json"))
    assert not dataset.metadata.ctx.issues.errors
    return list(dataset.records("records"))


NESTED = [
    {"id": 1, "text": "a", "ok": True, "score": 0.5, "tags": ["x", "y"], "a b/c": "é",
     "meta": {"k": 1, "in": {"z": "q"}}, "messages": [{"role": "user", "content": "hi"}]},
    {"id": 2, "text": "b", "ok": False, "score": 1.5, "tags": ["z"], "a b/c": "f",
     "meta": {"k": 2, "in": {"z": "r"}},
     "messages": [{"role": "user", "content": "ho"}, {"role": "bot", "content": "!"}]},
]  # fmt: skip
KINDS = {"id": "integer", "text": "text", "ok": "boolean", "score": "number", "tags": "list", "a b/c": "text",
         "meta": "object", "messages": "list"}  # fmt: skip
SHAPES = {
    "tags": {"list": "text"},
    "meta": {"object": {"k": "integer", "in": {"object": {"z": "text"}}}},
    "messages": {"list": {"object": {"role": "text", "content": "text"}}},
}


@BOTH
@pytest.mark.parametrize("kind", ["jsonl", "parquet"])
def test_mlcroissant_loads_the_rows_beside_the_export(tmp_path: Path, kind: str, format: str) -> None:
    content = "".join(json.dumps(row) + "\n" for row in NESTED).encode()
    if kind == "parquet":
        pq.write_table(pa.Table.from_pylist(NESTED), tmp_path / "written")
        content = (tmp_path / "written").read_bytes()
    columns = [{"name": name, "type": type_} for name, type_ in KINDS.items()]
    facts = described(content, filename=f"rows of it.{kind}", format=kind, columns=columns, shapes=SHAPES)
    first, second = loaded(tmp_path, facts, content, format)
    assert (first["records/id"], first["records/ok"], first["records/score"]) == (1, True, 0.5)
    assert first["records/tags"] == [b"x", b"y"] and first["records/a%20b%2Fc"] == "é".encode()
    assert first["records/meta"] == {"records/meta/k": 1}
    assert [one["records/messages/content"] for one in second["records/messages"]] == [b"ho", b"!"]


@BOTH
def test_mlcroissant_loads_csv_and_plain_text(tmp_path: Path, format: str) -> None:
    facts = described(b"id,text\n1,a\n2,b\n", filename="rows.csv", format="csv")
    assert loaded(tmp_path, facts, b"id,text\n1,a\n2,b\n", format)[1] == {"records/id": 2, "records/text": b"b"}
    facts = described(
        b"one\ntwo\n", filename="t.txt", format="text", key_columns=[], columns=[{"name": "text", "type": "text"}]
    )
    assert loaded(tmp_path, facts, b"one\ntwo\n", format) == [{"records/text": b"one"}, {"records/text": b"two"}]


def test_columns_that_no_path_can_take_apart_are_left_out_and_named(tmp_path: Path) -> None:
    columns = [{"name": "id", "type": "integer"}, {"name": "blob", "type": "object"}]
    facts = described(columns=columns, shapes={})
    records = json.loads(metadata.write(facts, CROISSANT_1_1))["recordSet"][0]
    assert [one["name"] for one in records["field"]] == ["id"] and "nested objects: blob" in records["description"]
