"""What fills the documents under the AI Act, each filler on a snapshot made by hand."""

from typing import Any

from apps.reports.rules.documents.content import Bullets, FactList, Filled, Paragraph, Table
from apps.reports.rules.documents.filling import CONDITIONS, FILLERS
from apps.reports.rules.documents.filling.declaration import BLANK
from apps.reports.rules.documents.filling.facts import Facts
from tests.reports.small_facts import (
    AT,
    assessment,
    dataset,
    deployment,
    drift,
    evaluation,
    incident,
    question,
    risk,
    scan,
    small,
    statement,
    system,
    trail,
    version,
    version_itself,
)

AI_ACT = {"urn": "urn:genaiops:framework:eu-ai-act", "version": 1, "title": "EU AI Act"}
ORGANISATION = {"name": "Desk Works", "address": "1 Harbour Street", "contact": "Office of the board"}
SYSTEM = {"id": 1, "kind": "system", "label": "Front desk"}


def filled(name: str, facts: Facts) -> Filled:
    return FILLERS[name](facts)


def rows_of(found: Filled) -> dict[str, str]:
    return {name: value for block in found.blocks if isinstance(block, FactList) for name, value in block.rows}


def tables_of(found: Filled) -> list[tuple[str, ...]]:
    return [row for block in found.blocks if isinstance(block, Table) for row in block.rows]


def words_of(found: Filled) -> str:
    texts = [block.text for block in found.blocks if isinstance(block, Paragraph)]
    return " ".join([*texts, *(item for block in found.blocks if isinstance(block, Bullets) for item in block.items)])


def answers(*questions: dict[str, Any]) -> dict[str, Any]:
    return assessment(*questions, framework=AI_ACT, subject=SYSTEM, sign_offs=[])


def test_nothing_on_record_fills_nothing() -> None:
    empty = small()
    own = ("governance", "testing", "records", "impact", "disclosure", "instructions", "outcomes")
    for name, fill in FILLERS.items():
        if name.partition(".")[0] in own:
            assert not fill(empty), name


def test_data_sets_by_what_they_were_used_for() -> None:
    data = [dataset(), dataset(id=12, label="Old v1", used_as=["drift reference"])]
    found = filled("governance.sets", small(datasets=data))
    assert [row[0] for row in tables_of(found)] == ["Rows v1"] and not found.missing
    untested = filled("governance.sets", small(datasets=[dataset(used_as=["training data"])]))
    assert untested.missing == ("No data set for validation or testing is on record.",)
    untrained = filled("governance.sets", small(datasets=[dataset(used_as=["evaluation data"])]))
    assert untrained.missing == ("No data set for training is on record.",)


def test_what_datasheets_say_and_which_is_silent() -> None:
    told = dataset(provenance={"rationale": "People ask like this.", "imported_from": "card.md"})
    silent = dataset(id=12, label="Other v1", provenance={})
    found = filled("governance.choices", small(datasets=[told, silent]))
    assert rows_of(found)["Data set"] == "Rows v1" and "People ask like this." in rows_of(found).values()
    assert found.known[0].status == "imported" and "card.md" in found.known[0].source
    assert len(found.missing) == 1 and found.missing[0].startswith("The datasheet of Other v1 does not say:")


def test_relevance_beside_the_purpose_of_the_system() -> None:
    data = dataset(provenance={"intended_uses": ["ai-evaluation"]})
    found = filled("governance.relevance", small(datasets=[data], system=system()))
    assert rows_of(found)["Purpose of the system"] == "Helping visitors"
    assert found.known[0].status == "declared"


def test_personal_data_ask_for_the_purpose_told_to_people() -> None:
    data = dataset(scan=scan(personal_data={"total": 3, "by_entity": {"EMAIL": 3}}))
    found = filled("governance.original_purpose", small(datasets=[data]))
    assert "3 pieces" in words_of(found) and "first collected" in found.missing[0]
    told = data | {"provenance": {"personal_information": "Addresses, for answering the sender."}}
    assert not filled("governance.original_purpose", small(datasets=[told])).missing
    none = dataset(scan=scan(personal_data={"total": 0, "by_entity": {}}))
    assert "no personal data of the kinds" in words_of(filled("governance.original_purpose", small(datasets=[none])))


def test_repeats_and_who_was_not_counted() -> None:
    data = [dataset(scan=scan(duplicates={"exact_rows": 4, "near_rows": 1})), dataset(id=12, label="Other v1")]
    found = filled("governance.quantity", small(datasets=data))
    assert tables_of(found) == [("Rows v1", "10", "4", "6", "1")]
    assert found.missing == ("Nobody counted repeated rows in Other v1.",)
    assert found.known[0].status == "measured"


