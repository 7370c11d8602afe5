"""Seeded random text for holding two detectors against each other: whatever looks a little like an identifier."""

import random
import string

from .planted import INNOCENT, PLANTED

VALUES = [value for values in PLANTED.values() for value in values] + [
    "943 476 5919",
    "AB 12 34 56 C",
    "BB1388568",
    "12345678Z",
    "X-1234567-L",
    "RSSMRA85T10A562S",
    "44051401359",
    "131052-308T",
    "19811228-9874",
    "36574261809",
    "+43 1 58858 0",
    "030 901820",
    "0800 1111",
    "011 44 20 7946 0018",
    "00 44 20 7946 0018",
    "1-800-FLOWERS",
    "dead:beef::cafe",
    "::ffff:192.0.2.128",
    "aabb.ccdd.eeff",
    "AA-BB-CC-DD-EE-FF",
    "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
    "212 555 0132 ext. 12",
    "٠٢٠ ٧٩٤٦ ٠٠١٨",
    "４１１１ １１１１ １１１１ １１１１",
    "+４４ 20 7946 0018",
    "de89 3704 0044 0532 0130 00",
    "536.90.4399",
    "536904399",
    "2026-03-14 10:45:12",
    "10/12/2025 8:30",
]
WORDS = (
    "the",
    "phone",
    "tel",
    "card",
    "iban",
    "call",
    "me",
    "at",
    "is",
    "number",
    "of",
    "and",
    "mobile",
    "DNI",
    "NIE",
    "pesel",
    "hetu",
    "steuernummer",
    "patient",
    "nhs",
    "ip",
    "address",
    "version",
    "release",
    "account",
    "wallet",
    "ssn",
    "security",
    "naïve",
    "über",
    "K",
    "ſecret",
    "İstanbul",
    "prescriber",
    "codice",
)
JOINTS = (
    "",
    " ",
    "  ",
    "-",
    ".",
    "/",
    ":",
    "(",
    ")",
    ") ",
    "+",
    " - ",
    ", ",
    "x",
    " ext ",
    "_",
    "–",
    "\u00a0",
    "\n",
    "@",
    "#",
)


def text(source: random.Random) -> str:
    """One text of a few parts, joined by marks that bind or part numbers."""
    parts = [_part(source) for _ in range(source.randint(1, 7))]
    return "".join(part + source.choice(JOINTS if source.random() < 0.5 else (" ",)) for part in parts)


def _part(source: random.Random) -> str:
    kind = source.random()
    if kind < 0.3:
        return source.choice(WORDS)
    if kind < 0.45:
        return source.choice(VALUES)
    if kind < 0.5:
        return source.choice(INNOCENT)
    if kind < 0.75:
        return "".join(source.choices(string.digits, k=source.choice((1, 2, 3, 4, 4, 5, 6, 7, 8, 9, 10, 11, 13, 16))))
    if kind < 0.85:
        return "".join(source.choices("0123456789abcdefABCDEF", k=source.choice((2, 4, 8, 16, 27))))
    if kind < 0.92:
        return _changed(source.choice(VALUES), source)
    return "".join(source.choices(string.ascii_uppercase + string.digits, k=source.choice((2, 6, 9, 11, 16, 22, 34))))


def _changed(value: str, source: random.Random) -> str:
    """A known value with one character replaced."""
    at = source.randrange(len(value))
    return value[:at] + source.choice(string.digits + string.ascii_letters + " -.") + value[at + 1 :]
