"""Every page of the rooms in which decisions are prepared, with what it takes to open or use it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.accounts.models import Team, User
from apps.accounts.rules import ADMINISTRATOR, APPROVER, COMPLIANCE, ENGINEER, allows
from apps.checklist.models import Assessment, Evidence
from apps.checklist.queries import present_view
from apps.checklist.services import (
    answer_save,
    assessment_create,
    assessment_decide,
    assessment_submit,
    assignment_give,
    discussion_settle,
    evidence_add,
    framework_load,
    policy_set,
    remark_write,
    waiver_grant,
)
from apps.incidents.rules.clocks import book
from apps.incidents.services import (
    action_add,
    duty_add,
    hold_place,
    incident_classify,
    incident_open,
    report_save,
    report_start,
)
from apps.registry.services import system_create
from apps.risks.services import control_add, risk_close, risk_create
from tests.checklist.documents import a_link, make_document
from tests.checklist.framework_files import URN, group, question, raw_framework, text_of
from tests.makers import make_data, make_person, make_version

GROUPS = [group("people", *(question(f"p-{number}") for number in range(1, 8)))]
SIGNED_BY_ALL = "title: All\nrules:\n  - answered: all\n  - approvals: 1 from {approver}\n"
SOON = (timezone.localdate() + timedelta(days=9)).isoformat()
TODAY = timezone.localdate().isoformat()
OUTSIDER = "outsider"  # a person of another team
WRITES = ("INSERT", "UPDATE", "DELETE")
USE_OF_TOKEN = 'UPDATE "accounts_apitoken" SET "last_used_at" ='  # a refused request is a use of it, too
EVERYBODY = ""  # a page that shows nothing of a team, or what is the person's own


@dataclass(frozen=True)
class Rooms:
    """A team with one of each thing, by the name that a row uses for it; `made` are their numbers."""

    team: Team
    maker: User
    made: dict[str, int] = field(default_factory=dict)

    def __getitem__(self, name: str) -> int:
        return self.made[name]

    def number(self, told: str | int) -> str | int:
        """What stands in an address: `#work` is the number of the thing of that name."""
        return self[told[1:]] if isinstance(told, str) and told.startswith("#") else told


@dataclass(frozen=True)
class Row:
    """One page: its address, which action it takes, and what is sent, where something is written."""

    name: str
    action: str
    args: tuple[str | int, ...] = ()
    body: Callable[[Rooms], dict[str, Any]] | None = None  # none: the page is read
    outsider: int = 404
    good: int | None = None  # what those get who may; 200 or 302, unless given

    def is_open_to(self, role: str) -> bool:
        """Whether the policy lets a member of the team with this role open or use it; an outsider has no role there."""
        return self.action == EVERYBODY or (role != OUTSIDER and allows([role], self.action))


def taken_back(send: Callable[[], Any]) -> tuple[Any, list[str]]:
    """The answer to a request, and the statements by which it wrote; whatever it wrote is taken back."""
    with transaction.atomic(), CaptureQueriesContext(connection) as captured:
        answer = send()
        if answer.streaming:
            list(answer)  # to its end, which closes the file
        transaction.set_rollback(True)
    statements = [one["sql"] for one in captured.captured_queries]
    return answer, [one for one in statements if one.startswith(WRITES) and not one.startswith(USE_OF_TOKEN)]


def make_rooms(team: Team) -> Rooms:
    """One of each thing, put on record by somebody who holds three roles."""
    maker = make_person(ADMINISTRATOR, COMPLIANCE, ENGINEER, team=team)
    rooms = Rooms(team, maker, {"team": team.pk})
    framework_load(by=maker, text=text_of(raw_framework(*GROUPS, subjects=["system"])))
    _assessments(rooms)
    _library(rooms)
    _risks(rooms)
    _incidents(rooms)
    return rooms


def _assessments(rooms: Rooms) -> None:
    by, team = rooms.maker, rooms.team
    approver = make_person(APPROVER, team=team)
    policy = policy_set(by=by, team=team, name="all", text=SIGNED_BY_ALL, reason="as agreed")
    systems = [system_create(by=by, team=team, name=name) for name in ("Desk", "Till", "Gate")]
    work = assessment_create(by=by, system=systems[0], urn=URN)
    answer_save(by=by, assessment=work, question="p-1", status="declared", text="It is so.")
    evidence_add(by=by, assessment=work, question="p-1", summary="A letter", link="https://example.org/a")
    checked = assessment_create(by=by, version=make_version(by, team))
    key = present_view(checked).gate.problems[0].key
    waiver = waiver_grant(
        by=approver, assessment=checked, conflict=key, reason="agreed", expires_on=timezone.localdate() + timedelta(9)
    )
    assessment_submit(by=by, assessment=work)
    refused = assessment_decide(by=approver, assessment=work, decision="refused", reason="not yet")
    handed_in = assessment_create(by=by, system=systems[1], urn=URN)
    assessment_submit(by=by, assessment=handed_in)
    given = assignment_give(by=by, assessment=work, person=by, question="p-3")
    remark, other = (remark_write(by=by, assessment=work, question=q, text="Who knows?") for q in ("p-4", "p-5"))
    discussion_settle(by=by, discussion=other.discussion)
    framework_load(by=by, text=text_of(raw_framework(*GROUPS, subjects=["system"], version=2)))
    rooms.made.update(
        policy=policy.pk, work=work.pk, checked=checked.pk, handed_in=handed_in.pk,
        system=systems[0].pk, free=systems[2].pk,
        evidence=Evidence.objects.latest("pk").pk,
        waiver=waiver.pk, version=checked.version_id, decision=refused.pk, given=given.pk, remark=remark.pk,
        open_talk=remark.discussion_id, settled=other.discussion_id,
    )  # fmt: skip


def _library(rooms: Rooms) -> None:
    letter = make_document(rooms.maker, rooms.team, "Letter", content=a_link())
    file = make_document(rooms.maker, rooms.team, "Policy")
    rooms.made.update(letter=letter.document_id, letter_version=letter.pk, file=file.pk)


def _risks(rooms: Rooms) -> None:
    by, team = rooms.maker, rooms.team
    risk = risk_create(by=by, team=team, title="A leak", likelihood=3, impact=3)
    gone = risk_create(by=by, team=team, title="A flood", likelihood=1, impact=1)
    risk_close(by=make_person(COMPLIANCE, team=team), risk=gone, reason="It is dry.")
    control = control_add(by=by, risk=risk, title="A filter")
    risk.refresh_from_db()
    rooms.made.update(risk=risk.pk, risk_revision=risk.revision, gone=gone.pk, control=control.pk)


def _incidents(rooms: Rooms) -> None:
    by, team = rooms.maker, rooms.team
    data, other = make_data(by, team), make_data(by, team)
    incident = incident_open(by=by, team=team, title="It leaked", severity="high")
    incident = incident_classify(by=by, incident=incident, clock="serious", reason="harm")
    hold = hold_place(by=by, incident=incident, subject=data, reason="as evidence")
    duty = duty_add(by=by, incident=incident, duty=list(book().duties)[0])
    action = action_add(by=by, incident=incident, title="Filter it")
    report = report_start(by=by, incident=incident, kind="initial")
    words = {"overview": "It leaked.", "harm": "A name.", "causation": "A hole.", "investigation": "We looked."}
    report = report_save(by=by, report=report, sections=words)
    small = incident_open(by=by, team=team, title="It stopped", severity="low")
    rooms.made.update(
        incident=incident.pk, hold=hold.pk, duty=duty.pk, action=action.pk, report=report.pk, small=small.pk,
        report_revision=report.revision, data=other.pk,
    )  # fmt: skip


def _answer(rooms: Rooms) -> dict[str, Any]:
    return {"status": "declared", "text": "It is.", "revision": 0, "basis": _question(rooms, "p-2").basis}


def _question(rooms: Rooms, name: str) -> Any:
    return present_view(Assessment.objects.get(pk=rooms["work"])).question(name)


def waiver_asked(rooms: Rooms) -> dict[str, Any]:
    view = present_view(Assessment.objects.get(pk=rooms["checked"]))
    return {"conflict": view.gate.problems[-1].key, "reason": "agreed by letter", "expires_on": SOON}


def _document(rooms: Rooms) -> dict[str, Any]:
    told = {"title": "Contract", "shows": "What was agreed.", "method": "by post", "status": "declared"}
    return told | {"link": "https://example.org/c", "effective_on": TODAY, "team": rooms["team"]}


def policy_asked(rooms: Rooms) -> dict[str, Any]:
    return {"team": rooms["team"], "name": "other", "text": SIGNED_BY_ALL, "reason": "as agreed", "expect_revision": 0}


def _rows_taken(_: Rooms) -> dict[str, Any]:
    return {"rows": '{"digest": "", "rows": []}'}


def risk_asked(rooms: Rooms) -> dict[str, Any]:
    told = {"team": rooms["team"], "title": "A fire", "category": "other", "treatment": "none"}
    return told | {"likelihood": 2, "impact": 2, "owner": rooms.maker.pk}


def rating_asked(rooms: Rooms) -> dict[str, Any]:
    told = {"kind": "residual", "likelihood": 1, "impact": 1, "because": "measured"}
    return told | {"expect_revision": rooms["risk_revision"]}


def clock_asked(_: Rooms) -> dict[str, Any]:
    now = timezone.now().strftime("%Y-%m-%dT%H:%M")
    return {"clock": "death", "severity": "high", "aware_at": now, "reason": "somebody died"}


def because(_: Rooms) -> dict[str, Any]:
    return {"reason": "It was looked into."}


def nothing(_: Rooms) -> dict[str, Any]:
    return {}


FRAMEWORK = text_of(raw_framework(*GROUPS, subjects=["system"], version=3))
CHECKLIST = [
    Row("assessment-list", EVERYBODY),
    Row("assessment-start", EVERYBODY),
    Row("matrix", EVERYBODY),
    Row("compare", EVERYBODY),
    Row("assessment-create", "assessment.answer", (), lambda r: {"system": r["free"], "framework": URN}),
    Row("subject", "team.view", ("system", "#system")),
    Row("control-add", "risk.edit", ("#risk",), lambda _: {"title": "A wall"}),
    Row("controls-check", "risk.edit", ("#risk",), nothing),
    Row("framework-list", EVERYBODY),
    Row("framework-load", "framework.load", (), lambda _: {"text": FRAMEWORK, "load": "1"}, outsider=403),
    Row("framework-detail", EVERYBODY, (URN,)),
    Row("framework-changes", EVERYBODY, (URN,)),
    Row("framework-file", EVERYBODY, (URN,)),
    Row("framework-scores", EVERYBODY, (URN,)),
    Row("library-list", EVERYBODY),
    Row("library-add", "evidence.edit", (), _document, outsider=422),
    Row("library-detail", "team.view", ("#letter",)),
    Row(
        "library-version-add", "evidence.edit", ("#letter",),
        lambda r: _document(r) | {"link": "https://example.org/d", "number": 1},
    ),
    Row("library-withdraw", "evidence.withdraw", ("#letter",), lambda r: because(r) | {"expect_supports": 0}),
    Row("library-version", "team.view", ("#file",), good=302),
    Row("library-file", "evidence.read", ("#file",)),
    Row("library-version-withdraw", "evidence.withdraw", ("#file",), lambda r: because(r) | {"expect_supports": 0}),
    Row("policy-list", EVERYBODY),
    Row("policy-edit", "policy.change", (), policy_asked, outsider=403),
    Row("policy-detail", "team.view", ("#policy",)),
    Row("policy-withdraw", "policy.change", ("#policy",), because),
    Row("gate", "team.view", ("#work",)),
    Row("gate-waive", "waiver.grant", ("#checked",), waiver_asked),
    Row("decision", "team.view", ("#work", "#decision")),
    Row("assessment-export", "team.view", ("#work",)),
    Row("assessment-fill-in", "assessment.answer", ("#work",), _rows_taken),
    Row("quality", "team.view", ("#work",)),
    Row("assessment-upgrade", "assessment.answer", ("#work",), nothing),
    Row("assessment-detail", "team.view", ("#work",)),
    Row("collect", "assessment.answer", ("#work",), nothing),
    Row("submit", "assessment.answer", ("#work",), nothing),
    Row("decide", "assessment.decide", ("#handed_in",), lambda r: because(r) | {"decision": "refused"}),
    Row("waiver-grant", "waiver.grant", ("#checked",), waiver_asked),
    Row("waiver-revoke", "waiver.grant", ("#checked", "#waiver"), because),
    Row("work", "assessment.answer", ("#work",), lambda r: {"part": "question:p-6", "person": r["self"]}),
    Row("assignment-end", "assignment.give", ("#work", "#given"), because),
    Row("remark-write", "remark.write", ("#work",), lambda _: {"question": "p-4", "text": "I do."}),
    Row("remark-withdraw", "remark.withdraw", ("#work", "#remark"), nothing),
    Row("discussion-settle", "remark.write", ("#work", "#open_talk"), nothing),
    Row("discussion-reopen", "remark.write", ("#work", "#settled"), nothing),
    Row("evidence-cite", "assessment.answer", ("#work", "p-1"), lambda r: {"version": r["letter_version"]}),
    Row("evidence-cite-new", "assessment.answer", ("#work", "p-1"), _document),
    Row("evidence-drop", "assessment.answer", ("#work", "p-1", "#evidence"), because),
    Row("evidence-add", "assessment.answer", ("#work", "p-1"), lambda _: {"summary": "A note"}),
    Row("answer", "assessment.answer", ("#work", "p-2"), _answer),
]  # fmt: skip
RISKS = [
    Row("risk-list", EVERYBODY),
    Row("risk-create", "risk.edit", (), risk_asked, outsider=422),
    Row("risk-detail", "team.view", ("#risk",)),
    Row(
        "risk-change", "risk.edit", ("#risk",),
        lambda r: risk_asked(r) | because(r) | {"expect_revision": r["risk_revision"]},
    ),
    Row("risk-rate", "risk.edit", ("#risk",), rating_asked),
    Row("risk-accept", "risk.decide", ("#risk",), lambda r: because(r) | {"review_on": SOON}),
    Row("risk-close", "risk.decide", ("#risk",), because),
    Row("risk-reopen", "risk.edit", ("#gone",), because),
    Row("control-mark", "risk.edit", ("#risk", "#control"), lambda r: because(r) | {"works": "yes"}),
    Row("control-remove", "risk.edit", ("#risk", "#control"), because),
]  # fmt: skip
INCIDENTS = [
    Row("incident-list", EVERYBODY),
    Row(
        "incident-open", "incident.open", (),
        lambda r: {"team": r["team"], "title": "A leak", "severity": "low"}, outsider=422,
    ),
    Row("incident-detail", "team.view", ("#incident",)),
    Row("incident-close", "incident.close", ("#small",), because),
    Row("incident-classify", "incident.manage", ("#incident",), clock_asked),
    Row(
        "hold-place", "incident.manage", ("#incident",),
        lambda r: because(r) | {"subject": f"catalog.datasetversion:{r['data']}"},
    ),
    Row("hold-release", "incident.manage", ("#incident", "#hold"), because),
    Row("duty-add", "incident.manage", ("#incident",), lambda _: {"duty": list(book().duties)[1]}),
    Row("duty-done", "incident.manage", ("#incident", "#duty"), lambda _: {"note": "By telephone."}),
    Row("action-add", "incident.open", ("#incident",), lambda r: {"title": "Mend it", "owner": r.maker.pk}),
    Row("action-done", "incident.open", ("#incident", "#action"), because),
    Row("report-start", "incident.manage", ("#incident",), lambda _: {"kind": "final"}),
    Row(
        "report-detail", "incident.manage", ("#incident", "#report"),
        lambda r: {"expect_revision": r["report_revision"], "overview": "It leaked more."},
    ),
    Row("report-send", "incident.manage", ("#incident", "#report"), lambda _: {"reference": "A 7"}),
]  # fmt: skip
ROWS: dict[str, list[Row]] = {"checklist": CHECKLIST, "risks": RISKS, "incidents": INCIDENTS}
