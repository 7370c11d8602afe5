"""What workers hand in: files are stored before the transaction, and nothing that people did meanwhile is undone."""

from pathlib import Path

import pytest
from django.db import connection

from apps.accounts.models import Team, User
from apps.accounts.rules import ADMINISTRATOR
from apps.core import storage
from apps.core.errors import Conflict
from apps.jobs.services import run_cancel, run_stop
from apps.registry.models import ModelVersion
from apps.registry.services import import_finish, version_import, version_retire
from tests.makers import FACTS, FILES, claim, make_folder, make_model, make_person, make_team


@pytest.fixture
def team() -> Team:
    return make_team()


@pytest.fixture
def person(team: Team) -> User:
    return make_person(ADMINISTRATOR, team=team)


@pytest.mark.django_db
def test_a_version_retired_during_its_import_stays_retired(team: Team, person: User) -> None:
    run = claim(version_import(by=person, model=make_model(person, team), source="a/b"))
    version_retire(by=person, version=run.version, reason="the wrong model")
    assert run.version.stage == "draft", "what the worker read when it began"
    import_finish(run=run, folder=make_folder(FILES), facts=FACTS)
    version = ModelVersion.objects.get(pk=run.version_id)
    assert (version.stage, version.files.count()) == ("retired", len(FILES))


@pytest.mark.django_db
def test_an_import_that_was_stopped_hands_in_nothing(team: Team, person: User) -> None:
    run = claim(version_import(by=person, model=make_model(person, team), source="a/b"))
    run_cancel(by=person, run=run)
    run_stop(run=run)
    with pytest.raises(Conflict):
        import_finish(run=run, folder=make_folder(FILES), facts=FACTS)
    version = ModelVersion.objects.get(pk=run.version_id)
    assert (version.manifest_digest, version.files.count()) == ("", 0)


@pytest.mark.django_db(transaction=True)
def test_nobody_waits_while_files_are_stored(team: Team, person: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """On SQLite an open transaction holds up every other write of the portal, heartbeats among them."""
    run = claim(version_import(by=person, model=make_model(person, team), source="a/b"))
    real, seen = storage.put_path, list[bool]()

    def put_path(path: Path) -> storage.Stored:
        seen.append(connection.in_atomic_block)
        return real(path)

    monkeypatch.setattr(storage, "put_path", put_path)
    import_finish(run=run, folder=make_folder(FILES), facts=FACTS)
    assert seen == [False] * len(FILES)
