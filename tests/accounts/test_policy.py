"""Every action of the policy, tried over the API by every role and by an outsider, in one table."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from apps.accounts.models import Team, User
from apps.accounts.queries import may_for_site
from apps.accounts.rules import (
    ADMINISTRATOR,
    APPROVER,
    COMPLIANCE,
    ENGINEER,
    POLICY,
    ROLES,
    SITE_ACTIONS,
    allows,
    who_may,
)
from apps.accounts.services import require_for_site, site_administrator_set
from apps.audit.models import AuditEntry
from apps.audit.services import SYSTEM
from apps.catalog.services import scan_start, source_create
from apps.checklist.queries import present_view
from apps.checklist.services import assessment_create, evidence_collect, policy_set, remark_write
from apps.core.errors import Refused
from apps.incidents.services import incident_open
from apps.jobs.services import run_fail
from apps.registry.models import FileScanRun
from apps.registry.queries import held_files_of
from apps.registry.services import file_scan_finish, model_describe, system_create
from apps.risks.services import risk_create
from apps.serving.services import application_add
from apps.tracking.rules.places import Place
from apps.tracking.services import experiment_create, tracked_file_store, tracking_run_create
from tests.checklist.documents import make_document
from tests.checklist.framework_files import raw_framework, text_of
from tests.makers import (
    FILES,
    claim,
    make_approved,
    make_client,
    make_data,
    make_dataset,
    make_deployment,
    make_model,
    make_person,
    make_team,
    make_version,
    upload,
)

OUTSIDER = "outsider"
MLFLOW = "/api/2.0/mlflow/"  # refuses in a form of its own
FRAMEWORK = text_of(raw_framework())
SIGNED_BY_ALL = "title: All\nrules:\n  - approvals: 1 from {administrator, compliance officer, approver}\n"
TABLE = [{"x": number} for number in range(3)]


@dataclass(frozen=True)
class Ask:
    """One request."""

    path: str
    body: Any = None
    method: str = "post"
    form: str = "json"


@dataclass(frozen=True)
class Case:
    """How an action is asked for, and what those get who may not."""

    ask: Callable[[User, Team], Ask]
    outsider: int = 404


def _upload(by: User, team: Team) -> Ask:
    file = upload(b'{"prompt": "p", "answer": "a"}\n')
    return Ask(f"datasets/{make_dataset(by, team).pk}/versions/", {"file": file}, form="multipart")


def _compare(by: User, team: Team) -> Ask:
    before, after = make_data(by, team), make_data(by, team)
    return Ask("diffs/", {"before": before.pk, "after": after.pk})


def _tune(by: User, team: Team) -> Ask:
    body = {"base_version": make_version(by, team).pk, "dataset_version": make_data(by, team).pk}
    return Ask("tuning-runs/", body | {"output_model": make_model(by, team).pk})


def _verify(by: User, team: Team) -> Ask:
    source = source_create(by=by, team=team, name="Forum", licence="MIT")
    return Ask(f"sources/{source.pk}/verify-licence/", {"evidence": "the footer of the site"})


def _waive(by: User, team: Team) -> Ask:
    data = make_data(by, team, licence="CC-BY-NC-4.0")
    version = make_version(by, team, trained_on=[data])
    model_describe(by=by, model=version.model, intended_uses=["commercial_use"], reason="it is sold")
    version.model.refresh_from_db()
    assessment = assessment_create(by=by, version=version)
    evidence_collect(assessment=assessment)
    (conflict,) = present_view(assessment).conflicts
    soon = timezone.localdate() + timedelta(days=9)
    body = {"conflict": conflict.conflict, "reason": "agreed by letter", "expires_on": soon.isoformat()}
    return Ask(f"assessments/{assessment.pk}/waivers/", body)


def _evaluate(by: User, team: Team) -> Ask:
    return Ask("evaluations/", {"version": make_version(by, team).pk, "dataset_version": make_data(by, team).pk})


def _drift(by: User, team: Team) -> Ask:
    data = make_data(by, team, TABLE, "table.csv").pk
    return Ask("drift-runs/", {"version": make_version(by, team).pk, "reference": data, "analysis": data, "config": {}})


def _decide(by: User, team: Team) -> Ask:
    assessment = assessment_create(by=by, version=make_version(by, team))
    return Ask(f"assessments/{assessment.pk}/decide/", {"decision": "refused", "reason": "not yet"})


def _sign(by: User, team: Team) -> Ask:
    policy_set(by=by, team=team, name="all", text=SIGNED_BY_ALL, reason="any of them signs")
    return _decide(by, team)


def _deploy(by: User, team: Team) -> Ask:
    version = make_approved(team, by=by)
    return Ask("deployments/", {"version": version.pk, "name": "desk", "environment": "internal test"})


def _deployment(by: User, team: Team, action: str, body: dict[str, Any]) -> Ask:
    return Ask(f"deployments/{make_deployment(by, make_approved(team, by=by)).pk}/{action}/", body)


def _acknowledge(by: User, team: Team) -> Ask:
    deployment = make_deployment(by, make_approved(team, by=by))
    application = application_add(by=by, deployment=deployment, name="desk")
    return Ask(f"applications/{application.pk}/acknowledge/", {"statement": "a line above the answer"})


def _let_in(by: User, team: Team) -> Ask:
    body = {"systems": [system_create(by=by, team=team, name="Desk").pk], "kind": "link", "label": "Certifier"}
    until = (timezone.now() + timedelta(days=2)).isoformat()
    return Ask("audit-accesses/", body | {"reason": "the yearly audit", "expires_at": until})


def _cancel(by: User, team: Team) -> Ask:
    return Ask(f"runs/scan/{scan_start(by=by, version=make_data(by, team)).pk}/cancel/", {"reason": "not needed"})


def _retry(by: User, team: Team) -> Ask:
    run = claim(scan_start(by=by, version=make_data(by, team)))
    run_fail(run=run, code="x", message="it broke")
    return Ask(f"runs/scan/{run.pk}/retry/")


def _alias(by: User, team: Team) -> Ask:
    version = make_version(by, team)
    return Ask(f"models/{version.model_id}/aliases/trial/", {"version": version.pk}, method="put")


def _classify(by: User, team: Team) -> Ask:
    system = system_create(by=by, team=team, name="Desk")
    body = {"risk_class": "limited", "risk_reason": "it talks to people", "reason": "classified"}
    return Ask(f"systems/{system.pk}/change/", body)


def _held(by: User, team: Team) -> Ask:
    version = make_version(by, team, files=FILES | {"model.pkl": b"pickled"})
    file_scan_finish(run=claim(FileScanRun.objects.get(version=version)), files={}, result={})
    return Ask(f"quarantine/{held_files_of(version).get().pk}/release/", {"reason": "read by hand"})


def _clock(by: User, team: Team) -> Ask:
    incident = incident_open(by=by, team=team, title="A leak", severity="high")
    return Ask(f"incidents/{incident.pk}/classify/", {"clock": "serious", "reason": "harm"})


def _risk(by: User, team: Team) -> Ask:
    risk = risk_create(by=by, team=team, title="A leak", likelihood=3, impact=3)
    return Ask(f"risks/{risk.pk}/close/", {"reason": "Gone."})


def _incident(by: User, team: Team) -> Ask:
    incident = incident_open(by=by, team=team, title="A leak", severity="high")
    return Ask(f"incidents/{incident.pk}/close/", {"resolution": "filtered"})


def _delete(by: User, team: Team) -> Ask:
    version = make_version(by, team)
    body = {"name": version.model.name, "version": str(version.number)}
    return Ask(f"{MLFLOW}model-versions/delete", body, method="delete")


def _tracked_file(by: User, team: Team) -> Ask:
    run = tracking_run_create(by=by, experiment=experiment_create(by=by, team=team, name="Trials"))
    tracked_file_store(by=by, place=Place(run=run.uuid, path="notes.txt"), stream=upload(b"a note"))
    return Ask(f"tracking-runs/{run.uuid}/file/?path=notes.txt", method="get")


def _assign(by: User, team: Team) -> Ask:
    assessment = assessment_create(by=by, version=make_version(by, team))
    return Ask(f"assessments/{assessment.pk}/assignments/", {"person": make_person(ENGINEER, team=team).pk})


def _remark(by: User, team: Team) -> Ask:
    assessment = assessment_create(by=by, version=make_version(by, team))
    return Ask(f"assessments/{assessment.pk}/remarks/", {"text": "Who knows the source of this?"})


def _withdraw(by: User, team: Team) -> Ask:
    assessment = assessment_create(by=by, version=make_version(by, team))
    remark = remark_write(by=by, assessment=assessment, text="Ask Ann on extension 12")
    return Ask(f"assessments/{assessment.pk}/remarks/{remark.pk}/withdraw/")


CASES: dict[str, Case] = {
    "team.view": Case(lambda by, team: Ask(f"teams/{team.pk}/", method="get")),
    "people.manage": Case(
        lambda by, team: Ask(f"teams/{team.pk}/members/", {"email": make_person().email, "role": "auditor"})
    ),
    "trail.view": Case(lambda by, team: Ask("audit/verify/", method="get"), outsider=403),
    "dataset.create": Case(lambda by, team: Ask("datasets/", {"team": team.pk, "name": "New"})),
    "dataset.upload": Case(_upload),
    "dataset.describe": Case(
        lambda by, team: Ask(
            f"dataset-versions/{make_data(by, team).pk}/describe/",
            {"licence": "CC0-1.0", "provenance": {"sources": ["us"]}, "reason": "found out"},
        )
    ),
    "scan.start": Case(lambda by, team: Ask(f"dataset-versions/{make_data(by, team).pk}/scans/", {})),
    "diff.start": Case(_compare),
    "dataset.branch": Case(
        lambda by, team: Ask("branches/", {"dataset": make_data(by, team).dataset_id, "name": "cleaning"})
    ),
    "dataset.read_raw": Case(lambda by, team: Ask(f"dataset-versions/{make_data(by, team).pk}/file/", method="get")),
    "source.edit": Case(lambda by, team: Ask("sources/", {"team": team.pk, "name": "Forum"})),
    "source.verify": Case(_verify),
    "model.describe": Case(
        lambda by, team: Ask(
            f"models/{make_model(by, team).pk}/describe/", {"intended_uses": ["commercial_use"], "reason": "it is sold"}
        )
    ),
    "model.delete": Case(_delete),
    "waiver.grant": Case(_waive),
    "model.create": Case(lambda by, team: Ask("models/", {"team": team.pk, "name": "New"})),
    "version.create": Case(lambda by, team: Ask(f"models/{make_model(by, team).pk}/versions/", {"source": "a/b"})),
    "version.propose": Case(lambda by, team: Ask(f"model-versions/{make_version(by, team).pk}/propose/")),
    "version.retire": Case(
        lambda by, team: Ask(f"model-versions/{make_version(by, team).pk}/retire/", {"reason": "replaced"})
    ),
    "version.describe": Case(
        lambda by, team: Ask(
            f"model-versions/{make_version(by, team).pk}/describe/", {"modality": "text to text", "reason": "looked"}
        )
    ),
    "alias.set": Case(_alias),
    "alias.protect": Case(
        lambda by, team: Ask(
            f"models/{make_model(by, team).pk}/protect-aliases/", {"names": ["live"], "reason": "it is live"}
        )
    ),
    "system.edit": Case(lambda by, team: Ask("systems/", {"team": team.pk, "name": "Desk"})),
    "system.classify": Case(_classify),
    "tracking.log": Case(lambda by, team: Ask("experiments/", {"team": team.pk, "name": "Trials"})),
    "tracking.read_files": Case(_tracked_file),
    "tuning.start": Case(_tune),
    "evaluation.start": Case(_evaluate),
    "drift.start": Case(_drift),
    "assessment.answer": Case(lambda by, team: Ask("assessments/", {"version": make_version(by, team).pk})),
    "assessment.decide": Case(_decide),
    "assessment.sign": Case(_sign),
    "assignment.give": Case(_assign),
    "remark.write": Case(_remark),
    "remark.withdraw": Case(_withdraw),
    "policy.change": Case(
        lambda by, team: Ask(
            "gate-policies/", {"team": team.pk, "name": "all", "text": SIGNED_BY_ALL, "reason": "any of them signs"}
        )
    ),
    "evidence.edit": Case(
        lambda by, team: Ask(
            "evidence-documents/",
            {"team": team.pk, "title": "Policy", "shows": "x", "method": "x", "link": "https://example.org"},
        )
    ),
    "evidence.withdraw": Case(
        lambda by, team: Ask(f"evidence-versions/{make_document(by, team).pk}/withdraw/", {"reason": "It was forged."})
    ),
    "evidence.read": Case(lambda by, team: Ask(f"evidence-versions/{make_document(by, team).pk}/file/", method="get")),
    "framework.load": Case(lambda by, team: Ask("frameworks/", {"text": FRAMEWORK}), outsider=403),
    "deployment.start": Case(_deploy),
    "deployment.stop": Case(lambda by, team: _deployment(by, team, "stop", {"reason": "enough"})),
    "deployment.ask": Case(lambda by, team: _deployment(by, team, "ask", {"question": "Who are you?"})),
    "deployment.acknowledge": Case(_acknowledge),
    "version.check": Case(lambda by, team: Ask("file-checks/", {"version": make_version(by, team).pk})),
    "version.release": Case(_held),
    "version.sign": Case(lambda by, team: Ask("signings/", {"version": make_version(by, team).pk})),
    "incident.open": Case(lambda by, team: Ask("incidents/", {"team": team.pk, "title": "A leak", "severity": "low"})),
    "incident.close": Case(_incident),
    "incident.manage": Case(_clock),
    "risk.edit": Case(lambda by, team: Ask("risks/", {"team": team.pk, "title": "x", "likelihood": 1, "impact": 1})),
    "risk.decide": Case(_risk),
    "report.create": Case(lambda by, team: Ask("reports/", {"version": make_version(by, team).pk})),
    "snapshot.take": Case(
        lambda by, team: Ask(
            "snapshots/",
            {"about": "version", "subject": make_version(by, team).pk, "label": "Before", "reason": "the audit"},
        )
    ),
    "audit_access.give": Case(_let_in),
    "run.cancel": Case(_cancel),
    "run.retry": Case(_retry),
}


def test_the_table_covers_the_policy() -> None:
    assert set(CASES) == set(POLICY)


@pytest.mark.django_db
@pytest.mark.parametrize("role", [*ROLES, OUTSIDER])
@pytest.mark.parametrize("action", CASES)
def test_who_may_do_what(action: str, role: str) -> None:
    team, elsewhere = make_team(), make_team()
    ask = CASES[action].ask(make_person(ADMINISTRATOR, ENGINEER, team=team), team)
    person = make_person(role, team=team) if role != OUTSIDER else make_person(ENGINEER, team=elsewhere)
    send = getattr(make_client(person), ask.method)
    entries = AuditEntry.objects.count()
    address = ask.path if ask.path.startswith("/") else f"/api/v1/{ask.path}"
    answer = send(address, **({"data": ask.body, "format": ask.form} if ask.method != "get" else {}))
    if role != OUTSIDER and allows([role], action):
        assert answer.status_code not in {400, 401, 403, 404}, answer.content
        assert answer.status_code < 500 or answer.json()["code"] == "deployment.not_ready"
        return
    assert answer.status_code == (CASES[action].outsider if role == OUTSIDER else 403)
    if ask.path.startswith(MLFLOW):
        assert answer.json()["error_code"] in {"PERMISSION_DENIED", "RESOURCE_DOES_NOT_EXIST"}
    else:
        assert answer["Content-Type"] == "application/problem+json"
        assert answer.json().get("remedy") or role == OUTSIDER
    assert AuditEntry.objects.count() == entries, "a refusal changes nothing"


def test_a_refusal_names_who_may() -> None:
    assert who_may("people.manage") == "administrator"
    assert who_may("version.create") == "administrator or engineer"
    assert "compliance officer, " in who_may("trail.view")


def test_the_author_of_the_work_is_never_the_one_who_decides() -> None:
    """Those who make and answer cannot decide; so one person needs two roles, and the sign-off checks persons too."""
    assert POLICY["assessment.decide"] == {APPROVER}
    assert not allows([ADMINISTRATOR, COMPLIANCE, ENGINEER], "assessment.decide")


@pytest.mark.django_db
@pytest.mark.parametrize("role", ROLES)
def test_no_role_in_a_team_includes_what_concerns_every_team(role: str) -> None:
    person = make_person(role, team=make_team())
    assert not any(may_for_site(person, action) for action in SITE_ACTIONS)
    with pytest.raises(Refused) as refused:
        require_for_site(person, "organisation.edit")
    assert "administrator of the whole site" in refused.value.remedy
    site_administrator_set(by=SYSTEM, user=person, is_one=True)
    require_for_site(person, "organisation.edit")


def test_actions_are_held_in_teams_or_for_the_whole_site_never_both() -> None:
    assert not SITE_ACTIONS & set(POLICY)
    with pytest.raises(KeyError):
        may_for_site(User(is_superuser=True), "model.create")


def test_an_unknown_action_is_a_defect_not_a_refusal() -> None:
    with pytest.raises(KeyError):
        allows([ADMINISTRATOR], "model.conjure")
