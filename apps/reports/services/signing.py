"""Signing documents: PAdES signatures by pyHanko with the organisation's key.

Import this module from tasks and management commands only: pyHanko costs memory that the web process must not pay. The
portal checks signatures by `apps.reports.rules.verify_pack`, which needs nothing.
"""

import hashlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any

from asn1crypto import cms
from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from django.conf import settings
from pyhanko.config.pkcs11 import TokenCriteria
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.sign.fields import InvisSigSettings, MDPPerm, SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, Signer, SimpleSigner
from pyhanko.sign.signers.pdf_signer import PdfSigningSession
from pyhanko.sign.timestamps import TimestampRequestError
from pyhanko_certvalidator.registry import SimpleCertificateStore
from pyhanko_certvalidator.util import get_pyca_cryptography_hash

from apps.core.errors import Invalid, Unavailable
from apps.reports.models import SealCertificate
from apps.reports.rules.verify_pack import check_pdf
from apps.reports.services.keys import certificate_register, key_pair
from apps.reports.services.stamping import time_stamper

FIELD = "Seal"
SIGNATURE_BYTES, STAMP_BYTES = 4_096, 12_288  # room for a signature without its certificates, and for a time stamp


@dataclass(frozen=True)
class Held:
    """A key to sign with, wherever it lies, and its certificates."""

    signer: Signer
    certificate: x509.Certificate
    chain: tuple[x509.Certificate, ...]
    origin: str

    @property
    def digest(self) -> str:
        """What is hashed with: Ed25519 asks for SHA-512 (RFC 8419, 3.1)."""
        return "sha512" if isinstance(self.certificate.public_key(), ed25519.Ed25519PublicKey) else "sha256"


def sign_pdf(content: bytes, *, reason: str, signed_at: datetime) -> bytes:
    """The document with the organisation's signature (PAdES baseline B; T where a time stamp server is configured),
    certified such that any later change shows.

    Without a time stamp the same content, reason and time give the same bytes, unless the key is one of an elliptic
    curve on a security device. What comes out is verified before it is given. Raises Unavailable when the key or the
    time stamp server cannot be used, Invalid for what is no PDF.
    """
    with _key_held() as held:
        fingerprint = certificate_register(certificate=held.certificate, chain=held.chain, origin=held.origin)
        signed = _signed(content, held, reason, signed_at)
    verdict = check_pdf(signed)
    if verdict.problems or verdict.signatures[0].fingerprint != fingerprint:
        found = "; ".join(verdict.problems) or "it names another certificate"
        raise Unavailable(f"The signature that was made does not hold: {found}.", code="seal.unsound")
    return signed


def certificate_in_use() -> SealCertificate:
    """The published certificate of the key that documents are signed with now. Raises Unavailable."""
    with _key_held() as held:
        fingerprint = certificate_register(certificate=held.certificate, chain=held.chain, origin=held.origin)
    return SealCertificate.objects.get(fingerprint=fingerprint)


def _signed(content: bytes, held: Held, reason: str, signed_at: datetime) -> bytes:
    about = PdfSignatureMetadata(
        field_name=FIELD,
        md_algorithm=held.digest,
        subfilter=SigSeedSubFilter.PADES,
        reason=reason,
        certify=True,
        docmdp_permissions=MDPPerm.NO_CHANGES,
    )
    signer = _TimedSigner(about, held.signer, timestamper=time_stamper(), new_field_spec=_field())
    signer.signed_at = signed_at
    try:
        # pyHanko runs an event loop of its own, which a thread that has one already would refuse.
        with ThreadPoolExecutor(1) as hand:
            written, room = _written(content, reason, signed_at), _room(held)
            made: BytesIO = hand.submit(signer.sign_pdf, written, bytes_reserved=room).result()
        return made.getvalue()
    except (TimestampRequestError, TimeoutError) as error:
        raise Unavailable(
            f"The time stamp server gave no time stamp ({type(error).__name__}).",
            code="seal.no_time_stamp",
            remedy="Check SEAL_TIMESTAMP_URL, or try again later. Without one, nothing is signed while it is set.",
        ) from error
    except SigningError as error:
        raise Unavailable(f"The document could not be signed: {error}.", code="seal.failed") from error
    except PdfError as error:
        raise Invalid(f"This is no PDF that can be signed: {error}.", code="seal.no_pdf") from error


class _TimedSigner(PdfSigner):
    """A signer whose clock says what it is told, so that a document can be made again to the byte."""

    signed_at: datetime

    def init_signing_session(self, pdf_out: Any, existing_fields_only: bool = False) -> PdfSigningSession:
        session = super().init_signing_session(pdf_out, existing_fields_only)
        session.system_time = self.signed_at
        return session


class _Sealing(IncrementalPdfFileWriter):
    """Appends the signature and leaves all else alone: title, dates and tags stay those that the document was set with,
    and its second identifier follows from what is signed, not from chance.
    """

    _document_id: Any

    def _update_meta(self) -> None:
        return

    def named(self, seed: bytes) -> "_Sealing":
        """With this identifier of the signed edition (ISO 32000-1, 14.4)."""
        first = self._document_id[0]
        self._document_id = generic.ArrayObject([first, generic.ByteStringObject(hashlib.sha256(seed).digest()[:16])])
        return self


