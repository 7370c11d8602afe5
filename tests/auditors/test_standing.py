"""What documents of the room would lack, and what changed between its snapshots: by page and by API."""

from typing import Any

import pytest
from django.test import Client

from apps.accounts.models import User
from apps.audit.models import AuditEntry
from apps.auditors.services import Given
from apps.registry.services import system_change
from apps.reports import tasks
from apps.reports.models import ReadinessRun, ReportRun, Snapshot
from tests.auditors.conftest import House, entered
from tests.auditors.test_room import API, at, snapshot
from tests.makers import make_client, queries_of

ANNEX_IV = "ai-act-annex-iv"


def looked_through() -> ReadinessRun:
    """The newest check, done by a worker."""
    run = ReadinessRun.objects.latest("pk")
    tasks.look_through(run.pk)
    run.refresh_from_db()
    assert run.state == "succeeded", run.error
    return run


def test_a_guest_sees_what_documents_would_lack(house: House, given: Given, guest: Client) -> None:
    about = f"system:{house.desk.pk}"
    page = at(house, "standing")
    assert "not known yet" in guest.get(page).text
    answer = guest.post(at(house, "standing", "look"), {"subject": about})
    assert answer.status_code == 302 and answer["Location"].startswith(page)
    assert "Looking what is missing" in guest.get(page).text
    assert guest.post(at(house, "standing", "look"), {"subject": about}).status_code == 409
    assert looked_through().created_by_id == given.grant.holder_id
    found = guest.get(page, {"subject": about}).text
    assert "Points settled" in found and "not looked at" not in found and "Nothing was recorded about it since" in found
    gaps = guest.get(page, {"subject": about, "document": ANNEX_IV}).text
    assert "What settles it" in gaps and "How it would be graded" in gaps
    assert 'href="/systems/' not in gaps, "what settles it lies outside the room"
    system_change(by=house.people.olga, system=house.desk, reason="it grew", name="Desk and chair")
    assert "the record is newer" in guest.get(page).text


@pytest.mark.parametrize("name", ["till", "other", "both"])
def test_nothing_outside_the_room_is_looked_through(house: House, guest: Client, name: str) -> None:
    thing = getattr(house, name)
    subject = f"{'system' if name == 'till' else 'version'}:{thing.pk}"
    assert guest.get(at(house, "standing"), {"subject": subject}).status_code == 404
    assert guest.post(at(house, "standing", "look"), {"subject": subject}).status_code == 404
    for bad in ("", "x", "version:", "version:²", "team:1", "version:" + "9" * 30):
        assert guest.get(at(house, "standing"), {"subject": bad}).status_code == 404, bad
    assert not ReadinessRun.objects.exists()


def test_a_guest_makes_a_pack_of_chosen_documents(house: House, guest: Client) -> None:
    about, make = f"system:{house.desk.pk}", at(house, "standing", "pack")
    page = guest.get(at(house, "standing"), {"subject": about}).text
    assert f'value="{ANNEX_IV}"' in page and "Make an audit pack of what is ticked" in page
    assert guest.post(make, {"subject": about}).status_code == 422, "an empty pack"
    assert guest.post(make, {"subject": about, "documents": ["no-such"]}).status_code == 404
    assert guest.post(make, {"subject": f"system:{house.till.pk}", "documents": [ANNEX_IV]}).status_code == 404
    assert not ReportRun.objects.exists()
    answer = guest.post(make, {"subject": about, "documents": [ANNEX_IV]})
    run = ReportRun.objects.get()
    assert answer["Location"] == at(house, "documents", run.pk)
    assert [one["document"] for one in run.config["documents"]] == [ANNEX_IV]


