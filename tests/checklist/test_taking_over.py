"""One answer that feeds every question mapped to it."""

from typing import Any

import pytest

from apps.accounts.services import access_share
from apps.checklist.models import Assessment
from apps.checklist.queries import assessments_seen_by, present_view
from apps.checklist.rules import DECLARED, UNKNOWN, QuestionView
from apps.checklist.rules.subjects import GENAIOPS
from apps.checklist.rules.taking_over import feeds
from apps.checklist.services import (
    answer_save,
    assessment_create,
    assessment_decide,
    assessment_submit,
    evidence_add,
    framework_load,
)
from apps.core.errors import Refused
from apps.registry.models import AISystem
from apps.registry.services import system_create, system_version_add
from tests.checklist.conftest import World
from tests.checklist.framework_files import URN, group, made, question, raw_framework, text_of
from tests.makers import make_person

OTHER = "urn:example:framework:their-rules"
KINDS = ["system", "version"]
HOUSE = raw_framework(group("first", question("a-1"), question("a-2", answer="yes_no")), subjects=KINDS)


def mapped(name: str, to: str, relation: str) -> dict[str, Any]:
    return question(name, mappings=[{"to": f"{URN}#{to}", "relation": relation}])


THEIRS = raw_framework(
    group(
        "theirs",
        mapped("t-same", "a-1", "same"),
        mapped("t-less", "a-2", "broader"),
        mapped("t-more", "a-1", "narrower"),
        mapped("t-near", "a-1", "related"),
    ),
    urn=OTHER,
    title="Their rules",
    subjects=KINDS,
)


@pytest.fixture
def both(world: World) -> tuple[Assessment, Assessment]:
    officer = make_person("compliance_officer", team=world.people.team)
    for raw in (HOUSE, THEIRS):
        framework_load(by=officer, text=text_of(raw))
    ours, theirs = (assessment_create(by=world.people.olga, version=world.version, urn=urn) for urn in (URN, OTHER))
    return ours, theirs


def say(world: World, assessment: Assessment, question: str, text: str = "So it is.", **more: Any) -> None:
    answer_save(by=world.people.olga, assessment=assessment, question=question, status="declared", text=text, **more)


def asked(assessment: Assessment, question: str) -> QuestionView:
    return present_view(assessment).question(question)


def test_same_feeds_both_ways_and_broader_one() -> None:
    ours, theirs = made(*HOUSE["groups"]), made(*THEIRS["groups"], urn=OTHER)
    assert feeds(theirs, ours) == {"t-same": {"a-1": "same"}, "t-less": {"a-2": "broader"}}
    assert feeds(ours, theirs) == {"a-1": {"t-same": "same"}}


def test_an_answer_answers_what_is_mapped_to_it(world: World, both: tuple[Assessment, Assessment]) -> None:
    ours, theirs = both
    say(world, ours, "a-1")
    say(world, ours, "a-2", text="", value={"yes": True})
    same, less = asked(theirs, "t-same"), asked(theirs, "t-less")
    assert (same.status, same.says, same.own_answer, same.revision) == (DECLARED, "So it is.", None, 0)
    assert same.taken_from is not None and same.answer is not None
    assert (same.taken_from.assessment, same.taken_from.question) == (ours.pk, "a-1")
    assert same.answer.answered_by_id == world.people.olga.pk
    assert less.says == "Yes" and less.taken_from is not None and less.taken_from.relation == "broader"
    for name in ("t-more", "t-near"):
        assert asked(theirs, name).status == UNKNOWN
    assert not theirs.answers.exists(), "it is read, not copied"


def test_an_own_answer_stands_in_its_place(world: World, both: tuple[Assessment, Assessment]) -> None:
    ours, theirs = both
    say(world, ours, "a-1")
    say(world, theirs, "t-same", "Not quite.")
    assert asked(theirs, "t-same").says == "Not quite." and asked(theirs, "t-same").taken_from is None
    assert asked(ours, "a-1").says == "So it is."


def test_what_is_not_known_is_no_answer_of_its_own(world: World, both: tuple[Assessment, Assessment]) -> None:
    ours, theirs = both
    answer_save(by=world.people.olga, assessment=ours, question="a-1", status="unknown", text="Nobody knows.")
    assert asked(theirs, "t-same").answer is None, "unknown lends nothing"