def test_faults_of_rows_and_bytes() -> None:
    text = {"encoding": {"rows": 1}, "invisible": {"rows": 0}}
    data = dataset(scan=scan(text=text, integrity={"compromised": True}, poisoning={"statement": "Two triggers."}))
    found = filled("governance.errors", small(datasets=[data]))
    told = {row[1]: row[2] for row in tables_of(found)}
    assert told["Encoding faults"] == "1 row" and told["Signs of planted rows"] == "Two triggers."
    assert told["Stored bytes against their digests"] == "something does not match" and not found.missing
    half = filled("governance.errors", small(datasets=[dataset(scan=scan(duplicates={"exact_rows": 0}))]))
    assert "were not looked at" in half.missing[0]


def test_empty_values_and_what_is_known_to_be_missing() -> None:
    found = filled("governance.completeness", small(datasets=[dataset()]))
    assert ("Rows v1", "label", "1", "10.0 %") in tables_of(found)
    assert found.known[0].digest == "d" * 64


def test_languages_and_machine_written_text() -> None:
    text = {"language": {"languages": [{"name": "German", "share": 0.5}]}}
    data = dataset(scan=scan(text=text, generated={"statement": "About a tenth."}), provenance={"geography": "Ireland"})
    found = filled("governance.setting", small(datasets=[data]))
    assert ("Rows v1", "German", "50.0 %") in tables_of(found) and "Ireland" in rows_of(found).values()
    spread = filled("governance.distribution", small(datasets=[data]))
    assert "About a tenth." in words_of(spread)


def test_special_categories_apply_unless_every_set_was_searched_in_vain() -> None:
    applies = CONDITIONS["governance.special_categories"]
    clean = dataset(scan=scan(special_categories={"total": 0, "by_entity": {}}))
    tainted = dataset(scan=scan(special_categories={"total": 2, "by_entity": {"HEALTH": 2}, "method": "Lists."}))
    unsearched = dataset(id=12, label="Other v1")
    verdict, reason = applies(small(datasets=[clean]))
    assert not verdict and "Rows v1 (scan 1)" in reason and "can miss" in reason
    assert applies(small(datasets=[tainted])) == (True, "")
    assert applies(small(datasets=[clean, unsearched])) == (True, "")
    stated = answers(question("art-4a-1", text="Health data were used to find bias."))
    assert applies(small(datasets=[clean], assessments=[stated])) == (True, "")
    assert applies(small()) == (True, "")
    found = filled("governance.special_categories", small(datasets=[tainted]))
    assert tables_of(found) == [("Rows v1", "health", "2")] and "Lists." in words_of(found)


def test_newest_figures_with_interval_and_data() -> None:
    old = evaluation(id=4, finished_at="2026-01-01T00:00:00+00:00", is_held_out=False)
    found = filled("testing.newest", small(versions=[version(evaluations=[old, evaluation()])]))
    assert tables_of(found) == [("Exact match", "0.5", "0.4 to 0.6", "60")] and not found.missing
    assert rows_of(found)["Rows"] == "kept from training"
    seen = filled("testing.newest", small(versions=[version(evaluations=[old])]))
    assert "may have been part of training" in seen.missing[0]


def test_metrics_with_what_they_show_and_hide() -> None:
    strange = {"of": "version", "metric": "warmth", "value": 1, "low": 1, "high": 1, "n": 1}
    run = evaluation(scores=[*evaluation()["scores"], strange])
    found = filled("testing.metrics", small(versions=[version(evaluations=[run])]))
    assert [row[0] for row in tables_of(found)] == ["Exact match", "warmth"]
    assert found.missing == ("What the metric warmth shows and hides is not on record.",)


def test_reports_are_signed_by_an_approval_that_came_later() -> None:
    signed = small(versions=[version(evaluations=[evaluation()])], assessments=[assessment()])
    found = filled("testing.reports", signed)
    assert tables_of(found)[0][3:6] == ("Ann", "Ben", "2026-03-01") and not found.missing
    later = evaluation(finished_at="2026-03-02T00:00:00+00:00")
    after = small(versions=[version(evaluations=[later])], assessments=[assessment()])
    assert "is not signed by a responsible person" in filled("testing.reports", after).missing[0]
    assert tables_of(filled("testing.reports", after))[0][4] == "nobody"
    refused = assessment(sign_offs=[{"decision": "refused", "decided_by": None, "decided_at": AT}])
    unsigned = small(versions=[version(evaluations=[evaluation()])], assessments=[refused])
    assert filled("testing.reports", unsigned).missing


def test_measurements_of_other_files_are_stale() -> None:
    run = evaluation(model_digest="0" * 64)
    found = filled("testing.newest", small(versions=[version(evaluations=[run])]))
    assert found.known[0].is_stale


