"""Framework files are data: they are read strictly, and an error says where it lies and which rule it breaks."""

import copy
from pathlib import Path
from typing import Any

import pytest
import yaml

from apps.checklist.queries import framework, frameworks
from apps.checklist.queries.frameworks import FOLDER, GENAIOPS, read_framework, read_frameworks
from apps.checklist.rules import FrameworkInvalid
from apps.core.errors import NotFound

SHIPPED = FOLDER / "genaiops-checklist.yaml"


@pytest.mark.django_db
def test_the_shipped_framework_has_the_eighteen_questions_in_order() -> None:
    found = framework(GENAIOPS)
    ids = [f"data-{n}" for n in range(1, 9)] + [f"modeling-{n}" for n in range(1, 8)]
    assert list(found.questions) == [*ids, "deployment-1", "deployment-2", "deployment-3"]
    assert GENAIOPS in [item.urn for item in frameworks()]


def test_frameworks_are_read_once() -> None:
    assert framework(GENAIOPS) is framework(GENAIOPS, 1)


@pytest.mark.django_db
def test_an_unknown_framework_or_version_is_not_found() -> None:
    with pytest.raises(NotFound):
        framework("urn:nobody")
    with pytest.raises(NotFound):
        framework(GENAIOPS, 999)


def _question(raw: dict[str, Any]) -> dict[str, Any]:
    return raw["groups"][0]["questions"][0]


def _set(place: str, value: Any) -> Any:
    def change(raw: dict[str, Any]) -> None:
        target = {"framework": raw, "group": raw["groups"][0], "question": _question(raw), "source": raw["source"]}
        where, name = place.split(".")
        target[where][name] = value

    return change


BROKEN = [
    (_set("question.minimum_status", "unknown"), "groups[0].questions[0]: minimum_status is one of"),
    (_set("question.subject", "people"), "subject is one of dataset, model, deployment, system"),
    (_set("question.collectors", ["dataset.guess"]), "not so: dataset.guess"),
    (_set("question.collectors", "dataset.pii"), "collectors is a list"),
    (_set("question.text", "  "), "text is a text and not empty"),
    (_set("question.text", True), "text is a text; put “true” in quotes"),
    (_set("question.colour", "red"), "this field is not known: colour"),
    (_set("question.weight", "2 * 3"), "weight is a decimal number such as 1 or 0.25, not a formula"),
    (_set("question.weight", -1), "weight is a decimal number"),
    (_set("question.applies_from", "2026-13-01"), "applies_from is a date"),
    (_set("question.answer", "choice"), "a question with answer: choice names its choices"),
    (_set("question.choices", [{"id": "a", "title": "A"}]), "choices stands only with answer: choice"),
    (_set("question.unit", "kWh"), "unit stands only with answer: number"),
    (_set("question.scale", "none"), "scale stands only with answer: scale"),
    (_set("question.id", "data-2"), "every question has an id of its own; more than once: data-2"),
    (_set("question.id", "Data 2"), "id is made of a to z, 0 to 9"),
    (_set("question.replaces", ["data-2"]), "data-1 replaces data-2, which is still asked"),
    (_set("question.mappings", [{"to": "data-2", "relation": "same"}]), "to names a question as URN#question-id"),
    (
        _set("question.mappings", [{"to": f"{GENAIOPS}#nothing", "relation": "same"}]),
        "this file has no question nothing",
    ),
    (_set("question.mappings", [{"to": f"{GENAIOPS}#data-1", "relation": "same"}]), "never broader than itself"),
    (_set("group.questions", []), "questions is a list with at least one item"),
    (_set("group.id", "modeling"), "every group has an id of its own"),
    (_set("framework.version", "1"), "version is a whole number"),
    (_set("framework.version", 0), "version is a whole number"),
    (_set("framework.urn", "checklist"), "urn is a URN such as"),
    (_set("framework.subjects", ["planet"]), "subjects is a list of system, version, dataset, deployment"),
    (_set("framework.valid_until", "2020-01-01"), "valid_until is not before effective_date"),
    (_set("framework.scales", []), "scales is a mapping of names to lists of levels"),
    (_set("framework.scales", {"s": [{"value": 0, "title": "No", "text": "No."}]}), "s has at least two levels"),
    (_set("source.url", 7), "source: url is a text"),
    (_set("source.url", "javascript:alert(1)"), "url is a web address"),
    (lambda raw: _question(raw).pop("id"), "these fields are missing: id"),
    (lambda raw: raw["groups"][0].pop("questions"), "a group holds questions, groups or both"),
    (lambda raw: raw.pop("groups"), "these fields are missing: groups"),
]


@pytest.mark.parametrize(("change", "rule"), BROKEN)
def test_a_broken_file_is_named_with_the_rule_it_breaks(change: Any, rule: str, tmp_path: Path) -> None:
    raw = copy.deepcopy(yaml.safe_load(SHIPPED.read_text("utf-8")))
    change(raw)
    path = tmp_path / "broken.yaml"
    path.write_text(yaml.safe_dump(raw), encoding="utf-8")
    with pytest.raises(FrameworkInvalid) as refused:
        read_framework(path)
    assert str(refused.value).startswith("broken.yaml, line ")
    assert rule in str(refused.value)


@pytest.mark.parametrize("text", ["- a list", "urn: [", "!!python/object/apply:os.system ['true']"])
def test_what_is_no_mapping_or_would_run_code_is_refused(text: str, tmp_path: Path) -> None:
    path = tmp_path / "odd.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(FrameworkInvalid, match="odd.yaml"):
        read_framework(path)


def test_two_files_may_not_hold_the_same_version(tmp_path: Path) -> None:
    for name in ("one.yaml", "two.yaml"):
        (tmp_path / name).write_bytes(SHIPPED.read_bytes())
    with pytest.raises(FrameworkInvalid, match="two.yaml"):
        read_frameworks(tmp_path)


def test_several_versions_stand_side_by_side(tmp_path: Path) -> None:
    raw = yaml.safe_load(SHIPPED.read_text("utf-8"))
    for number in (1, 2):
        (tmp_path / f"v{number}.yaml").write_text(yaml.safe_dump(raw | {"version": number}), encoding="utf-8")
    assert sorted(read_frameworks(tmp_path)) == [(GENAIOPS, 1), (GENAIOPS, 2)]
