"""Models and versions that are removed: refused while in use, readable afterwards, restored, and by whom and why."""

import pytest
from django.urls import reverse

from apps.accounts.rules import AUDITOR
from apps.audit.models import AuditEntry
from apps.core.errors import Conflict, Invalid, NotFound, Refused
from apps.registry.models import ModelVersion, RegisteredModel, Removal
from apps.registry.services import (
    alias_set,
    model_create,
    model_restore,
    system_create,
    system_version_add,
    system_version_end,
    version_restore,
)
from apps.serving.services import deployment_stop, model_remove, version_remove
from tests.makers import (
    fresh,
    make_approved,
    make_browser,
    make_client,
    make_deployment,
    make_model,
    make_person,
    make_version,
    queries_of,
)
from tests.people import People, make_people

pytestmark = pytest.mark.django_db
WHY = "Trained on rows that had to go."


@pytest.fixture
def people() -> People:
    return make_people()


@pytest.fixture
def version(people: People) -> ModelVersion:
    return make_version(people.olga, people.team)


def page_of(version: ModelVersion) -> str:
    return reverse("portal:version-detail", args=[version.pk])


def test_a_version_in_use_is_not_removed(people: People) -> None:
    approved = make_approved(people.team, by=people.olga, approver=people.rui)
    deployment = make_deployment(people.olga, approved)
    system = system_create(by=people.olga, team=people.team, name="Desk", intended_purpose="answers", owner=people.olga)
    part = system_version_add(by=people.olga, system=system, version=approved, role="answers")
    for remove, thing in ((version_remove, {"version": approved}), (model_remove, {"model": approved.model})):
        with pytest.raises(Conflict) as refusal:
            remove(by=people.olga, reason=WHY, **thing)  # type: ignore[operator]
        assert refusal.value.code == "version.in_system" and "Desk" in refusal.value.message
    system_version_end(by=people.olga, part=part, reason="replaced")
    with pytest.raises(Conflict) as refusal:
        version_remove(by=people.olga, version=approved, reason=WHY)
    assert refusal.value.code == "version.deployed" and deployment.name in refusal.value.message
    assert not Removal.objects.exists(), "a refusal leaves nothing behind"
    deployment_stop(by=people.olga, deployment=deployment, reason="replaced")
    assert version_remove(by=people.olga, version=approved, reason=WHY).deleted_at is not None


def test_a_reason_and_the_right_are_needed(people: People, version: ModelVersion) -> None:
    with pytest.raises(Invalid):
        version_remove(by=people.olga, version=version, reason="  ")
    for person in (people.rui, people.xena, make_person(AUDITOR, team=people.team)):
        with pytest.raises((Refused, NotFound)):
            version_remove(by=person, version=version, reason=WHY)
        with pytest.raises((Refused, NotFound)):
            model_remove(by=person, model=version.model, reason=WHY)
    version_remove(by=people.olga, version=version, reason=WHY)
    with pytest.raises(Refused):
        version_restore(by=people.rui, version=version, reason="It is fine.")


def test_a_removed_version_stays_readable_and_can_be_restored(people: People, version: ModelVersion) -> None:
    alias_set(by=people.olga, model=version.model, name="trial", version=version)
    browser = make_browser(people.olga)
    form = reverse("portal:version-remove", args=[version.pk])
    assert form in browser.get(page_of(version)).content.decode()
    assert browser.post(form, {"reason": ""}).status_code == 422
    assert browser.post(form, {"reason": WHY}).url == page_of(version)
    text = make_browser(people.rui).get(page_of(version)).content.decode()
    assert "This was removed" in text and "Olga" in text and WHY in text
    for tab in ("lineage", "files", "documents", "deployments", "evaluations"):
        told = browser.get(reverse("portal:version-tab", args=[version.pk, tab]))
        assert told.status_code == 200 and WHY in told.content.decode(), tab
    model = browser.get(reverse("registry:model-detail", args=[version.model_id])).content.decode()
    assert page_of(version) not in model
    listed = browser.get(reverse("registry:model-detail", args=[version.model_id]), {"stage": "removed"})
    assert page_of(version) in listed.content.decode()
    assert make_browser(people.xena).get(page_of(version)).status_code == 404
    restore = reverse("portal:version-restore", args=[version.pk])
    assert restore in browser.get(page_of(version)).content.decode()
    assert restore not in make_browser(people.rui).get(page_of(version)).content.decode()
    assert browser.post(restore, {"reason": "The rows were checked."}).status_code == 302
    version.refresh_from_db()
    assert (version.deleted_at, version.checked_at) == (None, None)
    assert not version.aliases.exists()
    assert "This was removed" not in browser.get(page_of(version)).content.decode()
    kept = Removal.objects.get()
    assert (kept.reason, kept.removed_by, kept.restored_why, kept.restored_by) == (
        WHY,
        people.olga,
        "The rows were checked.",
        people.olga,
    )
    told = AuditEntry.objects.filter(action__in=["version.delete", "version.restore"]).order_by("sequence")
    assert [(entry.action, entry.reason) for entry in told] == [
        ("version.delete", WHY),
        ("version.restore", "The rows were checked."),
    ]
    with pytest.raises(Conflict):
        version_restore(by=people.olga, version=version, reason="again")