def test_the_declaration_names_system_files_and_blanks() -> None:
    facts = small(system=system(), versions=[version()], organisation=ORGANISATION)
    found = filled("declaration.subject", facts)
    assert rows_of(found)["Name of the system"] == "Front desk" and rows_of(found)["Type"] == BLANK
    assert "f" * 64 in rows_of(found)["Model version 1"]
    loose = filled("declaration.subject", small(versions=[version()]))
    assert "works in no AI system" in loose.missing[0]
    assert not filled("declaration.subject", small())


def test_the_provider_of_the_declaration() -> None:
    found = filled("declaration.provider", small(organisation=ORGANISATION))
    assert rows_of(found) == {"Provider": "Desk Works", "Address": "1 Harbour Street"} and not found.missing
    named = {"name": "Desk Works", "representative_name": "Rep SA"}
    half = filled("declaration.provider", small(organisation=named))
    assert rows_of(half)["Authorised representative"] == "Rep SA" and rows_of(half)["Address"] == BLANK
    assert half.missing == ("The address of the provider is not on record.",)
    assert not filled("declaration.provider", small())


def test_conformity_is_never_stated_without_what_stands_against_it() -> None:
    high = answers(question("scope-risk", text="Hiring.", choice="annex-iii"))
    facts = small(system=system(), versions=[version(version=version_itself(approved_digest="f" * 64))])
    ready = Facts(facts.raw | {"assessments": [high]})
    assert filled("declaration.conformity", ready).missing == ("The provider has to read and sign this statement.",)
    against = filled("declaration.conformity", Facts(facts.raw | {"incidents": [incident(state="open")]}))
    assert "It is not on record that the system is high-risk" in words_of(against)
    assert "Wrong doors opened" in words_of(against)
    draft = version(version=version_itself(stage="draft", stage_label="Draft"))
    assert "is not approved" in words_of(filled("declaration.conformity", small(versions=[draft])))
    altered = version(version=version_itself(approved_digest="0" * 64))
    assert "not those that were approved" in words_of(filled("declaration.conformity", small(versions=[altered])))


def test_blanks_that_only_a_person_fills() -> None:
    facts = small(organisation=ORGANISATION)
    assert "sole responsibility of the provider, Desk Works" in words_of(filled("declaration.responsibility", facts))
    assert list(rows_of(filled("declaration.assessment", facts)).values()) == [BLANK] * 3
    signature = rows_of(filled("declaration.signature", facts))
    assert signature["Signature"] == BLANK and signature["For, or on behalf of"] == "Desk Works"
    data = dataset(scan=scan(personal_data={"total": 2}))
    protection = filled("declaration.data_protection", small(datasets=[data]))
    assert "2 pieces of personal data found" in words_of(protection) and protection.known and protection.missing


def test_events_by_the_area_that_they_tell_of() -> None:
    found = filled("records.kinds", small(audit_trail=trail()))
    assert [row[1:] for row in tables_of(found)] == [("1", "2026-03-01", "2026-03-01")] * 2
    assert found.known[0].digest == "0" * 64
    risky = filled("records.risky_events", small(audit_trail=trail()))
    assert len(tables_of(risky)) == 2
    entry = trail()["entries"][0] | {"action": "answer.save"}
    assert not filled("records.risky_events", small(audit_trail=trail(entries=[entry])))


def test_monitors_that_read_other_data_than_that_in_use() -> None:
    found = filled("records.monitoring", small(versions=[version(drift=[drift()])]))
    assert tables_of(found)[0][3] == "yes" and not found.missing
    other = filled("records.monitoring", small(versions=[version(drift=[drift(is_own_traffic=False)])]))
    assert other.missing == ("No comparison reads the data of this system's own use.",)


def test_retention_names_what_nobody_said() -> None:
    places = [deployment(), deployment(id=10, name="Kiosk")]
    kept = question("art-26-6", text="400 days, on the logging machine.")
    of_kiosk = assessment(
        kept, framework=AI_ACT, subject={"id": 10, "kind": "deployment", "label": "Kiosk"}, sign_offs=[]
    )
    facts = small(audit_trail=trail(), deployments=places, assessments=[of_kiosk])
    for name in ("records.retention", "deployment.logs"):
        found = filled(name, facts)
        assert found.missing == ("How long the logs of requests to Desk are kept is not on record.",), name
    assert rows_of(filled("records.retention", facts))["Oldest entry about this subject"] == "2026-03-01"


