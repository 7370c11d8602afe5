"""What a policy would say of the versions that there are, before anybody sets it."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.audit.models import AuditEntry
from apps.checklist.models import GatePolicy
from apps.checklist.queries import previewing
from apps.checklist.queries.previewing import GREEN, LOST, RED, Preview, policy_preview
from apps.checklist.services import assessment_create, assessment_decide, evidence_collect
from apps.checklist.services.policies import policy_checked
from tests.checklist.conftest import World
from tests.checklist.test_policies import TWO, WHOLE, again, officer, set_policy, text
from tests.makers import fresh, make_browser, make_client
from tests.stories import make_dataset_version, make_evaluation, make_tuned_version

API = "/api/v1/gate-policies/preview/"


def preview(world: World, *rules: str, by: Any = None, **more: Any) -> Preview:
    policy = policy_checked(text(*(rules or (TWO,)), **more))
    return policy_preview(by or world.people.olga, world.people.team, "desk", policy)


def approved(world: World) -> None:
    assessment_decide(by=world.people.rui, assessment=again(world), decision="approved", reason="Read.")


def test_a_rule_that_nothing_meets_turns_versions_red(submitted: World) -> None:
    found = preview(submitted, "requires: evaluation.loss <= 0.01", TWO)
    (row,) = found.rows
    assert (row.change, found.red, row.view.gate.is_green, row.gate.is_green) == (RED, 1, True, False)
    assert "it has to be at most 0.01" in row.shown[0]
    assert not GatePolicy.objects.exists() and not AuditEntry.objects.filter(action="policy.change").exists()


def test_a_milder_policy_turns_versions_green(world: World) -> None:
    (row,) = preview(world, "approvals: 1 from {approver}", whole="title: Mild\nrules:\n").rows
    assert (row.change, row.sign_offs_missing, row.shown) == (GREEN, 1, ())


def test_approvals_that_would_no_longer_hold_are_told(submitted: World) -> None:
    approved(submitted)
    found = preview(submitted, "requires: evaluation.loss <= 0.01", TWO)
    assert [row.change for row in found.rows] == [LOST] and found.lost == 1
    set_policy(submitted, "requires: evaluation.loss <= 0.01", TWO)
    assert preview(submitted, "approvals: 1 from {approver}").rows[0].is_approval_current, "under its own policy again"


def test_versions_that_keep_another_policy_are_counted(world: World) -> None:
    found = preview(world, applies="models: [moon-*]")
    assert (found.rows, found.others, found.is_cut) == ((), 1, False)
    set_policy(world, applies="models: [desk]", name="first")
    assert preview(world).others == 1, "conditions come first"
    set_policy(world, name="desk")
    assert preview(world, applies="models: [moon-*]").others == 1


def test_a_name_of_rows_that_there_is_not_is_told(world: World) -> None:
    rules = [f"requires: evaluation.loss <= 9 on suite {name}" for name in ("support-questions-v1", "moon-v2")]
    assert preview(world, *rules, TWO).unknown_suites == ("moon-v2",)


def test_it_costs_the_same_for_many_versions_and_looks_at_the_newest(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    olga, team = world.people.olga, world.people.team

    def queries() -> int:
        user = fresh(olga)
        preview(world, by=user)
        with CaptureQueriesContext(connection) as told:
            preview(world, by=user)
        return len(told)

    evidence_collect(by=olga, assessment=world.assessment)
    few = queries()
    for number in range(3):
        data = make_dataset_version(olga, team, f"Data {number}", [{"question": f"{number}?", "answer": "Yes."}])
        version = make_tuned_version(olga, world.base, data, f"Model {number}")
        make_evaluation(olga, version, data, world.base)
        evidence_collect(by=olga, assessment=assessment_create(by=olga, version=version))
    assert queries() == few
    monkeypatch.setattr(previewing, "MOST", 2)
    found = preview(world)
    assert found.is_cut and {row.view.subject_label for row in found.rows} == {"Model 2 v1", "Model 1 v1"}


def test_the_page_tells_it_and_sets_nothing(submitted: World) -> None:
    said = {
        "team": submitted.people.team.pk,
        "name": "desk",
        "text": text("requires: evaluation.loss <= 0.01", TWO),
        "reason": "",
        "expect_revision": 0,
        "preview": "1",
    }
    browser, address = make_browser(officer(submitted)), reverse("checklist:policy-edit")
    answer = browser.post(address, said)
    page = answer.content.decode()
    assert answer.status_code == 200 and "turns red" in page and "Desk v1" in page and "0.01" in page
    assert not GatePolicy.objects.exists()
    wrong = browser.post(address, said | {"text": WHOLE + "  - evaluation => 3\n"})
    assert wrong.status_code == 422 and "What it would say" not in wrong.content.decode()
    assert browser.post(address, {name: item for name, item in said.items() if name != "preview"}).status_code == 422
    assert make_browser(submitted.people.olga).post(address, said).status_code == 403


def test_the_api_tells_it_of_what_one_sees(submitted: World) -> None:
    body = {"team": submitted.people.team.pk, "text": text("requires: evaluation.loss <= 0.01", TWO)}
    told = make_client(submitted.people.olga).post(API, body, format="json").json()
    (row,) = told["versions"]
    assert (row["change"], row["is_green_now"], row["is_green"], told["looked_at"]) == (RED, True, False, 1)
    assert [rule["outcome"] for rule in row["rules"] if rule["rule"].startswith("requires")] == ["not met"]
    assert make_client(submitted.people.xena).post(API, body, format="json").status_code == 404
    odd = make_client(submitted.people.olga).post(API, body | {"text": "rules: 3"}, format="json")
    assert odd.status_code == 422 and odd.json()["code"] == "policy.invalid"
