"""Digests of records that people keep: what stands in a point can be held against the very record in the snapshot."""

from collections.abc import Iterable

from apps.core.canonical import digest_of
from apps.reports.rules.documents.filling.facts import Json


def record_digest(record: Json | Iterable[Json]) -> str:
    """SHA-256 of a record, or of several, as the snapshot holds them: canonical JSON as `apps.core.canonical` writes
    it. Empty where there is none.
    """
    told = record if isinstance(record, dict) else list(record)
    return digest_of(told) if told else ""
