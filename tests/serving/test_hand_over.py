"""A deployment changes hands: stopped, cancelled or taken over at the very moment its worker leaves."""

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.accounts.models import Team, User
from apps.accounts.rules import ENGINEER
from apps.core.errors import Conflict
from apps.jobs.services import run_cancel, runs_sweep
from apps.serving.models import Deployment, ServingRun
from apps.serving.services import deployment_stop, serving_hand_over, serving_ready
from tests.makers import claim, make_approved, make_deployment, make_person, make_team

pytestmark = pytest.mark.django_db
RESULT = {"restarts": 0}


@pytest.fixture
def team() -> Team:
    return make_team()


@pytest.fixture
def engineer(team: Team) -> User:
    return make_person(ENGINEER, team=team)


@pytest.fixture
def deployment(engineer: User, team: Team) -> Deployment:
    return make_deployment(engineer, make_approved(team, by=engineer))


@pytest.fixture
def held(deployment: Deployment) -> ServingRun:
    """The run in the hands of the worker that is about to leave."""
    return claim(deployment.runs.get())


def test_a_leaving_worker_hands_the_deployment_over(held: ServingRun) -> None:
    serving_hand_over(run=held, result=RESULT)
    assert ServingRun.objects.get(pk=held.pk).state == "queued"


def test_a_deployment_stopped_as_its_worker_leaves_stays_stopped(
    held: ServingRun, deployment: Deployment, engineer: User
) -> None:
    deployment_stop(by=engineer, deployment=deployment, reason="no longer wanted")
    serving_hand_over(run=held, result=RESULT)
    assert ServingRun.objects.get(pk=held.pk).state == "succeeded"


def test_a_run_cancelled_as_its_worker_leaves_is_not_queued_again(held: ServingRun, engineer: User) -> None:
    run_cancel(by=engineer, run=held)
    serving_hand_over(run=held, result=RESULT)
    assert ServingRun.objects.get(pk=held.pk).state == "succeeded"


def test_a_late_worker_takes_the_deployment_from_nobody(held: ServingRun) -> None:
    """It fell silent, another one took the run, and only then does it leave."""
    ServingRun.objects.filter(pk=held.pk).update(heartbeat_at=timezone.now() - timedelta(hours=1))
    runs_sweep()
    present = claim(ServingRun.objects.get(pk=held.pk), "present:1")
    with pytest.raises(Conflict):
        serving_hand_over(run=held, result=RESULT)
    with pytest.raises(Conflict):
        serving_ready(run=held, url="http://127.0.0.1:9", pid=9)
    now = ServingRun.objects.get(pk=held.pk)
    assert (now.state, now.claim_token, now.url) == ("running", present.claim_token, "")
