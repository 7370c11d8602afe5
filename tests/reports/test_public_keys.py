"""Signatures verified by whole numbers alone, against a library that does nothing else."""

import pytest
from asn1crypto.algos import DigestAlgorithm, SignedDigestAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

from apps.reports.rules.verify_pack.der import Malformed, Node, der_read, der_whole, pem_bodies
from apps.reports.rules.verify_pack.ed25519 import ORDER, PRIME, ed25519_holds
from apps.reports.rules.verify_pack.publickeys import CURVES, digest_named, signature_holds

DIGESTS = {"sha256": hashes.SHA256(), "sha384": hashes.SHA384(), "sha512": hashes.SHA512()}
MESSAGE = b"what was signed"
RAW, DER = serialization.Encoding.Raw, serialization.Encoding.DER


def public(key) -> Node:
    return der_whole(key.public_key().public_bytes(DER, serialization.PublicFormat.SubjectPublicKeyInfo))


def algorithm(name: str, **more) -> Node:
    return der_whole(SignedDigestAlgorithm({"algorithm": name} | more).dump())


@pytest.fixture(scope="module")
def rsa_key():
    return rsa.generate_private_key(65_537, 2_056)  # no multiple of 64 bits


@pytest.mark.parametrize("digest", DIGESTS)
def test_rsa_of_pkcs_1_v1_5(rsa_key, digest):
    signature = rsa_key.sign(MESSAGE, padding.PKCS1v15(), DIGESTS[digest])
    for name in ("rsassa_pkcs1v15", f"{digest}_rsa"):
        assert signature_holds(public(rsa_key), algorithm(name), digest, signature, MESSAGE)
        assert not signature_holds(public(rsa_key), algorithm(name), digest, signature, MESSAGE + b"!")
        assert not signature_holds(public(rsa_key), algorithm(name), digest, b"\0" + signature, MESSAGE)
        assert not signature_holds(public(rsa_key), algorithm(name), digest, b"\xff" * len(signature), MESSAGE)


@pytest.mark.parametrize("digest", DIGESTS)
@pytest.mark.parametrize("salt", [0, 20, 32, 64])
def test_rsa_pss(rsa_key, digest, salt):
    inner = {"algorithm": "mgf1", "parameters": {"algorithm": digest}}
    told = {"hash_algorithm": {"algorithm": digest}, "mask_gen_algorithm": inner, "salt_length": salt}
    way = padding.PSS(padding.MGF1(DIGESTS[digest]), salt)
    signature = rsa_key.sign(MESSAGE, way, DIGESTS[digest])
    used = algorithm("rsassa_pss", parameters=told)
    assert signature_holds(public(rsa_key), used, digest, signature, MESSAGE)
    assert not signature_holds(public(rsa_key), used, digest, signature, MESSAGE + b"!")
    if salt == 20:  # what goes without saying
        assert signature_holds(public(rsa_key), _without_salt(used), digest, signature, MESSAGE)


def _without_salt(used: Node) -> Node:
    name, parameters = used.parts()
    kept = b"".join(part.raw for part in parameters.parts() if part.tag != 0xA2)
    return der_whole(_wrapped(name.raw + _wrapped(kept)))


def _wrapped(body: bytes) -> bytes:
    return bytes([0x30, len(body)]) + body


@pytest.mark.parametrize("curve", [ec.SECP256R1(), ec.SECP384R1(), ec.SECP521R1()])
@pytest.mark.parametrize("digest", DIGESTS)
def test_ecdsa(curve, digest):
    key = ec.generate_private_key(curve)
    signature = key.sign(MESSAGE, ec.ECDSA(DIGESTS[digest]))
    used = algorithm(f"{digest}_ecdsa")
    assert signature_holds(public(key), used, digest, signature, MESSAGE)
    assert not signature_holds(public(key), used, digest, signature, MESSAGE + b"!")
    r, s = decode_dss_signature(signature)
    assert not signature_holds(public(key), used, digest, encode_dss_signature(r, s + 1), MESSAGE)
    assert not signature_holds(public(key), used, digest, encode_dss_signature(0, 0), MESSAGE)


@pytest.mark.parametrize("curve", CURVES.values(), ids=lambda curve: curve.name)
def test_the_curves_are_the_published_ones(curve):
    known = {"P-256": ec.SECP256R1(), "P-384": ec.SECP384R1(), "P-521": ec.SECP521R1()}[curve.name]
    point = ec.derive_private_key(1, known).public_key().public_numbers()
    assert curve.base == (point.x, point.y)
    last = ec.derive_private_key(curve.order - 1, known).public_key().public_numbers()
    assert (last.x, last.y) == (point.x, curve.prime - point.y)


