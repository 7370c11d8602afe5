"""What people do on the pages: follow a run, answer, collect, hand in, approve, verify, ask for a report."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from apps.catalog.services import scan_finish, scan_start
from apps.checklist.models import Answer, Assessment
from apps.checklist.queries import framework
from apps.checklist.services import answer_save, assessment_create, assessment_submit, evidence_collect
from apps.reports.models import ReportRun
from tests.browser.conftest import SignIn
from tests.makers import claim
from tests.reports import results
from tests.reports.world import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def assessment(world: World, *, answered: bool = False) -> Assessment:
    """A checklist with its evidence collected, and with every question answered if wanted."""
    made = assessment_create(by=world.olga, version=world.version)
    evidence_collect(by=world.olga, assessment=made)
    for question in framework().questions.values() if answered else ():
        answer_save(by=world.olga, assessment=made, question=question.id, status="declared", text="Olga's word.")
    return made


def test_a_run_moves_by_itself_until_it_has_ended(
    live_server: LiveServer, page: Page, world: World, sign_in: SignIn
) -> None:
    run = claim(scan_start(by=world.olga, version=world.data))
    run.advance(0.25, "Reading row 250")
    sign_in(world.olga)
    page.goto(f"{live_server.url}{reverse('portal:run-detail', args=['scan', run.pk])}")
    live = page.locator("#run-live")
    expect(live).to_contain_text("Reading row 250")
    run.advance(0.75, "Reading row 750")
    expect(live).to_contain_text("Reading row 750")
    scan_finish(run=run, result=results.scan_result())
    expect(page.get_by_role("link", name="See the findings")).to_be_visible()
    expect(page.get_by_role("progressbar")).to_have_attribute("value", re.compile("^(1|1.0|100)$"))


def test_a_waiting_run_is_cancelled_with_a_reason(
    live_server: LiveServer, page: Page, world: World, sign_in: SignIn
) -> None:
    run = scan_start(by=world.olga, version=world.data)
    sign_in(world.olga)
    page.goto(f"{live_server.url}{reverse('portal:run-detail', args=['scan', run.pk])}")
    page.locator("summary", has_text="Cancel this run").click()
    page.get_by_label(re.compile("reason|why", re.IGNORECASE)).fill("Started by mistake")
    page.locator("form").get_by_role("button", name="Cancel this run").click()
    expect(page.locator("main")).to_contain_text(re.compile("cancelled", re.IGNORECASE))
    run.refresh_from_db()
    assert run.state == "cancelled"


def test_a_question_is_answered(live_server: LiveServer, page: Page, world: World, sign_in: SignIn) -> None:
    made = assessment(world)
    sign_in(world.olga)
    page.goto(f"{live_server.url}{reverse('checklist:answer', args=[made.pk, 'deployment-1'])}")
    form = page.locator("form", has=page.get_by_role("button", name="Save the answer"))
    form.locator("textarea").first.fill("On the intranet of the support desk, nowhere else.")
    form.get_by_role("button", name="Save the answer").click()
    expect(page.locator("main")).to_contain_text("On the intranet of the support desk")
    answer = Answer.objects.filter(assessment=made, question="deployment-1").latest("pk")
    assert (answer.status, answer.answered_by) == ("declared", world.olga)


def test_evidence_is_collected_and_shown(live_server: LiveServer, page: Page, world: World, sign_in: SignIn) -> None:
    made = assessment_create(by=world.olga, version=world.version)
    sign_in(world.olga)
    page.goto(f"{live_server.url}{reverse('checklist:assessment-detail', args=[made.pk])}")
    for question in framework().questions:
        expect(page.locator(f"[id='{question}']")).to_be_visible()
    page.get_by_role("button", name=re.compile("Collect")).first.click()
    expect(page.locator("main")).to_contain_text("measured")
    assert Answer.objects.filter(assessment=made, status="measured").exists()


def test_a_second_person_approves(live_server: LiveServer, page: Page, world: World, sign_in: SignIn) -> None:
    made = assessment(world, answered=True)
    sign_in(world.olga)
    address = f"{live_server.url}{reverse('checklist:assessment-detail', args=[made.pk])}"
    page.goto(address)
    page.get_by_role("button", name="Submit for sign-off").click()
    expect(page.locator("main")).to_contain_text("A second person decides")
    expect(page.get_by_role("button", name=re.compile("^Approve"))).to_have_count(0)
    page.context.clear_cookies()
    sign_in(world.rui)
    page.goto(address)
    page.get_by_label("Reason").fill("I read the evidence.")
    page.get_by_role("button", name=re.compile("^Approve")).click()
    expect(page.locator("main")).to_contain_text("approved, and it still holds")
    world.version.refresh_from_db()
    assert world.version.stage == "approved"


def test_nobody_decides_on_their_own_work(live_server: LiveServer, page: Page, world: World, sign_in: SignIn) -> None:
    made = assessment(world, answered=True)
    assessment_submit(by=world.olga, assessment=made)
    sign_in(world.olga)
    page.goto(f"{live_server.url}{reverse('checklist:assessment-detail', args=[made.pk])}")
    expect(page.get_by_label("Reason")).to_have_count(0)
    expect(page.locator("main")).to_contain_text("Rui")


def test_the_trail_is_read_and_verified(live_server: LiveServer, page: Page, world: World, sign_in: SignIn) -> None:
    sign_in(world.ada)
    page.goto(f"{live_server.url}{reverse('portal:trail')}")
    assert page.locator("main tbody tr").count() >= 10
    page.get_by_role("button", name="Quick look at the newest entries").click()
    expect(page.locator("main")).to_contain_text(re.compile("intact|unbroken|unchanged", re.IGNORECASE))
    page.goto(f"{live_server.url}{reverse('portal:trail')}")
    page.get_by_role("button", name="Verify the whole trail").click()
    expect(page.locator("main")).to_contain_text(re.compile("waiting|queued", re.IGNORECASE))


def test_a_report_is_asked_for(live_server: LiveServer, page: Page, world: World, sign_in: SignIn) -> None:
    sign_in(world.olga)
    page.goto(live_server.url + reverse("portal:version-tab", args=[world.version.pk, "documents"]))
    page.get_by_role("link", name="Make an audit pack").click()
    page.get_by_role("button", name="Make the pack of what is ticked").click()
    expect(page.locator("main")).to_contain_text(re.compile("waiting|queued", re.IGNORECASE))
    assert ReportRun.objects.get().state == "queued"


def test_the_tabs_of_a_version_open(live_server: LiveServer, page: Page, world: World, sign_in: SignIn) -> None:
    sign_in(world.olga)
    address = f"{live_server.url}{reverse('portal:version-detail', args=[world.version.pk])}"
    page.goto(address)
    tabs = page.get_by_role("navigation").filter(has_text="Lineage").get_by_role("link").all_inner_texts()
    assert len(tabs) >= 7
    for tab in tabs:
        name = tab.strip().split("\n")[0]
        page.goto(address)
        page.get_by_role("navigation").filter(has_text="Lineage").get_by_role("link", name=name).click()
        expect(page.locator("main [aria-current=page]", has_text=name).first).to_be_visible()