def _written(content: bytes, reason: str, signed_at: datetime) -> _Sealing:
    """The document, open for its signature. The page that holds the invisible field says in which order to read it, as
    PDF/UA asks of every page with annotations (ISO 14289-1, 7.18.3)."""
    seed = hashlib.sha256(content).digest() + reason.encode() + signed_at.isoformat().encode()
    writer = _Sealing(BytesIO(content)).named(seed)
    place, _ = writer.find_page_for_modification(0)
    page = place.get_object()
    if page.get("/Tabs") != "/S":
        page["/Tabs"] = generic.NameObject("/S")
        writer.update_container(page)
    return writer


def _field() -> SigFieldSpec:
    """Hidden: only so may it stand outside the tagged content (ISO 14289-1, 7.18.1)."""
    hidden = InvisSigSettings(set_print_flag=False, set_hidden_flag=True)
    return SigFieldSpec(
        FIELD, invis_sig_settings=hidden, readable_field_name="Electronic signature of the organisation"
    )


def _room(held: Held) -> int:
    """Hexadecimal digits to keep free; fixed, so that the file's size does not depend on the signature's."""
    certificates = (held.certificate, *held.chain)
    size = SIGNATURE_BYTES + sum(len(one.public_bytes(serialization.Encoding.DER)) for one in certificates)
    return 2 * (size + (STAMP_BYTES if settings.SEAL_TIMESTAMP_URL else 0))


class _InOrder(Signer):
    """Puts the certificates in the order that DER asks of a set (X.690, 11.6), each once: the library's own order would
    differ from one signature to the next.
    """

    def _package_signature(self, **parts: Any) -> cms.ContentInfo:
        made = super()._package_signature(**parts)
        found = {one.dump(): one for one in made["content"]["certificates"]}
        made["content"]["certificates"] = cms.CertificateSet([found[raw] for raw in sorted(found)])
        return made


class _FileSigner(_InOrder, SimpleSigner):
    """Signs with a key out of a file; the same bytes give the same signature, on elliptic curves by RFC 6979."""

    def sign_raw(self, data: bytes, digest_algorithm: str) -> bytes:
        private = serialization.load_der_private_key(self.signing_key.dump(), None)
        if not isinstance(private, ec.EllipticCurvePrivateKey):
            made: bytes = super().sign_raw(data, digest_algorithm)
            return made
        digest = get_pyca_cryptography_hash(digest_algorithm)
        return private.sign(data, ec.ECDSA(digest, deterministic_signing=True))


@contextmanager
def _key_held() -> Iterator[Held]:
    """The key that the settings name: on a security device, in a file, or made by ourselves."""
    if settings.SEAL_PKCS11_MODULE:
        with _token() as held:
            yield held
        return
    pair = key_pair()
    store = SimpleCertificateStore()
    store.register_multiple([_asn1(one) for one in pair.chain])
    form, lock = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    private = pair.private.private_bytes(serialization.Encoding.DER, form, lock)
    signer = _FileSigner(_asn1(pair.certificate), asn1_keys.PrivateKeyInfo.load(private), store)
    origin = SealCertificate.OWN if settings.SEAL_KEY_IS_OWN else SealCertificate.FILE
    yield Held(signer, pair.certificate, pair.chain, origin)


def _asn1(certificate: x509.Certificate) -> asn1_x509.Certificate:
    return asn1_x509.Certificate.load(certificate.public_bytes(serialization.Encoding.DER))


@contextmanager
def _token() -> Iterator[Held]:
    """A key that never leaves its device."""
    try:
        from pkcs11.exceptions import PKCS11Error  # noqa: PLC0415 - only where a device is configured
        from pyhanko.sign.pkcs11 import PKCS11Signer, open_pkcs11_session  # noqa: PLC0415
    except ImportError as error:
        raise _no_token("the package python-pkcs11 is not installed") from error
    try:
        criteria = TokenCriteria(label=settings.SEAL_PKCS11_TOKEN)

        class TokenSigner(_InOrder, PKCS11Signer):
            """Has a device sign."""

        session = open_pkcs11_session(
            settings.SEAL_PKCS11_MODULE, token_criteria=criteria, user_pin=settings.SEAL_PKCS11_PIN
        )
        with session:
            signer = TokenSigner(session, cert_label=settings.SEAL_PKCS11_LABEL, key_label=settings.SEAL_PKCS11_LABEL)
            certificate = signer.signing_cert
            if certificate is None:
                raise _no_token(f"it holds no certificate with the label {settings.SEAL_PKCS11_LABEL!r}")
            yield Held(signer, x509.load_der_x509_certificate(certificate.dump()), (), SealCertificate.TOKEN)
    except (PKCS11Error, OSError, RuntimeError) as error:
        raise _no_token(type(error).__name__) from error


def _no_token(why: str) -> Unavailable:
    return Unavailable(
        f"The security device that documents are signed with cannot be used: {why}.",
        code="seal.no_token",
        remedy="Check SEAL_PKCS11_MODULE, SEAL_PKCS11_TOKEN, SEAL_PKCS11_LABEL and SEAL_PKCS11_PIN.",
    )
