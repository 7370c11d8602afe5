"""Files and functions stay small enough to read at one go, and bear names that tell what is in them."""

import ast
import re

import pytest

from tests.architecture.source import PACKAGES, name_of, python_files, tracked_files, tree_of

FILE_LINES, TEST_FILE_LINES, FUNCTION_LINES = 350, 500, 50
FORBIDDEN = {"utils", "util", "helpers", "helper", "common", "misc", "mixins", "managers", "signals"}
# Built from pieces so that this file does not find itself.
UNFINISHED = re.compile(
    r"\b(" + "|".join(["TO" + "DO", "FIX" + "ME", "X" + "XX"]) + r")\b|# type: ignore\s*$|# noqa\s*$"
)


def test_files_are_short() -> None:
    own = dict.fromkeys(python_files(*PACKAGES), FILE_LINES)
    tests = dict.fromkeys(python_files("tests", "benchmarks"), TEST_FILE_LINES)
    lengths = {path: len(path.read_text().splitlines()) for path in own | tests}
    assert {name_of(path): lengths[path] for path, most in (own | tests).items() if lengths[path] > most} == {}


def test_functions_are_short() -> None:
    too_long = []
    for path in python_files(*PACKAGES):
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                if lines > FUNCTION_LINES:
                    too_long.append(f"{name_of(path)}:{node.lineno} {node.name}: {lines} lines")
    assert too_long == []


def test_names_tell_what_is_inside() -> None:
    parts = {part.removesuffix(".py"): name_of(path) for path in python_files(*PACKAGES) for part in path.parts}
    assert {name: where for name, where in parts.items() if name in FORBIDDEN} == {}


def test_nothing_is_left_unfinished() -> None:
    found = [
        f"{name_of(path)}:{number} {line.strip()[:80]}"
        for path in python_files(*PACKAGES, "tests", "benchmarks")
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if UNFINISHED.search(line)
    ]
    assert found == []


# Where somebody built this, which registry they used, and keys. A clone must hold none of it.
PRIVATE = [
    r"/root/", r"/home/[a-z]", r"/Users/[A-Za-z]", r"/tmp/scratch", r"/work/(main|shared)",
    r"pypi\.org", r"pythonhosted\.org", r"registry\.npmjs", r"deb\.debian\.org", r"download\.pytorch\.org",
    r"-----BEGIN [A-Z ]*PRIVATE KEY", r"\bAKIA[0-9A-Z]{16}\b", r"\bhf_[A-Za-z]{30,}\b",
]  # fmt: skip


@pytest.mark.parametrize("pattern", PRIVATE)
def test_no_tracked_file_names_a_machine_a_registry_or_a_key(pattern: str) -> None:
    looked_for, found = re.compile(pattern.encode()), []
    for path in tracked_files():
        if path.name != "test_shape.py" and (hit := looked_for.search(path.read_bytes())):
            found.append(f"{name_of(path)}: {hit.group().decode()}")
    assert found == []
