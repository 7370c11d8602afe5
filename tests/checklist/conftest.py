"""A tuned version with everything on record, and its checklist, as the three named people meet it."""

from dataclasses import dataclass

import pytest

from apps.catalog.models import DatasetVersion
from apps.checklist.models import Assessment
from apps.checklist.services import answer_save, assessment_create, assessment_submit, evidence_collect
from apps.registry.models import ModelVersion
from tests.people import People, make_people
from tests.stories import (
    PROVENANCE,
    make_base_version,
    make_dataset_version,
    make_evaluation,
    make_scan,
    make_tuned_version,
)

# What only a person can say about the tuned version, so that the gate is green once evidence is collected.
SAID = {
    "modeling-1": "It knows ten answers about desks and nothing else.",
    "modeling-2": "Somebody may believe a wrong answer; low, because it is only shown inside the house.",
    "deployment-1": "On the machine of the support team.",
    "deployment-2": "One application, which says so.",
    "deployment-3": "Yes: datasheets, evaluation and lineage are enough for our purpose.",
}


@dataclass(frozen=True)
class World:
    """People, data and models of one small story."""

    people: People
    base_data: DatasetVersion
    data: DatasetVersion
    base: ModelVersion
    version: ModelVersion
    assessment: Assessment


@pytest.fixture
def people(db: None) -> People:
    return make_people()


@pytest.fixture
def world(people: People) -> World:
    """Olga tuned a version on scanned data, evaluated it and opened its checklist; nothing is collected yet."""
    olga, team = people.olga, people.team
    base_data = make_dataset_version(olga, team, "General text", rows=[{"text": "It rains."}], provenance=PROVENANCE)
    data = make_dataset_version(olga, team)
    for version in (base_data, data):
        make_scan(olga, version)
    base = make_base_version(olga, team, trained_on=[base_data])
    tuned = make_tuned_version(olga, base, data)
    make_evaluation(olga, tuned, data, base)
    return World(people, base_data, data, base, tuned, assessment_create(by=olga, version=tuned))


@pytest.fixture
def submitted(world: World) -> World:
    """Everything is collected, said and submitted by Olga: the gate is green, and Rui may decide."""
    collect_and_say(world)
    assessment_submit(by=world.people.olga, assessment=world.assessment)
    world.assessment.refresh_from_db()
    return world


def collect_and_say(world: World) -> None:
    """Collect evidence, and let Olga say what only a person can."""
    evidence_collect(by=world.people.olga, assessment=world.assessment)
    for question, text in SAID.items():
        answer_save(by=world.people.olga, assessment=world.assessment, question=question, status="declared", text=text)
