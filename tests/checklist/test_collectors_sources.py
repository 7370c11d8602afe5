"""What the records of sources bring to the Data questions, and how it is known."""

from pathlib import Path

import pytest
from django.urls import reverse

from apps.catalog.models import Derivation, Source, VersionSource
from apps.catalog.queries.licences import origins_of
from apps.catalog.services import (
    dataset_version_describe,
    derivation_add,
    source_change,
    source_create,
    source_document_store,
    source_verify_licence,
    version_source_link,
)
from apps.checklist.models import Answer
from apps.checklist.queries import findings_for, present_view
from apps.checklist.rules import DECLARED, IMPORTED, MEASURED, UNKNOWN, Finding
from apps.checklist.services import answer_save, evidence_collect
from apps.registry.queries import model_thing
from apps.registry.queries.licences import licence_on_record
from apps.registry.services import model_describe
from tests.checklist.conftest import World, collect_and_say
from tests.makers import make_person
from tests.people import People
from tests.stories import PROVENANCE, make_base_version, make_dataset_version

FORUM = {
    "name": "Forum dump",
    "issuer": "The forum's club",
    "collection_method": "web-scraping-crawling-textual",
    "geography": ["DE"],
    "licence": "CC-BY-4.0",
    "confidentiality": "internal",
}


def forum(people: People, **more: object) -> Source:
    return source_create(by=people.olga, team=people.team, **FORUM | more)


def found(world: World, collector: str) -> Finding:
    """What is found about the data that the version itself was tuned on."""
    return findings_for(world.version)[collector][0]


def test_sources_answer_where_data_comes_from(world: World) -> None:
    version_source_link(by=world.people.olga, version=world.data, source=forum(world.people), share=0.4)
    finding = found(world, "dataset.provenance")
    assert finding.status == DECLARED
    assert "Forum dump (issued by The forum's club; Web pages, copied by machine: text; DE; 40% of the rows)" in (
        finding.summary
    )
    assert "How it was made: Questions written by staff" in finding.summary, "the datasheet is read beside it"


def test_what_was_read_from_a_file_is_imported_until_a_person_changes_it(people: People) -> None:
    data = make_dataset_version(people.olga, people.team, provenance={})
    source = forum(people, imported_from="croissant.json", machine_generated=0.1)
    version_source_link(by=people.olga, version=data, source=source, share=1.0)
    version = make_base_version(people.olga, people.team, trained_on=[data])
    asked = ("dataset.provenance", "dataset.permission", "dataset.confidentiality", "dataset.generation")
    before = [findings_for(version)[name][0] for name in asked]
    assert [finding.status for finding in before] == [IMPORTED] * 4
    assert before[0].method.endswith("read from croissant.json")
    source_change(by=people.olga, source=source, issuer="The forum's club")  # what it says already
    assert findings_for(version)["dataset.provenance"][0].status == IMPORTED
    source_change(by=people.olga, source=source, issuer="Another club")
    after = [findings_for(version)[name][0] for name in asked]
    assert [finding.status for finding in after] == [DECLARED] * 4
    assert all(old.subject_digest != new.subject_digest for old, new in zip(before, after, strict=True))


def test_a_source_that_does_not_say_how_it_came_into_being_leaves_the_answer_unknown(people: People) -> None:
    data = make_dataset_version(people.olga, people.team, provenance={"origin": "Somewhere"})
    version_source_link(by=people.olga, version=data, source=forum(people, collection_method=""))
    version = make_base_version(people.olga, people.team, trained_on=[data])
    (finding,) = findings_for(version)["dataset.provenance"]
    assert finding.status == UNKNOWN and "Not recorded: how Forum dump came into being." in finding.summary


