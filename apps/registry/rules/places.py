"""Where the files of a registered version are said to lie, in the addresses that MLflow's clients follow."""

import re
from dataclasses import dataclass

_PLACE = re.compile(r"^registered/(?P<model>\d{1,18})/(?P<number>\d{1,9})(?:/(?P<path>.*))?$", re.DOTALL)
_VERSION_SOURCE = re.compile(r"^models:/+(?P<name>[^/@]+)(?:/(?P<number>\d{1,9})|@(?P<alias>[^/@]+))/?$", re.DOTALL)
_LOCAL = re.compile(r"^(?:file:|[A-Za-z]:[\\/]|[\\/.~]|[^:/]+(?:/|$))", re.DOTALL)


@dataclass(frozen=True)
class RegisteredPlace:
    """A path among the files of one version of a registered model; empty for all of them."""

    model: int
    number: int
    path: str


@dataclass(frozen=True)
class VersionName:
    """A version as `models:/name/3` or `models:/name@alias` names it."""

    name: str
    number: int | None
    alias: str


def download_uri(model: int, number: int) -> str:
    """Where the files of a registered version are fetched from. Not where the run left them: quarantine is asked."""
    return f"mlflow-artifacts:/registered/{model}/{number}"


def registered_place(path: str) -> RegisteredPlace | None:
    """What a path below the artifacts' address means; None for one that is no registered version's."""
    found = _PLACE.match(path)
    if found is None:
        return None
    return RegisteredPlace(int(found["model"]), int(found["number"]), (found["path"] or "").strip("/"))


def version_source(source: str) -> VersionName | None:
    """The version that a new version is to be a copy of; None for any other address."""
    found = _VERSION_SOURCE.match(source)
    if found is None:
        return None
    return VersionName(found["name"], int(found["number"]) if found["number"] else None, found["alias"] or "")


def is_local(source: str) -> bool:
    """Whether an address means a file on some machine's own disk, which nobody else could fetch."""
    return bool(_LOCAL.match(source))
