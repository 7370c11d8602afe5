"""Snapshots of every kind of thing: what they hold, that nothing private is in them, and that they cost the same."""

import json
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoDbBlocker

from apps.accounts.models import Team
from apps.accounts.services import role_grant
from apps.audit.services import SYSTEM
from apps.audit.services.checkpoints import checkpoint_make
from apps.catalog.services import source_create, version_source_link
from apps.checklist.services import answer_save, assessment_create
from apps.incidents.models import Incident
from apps.incidents.services import action_add, hold_place, incident_open, report_start
from apps.registry.models import AISystem
from apps.registry.services import (
    alias_set,
    model_create,
    system_create,
    system_version_add,
    system_version_end,
    version_open,
)
from apps.reports.queries.frozen import FORMAT, freeze
from apps.reports.rules.documents.assembling import assemble
from apps.reports.rules.documents.filling.facts import Facts
from apps.reports.rules.documents.reading import document_specs
from apps.reports.services import document_start
from apps.risks.services import risk_create
from tests.kept import kept
from tests.makers import make_model, make_version
from tests.reports import small_facts as small
from tests.reports.regulated import AI_ACT, ORGANISATION, regulate
from tests.reports.results import scan_result, tuning_result
from tests.reports.world import ROWS, World, approve, evaluate, make_data, make_tuned, make_world

pytestmark = pytest.mark.django_db  # or no database is made where only tests of kept snapshots are chosen
AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
Json = dict[str, Any]


def frozen(subject: Any, world: World) -> Json:
    """The snapshot as it comes back from the storage."""
    taken = freeze(subject, by=world.olga, at=AT, reason="Audit", organisation=ORGANISATION)
    return json.loads(json.dumps(taken, allow_nan=False))


@dataclass(frozen=True)
class Made:
    """An approved, deployed version in a regulated system, and a snapshot of each kind of thing there is."""

    world: World
    system: AISystem
    snapshots: dict[str, Json]


def _make() -> Made:
    world = make_world()
    approve(world)
    system = regulate(world)
    subjects = {
        "version": world.version,
        "system": system,
        "deployment": world.version.deployments.get(),
        "dataset": world.data,
        "incident": Incident.objects.get(title="Wrong desk"),
    }
    return Made(world, system, {kind: frozen(subject, world) for kind, subject in subjects.items()})


@pytest.fixture(scope="module")
def made(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Made]:
    """The module's tests begin with it; making it takes longer than they do."""
    with kept(django_db_blocker, _make) as found:
        yield found


@pytest.fixture
def world(made: Made, db: None) -> World:
    """Who and what there is."""
    return made.world


@pytest.fixture
def system(made: Made, db: None) -> AISystem:
    """The system that the version works in."""
    return AISystem.objects.get(pk=made.system.pk)


def test_a_version_comes_with_all_that_it_is_made_of(world: World, system: AISystem) -> None:
    facts = frozen(world.version, world)
    assert facts["format"] == FORMAT
    assert facts["subject"] == {
        "kind": "version",
        "id": world.version.pk,
        "label": str(world.version),
        "digest": world.version.manifest_digest,
    }
    assert (facts["taken_at"], facts["reason"], facts["taken_by"]["name"]) == (AT.isoformat(), "Audit", "Olga")
    assert facts["organisation"] == ORGANISATION
    assert facts["system"]["label"] == str(system)
    [version] = facts["versions"]
    assert [step["label"] for step in version["lineage"]] == [str(world.version), str(world.base)]
    assert version["tuning"]["result"]["steps"] == 6
    assert version["assessment"]["sign_offs"][0]["decided_by"]["name"] == "Rui"
    assert version["gate"]["is_green"]
    assert version["works_in"][0]["system"] == str(system)
    labels = {data["label"]: data["used_as"] for data in facts["datasets"]}
    assert labels["Support questions v1"] == ["training data", "evaluation data"]
    assert labels["General text v1"] == ["training data of a base model"]
    assert {entry["id"] for entry in version["datasets"]} == {data["id"] for data in facts["datasets"]}
    assert facts["energy"] == {
        "kwh": {"tuning": 0.002, "evaluation": None, "drift": None},
        "kwh_total": 0.002,
        "kg_co2e": 0.0008,
    }


def test_a_system_comes_with_the_versions_at_work_in_it(world: World, system: AISystem) -> None:
    facts = frozen(system, world)
    assert (facts["subject"]["kind"], facts["system"]["id"]) == ("system", system.pk)
    assert [one["version"]["label"] for one in facts["versions"]] == [str(world.version)]
    assert [one["title"] for one in facts["risks"]] == ["Answers suit some teams better", "Outdated answers"]
    assert [one["title"] for one in facts["incidents"]] == ["Wrong desk"]
    assert {one["framework"]["urn"] for one in facts["assessments"]} == {AI_ACT, small.GENAIOPS["urn"]}
    assert {one["urn"] for one in facts["frameworks"]} == {AI_ACT, small.GENAIOPS["urn"]}
    assert all(len(one["digest"]) == 64 for one in facts["frameworks"])
    asked = [question for one in facts["assessments"] for group in one["groups"] for question in group["questions"]]
    chosen = next(question for question in asked if question["id"] == "scope-risk")
    assert chosen["answer"]["choice"] == "annex-iii"
    assert chosen["answer"]["value_words"].startswith("High-risk")


