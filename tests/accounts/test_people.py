"""People, teams, roles and single shares: what ends at once, what only administrators do, what the trail keeps."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from apps.accounts.models import Team, User
from apps.accounts.queries import may, roles_by_team
from apps.accounts.rules import ADMINISTRATOR, AUDITOR, ENGINEER, ROLES
from apps.accounts.services import (
    access_share,
    access_unshare,
    guest_create,
    person_create,
    role_grant,
    role_revoke,
    site_administrator_set,
    team_create,
)
from apps.audit.models import AuditEntry
from apps.audit.services import SYSTEM
from apps.core.errors import Conflict, Invalid, NotFound, Refused
from tests.makers import (
    fresh,
    make_client,
    make_data,
    make_model,
    make_person,
    make_team,
    make_version,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def team() -> Team:
    return make_team()


@pytest.fixture
def administrator(team: Team) -> User:
    return make_person(ADMINISTRATOR, team=team, is_staff=True)


def test_a_role_holds_in_its_team_only(team: Team) -> None:
    person = make_person(ENGINEER, team=team)
    assert may(person, "model.create", team)
    assert not may(person, "model.create", make_team())


def test_a_role_taken_away_ends_at_once(team: Team, administrator: User) -> None:
    person = make_person(ENGINEER, team=team)
    client = make_client(person)
    assert client.post("/api/v1/models/", {"team": team.pk, "name": "One"}).status_code == 201
    role_revoke(by=administrator, user=person, team=team, role=ENGINEER, reason="left")
    assert client.post("/api/v1/models/", {"team": team.pk, "name": "Two"}).status_code == 404
    assert AuditEntry.objects.get(action="role.revoke").reason == "left"


def test_a_team_keeps_an_administrator(team: Team, administrator: User) -> None:
    with pytest.raises(Conflict):
        role_revoke(by=administrator, user=administrator, team=team, role=ADMINISTRATOR)
    role_grant(by=administrator, user=make_person(), team=team, role=ADMINISTRATOR)
    role_revoke(by=administrator, user=administrator, team=team, role=ADMINISTRATOR)


def test_only_roles_are_granted_and_only_by_administrators(team: Team, administrator: User) -> None:
    with pytest.raises(Invalid):
        role_grant(by=administrator, user=make_person(), team=team, role="delete_team")
    with pytest.raises(NotFound):
        role_grant(by=administrator, user=administrator, team=make_team(), role=ADMINISTRATOR)
    with pytest.raises(Refused):
        person_create(by=make_person(ENGINEER, team=team), email="new@example.org", name="New")
    with pytest.raises(Refused):
        team_create(by=make_person(ENGINEER, team=team), name="New")


def test_whoever_makes_a_team_administers_it(administrator: User) -> None:
    roles_by_team(administrator)
    made = team_create(by=administrator, name="Another")
    assert roles_by_team(administrator)[made.pk] == {ADMINISTRATOR}
    with pytest.raises(Conflict):
        team_create(by=administrator, name="another")


def test_a_superuser_administers_every_team_and_decides_in_none(team: Team) -> None:
    root = User.objects.create_superuser("root@example.org", None, name="Root")
    assert may(root, "people.manage", team)
    assert not may(root, "assessment.decide", team)


def test_the_command_names_who_administers_the_site(team: Team, administrator: User) -> None:
    call_command("site_administrator", administrator.email, stdout=StringIO())
    administrator.refresh_from_db()
    assert (administrator.is_superuser, administrator.is_staff) == (True, True)
    with pytest.raises(CommandError, match="Nothing would change"):
        call_command("site_administrator", administrator.email)
    with pytest.raises(CommandError, match="Nobody"):
        call_command("site_administrator", "nobody@example.org")
    call_command("site_administrator", administrator.email, "--end", stdout=StringIO())
    administrator.refresh_from_db()
    assert not administrator.is_superuser
    entries = AuditEntry.objects.filter(action="person.site_administrator").order_by("sequence")
    assert [entry.data["is_one"] for entry in entries] == [True, False]


def test_a_role_in_a_team_names_nobody_for_the_site(team: Team, administrator: User) -> None:
    with pytest.raises(Refused):
        site_administrator_set(by=administrator, user=make_person(team=team), is_one=True)
    with pytest.raises(Refused):
        site_administrator_set(by=administrator, user=administrator, is_one=True)
    site_administrator_set(by=SYSTEM, user=administrator, is_one=True)
    with pytest.raises(Refused):
        site_administrator_set(by=administrator, user=administrator, is_one=False)
    site_administrator_set(by=administrator, user=make_person(team=team), is_one=True)


def test_a_guest_never_administers_the_site(team: Team, administrator: User) -> None:
    guest = guest_create(by=administrator, name="Certifier", ends_at=timezone.now() + timedelta(days=1))
    with pytest.raises(Conflict):
        site_administrator_set(by=SYSTEM, user=guest, is_one=True)


def test_the_first_administrator_administers_the_site(db: None) -> None:
    call_command("first_administrator_create", stdout=StringIO())
    first = User.objects.get()
    assert first.is_superuser
    assert may(first, "people.manage", Team.objects.get())


def test_the_trail_names_people_by_number(team: Team, administrator: User) -> None:
    person = make_person(ENGINEER, team=team, name="Grace Hopper")
    text = str(list(AuditEntry.objects.values()))
    assert person.email not in text and "Grace" not in text
    assert AuditEntry.objects.filter(action="role.grant", object_label=f"user {person.pk}").exists()


def test_a_shared_object_is_seen_alone_and_used_but_not_changed(team: Team, administrator: User) -> None:
    data, guest_team = make_data(administrator, team), make_team()
    guest = make_person(ENGINEER, team=guest_team)
    client = make_client(guest)
    assert client.get(f"/api/v1/dataset-versions/{data.pk}/").status_code == 404
    access_share(by=administrator, obj=data.dataset, user=guest)
    assert client.get(f"/api/v1/dataset-versions/{data.pk}/").status_code == 200
    assert client.get(f"/api/v1/datasets/{data.dataset_id}/").status_code == 200
    refused = client.post(f"/api/v1/dataset-versions/{data.pk}/scans/", {})
    assert (refused.status_code, refused.json()["code"]) == (403, "permission.refused")
    body = {"base_version": make_version(guest, guest_team).pk, "dataset_version": data.pk}
    body["output_model"] = make_model(guest, guest_team).pk
    assert client.post("/api/v1/tuning-runs/", body).status_code == 202
    access_unshare(by=administrator, obj=data.dataset, user=guest)
    assert client.get(f"/api/v1/dataset-versions/{data.pk}/").status_code == 404
    assert client.post("/api/v1/tuning-runs/", body).status_code == 404


def test_a_scan_of_a_shared_dataset_can_be_followed(team: Team, administrator: User) -> None:
    data, guest = make_data(administrator, team), make_person(ENGINEER, team=make_team())
    access_share(by=administrator, obj=data.dataset, user=guest)
    make_client(administrator).post(f"/api/v1/dataset-versions/{data.pk}/scans/", {})
    client = make_client(guest)
    (scan,) = client.get("/api/v1/scans/").json()["results"]
    assert client.get(scan["url"]).status_code == 200


def test_only_an_administrator_shares(team: Team) -> None:
    engineer = make_person(ENGINEER, team=team)
    data = make_data(engineer, team)
    with pytest.raises(Refused):
        access_share(by=engineer, obj=data.dataset, user=make_person())


def test_people_are_added_and_given_roles_by_api(team: Team, administrator: User) -> None:
    client = make_client(administrator)
    made = client.post("/api/v1/people/", {"email": "New@example.org", "name": "New"})
    assert (made.status_code, made.json()["email"]) == (201, "new@example.org")
    assert client.post("/api/v1/people/", {"email": "new@example.org", "name": "Again"}).status_code == 409
    members = f"/api/v1/teams/{team.pk}/members/"
    given = client.post(members, {"email": "new@example.org", "role": "auditor"}).json()
    assert {"id": made.json()["id"], "name": "New", "roles": ["auditor"]} in given
    body = {"email": "new@example.org", "role": "auditor", "reason": "done"}
    assert len(client.post(f"{members}revoke/", body).json()) == 1
    unknown = client.post(members, {"email": "nobody@example.org", "role": "auditor"})
    assert unknown.json()["code"] == "person.unknown"


def test_whether_an_address_has_an_account_is_told_to_administrators_only(team: Team) -> None:
    client = make_client(make_person(ENGINEER, team=team))
    for email in (make_person().email, "nobody@example.org"):
        body = {"email": email, "role": "auditor"}
        assert client.post(f"/api/v1/teams/{team.pk}/members/", body).status_code == 403


def test_members_see_each_other(team: Team, administrator: User, django_assert_num_queries: object) -> None:
    for role in ROLES:
        make_person(role, team=team)
    listed = make_client(make_person(AUDITOR, team=team)).get(f"/api/v1/teams/{team.pk}/members/").json()
    assert len(listed) == 7
    assert "email" not in listed[0]


def _office(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="apps.accounts.authentication.PeopleBackend")
    return client


def test_the_back_office_changes_people_through_services(team: Team, administrator: User) -> None:
    office = _office(administrator)
    new = {"email": "new@example.org", "name": "New", "password": "correct horse battery"}
    added = office.post("/admin/accounts/user/add/", new | {"team": team.pk, "role": "engineer"})
    assert added.status_code == 302, added.content
    person = User.objects.get(email="new@example.org")
    assert may(person, "model.create", team)
    change = {"what": "take", "role": "engineer", "team": team.pk, "reason": "left"}
    assert office.post(f"/admin/accounts/user/{person.pk}/change/", change).status_code == 302
    assert not may(fresh(person), "model.create", team)
    assert {"person.create", "role.grant", "role.revoke"} <= set(AuditEntry.objects.values_list("action", flat=True))


def test_the_back_office_gives_no_roles_in_teams_of_others(team: Team, administrator: User) -> None:
    person, other = make_person(AUDITOR, team=team), make_team()
    change = {"what": "give", "role": "administrator", "team": other.pk}
    assert _office(administrator).post(f"/admin/accounts/user/{person.pk}/change/", change).status_code == 200
    assert other.pk not in roles_by_team(fresh(person))


def test_the_back_office_shows_no_more_than_one_sees(team: Team, administrator: User) -> None:
    make_version(administrator, team)
    mine, theirs = make_data(administrator, team), make_data(make_person(ENGINEER, team=(other := make_team())), other)
    office = _office(administrator)
    assert office.get(f"/admin/catalog/datasetversion/{mine.pk}/change/").status_code == 200
    assert office.get(f"/admin/catalog/datasetversion/{theirs.pk}/change/", follow=True).status_code != 500
    listed = office.get("/admin/catalog/datasetversion/").content.decode()
    assert str(mine) in listed and str(theirs) not in listed
    for page in ("accounts/user", "accounts/team", "accounts/apitoken", "registry/modelversion", "audit/auditentry"):
        assert office.get(f"/admin/{page}/").status_code == 200
    assert office.get("/admin/audit/auditentry/1/change/").status_code in {200, 302}


def test_the_back_office_revokes_tokens_and_ends_access(team: Team, administrator: User) -> None:
    person = make_person(ENGINEER, team=team)
    client = make_client(person)
    office = _office(administrator)
    token = person.tokens.get()
    office.post("/admin/accounts/apitoken/", {"action": "revoke", "_selected_action": [token.pk]})
    assert client.get("/api/v1/me/").status_code == 401
    office.post("/admin/accounts/user/", {"action": "end_access", "_selected_action": [person.pk, administrator.pk]})
    person.refresh_from_db()
    administrator.refresh_from_db()
    assert (person.is_active, administrator.is_active) == (False, True)


def test_the_back_office_names_who_administers_the_site(team: Team, administrator: User) -> None:
    person, office = make_person(ENGINEER, team=team), _office(administrator)
    ask = {"action": "site_begin", "_selected_action": [person.pk]}
    office.post("/admin/accounts/user/", ask)
    person.refresh_from_db()
    assert not person.is_superuser, "an administrator of a team is not offered it"
    site_administrator_set(by=SYSTEM, user=administrator, is_one=True)
    for action, wanted in (("site_begin", True), ("site_end", False)):
        office.post("/admin/accounts/user/", ask | {"action": action})
        person.refresh_from_db()
        assert person.is_superuser is wanted


@pytest.mark.parametrize(
    "table",
    [
        "catalog/dataset",
        "registry/registeredmodel",
        "audit/auditentry",
        "evaluation/evaluationrun",
        "auditors/auditgrant",
    ],
)
def test_the_back_office_adds_and_deletes_nothing(table: str, administrator: User) -> None:
    office = _office(administrator)
    assert office.get(f"/admin/{table}/add/").status_code == 403
    assert "delete_selected" not in office.get(f"/admin/{table}/").content.decode()


def test_people_without_the_right_stay_out_of_the_back_office(team: Team) -> None:
    assert _office(make_person(ENGINEER, team=team)).get("/admin/", follow=True).status_code == 403
