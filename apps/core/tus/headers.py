"""What a client says of an upload in its headers, by the tus protocol 1.0 (https://tus.io/protocols/resumable-upload)."""

import base64
import binascii

from apps.core.errors import Invalid

MOST_METADATA = 4_096  # characters of the header; web servers seldom accept more than 8 KiB of headers in all
DIGEST_SIZES = {"sha256": 32, "sha1": 20}


def metadata_of(header: str) -> dict[str, str]:
    """The pairs of an Upload-Metadata header: names, and values in Base64 of UTF-8. Raises Invalid.

    A name without a value has an empty one; a name that comes twice is refused, as the protocol demands.
    """
    if len(header) > MOST_METADATA:
        raise Invalid(f"Upload-Metadata holds up to {MOST_METADATA} characters.", code="upload.metadata")
    found: dict[str, str] = {}
    for pair in filter(None, (part.strip() for part in header.split(","))):
        name, _, value = pair.partition(" ")
        if name in found:
            raise Invalid(f"Upload-Metadata names “{name}” twice.", code="upload.metadata")
        found[name] = _decoded(name, value)
    return found


def _decoded(name: str, value: str) -> str:
    try:
        text = base64.b64decode(value.encode(), validate=True).decode()
    except (binascii.Error, UnicodeError):
        raise Invalid(
            f"Upload-Metadata: the value of “{name}” is no Base64 of UTF-8.", code="upload.metadata"
        ) from None
    if "\0" in text:
        raise Invalid(f"Upload-Metadata: the value of “{name}” holds a NUL character.", code="upload.metadata")
    return text


def checksum_of(header: str) -> tuple[str, bytes]:
    """Algorithm and digest of an Upload-Checksum header such as `sha256 47DEQpj8…=`. Raises Invalid."""
    name, _, value = header.strip().partition(" ")
    if name not in DIGEST_SIZES:
        known = ", ".join(DIGEST_SIZES)
        raise Invalid(f"Checksums are understood by {known} only.", code="upload.checksum")
    try:
        digest = base64.b64decode(value.encode(), validate=True)
    except (binascii.Error, UnicodeError):
        digest = b""
    if len(digest) != DIGEST_SIZES[name]:
        raise Invalid("Upload-Checksum is an algorithm, a space and the digest in Base64.", code="upload.checksum")
    return name, digest
