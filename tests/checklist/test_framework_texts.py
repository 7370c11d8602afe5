"""A framework file may come from anybody: what would grow, run or mislead is refused, with its line."""

from typing import Any

import pytest

from apps.checklist.queries.frameworks import framework_in
from apps.checklist.rules import FrameworkInvalid
from apps.checklist.rules.frameworks import texts
from tests.checklist.framework_files import URN, group, made, question, raw_framework, text_of

BOMB = "a: &a [x, x]\n" + "".join(
    f"{name}: &{name} [*{before}, *{before}]\n" for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)


def problems(text: str | bytes, *others: Any) -> list[tuple[int, str]]:
    with pytest.raises(FrameworkInvalid) as refused:
        framework_in(text, "it.yaml", others)
    assert str(refused.value).startswith("it.yaml, line ")
    return [(problem.line, problem.rule) for problem in refused.value.problems]


@pytest.mark.parametrize(
    ("text", "line", "rule"),
    [
        (BOMB, 1, "no anchors (&) and no aliases (*)"),
        ("a: 1\nb: &x [*x]\n", 2, "no anchors"),
        ("a: 1\nb:\n  <<: *x\n", 3, "no anchors"),
        ("urn: x\nurn: y\n", 2, "a field stands once; twice here: urn"),
        ("a:\n  ? [x]\n  : 1\n", 2, "the name of a field is a text"),
        ("a: !!python/object/apply:os.system ['true']\n", 1, "no tags"),
        ("a: !!binary aGFsbG8=\n", 1, "no tags"),
        ("a: !mine text\n", 1, "no tags"),
        ("a: 1\n---\na: 2\n", 2, "the file holds one document"),
        ("a: 1\nb: [\n", 3, "the file is YAML"),
        ("a: 1\n\tb: 2\n", 2, "the file is YAML"),
        ("", 1, "the file holds something"),
        (b"a: 1\nb: \xff\n", 2, "the file is written in UTF-8"),
        ("a: " + "[" * 100_000, 1, "values stand at most 40 deep"),
        ("a: \x00\n", 1, "the file is YAML"),
        ("- a list\n", 1, "here stands a mapping of fields"),
        ("just words\n", 1, "here stands a mapping of fields"),
    ],
)
def test_what_would_grow_run_or_mislead_is_refused(text: str | bytes, line: int, rule: str) -> None:
    first = problems(text)[0]
    assert first[0] == line
    assert rule in first[1]


