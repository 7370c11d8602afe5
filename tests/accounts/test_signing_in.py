"""Signing in: by password, throttled, and no longer than the account's time."""

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth import authenticate
from django.test import Client, RequestFactory
from django.utils import timezone
from rest_framework.settings import api_settings

from apps.accounts.models import SignInFailure, User
from apps.accounts.queries import origin_of
from apps.accounts.rules import ADMINISTRATOR, AUDITOR
from apps.accounts.services import access_end, access_set, person_create, sign_in
from apps.audit.models import AuditEntry
from apps.audit.services import SYSTEM
from apps.core.errors import Conflict, Invalid, Refused
from tests.makers import make_client, make_person, make_team

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery"


@pytest.fixture(autouse=True)
def _few_attempts(settings: Any) -> None:
    settings.SIGN_IN_ATTEMPTS = 2  # checking a password is slow on purpose


@pytest.fixture
def person() -> User:
    return make_person(password=PASSWORD)


def _try(email: str, password: str, origin: str = "192.0.2.1") -> str:
    try:
        sign_in(email=email, password=password, origin=origin)
    except Refused as error:
        return error.code
    return "in"


def test_the_right_password_opens(person: User) -> None:
    assert _try(f"  {person.email.upper()} ", PASSWORD) == "in"
    assert AuditEntry.objects.filter(action="person.sign_in", actor=f"user:{person.pk}").count() == 1


def test_nobody_is_told_which_part_was_wrong(person: User) -> None:
    assert _try(person.email, "wrong") == _try("nobody@example.org", "wrong") == "sign_in.failed"


def test_failures_are_recorded_without_the_address(person: User) -> None:
    _try(person.email, "wrong")
    entry = AuditEntry.objects.get(action="person.sign_in_failed")
    assert person.email not in str(entry.__dict__)
    assert person.email not in str(SignInFailure.objects.get().__dict__)


def test_too_many_failures_refuse_even_the_right_password(person: User) -> None:
    for _ in range(settings.SIGN_IN_ATTEMPTS):
        assert _try(person.email, "wrong") == "sign_in.failed"
    assert _try(person.email, PASSWORD) == "sign_in.throttled"
    assert _try(person.email, PASSWORD, origin="192.0.2.2") == "in", "somebody else's failures lock nobody out"


def test_the_throttle_ends_with_its_window(person: User) -> None:
    for _ in range(settings.SIGN_IN_ATTEMPTS):
        _try(person.email, "wrong")
    SignInFailure.objects.update(at=timezone.now() - timedelta(seconds=settings.SIGN_IN_WINDOW_SECONDS + 1))
    assert _try(person.email, PASSWORD) == "in"


def test_success_forgets_earlier_failures(person: User) -> None:
    for _ in range(settings.SIGN_IN_ATTEMPTS - 1):
        _try(person.email, "wrong")
    assert _try(person.email, PASSWORD) == "in"
    assert _try(person.email, "wrong") == "sign_in.failed"


def test_addresses_are_the_same_in_any_case() -> None:
    person_create(by=SYSTEM, email="Ada@Example.org", name="Ada", password=PASSWORD)
    assert _try("ada@example.ORG", PASSWORD) == "in"
    with pytest.raises(Conflict):
        person_create(by=SYSTEM, email="ADA@example.org", name="Another")


@pytest.mark.parametrize("password", ["short", "password12", "qwertyuiop"])
def test_weak_passwords_are_refused(password: str) -> None:
    with pytest.raises(Invalid) as refused:
        person_create(by=SYSTEM, email="a@example.org", name="A", password=password)
    assert refused.value.code == "password.weak"


def test_an_account_without_a_password_cannot_be_opened() -> None:
    assert _try(make_person().email, "") == "sign_in.failed"


def test_time_boxed_access_ends_by_itself() -> None:
    team = make_team()
    auditor = make_person(AUDITOR, team=team, password=PASSWORD, access_ends_at=timezone.now() + timedelta(hours=1))
    api, pages = make_client(auditor), Client()
    pages.force_login(auditor, backend="apps.accounts.authentication.PeopleBackend")
    assert _try(auditor.email, PASSWORD) == "in"
    assert api.get("/api/v1/me/").status_code == 200
    assert pages.get("/api/v1/me/").status_code == 200
    User.objects.filter(pk=auditor.pk).update(access_ends_at=timezone.now() - timedelta(seconds=1))
    assert _try(auditor.email, PASSWORD) == "sign_in.failed"
    assert api.get("/api/v1/me/").status_code == 401
    assert pages.get("/api/v1/me/").status_code in {401, 403}


def test_an_administrator_ends_and_opens_access_within_the_teams_they_manage() -> None:
    team, other = make_team(), make_team()
    administrator = make_person(ADMINISTRATOR, team=team)
    auditor, stranger = make_person(AUDITOR, team=team, password=PASSWORD), make_person(AUDITOR, team=other)
    access_end(by=administrator, user=auditor, reason="the audit is over")
    assert authenticate(username=auditor.email, password=PASSWORD) is None
    access_set(by=administrator, user=auditor, ends_at=timezone.now() + timedelta(days=1))
    assert authenticate(username=auditor.email, password=PASSWORD) == auditor
    for user in (stranger, administrator):
        with pytest.raises(Refused):
            access_end(by=administrator, user=user)
    with pytest.raises(Refused):
        access_end(by=auditor, user=administrator)
    actions = AuditEntry.objects.filter(object_id=str(auditor.pk)).values_list("action", flat=True)
    assert {"person.access_end", "person.access_set"} <= set(actions)


def test_the_back_office_has_no_way_in_of_its_own(person: User) -> None:
    """Its own form would neither be throttled nor leave a trace in the trail."""
    client = Client()
    answer = client.post("/admin/login/?next=/admin/", {"username": person.email, "password": PASSWORD})
    assert (answer.status_code, answer["Location"]) == (302, "/sign-in/?next=%2Fadmin%2F")
    client.force_login(person, backend="apps.accounts.authentication.PeopleBackend")
    assert client.get("/admin/", follow=True).status_code == 403


def _from(**headers: str) -> str:
    return origin_of(RequestFactory().post("/sign-in/", headers=headers, REMOTE_ADDR="192.0.2.1"))


def test_the_throttle_counts_by_an_address_that_nobody_can_invent(settings: Any) -> None:
    assert _from(x_forwarded_for="198.51.100.7") == "192.0.2.1", "without a proxy the header is the caller's word"
    settings.TRUST_PROXY = True
    assert _from(x_forwarded_for="invented, 198.51.100.7") == "198.51.100.7", "the last one is what the proxy saw"
    assert _from() == "192.0.2.1"


def test_the_api_counts_by_such_an_address_as_well() -> None:
    assert api_settings.NUM_PROXIES == 0
