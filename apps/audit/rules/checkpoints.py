"""Signed checkpoints: what the chain was at one moment, so that whoever rewrites it afterwards is found out.

A checkpoint says how many rows there were, the digest of the last one, and the root of a Merkle tree over the digests
of all rows since the checkpoint before it. It is signed with Ed25519 (RFC 8032) over its canonical JSON.
"""

import base64
import binascii
import hashlib
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from apps.core.canonical import canonical_json

FORMAT = "genaiops-trail-checkpoint/1"
MOST_ROWS = 65_536  # rows under one checkpoint: what a list of their digests may come to (2 MiB)


@dataclass(frozen=True)
class Statement:
    """A checkpoint: rows `since`+1 to `rows`, the digest of the last, the root over all of theirs, and by which key.

    `at` is ISO 8601 in UTC; `key` the SHA-256 of the public key's 32 bytes; `signature` is base64.
    """

    rows: int
    since: int
    head: str
    root: str
    at: str
    key: str
    signature: str = ""

    def signed_bytes(self) -> bytes:
        """What the signature is over."""
        return canonical_json({name: value for name, value in self.as_json().items() if name != "signature"})

    def as_json(self) -> dict[str, Any]:
        """The checkpoint as it is exported."""
        told = {"format": FORMAT, "rows": self.rows, "since": self.since, "head": self.head, "root": self.root}
        return told | {"at": self.at, "key": self.key, "signature": self.signature}


def statement_from(value: Any) -> Statement:
    """A checkpoint out of its JSON. Raises ValueError for anything of another shape."""
    names = {"rows": int, "since": int, "head": str, "root": str, "at": str, "key": str, "signature": str}
    if not isinstance(value, dict) or value.get("format") != FORMAT or set(value) != {"format", *names}:
        raise ValueError("it does not have the shape of a checkpoint")
    given = {name: value[name] for name in names}
    if any(type(given[name]) is not kind for name, kind in names.items()):
        raise ValueError("it does not have the shape of a checkpoint")
    if not 0 <= given["since"] < given["rows"]:
        raise ValueError("it speaks of no rows")
    return Statement(**given)


def signature_of(content: bytes, private: Ed25519PrivateKey) -> str:
    """An Ed25519 signature, base64."""
    return base64.b64encode(private.sign(content)).decode()


def signature_holds(content: bytes, signature: str, public: Ed25519PublicKey) -> bool:
    """Whether this signature was made over exactly these bytes with the private half of this key."""
    try:
        public.verify(base64.b64decode(signature, validate=True), content)
    except (InvalidSignature, binascii.Error, ValueError):
        return False
    return True


def statement_problem(statement: Statement, keys: dict[str, Ed25519PublicKey]) -> str:
    """Why a checkpoint cannot be relied on; empty if it can. `keys`: the portal's public keys by their ids."""
    if statement.key not in keys:
        return f"it names the key {statement.key[:12]}…, which is none of this portal's"
    if not signature_holds(statement.signed_bytes(), statement.signature, keys[statement.key]):
        return "its signature does not hold: it was changed, or was not made with the portal's key"
    return ""


def key_id(public: Ed25519PublicKey) -> str:
    """How checkpoints name a key: SHA-256 of its 32 bytes, lower-case hexadecimal."""
    raw = public.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return hashlib.sha256(raw).hexdigest()


def public_pem(public: Ed25519PublicKey) -> str:
    """The public key as text (PEM, SubjectPublicKeyInfo), as openssl and others read it."""
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return public.public_bytes(serialization.Encoding.PEM, form).decode()


def private_pem(private: Ed25519PrivateKey) -> bytes:
    """The private key as text (PEM, PKCS #8), without a password: the file's permissions guard it."""
    form, lock = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    return private.private_bytes(serialization.Encoding.PEM, form, lock)


def public_from(pem: bytes) -> Ed25519PublicKey:
    """A public key out of its PEM. Raises ValueError for what is no Ed25519 key."""
    found = serialization.load_pem_public_key(pem)
    if not isinstance(found, Ed25519PublicKey):
        raise ValueError("this is no Ed25519 public key")
    return found


def private_from(pem: bytes) -> Ed25519PrivateKey:
    """A private key out of its PEM. Raises ValueError for what is no Ed25519 key."""
    try:
        found = serialization.load_pem_private_key(pem, None)
    except TypeError as error:  # it asks for a password
        raise ValueError("this key is locked with a password") from error
    if not isinstance(found, Ed25519PrivateKey):
        raise ValueError("this is no Ed25519 private key")
    return found