def test_ed25519_on_the_standards_own_vector_and_on_many_keys():
    """RFC 8032, 7.1, test 2, and keys by chance."""
    key = bytes.fromhex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")
    signature = bytes.fromhex(
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
    )
    assert ed25519_holds(key, signature, b"\x72")
    assert not ed25519_holds(key, signature, b"\x73")
    for number in range(20):
        private = ed25519.Ed25519PrivateKey.generate()
        raw = private.public_key().public_bytes(RAW, serialization.PublicFormat.Raw)
        made = private.sign(bytes(number))
        assert ed25519_holds(raw, made, bytes(number))
        assert not ed25519_holds(raw, made[:-1] + bytes([made[-1] ^ 1]), bytes(number))


def test_ed25519_refuses_what_the_standard_refuses():
    """Numbers that are too large would let one signature be written in two ways."""
    private = ed25519.Ed25519PrivateKey.generate()
    raw = private.public_key().public_bytes(RAW, serialization.PublicFormat.Raw)
    made = private.sign(MESSAGE)
    larger = made[:32] + (int.from_bytes(made[32:], "little") + ORDER).to_bytes(32, "little")
    assert not ed25519_holds(raw, larger, MESSAGE)
    assert not ed25519_holds(PRIME.to_bytes(32, "little"), made, MESSAGE)
    assert not ed25519_holds(raw[:31], made, MESSAGE)
    assert not ed25519_holds(raw, made[:63], MESSAGE)
    assert not ed25519_holds(b"\x02" + bytes(31), made, MESSAGE)


def test_keys_that_are_too_weak_and_algorithms_that_are_broken_are_refused(rsa_key):
    weak = rsa.generate_private_key(65_537, 1_024)
    with pytest.raises(Malformed, match="RSA key of 1024 bits"):
        signature_holds(public(weak), algorithm("sha256_rsa"), "sha256", b"x" * 128, MESSAGE)
    for name in ("sha1_rsa", "md5_rsa"):
        with pytest.raises(Malformed, match="is not accepted"):
            signature_holds(public(rsa_key), algorithm(name), "sha256", b"x", MESSAGE)
    with pytest.raises(Malformed, match="is not accepted"):
        digest_named(der_whole(DigestAlgorithm({"algorithm": "sha1"}).dump()))
    koblitz = ec.generate_private_key(ec.SECP256K1())
    with pytest.raises(Malformed, match="is not accepted"):
        signature_holds(public(koblitz), algorithm("sha256_ecdsa"), "sha256", b"x", MESSAGE)


@pytest.mark.parametrize(
    "data",
    [b"", b"\x30", b"\x30\x05\x00", b"\x30\x80\x00\x00", b"\x30\x81\x05hello", b"\x30\x82\x00\x01\x00", b"\x1f\x01\x00",
     b"\x30\x84\xff\xff\xff\xff", b"\x30\x85\x01\x01\x01\x01\x01", b"\x30\x00\x00"],
)  # fmt: skip
def test_lengths_that_der_does_not_allow_are_refused(data):
    with pytest.raises(Malformed):
        der_whole(data)


def test_a_value_is_taken_apart_by_one_level_only():
    """However deep something is nested, it costs its length."""
    deep = b"\x05\x00"
    for _ in range(2_000):
        size = len(deep)
        length = bytes([size]) if size < 128 else bytes([0x80 + (size.bit_length() + 7) // 8]) + size.to_bytes(
            (size.bit_length() + 7) // 8, "big"
        )  # fmt: skip
        deep = b"\x30" + length + deep
    node, end = der_read(deep)
    assert (end, len(node.parts())) == (len(deep), 1)


def test_a_key_of_blanks_without_end_takes_no_time():
    """A pack is somebody else's: where a pattern tries blanks in two ways, a megabyte of them takes hours."""
    assert pem_bodies("-----BEGIN PUBLIC KEY-----" + "\n" * 1_000_000, "PUBLIC KEY") == []
    spaced = "-----BEGIN PUBLIC KEY-----\r\n\r\n QUJD\n RA== \n-----END PUBLIC KEY-----"
    assert pem_bodies(spaced, "PUBLIC KEY") == [b"ABCD"]
