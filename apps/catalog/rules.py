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


def provenance_digest(content_digest: str, licence: str, provenance: dict[str, Any]) -> str:
    """The digest of what is said about one content; it changes when content, licence or any statement changes."""
    return digest_of({"content": content_digest, "licence": licence, "provenance": provenance})


def provenance_gaps(provenance: dict[str, Any]) -> list[str]:
    """The fields of a datasheet that the Data questions need and that are empty, in their usual order."""
    return [name for name in PROVENANCE_FIELDS if provenance.get(name) in (None, "", [], {})]
