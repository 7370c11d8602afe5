"""Published metadata files, where the checkout has them beside it."""

from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[4] / "shared/reference/data"


def reference(path: str) -> bytes:
    """One published file; skips the test, with the reason, where it is not there."""
    file = FOLDER / path
    if not file.exists():
        pytest.skip(f"needs the published file shared/reference/data/{path} beside the checkout")
    return file.read_bytes()


def references(folder: str, pattern: str) -> list[str]:
    """The paths of all published files of one sort; one that skips where there are none."""
    found = sorted(str(path.relative_to(FOLDER)) for path in (FOLDER / folder).rglob(pattern))
    return found or [f"{folder}/{pattern}"]
