"""Beginning an assessment of anything, by page and by API, and finding it again."""

from typing import Any

import pytest
from django.urls import reverse

from apps.checklist.models import Assessment
from apps.checklist.services import assessment_create, framework_load
from apps.registry.models import AISystem
from apps.registry.services import system_create
from tests.checklist.conftest import World
from tests.checklist.framework_files import URN, group, question, raw_framework, text_of
from tests.makers import make_browser, make_client, make_person

HOUSE = raw_framework(
    group("first", question("a-1"), question("a-2", answer="number", unit="kWh")), subjects=["system", "dataset"]
)


@pytest.fixture
def system(world: World) -> AISystem:
    framework_load(by=make_person("compliance_officer", team=world.people.team), text=text_of(HOUSE))
    return system_create(by=world.people.olga, team=world.people.team, name="Answering desk")


def test_a_thing_is_chosen_and_held_against_what_fits_it(world: World, system: AISystem) -> None:
    client = make_browser(world.people.olga)
    start = client.get(reverse("checklist:assessment-start"), {"kind": "system", "q": "answering"}).content.decode()
    page = reverse("checklist:subject", args=["system", system.pk])
    assert page in start
    offered = client.get(page).content.decode()
    assert "House rules" in offered and "GenAIOps checklist" not in offered.split("Hold it against")[1]
    begun = client.post(reverse("checklist:assessment-create"), {"system": system.pk, "framework": URN})
    made = Assessment.objects.get(system=system)
    assert begun["Location"] == reverse("checklist:assessment-detail", args=[made.pk])
    assert "Assessment of Answering desk" in client.get(begun["Location"]).content.decode()
    assert f'value="{URN}"' in offered and f'value="{URN}"' not in client.get(page).content.decode()
    assert page in client.get(reverse("systems:system-detail", args=[system.pk])).content.decode()


def test_every_kind_of_thing_leads_to_its_assessments(world: World, system: AISystem) -> None:
    client = make_browser(world.people.olga)
    version = client.get(reverse("portal:version-detail", args=[world.version.pk])).content.decode()
    assert reverse("checklist:subject", args=["version", world.version.pk]) in version
    data = client.get(reverse("catalog:version-detail", args=[world.data.pk])).content.decode()
    assert reverse("checklist:subject", args=["dataset", world.data.pk]) in data
    for kind in ("system", "version", "dataset", "deployment"):
        assert client.get(reverse("checklist:assessment-start"), {"kind": kind}).status_code == 200
    assert client.get(reverse("checklist:assessment-start"), {"kind": "nonsense"}).status_code == 200


def test_who_may_not_begin_is_offered_nothing(world: World, system: AISystem) -> None:
    page, begin = reverse("checklist:subject", args=["system", system.pk]), reverse("checklist:assessment-create")
    assert "Hold it against" not in make_browser(world.people.rui).get(page).content.decode()
    wanted = {"system": system.pk, "framework": URN}
    assert make_browser(world.people.rui).post(begin, wanted).status_code == 403
    assert make_browser(world.people.xena).post(begin, wanted).status_code == 404
    assert make_browser(world.people.xena).get(page).status_code == 404
    olga = make_browser(world.people.olga)
    assert olga.get(reverse("checklist:subject", args=["nonsense", 1])).status_code == 404
    assert olga.post(begin, {}).status_code == 422 and olga.post(begin, {"system": "x"}).status_code == 404
    assert olga.post(begin, wanted | {"framework": "urn:none"}).status_code == 404
    assert olga.post(begin, {"version": world.base.pk, "framework": URN}).status_code == 422, "not made for versions"


def test_the_list_is_filtered_by_framework_kind_and_state(world: World, system: AISystem) -> None:
    assessment_create(by=world.people.olga, system=system, urn=URN)
    client, url = make_browser(world.people.olga), reverse("checklist:assessment-list")
    for wanted, is_there in (
        ({"framework": URN}, True),
        ({"kind": "system"}, True),
        ({"kind": "version"}, False),
        ({"state": "approved"}, False),
    ):
        rows = client.get(url, wanted | {"format": "csv"}).getvalue().decode()
        assert ("Answering desk" in rows) is is_there, wanted


def test_the_api_begins_answers_and_filters(world: World, system: AISystem) -> None:
    olga: Any = make_client(world.people.olga)
    made = olga.post("/api/v1/assessments/", {"system": system.pk, "framework": URN}, format="json")
    assert made.status_code == 201
    told = made.json()
    assert (told["subject_kind"], told["subject_id"], told["version"]) == ("system", system.pk, None)
    answer = f"/api/v1/assessments/{told['id']}/answers/a-2/"
    said = {"status": "declared", "value": {"number": "12.50"}, "expect_revision": 0}
    saved = olga.put(answer, said, format="json").json()
    assert saved["says"] == "12.50 kWh" and saved["answer"]["value"] == {"number": "12.50"}
    assert olga.put(answer, said, format="json").status_code == 409
    for wrong in ({"number": "many"}, {"level": 1}, {"number": "1", "yes": True}, {}):
        refused = olga.put(answer, {"status": "declared", "value": wrong}, format="json")
        assert refused.status_code in (400, 422), wrong
    assert olga.get(answer).json()[0]["value"] == {"number": "12.50"}
    for wanted, count in (({"system": system.pk}, 1), ({"subject_kind": "version"}, 1), ({"framework": URN}, 1)):
        assert len(olga.get("/api/v1/assessments/", wanted).json()["results"]) == count
    both = {"system": system.pk, "version": world.version.pk, "framework": URN}
    assert olga.post("/api/v1/assessments/", both, format="json").status_code == 422
    assert olga.post("/api/v1/assessments/", {"framework": URN}, format="json").status_code == 422
    xena = make_client(world.people.xena)
    assert xena.post("/api/v1/assessments/", {"system": system.pk, "framework": URN}, format="json").status_code == 404
    auditor: Any = make_client(make_person("auditor", team=world.people.team))
    assert auditor.get(f"/api/v1/assessments/{told['id']}/").status_code == 200
    assert auditor.put(answer, said, format="json").status_code == 403
