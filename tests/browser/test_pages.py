"""Every page, for each of three people: no errors, no barrier, no sideways scrolling; light, dark, wide and narrow."""

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from apps.accounts.models import User
from apps.catalog.models import Dataset, ScanRun
from apps.catalog.services import scan_start
from apps.checklist.models import Assessment
from apps.core.runs import run_models
from apps.jobs.services import run_fail
from apps.monitoring.models import DriftRun
from apps.registry.models import RegisteredModel
from apps.reports.models import ReportRun, Snapshot
from apps.reports.services import document_start, readiness_start
from apps.reports.tasks import look_through
from apps.serving.models import Deployment
from tests.browser.conftest import SignIn
from tests.chromium import NARROW, WIDE, is_error
from tests.makers import claim
from tests.reports.documents import frozen, make, make_pack, pack_asked
from tests.reports.world import World, approve

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
GRAVE = ("serious", "critical")
LISTS = [
    "portal:overview",
    "portal:run-list",
    "catalog:dataset-list",
    "catalog:dataset-create",
    "systems:system-list",
    "systems:system-create",
    "portal:version-compare",
    "registry:model-list",
    "registry:model-create",
    "registry:tuning-start",
    "evaluation:run-list",
    "evaluation:run-start",
    "serving:deployment-list",
    "serving:deployment-start",
    "monitoring:drift-list",
    "monitoring:drift-start",
    "checklist:assessment-list",
    "reports:report-list",
    "reports:document-choose",
    "reports:snapshot-list",
    "reports:verify",
    "reports:keys",
    "portal:trail",
    "accounts:account",
]
TABS = ["lineage", "evaluations", "tuning", "deployments", "monitoring", "files", "documents", "trail"]
# Pages look alike to all; each person's own buttons and forms are seen once. Looking for barriers takes the time.
SCHEMES = {"olga": ("light", "dark"), "rui": ("light",), "ada": ()}
FORMS_OF_AN_ENGINEER = ("create", "start", "upload", "import", "describe")


def pages(world: World, user: User) -> Iterator[str]:
    """The address of every page that there is for this person."""
    is_engineer = user == world.olga
    yield from (reverse(name) for name in LISTS if is_engineer or not name.endswith(FORMS_OF_AN_ENGINEER))
    yield from (reverse("portal:version-tab", args=[world.version.pk, tab]) for tab in TABS)
    yield reverse("portal:version-detail", args=[world.version.pk])
    yield reverse("portal:version-detail", args=[world.base.pk])
    yield reverse("catalog:version-detail", args=[world.data.pk])
    yield reverse("catalog:dataset-detail", args=[world.data.dataset_id])
    yield reverse("registry:model-detail", args=[world.version.model_id])
    yield reverse("registry:alias-list", args=[world.version.model_id])
    yield f"{reverse('portal:version-compare')}?versions={world.version.pk},{world.base.pk}"
    yield from _of_what_follows(is_engineer)
    for kind, model in run_models().items():
        yield from (reverse("portal:run-detail", args=[kind, run.pk]) for run in model._default_manager.all()[:1])
    yield f"{reverse('portal:search')}?q=Desk"
    yield "/no/such/page/"


def _of_what_follows(is_engineer: bool) -> Iterator[str]:
    assessment, deployment = Assessment.objects.get(), Deployment.objects.get()
    yield reverse("checklist:assessment-detail", args=[assessment.pk])
    yield reverse("checklist:answer", args=[assessment.pk, "data-1"])
    yield reverse("serving:deployment-detail", args=[deployment.pk])
    yield reverse("monitoring:drift-detail", args=[DriftRun.objects.get().pk])
    yield from (reverse("reports:report-detail", args=[run.pk]) for run in ReportRun.objects.all())
    yield from _of_documents(deployment.version_id)
    yield reverse("portal:run-detail", args=["scan", ScanRun.objects.get(state="failed").pk])
    if is_engineer:
        dataset = Dataset.objects.earliest("pk")
        yield reverse("catalog:version-upload", args=[dataset.pk])
        yield reverse("catalog:version-describe", args=[dataset.versions.get().pk])
        yield reverse("registry:version-import", args=[RegisteredModel.objects.earliest("pk").pk])


def _of_documents(version: int) -> Iterator[str]:
    after, before = Snapshot.objects.all()[:2]
    yield reverse("reports:subject", args=["version", version])
    yield reverse("reports:document-prepare", args=["version", version, "ai-act-annex-iv"])
    yield reverse("reports:document-prepare-from", args=[after.pk, "audit-pack"])
    yield reverse("reports:document-prepare-from", args=[after.pk, "training-content-summary"])
    yield reverse("reports:snapshot-detail", args=[after.pk])
    yield f"{reverse('reports:snapshot-compare')}?before={before.pk}&after={after.pk}"


def problems(page: Page, url: str, schemes: tuple[str, ...]) -> Iterator[str]:
    """What is wrong with one page, in words."""
    page.set_viewport_size(WIDE)  # type: ignore[arg-type]
    answer = page.goto(url)
    wanted = 404 if url.endswith("/no/such/page/") else 200
    if answer is None or answer.status != wanted:
        yield f"answered {answer.status if answer else 'nothing'}"
        return
    for scheme in schemes:
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        yield from (f"{scheme}: {barrier}" for barrier in barriers(page))
    page.set_viewport_size(NARROW)  # type: ignore[arg-type]
    width: int = page.evaluate("document.documentElement.scrollWidth")
    if width > NARROW["width"]:
        yield f"{width} px wide on a screen of {NARROW['width']} px"


def barriers(page: Page) -> Iterator[str]:
    """What axe finds that keeps somebody out."""
    found: dict[str, Any] = Axe().run(page).response
    for violation in found["violations"]:
        if violation["impact"] in GRAVE:
            yield f"{violation['id']} at {[node['target'] for node in violation['nodes']][:3]}"


@pytest.mark.parametrize("name", list(SCHEMES))
def test_every_page_is_sound(live_server: LiveServer, page: Page, world: World, sign_in: SignIn, name: str) -> None:
    approve(world)
    make_pack(pack_asked(world.version, world.olga))
    for label in ("First audit", "Second audit"):
        snapshot = frozen(world.version, world.ada, label)
    make(document_start(by=world.ada, snapshot=snapshot, document="ai-act-annex-iv"))
    look_through(readiness_start(by=world.ada, subject=world.version).pk)
    broken = claim(scan_start(by=world.olga, version=world.data))
    run_fail(run=broken, code="disk.full", message="The worker's disk is full.")
    user: User = getattr(world, name)
    sign_in(user)
    console: list[str] = []
    page.on("console", lambda said: console.append(said.text) if is_error(said, page) else None)
    found: dict[str, list[str]] = {}
    for path in pages(world, user):
        wrong = [*problems(page, f"{live_server.url}{path}", SCHEMES[name]), *console]
        if wrong:
            found[path] = wrong
        console.clear()
    assert found == {}


def test_a_barrier_would_be_found(page: Page) -> None:
    """The check itself: a field without a name and text that nobody can read."""
    page.set_content("<html lang=en><title>T</title><main><h1>H</h1><input><p style='color:#ddd'>Pale</p></main>")
    assert {found.split(" at ")[0] for found in barriers(page)} == {"label", "color-contrast"}