def test_permission_names_who_verified_it_when_and_the_document(world: World, tmp_path: Path) -> None:
    source = forum(world.people, tdm_reservation="none", tdm_note="robots.txt, read on 3 May 2025")
    version_source_link(by=world.people.olga, version=world.data, source=source)
    before = found(world, "dataset.permission")
    assert before.status == DECLARED and "which nobody has verified" in before.summary
    contract = tmp_path / "contract.pdf"
    contract.write_bytes(b"we agree")
    source = source_document_store(by=world.people.olga, source=source, path=contract, filename="contract.pdf")
    officer = make_person("compliance_officer", team=world.people.team, name="Cleo")
    source = source_verify_licence(by=officer, source=source, evidence="The contract, clause 3")
    after = found(world, "dataset.permission")
    assert after.status == DECLARED, "nobody measured it"
    assert (
        f"verified by Cleo on {source.licence_verified_at.date().isoformat()} (The contract, clause 3)" in after.summary
    )
    assert f"document contract.pdf, SHA-256 {source.consent_digest[:12]}" in after.summary
    assert "looked for, none found (robots.txt, read on 3 May 2025)" in after.summary
    assert after.subject_digest != before.subject_digest


@pytest.mark.parametrize(
    ("told", "asks"),
    [
        ({"tdm_reservation": "reserved", "tdm_note": "robots.txt"}, "text and data mining is reserved"),
        ({"intended_uses": ["ai-evaluation"]}, "offered for measuring a model only"),
        ({"intended_uses": ["ai-alignment", "ai-evaluation"]}, ""),
    ],
)
def test_reservations_and_other_uses_ask_for_a_statement(world: World, told: dict[str, object], asks: str) -> None:
    version_source_link(by=world.people.olga, version=world.data, source=forum(world.people, **told))
    assert asks in found(world, "dataset.permission").value.get("asks", "")
    assert bool(asks) == ("asks" in found(world, "dataset.permission").value)


def test_confidentiality_is_that_of_the_strictest_source(people: People) -> None:
    data = make_dataset_version(people.olga, people.team, provenance={"sources": PROVENANCE["sources"]})
    for name, code in (("A", "public"), ("B", "restricted")):
        version_source_link(by=people.olga, version=data, source=forum(people, name=name, confidentiality=code))
    version = make_base_version(people.olga, people.team, trained_on=[data])
    (finding,) = findings_for(version)["dataset.confidentiality"]
    assert (finding.status, finding.value["confidentiality"]) == (DECLARED, "restricted")
    version_source_link(by=people.olga, version=data, source=forum(people, name="C", confidentiality=""))
    (finding,) = findings_for(version)["dataset.confidentiality"]
    assert finding.status == UNKNOWN and "Nobody has classified C." in finding.summary


def test_the_share_written_by_machines_is_that_of_the_sources(people: People) -> None:
    data = make_dataset_version(people.olga, people.team, provenance={"sources": PROVENANCE["sources"]})
    for name, share, made in (("A", 0.25, 1.0), ("B", 0.75, 0.2)):
        version_source_link(
            by=people.olga, version=data, source=forum(people, name=name, machine_generated=made), share=share
        )
    version = make_base_version(people.olga, people.team, trained_on=[data])
    (finding,) = findings_for(version)["dataset.generation"]
    assert finding.status == DECLARED and finding.value["share"] == 0.4
    assert "A 100%; B 20%" in finding.summary and "that is 40% of the rows" in finding.summary
    version_source_link(by=people.olga, version=data, source=forum(people, name="C"))
    (finding,) = findings_for(version)["dataset.generation"]
    assert finding.status == UNKNOWN and "Nobody has said it of C." in finding.summary


def test_the_licence_is_computed_along_the_chain(world: World) -> None:
    olga = world.people.olga
    other = make_dataset_version(olga, world.people.team, "Old forum", [{"question": "Old?"}], licence="ODbL-1.0")
    derivation_add(by=olga, version=world.data, origin=other, how="Filtered")
    version_source_link(by=olga, version=other, source=forum(world.people, licence="CC-BY-NC-4.0 OR MIT"))
    finding = found(world, "dataset.licence")
    assert finding.status == MEASURED and "whether the licence on record is the true one" in finding.method
    assert "derived from Old forum v1: ODbL-1.0 (copyleft)" in finding.summary
    assert "chosen among CC-BY-NC-4.0 and MIT" in finding.summary


