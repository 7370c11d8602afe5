"""The files of runs and logged models: listed folder by folder, found by path, and taken over by their digests."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet

from apps.accounts.queries import team_ids_seen_by
from apps.core.errors import Invalid, NotFound
from apps.tracking.models import LoggedModel, TrackedFile, TrackingRun
from apps.tracking.rules.places import Place, place_of_source

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from apps.accounts.models import User

Holder = TrackingRun | LoggedModel


@dataclass(frozen=True)
class Entry:
    """One line of a folder: a file with its size in bytes, or a folder."""

    path: str
    is_folder: bool
    size: int = 0
    digest: str = ""

    @property
    def name(self) -> str:
        return self.path.rpartition("/")[2]


@dataclass(frozen=True)
class Taken:
    """Files that somebody wants to make a version of: paths as they will be there, with digests and sizes."""

    files: list[tuple[str, str, int]]
    run: TrackingRun | None
    logged_model: LoggedModel | None


def holder_seen(user: "User | AnonymousUser", place: Place) -> Holder:
    """The run or the logged model that a place speaks of. Raises NotFound."""
    teams = team_ids_seen_by(user)
    found: Holder | None
    if place.run:
        found = TrackingRun.objects.filter(uuid=place.run, team_id__in=teams).first()
    else:
        found = LoggedModel.objects.filter(model_id=place.model, team_id__in=teams, deleted_at=None).first()
    if found is None:
        raise NotFound(f"There is no run or logged model {place.run or place.model}, or you may not see it.")
    return found


def files_of(holder: Holder) -> QuerySet[TrackedFile]:
    """Every file of a run or a logged model, by path."""
    field = "run" if isinstance(holder, TrackingRun) else "logged_model"
    return TrackedFile.objects.filter(**{field: holder}).order_by("path")


def rows_at(holder: Holder, path: str) -> list[TrackedFile]:
    """The file of this path, or the files of this folder; every file without a path."""
    rows = files_of(holder)
    if not path:
        return list(rows)
    start = f"{path}/"
    found = rows.filter(Q(path=path) | Q(path__startswith=start))
    # SQLite takes capitals and small letters for the same there.
    return [row for row in found if row.path == path or row.path.startswith(start)]


def folder_of(holder: Holder, path: str = "") -> list[Entry]:
    """What lies directly in a folder; folders first. Empty for a path that is a file or is not there."""
    start = f"{path}/" if path else ""
    rows = [row for row in rows_at(holder, path) if row.path != path]
    return entries_in(((row.path, row.digest, row.size) for row in rows), start)


def entries_in(rows: Iterable[tuple[str, str, int]], start: str = "") -> list[Entry]:
    """The lines of the folder `start` (ends in a slash, or empty) out of its files with path, digest and size."""
    folders: dict[str, Entry] = {}
    files = []
    for path, digest, size in rows:
        head, slash, _ = path[len(start) :].partition("/")
        if slash:
            folders.setdefault(head, Entry(start + head, True))
        else:
            files.append(Entry(path, False, size, digest))
    return [*sorted(folders.values(), key=lambda entry: entry.path), *sorted(files, key=lambda entry: entry.path)]


def file_at(holder: Holder, path: str) -> TrackedFile:
    """One file. Raises NotFound."""
    found = files_of(holder).filter(path=path).first()
    if found is None:
        raise NotFound(f"No such artifact: “{path[-100:]}”.", code="file.unknown")
    return found


def files_of_source(user: "User | AnonymousUser", source: str) -> Taken:
    """The files that `runs:/…`, `models:/m-…` or `mlflow-artifacts:/…` names, without the folder before them.

    `runs:/<run>/<name>` where the run has no such folder is the newest of its logged models of that name, which is
    where clients of version 3 put the files. Raises Invalid for another kind of address, NotFound for a run or a model
    that is not there. No files: nothing was logged under the path.
    """
    place = place_of_source(source)
    if place is None:
        raise Invalid(
            f"The portal takes the files of a version from what was logged here, not from {source[:100]!r}.",
            code="source.foreign",
            remedy="Log the model first (runs:/…, models:/m-… or mlflow-artifacts:/…), or import the folder.",
        )
    holder = holder_seen(user, place)
    if isinstance(holder, LoggedModel):
        return Taken(_relative(rows_at(holder, place.path), place.path), holder.run, holder)
    files = _relative(rows_at(holder, place.path), place.path)
    model = None if files or not place.path else _model_named(holder, place.path)
    if model is None:
        return Taken(files, holder, None)
    rest = place.path.partition("/")[2]
    return Taken(_relative(rows_at(model, rest), rest), holder, model)


def _model_named(run: TrackingRun, path: str) -> LoggedModel | None:
    models = LoggedModel.objects.filter(run=run, deleted_at=None, name=path.partition("/")[0])
    return models.order_by("-created_at", "-pk").first()


def _relative(rows: Iterable[TrackedFile], path: str) -> list[tuple[str, str, int]]:
    """Paths as they are inside the folder `path`; a file of just this path keeps its name."""
    start = f"{path}/" if path else ""
    return [
        (row.path.rpartition("/")[2] if row.path == path else row.path[len(start) :], row.digest, row.size)
        for row in rows
    ]
