"""Clocks of incidents: reports to authorities, parallel duties, evidence that is kept, and what follows."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from apps.audit.models import AuditEntry
from apps.catalog.services import dataset_version_describe
from apps.core.errors import Conflict, Invalid, Refused
from apps.incidents.models import Incident, IncidentHold, IncidentReport
from apps.incidents.queries import clocks_of, clocks_running, hold_on
from apps.incidents.rules import FINAL, INITIAL
from apps.incidents.rules.clocks import LATE, MET, MET_LATE, RUNNING, book, due_at, hand, span
from apps.incidents.services import (
    action_add,
    action_done,
    duty_add,
    duty_done,
    hold_place,
    hold_release,
    incident_classify,
    incident_close,
    incident_open,
    report_save,
    report_send,
    report_start,
    require_free,
)
from apps.registry.services import model_delete, version_delete, version_describe
from tests.makers import make_browser, make_client, make_data, make_person, make_version, queries_of
from tests.people import People, make_people

pytestmark = pytest.mark.django_db
API = "/api/v1/incidents/"
KNOWN = datetime(2026, 5, 3, 14, 3, tzinfo=UTC)


@pytest.fixture
def people() -> People:
    return make_people()


def opened(people: People, *, days_ago: float = 1, clock: str = "serious") -> Incident:
    aware = timezone.now() - timedelta(days=days_ago)
    given = {"by": people.olga, "team": people.team, "title": "It hurt somebody", "severity": "high"}
    incident = incident_open(aware_at=aware, **given)  # type: ignore[arg-type]
    return incident_classify(by=people.rui, incident=incident, clock=clock, reason="A person was harmed.")


def written(people: People, incident: Incident, kind: str = INITIAL) -> IncidentReport:
    report = report_start(by=people.rui, incident=incident, kind=kind)
    words = {"harm": "A burn.", "causation": "Wrong advice.", "investigation": "A new version."}
    return report_save(by=people.rui, report=report, sections=words)


@pytest.mark.parametrize(("clock", "days"), [("serious", 15), ("death", 10), ("widespread", 2)])
def test_the_law_gives_two_ten_or_fifteen_days_from_awareness(clock: str, days: int) -> None:
    assert due_at(clock, KNOWN) == KNOWN + timedelta(days=days)
    assert book().clocks[clock].reference.startswith("Regulation (EU) 2024/1689, Article 73")
    assert due_at("none", KNOWN) is None


@pytest.mark.parametrize(
    ("after", "done", "state", "words"),
    [
        (timedelta(days=11, hours=20), None, RUNNING, "3 days 4 hours left"),
        (timedelta(days=15, hours=2), None, LATE, "2 hours late"),
        (timedelta(days=20), timedelta(days=14), MET, "in time"),
        (timedelta(days=20), timedelta(days=16), MET_LATE, "1 day late"),
    ],
)
def test_a_clock_tells_what_is_left(after: timedelta, done: timedelta | None, state: str, words: str) -> None:
    due = KNOWN + timedelta(days=15)
    found = hand(KNOWN, due, KNOWN + done if done else None, KNOWN + after)
    assert (found.state, found.words) == (state, words)


def test_a_length_of_time_is_told_in_two_units() -> None:
    assert span(timedelta(seconds=30)) == "less than a minute"
    assert span(timedelta(days=1, minutes=5, seconds=9)) == "1 day 5 minutes"


def test_the_first_report_stops_the_clock_and_its_words_stay(people: People) -> None:
    incident = opened(people)
    assert list(clocks_running(people.olga)) == [incident]
    report = report_send(by=people.rui, report=written(people, incident), reference="BNetzA 12")
    clock = clocks_of(incident).report
    assert clock is not None
    assert (clock.state, len(report.digest), report.reference) == (MET, 64, "BNetzA 12")
    assert not clocks_running(people.olga).exists()
    with pytest.raises(Conflict, match="its words stay"):
        report_save(by=people.rui, report=report, sections={"harm": "None."})
    following = report_start(by=people.rui, incident=incident, kind=FINAL)
    assert following.sections["harm"] == "A burn."


def test_an_incident_with_a_clock_is_closed_after_its_final_report(people: People) -> None:
    incident = opened(people)
    with pytest.raises(Conflict, match="no final report"):
        incident_close(by=people.rui, incident=incident, resolution="Mended.")
    report_send(by=people.rui, report=written(people, incident, FINAL))
    assert incident_close(by=people.rui, incident=incident, resolution="Mended.").state == "closed"
    with pytest.raises(Conflict):
        duty_add(by=people.rui, incident=incident, duty="gdpr")


def test_a_clock_that_was_wrong_is_taken_back_with_a_reason(people: People) -> None:
    incident = opened(people)
    with pytest.raises(Invalid):
        incident_classify(by=people.rui, incident=incident, clock="none", reason=" ")
    incident_classify(by=people.rui, incident=incident, clock="none", reason="Nobody was harmed after all.")
    assert incident_close(by=people.rui, incident=incident, resolution="A false alarm.").due_at is None
    assert AuditEntry.objects.filter(action="incident.classify", reason="Nobody was harmed after all.").exists()


def test_another_time_of_awareness_moves_every_clock(people: People) -> None:
    incident = opened(people, days_ago=2)
    duty = duty_add(by=people.rui, incident=incident, duty="gdpr")
    earlier = timezone.now() - timedelta(days=5)
    moved = incident_classify(by=people.rui, incident=incident, clock="death", reason="They knew.", aware_at=earlier)
    duty.refresh_from_db()
    assert moved.due_at == earlier + timedelta(days=10)
    assert duty.due_at == earlier + timedelta(hours=72)
    assert clocks_of(moved).is_any_late
    with pytest.raises(Conflict):
        duty_add(by=people.rui, incident=incident, duty="gdpr")
    assert duty_done(by=people.rui, duty=duty, note="Told, file 7.").done_by == people.rui
    assert not clocks_of(moved).is_any_late


@pytest.mark.parametrize(
    ("missing", "kind"), [({"overview": ""}, INITIAL), ({"harm": ""}, INITIAL), ({"causation": ""}, FINAL)]
)
def test_a_report_without_what_it_needs_is_not_sent(people: People, missing: dict[str, str], kind: str) -> None:
    report = report_save(by=people.rui, report=written(people, opened(people), kind), sections=missing)
    with pytest.raises(Invalid, match="still empty"):
        report_send(by=people.rui, report=report)


def test_bad_reports_are_refused(people: People) -> None:
    incident = opened(people)
    report = written(people, incident)
    with pytest.raises(Conflict, match="begun already"):
        report_start(by=people.rui, incident=incident, kind=INITIAL)
    with pytest.raises(Invalid, match="sections"):
        report_save(by=people.rui, report=report, sections={"poem": "x"})
    with pytest.raises(Conflict, match="Somebody changed"):
        report_save(by=people.rui, report=report, sections={"harm": "x"}, expect_revision=1)
    with pytest.raises(Invalid, match="future"):
        report_send(by=people.rui, report=report, sent_at=timezone.now() + timedelta(days=1))
    with pytest.raises(Refused):
        report_save(by=people.olga, report=report, sections={"harm": "x"})


def test_what_is_held_can_be_let_go_only_by_those_who_manage_it(people: People) -> None:
    incident, version = opened(people), make_version(people.olga, people.team)
    hold = hold_place(by=people.rui, incident=incident, subject=version, reason="It answered.")
    assert hold_on(version) == hold
    with pytest.raises(Refused, match="kept as it is, as evidence"):
        require_free(version)
    with pytest.raises(Conflict):
        hold_place(by=people.rui, incident=incident, subject=version, reason="Again.")
    with pytest.raises(Refused):
        hold_release(by=people.olga, hold=hold, reason="Let me.")
    hold_release(by=people.rui, hold=hold, reason="The authority has its copy.")
    require_free(version)
    with pytest.raises(Conflict):
        hold_release(by=people.rui, hold=hold, reason="Twice.")


def test_what_is_held_can_be_neither_changed_nor_deleted(people: People) -> None:
    incident = opened(people)
    version, data = make_version(people.olga, people.team), make_data(people.olga, people.team)
    hold_place(by=people.rui, incident=incident, subject=version, reason="It answered.")
    hold_place(by=people.rui, incident=incident, subject=data, reason="It was tuned on it.")
    with pytest.raises(Refused, match="as evidence"):
        version_describe(by=people.olga, version=version, reason="x", architecture="Other")
    with pytest.raises(Refused, match="as evidence"):
        version_delete(by=people.olga, version=version, reason="x")
    with pytest.raises(Refused, match="as evidence"):
        model_delete(by=people.olga, model=version.model, reason="x")
    with pytest.raises(Refused, match="as evidence"):
        dataset_version_describe(by=people.olga, version=data, licence="MIT", provenance={}, reason="x")


def test_an_incident_is_reported_about_an_object(people: People) -> None:
    version = make_version(people.olga, people.team)
    browser, about = make_browser(people.olga), f"registry.modelversion:{version.pk}"
    assert str(version).encode() in browser.get(f"/incidents/new/?about={about}").content
    sent = {"team": people.team.pk, "title": "Leak", "severity": "low", "about": about}
    assert str(version).encode() in browser.post("/incidents/new/", sent, follow=True).content
    assert b"on record already" in browser.post("/incidents/new/", sent).content
    theirs = make_version(people.xena, people.other_team)
    assert browser.get(f"/incidents/new/?about=registry.modelversion:{theirs.pk}").status_code == 404
    body = {"team": people.team.pk, "title": "Leak", "severity": "low", "subject_type": "registry.modelversion"}
    answer = make_client(people.olga).post(API, body | {"subject_id": theirs.pk}, format="json")
    assert answer.status_code == 404


def test_an_action_points_to_the_version_that_carries_the_cure(people: People) -> None:
    incident, version = opened(people), make_version(people.olga, people.team)
    action = action_add(by=people.olga, incident=incident, title="Tune anew", subject=version)
    assert (action.owner, action.subject_label) == (people.olga, str(version))
    with pytest.raises(Invalid):
        action_add(by=people.olga, incident=incident, title="x", owner=people.xena)
    with pytest.raises(Invalid):
        action_done(by=people.olga, action=action, outcome=" ")
    action_done(by=people.olga, action=action, outcome="Version 2 gives no such advice.")
    with pytest.raises(Conflict):
        action_done(by=people.olga, action=action, outcome="Twice.")


def test_the_api(people: People) -> None:
    rui, outside = make_client(people.rui), make_client(people.xena)
    incident, version = opened(people), make_version(people.olga, people.team)
    one = f"{API}{incident.pk}/"
    held = {"subject_type": "registry.modelversion", "subject_id": version.pk, "reason": "It answered."}
    assert rui.post(f"{one}holds/", held, format="json").status_code == 201
    theirs = held | {"subject_id": make_version(people.xena, people.other_team).pk}
    assert rui.post(f"{one}holds/", theirs, format="json").status_code == 404
    assert rui.post(f"{one}holds/", held | {"subject_type": "accounts.user"}, format="json").status_code == 400
    assert rui.post(f"{one}duties/", {"duty": "gdpr"}, format="json").status_code == 201
    assert rui.post(f"{one}duties/", {"duty": "mayor"}, format="json").status_code == 422
    assert rui.post(f"{one}actions/", {"title": "Tune anew"}, format="json").status_code == 201
    report = rui.post(f"{one}reports/", {"kind": "initial"}, format="json").json()
    words = {"sections": {"harm": "A burn."}, "expect_revision": 1}
    assert rui.post(f"{one}reports/{report['id']}/save/", words, format="json").json()["revision"] == 2
    assert rui.post(f"{one}reports/{report['id']}/send/", {}, format="json").json()["digest"]
    told = rui.get(one).json()
    assert (told["report_clock"]["state"], len(told["holds"]), len(told["duties"])) == (MET, 1, 1)
    hold, duty, action = told["holds"][0]["id"], told["duties"][0]["id"], told["actions"][0]["id"]
    assert rui.post(f"{one}holds/{hold}/release/", {"reason": "Copied."}, format="json").json()["released_at"]
    assert rui.post(f"{one}duties/{duty}/done/", {"note": "Told."}, format="json").json()["done_at"]
    assert rui.post(f"{one}actions/{action}/done/", {"outcome": "Done."}, format="json").json()["done_at"]
    assert outside.post(f"{one}classify/", {"clock": "none", "reason": "x"}, format="json").status_code == 404
    auditor = make_client(make_person("auditor", team=people.team))
    assert auditor.post(f"{one}classify/", {"clock": "none", "reason": "x"}, format="json").status_code == 403


def test_the_pages(people: People) -> None:
    incident, version = opened(people), make_version(people.olga, people.team)
    rui, page = make_browser(people.rui), f"/incidents/{incident.pk}/"
    assert "14 days" in rui.get(page).content.decode() or "13 days" in rui.get(page).content.decode()
    held = {"subject": f"registry.modelversion:{version.pk}", "reason": "It answered."}
    assert b"kept as it is" in rui.post(f"{page}holds/", held, follow=True).content
    assert rui.post(f"{page}holds/", held).status_code == 422
    theirs = make_version(people.xena, people.other_team)
    assert rui.post(f"{page}holds/", held | {"subject": f"registry.modelversion:{theirs.pk}"}).status_code == 422
    assert b"72 hours" in rui.get(page).content
    assert b"the clock runs" in rui.post(f"{page}duties/", {"duty": "gdpr"}, follow=True).content
    duty = incident.duties.get()
    told = f"{page}duties/{duty.pk}/done/"
    assert rui.post(told, {"note": "Told.", "done_at": "2999-01-01T00:00"}).status_code == 422
    assert b"in time" in rui.post(told, {"note": "Told."}, follow=True).content
    assert b"Tune anew" in rui.post(f"{page}actions/", {"title": "Tune anew"}, follow=True).content
    report = rui.post(f"{page}reports/", {"kind": "initial"}).headers["Location"]
    assert b"It hurt somebody" in rui.get(report).content
    said = {"harm": "A burn.", "overview": "It hurt somebody.", "expect_revision": "1"}
    assert rui.post(report, said).status_code == 302
    assert b"Somebody changed this report" in rui.post(report, said).content
    assert b"It is on record" in rui.post(f"{report}send/", {}, follow=True).content
    assert b"A burn." in make_browser(people.olga).get(report).content
    classify = {"clock": "none", "severity": "low", "aware_at": "2999-01-01T00:00", "reason": "x"}
    assert rui.post(f"{page}classify/", classify).status_code == 422
    assert make_browser(people.xena).get(report).status_code == 404
    assert b"Keep something as it is" not in make_browser(people.olga).get(page).content


def test_the_page_costs_the_same_however_much_follows(people: People) -> None:
    incident, browser = opened(people), make_browser(people.rui)
    hold_place(by=people.rui, incident=incident, subject=make_version(people.olga, people.team), reason="x")
    action_add(by=people.olga, incident=incident, title="x")
    first = queries_of(browser, f"/incidents/{incident.pk}/")
    for _ in range(3):
        hold_place(by=people.rui, incident=incident, subject=make_version(people.olga, people.team), reason="x")
        action_add(by=people.olga, incident=incident, title="x")
    assert queries_of(browser, f"/incidents/{incident.pk}/") == first
    assert IncidentHold.objects.count() == 4