def test_a_model_goes_with_its_versions_and_comes_back_with_them(people: People) -> None:
    model = make_model(people.olga, people.team, name="Desk answers")
    early, late = (make_version(people.olga, people.team, model=model) for _ in range(2))
    version_remove(by=people.olga, version=early, reason="A first try.")
    model_remove(by=people.olga, model=model, reason=WHY)
    browser = make_browser(people.olga)
    assert WHY in browser.get(page_of(late)).content.decode(), "of its model"
    assert "A first try." in browser.get(page_of(early)).content.decode(), "of its own"
    with pytest.raises(Conflict) as refusal:
        version_restore(by=people.olga, version=late, reason="wanted")
    assert refusal.value.code == "model.removed"
    detail = reverse("registry:model-detail", args=[model.pk])
    assert WHY in browser.get(detail).content.decode()
    listing = reverse("registry:model-list")
    assert detail not in browser.get(listing).content.decode()
    assert detail in browser.get(listing, {"show": "removed"}).content.decode()
    taker = model_create(by=people.olga, team=people.team, name="Desk answers")
    form = reverse("portal:model-restore", args=[model.pk])
    refused = browser.post(form, {"reason": "We need it again after all."})
    assert refused.status_code == 422
    assert "already has a model called" in refused.content.decode()
    assert "We need it again after all." in refused.content.decode(), "what was typed stays"
    model_remove(by=people.olga, model=taker, reason="made way")
    assert browser.post(form, {"reason": "We need it again after all."}).status_code == 302
    alive = ModelVersion.objects.filter(model=model, deleted_at=None)
    assert list(alive) == [late]
    assert RegisteredModel.objects.get(pk=model.pk).deleted_at is None


def test_the_api_removes_restores_and_tells(people: People, version: ModelVersion) -> None:
    olga, xena = make_client(people.olga), make_client(people.xena)
    one = f"/api/v1/model-versions/{version.pk}/"
    assert xena.post(f"{one}remove/", {"reason": WHY}).status_code == 404
    assert make_client(people.rui).post(f"{one}remove/", {"reason": WHY}).status_code == 403
    assert olga.post(f"{one}remove/", {}).status_code == 400
    gone = olga.post(f"{one}remove/", {"reason": WHY})
    assert gone.status_code == 200 and gone.json()["removed_at"]
    assert olga.post(f"{one}remove/", {"reason": WHY}).status_code == 404
    assert olga.get("/api/v1/model-versions/").json()["results"] == []
    told = olga.get(one).json()["removal"]
    assert (told["reason"], told["removed_by"]["label"]) == (WHY, "Olga")
    assert olga.post(f"{one}propose/").status_code == 404, "a removed version takes part in nothing"
    removals = olga.get("/api/v1/removals/", {"version": version.pk}).json()["results"]
    assert [row["reason"] for row in removals] == [WHY]
    assert xena.get("/api/v1/removals/").json()["results"] == []
    assert xena.get(one).status_code == 404
    assert olga.post(f"{one}restore/", {"reason": "fine"}).json()["removed_at"] is None
    assert olga.get(one).json()["removal"] is None
    model = f"/api/v1/models/{version.model_id}/"
    assert olga.post(f"{model}remove/", {"reason": WHY}).status_code == 200
    assert olga.get(model).json()["removal"]["reason"] == WHY
    assert olga.get(one).json()["removal"]["version"] is None, "it went with its model"
    assert olga.post(f"{model}restore/", {"reason": "fine"}).json()["removed_at"] is None
    assert olga.get(one).json()["removal"] is None


def test_who_removed_it_costs_one_query(people: People, version: ModelVersion) -> None:
    browser = make_browser(people.olga)
    before = queries_of(browser, page_of(version))
    version_remove(by=people.olga, version=version, reason=WHY)
    assert queries_of(make_browser(fresh(people.olga)), page_of(version)) <= before + 1


def test_a_version_removed_before_reasons_were_kept_has_a_page(people: People, version: ModelVersion) -> None:
    version_remove(by=people.olga, version=version, reason=WHY)
    Removal.objects.all().delete()
    text = make_browser(people.olga).get(page_of(version)).content.decode()
    assert "stands in the audit trail" in text
    assert model_restore_is_refused(people, version)
    assert version_restore(by=people.olga, version=version, reason="fine").deleted_at is None


def model_restore_is_refused(people: People, version: ModelVersion) -> bool:
    with pytest.raises(Conflict) as refusal:
        model_restore(by=people.olga, model=version.model, reason="fine")
    return refusal.value.code == "model.in_use"
