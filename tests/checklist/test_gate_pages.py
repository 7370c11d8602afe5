"""The gate told rule by rule: its page, the API and the command; decisions with their inputs; policies on pages."""

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from apps.accounts.rules import ROLES
from apps.checklist.models import GatePolicy, SignOff, Waiver
from apps.checklist.queries import present_view
from apps.checklist.services import assessment_decide
from apps.registry.models import ModelVersion
from tests.checklist.conftest import World
from tests.checklist.test_policies import SOON, TWO, again, officer, set_policy, sign, text
from tests.makers import make_browser, make_client, make_person, queries_of

NUMBER = "requires: evaluation.loss <= 0.01"
API = "/api/v1/"


def page(world: World, name: str = "gate", *more: int) -> str:
    return reverse(f"checklist:{name}", args=[world.assessment.pk, *more])


def seen(user: Any, url: str) -> str:
    answer = make_browser(user).get(url)
    assert answer.status_code == 200
    return answer.content.decode()


# --- why the gate is red


def test_the_page_tells_every_rule_with_figures_and_remedies(submitted: World) -> None:
    set_policy(submitted, NUMBER, TWO)
    shown = seen(submitted.people.olga, page(submitted))
    for words in ("Why is the gate red?", NUMBER.replace("<", "&lt;"), "not met", "waits for sign-offs", "?run="):
        assert words in shown
    assert "Let it pass for a while" not in shown
    assert "Let it pass for a while" in seen(submitted.people.rui, page(submitted))


def test_it_is_two_clicks_from_home(submitted: World) -> None:
    rui = submitted.people.rui
    checklist = reverse("checklist:assessment-detail", args=[submitted.assessment.pk])
    assert checklist in seen(rui, reverse("portal:overview"))
    assert page(submitted) in seen(rui, checklist)


def test_a_green_gate_says_why(submitted: World) -> None:
    shown = seen(submitted.people.rui, page(submitted))
    assert "Why the gate is green" in shown and "The portal's own gate" in shown.replace("&#x27;", "'")


def test_a_red_gate_by_policy_alone_says_so_where_it_is_named(submitted: World) -> None:
    set_policy(submitted, NUMBER, TWO)
    checklist = reverse("checklist:assessment-detail", args=[submitted.assessment.pk])
    shown = seen(submitted.people.olga, checklist)
    assert "The policy stands against approval" in shown and "has to be at most 0.01" in shown
    assert "gate red: policy" in seen(submitted.people.olga, reverse("checklist:assessment-list"))


def test_the_page_waives_for_whoever_may(submitted: World) -> None:
    set_policy(submitted, NUMBER, "approvals: 1 from {approver}")
    key = present_view(again(submitted)).gate.problems[0].key
    body = {"conflict": key, "reason": "Small", "expires_on": SOON.isoformat()}
    waive = page(submitted, "gate-waive")
    rui = make_browser(submitted.people.rui)
    refused = rui.post(waive, body | {"expires_on": timezone.localdate().isoformat()})
    assert refused.status_code == 422 and "tomorrow or later" in refused.content.decode()
    assert make_browser(submitted.people.olga).post(waive, body).status_code == 403
    assert make_browser(submitted.people.xena).post(waive, body).status_code == 404
    assert rui.post(waive, body).status_code == 302
    shown = seen(submitted.people.rui, page(submitted))
    assert "waived until" in shown and "Take the waiver back" in shown
    assert Waiver.objects.get().kind == "threshold missed"


def test_altered_files_say_why_nobody_waives_them(submitted: World) -> None:
    ModelVersion.objects.filter(pk=submitted.version.pk).update(broken_at=timezone.now())
    shown = seen(submitted.people.rui, page(submitted))
    assert "It cannot be waived. A file that was altered is not what anybody looked at" in shown
    key = present_view(again(submitted)).gate.files[0].key
    body = {"conflict": key, "reason": "Small", "expires_on": SOON.isoformat()}
    assert make_browser(submitted.people.rui).post(page(submitted, "gate-waive"), body).status_code == 403


def test_the_page_costs_the_same_however_much_stands_against_it(world: World) -> None:
    set_policy(world, TWO)
    rui = make_browser(world.people.rui)
    many = queries_of(rui, page(world))
    set_policy(world, NUMBER, TWO, by=officer(world, name="Another"))
    assert queries_of(rui, page(world)) == many


def test_outsiders_see_nothing_and_auditors_everything(submitted: World) -> None:
    sign_off = sign(submitted, submitted.people.rui)
    pages = [page(submitted), page(submitted, "decision", sign_off.pk)]
    auditor = make_browser(make_person("auditor", team=submitted.people.team))
    for url in pages:
        assert make_browser(submitted.people.xena).get(url).status_code == 404
        assert auditor.get(url).status_code == 200
    assert auditor.get(page(submitted, "decision", sign_off.pk + 99)).status_code == 404


# --- decisions


def test_a_decision_shows_what_it_was_taken_on(submitted: World) -> None:
    made = set_policy(submitted, "requires: evaluation.loss <= 100", TWO)
    first = sign(submitted, submitted.people.rui)
    shown = seen(submitted.people.olga, page(submitted, "decision", first.pk))
    for words in ("one of several sign-offs", "Desk (revision 1)", "requires: evaluation.loss &lt;= 100", "data-6"):
        assert words in shown
    listed = make_client(submitted.people.olga).get(f"{API}assessments/{submitted.assessment.pk}/decisions/").json()
    (one,) = listed["results"]
    assert (one["is_final"], one["policy"], one["policy_digest"]) == (False, made.pk, made.digest)
    assert one["basis"] == SignOff.objects.get().basis
    xena = make_client(submitted.people.xena)
    assert xena.get(f"{API}assessments/{submitted.assessment.pk}/decisions/").status_code == 404


