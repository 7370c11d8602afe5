"""A risk is lived with because a second person said so, and only for as long and as it was when they said it."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from apps.accounts.models import User
from apps.core.errors import Refused
from apps.risks.models import Risk
from apps.risks.rules import ACCEPTED, INHERENT, OPEN, RESIDUAL
from apps.risks.services import (
    control_add,
    control_mark,
    control_remove,
    risk_accept,
    risk_change,
    risk_close,
    risk_create,
    risk_rate,
)
from tests.makers import make_person
from tests.people import People, make_people

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> People:
    return make_people()


@pytest.fixture
def officer(people: People) -> User:
    return make_person("compliance_officer", team=people.team)


@pytest.fixture
def risk(people: People) -> Risk:
    return risk_create(by=people.olga, team=people.team, title="It invents prices", likelihood=4, impact=4)


def in_days(days: int) -> date:
    return timezone.localdate() + timedelta(days=days)


def accept(by: User, risk: Risk) -> Risk:
    return risk_accept(by=by, risk=risk, reason="Small enough.", review_on=in_days(90))


def test_somebody_elses_rating_on_top_does_not_hide_ones_own(people: People, officer: User, risk: Risk) -> None:
    risk_rate(by=officer, risk=risk, kind=RESIDUAL, likelihood=1, impact=1, because="Read the logs.")
    risk_rate(by=people.olga, risk=risk, kind=INHERENT, likelihood=4, impact=4, because="As before.")
    with pytest.raises(Refused, match="you rated it"):
        accept(officer, risk)
    assert accept(people.rui, risk).state == ACCEPTED


def test_who_vouched_for_a_control_does_not_decide(people: People, officer: User, risk: Risk) -> None:
    control = control_add(by=people.olga, risk=risk, title="Second reader")
    control_mark(by=officer, control=control, works=True, reason="I watched.")
    with pytest.raises(Refused, match="one of its controls works"):
        accept(officer, risk)
    assert accept(people.rui, risk).state == ACCEPTED


def test_who_took_a_control_away_does_not_decide(people: People, officer: User, risk: Risk) -> None:
    control = control_add(by=people.olga, risk=risk, title="Second reader")
    control_mark(by=people.olga, control=control, works=False, reason="She left.")
    control_remove(by=officer, control=control, reason="It is in the way.")
    for decide in (accept, lambda by, risk: risk_close(by=by, risk=risk, reason="Gone.")):
        with pytest.raises(Refused, match="took one of its controls away"):
            decide(officer, risk)
    risk_rate(by=people.olga, risk=risk, kind=RESIDUAL, likelihood=3, impact=3, because="Without the reader.")
    assert accept(officer, risk).state == ACCEPTED


def test_taking_a_control_away_opens_what_was_accepted_with_it(people: People, risk: Risk) -> None:
    control = control_add(by=people.olga, risk=risk, title="Second reader")
    accept(people.rui, risk)
    control_remove(by=people.olga, control=control, reason="She left.")
    risk.refresh_from_db()
    assert (risk.state, risk.reopened_because) == (OPEN, "The control “Second reader” was taken away.")


@pytest.mark.parametrize(
    "given",
    [
        {"review_on": in_days(300)},
        {"review_on": None},
        {"title": "It harms people"},
        {"category": "bias"},
        {"plan": "None."},
        {"treatment": "avoid"},
    ],
    ids=lambda given: next(iter(given)) + ("" if next(iter(given.values())) else " never"),
)
def test_what_was_accepted_is_not_stretched_or_changed_alone(people: People, risk: Risk, given: dict[str, Any]) -> None:
    accept(people.rui, risk)
    changed = risk_change(by=people.olga, risk=risk, reason="It suits me.", **given)
    assert changed.state == OPEN
    assert changed.reopened_because == "What is on record of it changed. It suits me."


def test_looking_again_sooner_and_another_owner_leave_it_accepted(people: People, risk: Risk) -> None:
    accept(people.rui, risk)
    given: dict[str, Any] = {"review_on": in_days(30), "owner": people.rui, "title": risk.title}
    changed = risk_change(by=people.olga, risk=risk, reason="She leaves in June.", **given)
    assert (changed.state, changed.owner, changed.review_on) == (ACCEPTED, people.rui, in_days(30))
