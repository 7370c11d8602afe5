"""Tokens: shown once, kept as a digest, scoped, expiring, revocable; and who asks by them."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from apps.accounts.models import ApiToken, User
from apps.accounts.rules import ADMINISTRATOR, ENGINEER, READ, TOKEN_PREFIX, WRITE
from apps.accounts.services import token_create, token_revoke
from apps.audit.models import AuditEntry
from apps.audit.services import SYSTEM
from apps.core.errors import Conflict, Invalid, NotFound, Refused
from tests.makers import make_client, make_person, make_team

pytestmark = pytest.mark.django_db
ME = "/api/v1/me/"


def _bearer(secret: str) -> APIClient:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {secret}")
    return client


def _session(user: User) -> Client:
    client = Client(enforce_csrf_checks=False)
    client.force_login(user, backend="apps.accounts.authentication.PeopleBackend")
    return client


def test_only_a_digest_is_kept() -> None:
    token, secret = token_create(by=SYSTEM, user=make_person(), name="ci")
    assert secret.startswith(TOKEN_PREFIX)
    assert len(secret) > 40
    assert secret not in str(token.__dict__)
    assert secret not in str(list(AuditEntry.objects.values()))


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer ", "Bearer gaio_wrong", "Bearer a b", "Basic eA==", "Bearer é"]
)
def test_without_a_valid_token_nothing_is_read(header: str) -> None:
    client = APIClient()
    if header:
        client.credentials(HTTP_AUTHORIZATION=header)
    answer = client.get(ME)
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"].startswith("Bearer")
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["remedy"]


def test_a_token_acts_for_its_person() -> None:
    person = make_person(ENGINEER, team=make_team("Desk"))
    told = make_client(person).get(ME).json()
    assert told["email"] == person.email
    assert [team["my_roles"] for team in told["teams"]] == [["engineer"]]
    assert "tuning.start" in told["teams"][0]["my_actions"]
    assert "assessment.decide" not in told["teams"][0]["my_actions"]


def test_an_expired_token_opens_nothing() -> None:
    token, secret = token_create(by=SYSTEM, user=make_person(), name="ci", days=1)
    assert _bearer(secret).get(ME).status_code == 200
    ApiToken.objects.filter(pk=token.pk).update(expires_at=timezone.now())
    assert _bearer(secret).get(ME).json()["code"] == "token.invalid"


def test_a_revoked_token_opens_nothing() -> None:
    person = make_person()
    token, secret = token_create(by=SYSTEM, user=person, name="ci")
    client = _bearer(secret)
    assert client.post(f"/api/v1/tokens/{token.pk}/revoke/").status_code == 403, "a read token does not write"
    token_revoke(by=person, token=token)
    assert client.get(ME).status_code == 401
    with pytest.raises(Conflict):
        token_revoke(by=person, token=token)


def test_a_token_of_a_closed_account_opens_nothing() -> None:
    person = make_person()
    _, secret = token_create(by=SYSTEM, user=person, name="ci")
    User.objects.filter(pk=person.pk).update(is_active=False)
    assert _bearer(secret).get(ME).status_code == 401


def test_a_read_token_only_reads() -> None:
    team = make_team()
    client = make_client(make_person(ENGINEER, team=team), scope=READ)
    assert client.get("/api/v1/datasets/").status_code == 200
    answer = client.post("/api/v1/datasets/", {"team": team.pk, "name": "New"})
    assert answer.status_code == 403
    assert answer.json()["code"] == "token.scope"
    assert "read and write" in answer.json()["remedy"]


def test_the_last_use_is_noted_once_a_minute(django_assert_num_queries: object) -> None:
    token, secret = token_create(by=SYSTEM, user=make_person(), name="ci")
    client = _bearer(secret)
    client.get(ME)
    token.refresh_from_db()
    first = token.last_used_at
    assert first is not None
    client.get(ME)
    token.refresh_from_db()
    assert token.last_used_at == first


def test_a_signed_in_person_makes_lists_and_revokes_their_tokens() -> None:
    person = make_person()
    session = _session(person)
    made = session.post("/api/v1/tokens/", {"name": "laptop", "scope": "write", "days": 30}, "application/json")
    assert made.status_code == 201
    token = made.json()
    assert _bearer(token["secret"]).get(ME).json()["id"] == person.pk
    make_client(make_person())
    listed = session.get("/api/v1/tokens/").json()["results"]
    assert [item["id"] for item in listed] == [token["id"]]
    assert "secret" not in listed[0] and "digest" not in listed[0]
    assert session.post(f"/api/v1/tokens/{token['id']}/revoke/").json()["is_usable"] is False
    assert _bearer(token["secret"]).get(ME).status_code == 401


def test_a_session_without_a_csrf_token_writes_nothing() -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_person(), backend="apps.accounts.authentication.PeopleBackend")
    answer = client.post("/api/v1/tokens/", {"name": "x"}, "application/json")
    assert (answer.status_code, ApiToken.objects.count()) == (403, 0)


def test_a_token_makes_no_tokens() -> None:
    """Else whoever found one could go on after it was revoked."""
    answer = make_client(make_person()).post("/api/v1/tokens/", {"name": "more"})
    assert (answer.status_code, answer.json()["code"]) == (403, "token.by_token")


def test_another_persons_token_is_not_there() -> None:
    token, _ = token_create(by=SYSTEM, user=make_person(), name="ci")
    assert make_client(make_person()).post(f"/api/v1/tokens/{token.pk}/revoke/").status_code == 404
    with pytest.raises(NotFound):
        token_revoke(by=make_person(), token=token)
    with pytest.raises(Refused):
        token_create(by=make_person(), user=make_person(), name="for you")


def test_an_administrator_revokes_tokens_of_the_team() -> None:
    team = make_team()
    administrator, engineer = make_person(ADMINISTRATOR, team=team), make_person(ENGINEER, team=team)
    token, secret = token_create(by=SYSTEM, user=engineer, name="lost laptop")
    token_revoke(by=administrator, token=token)
    assert _bearer(secret).get(ME).status_code == 401


@pytest.mark.parametrize(("scope", "days"), [("admin", 90), (READ, 0), (READ, 367), (WRITE, -1)])
def test_scope_and_lifetime_are_bounded(scope: str, days: int) -> None:
    with pytest.raises(Invalid):
        token_create(by=SYSTEM, user=make_person(), name="ci", scope=scope, days=days)


def test_the_command_prints_a_token_that_works() -> None:
    person, out = make_person(), StringIO()
    call_command("api_token_create", person.email, stdout=out)
    assert _bearer(out.getvalue().strip()).get(ME).json()["id"] == person.pk
    with pytest.raises(CommandError):
        call_command("api_token_create", "nobody@example.org", stdout=out)
