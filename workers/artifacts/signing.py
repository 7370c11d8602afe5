"""Signs the files of a model and verifies such signatures, in OpenSSF's model-signing form, with an EC key of ours.

The bundle that comes out is what the `model_signing` command line verifies:
`model_signing verify key FOLDER --signature FILE --public_key FILE`. Files that belong to git (`.gitattributes` and
the like) are left out of a signature by that tool, unless it is told otherwise; so they are here.
"""

import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from model_signing import signing, verifying

from workers.errors import EngineError


@dataclass(frozen=True)
class Signed:
    """A signature with the key that verifies it."""

    bundle: str
    public_key: str
    key_digest: str


def sign(folder: Path, key: Path, work: Path) -> Signed:
    """Sign every file below `folder`, and verify what came out. Raises EngineError for a key that cannot be used."""
    public = public_key(key)
    bundle = work / "model.sig"
    signing.Config().use_elliptic_key_signer(private_key=key).sign(folder, bundle)
    signed = Signed(bundle.read_text(), public, key_digest(public))
    if problem := verify(folder, signed.bundle, public, work):
        raise EngineError("signing.invalid", f"The signature does not hold: {problem}")
    return signed


def verify(folder: Path, bundle: str, public: str, work: Path) -> str:
    """Why a signature over the files below `folder` does not hold; empty if it does."""
    with tempfile.TemporaryDirectory(dir=work) as place:
        signature, key = Path(place) / "model.sig", Path(place) / "key.pub"
        signature.write_text(bundle)
        key.write_text(public)
        try:
            verifying.Config().use_elliptic_key_verifier(public_key=key).verify(folder, signature)
        except InvalidSignature:
            return "It was not made with this key, or was changed."
        except (ValueError, TypeError, KeyError, AttributeError) as error:  # what a bundle of another shape raises
            return str(error)[:300] or type(error).__name__
    return ""


def public_key(key: Path) -> str:
    """The public half of a private key file, as PEM. Raises EngineError when there is none that can be used."""
    try:
        private = serialization.load_pem_private_key(key.read_bytes(), None)
    except FileNotFoundError:
        raise EngineError("signing.no_key", "There is no signing key. Make one: python -m workers.artifacts") from None
    except (OSError, ValueError, TypeError) as error:
        raise EngineError("signing.bad_key", f"The signing key cannot be read ({type(error).__name__}).") from error
    if not isinstance(private, ec.EllipticCurvePrivateKey):
        raise EngineError("signing.bad_key", "The signing key is no elliptic-curve key.")
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return private.public_key().public_bytes(serialization.Encoding.PEM, form).decode()


def key_digest(public: str) -> str:
    """SHA-256 of the public key as PEM: the hint that stands in the bundle."""
    return hashlib.sha256(public.encode()).hexdigest()


def make_key(path: Path) -> bool:
    """Make a P-256 key that only its owner can read. False when there is one already, which stays as it is."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    private = ec.generate_private_key(ec.SECP256R1())
    pem = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as handle:
        handle.write(pem)
    try:
        os.link(draft, path)  # workers may start together: the first one's key stands
    except FileExistsError:
        return False
    finally:
        draft.unlink()
    return True