def test_an_answer_that_was_taken_over_is_not_handed_on(world: World, both: tuple[Assessment, Assessment]) -> None:
    third = raw_framework(
        group("third", question("x", mappings=[{"to": f"{OTHER}#t-same", "relation": "same"}])),
        urn="urn:example:framework:third",
        title="Third",
    )
    framework_load(by=make_person("compliance_officer", team=world.people.team), text=text_of(third))
    last = assessment_create(by=world.people.olga, version=world.version, urn="urn:example:framework:third")
    say(world, both[0], "a-1")
    assert asked(both[1], "t-same").taken_from is not None
    assert asked(last, "x").answer is None


def test_it_is_as_stale_as_its_source(world: World, both: tuple[Assessment, Assessment]) -> None:
    ours, theirs = both
    say(world, ours, "a-1")
    type(world.version).objects.filter(pk=world.version.pk).update(manifest_digest="f" * 64)
    fresh = assessments_seen_by(world.people.olga).get(pk=theirs.pk)
    assert asked(fresh, "t-same").is_stale and present_view(fresh).stale == ("t-same",)


def test_a_system_takes_over_from_the_versions_at_work(world: World, both: tuple[Assessment, Assessment]) -> None:
    olga = world.people.olga
    system: AISystem = system_create(by=olga, team=world.people.team, name="Desk")
    of_system = assessment_create(by=olga, system=system, urn=OTHER)
    say(world, both[0], "a-1")
    assert asked(of_system, "t-same").answer is None
    system_version_add(by=olga, system=system, version=world.version)
    taken = asked(of_system, "t-same").taken_from
    assert taken is not None and taken.subject_label == str(world.version)


def test_another_things_answers_stay_with_it(world: World, both: tuple[Assessment, Assessment]) -> None:
    of_base = assessment_create(by=world.people.olga, version=world.base, urn=OTHER)
    say(world, both[0], "a-1")
    assert asked(of_base, "t-same").answer is None


def claiming(to: str, collector: str = "serving.disclosure") -> dict[str, Any]:
    """A framework that somebody loaded, and that calls its own question the same as one of the product's."""
    mine = question("mine", collectors=[collector], mappings=[{"to": f"{GENAIOPS}#{to}", "relation": "same"}])
    return raw_framework(group("own", mine), urn="urn:example:framework:claims", title="Claims", subjects=KINDS)


def test_a_loaded_framework_answers_no_question_of_the_product(world: World) -> None:
    """Who may load a framework somewhere does not open the gates of every team with it."""
    framework_load(
        by=make_person("compliance_officer", team=world.people.other_team), text=text_of(claiming("modeling-1"))
    )
    of_claims = assessment_create(by=world.people.olga, version=world.version, urn="urn:example:framework:claims")
    say(world, of_claims, "mine", "All is well.")
    taken = asked(world.assessment, "modeling-1")
    assert (taken.answer, taken.taken_from) == (None, None)
    assert "modeling-1" in {item.question for item in present_view(world.assessment).gate.problems}


def test_own_findings_stay_where_an_answer_is_taken_over(world: World, both: tuple[Assessment, Assessment]) -> None:
    """What stands against approval does not go because another answer is shown in its place."""
    ours, theirs = both
    say(world, ours, "a-1")
    evidence_add(by=world.people.olga, assessment=theirs, question="t-same", summary="A letter that says otherwise.")
    taken = asked(theirs, "t-same")
    assert taken.taken_from is not None and taken.says == "So it is."
    assert [item.summary for item in taken.evidence] == ["A letter that says otherwise."]


def test_who_wrote_an_answer_that_is_taken_over_does_not_decide(
    world: World, both: tuple[Assessment, Assessment]
) -> None:
    people, (ours, theirs) = world.people, both
    writer = make_person("engineer", "approver", team=people.team)
    answer_save(by=writer, assessment=ours, question="a-1", status="declared", text="So it is.")
    assessment_submit(by=people.olga, assessment=theirs)
    with pytest.raises(Refused, match="wrote answers that it takes over"):
        assessment_decide(by=writer, assessment=theirs, decision="approved", reason="Mine.")
    assert assessment_decide(by=people.rui, assessment=theirs, decision="approved", reason="Read.").is_final


def test_another_teams_words_stay_with_it(world: World, both: tuple[Assessment, Assessment]) -> None:
    """A version that was shared with one person works in their team's system; its answers are not for all of them."""
    people = world.people
    access_share(by=make_person("administrator", team=people.team), obj=world.version.model, user=people.xena)
    system = system_create(by=people.xena, team=people.other_team, name="Theirs")
    system_version_add(by=people.xena, system=system, version=world.version)
    of_system = assessment_create(by=people.xena, system=system, urn=OTHER)
    say(world, both[0], "a-1", "What only we know.")
    assert asked(of_system, "t-same").taken_from is None
