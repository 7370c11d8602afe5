"""Monitoring, incidents, profiles, card, datasheet and bill of materials, made from a snapshot of a small world."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from apps.registry.models import AISystem, ModelVersion, SystemVersion
from apps.registry.services import system_version_add, system_version_end
from apps.reports.queries.frozen import freeze
from apps.reports.rules.documents.content import (
    FILLED,
    MISSING,
    NOT_APPLICABLE,
    PARTLY,
    Document,
    Picture,
    Point,
    Table,
)
from apps.reports.rules.documents.filling.cycle_period import DAYS, within
from apps.reports.rules.documents.filling.facts import Facts
from tests.kept import kept
from tests.reports.overseen import BILL, CAUSE, PARTS, accident, facts_now, made, oversee, point, write_report
from tests.reports.world import approve, make_world

pytestmark = pytest.mark.django_db

# Sections and points of each document, counted against what it follows.
STRUCTURE = {
    "ai-act-art-72-plan": (5, 20),
    "ai-act-art-72-cycle": (4, 19),
    "ai-act-art-73-initial": (11, 25),
    "ai-act-art-73-final": (10, 28),
    "nist-ai-600-1-profile": (5, 24),
    "iso-42001-soa": (12, 43),
    "model-card": (10, 25),
    "dataset-datasheet": (8, 36),
    "ai-bom-annex": (6, 16),
}
SYSTEM_SLUGS = ("ai-act-art-72-plan", "ai-act-art-72-cycle", "nist-ai-600-1-profile", "iso-42001-soa", "ai-bom-annex")


@dataclass(frozen=True)
class Overseen:
    """Snapshots of everything that these documents are about."""

    system: Facts
    version: Facts
    dataset: Facts
    reported: Facts  # the incident after its initial report
    completed: Facts  # and with a final one in draft
    fresh: Facts  # an incident of which nothing is said yet


def _make() -> Overseen:
    world = make_world()
    approve(world)
    system = oversee(world)
    fresh = accident(world, system)
    incident = accident(world, world.version)
    unsaid = facts_now(fresh, world)
    write_report(world, incident, "initial", PARTS)
    reported = facts_now(incident, world)
    write_report(world, incident, "final", CAUSE, is_sent=False)
    return Overseen(
        system=facts_now(system, world),
        version=facts_now(world.version, world),
        dataset=facts_now(world.data, world),
        reported=reported,
        completed=facts_now(incident, world),
        fresh=unsaid,
    )


@pytest.fixture(scope="module")
def overseen(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Overseen]:
    with kept(django_db_blocker, _make) as found:
        yield found


def facts_for(slug: str, overseen: Overseen) -> Facts:
    if slug.startswith("ai-act-art-73"):
        return overseen.reported
    return {"model-card": overseen.version, "dataset-datasheet": overseen.dataset}.get(slug, overseen.system)


def tables(one: Point) -> list[Table]:
    return [block for block in one.blocks if isinstance(block, Table)]


def words(one: Point) -> str:
    return json.dumps(asdict(one), ensure_ascii=False, default=sorted)


@pytest.mark.parametrize("slug", STRUCTURE)
def test_every_point_is_there_and_says_how_it_stands(slug: str, overseen: Overseen) -> None:
    document = made(slug, facts_for(slug, overseen))
    assert (len(document.sections), len(document.points)) == STRUCTURE[slug]
    for one in document.points:
        assert one.state in (FILLED, PARTLY, MISSING, NOT_APPLICABLE)
        assert bool(one.reason) == (one.state == NOT_APPLICABLE), one.id
        assert bool(one.gaps) == (one.state in (PARTLY, MISSING)), one.id
        assert bool(one.blocks) == (one.state in (FILLED, PARTLY)), one.id
        for table in tables(one):
            assert all(len(row) == len(table.columns) for row in table.rows), (one.id, table.title)
            assert len(set(table.columns)) == len(table.columns), (one.id, table.title)
            assert max(table.numeric, default=0) < len(table.columns), (one.id, table.title)
    assert document.count(FILLED) >= 3
    assert "@" not in json.dumps(asdict(document), default=sorted)


@pytest.mark.parametrize("slug", STRUCTURE)
def test_the_same_snapshot_gives_the_same_document(slug: str, overseen: Overseen) -> None:
    facts = facts_for(slug, overseen)
    again = Facts(json.loads(json.dumps(facts.raw)))
    assert made(slug, facts) == made(slug, again)


# --- ISO/IEC 42001 ---------------------------------------------------------------------------------------------------


def test_all_38_controls_stand_in_the_statement(overseen: Overseen) -> None:
    document = made("iso-42001-soa", overseen.system)
    (table,) = tables(point(document, "table"))
    assert len(table.rows) == len({row[0] for row in table.rows}) == 38
    own = [one for one in document.points if one.id.startswith("a.")]
    assert [one.ref for one in own] == [row[0] for row in table.rows]
    assert [one.title for one in own] == [row[1] for row in table.rows]


def test_a_control_in_place_shows_its_justification_and_asks_for_evidence(overseen: Overseen) -> None:
    one = point(made("iso-42001-soa", overseen.system), "a.2.2")
    assert one.state == PARTLY
    assert "The board approved the policy on 3 March." in words(one)
    assert [gap.problem for gap in one.gaps] == ["It is said to be in place, and no evidence shows it."]


def test_a_control_left_out_needs_its_reason(overseen: Overseen) -> None:
    document = made("iso-42001-soa", overseen.system)
    left_out, bare = point(document, "a.10.2"), point(document, "a.10.3")
    assert (left_out.state, left_out.reason) == (NOT_APPLICABLE, "No part of the system comes from partners.")
    assert bare.state == PARTLY
    assert bare.gaps[0].problem == "It is left out without a justification."


def test_a_control_that_nobody_answered_is_missing(overseen: Overseen) -> None:
    document = made("iso-42001-soa", overseen.system)
    assert point(document, "a.5.5").state == MISSING
    assert "33 of 38 controls have no answer." in words(point(document, "table"))


# --- NIST AI 600-1 ---------------------------------------------------------------------------------------------------


def test_the_profile_has_a_row_for_each_of_the_twelve_risks(overseen: Overseen) -> None:
    document = made("nist-ai-600-1-profile", overseen.system)
    (table,) = tables(point(document, "table"))
    assert [row[0] for row in table.rows] == [str(number) for number in range(1, 13)]
    rows = {row[1]: row[2:] for row in table.rows}
    run, result, residual, owner = rows["Confabulation"]
    assert (run, residual, owner) == ("Evaluation", "Invents desks: Low (2 × 2)", "Olga")
    assert "Exact match 0.4" in result
    assert rows["CBRN Information or Capabilities"][0] == "Not applicable"
    assert point(document, "risk-1").state == NOT_APPLICABLE
    assert rows["Environmental Impacts"][0] == "Tuning: energy"


def test_an_evaluation_of_answers_is_no_test_of_harmful_content(overseen: Overseen) -> None:
    one = point(made("nist-ai-600-1-profile", overseen.system), "risk-3")
    assert one.state == MISSING
    assert "Exact match" not in words(one)


def test_a_risk_with_evaluation_owner_and_residual_is_settled(overseen: Overseen) -> None:
    one = point(made("nist-ai-600-1-profile", overseen.system), "risk-2")
    assert (one.state, one.gaps) == (FILLED, ())
    assert {known.status for known in one.known} == {"declared", "measured"}


def test_every_suggested_action_stands_by_its_number(overseen: Overseen) -> None:
    document = made("nist-ai-600-1-profile", overseen.system)
    rows = [row for name in ("govern", "map", "measure", "manage") for row in _actions(document, name)]
    assert len(rows) == len({row[0] for row in rows}) == 212
    status = {row[0]: row[3] for row in rows}
    assert status["GV-1.1-001"] == "Done"
    assert status["MS-2.12-003"] == "Not relevant here"
    assert status["GV-4.3-001"] == "Not answered"
    served = {number for row in rows for number in row[2].split(", ") if number != "—"}
    assert served == {str(number) for number in range(1, 13)}
    (summary,) = tables(point(document, "actions-summary"))
    assert summary.columns == ("Function", "Actions", "Done", "Not relevant here", "Not answered")
    assert summary.rows[-1] == ("Together", "212", "1", "1", "210")


def _actions(document: Document, function: str) -> list[tuple[str, ...]]:
    (table,) = tables(point(document, f"actions-{function}"))
    return list(table.rows)


# --- Article 72 ------------------------------------------------------------------------------------------------------


def test_the_plan_names_metrics_baselines_and_thresholds(overseen: Overseen) -> None:
    one = point(made("ai-act-art-72-plan", overseen.system), "metrics")
    baselines, thresholds = tables(one)
    assert baselines.rows[0][:2] == ("Desk answers v1", "Loans, reference v1")
    assert len(thresholds.rows) == 10
    assert {row[2] for row in thresholds.rows} == {"0.4"}
    assert "the analysis has no targets" in words(one)


def test_the_plan_does_not_pass_a_stand_in_off_as_traffic(overseen: Overseen) -> None:
    document = made("ai-act-art-72-plan", overseen.system)
    assert "does not come from the versions' own use" in words(point(document, "sources"))
    assert point(document, "review").state == MISSING
    assert "Rui" in words(point(document, "people"))


def test_the_cycle_report_holds_what_was_measured_in_it(overseen: Overseen) -> None:
    document = made("ai-act-art-72-cycle", overseen.system)
    assert len(tables(point(document, "measurements"))[0].rows) == 1
    assert len(tables(point(document, "alerts"))[0].rows) == 2
    assert tables(point(document, "performance"))[0].rows[0][1] == "Estimated ROC AUC"
    assert any(isinstance(block, Picture) for block in point(document, "drawings").blocks)
    assert len(tables(point(document, "incidents"))[0].rows) == 3
    assert point(document, "compliance").state == MISSING
    triggers = dict(tables(point(document, "triggers"))[0].rows)
    assert triggers["A value outside its thresholds"] == "2 ×"
    assert triggers["An incident with a clock under Article 73"] == "2 ×"


def test_the_cycle_report_speaks_of_a_version_that_was_replaced_in_it(overseen: Overseen, db: None) -> None:
    system = AISystem.objects.get(pk=overseen.system.raw["subject"]["id"])
    olga, base = system.created_by, ModelVersion.objects.get(pk=overseen.system.versions[0]["lineage"][1]["id"])
    part = system_version_end(by=olga, part=system.parts.get(), reason="Replaced")
    system_version_add(by=olga, system=system, version=base)
    at = timezone.now()
    facts = freeze(system, by=olga, at=at)
    assert [one["version"]["label"] for one in facts["versions"]] == [str(base)]
    assert [one["version"]["label"] for one in facts["former_versions"]] == [str(part.version)]
    assert [one["version_label"] for one in facts["former_deployments"]] == [str(part.version)]
    told = Facts(json.loads(json.dumps(facts)))
    inside = within(told)
    named = f"{part.version} (at work until {part.until:%Y-%m-%d})"
    assert {row["version_label"] for row in [*inside.drift, *inside.monitoring["alerts"]]} == {named}
    assert (len(inside.drift), len(inside.monitoring["alerts"]), len(inside.incidents)) == (1, 2, 3)
    assert [one["version_label"] for one in inside.deployments] == [named]
    assert tables(point(made("ai-act-art-72-cycle", told), "use"))[0].rows[0][1] == named
    SystemVersion.objects.filter(pk=part.pk).update(until=at - timedelta(days=DAYS + 1))
    assert freeze(system, by=olga, at=at)["former_versions"] == []


# --- Article 73 ------------------------------------------------------------------------------------------------------


def test_the_initial_report_tells_its_clock(overseen: Overseen) -> None:
    one = point(made("ai-act-art-73-initial", overseen.reported), "clock")
    rows = dict(row for block in one.blocks for row in getattr(block, "rows", ()))
    assert one.state == FILLED
    assert (rows["Days from awareness"], rows["How the clock stands"]) == ("15", "Told in time")
    assert rows["First report sent"] != "Not yet"


def test_an_incomplete_initial_report_says_what_follows(overseen: Overseen) -> None:
    document = made("ai-act-art-73-initial", overseen.reported)
    assert point(document, "5-link").state == MISSING
    follows = point(document, "follows")
    assert follows.state == FILLED
    told = words(follows)
    assert "Parts without words: What caused it, Statement." in told
    assert "Corrective action “Read the handbook every night” of Olga, no date set." in told
    assert "Data protection authority: to be told by" in told
    assert "The complete report" in told


def test_a_report_can_be_made_before_anybody_wrote_a_word(overseen: Overseen) -> None:
    document = made("ai-act-art-73-initial", overseen.fresh)
    assert document.subject == "Sent to a desk under repair"
    assert point(document, "3-circumstances").state == MISSING
    assert "No report had gone to an authority" in words(point(document, "sent"))
    assert "Still running: 1" in words(point(document, "clock"))


def test_evidence_and_parallel_duties_stand_with_their_clocks(overseen: Overseen) -> None:
    document = made("ai-act-art-73-initial", overseen.reported)
    (held,) = tables(point(document, "6-evidence"))
    assert held.rows[0][0] == "Desk answers v1"
    assert held.rows[0][3] == "In force"
    duties = point(document, "8-duties")
    standing = {row[0]: row[4] for row in tables(duties)[0].rows}
    assert standing["Deployers and customers"] == "Told in time"
    assert standing["Data protection authority"].startswith("Still running")
    assert duties.gaps[0].problem == "Not told yet: Data protection authority."


def test_only_acts_that_may_have_altered_something_are_listed(overseen: Overseen) -> None:
    one = point(made("ai-act-art-73-initial", overseen.reported), "6-changes")
    acts = {row[1] for row in tables(one)[0].rows}
    assert any(act.startswith("deployment.") for act in acts)
    assert not any(act.startswith(("answer.", "assessment.", "incident.")) for act in acts)


def test_a_final_report_without_words_of_its_own_names_where_they_come_from(overseen: Overseen) -> None:
    document = made("ai-act-art-73-final", overseen.reported)
    assert point(document, "compared").state == MISSING
    assert point(document, "5-cause").state == MISSING
    harm = point(document, "4-harm")
    assert harm.state == PARTLY
    assert "These are the words of the initial report" in harm.gaps[0].problem


def test_the_final_report_tells_the_cause_and_what_is_new(overseen: Overseen) -> None:
    document = made("ai-act-art-73-final", overseen.completed)
    assert "The handbook named the desk as free" in words(point(document, "5-cause"))
    changes = dict(tables(point(document, "compared"))[0].rows)
    assert changes["What caused it"] == "New"
    assert changes["The harm"] == "Rewritten"
    assert changes["What happened"] == "Unchanged"
    assert changes["Statement"] == "Empty in both"


# --- card, datasheet, bill -------------------------------------------------------------------------------------------


def test_the_card_holds_the_scores_with_their_intervals(overseen: Overseen) -> None:
    document = made("model-card", overseen.version)
    assert "0.89 to 1.11" in words(point(document, "results"))
    assert point(document, "groups").state == MISSING
    assert "Olga's own word on modeling-1." in words(point(document, "limits"))


def test_the_datasheet_is_about_its_dataset_alone_and_holds_no_row(overseen: Overseen) -> None:
    document = made("dataset-datasheet", overseen.dataset)
    told = json.dumps(asdict(document), default=sorted)
    assert "Loans" not in told
    assert "Where is desk" not in told
    assert point(document, "motivation-funding").state == MISSING
    assert "E-mail address" in words(point(document, "composition-personal"))
    (used,) = tables(point(document, "uses-used"))
    assert used.rows == (("Support questions v1", "Desk answers v1", "Trained on"),)


def test_the_bill_names_every_component_with_licence_and_digest(overseen: Overseen) -> None:
    document = made("ai-bom-annex", overseen.system)
    (components,) = tables(point(document, "components"))
    kinds = {row[1]: row[0] for row in components.rows}
    assert kinds["Base v1"] == "Base model"
    assert kinds["Support questions v1"] == "Dataset"
    assert all(len(row[4]) == 64 for row in components.rows)
    assert all(row[3] != "—" for row in components.rows if row[0] != "Deployment")
    assert len(tables(point(document, "files"))[0].rows) == 2
    assert ("torch", "2.13.0", "Measured") in tables(point(document, "packages"))[0].rows
    assert "2 Wh" in words(point(document, "energy"))


def test_a_bill_that_was_read_in_stands_with_its_serial_number_and_digest(overseen: Overseen) -> None:
    (read_in,) = tables(point(made("ai-bom-annex", overseen.system), "documents"))
    row = dict(zip(read_in.columns, read_in.rows[0], strict=True))
    assert row["Serial number"] == "urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79"
    assert row["SHA-256"] == hashlib.sha256(BILL.encode()).hexdigest()
    assert int(row["Fields it lacks"]) > 5
