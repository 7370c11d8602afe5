"""Controls of risks that the platform checks: held against what is measured, and the risk that opens again."""

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.checklist.models import Assessment
from apps.checklist.services import (
    answer_save,
    assessment_create,
    controls_check,
    evidence_collect,
    risk_control_add,
    risk_controls_check,
)
from apps.core.errors import Invalid, NotFound
from apps.registry.models import ModelVersion
from apps.registry.services import system_create, system_version_add
from apps.risks.models import Risk
from apps.risks.rules import ACCEPTED, FAILING, OPEN, UNCHECKED, WORKING
from apps.risks.services import risk_accept, risk_create
from tests.makers import make_browser, make_client, make_evaluation, make_person, make_tuned, make_version
from tests.people import People, make_people

pytestmark = pytest.mark.django_db
SAID = "answered: deployment-1"


@pytest.fixture
def people() -> People:
    return make_people()


def a_risk(people: People, **about: object) -> Risk:
    return risk_create(
        by=people.olga, team=people.team, title="It invents", likelihood=4, impact=4, **about  # type: ignore[arg-type]
    )  # fmt: skip


def begun(people: People, version: ModelVersion) -> Assessment:
    assessment = assessment_create(by=people.olga, version=version)
    evidence_collect(by=people.olga, assessment=assessment)
    return assessment


def accepted(people: People, risk: Risk) -> None:
    risk_accept(by=people.rui, risk=risk, reason="Watched.", review_on=timezone.localdate() + timedelta(days=30))


def test_a_control_is_checked_at_once_and_says_why_it_fails(people: People) -> None:
    version = make_version(people.olga, people.team)
    begun(people, version)
    control = risk_control_add(by=people.olga, risk=a_risk(people, version=version), title="Said", rule=SAID)
    assert (control.state, control.checked_by) == (FAILING, None)
    assert str(version) in control.found
    assert len(control.found_digest) == 64


def test_a_control_that_turns_bad_opens_the_accepted_risk_again(people: People) -> None:
    version = make_version(people.olga, people.team)
    assessment, risk = begun(people, version), a_risk(people, version=version)
    say = {"by": people.olga, "assessment": assessment, "question": "deployment-1"}
    answer_save(**say, status="declared", text="Only in the test hall.")  # type: ignore[arg-type]
    assert risk_control_add(by=people.olga, risk=risk, title="Said", rule=SAID).state == WORKING
    accepted(people, risk)
    assert controls_check() == 1
    risk.refresh_from_db()
    assert risk.state == ACCEPTED
    answer_save(**say, status="unknown")  # type: ignore[arg-type]
    controls_check()
    risk.refresh_from_db()
    assert risk.state == OPEN
    assert risk.reopened_because.startswith("The control “Said” fails.")


def test_a_measured_figure_stands_behind_a_control(people: People) -> None:
    run = make_tuned(people.olga, people.team)
    make_evaluation(people.olga, run)
    version = run.output_version
    assert version is not None
    begun(people, version)
    risk = a_risk(people, version=version)
    met = risk_control_add(by=people.olga, risk=risk, title="Good enough", rule="requires: evaluation.loss < 2")
    missed = risk_control_add(by=people.olga, risk=risk, title="Perfect", rule="requires: evaluation.loss < 0.5")
    assert (met.state, missed.state) == (WORKING, FAILING)


def test_the_worst_version_at_work_speaks_for_a_system(people: People) -> None:
    system = system_create(by=people.olga, team=people.team, name="Desk")
    risk = a_risk(people, system=system)
    control = risk_control_add(by=people.olga, risk=risk, title="Said", rule=SAID)
    assert (control.state, control.found) == (
        UNCHECKED,
        "No model version is at work there, so nothing can be measured.",
    )
    for _ in range(2):
        version = make_version(people.olga, people.team)
        system_version_add(by=people.olga, system=system, version=version)
        assessment = begun(people, version)
    answer_save(by=people.olga, assessment=assessment, question="deployment-1", status="declared", text="There.")
    assert risk_controls_check(by=people.olga, risk=risk)[0].state == FAILING


def test_a_version_without_a_checklist_is_not_checked(people: People) -> None:
    risk = a_risk(people, version=make_version(people.olga, people.team))
    control = risk_control_add(by=people.olga, risk=risk, title="Said", rule=SAID)
    assert (control.state, "no checklist yet" in control.found) == (UNCHECKED, True)


@pytest.mark.parametrize(
    "rule",
    [
        "the model is good",
        "approvals: 2 from {approver}",
        "four eyes",
        "answered: data-99",
        "requires: evaluation.luck > 1",
    ]
    + ["answered: data-1\n  - fresh: [", "requires: evaluation.exact_match > 'x'"],
)
def test_what_is_no_rule_is_refused(people: People, rule: str) -> None:
    risk = a_risk(people, version=make_version(people.olga, people.team))
    with pytest.raises(Invalid) as told:
        risk_control_add(by=people.olga, risk=risk, title="x", rule=rule)
    assert told.value.code == "control.rule"


def test_a_risk_of_no_version_is_looked_after_by_people(people: People) -> None:
    with pytest.raises(Invalid, match="speaks of none"):
        risk_control_add(by=people.olga, risk=a_risk(people), title="x", rule=SAID)
    assert risk_control_add(by=people.olga, risk=a_risk(people), title="x").rule == ""


def test_a_risk_opens_again_on_its_day_of_review(people: People) -> None:
    risk = a_risk(people)
    accepted(people, risk)
    Risk.objects.update(review_on=timezone.localdate())
    controls_check()
    risk.refresh_from_db()
    assert (risk.state, "day has come" in risk.reopened_because) == (OPEN, True)


def test_pages_and_api(people: People) -> None:
    version = make_version(people.olga, people.team)
    begun(people, version)
    risk, browser = a_risk(people, version=version), make_browser(people.olga)
    add = f"/checklists/risks/{risk.pk}/controls/add/"
    assert b"Let the platform check it" in browser.get(add).content
    refused = browser.post(add, {"title": "Said", "rule": "the model is good"})
    assert (refused.status_code, b"begins no rule" in refused.content) == (422, True)
    assert b"fails" in browser.post(add, {"title": "Said", "rule": SAID}, follow=True).content
    checked = browser.post(f"/checklists/risks/{risk.pk}/controls/check/", follow=True)
    assert b"1 control checked" in checked.content
    api = f"/api/v1/risks/{risk.pk}/"
    made = make_client(people.olga).post(f"{api}controls/", {"title": "x", "rule": "fresh"}, format="json")
    assert (made.status_code, made.json()["rule"]) == (201, "fresh: all")
    assert len(make_client(people.olga).post(f"{api}check/").json()) == 2
    assert make_client(people.xena).post(f"{api}check/").status_code == 404
    assert make_browser(people.xena).get(add).status_code == 404
    auditor = make_person("auditor", team=people.team)
    assert make_client(auditor).post(f"{api}check/").status_code == 403
    with pytest.raises(NotFound):
        risk_controls_check(by=people.xena, risk=risk)
