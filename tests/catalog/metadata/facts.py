"""A dataset version as an export is given it."""

import hashlib
from typing import Any

from apps.catalog.rules.metadata import Described, Measured

DATASHEET: dict[str, Any] = {
    "sources": [
        "service desk",
        {"name": "Wiki", "url": "https://wiki.example.org", "issuer": "The authors", "rows": 12},
    ],
    "origin": "written by staff\n\n## and by customers\n---\n```",
    "collection_method": "exported from the desk's system",
    "generation_period": "2020-01-01/2021-06-30",
    "geography": ["DE", "FR"],
    "preprocessing": ["names removed", "<b>duplicates</b> removed"],
    "permission": ["own work", "contract 12"],
    "contains_copyrighted_material": "no",
    "confidentiality": {"classification": "internal", "decided_by": "the desk"},
    "ai_generated": {"share": 0.1, "statement": "a tenth by a model"},
    "limitations": ["only German", "only one product"],
    "annotator_demographics": "six people",
    "languages": ["de", "fr"],
    "tdm_reservation": "none",
    "patents": "no",
    "consent_documents": "https://example.org/consent.pdf",
    "processing_geography": ["DE", "US / California"],
    "privacy_techniques": [{"code": "data-redaction", "parameters": "names", "result": "12 names"}],
    "our own field": {"nested": [1, 2, {"deep": True}]},
}
ROWS = b'{"id": 1, "text": "a"}\n{"id": 2, "text": "b"}\n'


def described(content: bytes = ROWS, **more: Any) -> Described:
    """A version with much said about it; `more` replaces single facts."""
    told: dict[str, Any] = {
        "name": "Support questions",
        "number": 3,
        "description": "Questions <and> answers\n# of the desk",
        "url": "https://portal.example.org/data/versions/3/",
        "team": "Support desk",
        "created": "2026-05-03T09:00:00+00:00",
        "previous": "2026-04-01T09:00:00+00:00",
        "filename": "rows.jsonl",
        "format": "jsonl",
        "digest": hashlib.sha256(content).hexdigest(),
        "size": len(content),
        "rows": 2,
        "columns": [{"name": "id", "type": "integer"}, {"name": "text", "type": "text"}],
        "key_columns": ["id"],
        "licence": "CC-BY-4.0 AND MIT",
        "datasheet": DATASHEET,
        "imported": {"origin": "card.md"},
        "derived_from": [{"name": "Support questions v2", "digest": "ab" * 32, "how": "parent"}],
        "measured": [
            Measured("personal_information", "Scan 4: 12 pieces of personal data.", "personalData", {"total": 12})
        ],
        "scan": "Scan 4 of 2026-05-04",
    }
    return Described(**told | more)
