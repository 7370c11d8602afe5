"""One byte string for one value, so that digests can be recomputed by anybody.

The form follows RFC 8785 (JSON Canonicalization Scheme) for the values GenAIOps stores: keys sorted by code point,
no white space, UTF-8, floats as Python's shortest round-trip form, no NaN or infinity.
"""

import hashlib
import json
from typing import Any


def canonical_json(value: Any) -> bytes:
    """`value` as canonical JSON bytes. Raises ValueError for NaN, infinity and what JSON cannot say."""
    try:
        text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    except TypeError as error:
        raise ValueError(f"no canonical JSON for this value: {error}") from error
    return text.encode("utf-8")


def digest_of(value: Any) -> str:
    """SHA-256 of the canonical JSON of `value`, lower-case hexadecimal."""
    return hashlib.sha256(canonical_json(value)).hexdigest()
