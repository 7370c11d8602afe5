"""Holds: what is kept as evidence is changed through no door, and what protects people stays possible."""

import io
from collections.abc import Callable

import pytest
from django.db import models

from apps.catalog.services import (
    dataset_version_describe,
    derivation_add,
    derivation_remove,
    source_create,
    version_source_link,
    version_source_unlink,
)
from apps.core.errors import Refused
from apps.incidents.models import IncidentHold
from apps.incidents.services import hold_place, hold_release, incident_open
from apps.registry.services import (
    file_send,
    model_delete,
    statement_make,
    version_delete,
    version_describe,
    version_open,
    version_retire,
    version_seal,
    version_tag_delete,
    version_tag_set,
    version_word,
)
from apps.serving.services import application_acknowledge, application_add, deployment_stop
from apps.tracking.models import TrackingRun
from apps.tracking.rules.places import Place
from apps.tracking.rules.values import Reading
from apps.tracking.services import (
    experiment_create,
    experiment_delete,
    run_log,
    run_tag_delete,
    tracked_file_store,
    tracked_files_remove,
    tracking_run_create,
    tracking_run_delete,
    tracking_run_update,
)
from tests.makers import make_approved, make_data, make_deployment, make_model, make_version
from tests.people import People, make_people

pytestmark = pytest.mark.django_db
Door = Callable[[], object]


@pytest.fixture
def people() -> People:
    return make_people()


def hold(people: People, subject: models.Model) -> IncidentHold:
    incident = incident_open(by=people.olga, team=people.team, title="It hurt somebody", severity="high")
    return hold_place(by=people.rui, incident=incident, subject=subject, reason="It is evidence.")


def check(doors: dict[str, Door]) -> None:
    """Every door is shut by the hold, and for no other reason."""
    through = []
    for name, door in doors.items():
        try:
            door()
        except Refused as refused:
            assert refused.code == "hold.in_force", name
            continue
        through.append(name)
    assert through == []


def test_a_held_version_is_described_by_nobody(people: People) -> None:
    olga, version = people.olga, make_version(people.olga, people.team)
    version_tag_set(by=olga, version=version, key="live", value="no")
    held = hold(people, version)
    doors: dict[str, Door] = {
        "describe": lambda: version_describe(by=olga, version=version, reason="x", licence="MIT"),
        "word": lambda: version_word(by=olga, version=version, description="Another."),
        "tag": lambda: version_tag_set(by=olga, version=version, key="live", value="yes"),
        "untag": lambda: version_tag_delete(by=olga, version=version, key="live"),
        "state": lambda: statement_make(by=olga, version=version, field="limitations", value="None.", reason="x"),
        "delete": lambda: version_delete(by=olga, version=version, reason="x"),
        "delete its model": lambda: model_delete(by=olga, model=version.model, reason="x"),
    }
    check(doors)
    hold_release(by=people.rui, hold=held, reason="The authority has its copy.")
    for name in ("word", "tag", "untag", "state"):
        doors[name]()


def test_a_held_version_gets_no_files(people: People) -> None:
    olga = people.olga
    version = version_open(by=olga, model=make_model(olga, people.team))
    file_send(by=olga, version=version, path="config.json", size=2, blocks=[b"{}"])
    hold(people, version)
    check(
        {
            "send": lambda: file_send(by=olga, version=version, path="more.json", size=2, blocks=[b"{}"]),
            "seal": lambda: version_seal(by=olga, version=version),
        }
    )


def test_a_held_version_may_be_taken_out_of_use(people: People) -> None:
    version = make_version(people.olga, people.team)
    hold(people, version)
    assert version_retire(by=people.rui, version=version, reason="It hurt somebody.").stage == "retired"


def test_what_held_data_was_made_of_stays(people: People) -> None:
    olga, team = people.olga, people.team
    (data, origin, other), source = (
        (make_data(olga, team) for _ in range(3)),
        source_create(by=olga, team=team, name="S"),
    )
    version_source_link(by=olga, version=data, source=source)
    derivation_add(by=olga, version=data, origin=origin)
    hold(people, data)
    more = source_create(by=olga, team=team, name="Another")
    check(
        {
            "describe": lambda: dataset_version_describe(by=olga, version=data, licence="", provenance={}, reason="x"),
            "source": lambda: version_source_link(by=olga, version=data, source=more),
            "share": lambda: version_source_link(by=olga, version=data, source=source, share=0.5),
            "no source": lambda: version_source_unlink(by=olga, version=data, source=source),
            "derivation": lambda: derivation_add(by=olga, version=data, origin=other),
            "no derivation": lambda: derivation_remove(by=olga, version=data, origin=origin),
        }
    )


def test_nothing_is_logged_to_a_held_run(people: People) -> None:
    olga = people.olga
    experiment = experiment_create(by=olga, team=people.team, name="Tries")
    run = tracking_run_create(by=olga, experiment=experiment, tags=[("why", "x")])
    place, key = Place(run=run.uuid, path="log.txt"), run.uuid
    tracked_file_store(by=olga, place=place, stream=io.BytesIO(b"as it was"))
    held = hold(people, run)
    doors: dict[str, Door] = {
        "update": lambda: tracking_run_update(by=olga, key=key, state="FAILED", name="Another"),
        "metric": lambda: run_log(by=olga, key=key, metrics=[Reading("loss", 1.0, is_nan=False, timestamp=1, step=0)]),
        "tag": lambda: run_log(by=olga, key=key, tags=[("why", "y")]),
        "untag": lambda: run_tag_delete(by=olga, key=key, tag="why"),
        "overwrite": lambda: tracked_file_store(by=olga, place=place, stream=io.BytesIO(b"another")),
        "remove": lambda: tracked_files_remove(by=olga, place=place),
        "delete": lambda: tracking_run_delete(by=olga, key=key),
        "delete all": lambda: experiment_delete(by=olga, experiment=experiment),
    }
    check(doors)
    assert TrackingRun.objects.get(pk=run.pk).lifecycle == "active"
    hold_release(by=people.rui, hold=held, reason="Copied.")
    for door in doors.values():
        door() if door is not doors["delete"] else None


def test_what_programs_said_of_a_held_deployment_stays(people: People) -> None:
    olga = people.olga
    deployment = make_deployment(olga, make_approved(people.team, by=olga, approver=people.rui))
    program = application_add(by=olga, deployment=deployment, name="Desk", statement="A note on the page.")
    hold(people, deployment)
    check(
        {
            "acknowledge": lambda: application_acknowledge(by=olga, application=program, statement="Another."),
            "name": lambda: application_add(by=olga, deployment=deployment, name="Another"),
        }
    )
    assert deployment_stop(by=olga, deployment=deployment, reason="It hurt somebody.").stopped_at is not None
