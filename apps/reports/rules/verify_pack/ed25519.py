"""Verifying Ed25519 signatures with nothing but whole numbers: RFC 8032, 5.1.7. Verifying needs no secret, so it need
not take the same time for every input."""

from __future__ import annotations

import hashlib
from functools import lru_cache

PRIME = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, PRIME - 2, PRIME) % PRIME
_ROOT = pow(2, (PRIME - 1) // 4, PRIME)  # a square root of -1
_BASE_Y = 4 * pow(5, PRIME - 2, PRIME) % PRIME
# (X, Y, Z, T) with x = X/Z, y = Y/Z, xy = T/Z: extended coordinates (RFC 8032, 5.1.4)
Point25519 = tuple[int, int, int, int]
_BITS, _LINES = 4, 64  # a number is taken four bits at a time; 64 times that is more than ORDER has
TABLES = 16  # of keys that are kept


def ed25519_holds(public: bytes, signature: bytes, message: bytes) -> bool:
    """Whether this signature (64 bytes) was made over this message with the private half of this key (32 bytes)."""
    if len(public) != 32 or len(signature) != 64:
        return False
    key = _opposite_multiples(public)
    number = int.from_bytes(signature[32:], "little")
    if key is None or number >= ORDER:
        return False
    digest = hashlib.sha512(signature[:32] + public + message).digest()
    challenge = int.from_bytes(digest, "little") % ORDER
    return _bytes_of(_plus(_times(number, _base_multiples()), _times(challenge, key))) == signature[:32]


@lru_cache(maxsize=1)
def _base_multiples() -> list[list[Point25519]]:
    x = _x_of(_BASE_Y, 0) or 0
    return _multiples((x, _BASE_Y, 1, x * _BASE_Y % PRIME))


@lru_cache(maxsize=TABLES)
def _opposite_multiples(public: bytes) -> list[list[Point25519]] | None:
    """Those of a key's opposite: what is to be subtracted is added. None for bytes that are no key."""
    point = _point_from(public)
    if point is None:
        return None
    x, y, z, t = point
    return _multiples((-x % PRIME, y, z, -t % PRIME))


def _multiples(point: Point25519) -> list[list[Point25519]]:
    """On line n, 0 to 15 times the point times 16**n: many signatures of one key then take few additions each."""
    lines = []
    for _ in range(_LINES):
        line: list[Point25519] = [(0, 1, 1, 0)]
        for _ in range(2**_BITS - 1):
            line.append(_plus(line[-1], point))
        lines.append(line)
        point = _plus(line[-1], point)
    return lines


def _times(number: int, multiples: list[list[Point25519]]) -> Point25519:
    result: Point25519 = (0, 1, 1, 0)
    for line in multiples:
        result = _plus(result, line[number & 2**_BITS - 1])
        number >>= _BITS
    return result


def _bytes_of(point: Point25519) -> bytes:
    """The one way to write a point (RFC 8032, 5.1.2)."""
    inverse = pow(point[2], PRIME - 2, PRIME)
    x, y = point[0] * inverse % PRIME, point[1] * inverse % PRIME
    return (y | (x & 1) << 255).to_bytes(32, "little")


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
