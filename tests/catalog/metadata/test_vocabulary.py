"""docs/vocabulary.md names every field and every term of our own, as the code has them."""

import re
from pathlib import Path

import pytest

from apps.catalog.rules.metadata import FIELDS
from apps.catalog.rules.metadata.scanned import SECTIONS
from apps.catalog.rules.metadata.terms import OWN_TERMS, RAI_TERMS, SOURCE_TERMS

ROOT = Path(__file__).parents[3]
TEXT = (ROOT / "docs/vocabulary.md").read_text()
OWN = {term for terms in (OWN_TERMS, SOURCE_TERMS) for term in terms.values() if term.startswith("genaiops:")}


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.name)
def test_every_field_has_its_line(field) -> None:
    line = next((line for line in TEXT.splitlines() if re.match(rf"\| \**`{field.name}`", line)), "")
    assert line and line.startswith("| **`") == field.is_needed
    assert all(question[-1] in line.split("|")[2] for question in field.questions)


@pytest.mark.parametrize(
    "term", sorted({*OWN, *RAI_TERMS.values(), *(f"genaiops:{name}" for _, name, _ in SECTIONS.values())})
)
def test_every_term_is_explained(term: str) -> None:
    assert f"`{term}`" in TEXT


def test_no_term_is_explained_that_nothing_writes() -> None:
    folders = ("apps/catalog/rules/metadata", "apps/registry/rules/cards", "apps/portal/queries/cards")
    code = "".join(path.read_text() for folder in folders for path in (ROOT / folder).glob("*.py"))
    named = set(re.findall(r"`genaiops:(\w+)`", TEXT))
    assert {name for name in named if f"genaiops:{name}" not in code and f'"{name}"' not in code} == set()