def test_a_deployment_comes_alone_with_its_version(world: World, system: AISystem) -> None:
    deployment = world.version.deployments.get()
    facts = frozen(deployment, world)
    assert facts["subject"]["kind"] == "deployment"
    assert [one["id"] for one in facts["deployments"]] == [deployment.pk]
    assert facts["deployments"][0]["applications"][0]["statement"] == "A line above the box says so."
    assert [one["version"]["id"] for one in facts["versions"]] == [world.version.pk]
    assert facts["system"]["id"] == system.pk


def test_data_comes_with_its_history_and_what_was_made_of_it(world: World) -> None:
    facts = frozen(world.data, world)
    assert (facts["subject"]["digest"], facts["versions"]) == (world.data.digest, [])
    [data] = facts["datasets"]
    assert [one["number"] for one in data["commits"]] == [1]
    assert data["used_by"] == [{"id": world.version.pk, "label": str(world.version), "relation": "Trained on"}]
    assert data["findings"]["dataset.pii"][0]["status"] == "measured"
    assert data["statistics"]["rows"] == 10


def test_an_incident_comes_with_what_it_is_about(world: World, system: AISystem) -> None:
    incident = Incident.objects.get(title="Wrong desk")
    facts = frozen(incident, world)
    assert facts["subject"]["kind"] == "incident"
    assert len(facts["subject"]["digest"]) == 64
    assert facts["system"]["id"] == system.pk
    assert [one["version"]["id"] for one in facts["versions"]] == [world.version.pk]
    assert facts["incidents"][0]["id"] == incident.pk


@pytest.mark.parametrize("kind", ["version", "system", "deployment", "dataset", "incident"])
def test_nothing_private_is_in_it(made: Made, kind: str) -> None:
    told = json.dumps(made.snapshots[kind])
    assert "@people.example" not in told  # nobody's address, nor the mailbox of an application
    assert "/srv/work" not in told  # no folder of the machine
    assert "Where is desk 3?" not in told  # no row of the data, though an example of the evaluation is one


def test_the_extract_of_the_trail_holds_all_that_belongs_to_the_things(world: World, system: AISystem) -> None:
    incident = Incident.objects.get(title="Wrong desk")
    role_grant(by=SYSTEM, user=world.rui, team=world.team, role="engineer")
    report_start(by=world.rui, incident=incident, kind="initial")
    hold_place(by=world.rui, incident=incident, subject=world.version, reason="It gave the answer.")
    action_add(by=world.olga, incident=incident, title="Read the handbook")
    alias_set(by=world.olga, model=world.version.model, name="trial", version=world.version)
    document_start(by=world.olga, document="ai-act-art-72-cycle", subject=system)
    checkpoint_make()
    trail = frozen(system, world)["audit_trail"]
    wanted = {"incident_report.start", "hold.place", "action.add", "alias.set", "document.start"}
    assert wanted - {entry["action"] for entry in trail["entries"]} == set()
    assert trail["proof"]["unsigned"] == []


def test_what_belongs_to_another_team_is_not_told(world: World, system: AISystem) -> None:
    team = Team.objects.get(name="Other team")
    role_grant(by=SYSTEM, user=world.xena, team=world.team, role="engineer")
    theirs = system_create(by=world.xena, team=team, name="Their system")
    system_version_add(by=world.xena, system=theirs, version=world.version, role="their secret part")
    risk_create(by=world.xena, team=team, title="Their risk", likelihood=1, impact=1, version=world.version)
    incident_open(by=world.xena, team=team, title="Their incident", severity="low", subject=world.version)
    source = source_create(by=world.xena, team=team, name="Their source", licence="CC0-1.0")
    version_source_link(by=world.xena, version=world.data, source=source)
    told = json.dumps(frozen(world.version, world))
    assert [
        name for name in ("Their system", "secret part", "Their risk", "Their incident", "Their source") if name in told
    ] == []
    assert "something of another team" in told  # that there is such a source, with its licence


def test_a_version_of_another_team_is_named_alone_where_it_works_in_the_system(world: World, system: AISystem) -> None:
    team = Team.objects.get(name="Other team")
    role_grant(by=SYSTEM, user=world.xena, team=world.team, role="engineer")
    model = make_model(world.xena, team, description="What nobody else may know")
    theirs = make_version(world.xena, team, model=model)
    system_version_add(by=world.xena, system=system, version=theirs)
    facts = frozen(system, world)
    assert [one["version"]["label"] for one in facts["versions"]] == [str(world.version)]
    assert str(theirs) in {part["version_label"] for part in facts["system"]["parts"]}
    assert "nobody else may know" not in json.dumps(facts)


