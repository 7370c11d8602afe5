"""docs/vocabulary.md names every field and every property of our own about models, as the code has them."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from apps.registry.rules import cards
from tests.registry.cards.facts import full

ROOT = Path(__file__).parents[3]
TEXT = (ROOT / "docs/vocabulary.md").read_text().split("# The words for models", 1)[1]
SHORT = {"data": "D", "modeling": "M", "deployment": "P"}
# Properties whose last part is a name of something: a field, a question, a setting, a deployment.
OPEN = ("field", "known", "measured", "answer", "setting", "deployment")


def _names(value: Any) -> set[str]:
    """Every name of a property of ours in a document."""
    if isinstance(value, dict):
        own = {str(value[key]) for key in ("name", "extension_cdxPropName") if key in value}
        return {name for name in own if name.startswith("genaiops:")} | _names(list(value.values()))
    return {name for item in value for name in _names(item)} if isinstance(value, list) else set()


@pytest.mark.parametrize("field", cards.FIELDS, ids=lambda field: field.name)
def test_every_field_has_its_line(field: Any) -> None:
    line = next((line for line in TEXT.splitlines() if re.match(rf"\| \**`{field.name}`", line)), "")
    assert line and line.startswith("| **`") == field.is_needed
    told = [f"{SHORT[kind]}{number}" for kind, number in (one.split("-") for one in field.questions)]
    assert line.split("|")[2].strip() == (", ".join(told) or "–")


@pytest.mark.parametrize("form", [cards.CYCLONEDX, cards.SPDX])
def test_every_property_that_is_written_is_explained(form: str) -> None:
    for name in _names(json.loads(cards.write(full(), form))):
        first, *rest = name.removeprefix("genaiops:").split(":")
        if first in OPEN:
            assert f"`genaiops:{first}:…`" in TEXT
        else:
            assert f"`genaiops:{first}" in TEXT and (not rest or f":{rest[-1]}`" in TEXT), name