def test_a_file_and_the_values_in_it_have_a_most(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(texts, "MOST_EVENTS", 100)
    assert "at most 100 values" in problems("a: [" + "1, " * 200 + "]")[0][1]
    monkeypatch.setattr(texts, "MOST_BYTES", 1024 * 1024)
    assert "at most 1 MiB" in problems("x" * 1024 * 1024 + "y")[0][1]


@pytest.mark.parametrize(
    "version", ["1:" + "59:" * 50_000 + "1", "9" * 100_000, "1.0", "0x1F", "1_0", "0o17", "+1", "true"]
)
def test_only_plain_whole_numbers_are_numbers(version: str) -> None:
    text = text_of(raw_framework()).replace("version: 1\n", f"version: {version}\n")
    assert [rule for _, rule in problems(text)] == ["version is a whole number from 1 upwards."]


def test_every_broken_rule_is_told_at_once_with_its_own_line() -> None:
    text = text_of(raw_framework(group("first", question("a-1"), question("a-2"))))
    lines = text.splitlines()
    broken = text.replace("minimum_status: declared", "minimum_status: guessed").replace("language: en", "language: 7")
    expected = [n for n, line in enumerate(lines, 1) if "minimum_status" in line or line.startswith("language")]
    assert [line for line, _ in problems(broken)] == expected


def test_a_doubled_id_is_named_at_its_second_place() -> None:
    text = text_of(raw_framework(group("first", question("a-1"), question("a-2"), question("a-1"))))
    second = [n for n, line in enumerate(text.splitlines(), 1) if "id: a-1" in line][1]
    assert problems(text) == [(second, "every question has an id of its own; more than once: a-1.")]


def test_weights_keep_the_digits_that_were_written() -> None:
    text = text_of(raw_framework(group("first", question("a-1"), question("a-2"))))
    text = text.replace("id: a-1", "id: a-1\n    weight: 0.10").replace("id: a-2", "id: a-2\n    weight: '3'")
    assert [one.weight for one in framework_in(text, "it.yaml").questions.values()] == ["0.10", "3"]


@pytest.mark.parametrize("weight", ["1e3", "=1+1", "1/3", "NaN", "-1", "1_000", "0x10", "", "1,5", True, None, ["1"]])
def test_a_weight_that_is_no_decimal_number_is_refused(weight: Any) -> None:
    text = text_of(raw_framework(group("first", question("a-1", weight=weight))))
    assert [rule for _, rule in problems(text)] == ["weight is a decimal number such as 1 or 0.25, not a formula."]


def _to(name: str, relation: str = "broader", urn: str = URN) -> dict[str, Any]:
    return {"mappings": [{"to": f"{urn}#{name}", "relation": relation}]}


def test_questions_are_never_broader_in_a_circle() -> None:
    text = text_of(
        raw_framework(group("g", question("a", **_to("b")), question("b", **_to("c")), question("c", **_to("a"))))
    )
    assert "never broader than itself" in problems(text)[0][1]
    same = made(group("g", question("a", **_to("b", "same")), question("b", **_to("a", "same"))))
    assert len(same.questions) == 2, "to be the same goes both ways"


def test_a_circle_through_another_framework_is_found() -> None:
    other = "urn:example:framework:other"
    theirs = made(group("g", question("x", **_to("a"))), urn=other)
    text = text_of(raw_framework(group("g", question("a", **_to("x", urn=other)))))
    assert "never broader than itself" in problems(text, theirs)[0][1]
    assert framework_in(text, "it.yaml").urn == URN, "alone it is in order"


def test_a_mapping_to_a_known_framework_names_a_question_of_it() -> None:
    theirs = made(group("g", question("x")), urn="urn:example:framework:other")
    text = text_of(raw_framework(group("g", question("a", **_to("y", urn=theirs.urn)))))
    assert problems(text, theirs)[0][1] == "a: urn:example:framework:other has no question y."
    assert framework_in(text, "it.yaml").questions["a"].mappings[0].question == "y", "others may be loaded later"


def test_what_is_replaced_was_asked_before() -> None:
    text = text_of(raw_framework(group("g", question("b", replaces=["a"])), version=2))
    first = made(group("g", question("c")))
    assert problems(text, first)[0][1] == "b replaces a, which no earlier version asks."
    assert framework_in(text, "it.yaml", [made(group("g", question("a")))]).version == 2
    twice = text_of(raw_framework(group("g", question("b", replaces=["a"]), question("c", replaces=["a"])), version=2))
    assert problems(twice)[0][1] == "a is replaced by one question only."


def test_a_scale_that_nobody_described_is_no_scale() -> None:
    text = text_of(raw_framework(group("g", question("a", answer="scale", scale="s"))))
    assert problems(text)[0][1] == "a: there is no scale “s”."


def test_groups_stand_within_groups_and_tell_their_path() -> None:
    inner = group("inner", question("b"), applies_from="2027-01-01")
    found = made(group("outer", question("a"), groups=[inner]), group("last", question("c")))
    assert list(found.questions) == ["a", "b", "c"]
    assert [(one.group.id, one.depth) for one in found.sections] == [("outer", 0), ("inner", 1), ("last", 0)]
    assert found.section_of["b"].title == "Outer › Inner"
    assert [found.starts_on(one) for one in found.questions.values()] == ["2026-01-01", "2027-01-01", "2026-01-01"]


def test_groups_stand_only_so_deep() -> None:
    deep = group("g0", question("q"))
    for number in range(1, 8):
        deep = group(f"g{number}", groups=[deep])
    assert problems(text_of(raw_framework(deep)))[0][1] == "groups stand at most 6 deep."


def test_a_field_that_the_format_learned_later_does_not_change_a_digest() -> None:
    plain = made(group("g", question("a", help="", next_step="")))
    assert plain.digest == made(group("g", question("a", weight="1", tags=[], answer="statement"))).digest
    assert plain.digest != made(group("g", question("a", weight="2"))).digest