def test_an_answer_about_the_system_tells_how_long_all_logs_are_kept() -> None:
    told = answers(question("art-13-3-f", text="In the archive, for two years."))
    facts = small(audit_trail=trail(), deployments=[deployment()], assessments=[told])
    assert not filled("records.retention", facts).missing and not filled("deployment.logs", facts).missing
    nobody = answers(question("art-13-3-f"))
    assert filled("deployment.logs", small(deployments=[deployment()], assessments=[nobody])).missing


def test_an_answer_tells_the_figures_of_use() -> None:
    measured = version(drift=[drift()])
    assert filled("monitoring.kpis", small(versions=[measured])).missing
    told = answers(question("annex-iv-9", text="1,200 calls a month, 0.4 s each."))
    assert not filled("monitoring.kpis", small(versions=[measured], assessments=[told])).missing


def test_an_answer_tells_how_people_stop_the_system() -> None:
    assert filled("oversight.measures", small(systems=[system()])).missing
    told = answers(question("art-14-4-e", text="The red switch at the desk."))
    assert not any(
        "stop" in one for one in filled("oversight.measures", small(systems=[system()], assessments=[told])).missing
    )


def test_scope_and_period_of_use() -> None:
    place = deployment(ready_at=AT, stopped_at="2026-06-01T00:00:00+00:00", traffic={"requests": 1200})
    facts = small(system=system(), deployments=[place], organisation=ORGANISATION)
    scope = rows_of(filled("impact.scope", facts))
    assert scope["Deployer"] == "Desk Works" and scope["Deployment “Desk”"].startswith("production, Help at the desk")
    assert filled("impact.scope", small(deployments=[place])).missing
    period = rows_of(filled("impact.period", facts))
    assert period == {
        "Desk: in use since": "2026-03-01", "Desk: until": "2026-06-01", "Desk: requests counted": "1,200",
    }  # fmt: skip


def test_an_assessment_after_the_first_use_is_late() -> None:
    early = answers(question("art-27-1-a", text="At the desk.", answered_at="2026-02-01T00:00:00+00:00"))
    late = answers(question("art-27-1-a", text="At the desk.", answered_at="2026-04-01T00:00:00+00:00"))
    used = [deployment(ready_at=AT)]
    assert not filled("impact.first_use", small(deployments=used, assessments=[early])).missing
    assert "after the first use" in filled("impact.first_use", small(deployments=used, assessments=[late])).missing[0]
    unused = filled("impact.first_use", small(deployments=[deployment()], assessments=[late]))
    assert rows_of(unused)["First use on record"] == "not yet in use"


def test_complaints_reach_the_organisation() -> None:
    assert rows_of(filled("impact.complaints", small(organisation=ORGANISATION))) == {
        "Contact for complaints": "Office of the board"
    }


def test_marking_later_only_for_what_was_there_before_august_2026() -> None:
    applies = CONDITIONS["disclosure.may_be_earlier"]
    assert applies(small(deployments=[deployment()])) == (True, "")
    assert applies(small()) == (True, "")
    young = deployment(created_at="2026-09-01T00:00:00+00:00")
    verdict, reason = applies(small(deployments=[young]))
    assert not verdict and "2026-09-01" in reason
    assert applies(small(deployments=[young], systems=[system()])) == (True, "")
    on_the_day = deployment(created_at="2026-08-02T09:00:00+00:00")
    assert "not before 2 August 2026" in applies(small(deployments=[on_the_day]))[1]
    sold_before = answers(question("art-50-2-earlier", text="Sold since 2025, marked since November 2026."))
    assert applies(small(deployments=[young], assessments=[sold_before])) == (True, "")
    declined = answers(question("art-50-2-earlier", "not applicable", reason="It is new."))
    assert not applies(small(deployments=[young], assessments=[declined]))[0]
    assert rows_of(filled("disclosure.since", small(deployments=[young, deployment()]))) == {
        "Oldest deployment on record": "2026-03-01"
    }


def test_how_answers_are_explained() -> None:
    told = version(statements=[statement("explainability", "It names its page.")])
    found = filled("instructions.explaining", small(versions=[told]))
    assert "It names its page." in rows_of(found).values()


def test_outcomes_without_a_word_on_who_is_harmed() -> None:
    found = filled("outcomes.foreseeable", small(risks=[risk(), risk(id=3, title="Delay", description="")]))
    assert [row[1] for row in tables_of(found)] == ["Wrong answers", "Delay"]
    assert found.missing == ("Who may be harmed by risk 3, and how, is not told.",)


def test_changes_of_the_system_without_the_work_on_its_papers() -> None:
    entries = trail()["entries"] + [trail()["entries"][0] | {"sequence": 3, "action": "answer.save"}]
    found = filled("changes.relevant", small(audit_trail=trail(entries=entries)))
    assert [row[0] for row in tables_of(found)] == ["2", "1"]
