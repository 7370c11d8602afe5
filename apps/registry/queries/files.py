"""Reading a version's files: the manifest, and which of them may be handed out."""

from typing import Any

from apps.core.errors import NotFound
from apps.registry.models import ModelFile, ModelVersion
from apps.registry.queries.safety import held_files_of, refuse_unsafe
from apps.registry.rules import RELEASED


def manifest_of(version: ModelVersion) -> dict[str, Any]:
    """Every file of a version with its SHA-256, and the digest over all of them."""
    return {
        "model": version.model.name,
        "version": version.number,
        "manifest_digest": version.manifest_digest,
        "size": version.size,
        "files": list(version.files.values("path", "digest", "size")),
    }


def sha256sums_of(version: ModelVersion) -> str:
    """The manifest as `sha256sum --check` reads it; names with a line break or a backslash are escaped as it does."""
    return "".join(_line(file.path, file.digest) for file in version.files.all())


def _line(path: str, digest: str) -> str:
    escaped = path.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r")
    mark = "\\" if escaped != path else ""
    return f"{mark}{digest}  {escaped}\n"


def file_to_read(version: ModelVersion, path: str) -> ModelFile:
    """One file of a version that somebody sees. Raises NotFound, and what `refuse_unsafe` raises."""
    file = version.files.filter(path=path).first()
    if file is None:
        raise NotFound(f"This version has no file “{path}”.", code="file.missing")
    refuse_unsafe(version, path)
    return file


def held_paths(version: ModelVersion) -> set[str]:
    """The files of a version that nobody has released: they are handed out to no one. One query, none for most."""
    if not version.held_files:
        return set()
    return set(held_files_of(version).exclude(state=RELEASED).values_list("path", flat=True))
