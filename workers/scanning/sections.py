"""The digests of what a scan found."""

import hashlib
import json
from typing import Any

# What differs between two scans that found the same.
_NOT_COVERED = frozenset({"digest", "seconds"})


def canonical(value: Any) -> str:
    """JSON with sorted keys and without spaces: the same findings are the same text. Raises ValueError for NaN."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def digest_of(value: Any) -> str:
    """SHA-256 of canonical JSON in UTF-8."""
    return hashlib.sha256(canonical(value).encode("utf-8", "surrogatepass")).hexdigest()


def sealed(section: dict[str, Any]) -> dict[str, Any]:
    """The section with the digest of everything in it but times."""
    covered = {name: value for name, value in section.items() if name not in _NOT_COVERED}
    return section | {"digest": digest_of(covered)}


def digest_over(sections: dict[str, dict[str, Any]]) -> str:
    """One digest for all sections, whose own digests it covers."""
    return digest_of({name: section["digest"] for name, section in sections.items()})
