"""Secrets: every labelled one is found whole, what looks like one is not, and the stated figures are those measured."""

import json
from pathlib import Path

import pytest

from workers.scanning import engine
from workers.scanning.config import Config
from workers.scanning.secrets import MEASURED, Secrets

from . import secret_cases


def found(text: str) -> list[tuple[str, str]]:
    return [(hit.entity, text[hit.start : hit.end]) for hit in Secrets().find(text)]


@pytest.mark.parametrize(("text", "entity", "value"), secret_cases.secrets())
def test_labelled_secrets_are_found_whole(text, entity, value) -> None:
    assert found(text) == [(entity, value)]


@pytest.mark.parametrize("text", secret_cases.INNOCENT)
def test_what_only_looks_like_one_is_left_alone(text) -> None:
    assert found(text) == []


@pytest.mark.parametrize("ending", ["EXAMPLE", "QWERTZU"])
def test_keys_that_a_provider_publishes_as_examples_are_none(ending) -> None:
    """Those in the manuals of AWS open nothing; a key that differs from them in its ending alone may."""
    first, second = "AKIA" + "IOSFODNN7" + ending, "wJalrXUtnFEMI/" + "K7MDENG/bPxRfiCY" + ending + "KEY"
    is_secret = ending != "EXAMPLE"
    entities = [entity for entity, _ in found(f"id {first.replace('N7', 'NN')} aws_secret_access_key = {second}")]
    assert entities == (["AWS_ACCESS_KEY", "AWS_SECRET_KEY"] if is_secret else [])
    assert any("EXAMPLE" in words for words in Secrets().account()["not_looked_for"])


def test_the_stated_figures_are_those_measured() -> None:
    cases = secret_cases.secrets()
    assert {
        "secrets": len(cases),
        "found": sum(found(text) == [(entity, value)] for text, entity, value in cases),
        "innocent": len(secret_cases.INNOCENT),
        "alarms": sum(bool(found(text)) for text in secret_cases.INNOCENT),
    } == MEASURED


def test_hostile_text_ends() -> None:
    """Patterns that went back and forth over such text would never be done with it."""
    for text in ("://" + "a:" * 50_000, "eyJ" + "a" * 200_000, f"-----BEGIN {'PRIVATE'} KEY-----" + "-" * 100_000):
        assert len(found(text)) <= 1
    assert found("aws key " * 20_000) == []


def test_no_secret_stands_in_the_result(tmp_path: Path) -> None:
    cases = secret_cases.secrets()
    path = tmp_path / "x.jsonl"
    path.write_text("".join(json.dumps({"text": text}) + "\n" for text, _, _ in cases), encoding="utf-8")
    result = engine.run(Config(input_path=str(path), checks=("secrets",)), lambda fraction, message: None)
    told = json.dumps(result.told(), ensure_ascii=False)
    assert result.sections["secrets"]["total"] == len(cases)
    # Of a private key the first line is no secret: look behind it.
    assert not any((value[40:52] if entity == "PRIVATE_KEY" else value[:12]) in told for _, entity, value in cases)
    assert "66 labelled secrets" in result.sections["secrets"]["error_rate"]