def test_the_same_record_gives_the_same_snapshot(world: World, system: AISystem) -> None:
    first, second = frozen(system, world), frozen(system, world)
    assert first == second


def _queries(subject: Any, world: World) -> int:
    frozen(subject, world)
    with CaptureQueriesContext(connection) as captured:
        freeze(subject, by=world.olga, at=AT)
    return len(captured)


def test_more_versions_data_and_answers_cost_no_more_queries(world: World, system: AISystem) -> None:
    replaced = system_version_add(by=world.olga, system=system, version=world.base)
    system_version_end(by=world.olga, part=replaced, reason="Replaced")
    before = _queries(system, world)
    for number in range(2):
        rows = "".join(json.dumps(row) + "\n" for row in ROWS)
        data = make_data(world.olga, world.team, f"More {number}", "rows.jsonl", rows, scan_result())
        tuned = tuning_result() | {"data_sha256": data.digest}
        version = make_tuned(world.olga, world.base, data, tuned, name=f"Desk answers {number}")
        evaluate(world.olga, version, data, world.base)
        part = system_version_add(by=world.olga, system=system, version=version, role=f"part {number}")
        if number:  # one is at work, one was until now
            system_version_end(by=world.olga, part=part, reason="Replaced")
        risk_create(by=world.olga, team=world.team, title=f"Risk {number}", likelihood=1, impact=1, version=version)
        assessment = assessment_create(by=world.olga, version=version)
        answer_save(by=world.olga, assessment=assessment, question="data-1", status="declared", text="Ours.")
    assert _queries(system, world) == before


def _differences(by_hand: Any, real: Any, path: str = "") -> Iterator[str]:
    """Names that the hand-made value has and the real one has not."""
    if isinstance(by_hand, dict) and isinstance(real, dict):
        for name, value in by_hand.items():
            if name not in real:
                yield f"{path}.{name}"
            else:
                yield from _differences(value, real[name], f"{path}.{name}")
    elif isinstance(by_hand, list) and isinstance(real, list) and by_hand and real:
        yield from _differences(by_hand[0], real[0], f"{path}[0]")


def test_snapshots_made_by_hand_have_the_shape_of_real_ones(made: Made) -> None:
    real = deepcopy(made.snapshots["system"])
    version, data = real["versions"][0], next(one for one in real["datasets"] if one["id"] == made.world.data.pk)
    version["version"]["facts"]["layers"] = version["statements"] = version["figures"] = None
    data["provenance_labels"] |= {"collection_method": ""}
    pairs = [
        (small.version(), version),
        (small.tuning(), version["tuning"]),
        (small.evaluation(), version["evaluations"][0]),
        (small.drift(), version["drift"][0]),
        (small.dataset(statistics=None), data),
        (small.deployment(), real["deployments"][0]),
        (small.system(), real["system"]),
        (small.risk(controls=[]), real["risks"][0]),
        (small.incident(actions=[]), real["incidents"][0]),
        (small.assessment(small.question(text="x")), real["assessments"][0]),
        (small.alert(), real["monitoring"]["alerts"][0]),
        (small.trail(checkpoint=None, people={}), real["audit_trail"]),
    ]
    assert [name for by_hand, actual in pairs for name in _differences(by_hand, actual)] == []


@pytest.mark.parametrize("slug", sorted(document_specs()))
def test_every_document_is_made_of_a_real_snapshot(made: Made, slug: str) -> None:
    spec = document_specs()[slug]
    for kind in spec.subjects:
        facts = Facts(made.snapshots[kind])
        for audience in ("", *(one.id for one in spec.audiences)):
            document = assemble(spec, facts, audience=audience, made_at=AT.isoformat(), snapshot_digest="0" * 64)
            assert document.points
            for point in document.points:
                is_told = bool(point.blocks) or bool(point.gaps) or bool(point.reason)
                assert is_told, f"{slug}, {point.id}: neither filled nor said why not"
                assert point.state != "filled" or not point.gaps
                assert point.state not in ("missing", "partly") or all(gap.remedy for gap in point.gaps)


def _bare(world: World) -> Iterator[tuple[str, Any]]:
    """Things about which next to nothing is on record."""
    yield "version", world.base
    yield (
        "version",
        version_open(by=world.olga, model=model_create(by=world.olga, team=world.team, name="No files yet")),
    )
    yield "system", system_create(by=world.olga, team=world.team, name="Nothing in it")
    yield "dataset", make_data(world.olga, world.team, "Never scanned", "rows.csv", "a,b\n1,2\n")
    yield "incident", incident_open(by=world.olga, team=world.team, title="Out of the blue", severity="low")


def test_documents_are_made_of_things_that_hardly_anything_is_known_of(world: World) -> None:
    for kind, subject in _bare(world):
        facts = Facts(frozen(subject, world))
        for spec in document_specs().values():
            if kind in spec.subjects:
                made_of_it = assemble(spec, facts, made_at=AT.isoformat(), snapshot_digest="0" * 64)
                assert all(point.blocks or point.gaps or point.reason for point in made_of_it.points)
