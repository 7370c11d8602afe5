"""Datasets that a run says it read, as MLflow's clients send them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from apps.tracking.rules.values import filled, key_checked, text

LONGEST_SOURCE, LONGEST_SCHEMA, LONGEST_PROFILE = 65_535, 1_048_575, 2_000_000


@dataclass(frozen=True)
class DatasetRead:
    """One dataset as the tool described it; `tags` say, for one, in which context it was read."""

    name: str
    digest: str
    source_type: str = ""
    source: str = ""
    schema: str = ""
    profile: str = ""
    tags: tuple[tuple[str, str], ...] = ()


def dataset_read_of(given: Mapping[str, Any], place: str = "") -> DatasetRead:
    """A dataset input, `{"dataset": {…}, "tags": [{key, value}]}`. Raises Invalid, which names the part at fault."""
    told = given.get("dataset")
    told = told if isinstance(told, dict) else {}
    tags = given.get("tags") or []
    pairs = [item for item in tags if isinstance(item, dict)] if isinstance(tags, list) else []
    return DatasetRead(
        name=filled(told.get("name"), f"{place}dataset.name", 500),
        digest=filled(told.get("digest"), f"{place}dataset.digest", 64),
        source_type=text(told.get("source_type") or "", f"{place}dataset.source_type", 60),
        source=text(told.get("source") or "", f"{place}dataset.source", LONGEST_SOURCE),
        schema=text(told.get("schema") or "", f"{place}dataset.schema", LONGEST_SCHEMA),
        profile=text(told.get("profile") or "", f"{place}dataset.profile", LONGEST_PROFILE),
        tags=tuple(
            (key_checked(item.get("key"), f"{place}tags.key"), text(item.get("value") or "", f"{place}tags.value", 500))
            for item in pairs
        ),
    )
