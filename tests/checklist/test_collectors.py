"""What each collector finds, when it finds nothing, and that it never claims more than is on record."""

from typing import Any

import pytest

from apps.catalog.models import ScanRun
from apps.catalog.queries import glances_of
from apps.catalog.services import dataset_version_describe
from apps.checklist.queries import findings_for
from apps.checklist.rules import COLLECTORS, DECLARED, IMPORTED, MEASURED, UNKNOWN, Finding
from apps.registry.models import ModelVersion
from apps.serving.services import application_acknowledge, application_add
from tests.checklist.conftest import World
from tests.makers import fresh, make_deployment
from tests.people import People
from tests.stories import (
    PROVENANCE,
    make_base_version,
    make_dataset_version,
    make_evaluation,
    make_scan,
    make_tuned_version,
    scan_result,
    tuning_result,
)

# lineage of version and of base, derivations and sources of the data, scans, tuning, evaluations, scores, tags of their
# data, deployments, and what was noticed since: systems, drift, risks, incidents
QUERIES = 17


def one(version: ModelVersion, collector: str) -> Finding:
    found = findings_for(version)[collector]
    assert len(found) == 1, found
    return found[0]


def statuses(version: ModelVersion, collector: str) -> list[str]:
    return [finding.status for finding in findings_for(version)[collector]]


