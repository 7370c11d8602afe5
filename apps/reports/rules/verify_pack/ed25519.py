"""Verifying Ed25519 signatures with nothing but whole numbers: RFC 8032, 5.1.7. Verifying needs no secret, so it need
not take the same time for every input."""

from __future__ import annotations

import hashlib

PRIME = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, PRIME - 2, PRIME) % PRIME
_ROOT = pow(2, (PRIME - 1) // 4, PRIME)  # a square root of -1
_BASE_Y = 4 * pow(5, PRIME - 2, PRIME) % PRIME
# (X, Y, Z, T) with x = X/Z, y = Y/Z, xy = T/Z: extended coordinates (RFC 8032, 5.1.4)
Point25519 = tuple[int, int, int, int]


def ed25519_holds(public: bytes, signature: bytes, message: bytes) -> bool:
    """Whether this signature (64 bytes) was made over this message with the private half of this key (32 bytes)."""
    if len(public) != 32 or len(signature) != 64:
        return False
    key, nonce = _point_from(public), _point_from(signature[:32])
    number = int.from_bytes(signature[32:], "little")
    if key is None or nonce is None or number >= ORDER:
        return False
    digest = hashlib.sha512(signature[:32] + public + message).digest()
    challenge = int.from_bytes(digest, "little") % ORDER
    left, right = _times(number, _base()), _plus(nonce, _times(challenge, key))
    return _is_same(left, right)


def _base() -> Point25519:
    x = _x_of(_BASE_Y, 0) or 0
    return (x, _BASE_Y, 1, x * _BASE_Y % PRIME)


def _point_from(data: bytes) -> Point25519 | None:
    """The point that 32 bytes stand for: its y, and in the last bit the sign of its x (RFC 8032, 5.1.3)."""
    whole = int.from_bytes(data, "little")
    y, sign = whole & (1 << 255) - 1, whole >> 255
    x = _x_of(y, sign) if y < PRIME else None
    return None if x is None else (x, y, 1, x * y % PRIME)


def _x_of(y: int, sign: int) -> int | None:
    square = (y * y - 1) * pow(_D * y * y + 1, PRIME - 2, PRIME) % PRIME
    x = pow(square, (PRIME + 3) // 8, PRIME)
    if (x * x - square) % PRIME:
        x = x * _ROOT % PRIME
    if (x * x - square) % PRIME or (x == 0 and sign):
        return None
    return PRIME - x if x & 1 != sign else x


def _plus(one: Point25519, other: Point25519) -> Point25519:
    a = (one[1] - one[0]) * (other[1] - other[0]) % PRIME
    b = (one[1] + one[0]) * (other[1] + other[0]) % PRIME
    c = 2 * one[3] * other[3] * _D % PRIME
    d = 2 * one[2] * other[2] % PRIME
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % PRIME, g * h % PRIME, f * g % PRIME, e * h % PRIME)


def _times(number: int, point: Point25519) -> Point25519:
    result: Point25519 = (0, 1, 1, 0)
    while number:
        if number & 1:
            result = _plus(result, point)
        point = _plus(point, point)
        number >>= 1
    return result


def _is_same(one: Point25519, other: Point25519) -> bool:
    same_x = (one[0] * other[2] - other[0] * one[2]) % PRIME == 0
    return same_x and (one[1] * other[2] - other[1] * one[2]) % PRIME == 0
