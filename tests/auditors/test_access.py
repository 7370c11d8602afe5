"""Letting auditors in: who may, for how long, by which link; and that ending it ends everything at once."""

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import User
from apps.accounts.queries import roles_by_team
from apps.accounts.rules import ROLES
from apps.accounts.services import access_set, role_grant, token_create
from apps.audit.models import AuditEntry
from apps.audit.services import SYSTEM
from apps.auditors.models import AuditGrant
from apps.auditors.services import Given, access_renew, access_revoke, link_check, room_enter
from apps.core.errors import Conflict, Invalid, Refused
from apps.registry.services import system_create
from tests.auditors.conftest import PASSWORD, House, ended, entered
from tests.makers import make_browser, make_client, make_person

HOME, OPEN = "/audit-room/", "/audit-room/open/"


def post(client: Client, secret: str, **more: str) -> Any:
    return client.post(OPEN, {"secret": secret, **more}, REMOTE_ADDR="192.0.2.7")


# --- giving


def test_only_a_digest_of_the_secret_is_kept(house: House, given: Given) -> None:
    assert given.secret.startswith("gaia_") and len(given.secret) > 40
    row = AuditGrant.objects.values().get(pk=given.grant.pk)
    assert given.secret not in str(row)
    told = str(list(AuditEntry.objects.values("action", "data", "reason", "object_label")))
    assert given.secret not in told and "audit_access.give" in told
    assert given.grant.holder.is_guest and not given.grant.holder.has_usable_password()


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"expires_at": timedelta(seconds=-1)}, "access.expiry"),
        ({"expires_at": timedelta(days=settings.AUDIT_ACCESS_DAYS, minutes=5)}, "access.expiry"),
        ({"systems": []}, "access.systems"),
        ({"label": " "}, "access.label"),
        ({"label": "x" * 121}, "access.label"),
        ({"reason": " "}, "reason.missing"),
        ({"kind": "key"}, "access.kind"),
        ({"kind": "account"}, "access.email"),
    ],
)
def test_what_cannot_be_given_is_refused(house: House, wrong: dict[str, Any], code: str) -> None:
    if isinstance(wrong.get("expires_at"), timedelta):
        wrong = {"expires_at": timezone.now() + wrong["expires_at"]}
    with pytest.raises(Invalid) as refused:
        house.give(**wrong)
    assert refused.value.code == code
    assert not AuditGrant.objects.exists() and not User.objects.filter(is_guest=True).exists()


def test_systems_of_another_team_are_not_opened(house: House) -> None:
    theirs = system_create(by=house.people.xena, team=house.people.other_team, name="Theirs")
    with pytest.raises(Invalid):
        house.give(systems=[house.desk, theirs])


def test_who_works_here_is_no_guest(house: House) -> None:
    with pytest.raises(Conflict) as refused:
        house.give(kind="account", email=house.people.rui.email)
    assert refused.value.code == "access.no_guest" and "role of auditor" in refused.value.remedy


def test_a_guest_holds_no_role_and_is_not_let_in_longer_by_the_way(house: House, given: Given) -> None:
    guest = given.grant.holder
    with pytest.raises(Conflict):
        role_grant(by=SYSTEM, user=guest, team=house.people.team, role="auditor")
    boss = make_person("administrator", team=house.people.team)
    with pytest.raises(Conflict):
        access_set(by=boss, user=guest, ends_at=None)
    assert roles_by_team(guest) == {}


def test_another_team_cannot_take_over_a_persons_account(house: House) -> None:
    house.give(kind="account", email="ada@example.org")
    theirs = system_create(by=house.people.xena, team=house.people.other_team, name="Theirs")
    officer = make_person("compliance_officer", team=house.people.other_team)
    with pytest.raises(Conflict) as refused:
        House.give(
            House(house.people, officer, theirs, theirs, house.own, house.own, house.own),
            team=house.people.other_team, kind="account", email="Ada@example.org",
        )  # fmt: skip
    assert refused.value.code == "access.elsewhere"


