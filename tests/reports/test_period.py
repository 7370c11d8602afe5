"""The period of a report on monitoring: chosen by whoever asks, part of the request and of the file."""

from copy import deepcopy
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from rest_framework.test import APIClient

from apps.core.errors import Invalid
from apps.evaluation.models import EvaluationRun
from apps.monitoring.models import DriftRun
from apps.registry.models import AISystem, SystemVersion
from apps.registry.services import system_create, system_version_add, system_version_end
from apps.reports.models import ReportRun
from apps.reports.queries.frozen import freeze
from apps.reports.rules.documents.assembling import assemble
from apps.reports.rules.documents.content import PARTLY, Document, FactList, Table
from apps.reports.rules.documents.filling.cycle_period import within
from apps.reports.rules.documents.filling.facts import Facts
from apps.reports.rules.documents.period import Period, read_period
from apps.reports.rules.documents.reading import document_specs
from apps.reports.services import document_start
from tests.reports.documents import VERSION_CARD, frozen, make
from tests.reports.overseen import facts_now, point
from tests.reports.world import World

CYCLE, PLAN = "ai-act-art-72-cycle", "ai-act-art-72-plan"
REPORTS = "/api/v1/reports/"
AT = "2026-11-22T12:00:00+00:00"
SUMMER = Period(date(2026, 7, 1), date(2026, 9, 30))


@pytest.fixture
def world(kept_world: World, db: None) -> World:
    return deepcopy(kept_world)


@pytest.fixture
def system(world: World) -> AISystem:
    made = system_create(by=world.olga, team=world.team, name="Desk helper", description="", intended_purpose="Desks")
    system_version_add(by=world.olga, system=made, version=world.version)
    return made


def report(facts: Facts, period: Period | None = None, slug: str = CYCLE) -> Document:
    spec = document_specs()[slug]
    return assemble(spec, facts, period=period, made_at=facts.taken_at, snapshot_digest="0" * 64)


def rows(document: Document, name: str) -> dict[str, str]:
    blocks = point(document, name).blocks
    return {key: value for block in blocks if isinstance(block, FactList) for key, value in block.rows}


def tables(document: Document, name: str) -> list[tuple[tuple[str, ...], ...]]:
    return [block.rows for block in point(document, name).blocks if isinstance(block, Table)]


def days_ago(days: int) -> datetime:
    return timezone.now() - timedelta(days=days)


# --- the value itself ------------------------------------------------------------------------------------------------


def test_a_period_is_whole_days_and_is_read_back_as_written() -> None:
    assert read_period(SUMMER.as_json) == SUMMER
    assert read_period(None) is None
    assert (SUMMER.begin.isoformat(), SUMMER.end.isoformat()) == (
        "2026-07-01T00:00:00+00:00",
        "2026-09-30T23:59:59.999999+00:00",
    )
    with pytest.raises(ValueError, match="lies after"):
        Period(SUMMER.last, SUMMER.first)


def test_the_file_says_which_period_it_speaks_of() -> None:
    facts = Facts({"subject": {"kind": "version", "id": 1, "label": "Desk"}, "taken_at": AT})
    chosen = report(facts, SUMMER)
    assert chosen.period == "2026-07-01 to 2026-09-30"
    assert rows(chosen, "period") == {
        "From": "2026-07-01 00:00:00 UTC", "To": "2026-09-30 23:59:59 UTC", "Length": "92 days",
    }  # fmt: skip
    assert report(facts).period == "2026-08-24 to 2026-11-22"
    assert rows(report(facts, Period(date(2026, 11, 22), date(2026, 11, 22))), "period")["Length"] == "1 day"
    with pytest.raises(ValueError, match="speaks of no period"):
        report(facts, SUMMER, PLAN)


def test_a_period_ends_no_later_than_the_snapshot() -> None:
    facts = Facts({"subject": {"kind": "version", "id": 1, "label": "Desk"}, "taken_at": AT})
    assert (
        rows(report(facts, Period(date(2026, 11, 1), date(2026, 12, 31))), "period")["To"] == "2026-11-22 12:00:00 UTC"
    )


