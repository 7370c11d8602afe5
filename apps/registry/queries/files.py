"""Reading a version's files: the manifest, and which of them may be handed out."""

from typing import Any

from apps.core.errors import NotFound, Refused
from apps.registry.models import HeldFile, ModelFile, ModelVersion
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
    """One file of a version that somebody sees. Raises NotFound; Refused (`file.held`) while it is in quarantine."""
    file = version.files.filter(path=path).first()
    if file is None:
        raise NotFound(f"This version has no file “{path}”.", code="file.missing")
    held = HeldFile.objects.filter(version=version, path=path, digest=file.digest).exclude(state=RELEASED)
    if held.exists():
        raise Refused(
            f"“{path}” is in quarantine: its format can run code when it is loaded.",
            code="file.held",
            remedy="Somebody who did not make the version can release it, with a reason.",
        )
    return file
