"""What changed between two versions of a framework, and where each answer goes."""

from apps.checklist.rules.frameworks import (
    ADDED,
    CHANGED,
    KEPT,
    MOVED,
    REMOVED,
    REWORDED,
    Framework,
    carried,
    changes_between,
)
from tests.checklist.framework_files import group, made, question

SCALES = {"s": [{"value": 0, "title": "No", "text": "No."}, {"value": 1, "title": "Yes", "text": "Yes."}]}


def first() -> Framework:
    return made(
        group("g", question("same"), question("words", "Old?"), question("rules"), question("moves"), question("goes"))
    )


def second() -> Framework:
    return made(
        group(
            "g",
            question("same"),
            question("words", "New?"),
            question("rules", minimum_status="measured"),
            question("moved", "Is it so still?", replaces=["moves"]),
            question("fresh"),
        ),
        version=2,
    )


def test_every_question_meets_with_one_fate() -> None:
    report = changes_between([first(), second()])
    assert {change.id: change.kind for change in report.changes} == {
        "same": KEPT,
        "words": REWORDED,
        "rules": CHANGED,
        "moved": MOVED,
        "fresh": ADDED,
        "goes": REMOVED,
    }
    assert report.counts == {ADDED: 1, REMOVED: 1, MOVED: 1, REWORDED: 1, CHANGED: 1, KEPT: 1}
    assert report.of(CHANGED)[0].field_labels == ("how it has to be known",)
    assert report.of(MOVED)[0].is_reworded
    assert not report.is_empty
    assert changes_between([first(), first()]).is_empty


def test_an_id_is_followed_through_the_versions_between() -> None:
    third = made(group("g", question("at-last", replaces=["moved"]), question("goes")), version=3)
    ways = carried([first(), second(), third])
    assert ways["moves"] == "at-last"
    assert ways["goes"] == "goes", "a question that comes back is the same question"
    assert ways["same"] == ""


def test_questions_that_become_one_are_all_told() -> None:
    one = made(group("g", question("both", replaces=["same", "words"])), version=2)
    report = changes_between([first(), one])
    assert [change.before.id for change in report.of(MOVED) if change.before] == ["same", "words"]
    assert report.counts[REMOVED] == 3


def test_another_scale_or_group_is_a_change() -> None:
    asked = question("a", answer="scale", scale="s")
    before = made(group("g", asked), scales=SCALES)
    other = {"s": [*SCALES["s"], {"value": 2, "title": "More", "text": "More."}]}
    change = changes_between([before, made(group("h", asked), scales=other, version=2)]).changes[0]
    assert change.kind == CHANGED
    assert set(change.fields) == {"scale", "group"}
    assert change.has_new_form