# --- what it reaches -------------------------------------------------------------------------------------------------


def replaced(world: World, system: AISystem, *, until: int, since: int = 300) -> SystemVersion:
    """The version was at work from so many days ago to so many; another one took its place."""
    part = system_version_end(by=world.olga, part=system.parts.get(), reason="Replaced")
    system_version_add(by=world.olga, system=system, version=world.base)
    SystemVersion.objects.filter(pk=part.pk).update(since=days_ago(since), until=days_ago(until))
    SystemVersion.objects.filter(system=system, until=None).update(since=days_ago(until))
    DriftRun.objects.update(finished_at=days_ago(until + 1))
    EvaluationRun.objects.update(finished_at=days_ago(until + 1))
    return part


def period_of_days(first: int, last: int) -> Period:
    return Period(days_ago(first).astimezone(UTC).date(), days_ago(last).astimezone(UTC).date())


def test_a_report_of_the_present_reaches_back_as_far_as_its_period(world: World, system: AISystem) -> None:
    replaced(world, system, until=200)
    period = period_of_days(260, 190)
    run = make(document_start(by=world.olga, document=CYCLE, subject=system, period=period))
    assert (run.config, run.result["standing"]["total"]) == ({"period": period.as_json}, 19)
    facts = Facts(freeze(system, by=world.olga, at=timezone.now(), since=period.begin))
    document = report(facts, period)
    assert point(document, "period").gaps == ()
    assert [row[0] for row in tables(document, "measurements")[0]] == [str(DriftRun.objects.get().pk)]
    assert world.version.model.name in tables(document, "measurements")[0][0][2]


def test_a_snapshot_that_does_not_reach_so_far_says_so(world: World, system: AISystem) -> None:
    replaced(world, system, until=200)
    found = point(report(facts_now(system, world), period_of_days(260, 190)), "period")
    assert found.state == PARTLY
    assert "names versions that were taken out of the system only since" in found.gaps[0].problem


def test_versions_that_came_later_or_left_before_are_no_part_of_it(world: World, system: AISystem) -> None:
    replaced(world, system, until=50)
    facts = facts_now(system, world)

    def told(first: int, last: int) -> list[str]:
        inside = within(Facts(facts.raw | {"period": period_of_days(first, last).as_json}))
        assert {one["version_id"] for one in inside.deployments} <= {one["version"]["id"] for one in inside.versions}
        return [one["version"]["label"].partition(" (")[0] for one in inside.versions]

    assert told(80, 60) == [str(world.version)]
    assert told(40, 0) == [str(world.base)]
    assert told(80, 0) == [str(world.base), str(world.version)]


def test_the_plan_counts_what_was_measured_of_versions_taken_out_long_ago(world: World, system: AISystem) -> None:
    replaced(world, system, until=200)
    document = report(facts_now(system, world), slug=PLAN)
    (cycles,) = tables(document, "cycles")
    drift = DriftRun.objects.get()
    assert [row[2] for row in cycles] == ["0", "0", "1"]
    assert cycles[2][3] == str(drift.result["alerts"]) and cycles[2][4] == "1"
    assert any("at work until" in known.source for known in point(document, "cycles").known)
    SystemVersion.objects.filter(version=world.version).update(until=days_ago(205))
    DriftRun.objects.update(finished_at=days_ago(20))
    assert [row[2] for row in tables(report(facts_now(system, world), slug=PLAN), "cycles")[0]] == ["0"]


# --- asking for it ---------------------------------------------------------------------------------------------------


