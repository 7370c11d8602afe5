"""Facts about data that need no database."""

from typing import Any

from apps.core.canonical import digest_of

PROVENANCE_FIELDS = (
    "sources",
    "origin",
    "collection_method",
    "permission",
    "contains_copyrighted_material",
    "confidentiality",
    "ai_generated",
)

# What a scan may be told; each setting is explained in workers/scanning/engine.py.
SCAN_SETTINGS = frozenset(
    {
        "columns",
        "languages",
        "pii_score_threshold",
        "pii_sample_rows",
        "near_duplicate_threshold",
        "max_samples",
        "seed",
    }
)


def provenance_digest(content_digest: str, licence: str, provenance: dict[str, Any]) -> str:
    """The digest of what is said about one content; it changes when content, licence or any statement changes."""
    return digest_of({"content": content_digest, "licence": licence, "provenance": provenance})


def provenance_gaps(provenance: dict[str, Any]) -> list[str]:
    """The fields of a datasheet that the Data questions need and that are empty, in their usual order."""
    return [name for name in PROVENANCE_FIELDS if provenance.get(name) in (None, "", [], {})]
