"""Two people do the same thing at the same moment: nothing is made twice, and nobody meets an error without words."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from apps.accounts.models import Team, User
from apps.accounts.queries import members_of
from apps.accounts.rules import ADMINISTRATOR
from apps.accounts.services import role_revoke
from apps.catalog.models import Dataset, DatasetVersion, ScanRun
from apps.catalog.services import dataset_create, scan_start
from apps.core.errors import DomainError
from tests.makers import commit, jsonl, make_data, make_dataset, make_person, make_team

pytestmark = pytest.mark.django_db(transaction=True)
TOGETHER = 4


@pytest.fixture
def team(transactional_db: None) -> Team:
    return make_team()


@pytest.fixture
def person(team: Team) -> User:
    return make_person(ADMINISTRATOR, team=team)


def at_once(does: Callable[[int], object]) -> list[str]:
    """What became of the same call in several threads: "done", or the code of the refusal."""
    together = threading.Barrier(TOGETHER)

    def one(number: int) -> str:
        together.wait()
        try:
            does(number)
        except DomainError as error:
            return error.code
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(TOGETHER) as pool:
        return sorted(pool.map(one, range(TOGETHER)))


def test_uploads_get_numbers_of_their_own(team: Team, person: User) -> None:
    dataset = make_dataset(person, team)
    assert at_once(lambda number: commit(person, dataset, jsonl([{"row": number}]))) == ["done"] * TOGETHER
    numbers = DatasetVersion.objects.filter(dataset=dataset).values_list("number", flat=True)
    assert sorted(numbers) == list(range(1, TOGETHER + 1))


def test_a_version_is_scanned_once(team: Team, person: User) -> None:
    version = make_data(person, team)
    found = at_once(lambda number: scan_start(by=person, version=version))
    assert found == ["done"] + ["scan.open"] * (TOGETHER - 1) and ScanRun.objects.count() == 1


def test_a_name_is_given_once(team: Team, person: User) -> None:
    found = at_once(lambda number: dataset_create(by=person, team=team, name="Desk"))
    assert found == ["dataset.exists"] * (TOGETHER - 1) + ["done"] and Dataset.objects.count() == 1


def test_a_team_keeps_an_administrator(team: Team, person: User) -> None:
    people = [person, *(make_person(ADMINISTRATOR, team=team) for _ in range(TOGETHER - 1))]
    at_once(lambda number: role_revoke(by=people[number], user=people[number], team=team, role=ADMINISTRATOR))
    assert len(members_of(team)) == 1
