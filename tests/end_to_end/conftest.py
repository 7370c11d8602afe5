"""What the tests of the whole product share: a tiny model, and rows to tune it on."""

import json
from pathlib import Path

import pytest

from tests.workers.conftest import qa_rows, silent, tiny
from workers.tuning import base_model


@pytest.fixture(scope="session")
def tiny_base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of a tiny base model; read only."""
    folder = tmp_path_factory.mktemp("base")
    base_model.build(tiny(folder), silent)
    return folder


@pytest.fixture(scope="session")
def questions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Questions with their answers, as JSON Lines."""
    path = tmp_path_factory.mktemp("rows") / "questions.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in qa_rows()))
    return path
