"""An auditor from outside: in by the link's button, through every page of the room, and by hand without scripts."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from apps.accounts.rules import COMPLIANCE
from apps.auditors.services import access_give, access_revoke
from apps.registry.services import system_create, system_version_add
from tests.browser.conftest import SignIn
from tests.browser.test_pages import problems
from tests.chromium import is_error
from tests.makers import make_person
from tests.reports.world import World

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def test_an_auditor_comes_in_looks_around_and_is_out(
    live_server: LiveServer, page: Page, browser: Browser, world: World, sign_in: SignIn
) -> None:
    officer = make_person(COMPLIANCE, team=world.team, name="Cora")
    system = system_create(by=world.olga, team=world.team, name="Desk")
    system_version_add(by=world.olga, system=system, version=world.version)
    until = timezone.now() + timedelta(days=3)
    told = {"kind": "link", "label": "Certifier Ltd", "reason": "the yearly audit", "expires_at": until}
    given = access_give(by=officer, team=world.team, systems=[system], **told)
    door = f"{live_server.url}{reverse('audit-room:open')}"
    console: list[str] = []
    page.on("console", lambda said: console.append(said.text) if is_error(said, page) else None)
    page.goto(f"{door}#{given.secret}")
    expect(page.locator("input[name=secret]")).to_have_value(given.secret)
    expect(page).to_have_url(door)
    page.get_by_role("button", name="Come in").click()
    expect(page.get_by_role("heading", name="Audit room")).to_be_visible()
    places = ["system", "trail", "documents"]
    addresses = [reverse("audit-room:home"), reverse("audit-room:verify"), reverse("audit-room:open")]
    addresses += [reverse(f"audit-room:{name}", args=[system.pk]) for name in places]
    addresses.append(reverse("audit-room:version", args=[system.pk, world.version.pk]))
    found = {path: list(problems(page, f"{live_server.url}{path}", ("light", "dark"))) for path in addresses}
    assert {path: wrong for path, wrong in found.items() if wrong} == {} and console == []
    plain = browser.new_context(java_script_enabled=False).new_page()
    plain.goto(f"{door}#{given.secret}")
    plain.fill("input[name=secret]", given.secret)
    plain.get_by_role("button", name="Come in").click()
    expect(plain.get_by_role("heading", name="Audit room")).to_be_visible()
    access_revoke(by=officer, grant=given.grant, reason="it is over")
    page.reload()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    sign_in(officer)
    addresses = [reverse("auditors:grant-list"), reverse("auditors:grant-give")]
    addresses.append(reverse("auditors:grant-detail", args=[given.grant.pk]))
    found = {path: list(problems(page, f"{live_server.url}{path}", ("light", "dark"))) for path in addresses}
    assert {path: wrong for path, wrong in found.items() if wrong} == {}
