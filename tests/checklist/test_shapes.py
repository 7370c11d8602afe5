"""What collectors read has the shape that the engines give: tests are made of the fields of their dataclasses."""

import ast
from pathlib import Path
from typing import Any

import pytest

from tests.stories import drift_result, scan_result, tuning_result

WORKERS = Path(__file__).parents[2] / "workers"


def fields_of(path: str, name: str) -> set[str]:
    """The fields of a dataclass, read from its source: importing an engine would load torch."""
    tree = ast.parse((WORKERS / path).read_text("utf-8"))
    found = [node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == name]
    assert len(found) == 1
    return {
        item.target.id
        for item in found[0].body
        if isinstance(item, ast.AnnAssign) and isinstance(item.target, ast.Name)
    }


SCAN, TUNING = scan_result(entities={"EMAIL_ADDRESS": 1}), tuning_result()
DRIFT = drift_result({"reconstruction_error": 1})
SHAPES = [
    ("scanning/findings.py", "Finding", SCAN["personal_data"]["findings"][0]),
    ("scanning/duplicates.py", "Duplicates", SCAN["duplicates"]),
    ("tuning/energy.py", "Energy", TUNING["energy"]),
    ("tuning/environment.py", "Environment", TUNING["environment"]),
    ("drift/engine.py", "Result", DRIFT),
    ("drift/measures.py", "Measure", DRIFT["measures"][0]),
    ("drift/measures.py", "Chunk", DRIFT["measures"][0]["chunks"][0]),
]


@pytest.mark.parametrize(("path", "name", "example"), SHAPES, ids=[f"{path}:{name}" for path, name, _ in SHAPES])
def test_examples_have_the_fields_of_the_engines(path: str, name: str, example: dict[str, Any]) -> None:
    assert set(example) == fields_of(path, name)


def test_a_tunings_result_is_the_engines_with_what_its_door_adds() -> None:
    assert set(TUNING) == fields_of("tuning/engine.py", "Result") | {"config", "energy_kwh"}