def test_every_collector_answers_with_a_constant_number_of_queries(
    world: World, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(QUERIES):
        found = findings_for(world.version)
    assert set(found) == set(COLLECTORS)
    for number in range(3):
        make_evaluation(world.people.olga, world.version, world.data, world.base, loss=float(number))
    with django_assert_num_queries(QUERIES):
        findings_for(world.version)


def test_a_version_of_which_nothing_is_known_gives_no_findings_but_what_is_counted(people: People) -> None:
    found = findings_for(make_base_version(people.olga, people.team))
    assert {name for name, findings in found.items() if findings} == {"model.transparency", "reports.pack"}


def test_everything_on_record_is_found_with_how_it_is_known(world: World) -> None:
    found = findings_for(world.version)
    known = {name: sorted({finding.status for finding in findings}) for name, findings in found.items() if findings}
    measured = ["dataset.pii", "dataset.duplicates", "dataset.integrity", "evaluation.metrics", "tuning.recipe"]
    measured += ["dataset.licence"]
    measured += ["model.transparency", "lineage.base_models", "tuning.energy", "reports.pack"]
    declared = ["provenance", "permission", "confidentiality", "generation"]
    later = ["poisoning", "generated", "markers", "sensitive", "contamination"]  # this scan did not look for them
    expected = {name: [MEASURED] for name in measured} | {f"dataset.{name}": [DECLARED] for name in declared}
    assert known == expected | {f"dataset.{name}": [UNKNOWN] for name in later}


def test_data_collectors_speak_of_the_base_models_data_too(world: World) -> None:
    labels = [finding.subject_label for finding in findings_for(world.version)["dataset.pii"]]
    assert labels == ["Support questions v1", "General text v1"]


def test_a_dataset_without_a_scan_is_named_and_the_status_falls(people: World) -> None:
    olga, team = people.olga, people.team
    scanned, not_scanned = make_dataset_version(olga, team), make_dataset_version(olga, team, "Never scanned", ROWS)
    make_scan(olga, scanned)
    version = make_base_version(olga, team, trained_on=[scanned, not_scanned])
    found = findings_for(version)["dataset.pii"]
    assert [finding.status for finding in found] == [MEASURED, UNKNOWN]
    assert found[1].summary == "Never scanned v1: no finished scan of this version looked for it."


ROWS = [{"text": "Another row."}]


@pytest.mark.parametrize(
    ("collector", "field"),
    [
        ("dataset.permission", "permission"),
        ("dataset.confidentiality", "confidentiality"),
        ("dataset.generation", "ai_generated"),
        ("dataset.provenance", "sources"),
    ],
)
def test_a_datasheet_that_is_silent_about_one_dataset_makes_the_whole_unknown(
    people: People, collector: str, field: str
) -> None:
    olga, team = people.olga, people.team
    silent = {name: value for name, value in PROVENANCE.items() if name != field}
    data = [make_dataset_version(olga, team), make_dataset_version(olga, team, "Silent", ROWS, provenance=silent)]
    version = make_base_version(olga, team, trained_on=data)
    assert statuses(version, collector) == [DECLARED, UNKNOWN]


def test_a_datasheet_read_from_a_file_is_imported(people: People) -> None:
    data = make_dataset_version(people.olga, people.team, datasheet_file="support_desk.datasheet.yaml")
    found = one(make_base_version(people.olga, people.team, trained_on=[data]), "dataset.provenance")
    assert found.status == IMPORTED
    assert "support_desk.datasheet.yaml" in found.method


def test_a_typed_datasheet_is_declared_whatever_it_says_of_itself(people: People) -> None:
    said = PROVENANCE | {"imported_from": "a file that never was"}
    data = make_dataset_version(people.olga, people.team, provenance=said)
    found = one(make_base_version(people.olga, people.team, trained_on=[data]), "dataset.provenance")
    assert found.status == DECLARED


def test_no_and_zero_are_answers(people: People) -> None:
    said = PROVENANCE | {"ai_generated": False}
    data = make_dataset_version(people.olga, people.team, provenance=said)
    found = one(make_base_version(people.olga, people.team, trained_on=[data]), "dataset.generation")
    assert found.summary.startswith("Support questions v1: no.")


def test_a_base_model_whose_data_nobody_recorded_is_named(world: World) -> None:
    base = make_base_version(world.people.olga, world.people.team, "Downloaded")
    tuned = make_tuned_version(world.people.olga, base, world.data, "From downloaded")
    found = findings_for(tuned)["dataset.provenance"]
    assert [finding.status for finding in found] == [DECLARED, UNKNOWN]
    assert "What the base model Downloaded v1 was trained on is not on record" in found[1].summary


def test_personal_data_is_counted_by_kind_and_asks_for_a_decision(world: World) -> None:
    make_scan(world.people.olga, world.data, scan_result(entities={"EMAIL_ADDRESS": 6, "IBAN_CODE": 2}))
    found = findings_for(world.version)["dataset.pii"][0]
    assert "8 pieces of personal data in 8 rows (email address 6, iban code 2), of 10 rows" in found.summary
    assert "nobody has said what was decided" in found.value["asks"]


def test_a_sample_is_called_a_sample_and_hides_nothing_that_a_whole_scan_found(world: World) -> None:
    ScanRun.objects.filter(dataset_version=world.data).delete()
    sample = scan_result(rows=10)
    sample["personal_data"]["rows_scanned"] = 4
    make_scan(world.people.olga, world.data, sample)
    found = findings_for(world.version)["dataset.pii"][0]
    assert found.status == UNKNOWN and found.summary.endswith(
        "Only 4 of 10 rows were looked at, which tells too little: scan all rows."
    )
    assert "a sample of 4 of 10 rows. With 95 % confidence at most 53 % of all rows hold personal data" in found.summary
    make_scan(world.people.olga, world.data, scan_result(rows=10, entities={"EMAIL_ADDRESS": 6}))
    make_scan(world.people.olga, world.data, sample)
    assert "email address 6" in findings_for(world.version)["dataset.pii"][0].summary


def test_a_scan_of_some_columns_hides_nothing_and_alone_is_no_measurement(world: World) -> None:
    whole = scan_result(rows=10, entities={"EMAIL_ADDRESS": 6})
    part = scan_result(rows=10) | {"columns": ["answer"]}
    make_scan(world.people.olga, world.data, whole)
    make_scan(world.people.olga, world.data, part)
    found = findings_for(world.version)["dataset.pii"][0]
    assert found.status == MEASURED and "email address 6" in found.summary
    assert glances_of([world.data])[world.data.pk].personal == 6
    ScanRun.objects.filter(dataset_version=world.data).delete()
    make_scan(world.people.olga, world.data, part)
    found = findings_for(world.version)["dataset.pii"][0]
    assert found.status == UNKNOWN and found.summary.endswith("Not looked into: question.")


def test_a_model_that_finds_names_is_told(world: World) -> None:
    result = scan_result(rows=10)
    result["personal_data"] |= {"method": "Patterns; names by spaCy.", "methods": [{"evidence": "model"}]}
    make_scan(world.people.olga, world.data, result)
    found = findings_for(world.version)["dataset.pii"][0]
    assert found.method.endswith(": Patterns; names by spaCy.") and "Names of people" not in found.summary


def test_a_second_scan_with_the_same_findings_changes_no_digest(world: World) -> None:
    before = findings_for(world.version)["dataset.pii"][0]
    make_scan(world.people.olga, world.data, scan_result(rows=10) | {"seconds": 99.0})
    assert findings_for(world.version)["dataset.pii"][0].subject_digest == before.subject_digest


def test_signals_of_poisoning_say_that_no_trigger_was_searched_for(world: World) -> None:
    found = findings_for(world.version)
    for finding in found["dataset.integrity"] + found["dataset.duplicates"]:
        assert "obody searched for hidden triggers" in finding.summary


def test_integrity_says_whether_the_training_read_the_same_bytes(world: World) -> None:
    own, inherited = findings_for(world.version)["dataset.integrity"]
    assert "The tuning read a file with this very fingerprint." in own.summary
    assert "Nobody has read the stored bytes again since then" in inherited.summary


def test_a_tuning_that_read_other_bytes_blocks(world: World) -> None:
    other = make_tuned_version(world.people.olga, world.base, world.data, "Odd", result=tuning_result("e" * 64))
    assert "the tuning read other bytes" in findings_for(other)["dataset.integrity"][0].value["blocks"]


def test_a_licence_that_cannot_be_read_blocks_until_it_is_corrected(world: World) -> None:
    olga = world.people.olga
    type(world.data).objects.filter(pk=world.data.pk).update(licence="Foo")  # as a file of others may say it
    found = findings_for(world.version)["dataset.licence"][0]
    assert "'Foo' (character 1) is not on the SPDX licence list." in found.value["blocks"]
    dataset_version_describe(by=olga, version=world.data, licence="MIT", provenance=PROVENANCE, reason="Corrected")
    found = findings_for(world.version)["dataset.licence"][0]
    assert found.status == MEASURED and "blocks" not in found.value


def test_an_evaluation_is_told_with_interval_baseline_and_verdict(world: World) -> None:
    found = one(world.version, "evaluation.metrics")
    assert found.value["is_held_out"]
    assert "rows that were kept from training: Loss (nats per token) 1 (0.9 to 1.1)" in found.summary
    assert "better by 2" in found.summary


def test_an_evaluation_on_training_rows_blocks(world: World) -> None:
    olga = world.people.olga
    version = make_base_version(olga, world.people.team, "Flattered", trained_on=[world.data])
    make_evaluation(olga, version, world.data)
    assert "trained on" in one(version, "evaluation.metrics").value["blocks"]


def test_an_evaluation_on_the_base_models_training_rows_blocks(world: World) -> None:
    tuned = make_tuned_version(world.people.olga, world.base, world.data, "Second")
    make_evaluation(world.people.olga, tuned, world.base_data)
    assert "blocks" in one(tuned, "evaluation.metrics").value


def test_rows_that_may_have_been_seen_ask_for_a_statement(world: World) -> None:
    other = make_dataset_version(world.people.olga, world.people.team, "Fresh", [{"question": "New?"}])
    version = make_base_version(world.people.olga, world.people.team, "Unknown past")
    make_evaluation(world.people.olga, version, other)
    found = one(version, "evaluation.metrics")
    assert not found.value["is_held_out"]
    assert "cannot tell whether the model has seen these rows" in found.value["asks"]


def test_held_out_rows_are_preferred_to_newer_ones(world: World) -> None:
    other = make_dataset_version(world.people.olga, world.people.team, "Fresh", [{"question": "New?"}])
    make_evaluation(world.people.olga, world.version, other, loss=0.1)
    assert one(world.version, "evaluation.metrics").value["is_held_out"]


def test_an_evaluation_of_other_files_counts_for_nothing(world: World) -> None:
    ModelVersion.objects.filter(pk=world.version.pk).update(manifest_digest="f" * 64)
    found = one(fresh_version(world), "evaluation.metrics")
    assert found.status == UNKNOWN
    assert "its present files were not" in found.summary


def fresh_version(world: World) -> ModelVersion:
    return ModelVersion.objects.select_related("model").get(pk=world.version.pk)


def test_a_recipe_names_what_is_missing(world: World) -> None:
    result = tuning_result(world.data.digest) | {"environment": {}, "repeatable": False}
    version = make_tuned_version(world.people.olga, world.base, world.data, "Forgetful", result=result)
    found = one(version, "tuning.recipe")
    assert found.value["missing"] == ["the software versions", "the hardware"]
    assert found.summary.startswith("Not fully: the software versions and the hardware are not on record.")


def test_energy_says_how_it_was_reached_and_what_is_not_in_it(world: World) -> None:
    found = one(world.version, "tuning.energy")
    assert "estimated from its load" in found.method
    assert found.summary.startswith("2 Wh of electricity in 5 seconds on Test processor, 2 cores")
    assert "For Base v1 no figure is on record." in found.summary


def test_base_models_are_told_back_to_the_first(world: World) -> None:
    second = make_tuned_version(world.people.olga, world.version, world.data, "Again")
    assert [item["label"] for item in one(second, "lineage.base_models").value["base_models"]] == ["Desk v1", "Base v1"]


CARD: dict[str, Any] = {
    "card_values": {"base_model": "mistralai/Mistral-7B-v0.1", "co2_eq_emissions": {"emissions": 1200, "source": "ML"}},
    "card_sections": {"limitations": "It makes things up.", "risks": "It may offend."},
}


def test_what_a_model_card_says_is_imported(people: People) -> None:
    version = make_base_version(people.olga, people.team, facts=CARD)
    assert one(version, "lineage.base_models").status == IMPORTED
    assert "Mistral-7B" in one(version, "lineage.base_models").summary
    assert "1200" in one(version, "tuning.energy").summary
    assert one(version, "model.limitations").summary == "It makes things up."
    assert "asks" not in one(version, "model.risks").value


def test_the_base_models_card_does_not_speak_for_the_tuned_version(world: World) -> None:
    base = make_base_version(world.people.olga, world.people.team, "With card", facts=CARD)
    tuned = make_tuned_version(world.people.olga, base, world.data, "Child")
    found = one(tuned, "model.limitations")
    assert found.summary == "Of the base model With card v1: It makes things up."
    assert "nobody has said whether they hold for this version" in found.value["asks"]
    assert "names mistralai/Mistral-7B-v0.1 as its base; it is not registered here" in (
        one(tuned, "lineage.base_models").summary
    )


def test_data_that_only_a_card_names_is_imported(people: People) -> None:
    facts = {"card_values": {"datasets": ["organisation/books", "organisation/web"]}}
    base = make_base_version(people.olga, people.team, facts=facts)
    assert one(base, "dataset.provenance").status == IMPORTED
    tuned = make_tuned_version(people.olga, base, make_dataset_version(people.olga, people.team))
    own, inherited = findings_for(tuned)["dataset.provenance"]
    assert (own.status, inherited.status) == (DECLARED, IMPORTED)
    assert "The card of Base v1 names as its training data: organisation/books; organisation/web." in inherited.summary


def test_transparency_names_what_is_missing(people: People) -> None:
    found = one(make_base_version(people.olga, people.team), "model.transparency")
    assert found.value["missing"] == ["training data", "how it was tested"]


def test_deployments_and_acknowledgements(submitted: World) -> None:
    from apps.checklist.services import assessment_decide

    olga, rui = submitted.people.olga, submitted.people.rui
    assessment_decide(by=rui, assessment=submitted.assessment, decision="approved", reason="All checked.")
    deployment = make_deployment(fresh(olga), fresh_version(submitted), name="desk", purpose="testing")
    assert (
        one(submitted.version, "serving.deployments").summary
    ) == "“desk” in internal test, for testing. No application is named yet."
    assert statuses(submitted.version, "serving.disclosure") == [UNKNOWN]
    application = application_add(by=olga, deployment=deployment, name="Web form")
    assert one(submitted.version, "serving.disclosure").summary == "Not acknowledged by Web form."
    application_acknowledge(by=olga, application=application, statement="A machine writes this.")
    found = one(submitted.version, "serving.disclosure")
    assert (found.status, found.summary) == (DECLARED, "Web form tells its users: “A machine writes this.”.")


def test_the_documentation_collector_leaves_the_verdict_to_a_person(world: World) -> None:
    found = one(world.version, "reports.pack")
    assert found.value["missing"] == []
    assert "Nobody has said whether this documentation satisfies" in found.value["asks"]
