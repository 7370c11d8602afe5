"""Signing in and out in the browser, and a person's own page with their tokens."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts.models import ApiToken, User
from apps.accounts.services import token_create
from tests.makers import make_browser, make_client, make_person, make_team, queries_of

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery"
SIGN_IN, HOME = "/sign-in/", "/"


@pytest.fixture
def person() -> User:
    return make_person("engineer", team=make_team("Desk"), name="Olga", password=PASSWORD)


def sign_in(client: Client, person: User, password: str = PASSWORD, **more: str) -> Any:
    return client.post(SIGN_IN, {"email": person.email, "password": password} | more)


def test_the_right_password_leads_home(client: Client, person: User) -> None:
    answer = sign_in(client, person)
    assert answer.status_code == 302 and answer.url == HOME
    assert "Olga" in client.get(HOME).text
    assert client.get(SIGN_IN).url == HOME, "who is in needs no door"


def test_a_new_session_begins_with_signing_in(client: Client, person: User) -> None:
    client.get(SIGN_IN)
    session = client.session
    session["planted"] = "by somebody else"
    session.save()
    planted = session.session_key
    sign_in(client, person)
    assert client.session.session_key != planted


def test_the_wrong_password_is_said_without_saying_which_part(client: Client, person: User) -> None:
    wrong = sign_in(client, person, "wrong password")
    nobody = client.post(SIGN_IN, {"email": "nobody@example.org", "password": PASSWORD})
    told = "This e-mail address and password do not belong together."
    assert wrong.status_code == nobody.status_code == 403
    assert told in wrong.text and told in nobody.text
    assert "wrong password" not in wrong.text, "a password is never sent back"


@pytest.mark.parametrize("given", [{"email": "", "password": ""}, {"email": "no address", "password": "x"}])
def test_what_is_missing_is_said_beside_its_field(client: Client, given: dict[str, str]) -> None:
    answer = client.post(SIGN_IN, given)
    assert answer.status_code == 422 and "field-error" in answer.text


def test_too_many_failures_lock_even_the_right_password_out(client: Client, person: User, settings: Any) -> None:
    settings.SIGN_IN_ATTEMPTS = 2
    for _ in range(2):
        sign_in(client, person, "wrong password")
    answer = sign_in(client, person)
    assert answer.status_code == 403 and "Too many failed attempts" in answer.text
    assert client.get(HOME).status_code == 302


def test_a_page_of_the_portal_is_found_again_after_signing_in(client: Client, person: User) -> None:
    assert client.get("/data/").url == f"{SIGN_IN}?next=/data/"
    assert 'name="next" value="/data/"' in client.get(f"{SIGN_IN}?next=/data/").text
    failed = sign_in(client, person, "wrong password", next="/data/")
    assert 'name="next" value="/data/"' in failed.text, "also after a wrong password"
    assert sign_in(client, person, next="/data/").url == "/data/"


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://example.org/",
        "//example.org/",
        "/\\example.org",
        "https:///example.org",
        "javascript:alert(1)",
        "\t//a",
    ],
)
def test_signing_in_leads_nowhere_else(client: Client, person: User, elsewhere: str) -> None:
    assert sign_in(client, person, next=elsewhere).url == HOME


def test_a_form_without_its_token_is_refused(person: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert sign_in(strict, person).status_code == 403
    strict.force_login(person)
    assert strict.post(reverse("accounts:sign-out")).status_code == 403


def test_signing_out_ends_the_session_and_needs_a_post(person: User) -> None:
    client = make_browser(person)
    assert client.get(reverse("accounts:sign-out")).status_code == 405
    assert client.get(HOME).status_code == 200
    assert client.post(reverse("accounts:sign-out")).url == SIGN_IN
    assert client.get(HOME).status_code == 302


def test_a_person_sees_their_teams_and_roles(person: User) -> None:
    page = make_browser(person).get(reverse("accounts:account")).text
    assert "Desk" in page and "engineer" in page and "No token yet" in page
    assert "You belong to no team yet" in make_browser(make_person()).get(reverse("accounts:account")).text


def test_a_token_is_shown_once_and_works(person: User) -> None:
    client, url = make_browser(person), reverse("accounts:account")
    page = client.post(url, {"name": "Pipeline", "scope": "read", "days": "30"})
    secret = page.text.split('<pre id="new-token"', 1)[1].split(">", 1)[1].split("<", 1)[0].strip()
    assert page.status_code == 200 and secret.startswith("gaio_") and "no-store" in page["Cache-Control"]
    assert secret not in client.get(url).text and "Pipeline" in client.get(url).text
    caller = Client(headers={"Authorization": f"Bearer {secret}"})
    assert caller.get("/api/v1/me/").status_code == 200


@pytest.mark.parametrize("wrong", [{"days": "367"}, {"days": "0"}, {"name": ""}, {"scope": "all"}])
def test_a_token_beyond_the_bounds_is_refused_in_the_form(person: User, wrong: dict[str, str]) -> None:
    given = {"name": "Pipeline", "scope": "read", "days": "30"} | wrong
    answer = make_browser(person).post(reverse("accounts:account"), given)
    assert answer.status_code == 422 and "field-error" in answer.text and not ApiToken.objects.exists()


def test_a_token_is_revoked_by_its_owner_only(person: User) -> None:
    token, _ = token_create(by=person, user=person, name="Pipeline")
    url = reverse("accounts:token-revoke", args=[token.pk])
    assert make_browser(make_person()).post(url).status_code == 404
    client = make_browser(person)
    assert client.get(url).status_code == 405
    assert client.post(url).url == reverse("accounts:account")
    page = client.get(reverse("accounts:account")).text
    assert "revoked" in page and url not in page


def test_the_account_costs_the_same_with_one_token_and_with_thirty(person: User) -> None:
    client, url = make_browser(person), reverse("accounts:account")
    make_client(person)
    few = queries_of(client, url)
    for _ in range(30):
        make_client(person)
    assert queries_of(client, url) == few <= 5
