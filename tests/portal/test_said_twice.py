"""Limits and risks that the record and the checklist tell differently stand on both pages, side by side."""

import pytest
from django.urls import reverse

from apps.checklist.services import answer_save, assessment_create
from apps.registry.models import ModelVersion
from apps.registry.services import statement_make
from tests.makers import make_browser, make_version
from tests.people import People, make_people

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> People:
    return make_people()


@pytest.fixture
def version(people: People) -> ModelVersion:
    return make_version(people.olga, people.team)


def tab(people: People, version: ModelVersion, name: str) -> str:
    page = reverse("portal:version-tab", args=[version.pk, name])
    return make_browser(people.olga).get(page).content.decode()


def answer(people: People, version: ModelVersion, text: str) -> None:
    assessment = assessment_create(by=people.olga, version=version)
    answer_save(by=people.olga, assessment=assessment, question="modeling-1", status="declared", text=text)


def test_what_only_the_checklist_says_is_missing_on_record(people: People, version: ModelVersion) -> None:
    answer(people, version, "It knows nothing of law.")
    for name in ("checklist", "documents"):
        text = tab(people, version, name)
        assert "that the record of this version does not hold" in text, name
        assert f"{reverse('registry:statement', args=[version.pk])}?field=limitations" in text
    assert "does not hold" not in tab(people, version, "files")


def test_a_contradiction_stands_on_both_pages_until_they_agree(people: People, version: ModelVersion) -> None:
    answer(people, version, "It knows nothing of law.")
    statement_make(by=people.olga, version=version, field="limitations", value="It cannot count.", reason="asked")
    for name in ("checklist", "documents"):
        text = tab(people, version, name)
        assert "do not say the same" in text and "It cannot count." in text and "It knows nothing of law." in text
    statement_make(
        by=people.olga,
        version=version,
        field="limitations",
        value="It cannot count. It knows nothing of LAW",
        reason="put right",
    )
    for name in ("checklist", "documents"):
        assert "do not say the same" not in tab(people, version, name), "all that the answer says is on record"