def test_an_unknown_licence_is_declared_and_never_measured(world: World) -> None:
    version_source_link(by=world.people.olga, version=world.data, source=forum(world.people, licence="LicenseRef-ours"))
    finding = found(world, "dataset.licence")
    assert finding.status == DECLARED and "nobody has put on record what it allows" in finding.summary
    assert [one["blocks"] for one in finding.value["conflicts"]] == [False]


def test_data_without_any_licence_blocks_commercial_use_only(people: People) -> None:
    data = make_dataset_version(people.olga, people.team, licence="")
    version = make_base_version(people.olga, people.team, trained_on=[data])
    assert findings_for(version)["dataset.licence"] == []
    model_describe(by=people.olga, model=version.model, intended_uses=["commercial_use"], reason="It is sold")
    version.model.refresh_from_db()
    (finding,) = findings_for(version)["dataset.licence"]
    assert finding.status == UNKNOWN and finding.value["conflicts"][0]["blocks"]
    assert (
        finding.value["conflicts"][0]["sentence"]
        == "Base v1, trained on Support questions v1: no licence is on record."
    )


def test_a_base_models_terms_stand_beside_its_lineage(world: World) -> None:
    type(world.base).objects.filter(pk=world.base.pk).update(licence="llama2")
    uses = ["over_700_million_users", "train_other_models"]
    model_describe(by=world.people.olga, model=world.version.model, intended_uses=uses, reason="It grows")
    version = type(world.version).objects.select_related("model").get(pk=world.version.pk)
    (finding,) = findings_for(version)["lineage.base_models"]
    assert "tuned from Base v1: LicenseRef-llama2 asks for another licence above 700" in finding.summary
    assert sum(one["blocks"] for one in finding.value["conflicts"]) == 2


def test_a_changed_source_turns_the_answers_stale(world: World) -> None:
    source = forum(world.people)
    version_source_link(by=world.people.olga, version=world.data, source=source)
    collect_and_say(world)
    assert present_view(world.assessment).gate.is_green
    before = Answer.objects.filter(assessment=world.assessment).count()
    source_change(by=world.people.olga, source=source, confidentiality="confidential")
    stale = {question.id for question in present_view(world.assessment).questions if question.is_stale}
    assert {"data-1", "data-2", "data-3", "data-5"} <= stale
    evidence_collect(by=world.people.olga, assessment=world.assessment)
    assert present_view(world.assessment).gate.is_green
    assert Answer.objects.filter(assessment=world.assessment).count() > before


def test_what_restricts_uses_asks_what_the_model_is_for(world: World) -> None:
    olga, model = world.people.olga, world.version.model
    collect_and_say(world)
    assert present_view(world.assessment).gate.is_green, "these licences restrict no use"
    dataset_version_describe(by=olga, version=world.data, licence="CC-BY-NC-4.0", provenance=PROVENANCE, reason="Read")
    type(world.base).objects.filter(pk=world.base.pk).update(licence="llama3.1")
    collect_and_say(world)
    asked = {item.question: item for item in present_view(world.assessment).gate.problems}
    assert set(asked) == {"data-4", "modeling-6"}
    assert asked["data-4"].problem == ("CC-BY-NC-4.0 restricts some uses, and nobody has said what Desk is meant for.")
    assert asked["modeling-6"].problem.startswith("LicenseRef-llama3.1 restricts some uses")
    assert asked["data-4"].page == reverse("registry:model-describe", args=[model.pk])
    answer_save(by=olga, assessment=world.assessment, question="modeling-6", status="declared", text="Only inside.")
    assert {item.question for item in present_view(world.assessment).gate.problems} == {"data-4"}
    model_describe(by=olga, model=model, intended_uses=["public_service"], reason="It answers visitors")
    collect_and_say(world)
    fresh_one = type(world.assessment).objects.select_related("version__model").get(pk=world.assessment.pk)
    assert not [item for item in present_view(fresh_one).gate.problems if "meant for" in item.problem]


