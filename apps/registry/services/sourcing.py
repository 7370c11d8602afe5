"""Where the files of a new version come from when a tool names an address: a run, a logged model, another version."""

from dataclasses import dataclass, field

from apps.accounts.models import User
from apps.core.errors import Invalid
from apps.registry.models import ModelFile, ModelVersion, RegisteredModel
from apps.registry.queries.names import version_numbered, version_with_alias
from apps.registry.rules.places import VersionName, is_local, version_source
from apps.registry.rules.wording import LONGEST_FILE, LONGEST_SOURCE
from apps.tracking.models import LoggedModel, TrackingRun
from apps.tracking.queries import files_of_source, holder_seen
from apps.tracking.rules.places import SCHEME, Place, place_of_source
from apps.tracking.rules.values import text

_KEPT_HERE = (f"{SCHEME}:", "models:", "runs:")  # addresses that only the portal can resolve


@dataclass(frozen=True)
class Origin:
    """What an address turned out to mean. Files are named by digest: nothing is copied."""

    source: str
    run: TrackingRun | None = None
    logged: LoggedModel | None = None
    files: list[ModelFile] = field(default_factory=list)


def origin_of(*, by: User, model: RegisteredModel, source: str, run_id: str = "", model_id: str = "") -> Origin:
    """The run, logged model and files that a source means. An address elsewhere is kept as it is, without files.

    Raises Invalid for an address on somebody's own disk, and where run or logged model do not belong to it; NotFound
    for a run, a logged model or a version that is not there.
    """
    source = text(source, "source", LONGEST_SOURCE)
    if model.is_prompt:
        return Origin(source)
    if place_of_source(source) is not None:
        return _logged(by, source, run_id, model_id)
    named = version_source(source)
    if named is not None:
        return _copied(_version_named(by, model, named), source)
    if is_local(source) or source.startswith(_KEPT_HERE):
        raise _invalid(source, "Name a run, a logged model, a version, or an address that others can fetch from.")
    logged = holder_seen(by, Place(model=model_id)) if model_id else None
    run = holder_seen(by, Place(run=run_id)) if run_id else getattr(logged, "run", None)
    assert isinstance(run, TrackingRun | None) and isinstance(logged, LoggedModel | None)
    return Origin(source, run, logged)


def _logged(by: User, source: str, run_id: str, model_id: str) -> Origin:
    """The files of a run or a logged model, which must be the ones that the client says they are."""
    taken = files_of_source(by, source)
    run, logged = taken.run, taken.logged_model
    if logged is None and model_id:
        raise _invalid(source, "The model_id request parameter must identify the resource that contains the source.")
    if logged is not None and model_id not in ("", logged.model_id):
        raise _invalid(source, "The model_id request parameter must identify the resource that contains the source.")
    if run is not None and run_id not in ("", run.uuid):
        raise _invalid(source, "The run_id request parameter must identify the resource that contains the source.")
    return Origin(source, run, logged, [_file(source, *facts) for facts in taken.files])


def _version_named(by: User, model: RegisteredModel, named: VersionName) -> ModelVersion:
    if named.number is None:
        return version_with_alias(by, model.team_id, named.name, named.alias)
    return version_numbered(by, model.team_id, named.name, named.number)


def _copied(first: ModelVersion, source: str) -> Origin:
    """The files of another version of the team."""
    if first.model.is_prompt:
        raise _invalid(source, "Prompt versions cannot be used as model version sources.")
    files = [_file(source, file.path, file.digest, file.size) for file in first.files.all()]
    return Origin(f"models:/{first.model.name}/{first.number}", first.tracking_run, first.logged_model, files)


def _file(source: str, path: str, digest: str, size: int) -> ModelFile:
    if len(path) > LONGEST_FILE:
        raise _invalid(source, f"The path of a file in a version has at most {LONGEST_FILE} characters.")
    return ModelFile(path=path, digest=digest, size=size)


def _invalid(source: str, why: str) -> Invalid:
    return Invalid(f"Invalid model version source: '{source[:200]}'. {why}", code="version.source")