@pytest.mark.parametrize("role", [*ROLES, "outsider"])
def test_who_gives_sees_and_ends_accesses(house: House, given: Given, role: str) -> None:
    team = house.people.team
    person = house.people.xena if role == "outsider" else make_person(role, team=team)
    may = role in ("administrator", "compliance_officer")
    browser, api = make_browser(person), make_client(person)
    pk = given.grant.pk
    body = {"systems": [house.desk.pk], "kind": "link", "label": "Bureau", "reason": "asked for"}
    day = {"expires_on": (timezone.localdate() + timedelta(days=2)).isoformat()}
    moment = {"expires_at": (timezone.now() + timedelta(days=2)).isoformat()}
    assert browser.get(reverse("auditors:grant-list")).status_code == (200 if may else 403)
    assert browser.get(reverse("auditors:grant-give")).status_code == (200 if may else 403)
    assert browser.post(reverse("auditors:grant-give"), body | day).status_code == (200 if may else 403)
    assert browser.get(reverse("auditors:grant-detail", args=[pk])).status_code == (200 if may else 404)
    listed = api.get("/api/v1/audit-accesses/").json()["results"]
    assert len(listed) == (2 if may else 0)
    made = api.post("/api/v1/audit-accesses/", body | moment, format="json")
    assert made.status_code == (201 if may else 404 if role == "outsider" else 403)
    assert ("#gaia_" in made.json().get("link", "")) is may
    for path in (reverse("auditors:grant-renew", args=[pk]), reverse("auditors:grant-revoke", args=[pk])):
        assert browser.post(path, {"reason": "enough"}).status_code in ({200, 302} if may else {404})
    again = api.post(f"/api/v1/audit-accesses/{pk}/revoke/", {"reason": "enough"}, format="json")
    assert again.status_code == (409 if may else 404)
    assert AuditGrant.objects.get(pk=pk).state == ("revoked" if may else "open")


def test_the_page_shows_the_link_once(house: House) -> None:
    cora = make_browser(house.cora)
    day = (timezone.localdate() + timedelta(days=2)).isoformat()
    body = {"systems": [house.desk.pk], "kind": "link", "label": "Bureau", "reason": "asked for", "expires_on": day}
    shown = cora.post(reverse("auditors:grant-give"), body)
    assert b"/audit-room/open/#gaia_" in shown.content and "no-cache" in shown["Cache-Control"]
    grant = AuditGrant.objects.get(label="Bureau")
    assert b"gaia_" not in cora.get(reverse("auditors:grant-detail", args=[grant.pk])).content
    wrong = cora.post(reverse("auditors:grant-give"), body | {"systems": []})
    assert wrong.status_code == 422


# --- coming in


def test_opening_the_page_uses_nothing_up_and_tells_nobody(given: Given) -> None:
    for _ in range(3):
        page = Client().get(OPEN)
        assert page.status_code == 200 and page["Referrer-Policy"] == "no-referrer"
    assert AuditGrant.objects.get(pk=given.grant.pk).entered_at is None
    client = Client()
    answer = post(client, given.secret)
    assert (answer.status_code, answer["Location"], answer["Referrer-Policy"]) == (302, HOME, "no-referrer")
    assert client.get(HOME).status_code == 200
    assert post(Client(), given.secret).status_code == 302, "a link is for whoever was given it"


def test_the_form_token_is_needed_and_an_origin_that_the_policy_hides_is_taken(given: Given) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert post(strict, given.secret).status_code == 403
    strict.get(OPEN)
    token = strict.cookies["csrftoken"].value
    for origin, status in (("https://evil.example", 403), ("null", 302)):
        body = {"secret": given.secret, "csrfmiddlewaretoken": token}
        assert strict.post(OPEN, body, headers={"origin": origin}).status_code == status


def test_wrong_links_are_refused_alike_and_slowed_down(house: House, given: Given, settings: Any) -> None:
    settings.SIGN_IN_ATTEMPTS = 3
    access_revoke(by=house.cora, grant=house.give().grant, reason="a mistake")
    answers = [post(Client(), wrong) for wrong in ("gaia_wrong", " ", "x" * 300)]
    assert {one.status_code for one in answers} <= {403, 422}
    post(Client(), "gaia_wrong"), post(Client(), "gaia_wrong")
    slowed = post(Client(), given.secret)
    assert slowed.status_code == 403 and b"Too many wrong links" in slowed.content
    elsewhere = Client().post(OPEN, {"secret": given.secret}, REMOTE_ADDR="192.0.2.8")
    assert elsewhere.status_code == 302


def test_a_named_person_chooses_a_password_once(house: House) -> None:
    given = house.give(kind="account", email="Ada@example.org")
    client = Client()
    asked = post(client, given.secret)
    assert asked.status_code == 200 and b"Choose a password" in asked.content
    assert post(client, given.secret, password="short").status_code == 422
    assert post(client, given.secret, password=PASSWORD).status_code == 302
    assert client.get(HOME).status_code == 200
    assert post(Client(), given.secret, password=PASSWORD).status_code == 403, "the link is used up"
    later = Client()
    signed_in = later.post("/sign-in/", {"email": "ada@example.org", "password": PASSWORD})
    assert (signed_in.status_code, signed_in["Location"]) == (302, HOME)
    second = house.give(kind="account", email="ada@example.org", systems=[house.till])
    assert second.secret == "" and later.get(f"/audit-room/systems/{house.till.pk}/").status_code == 200


