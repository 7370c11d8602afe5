"""A tiny model and rows that the tests of the language-model engines share; both are made here."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from workers.tuning import base_model

THINGS = ("router", "laptop", "phone", "printer", "tablet", "camera", "speaker", "keyboard")
ADVICE = {
    "is slow": "Restart the {thing} and install the newest update.",
    "is broken": "We are sorry. Send a photo of the {thing} and we replace it.",
    "is lost": "Follow the parcel of the {thing} in your orders.",
    "is loud": "Book a free check of the {thing} on the repair page.",
}


def qa_rows() -> list[dict[str, str]]:
    """Thirty-two different questions with their answers."""
    return [
        {"question": f"My {thing} {what}. What now?", "answer": advice.format(thing=thing)}
        for thing in THINGS
        for what, advice in ADVICE.items()
    ]


def general_texts() -> tuple[str, ...]:
    """Text of no particular subject for pre-training."""
    people, places = ("Ana", "Ben", "Caro", "Dov"), ("garden", "harbour", "market", "library")
    acts = ("walks slowly through the", "paints a picture of the", "has lunch near the", "reads about the old")
    return tuple(f"{who} {act} {where} when the weather is mild." for who in people for act in acts for where in places)


def silent(fraction: float, message: str) -> None:
    """A progress callback that nobody listens to."""


def tiny(output: Path, **changes: object) -> base_model.Config:
    """A model of some thirty thousand parameters, trained for a moment."""
    settings: dict[str, object] = {
        "vocab_size": 400,
        "hidden_size": 32,
        "layers": 2,
        "heads": 2,
        "intermediate_size": 64,
        "context": 128,
        "steps": 12,
        "batch_size": 4,
        "block": 32,
        "threads": 1,
        "device": "cpu",
    }
    return base_model.Config(texts=general_texts(), output_dir=str(output), **(settings | changes))


@pytest.fixture(scope="session")
def tiny_base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of a tiny base model; read only."""
    folder = tmp_path_factory.mktemp("base")
    base_model.build(tiny(folder), silent)
    return folder


@pytest.fixture
def write_jsonl(tmp_path: Path) -> Callable[..., Path]:
    """Writes rows as JSON Lines and returns the file."""

    def write(rows: list[dict[str, str]], name: str = "rows.jsonl") -> Path:
        path = tmp_path / name
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        return path

    return write
