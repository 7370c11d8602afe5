"""A long assessment by keyboard alone: on and back, to the next without an answer, and save and go on."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from apps.accounts.services import role_grant
from apps.audit.services import SYSTEM
from apps.checklist.models import Answer
from apps.checklist.services import assessment_create, framework_load
from tests.browser.conftest import SignIn
from tests.checklist.framework_files import URN, text_of
from tests.checklist.test_large import large
from tests.reports.world import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_fifty_questions_by_keyboard(live_server: LiveServer, page: Page, world: World, sign_in: SignIn) -> None:
    role_grant(by=SYSTEM, user=world.olga, team=world.version.team, role="compliance_officer")
    framework_load(by=world.olga, text=text_of(large()))
    made = assessment_create(by=world.olga, version=world.version, urn=URN)
    sign_in(world.olga)
    page.goto(f"{live_server.url}{reverse('checklist:assessment-detail', args=[made.pk])}")
    for key in "jjjk":
        page.keyboard.press(key)
    expect(page.locator("[id='q-1.2']")).to_be_focused()
    page.keyboard.press("n")
    expect(page.locator("[id='q-1.3']")).to_be_focused()
    page.keyboard.press("e")
    expect(page.locator("[id='q-1.3-status_0']")).to_be_focused()
    page.locator("[id='q-1.3-text']").fill("Written without a mouse.")
    page.keyboard.press("Control+Enter")
    expect(page).to_have_url(re.compile(r"question=q-1\.4#q-1\.4$"))
    assert Answer.objects.get(assessment=made, question="q-1.3").text == "Written without a mouse."
    page.keyboard.press("k")
    expect(page.locator("[id='q-1.3']")).to_be_focused()
    page.locator("[id='q-1.40']").focus()
    page.keyboard.press("j")
    expect(page).to_have_url(re.compile(r"group=group-1&page=2"))
