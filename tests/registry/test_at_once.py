"""Two people change one model at the same moment: one wins, the other is told, and the history stays in one line."""

import pytest

from apps.accounts.models import Team, User
from apps.accounts.rules import ENGINEER
from apps.registry.models import AISystem, AliasMove, ModelAlias, ModelUpload, ModelVersion
from apps.registry.services import alias_set, file_send, file_upload_start, system_create, version_open, version_seal
from tests.catalog.test_at_once import TOGETHER, at_once
from tests.makers import make_model, make_person, make_team, make_version

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def team(transactional_db: None) -> Team:
    return make_team()


@pytest.fixture
def person(team: Team) -> User:
    return make_person(ENGINEER, team=team)


@pytest.fixture
def versions(team: Team, person: User) -> list[ModelVersion]:
    model = make_model(person, team)
    return [make_version(person, team, model=model) for _ in range(TOGETHER + 1)]


def test_of_all_who_move_an_alias_at_once_one_wins_and_the_others_are_told(
    person: User, versions: list[ModelVersion]
) -> None:
    model = versions[0].model
    alias_set(by=person, model=model, name="trial", version=versions[0])
    found = at_once(
        lambda number: alias_set(
            by=person, model=model, name="trial", version=versions[number + 1], expect_version=versions[0].number
        )
    )
    assert found == ["alias.moved"] * (TOGETHER - 1) + ["done"]
    winner = AliasMove.objects.get(previous=versions[0])
    assert ModelAlias.objects.get(model=model).version == winner.version


def test_whoever_expects_nothing_comes_one_after_the_other(person: User, versions: list[ModelVersion]) -> None:
    model = versions[0].model
    found = at_once(lambda number: alias_set(by=person, model=model, name="trial", version=versions[number]))
    assert found == ["done"] * TOGETHER
    moves = list(AliasMove.objects.filter(model=model).order_by("pk"))
    assert [move.previous for move in moves] == [None, *(move.version for move in moves[:-1])]
    assert ModelAlias.objects.get(model=model).version == moves[-1].version


def test_a_system_and_a_file_are_begun_once(team: Team, person: User) -> None:
    found = at_once(lambda number: system_create(by=person, team=team, name="Desk"))
    assert found == ["done"] + ["system.exists"] * (TOGETHER - 1) and AISystem.objects.count() == 1
    version = version_open(by=person, model=make_model(person, team))
    found = at_once(lambda number: file_upload_start(by=person, version=version, path="a.txt", size=3))
    assert found == ["done"] + ["upload.path"] * (TOGETHER - 1) and ModelUpload.objects.count() == 1


def test_a_version_is_sealed_once(team: Team, person: User) -> None:
    version = version_open(by=person, model=make_model(person, team))
    file_send(by=person, version=version, path="a.txt", size=3, blocks=[b"abc"])
    found = at_once(lambda number: version_seal(by=person, version=version))
    assert found == ["done"] + ["version.sealed"] * (TOGETHER - 1)
    assert version.files.count() == 1