def test_a_decision_from_before_policies_can_be_read(submitted: World) -> None:
    sign_off = sign(submitted, submitted.people.rui)
    basis = {key: value for key, value in sign_off.basis.items() if key not in ("policy", "rules")}
    SignOff.objects.filter(pk=sign_off.pk).update(basis=basis, policy_digest="", roles=[])
    assert "before policies were data" in seen(submitted.people.rui, page(submitted, "decision", sign_off.pk))
    assert present_view(again(submitted)).is_approval_current


# --- the API and the command tell the same


def test_the_api_and_the_command_tell_the_same(submitted: World) -> None:
    made = set_policy(submitted, NUMBER, TWO)
    olga = make_client(submitted.people.olga)
    told = olga.get(f"{API}assessments/{submitted.assessment.pk}/gate/").json()
    assert told == olga.get(f"{API}model-versions/{submitted.version.pk}/gate/").json()
    assert (told["is_green"], told["sign_offs_missing"], told["policy"]["digest"]) == (False, 2, made.digest)
    rule = next(one for one in told["rules"] if one["rule"] == NUMBER)
    assert (rule["outcome"], rule["figures"][0]["threshold"]) == ("not met", "<= 0.01")
    assert rule["reasons"][0]["key"] == told["problems"][0]["key"]
    out = StringIO()
    with pytest.raises(CommandError) as refused:
        call_command("gate_check", "Desk@1", "--json", stdout=out)
    assert (refused.value.returncode, json.loads(out.getvalue())) == (1, told)


def test_a_pipeline_may_ask_for_an_approval(submitted: World) -> None:
    out = StringIO()
    with pytest.raises(CommandError) as refused:
        call_command("gate_check", "Desk@1", "--approved", stdout=out)
    assert refused.value.returncode == 3
    assessment_decide(by=submitted.people.rui, assessment=submitted.assessment, decision="approved", reason="Fine")
    call_command("gate_check", "Desk@1", "--approved", stdout=out)
    assert "GREEN: Desk v1" in out.getvalue()


# --- policies


def test_policies_over_the_api(world: World) -> None:
    team, cora = world.people.team, officer(world)
    api, body = make_client(cora), {"team": team.pk, "name": "desk", "text": text(TWO), "reason": "agreed"}
    made = api.post(f"{API}gate-policies/", body, format="json")
    assert (made.status_code, made.json()["revision"]) == (201, 1)
    wrong = api.post(f"{API}gate-policies/", body | {"text": "title: T\nrules:\n  - hope\n"}, format="json")
    assert (wrong.status_code, wrong.json()["code"]) == (422, "policy.invalid")
    assert "Line 3" in wrong.json()["title"]
    late = api.post(
        f"{API}gate-policies/", body | {"text": text("four eyes", TWO), "expect_revision": 0}, format="json"
    )
    assert late.status_code == 409
    for given in ({"name": "No Name"}, {"text": ""}, {"reason": ""}, {"team": 10**9}):
        assert api.post(f"{API}gate-policies/", body | given, format="json").status_code in (400, 404)
    other = make_client(world.people.xena)
    assert other.post(f"{API}gate-policies/", body, format="json").status_code == 404
    assert other.get(f"{API}gate-policies/").json()["results"] == []
    gone = api.post(f"{API}gate-policies/{made.json()['id']}/withdraw/", {"reason": "enough"}, format="json")
    assert (gone.status_code, gone.json()["is_withdrawn"]) == (200, True)
    assert len(api.get(f"{API}gate-policies/?name=desk").json()["results"]) == 2
    (current,) = api.get(f"{API}gate-policies/?is_current=true").json()["results"]
    assert current["revision"] == 2


@pytest.mark.parametrize("role", ROLES)
def test_who_sees_and_sets_policies_on_pages(world: World, role: str) -> None:
    made = set_policy(world, TWO)
    person = make_person(role, team=world.people.team)
    browser = make_browser(person)
    for url in (reverse("checklist:policy-list"), reverse("checklist:policy-detail", args=[made.pk])):
        assert browser.get(url).status_code == 200
    may = role in ("administrator", "compliance_officer")
    edit = f"{reverse('checklist:policy-edit')}?policy={made.pk}"
    assert browser.get(edit).status_code == (200 if may else 403)
    body = {"team": world.people.team.pk, "name": "desk", "text": text("four eyes", TWO), "reason": "x"}
    answer = browser.post(edit, body | {"expect_revision": 1})
    assert (answer.status_code, GatePolicy.objects.count()) == ((302, 2) if may else (403, 1))
    newest = GatePolicy.objects.latest("pk")
    gone = browser.post(reverse("checklist:policy-withdraw", args=[newest.pk]), {"reason": "enough"})
    assert gone.status_code == (302 if may else 403)


def test_a_wrong_policy_comes_back_with_its_lines(world: World) -> None:
    cora = make_browser(officer(world))
    body = {"team": world.people.team.pk, "name": "desk", "text": "title: T\nrules:\n  - hope\n", "reason": "x"}
    answer = cora.post(reverse("checklist:policy-edit"), body)
    shown = answer.content.decode()
    assert answer.status_code == 422 and "Line 3" in shown and "begins no rule" in shown and "- hope" in shown
    assert "What may stand on a line" in shown
    xena = make_browser(world.people.xena)
    made = set_policy(world, TWO)
    assert xena.get(reverse("checklist:policy-detail", args=[made.pk])).status_code == 404
