"""docs/frameworks.md names every field of the format, and its example keeps the rules."""

import re
from dataclasses import fields
from pathlib import Path

import pytest

from apps.checklist.queries.frameworks import framework_in, shipped
from apps.checklist.rules.frameworks import ANSWERS, ASSESSED, RELATIONS, SUBJECTS, Framework, Group, Question
from apps.checklist.rules.frameworks.spots import MOST_PROBLEMS
from apps.checklist.rules.frameworks.texts import MOST_BYTES, MOST_EVENTS
from apps.checklist.rules.frameworks.whole import MOST_QUESTIONS

MANUAL = (Path(__file__).parents[2] / "docs" / "frameworks.md").read_text("utf-8")


@pytest.mark.parametrize(("name", "kind"), [("Framework", Framework), ("Group", Group), ("Question", Question)])
def test_every_field_is_told_and_no_other(name: str, kind: type) -> None:
    table = MANUAL.split(f"### {name}\n", 1)[1].strip().split("\n\n")[0]
    told = re.findall(r"`(\w+)`", " ".join(line.split("|")[1] for line in table.splitlines()))
    assert sorted(told) == sorted(field.name for field in fields(kind))


@pytest.mark.parametrize("word", [*ANSWERS, *ASSESSED, *RELATIONS, *SUBJECTS])
def test_every_word_of_the_format_is_told(word: str) -> None:
    assert f"`{word}`" in MANUAL


def test_the_example_keeps_the_rules() -> None:
    example = MANUAL.split("```yaml\n", 1)[1].split("```", 1)[0]
    found = framework_in(example, "example.yaml", list(shipped().values()))
    assert (len(found.questions), found.is_rubric) == (2, True)


def test_limits_are_told_as_they_are() -> None:
    assert f"at most {MOST_BYTES // 1024**2} MiB, {MOST_EVENTS:,} values, {MOST_QUESTIONS:,} questions" in MANUAL
    assert MOST_PROBLEMS == 50
    assert "up to fifty at once" in MANUAL
