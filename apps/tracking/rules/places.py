"""Where the files of runs and logged models are said to lie, in the addresses that MLflow's clients follow.

For a run `mlflow-artifacts:/<experiment>/<run>/artifacts/…`, for a logged model
`mlflow-artifacts:/<experiment>/models/<model>/artifacts/…`. A client asks for what follows the colon below
`/api/2.0/mlflow-artifacts/artifacts/`.
"""

import re
from dataclasses import dataclass

from apps.core.errors import Invalid

SCHEME = "mlflow-artifacts"
LONGEST_PATH = 500  # characters
_RUN = re.compile(r"^\d{1,18}/(?P<run>[0-9a-f]{32})/artifacts(?:/(?P<path>.*))?$", re.DOTALL)
_MODEL = re.compile(r"^\d{1,18}/models/(?P<model>m-[0-9a-f]{32})/artifacts(?:/(?P<path>.*))?$", re.DOTALL)
_SOURCE = re.compile(r"^mlflow-artifacts:(?://[^/]*)?/+(?P<rest>.*)$", re.DOTALL)
_RUN_SOURCE = re.compile(r"^runs:/+(?P<run>[0-9a-f]{32})(?:/(?P<path>.*))?$", re.DOTALL)
_MODEL_SOURCE = re.compile(r"^models:/+(?P<model>m-[0-9a-f]{32})(?:/(?P<path>.*))?$", re.DOTALL)


@dataclass(frozen=True)
class Place:
    """A path among the files of one run or of one logged model; empty for all of them."""

    run: str = ""
    model: str = ""
    path: str = ""


def run_uri(experiment: int, run: str) -> str:
    """Where the files of a run lie."""
    return f"{SCHEME}:/{experiment}/{run}/artifacts"


def model_uri(experiment: int, model: str) -> str:
    """Where the files of a logged model lie."""
    return f"{SCHEME}:/{experiment}/models/{model}/artifacts"


def place_of(path: str) -> Place | None:
    """What a path below the artifacts' address means; None for one that no run and no logged model has."""
    found = _RUN.match(path) or _MODEL.match(path)
    return _place(found) if found else None


def place_of_source(source: str) -> Place | None:
    """What `runs:/…`, `models:/m-…` or `mlflow-artifacts:/…` means; None for any other address."""
    found = _RUN_SOURCE.match(source) or _MODEL_SOURCE.match(source)
    if found:
        return _place(found)
    found = _SOURCE.match(source)
    return place_of(found["rest"]) if found else None


def _place(found: "re.Match[str]") -> Place:
    groups = found.groupdict()
    path = (groups.get("path") or "").strip("/")
    return Place(groups.get("run") or "", groups.get("model") or "", path_checked(path) if path else "")


def path_checked(path: str) -> str:
    """The path of a file inside a run. Raises Invalid for one that leaves it, or that no folder could hold."""
    parts = path.split("/")
    if path.startswith("/") or "\\" in path or "\x00" in path or any(part in ("", ".", "..") for part in parts):
        raise Invalid(f"Invalid path: {path[:100]!r} is not a plain path inside a run.", code="path.invalid")
    if len(path) > LONGEST_PATH or any(len(part.encode()) > 255 for part in parts):
        raise Invalid(f"Invalid path: one has at most {LONGEST_PATH} characters.", code="path.invalid")
    if any(letter < " " or letter == "\x7f" for letter in path):
        raise Invalid("Invalid path: it holds control characters.", code="path.invalid")
    return path
