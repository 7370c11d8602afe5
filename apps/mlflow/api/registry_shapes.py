"""Registered models and versions as MLflow's clients read them."""

from datetime import datetime
from typing import Any

from apps.mlflow.rules import stage_word
from apps.registry.queries.shown import ModelShown, VersionShown
from apps.registry.rules.places import download_uri

Json = dict[str, Any]


def millis(at: datetime) -> int:
    """Milliseconds since 1970, as every time of the protocol is sent."""
    return int(at.timestamp() * 1000)


def pairs(tags: list[list[str]]) -> list[dict[str, str]]:
    """Tags as a list of objects."""
    return [{"key": key, "value": value} for key, value in tags]


def model_told(model: ModelShown) -> Json:
    """One registered model. What is not there is left out."""
    row = model.row
    told: Json = {
        "name": row["name"],
        "creation_timestamp": millis(row["created_at"]),
        "last_updated_timestamp": millis(row["updated_at"]),
    }
    if row["description"]:
        told["description"] = row["description"]
    if model.latest:
        told["latest_versions"] = [version_told(version) for version in _by_stage(model.latest)]
    if model.tags:
        told["tags"] = pairs(model.tags)
    if model.aliases:
        told["aliases"] = [{"alias": alias, "version": str(number)} for alias, number in model.aliases]
    return told


def version_told(version: VersionShown) -> Json:
    """One version. Where its source was never said, it is where its files can be fetched."""
    row = version.row
    told: Json = {
        "name": row["model__name"],
        "version": str(row["number"]),
        "creation_timestamp": millis(row["created_at"]),
        "last_updated_timestamp": millis(row["updated_at"]),
        "current_stage": stage_word(row["stage"]),
        "description": row["description"],
        "source": row["source"] or download_uri(row["model_id"], row["number"]),
        "run_id": row["tracking_run__uuid"] or "",
        "status": "READY",
        "run_link": row["run_link"],
    }
    if message := _status_message(row):
        told["status_message"] = message
    if version.tags:
        told["tags"] = pairs(version.tags)
    if version.aliases:
        told["aliases"] = version.aliases
    return told


def _by_stage(versions: list[VersionShown]) -> list[VersionShown]:
    """The newest version of each of MLflow's stages; two of the portal's may be one of them."""
    newest: dict[str, VersionShown] = {}
    for version in sorted(versions, key=lambda one: one.row["number"]):
        newest[stage_word(version.row["stage"])] = version
    return list(newest.values())


def _status_message(row: Json) -> str:
    if row["broken_at"] is not None:
        return "A stored file was altered: the version is not handed out."
    if row["held_files"]:
        return f"{row['held_files']} of its files are in quarantine until somebody releases them."
    return ""
