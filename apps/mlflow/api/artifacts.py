"""The doors of files: those of runs and logged models both ways, those of registered versions outward only."""

from collections.abc import Iterable
from typing import Any, BinaryIO, cast

from django.http.response import HttpResponseBase

from apps.accounts.services import require
from apps.core.downloads import stored_answer
from apps.core.errors import Invalid
from apps.mlflow.api.runs import run_key
from apps.mlflow.api.tracked import entries_shown
from apps.mlflow.api.wire import Answer, Call, reads, refuse
from apps.mlflow.rules import NOT_IMPLEMENTED, RESOURCE_DOES_NOT_EXIST
from apps.registry.models import ModelVersion
from apps.registry.queries import versions_seen_by
from apps.registry.queries.safety import refuse_unsafe
from apps.registry.rules.places import RegisteredPlace, registered_place
from apps.tracking import queries, services
from apps.tracking.rules.places import Place, path_checked, place_of, run_uri

# The words that MLflow's client looks for before it sends a large file in one piece.
NO_PARTS = "Multipart upload is not supported for the current artifact repository"


@reads
def run_files(call: Call) -> Answer:
    """What lies in a folder of a run."""
    folder = call.text("path", "").strip("/")
    run = queries.run_seen(call.user, run_key(call))
    found = queries.folder_of(run, path_checked(folder) if folder else "")
    return {"root_uri": run_uri(run.experiment_id, run.uuid), "files": entries_shown(found)}


@reads
def files_list(call: Call) -> Answer:
    """What lies in the folder ?path=, by name; a file is listed as itself."""
    path = call.text("path", "").strip("/")
    registered = registered_place(path)
    if registered is not None:
        version = _version(call, registered)
        files = version.files.values_list("path", "digest", "size")
        return {"files": entries_shown(_inside(files, registered.path), by_name=True)}
    place = _place(path)
    holder = queries.holder_seen(call.user, place)
    found = queries.folder_of(holder, place.path)
    if not found and place.path:
        rows = [(row.path, row.digest, row.size) for row in queries.rows_at(holder, place.path)]
        found = [queries.Entry(path, False, size, digest) for path, digest, size in rows]
    return {"files": entries_shown(found, by_name=True)}


def _inside(files: Iterable[tuple[str, str, int]], folder: str) -> list[queries.Entry]:
    """What lies directly in a folder, or the file of that path."""
    files = list(files)
    start = f"{folder}/" if folder else ""
    below = queries.entries_in([item for item in files if item[0].startswith(start)], start)
    return below or [queries.Entry(path, False, size, digest) for path, digest, size in files if path == folder]


@reads
def file_read(call: Call, path: str) -> Answer:
    """The bytes of one file."""
    registered = registered_place(path)
    if registered is not None:
        version = _version(call, registered)
        file = version.files.filter(path=registered.path).first()
        if file is None:
            raise refuse(f"No such artifact: “{registered.path[-100:]}”.", RESOURCE_DOES_NOT_EXIST)
        refuse_unsafe(version, file.path)
        return _sent(call, file.path, file.digest, file.size)
    place = _place(path)
    holder = queries.holder_seen(call.user, place)
    require(call.user, "tracking.read_files", holder.team_id)
    found = queries.file_at(holder, place.path)
    return _sent(call, found.path, found.digest, found.size)


def _version(call: Call, place: RegisteredPlace) -> ModelVersion:
    found = versions_seen_by(call.user).filter(model_id=place.model, number=place.number).first()
    if found is None:
        raise refuse("There is no such version of a model, or you may not see it.", RESOURCE_DOES_NOT_EXIST)
    return found


def _sent(call: Call, path: str, digest: str, size: int) -> HttpResponseBase:
    """A file as it is read, with its digest: what arrives can be checked."""
    return stored_answer(call.request, digest=digest, size=size, name=path.rpartition("/")[2])


def file_write(call: Call, path: str) -> Answer:
    """Store the body under a path of a run or of a logged model."""
    if registered_place(path) is not None:
        raise Invalid("The files of a registered version never change.", code="version.files")
    stream, size = _body(call)
    services.tracked_file_store(by=call.user, place=_place(path), stream=stream, expect_size=size)
    return {}


def _body(call: Call) -> tuple[BinaryIO, int | None]:
    """The body as a stream, with its size in bytes where the client told it. An empty file comes in chunks, for
    which Django itself knows no end; the server does, where it says so.
    """
    environ: dict[str, Any] = call.request.META
    size = environ.get("CONTENT_LENGTH") or ""
    if size.isascii() and size.isdigit():
        return cast(BinaryIO, call.request), int(size)
    if "chunked" in environ.get("HTTP_TRANSFER_ENCODING", "").lower() and "wsgi.input" in environ:
        if not environ.get("wsgi.input_terminated"):
            raise refuse("Send the file with its Content-Length.")
        return cast(BinaryIO, environ["wsgi.input"]), None
    return cast(BinaryIO, call.request), None


def file_delete(call: Call, path: str) -> Answer:
    """Take a file, or a folder, off a run or a logged model."""
    if registered_place(path) is not None:
        raise Invalid("The files of a registered version never change.", code="version.files")
    services.tracked_files_remove(by=call.user, place=_place(path))
    return {}


def _place(path: str) -> Place:
    place = place_of(path.strip("/"))
    if place is None:
        raise refuse(f"No run and no logged model keeps files at {path[:200]!r}.", RESOURCE_DOES_NOT_EXIST)
    return place


def parts(call: Call, path: str) -> Answer:
    """Uploads in parts: files are sent in one stream, of whatever size."""
    raise refuse(NO_PARTS, NOT_IMPLEMENTED)


@reads
def presigned(call: Call, path: str) -> Answer:
    """Addresses for others to download from: none are given out."""
    raise refuse("Presigned downloads are not given out; files come through the portal.", NOT_IMPLEMENTED)
