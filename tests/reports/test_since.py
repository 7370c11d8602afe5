"""Whether the record is newer than a check of it, and that large snapshots are not compared while somebody waits."""

import json
from copy import deepcopy
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.audit.services import SYSTEM, record
from apps.registry.models import ModelVersion, SystemVersion
from apps.registry.services import system_create, system_version_add, version_describe
from apps.reports import tasks
from apps.reports.models import ReadinessRun, ReportRun, Snapshot
from apps.reports.queries.since import MOST, recorded_since
from apps.reports.rules.documents.filling.cycle_period import DAYS
from apps.reports.services import document_start, readiness_start
from tests.makers import make_client
from tests.reports.documents import VERSION_CARD, frozen
from tests.reports.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(kept_world: World, db: None) -> World:
    return deepcopy(kept_world)


def checked(world: World) -> ReadinessRun:
    run = readiness_start(by=world.ada, subject=world.version)
    tasks.look_through(run.pk)
    return ReadinessRun.objects.get(pk=run.pk)


def test_the_page_says_whether_the_record_is_newer(world: World) -> None:
    ada, about = Client(), ("version", world.version.pk)
    ada.force_login(world.ada)
    pages = [reverse("reports:subject", args=about), reverse("reports:document-prepare", args=[*about, VERSION_CARD])]
    run = checked(world)
    assert all("Nothing was recorded about it since" in ada.get(page).text for page in pages)
    version_describe(by=world.olga, version=world.version, reason="it grew", description="It knows every desk")
    for page in pages:
        text = ada.get(page).text
        assert "the record is newer" in text and "Look again" in text
    assert make_client(world.ada).get(f"/api/v1/readiness-checks/{run.pk}/").json()["recorded_since"] == 1
    checked(world)
    assert "the record is newer" not in ada.get(pages[0]).text


def test_papers_and_looks_are_no_part_of_the_record(world: World) -> None:
    began = timezone.now()
    frozen(world.version, world.ada)
    document_start(by=world.ada, subject=world.version, document=VERSION_CARD)
    checked(world)
    record(action="audit_room.look", obj=world.version, by=SYSTEM, team_id=world.team.pk)
    other = ModelVersion.objects.exclude(pk=world.version.pk).exclude(pk__in=_bases(world.version)).first()
    if other is not None:
        record(action="version.tag", obj=other, by=SYSTEM, team_id=world.team.pk)
    assert recorded_since(world.version, began).count == 0
    for number in range(MOST + 3):
        record(action="version.tag", obj=world.version, by=SYSTEM, team_id=world.team.pk, data={"key": number})
    found = recorded_since(world.version, began)
    assert (found.count, found.words) == (MOST, "100 or more") and found.newest is not None


def _bases(version: ModelVersion) -> list[int | None]:
    return [link.base_version_id for link in version.lineage.all()]


def test_what_belongs_to_the_data_and_to_base_models_counts(world: World) -> None:
    began = timezone.now()
    (base,) = [pk for pk in _bases(world.version) if pk][:1]
    record(action="version.tag", obj=ModelVersion.objects.get(pk=base), by=SYSTEM, team_id=world.team.pk)
    record(action="dataset_version.tag", obj=world.data, by=SYSTEM, team_id=world.team.pk)
    assert recorded_since(world.version, began).count == 2


def test_versions_taken_out_in_the_last_cycle_count_for_their_system(world: World) -> None:
    system = system_create(by=world.olga, team=world.team, name="Helper")
    system_version_add(by=world.olga, system=system, version=world.version)
    for days, wanted in ((5, 1), (DAYS + 5, 0)):
        SystemVersion.objects.update(until=timezone.now() - timedelta(days=days))
        began = timezone.now()
        record(action="version.tag", obj=world.version, by=SYSTEM, team_id=world.team.pk)
        assert recorded_since(system, began).count == wanted


def test_large_snapshots_are_compared_on_the_command_line_only(world: World) -> None:
    first, second = frozen(world.version, world.ada), frozen(world.version, world.ada)
    Snapshot.objects.filter(pk=first.pk).update(size=20 * 1024 * 1024)
    pair = {"before": first.pk, "after": second.pk}
    refused = make_client(world.ada).get("/api/v1/snapshots-compared/", pair)
    assert (refused.status_code, refused.json()["code"]) == (409, "snapshot.too_large")
    assert f"snapshot_compare {first.pk} {second.pk}" in refused.json()["remedy"]
    out = StringIO()
    call_command("snapshot_compare", second.pk, first.pk, stdout=out)
    assert json.loads(out.getvalue())["counts"] == {"added": 0, "removed": 0, "changed": 0}
    with pytest.raises(CommandError):
        call_command("snapshot_compare", first.pk, first.pk)
    other = frozen(world.data, world.ada)
    with pytest.raises(CommandError, match="one thing"):
        call_command("snapshot_compare", first.pk, other.pk)
    assert not ReportRun.objects.exists()