def test_two_snapshots_of_the_room_are_compared(house: House, guest: Client) -> None:
    about = f"system:{house.desk.pk}"
    first = snapshot(house, guest, about)
    assert "no other snapshot" in guest.get(at(house, "snapshots", first.pk)).text
    system_change(by=house.people.olga, system=house.desk, reason="it grew", name="Desk and chair")
    second = snapshot(house, guest, about)
    assert "Show what changed" in guest.get(at(house, "snapshots", second.pk)).text
    compare, pair = at(house, "snapshots", "compare"), {"before": second.pk, "after": first.pk}
    assert "Desk and chair" in guest.get(compare, pair).text
    assert guest.get(compare, pair | {"format": "json"}).json()["counts"]["changed"] >= 1
    other = snapshot(house, guest, f"version:{house.own.pk}")
    assert guest.get(compare, {"before": first.pk, "after": other.pk}).status_code == 422
    Snapshot.objects.filter(pk=first.pk).update(size=40 * 1024 * 1024)
    assert guest.get(compare, pair).status_code == 409
    Snapshot.objects.filter(pk=first.pk).update(subject_id=house.till.pk)
    assert guest.get(compare, pair).status_code == 404


def test_each_look_leaves_one_entry(house: House, guest: Client) -> None:
    about = f"system:{house.desk.pk}"
    first, second = snapshot(house, guest, about), snapshot(house, guest, about)
    for path, object_type in (
        (at(house, "standing"), "registry.aisystem"),
        (at(house, "snapshots", "compare") + f"?before={first.pk}&after={second.pk}", "reports.snapshot"),
    ):
        before = AuditEntry.objects.count()
        assert guest.get(path).status_code == 200
        (look,) = AuditEntry.objects.filter(sequence__gt=before)
        assert (look.action, look.object_type) == ("audit_room.look", object_type)


def test_the_page_costs_the_same_however_much_is_in_the_room(house: House, guest: Client) -> None:
    def checked() -> None:
        guest.post(at(house, "standing", "look"), {"subject": f"system:{house.desk.pk}"})
        looked_through()

    checked()
    few = queries_of(guest, at(house, "standing"))
    for _ in range(2):
        checked()
        snapshot(house, guest, f"system:{house.desk.pk}")
    assert queries_of(guest, at(house, "standing")) == few


def test_the_api_of_standing_and_comparing(house: House) -> None:
    given = house.give(kind="account", email="ada@example.org")
    entered(given, "a long enough phrase")
    api = make_client(User.objects.get(pk=given.grant.holder_id))
    base: str = f"{API}systems/{house.desk.pk}/"
    about: dict[str, Any] = {"subject_kind": "system", "subject_id": house.desk.pk}
    empty = api.get(f"{base}standing/", about).json()
    assert empty == {"looked_at": None, "is_open": False, "recorded_since": None, "documents": []}
    assert api.post(f"{base}standing/", about, format="json").status_code == 202
    assert api.post(f"{base}standing/", about, format="json").status_code == 409
    assert api.get(f"{base}standing/", about).json()["is_open"] is True
    looked_through()
    found = api.get(f"{base}standing/", about).json()
    assert found["recorded_since"] == 0 and ANNEX_IV in {one["document"] for one in found["documents"]}
    outside = {"subject_kind": "system", "subject_id": house.till.pk}
    assert api.get(f"{base}standing/", outside).status_code == 404
    assert api.post(f"{base}standing/", outside, format="json").status_code == 404
    assert api.get(f"{base}standing/").status_code == 400
    asked = about | {"document": "audit-pack", "documents": [{"document": ANNEX_IV}]}
    assert api.post(f"{base}documents/", asked, format="json").status_code == 202
    assert ReportRun.objects.get().config["documents"][0]["document"] == ANNEX_IV
    browser = entered(house.give())
    first, second = (snapshot(house, browser, f"system:{house.desk.pk}") for _ in range(2))
    pair = {"before": first.pk, "after": second.pk}
    assert set(api.get(f"{base}snapshots-compared/", pair).json()["counts"]) == {"added", "removed", "changed"}
    assert api.get(f"{base}snapshots-compared/", {"before": first.pk, "after": 99_999}).status_code == 404
    assert api.get(f"{base}snapshots-compared/", {"before": "x", "after": 1}).status_code == 400
