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
    tag_create,
    tag_delete,
    version_source_link,
    version_source_unlink,
)
from apps.core.errors import Conflict, Refused
from apps.evaluation.services import evaluation_finish
from apps.incidents.models import IncidentHold
from apps.incidents.services import hold_place, hold_release, incident_open
from apps.jobs.services import run_cancel, run_retry
from apps.registry.models import FileScanRun, HeldFile
from apps.registry.services import (
    file_send,
    held_file_refuse,
    held_file_release,
    model_delete,
    statement_make,
    version_break,
    version_delete,
    version_describe,
    version_mend,
    version_open,
    version_propose,
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
    logged_model_create,
    logged_model_delete,
    logged_model_finish,
    logged_model_params_log,
    logged_model_tag_delete,
    logged_model_tags_set,
    run_log,
    run_tag_delete,
    tracked_file_store,
    tracked_files_remove,
    tracking_run_create,
    tracking_run_delete,
    tracking_run_update,
)
from tests.makers import (
    FILES,
    make_approved,
    make_data,
    make_deployment,
    make_evaluation,
    make_model,
    make_tuned,
    make_version,
)
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


def test_a_held_version_is_put_to_use_by_nobody(people: People) -> None:
    olga, version = people.olga, make_version(people.olga, people.team)
    altered = version_break(version=make_version(olga, people.team), path="config.json", digest="a" * 64)
    pickled = make_version(olga, people.team, files=FILES | {"model.pkl": b"\x80\x04N."})
    for one in (version, altered, pickled):
        hold(people, one)
    kept_out = HeldFile.objects.get(version=pickled)
    FileScanRun.objects.filter(version=pickled).update(state="cancelled")
    check(
        {
            "propose": lambda: version_propose(by=olga, version=version),
            "mend": lambda: version_mend(by=people.rui, version=altered, reason="It is right again."),
            "release": lambda: held_file_release(by=people.rui, held=kept_out, reason="Read by hand."),
        }
    )
    assert held_file_refuse(by=people.rui, held=kept_out, reason="It may do anything.").state == "refused"


def test_what_held_data_is_called_stays(people: People) -> None:
    data = make_data(people.olga, people.team)
    tag = tag_create(by=people.olga, version=data, name="golden")
    hold(people, data)
    check(
        {
            "tag": lambda: tag_create(by=people.olga, version=data, name="better"),
            "untag": lambda: tag_delete(by=people.olga, tag=tag),
        }
    )


def test_a_finished_evaluation_changes_through_no_door_at_all(people: People) -> None:
    tuned = make_tuned(people.olga, people.team)
    run = make_evaluation(people.olga, tuned)
    hold(people, run)
    for door in (
        lambda: evaluation_finish(run=run, result={}, scores=[]),
        lambda: run_retry(by=people.olga, run=run),
        lambda: run_cancel(by=people.olga, run=run),
    ):
        with pytest.raises(Conflict):
            door()


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


def test_models_that_a_held_run_logged_stay(people: People) -> None:
    olga = people.olga
    experiment = experiment_create(by=olga, team=people.team, name="Tries")
    run = tracking_run_create(by=olga, experiment=experiment)
    model = logged_model_create(by=olga, experiment=experiment, name="clever", run_key=run.uuid, tags={"why": "x"})
    other = logged_model_create(by=olga, experiment=experiment, name="other")
    place, key = Place(model=model.model_id, path="model.bin"), model.model_id
    tracked_file_store(by=olga, place=place, stream=io.BytesIO(b"as it was"))
    hold(people, run)
    check(
        {
            "log another": lambda: logged_model_create(by=olga, experiment=experiment, run_key=run.uuid),
            "finish": lambda: logged_model_finish(by=olga, key=key, state="LOGGED_MODEL_READY"),
            "tag": lambda: logged_model_tags_set(by=olga, key=key, tags={"why": "y"}),
            "untag": lambda: logged_model_tag_delete(by=olga, key=key, tag="why"),
            "params": lambda: logged_model_params_log(by=olga, key=key, params={"rank": "8"}),
            "overwrite": lambda: tracked_file_store(by=olga, place=place, stream=io.BytesIO(b"another")),
            "remove": lambda: tracked_files_remove(by=olga, place=place),
            "delete": lambda: logged_model_delete(by=olga, key=key),
        }
    )
    assert logged_model_tags_set(by=olga, key=other.model_id, tags={"why": "y"}).tags == {"why": "y"}


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
