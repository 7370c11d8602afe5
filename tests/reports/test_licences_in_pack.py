"""The audit pack names sources, intended uses and every conflict of licences that was allowed to stand."""

from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from apps.catalog.models import Source, VersionSource
from apps.catalog.services import source_create, source_verify_licence, version_source_link
from apps.checklist.queries import assessment_of, present_view
from apps.checklist.services import assessment_create, evidence_collect, waiver_grant, waiver_revoke
from apps.registry.models import ModelVersion
from apps.registry.services import model_describe
from apps.reports.queries.frozen import freeze
from apps.reports.rules.pack import pretty_json
from tests.makers import make_person, make_team
from tests.reports.world import World


def snapshot(version: ModelVersion) -> dict[str, Any]:
    """The record of a version at this moment: what its packs are made from."""
    return freeze(version, by=None, at=timezone.now())


def with_waiver(world: World) -> ModelVersion:
    """The model is sold, part of its data forbids that, and Rui has let it stand."""
    forum = source_create(by=world.olga, team=world.team, name="Forum dump", licence="CC-BY-NC-4.0")
    officer = make_person("compliance_officer", team=world.team, name="Cleo")
    source_verify_licence(by=officer, source=forum, evidence="The footer of the site")
    version_source_link(by=world.olga, version=world.data, source=forum, share=0.4)
    model_describe(by=world.olga, model=world.version.model, intended_uses=["commercial_use"], reason="It is sold")
    version = ModelVersion.objects.select_related("model__team").get(pk=world.version.pk)
    assessment = assessment_of(version) or assessment_create(by=world.olga, version=version)
    evidence_collect(by=world.olga, assessment=assessment)
    (conflict,) = present_view(assessment).conflicts
    soon = timezone.localdate() + timedelta(days=9)
    waiver_grant(by=world.rui, assessment=assessment, conflict=conflict.conflict, reason="By letter", expires_on=soon)
    return version


def test_a_pack_names_what_was_waived_by_whom_and_until_when(world: World) -> None:
    version = with_waiver(world)
    facts = snapshot(version)
    (waiver,) = facts["waivers"]
    assert waiver["sentence"].endswith("source Forum dump: CC-BY-NC-4.0 forbids commercial use.")
    assert (waiver["granted_by"]["name"], waiver["reason"], waiver["state"]) == ("Rui", "By letter", "in force")
    assert date.fromisoformat(waiver["expires_on"]) > timezone.localdate()
    assert facts["versions"][0]["model"]["intended_uses"] == ["commercial_use"]
    assert b"forbids commercial use" in pretty_json(facts)


def test_a_pack_names_the_sources_with_who_verified_them(world: World) -> None:
    facts = snapshot(with_waiver(world))
    sources = [source for data in facts["datasets"] if data["id"] == world.data.pk for source in data["sources"]]
    (source,) = sources
    assert (source["name"], source["share"], source["licence"]) == ("Forum dump", 0.4, "CC-BY-NC-4.0")
    assert source["licence_verified_by"]["name"] == "Cleo" and len(source["digest"]) == 64


def test_a_source_of_another_team_has_no_name_in_a_pack(world: World) -> None:
    version = with_waiver(world)
    link = VersionSource.objects.get(version=world.data)
    Source.objects.filter(pk=link.source_id).update(team=make_team())
    (source,) = [one for data in snapshot(version)["datasets"] for one in data["sources"]]
    assert source == {
        "id": None,
        "name": "something of another team",
        "share": 0.4,
        "licence": "CC-BY-NC-4.0",
        "is_hidden": True,
    }
    assert b"Forum dump" not in pretty_json(snapshot(version)["datasets"])


def test_a_waiver_that_was_taken_back_stays_in_the_pack(world: World) -> None:
    version = with_waiver(world)
    assessment = assessment_of(version)
    assert assessment is not None
    waiver_revoke(by=world.rui, waiver=assessment.waivers.get(), reason="Withdrawn")
    (waiver,) = snapshot(version)["waivers"]
    assert (waiver["state"], waiver["revoked_by"], waiver["revoked_because"]) == ("revoked", "Rui", "Withdrawn")