def test_a_new_link_ends_the_old_one(house: House, given: Given) -> None:
    browser = entered(given)
    assert browser.get(HOME).status_code == 200
    again = access_renew(by=house.cora, grant=given.grant)
    assert browser.get(HOME).status_code == 302, "whoever came in by the old one is out"
    with pytest.raises(Refused):
        link_check(secret=given.secret, origin="192.0.2.1")
    assert link_check(secret=again.secret, origin="192.0.2.1").pk == given.grant.pk


# --- ending


@pytest.mark.parametrize("how", ["revoked", "expired"])
def test_it_ends_at_once_for_sessions_tokens_and_links(house: House, how: str) -> None:
    given = house.give(kind="account", email="ada@example.org")
    browser, holder = entered(given, PASSWORD), given.grant.holder
    holder.refresh_from_db()
    api = make_client(holder)
    assert browser.get(HOME).status_code == api.get("/api/v1/audit-room/").status_code == 200
    if how == "revoked":
        access_revoke(by=house.cora, grant=given.grant, reason="the audit is over")
    else:
        ended(given.grant)
    out = browser.get(HOME)
    assert (out.status_code, out["Location"]) == (302, f"/sign-in/?next={HOME}")
    assert api.get("/api/v1/audit-room/").status_code == 401
    again = Client().post("/sign-in/", {"email": "ada@example.org", "password": PASSWORD})
    assert again.status_code == 403
    with pytest.raises(Refused):
        link_check(secret=given.secret, origin="192.0.2.1")


@pytest.mark.parametrize("how", ["revoked", "expired"])
def test_who_is_let_in_again_begins_with_a_new_link(house: House, how: str) -> None:
    given = house.give(kind="account", email="ada@example.org")
    browser = entered(given, PASSWORD)
    api = make_client(User.objects.get(pk=given.grant.holder_id))
    if how == "revoked":
        access_revoke(by=house.cora, grant=given.grant, reason="the laptop was stolen")
    else:
        ended(given.grant)
    again = house.give(kind="account", email="ada@example.org")
    assert again.secret and again.grant.holder_id == given.grant.holder_id
    assert browser.get(HOME).status_code == 302 and api.get("/api/v1/audit-room/").status_code == 401
    assert Client().post("/sign-in/", {"email": "ada@example.org", "password": PASSWORD}).status_code == 403
    assert entered(again, "quite another phrase").get(HOME).status_code == 200


def test_one_of_two_accesses_ends_alone(house: House) -> None:
    given = house.give(kind="account", email="ada@example.org")
    second = house.give(kind="account", email="ada@example.org", systems=[house.till])
    browser = make_browser(given.grant.holder)
    access_revoke(by=house.cora, grant=given.grant, reason="half of it is over")
    assert browser.get(f"/audit-room/systems/{house.desk.pk}/").status_code == 404
    assert browser.get(f"/audit-room/systems/{house.till.pk}/").status_code == 200
    with pytest.raises(Conflict):
        access_revoke(by=house.cora, grant=given.grant, reason="again")
    with pytest.raises(Invalid):
        access_revoke(by=house.cora, grant=second.grant, reason=" ")


def test_who_came_in_by_a_link_has_no_account_page(given: Given) -> None:
    assert entered(given).get("/account/").status_code == 404


def test_tokens_of_a_named_guest_open_the_room_alone(house: House) -> None:
    given = house.give(kind="account", email="ada@example.org")
    browser = entered(given, PASSWORD)
    assert browser.get("/account/").status_code == 200
    holder = User.objects.get(pk=given.grant.holder_id)
    token_create(by=holder, user=holder, name="mine")
    api = make_client(holder)
    assert api.get("/api/v1/audit-room/").status_code == 200
    for path in ("/api/v1/models/", "/api/v1/me/", "/api/v1/reports/", "/api/2.0/mlflow/experiments/search"):
        assert api.get(path).status_code in {401, 404}, path
    with pytest.raises(Refused):
        room_enter(secret="gaia_nothing", origin="192.0.2.1")


def test_the_back_office_reads_accesses_and_not_their_links(house: House) -> None:
    given = house.give()
    User.objects.update(is_staff=True)
    cora, xena = make_browser(house.cora), make_browser(house.people.xena)
    assert "Certifier Ltd" in cora.get("/admin/auditors/auditgrant/").text
    page = cora.get(f"/admin/auditors/auditgrant/{given.grant.pk}/change/").text
    assert "the yearly audit" in page and given.grant.secret_digest not in page
    assert "Certifier Ltd" not in xena.get("/admin/auditors/auditgrant/").text
    assert cora.post(f"/admin/auditors/auditgrant/{given.grant.pk}/delete/").status_code == 403
