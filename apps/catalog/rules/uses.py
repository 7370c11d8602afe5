"""What a model is meant for, as codes that licences can be held against (apps/catalog/licences/uses-1.yaml)."""

from dataclasses import dataclass
from functools import cache
from typing import Any

import yaml

from apps.catalog.rules.licence_book import FOLDER, LicencesInvalid

FILE = FOLDER / "uses-1.yaml"
COMMERCIAL, REDISTRIBUTE = "commercial_use", "redistribute_weights"
TERMS = frozenset(
    {
        "commercial_use",
        "user_threshold",
        "revenue_threshold",
        "derivatives",
        "outputs_train",
        "share_alike",
        "restricted_uses",
    }
)


@dataclass(frozen=True)
class IntendedUse:
    """One code. `term` is the term of a licence that speaks of it; `users` and `revenue` what is reached at least."""

    code: str
    label: str
    explains: str
    term: str
    users: int = 0
    revenue: int = 0


@cache
def intended_uses() -> dict[str, IntendedUse]:
    """Every code of the list that comes with the product, in its order. Raises LicencesInvalid."""
    return uses_from(yaml.safe_load(FILE.read_text(encoding="utf-8")), FILE.name)


def uses_from(raw: Any, name: str) -> dict[str, IntendedUse]:
    """Make the codes from what was read of the file `name`. Raises LicencesInvalid, which names the code at fault."""
    found: dict[str, IntendedUse] = {}
    for item in raw["uses"]:
        try:
            use = IntendedUse(**item)
        except TypeError as error:
            raise LicencesInvalid(
                f"{name}, use {item.get('code')}: every use has code, label, explains, term."
            ) from error
        if use.code in found or use.term not in TERMS:
            rule = "a code stands once" if use.code in found else f"term is one of {', '.join(sorted(TERMS))}"
            raise LicencesInvalid(f"{name}, use {use.code}: {rule}.")
        found[use.code] = use
    return found


def unknown_uses(codes: list[str]) -> list[str]:
    """Those of the codes that the list does not have."""
    return [code for code in codes if code not in intended_uses()]
