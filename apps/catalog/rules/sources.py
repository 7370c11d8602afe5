"""The words of sources: how data came into being, for what it may be used, who may see it, and from where it is.

Codes are data (apps/catalog/codes/provenance-1.yaml): those of the Data & Trust Alliance's Data Provenance Standards
1.0.0 for method and intended use, and of ISO 3166 for places.
"""

import re
from functools import cache
from pathlib import Path
from typing import Any

import yaml

CODES_FILE = Path(__file__).resolve().parent.parent / "codes" / "provenance-1.yaml"
# Article 53(1)(c) of Regulation (EU) 2024/1689 asks whether rights were reserved under Article 4(3) of (EU) 2019/790.
TDM_RESERVATIONS = {
    "unknown": "Nobody has looked",
    "none": "Looked for, none found",
    "reserved": "Mining is reserved",
    "permitted": "Mining is expressly allowed",
    "not_applicable": "Does not apply",
}
# What people say of a source; what else stands in its record is who verified it, and the stored document.
SOURCE_FIELDS = (
    "name",
    "description",
    "url",
    "issuer",
    "origin",
    "collection_method",
    "collected_from",
    "collected_to",
    "geography",
    "licence",
    "licence_evidence",
    "tdm_reservation",
    "tdm_note",
    "intended_uses",
    "confidentiality",
    "machine_generated",
)
_SUBDIVISION = re.compile(r"([A-Z]{2})-[A-Z0-9]{1,3}")


@cache
def _codes() -> dict[str, Any]:
    codes: dict[str, Any] = yaml.safe_load(CODES_FILE.read_text(encoding="utf-8"))
    return codes


def collection_methods() -> dict[str, str]:
    """Every code of how data came into being, with what it means."""
    return dict(_codes()["methods"])


def data_uses() -> dict[str, str]:
    """Every code of what data may be used for, with what it means."""
    return dict(_codes()["intended_uses"])


def confidentialities() -> dict[str, str]:
    """The classes of confidentiality, from the most open to the strictest."""
    return dict(_codes()["confidentiality"])


def strictest_confidentiality(codes: list[str]) -> str:
    """The strictest of these classes; a class of one's own counts as stricter than any that is known."""
    order = list(confidentialities())
    return max(codes, key=lambda code: order.index(code) if code in order else len(order), default="")


def place_problem(code: str) -> str:
    """Why this is no code of a place, as a sentence; empty where it is one."""
    country, is_subdivision = code, _SUBDIVISION.fullmatch(code)
    if is_subdivision:
        country = is_subdivision[1]
    if country in _countries() or country in _codes()["regions"]:
        return ""
    return (
        f"“{code}” is no code of a country: ISO 3166 has two capital letters, such as DE, or DE-BY for a part of one."
    )


@cache
def _countries() -> frozenset[str]:
    return frozenset(str(_codes()["countries"]).split())


def method_in_words(code: str) -> str:
    """What a method means; the code itself where the list does not have it."""
    return collection_methods().get(code, code)


def is_machine_made(code: str) -> bool:
    """Whether a method says that machines wrote the content."""
    return code.startswith("machine-generated-")