def test_a_model_whose_own_licence_restricts_uses_is_asked_too(people: People) -> None:
    version = make_base_version(people.olga, people.team)
    type(version).objects.filter(pk=version.pk).update(licence="gemma")
    (finding,) = findings_for(type(version).objects.select_related("model").get(pk=version.pk))["lineage.base_models"]
    assert (finding.status, finding.summary) == (UNKNOWN, "No base model is on record.")
    assert "gemma restricts some uses" in finding.value["uses_unsaid"]


@pytest.mark.parametrize(
    ("licence", "values", "known"),
    [
        ("other", {"license_name": "llama3.1"}, "LicenseRef-llama3.1"),
        ("", {"license_name": "qwen-research"}, "LicenseRef-qwen-research"),
        ("other", {"license_name": "our own terms"}, "LicenseRef-our-own-terms"),
        ("other", {}, "other"),
        ("mit", {"license_name": "llama3.1"}, "mit"),
        ("other", "broken", "other"),
    ],
)
def test_a_card_that_says_other_names_its_licence_elsewhere(
    people: People, licence: str, values: object, known: str
) -> None:
    version = make_base_version(people.olga, people.team, facts={"card_values": values})
    version.licence = licence
    assert licence_on_record(version) == known
    assert model_thing(version, {}, origins_of([])).licence == known


def test_of_another_teams_source_the_terms_are_told_and_not_its_name(world: World) -> None:
    """Who is in two teams may link a source of the one to data of the other; what is found is read by one team."""
    told = {"machine_generated": 0.3, "tdm_reservation": "reserved", "tdm_note": "their robots.txt"}
    theirs = source_create(by=world.people.xena, team=world.people.other_team, **FORUM | told)
    for source in (theirs, forum(world.people, name="Our own", issuer="Ourselves")):
        VersionSource.objects.create(version=world.data, source=source, share=0.5, created_by=world.people.xena)
    hidden = make_dataset_version(world.people.xena, world.people.other_team, "Their tickets")
    Derivation.objects.create(version=world.data, origin=hidden, how="filtered", created_by=world.people.xena)
    findings = [one for every in findings_for(world.version).values() for one in every]
    words = " ".join(f"{one.summary} {one.value} {one.method}" for one in findings)
    for secret in ("Forum dump", "The forum's club", "their robots.txt", "Their tickets"):
        assert secret not in words
    assert "a source of another team (Web pages, copied by machine: text; DE; 50% of the rows" in words
    assert "a source of another team: licence CC-BY-4.0, which nobody has verified" in words
    assert "a source of another team: text and data mining is reserved" in words
    assert "something of another team: CC-BY-4.0 (permissive)" in words
    assert "Our own (issued by Ourselves" in words


def test_many_sources_with_the_same_terms_are_told_once(people: People) -> None:
    data = make_dataset_version(people.olga, people.team, provenance={})
    for n in range(9):
        told = {"licence": "CC-BY-NC-4.0"} if n == 4 else {}
        source = forum(
            people, name=f"Forum {n}", machine_generated=0.1, tdm_reservation="reserved", tdm_note="robots.txt", **told
        )
        version_source_link(by=people.olga, version=data, source=source, share=1 / 9)
    found = findings_for(make_base_version(people.olga, people.team, trained_on=[data]))
    assert found["dataset.provenance"][0].summary.count("issued by") == 1
    assert "Forum 7 and Forum 8 (each issued by The forum's club" in found["dataset.provenance"][0].summary
    permission = found["dataset.permission"][0]
    assert permission.summary.count("which nobody has verified") == 2
    assert "Forum 0, Forum 1, Forum 2, Forum 3, Forum 5, Forum 6 and 2 others: licence CC-BY-4.0" in permission.summary
    assert permission.value["asks"].count("is reserved") == 1
    assert "and 3 others: internal" in found["dataset.confidentiality"][0].summary
    licence = found["dataset.licence"][0].summary
    assert licence.count("CC-BY-4.0 (permissive)") == 2 and "source Forum 4: CC-BY-NC-4.0" in licence
    assert max(len(finding.summary) for every in found.values() for finding in every) < 900
