"""What changed between two snapshots: every kind of thing that can come, go or change, in words."""

from copy import deepcopy
from typing import Any

import pytest

from apps.reports.rules.comparing import ADDED, CHANGED, REMOVED, Change, compare


def question(number: int, text: str, evidence: tuple[int, ...] = (), **more: Any) -> dict[str, Any]:
    held = [{"id": one, "title": f"Scan {one}", "status": "measured", "stale_because": ""} for one in evidence]
    answer = {"text": text, "stated": "", "reason": "", "answered_by": "Olga", "evidence": held}
    return {"id": f"data-{number}", "text": "?", "status": "declared", "is_stale": False, "answer": answer} | more


BEFORE: dict[str, Any] = {
    "format": "genaiops-snapshot/2",
    "organisation": {"name": "Example Ltd", "address": "1 High Street"},
    "system": None,
    "systems": [{"id": 1, "label": "Desk helper", "intended_purpose": "Answers about desks", "risk_class": "minimal"}],
    "versions": [
        {
            "model": {"id": 1, "name": "Desk", "intended_purpose": "Desks"},
            "version": {"id": 1, "label": "Desk v1", "stage": "draft", "licence": "MIT", "files": [{"path": "a"}]},
            "gate": {"is_green": False, "gaps": [1]},
            "evaluations": [{"id": 4, "scores": [{"of": "model", "metric": "exact match", "value": 0.7}]}],
            "tuning": {"id": 2, "state": "succeeded"},
            "drift": [],
        }
    ],
    "datasets": [
        {"id": 1, "label": "Questions v1", "licence": "CC-BY-4.0", "used_as": ["training data"], "scan": None}
    ],
    "deployments": [{"id": 1, "name": "Desk live", "state": "ready"}],
    "assessments": [
        {
            "framework": {"urn": "urn:x", "title": "Checklist", "version": 1},
            "subject": {"kind": "version", "id": 1, "label": "Desk v1"},
            "groups": [{"id": "data", "questions": [question(1, "From staff", (7,)), question(2, "No")]}],
        }
    ],
    "risks": [{"id": 3, "title": "It invents desks", "state": "open", "likelihood": 3}],
    "incidents": [],
    "waivers": [],
    "frameworks": [{"urn": "urn:x", "title": "Checklist", "version": 1, "digest": "a"}],
}


def changes(after: dict[str, Any]) -> dict[str, list[Change]]:
    return {area.title: list(area.changes) for area in compare(deepcopy(BEFORE), after).changed}


def changed() -> dict[str, Any]:
    return deepcopy(BEFORE)


def test_nothing_changed() -> None:
    found = compare(BEFORE, changed())
    assert (found.total, found.changed) == (0, []) and len(found.unchanged) == len(found.areas)


def test_a_stage_a_licence_and_the_gate() -> None:
    after = changed()
    after["versions"][0]["version"] |= {"stage": "approved", "licence": "Apache-2.0"}
    after["versions"][0]["gate"] = {"is_green": True, "gaps": []}
    told = [change.sentence for change in changes(after)["Model versions"]]
    assert told == [
        "Desk v1: stage was “draft”, is “approved”.",
        "Desk v1: licence was “MIT”, is “Apache-2.0”.",
        "Desk v1: gate was “red”, is “green”.",
    ]


@pytest.mark.parametrize(
    ("area", "name", "thing", "label"),
    [
        ("Data", "datasets", {"id": 2, "label": "Questions v2", "used_as": ["training data"]}, "Questions v2"),
        ("Risks", "risks", {"id": 9, "title": "It is rude"}, "It is rude"),
        ("Deployments", "deployments", {"id": 9, "name": "Desk test"}, "Desk test"),
        ("Incidents", "incidents", {"id": 9, "title": "Wrong desk"}, "Wrong desk"),
        ("Frameworks", "frameworks", {"urn": "urn:y", "title": "AI Act", "version": 3}, "AI Act"),
        ("Waivers", "waivers", {"question": "data-5", "sentence": "For a month"}, "Waiver of data-5"),
    ],
)
def test_what_came_and_what_went(area: str, name: str, thing: dict[str, Any], label: str) -> None:
    after = changed()
    after[name].append(thing)
    found = changes(after)
    assert list(found) == [area]
    assert [(one.kind, one.thing) for one in found[area]] == [(ADDED, label)]
    gone = compare(after, BEFORE)
    assert [(one.kind, one.thing) for one in gone.changed[0].changes] == [(REMOVED, label)]
    assert gone.count(REMOVED) == gone.total == 1


