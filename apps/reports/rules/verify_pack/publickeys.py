"""Whether a signature was made with a given key: RSA (PKCS #1 v1.5 and PSS, RFC 8017), ECDSA on the NIST curves
(FIPS 186-5) and Ed25519, by whole numbers alone."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from apps.reports.rules.verify_pack.der import SEQUENCE, Malformed, Node, der_bits, der_integer, der_oid, der_whole
from apps.reports.rules.verify_pack.ed25519 import ed25519_holds
from apps.reports.rules.verify_pack.work import spend

DIGESTS = {
    "2.16.840.1.101.3.4.2.1": "sha256",
    "2.16.840.1.101.3.4.2.2": "sha384",
    "2.16.840.1.101.3.4.2.3": "sha512",
}
RSA, EC, ED25519, PSS = "1.2.840.113549.1.1.1", "1.2.840.10045.2.1", "1.3.101.112", "1.2.840.113549.1.1.10"
RSA_WITH = {"1.2.840.113549.1.1." + last: name for last, name in (("11", "sha256"), ("12", "sha384"), ("13", "sha512"))}
ECDSA_WITH = {"1.2.840.10045.4.3." + last: name for last, name in (("2", "sha256"), ("3", "sha384"), ("4", "sha512"))}
_MGF1 = "1.2.840.113549.1.1.8"
# DigestInfo in front of a digest, up to the digest itself: RFC 8017, 9.2, note 1.
_DIGEST_INFO = {
    "sha256": bytes.fromhex("3031300d060960864801650304020105000420"),
    "sha384": bytes.fromhex("3041300d060960864801650304020205000430"),
    "sha512": bytes.fromhex("3051300d060960864801650304020305000440"),
}
CHECKING = "checking its signatures"
LEAST_RSA_BITS, MOST_RSA_BITS, MOST_EXPONENT = 2_048, 16_384, 2**33


@dataclass(frozen=True)
class Curve:
    """y² = x³ - 3x + b over a prime field, with a base point of prime order (SEC 2, 2.4 to 2.6)."""

    name: str
    prime: int
    b: int
    order: int
    base: tuple[int, int]


def _curve(name: str, prime: int, *numbers: str) -> Curve:
    b, order, x, y = (int(number, 16) for number in numbers)
    return Curve(name, prime, b, order, (x, y))


CURVES = {
    "1.2.840.10045.3.1.7": _curve(
        "P-256",
        2**256 - 2**224 + 2**192 + 2**96 - 1,
        "5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B",
        "FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551",
        "6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296",
        "4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5",
    ),
    "1.3.132.0.34": _curve(
        "P-384",
        2**384 - 2**128 - 2**96 + 2**32 - 1,
        "B3312FA7E23EE7E4988E056BE3F82D19181D9C6EFE8141120314088F5013875AC656398D8A2ED19D2A85C8EDD3EC2AEF",
        "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFC7634D81F4372DDF581A0DB248B0A77AECEC196ACCC52973",
        "AA87CA22BE8B05378EB1C71EF320AD746E1D3B628BA79B9859F741E082542A385502F25DBF55296C3A545E3872760AB7",
        "3617DE4A96262C6F5D9E98BF9292DC29F8F41DBD289A147CE9DA3113B5F0B8C00A60B1CE1D7E819D7A431D7C90EA0E5F",
    ),
    "1.3.132.0.35": _curve(
        "P-521",
        2**521 - 1,
        (
            "0051953EB9618E1C9A1F929A21A0B68540EEA2DA725B99B315F3B8B489918EF109"
            "E156193951EC7E937B1652C0BD3BB1BF073573DF883D2C34F1EF451FD46B503F00"
        ),
        (
            "01FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF"
            "FA51868783BF2F966B7FCC0148F709A5D03BB5C9B8899C47AEBB6FB71E91386409"
        ),
        (
            "00C6858E06B70404E9CD9E3ECB662395B4429C648139053FB521F828AF606B4D3D"
            "BAA14B5E77EFE75928FE1DC127A2FFA8DE3348B3C1856A429BF97E7E31C2E5BD66"
        ),
        (
            "011839296A789A3BC0045C8A5FB42C7D1BD998F54449579B446817AFBD17273E66"
            "2C97EE72995EF42640C550B9013FAD0761353C7086A272C24088BE94769FD16650"
        ),
    ),
}


def algorithm_of(node: Node) -> tuple[str, Node | None]:
    """The name of an algorithm and its parameters, where it has any. Raises Malformed."""
    name, *more = node.as_tag(SEQUENCE).parts()
    if len(more) > 1:
        raise Malformed("it holds an algorithm with too many parts")
    return der_oid(name), more[0] if more else None


def digest_named(node: Node) -> str:
    """Which digest an AlgorithmIdentifier means. Raises Malformed for MD5, SHA-1 and anything unknown."""
    name, more = algorithm_of(node)
    _refuse_parameters(more)
    if name not in DIGESTS:
        raise Malformed("it uses the digest {}, which is not accepted (SHA-256, SHA-384 or SHA-512)".format(name))
    return DIGESTS[name]


def _refuse_parameters(more: Node | None) -> None:
    """Digests and RSA have no parameters: nothing, or NULL (RFC 4055, 2.1)."""
    if more is not None and more.raw != b"\x05\x00":
        raise Malformed("it gives an algorithm parameters that it does not have")


def signature_holds(public: Node, algorithm: Node, digest: str, signature: bytes, message: bytes) -> bool:
    """Whether `signature` was made over `message` with the private half of `public` (a SubjectPublicKeyInfo).

    `algorithm` is what the signature says of itself, `digest` what its surroundings say. Raises Malformed for keys and
    algorithms that are not accepted.
    """
    kind, bits = public.parts()
    key, parameters = algorithm_of(kind)
    name, more = algorithm_of(algorithm)
    if key == RSA and name in (RSA, PSS, *RSA_WITH):
        return _rsa_holds(der_bits(bits), name, more, digest, signature, message)
    if key == EC and name in ECDSA_WITH and parameters is not None and der_oid(parameters) in CURVES:
        curve = CURVES[der_oid(parameters)]
        if more is not None:
            raise Malformed("it gives an algorithm parameters that it does not have")
        spend(curve.prime.bit_length() ** 2 / 14_000, CHECKING)
        return _ecdsa_holds(curve, der_bits(bits), signature, hashlib.new(ECDSA_WITH[name], message).digest())
    if key == name == ED25519:
        spend(9, CHECKING)
        return ed25519_holds(der_bits(bits), signature, message)
    raise Malformed("its signature algorithm {} with a key of the kind {} is not accepted".format(name, key))


def _rsa_holds(key: bytes, name: str, more: Node | None, digest: str, signature: bytes, message: bytes) -> bool:
    modulus, exponent = (der_integer(node) for node in der_whole(key).parts())
    bits = modulus.bit_length()
    if not LEAST_RSA_BITS <= bits <= MOST_RSA_BITS or not 3 <= exponent < MOST_EXPONENT:
        raise Malformed("its RSA key of {} bits is not accepted".format(bits))
    size = (bits + 7) // 8
    number = int.from_bytes(signature, "big")
    spend(bits**2 * exponent.bit_length() / 300_000_000, CHECKING)
    if len(signature) != size or number >= modulus:
        return False
    opened = pow(number, exponent, modulus).to_bytes(size, "big")
    if name == PSS:
        return _pss_holds(opened, bits, more, message)
    _refuse_parameters(more)
    digest = RSA_WITH.get(name, digest)
    told = _DIGEST_INFO[digest] + hashlib.new(digest, message).digest()
    return opened == b"\x00\x01" + b"\xff" * (size - len(told) - 3) + b"\x00" + told


def _pss_holds(opened: bytes, bits: int, more: Node | None, message: bytes) -> bool:
    """RFC 8017, 9.1.2."""
    digest, salt_size = _pss_parameters(more)
    bits -= 1
    block = opened[-((bits + 7) // 8) :]
    size = hashlib.new(digest).digest_size
    if any(opened[: len(opened) - len(block)]) or len(block) < size + salt_size + 2 or block[-1] != 0xBC:
        return False
    masked, seed = block[: -size - 1], block[-size - 1 : -1]
    top = 0xFF >> (8 * len(block) - bits)
    if masked[0] & ~top & 0xFF:
        return False
    mask = _mgf1(digest, seed, len(masked))
    plain = bytes(one ^ other for one, other in zip(masked, mask))
    plain = bytes([plain[0] & top]) + plain[1:]
    zeros = len(plain) - salt_size - 1
    if any(plain[:zeros]) or plain[zeros] != 1:
        return False
    inner = hashlib.new(digest, message).digest()
    return hashlib.new(digest, bytes(8) + inner + plain[zeros + 1 :]).digest() == seed


def _pss_parameters(more: Node | None) -> tuple[str, int]:
    """The digest and the length of the salt, 20 where it is left out (RFC 4055, 3.1). The digests that go without
    saying there are SHA-1, so they must be said."""
    told = {node.tag: node.parts()[0] for node in more.parts()} if more is not None else {}
    if not {0xA0, 0xA1} <= set(told):
        raise Malformed("its RSA-PSS parameters are not accepted")
    digest, (mask, inner) = digest_named(told[0xA0]), algorithm_of(told[0xA1])
    salt = der_integer(told[0xA2]) if 0xA2 in told else 20
    if mask != _MGF1 or inner is None or digest_named(inner) != digest or not 0 <= salt <= 512:
        raise Malformed("its RSA-PSS parameters are not accepted")
    return digest, salt


def _mgf1(digest: str, seed: bytes, size: int) -> bytes:
    made = b""
    while len(made) < size:
        made += hashlib.new(digest, seed + (len(made) // hashlib.new(digest).digest_size).to_bytes(4, "big")).digest()
    return made[:size]


def _ecdsa_holds(curve: Curve, key: bytes, signature: bytes, digest: bytes) -> bool:
    """FIPS 186-5, 6.4.2. The key is an uncompressed point on the curve."""
    size = (curve.prime.bit_length() + 7) // 8
    x, y = int.from_bytes(key[1 : size + 1], "big"), int.from_bytes(key[size + 1 :], "big")
    on_curve = (y * y - (x * x * x - 3 * x + curve.b)) % curve.prime == 0
    if len(key) != 2 * size + 1 or key[0] != 4 or max(x, y) >= curve.prime or not on_curve:
        raise Malformed("its key is no point of {}".format(curve.name))
    r, s = (der_integer(node) for node in der_whole(signature).parts())
    if not (0 < r < curve.order and 0 < s < curve.order):
        return False
    number = int.from_bytes(digest, "big") >> max(0, 8 * len(digest) - curve.order.bit_length())
    inverse = pow(s, curve.order - 2, curve.order)
    one = _ec_times(curve, number * inverse % curve.order, (*curve.base, 1))
    other = _ec_times(curve, r * inverse % curve.order, (x, y, 1))
    found = _ec_plus(curve, one, other)
    if found[2] == 0:
        return False
    return found[0] * pow(found[2], 2 * (curve.prime - 2), curve.prime) % curve.prime % curve.order == r


EcPoint = tuple[int, int, int]  # (X, Y, Z) with x = X/Z², y = Y/Z³ (Jacobian); Z = 0 is the point at infinity


def _ec_times(curve: Curve, number: int, point: EcPoint) -> EcPoint:
    result: EcPoint = (1, 1, 0)
    while number:
        if number & 1:
            result = _ec_plus(curve, result, point)
        point = _ec_twice(curve, point)
        number >>= 1
    return result


def _ec_twice(curve: Curve, point: EcPoint) -> EcPoint:
    x, y, z = point
    p = curve.prime
    squared = y * y % p
    s, m = 4 * x * squared % p, 3 * (x - z * z) * (x + z * z) % p
    new = (m * m - 2 * s) % p
    return (new, (m * (s - new) - 8 * squared * squared) % p, 2 * y * z % p)


def _ec_plus(curve: Curve, one: EcPoint, other: EcPoint) -> EcPoint:
    if one[2] == 0 or other[2] == 0:
        return other if one[2] == 0 else one
    p = curve.prime
    z1, z2 = one[2] * one[2] % p, other[2] * other[2] % p
    u1, u2 = one[0] * z2 % p, other[0] * z1 % p
    s1, s2 = one[1] * z2 * other[2] % p, other[1] * z1 * one[2] % p
    if u1 == u2:
        return _ec_twice(curve, one) if s1 == s2 else (1, 1, 0)
    h, r = u2 - u1, s2 - s1
    h2 = h * h % p
    h3, v = h * h2 % p, u1 * h2 % p
    x = (r * r - h3 - 2 * v) % p
    return (x, (r * (v - x) - s1 * h3) % p, h * one[2] * other[2] % p)
