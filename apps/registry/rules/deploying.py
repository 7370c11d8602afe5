"""What keeps a version from being deployed, and from carrying a protected alias."""

from apps.registry.rules import APPROVED


def obstacles(
    *, stage: str, manifest_digest: str, approved_digest: str, held_files: int, is_broken: bool, is_deleted: bool
) -> list[str]:
    """Everything that keeps a version from being deployed, each as the end of “it …”; empty if nothing does."""
    found = []
    if is_deleted:
        found.append("is deleted")
    if not manifest_digest:
        found.append("has no files yet")
    if stage != APPROVED:
        found.append(f"is {stage}, not approved")
    elif manifest_digest != approved_digest:
        found.append("has other files than those that were approved")
    if held_files:
        found.append(f"has {held_files} {'file' if held_files == 1 else 'files'} in quarantine")
    if is_broken:
        found.append("has a stored file that was altered")
    return found