def test_the_same_snapshot_and_period_give_the_same_bytes(world: World, system: AISystem) -> None:
    snapshot, period = frozen(system, world.olga), period_of_days(30, 0)
    made = [document_start(by=world.olga, document=CYCLE, snapshot=snapshot, period=period)]
    other = document_start(by=world.olga, document=CYCLE, snapshot=snapshot)  # another period is another document
    made.append(make(made[0]))
    again = document_start(by=world.olga, document=CYCLE, snapshot=snapshot, period=period)
    ReportRun.objects.filter(pk=again.pk).update(created_at=made[0].created_at)
    again.refresh_from_db()
    assert make(again).files == made[1].files
    assert make(other).files != made[1].files


@pytest.mark.parametrize(("document", "last"), [(CYCLE, -1), (VERSION_CARD, 0)])
def test_no_period_of_tomorrow_and_none_for_other_documents(world: World, document: str, last: int) -> None:
    with pytest.raises(Invalid) as refused:
        document_start(by=world.olga, document=document, subject=world.version, period=period_of_days(5, last))
    assert refused.value.code == "document.period"


def test_a_snapshot_knows_nothing_of_later_days(world: World, system: AISystem) -> None:
    snapshot = frozen(system, world.olga)
    type(snapshot).objects.filter(pk=snapshot.pk).update(taken_at=days_ago(10))
    snapshot.refresh_from_db()
    with pytest.raises(Invalid, match="after the snapshot"):
        document_start(by=world.olga, document=CYCLE, snapshot=snapshot, period=period_of_days(30, 5))


def test_choosing_it_on_the_page(world: World, system: AISystem) -> None:
    client = Client()
    client.force_login(world.ada)
    page = reverse("reports:document-prepare", args=["system", system.pk, CYCLE])
    assert 'type="date"' in client.get(page).content.decode()
    other = reverse("reports:document-prepare", args=["version", world.version.pk, VERSION_CARD])
    assert 'type="date"' not in client.get(other).content.decode()
    start = reverse("reports:document-start", args=["system", system.pk, CYCLE])
    for given, words in (
        ({"first": "2026-07-01"}, "Give both days"),
        ({"first": "2026-09-30", "last": "2026-07-01"}, "lies after the last"),
        ({"first": "2026-07-01", "last": "2999-01-01"}, "The period ends on 2999-01-01"),
        ({"first": "summer", "last": "autumn"}, "valid date"),
    ):
        refused = client.post(start, given)
        assert refused.status_code == 422 and words in refused.content.decode()
    assert client.post(start, {"first": "2026-07-01", "last": "2026-09-30"}).status_code == 302
    run = ReportRun.objects.get()
    shown = client.get(reverse("reports:report-detail", args=[make(run).pk])).content.decode()
    assert "2026-07-01 to 2026-09-30" in shown and "first=2026-07-01&amp;last=2026-09-30" in shown
    again = client.get(reverse("reports:document-prepare-from", args=[ReportRun.objects.get().snapshot_id, CYCLE]))
    assert again.status_code == 200
    named = client.get(page + "?first=2026-07-01&last=2026-09-30").content.decode()
    assert 'value="2026-07-01"' in named and 'value="2026-09-30"' in named


def test_asking_for_it_by_api(world: World, system: AISystem) -> None:
    ada = APIClient()
    ada.force_authenticate(world.ada)
    kinds = {kind["document"]: kind["has_period"] for kind in ada.get("/api/v1/document-kinds/").json()}
    assert kinds[CYCLE] and not kinds[VERSION_CARD]
    body: dict[str, Any] = {"document": CYCLE, "about": "system", "subject": system.pk}
    for wrong in ({"period_from": "2026-07-01"}, {"period_from": "2026-09-30", "period_to": "2026-07-01"}):
        assert ada.post(REPORTS, body | wrong).status_code == 400
    asked = ada.post(REPORTS, body | {"period_from": "2026-07-01", "period_to": "2026-09-30"})
    assert (asked.status_code, asked.json()["period"]) == (202, {"from": "2026-07-01", "to": "2026-09-30"})
    assert ada.post(REPORTS, body).json()["period"] is None
    late = ada.post(REPORTS, body | {"period_from": "2026-07-01", "period_to": "2999-01-01"})
    assert late.json()["code"] == "document.period"
