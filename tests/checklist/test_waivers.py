"""Conflicts of licences close the gate; a second person may let one stand, for a reason and until a day."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.audit.models import AuditEntry
from apps.catalog.services import source_change, source_create, version_source_link
from apps.checklist.models import Waiver
from apps.checklist.queries import present_view
from apps.checklist.queries.views import views_of
from apps.checklist.rules import GateItem
from apps.checklist.rules.waivers import EXPIRED, IN_FORCE, MOST_DAYS, REVOKED, expiry_problem, waiver_state
from apps.checklist.services import (
    assessment_decide,
    assessment_submit,
    evidence_collect,
    waiver_grant,
    waiver_revoke,
)
from apps.core.errors import Conflict, Invalid, NotFound, Refused
from apps.registry.services import model_describe
from tests.checklist.conftest import World, collect_and_say
from tests.makers import make_browser, make_client, make_person

TODAY = timezone.localdate()
SOON = TODAY + timedelta(days=30)
FORBIDS = "CC-BY-NC-4.0 forbids commercial use."


@pytest.mark.parametrize(
    ("days", "is_revoked", "state"),
    [(1, False, IN_FORCE), (0, False, IN_FORCE), (-1, False, EXPIRED), (9, True, REVOKED)],
)
def test_a_waiver_holds_through_its_last_day(days: int, is_revoked: bool, state: str) -> None:
    on = date(2026, 3, 1)
    assert waiver_state(on + timedelta(days=days), is_revoked, on) == state


@pytest.mark.parametrize(
    ("days", "is_fine"), [(-1, False), (0, False), (1, True), (MOST_DAYS, True), (MOST_DAYS + 1, False)]
)
def test_a_waiver_ends_in_the_future_and_within_a_year(days: int, is_fine: bool) -> None:
    on = date(2026, 3, 1)
    assert (expiry_problem(on + timedelta(days=days), on) == "") == is_fine


@pytest.fixture
def blocked(world: World) -> World:
    """The version is meant for commercial use, and part of its data comes from a forum that forbids that."""
    olga = world.people.olga
    forum = source_create(by=olga, team=world.people.team, name="Forum dump", licence="CC-BY-NC-4.0")
    version_source_link(by=olga, version=world.data, source=forum, share=0.4)
    model_describe(by=olga, model=world.version.model, intended_uses=["commercial_use"], reason="It is sold")
    world.version.model.refresh_from_db()
    world.assessment.version.model.refresh_from_db()
    collect_and_say(world)
    return world


def conflicts(world: World, on: date | None = None) -> tuple[GateItem, ...]:
    return views_of([world.assessment], on)[world.assessment.pk].conflicts


def waive(world: World, **more: Any) -> Waiver:
    given = {"reason": "The forum agreed by letter", "expires_on": SOON, "by": world.people.rui} | more
    key = given.pop("conflict", "") or conflicts(world)[0].conflict
    return waiver_grant(assessment=world.assessment, conflict=key, **given)


def test_a_conflict_is_named_with_its_chain_and_closes_the_gate(blocked: World) -> None:
    (found,) = conflicts(blocked)
    assert found.problem == f"Desk v1, tuned on Support questions v1, with rows from the source Forum dump: {FORBIDS}"
    assert not present_view(blocked.assessment).gate.is_green
    assessment_submit(by=blocked.people.olga, assessment=blocked.assessment)
    with pytest.raises(Conflict, match="forbids commercial use"):
        assessment_decide(
            by=blocked.people.rui, assessment=blocked.assessment, decision="approved", reason="It looks fine"
        )


def test_without_the_use_nothing_stands_against_it(blocked: World) -> None:
    model_describe(by=blocked.people.olga, model=blocked.version.model, intended_uses=[], reason="It is not sold")
    blocked.assessment.version.model.refresh_from_db()
    evidence_collect(by=blocked.people.olga, assessment=blocked.assessment)
    assert conflicts(blocked) == ()


def test_a_waiver_opens_the_gate_until_its_day(blocked: World) -> None:
    waiver = waive(blocked)
    assert conflicts(blocked) == ()
    assert conflicts(blocked, on=SOON) == ()
    assert [item.problem for item in conflicts(blocked, on=SOON + timedelta(days=1))] == [waiver.sentence]
    entry = AuditEntry.objects.get(action="waiver.grant")
    assert (entry.reason, entry.data["conflict"]) == ("The forum agreed by letter", waiver.conflict)


def test_an_approval_rests_on_its_waivers_and_ends_with_them(blocked: World) -> None:
    waiver = waive(blocked)
    collect_and_say(blocked)
    assessment_submit(by=blocked.people.olga, assessment=blocked.assessment)
    sign_off = assessment_decide(
        by=blocked.people.rui, assessment=blocked.assessment, decision="approved", reason="With the waiver"
    )
    assert sign_off.basis["waivers"] == [[waiver.conflict, waiver.pk, SOON.isoformat()]]
    blocked.assessment.refresh_from_db()
    assert present_view(blocked.assessment).is_approval_current
    late = views_of([blocked.assessment], SOON + timedelta(days=1))[blocked.assessment.pk]
    assert not late.is_approval_current and not late.gate.is_green
    waiver_revoke(by=blocked.people.rui, waiver=waiver, reason="The letter was withdrawn")
    assert not present_view(blocked.assessment).is_approval_current


def test_a_revoked_waiver_closes_the_gate_at_once(blocked: World) -> None:
    waiver = waive(blocked)
    with pytest.raises(Invalid, match="Say why"):
        waiver_revoke(by=blocked.people.rui, waiver=waiver, reason=" ")
    waiver_revoke(by=blocked.people.rui, waiver=waiver, reason="The letter was withdrawn")
    assert len(conflicts(blocked)) == 1
    with pytest.raises(Conflict, match="already"):
        waiver_revoke(by=blocked.people.rui, waiver=waiver, reason="Again")
    assert AuditEntry.objects.filter(action="waiver.revoke").count() == 1


def test_another_licence_on_the_chain_is_another_conflict(blocked: World) -> None:
    waive(blocked)
    forum = blocked.data.source_links.get().source
    source_change(by=blocked.people.olga, source=forum, licence="CC-BY-NC-SA-4.0")
    assert any("has changed" in item.problem for item in present_view(blocked.assessment).gate.problems)
    evidence_collect(by=blocked.people.olga, assessment=blocked.assessment)
    (found,) = conflicts(blocked)
    assert "CC-BY-NC-SA-4.0" in found.problem


def test_nobody_waives_a_conflict_of_their_own_work(blocked: World) -> None:
    olga = make_person("approver", "engineer", team=blocked.people.team, name="Both")
    evidence_collect(by=olga, assessment=blocked.assessment)
    assessment_submit(by=olga, assessment=blocked.assessment)
    with pytest.raises(Refused, match="because you submitted it"):
        waive(blocked, by=olga)
    with pytest.raises(Refused):
        waive(blocked, by=blocked.people.olga)
    with pytest.raises(NotFound):
        waive(blocked, by=blocked.people.xena)
    assert not Waiver.objects.exists()


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"reason": "  "}, Invalid),
        ({"expires_on": TODAY}, Invalid),
        ({"expires_on": TODAY + timedelta(days=MOST_DAYS + 1)}, Invalid),
        ({"conflict": "0" * 64}, NotFound),
    ],
)
def test_a_waiver_needs_a_reason_a_day_and_a_conflict(blocked: World, given: dict[str, Any], error: Any) -> None:
    with pytest.raises(error):
        waive(blocked, **given)
    assert not AuditEntry.objects.filter(action="waiver.grant").exists()


def test_one_waiver_at_a_time(blocked: World) -> None:
    key = conflicts(blocked)[0].conflict
    waive(blocked)
    with pytest.raises(Conflict, match="already"):
        waive(blocked, conflict=key)


def test_the_api_grants_lists_and_revokes(blocked: World) -> None:
    api, key = f"/api/v1/assessments/{blocked.assessment.pk}/", conflicts(blocked)[0].conflict
    rui, olga, xena = (make_client(one) for one in (blocked.people.rui, blocked.people.olga, blocked.people.xena))
    named = [item["conflict"] for item in olga.get(f"{api}gate/").json()["problems"] if item["conflict"]]
    assert set(named) == {key}
    body = {"conflict": key, "reason": "Agreed by letter", "expires_on": SOON.isoformat()}
    assert olga.post(f"{api}waivers/", body).status_code == 403
    assert xena.post(f"{api}waivers/", body).status_code == 404
    assert rui.post(f"{api}waivers/", body | {"expires_on": "soon"}).status_code == 400
    assert rui.post(f"{api}waivers/", body | {"expires_on": TODAY.isoformat()}).json()["code"] == "waiver.expiry"
    made = rui.post(f"{api}waivers/", body)
    assert made.status_code == 201
    (waiver,) = made.json()["waivers"]
    assert (waiver["state"], waiver["granted_by"], waiver["question"]) == ("in force", "Rui", "data-3")
    auditor = make_client(make_person("auditor", team=blocked.people.team))
    assert auditor.get(f"{api}waivers/").json() == [waiver]
    assert auditor.post(f"{api}waivers/{waiver['id']}/revoke/", {"reason": "x"}).status_code == 403
    assert rui.post(f"{api}waivers/{waiver['id']}/revoke/", {}).status_code == 400
    (after,) = rui.post(f"{api}waivers/{waiver['id']}/revoke/", {"reason": "Withdrawn"}).json()["waivers"]
    assert (after["state"], after["revoked_because"]) == ("revoked", "Withdrawn")
    assert rui.post(f"{api}waivers/999999/revoke/", {"reason": "x"}).status_code == 404


def test_the_page_shows_conflicts_and_lets_the_second_person_waive(blocked: World) -> None:
    url = reverse("checklist:assessment-detail", args=[blocked.assessment.pk])
    seen = make_browser(blocked.people.olga).get(url).content.decode()
    assert FORBIDS in seen and "Let it stand for a while" not in seen
    rui, key = make_browser(blocked.people.rui), conflicts(blocked)[0].conflict
    assert "Let it stand for a while" in rui.get(url).content.decode()
    grant = reverse("checklist:waiver-grant", args=[blocked.assessment.pk])
    refused = rui.post(grant, {"conflict": key, "reason": "Agreed", "expires_on": TODAY.isoformat()})
    assert refused.status_code == 422 and "tomorrow or later" in refused.content.decode()
    answer = rui.post(grant, {"conflict": key, "reason": "Agreed", "expires_on": SOON.isoformat()})
    assert answer.status_code == 302
    shown = rui.get(url).content.decode()
    assert "It may stand until" in shown and "Take the waiver back" in shown
    waiver = Waiver.objects.get()
    taken = reverse("checklist:waiver-revoke", args=[blocked.assessment.pk, waiver.pk])
    assert make_browser(blocked.people.xena).post(taken, {"reason": "x"}).status_code == 404
    assert rui.post(taken, {"reason": "Withdrawn"}).status_code == 302
    ended = rui.get(url).content.decode()
    assert "Withdrawn" in ended and "Taken back" in ended and "1 waiver that ended" in ended
