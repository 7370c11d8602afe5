"""Certificates for signing documents: making one for ourselves, and telling what one says."""

import datetime as dt
from dataclasses import dataclass

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID

RSA_BITS = 3_072  # as strong as AES-128: NIST SP 800-57 part 1, table 2
YEARS = 10
Signing = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey


class Unusable(ValueError):
    """A key file that documents cannot be signed with; the words say why, and never what is in it."""


@dataclass(frozen=True)
class KeyPair:
    """A private key with its certificate, and the certificates that this one was issued with."""

    private: Signing
    certificate: x509.Certificate
    chain: tuple[x509.Certificate, ...] = ()


def self_made(name: str, at: dt.datetime) -> KeyPair:
    """A new RSA key with a certificate that nobody vouches for but itself (RFC 5280), valid for ten years."""
    private = rsa.generate_private_key(public_exponent=65_537, key_size=RSA_BITS)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name[:64])])
    usage = x509.KeyUsage(
        digital_signature=True,
        content_commitment=True,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
    builder = (
        x509.CertificateBuilder(subject, subject, private.public_key(), x509.random_serial_number())
        .not_valid_before(at - dt.timedelta(days=1))  # clocks of other machines may be slow
        .not_valid_after(at + dt.timedelta(days=365 * YEARS))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(private.public_key()), critical=False)
    )
    return KeyPair(private, builder.sign(private, hashes.SHA256()))


def as_pem(pair: KeyPair) -> bytes:
    """Private key and certificates in one file, without a password: the file's permissions guard it."""
    form, lock = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    private = pair.private.private_bytes(serialization.Encoding.PEM, form, lock)
    return private + certificates_pem([pair.certificate, *pair.chain]).encode()


def certificates_pem(certificates: list[x509.Certificate]) -> str:
    """Certificates as text, one behind the other."""
    return "".join(one.public_bytes(serialization.Encoding.PEM).decode() for one in certificates)


def pair_from(data: bytes, password: str) -> KeyPair:
    """Key and certificate out of a PEM or PKCS #12 file. Raises Unusable."""
    secret = password.encode() or None
    try:
        if b"-----BEGIN" in data:
            private: PrivateKeyTypes | None = serialization.load_pem_private_key(data, secret)
            found = x509.load_pem_x509_certificates(data)
        else:
            private, first, more = pkcs12.load_key_and_certificates(data, secret)
            found = [one for one in (first, *more) if one is not None]
    except (ValueError, TypeError) as error:  # also a wrong or a missing password
        raise Unusable("it cannot be read, or its password is another one") from error
    return _matched(private, found)


def _matched(private: PrivateKeyTypes | None, found: list[x509.Certificate]) -> KeyPair:
    if not isinstance(private, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey):
        raise Unusable("it holds no RSA, elliptic-curve or Ed25519 key")
    own = [one for one in found if one.public_key() == private.public_key()]
    if not own:
        raise Unusable("it holds no certificate of its key")
    return KeyPair(private, own[0], tuple(one for one in found if one != own[0]))


def fingerprint_of(certificate: x509.Certificate) -> str:
    """SHA-256 of the certificate's bytes, lower-case hexadecimal, as browsers and openssl show it."""
    return certificate.fingerprint(hashes.SHA256()).hex()


def algorithm_of(certificate: x509.Certificate) -> str:
    """The kind of key, in words."""
    public = certificate.public_key()
    if isinstance(public, rsa.RSAPublicKey):
        return f"RSA, {public.key_size} bits"
    if isinstance(public, ec.EllipticCurvePublicKey):
        return f"Elliptic curve {public.curve.name}"
    return "Ed25519" if isinstance(public, ed25519.Ed25519PublicKey) else type(public).__name__