def test_scores_of_a_new_evaluation_are_told() -> None:
    after = changed()
    run = {"id": 5, "scores": [{"of": "difference", "metric": "exact match", "value": 0.05}]}
    after["versions"][0]["evaluations"].append(run)
    assert [change.sentence for change in changes(after)["Evaluations"]] == [
        "Evaluation 5 of Desk v1 was added: exact match (difference) 0.05."
    ]


def test_answers_and_evidence() -> None:
    after = changed()
    group = after["assessments"][0]["groups"][0]
    group["questions"] = [question(1, "From a shop", (7, 8), is_stale=True), question(2, "No", answer=None)]
    found = changes(after)
    assert [change.sentence for change in found["Answers"]] == [
        "Checklist, question data-2 of Desk v1 is no longer there: known as declared.",
        "Checklist, question data-1 of Desk v1: text was “From staff”, is “From a shop”.",
        "Checklist, question data-1 of Desk v1: stale was “no”, is “yes”.",
    ]
    assert [(change.kind, change.thing[:8]) for change in found["Evidence"]] == [(ADDED, "“Scan 8”")]


def test_a_framework_in_a_newer_version() -> None:
    after = changed()
    after["frameworks"][0] |= {"version": 2, "digest": "b"}
    assert [change.sentence for change in changes(after)["Frameworks"]] == ["Checklist: version was “1”, is “2”."]


def test_a_digest_alone_is_told_shortened() -> None:
    after = changed()
    after["frameworks"][0]["digest"] = "b" * 64
    assert [change.sentence for change in changes(after)["Frameworks"]] == [
        "Checklist: digest was “a”, is “bbbbbbbbbbbb…”."
    ]


def test_long_texts_stand_beside_their_sentence() -> None:
    after = changed()
    after["systems"][0]["intended_purpose"] = "Answers about desks and chairs. " * 9
    (change,) = changes(after)["Systems and their purpose"]
    assert change.sentence == "Desk helper: intended purpose changed."
    assert change.before == "Answers about desks" and change.after.count("chairs") == 9


def test_what_is_said_for_the_first_time_or_no_longer() -> None:
    after = changed()
    after["organisation"] = {"name": "Example Ltd", "contact": "Legal"}
    assert [change.sentence for change in changes(after)["The organisation"]] == [
        "The organisation: address is no longer said; it was “1 High Street”.",
        "The organisation: contact is now “Legal”.",
    ]


def test_of_the_processes_behind_a_deployment_their_number_is_told() -> None:
    first = {"id": 3, "label": "Intranet", "state": "ready", "ready_at": None, "runs": [{"id": 1, "state": "lost"}]}
    then = first | {"ready_at": "2026-11-23T01:02:16.474314+00:00", "runs": [{"id": 2, "state": "running"}, {"id": 1}]}
    found = compare(deepcopy(BEFORE) | {"deployments": [first]}, deepcopy(BEFORE) | {"deployments": [then]})
    (area,) = found.changed
    assert [change.sentence for change in area.changes] == [
        "Intranet: ready at is now “2026-11-23 01:02:16 UTC”.",
        "Intranet: processes so far was “1”, is “2”.",
    ]


def test_json_holds_every_area_and_every_sentence() -> None:
    after = changed()
    after["risks"] = []
    told = compare(BEFORE, after).as_json
    assert told["counts"] == {ADDED: 0, REMOVED: 1, CHANGED: 0}
    (risk,) = next(area["changes"] for area in told["areas"] if area["title"] == "Risks")
    assert risk["sentence"] == "It invents desks is no longer there." and risk["kind"] == REMOVED
    assert len(told["areas"]) == len(compare(BEFORE, after).areas)


def test_an_older_snapshot_without_some_parts_can_still_be_compared() -> None:
    assert compare({"format": "genaiops-snapshot/2"}, BEFORE).count(ADDED) > 5
