"""Reading DER (ITU-T X.690): the form that certificates and signatures are written in.

Only what is asked for is taken apart, one level at a time and never by recursion: nothing can be nested so deep, or
claim to be so long, that reading it takes time or memory beyond the bytes that are there.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

INTEGER, BIT_STRING, OCTET_STRING, OID, SEQUENCE, SET = 0x02, 0x03, 0x04, 0x06, 0x30, 0x31
UTC_TIME, GENERALIZED_TIME = 0x17, 0x18
MOST_PARTS = 1_000
_TIME = re.compile(r"(\d\d|\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:\.\d{1,9})?Z")
# No two parts next to each other can take the same characters: a file of blanks takes no longer than any other.
_PEM = re.compile(r"-----BEGIN ([A-Z ]+)-----\s([A-Za-z0-9+/=\s]+)-----END \1-----")


class Malformed(ValueError):
    """The bytes are not what they should be."""


@dataclass(frozen=True)
class Node:
    """One value: its tag, its bytes with the header, and the bytes inside."""

    tag: int
    raw: bytes
    body: bytes

    def parts(self) -> list[Node]:
        """The values inside. Raises Malformed."""
        found, at = [], 0
        while at < len(self.body):
            node, at = der_read(self.body, at)
            found.append(node)
            if len(found) > MOST_PARTS:
                raise Malformed("it holds too many parts")
        return found

    def only(self) -> Node:
        """The single value inside. Raises Malformed."""
        parts = self.parts()
        if len(parts) != 1:
            raise Malformed("it holds {} parts where one belongs".format(len(parts)))
        return parts[0]

    def as_tag(self, tag: int) -> Node:
        """This value, which must have this tag. Raises Malformed."""
        if self.tag != tag:
            raise Malformed("it holds a {:#04x} where a {:#04x} belongs".format(self.tag, tag))
        return self


def der_read(data: bytes, at: int = 0) -> tuple[Node, int]:
    """The value that begins at `at`, and where it ends. Raises Malformed."""
    if at + 2 > len(data) or data[at] & 0x1F == 0x1F:
        raise Malformed("it ends early, or has an unknown tag")
    size, start = data[at + 1], at + 2
    if size >= 0x80:
        count = size - 0x80
        if not 1 <= count <= 4 or start + count > len(data):
            raise Malformed("it has a length that DER does not allow")
        size = int.from_bytes(data[start : start + count], "big")
        if size < 0x80 or data[start] == 0:
            raise Malformed("it has a length that DER does not allow")
        start += count
    end = start + size
    if end > len(data):
        raise Malformed("it ends early")
    return Node(data[at], data[at:end], data[start:end]), end


def der_whole(data: bytes) -> Node:
    """The one value that these bytes are. Raises Malformed when anything follows it."""
    node, end = der_read(data)
    if end != len(data):
        raise Malformed("{} bytes follow it".format(len(data) - end))
    return node


def der_integer(node: Node) -> int:
    """A whole number. Raises Malformed."""
    body = node.as_tag(INTEGER).body
    if not body:
        raise Malformed("it holds an empty number")
    return int.from_bytes(body, "big", signed=True)


def der_bits(node: Node) -> bytes:
    """A bit string of whole bytes. Raises Malformed."""
    body = node.as_tag(BIT_STRING).body
    if not body or body[0] != 0:
        raise Malformed("it holds a bit string of odd length")
    return body[1:]


def der_oid(node: Node) -> str:
    """An object identifier in dots, such as 2.5.4.3. Raises Malformed."""
    body = node.as_tag(OID).body
    if not body or len(body) > 64 or body[-1] & 0x80:
        raise Malformed("it holds a broken object identifier")
    numbers, value = [], 0
    for byte in body:
        value = value << 7 | byte & 0x7F
        if not byte & 0x80:
            numbers.append(value)
            value = 0
    first = min(numbers[0] // 40, 2)
    return ".".join(str(number) for number in (first, numbers[0] - 40 * first, *numbers[1:]))


def der_time(node: Node) -> datetime:
    """A moment in UTC; two digits of a year mean 1950 to 2049 (RFC 5280, 4.1.2.5). Raises Malformed."""
    if node.tag not in (UTC_TIME, GENERALIZED_TIME):
        raise Malformed("it holds no time where one belongs")
    found = _TIME.fullmatch(node.body.decode("ascii", "replace"))
    if not found or (len(found.group(1)) == 4) != (node.tag == GENERALIZED_TIME):
        raise Malformed("it holds a time that cannot be read")
    year, month, day, hour, minute, second = (int(part) for part in found.groups())
    if node.tag == UTC_TIME:
        year += 1900 if year >= 50 else 2000
    try:
        return datetime(year, month, day, hour, minute, second, tzinfo=timezone.utc)
    except ValueError as error:
        raise Malformed("it holds a time that cannot be") from error


def pdf_time(text: str) -> datetime | None:
    """A PDF's date such as D:20261122063000+01'00' in UTC (ISO 32000-1, 7.9.4); None for any other text."""
    found = re.fullmatch(r"D:(\d{14})(?:Z(?:00'?(?:00'?)?)?|([+-])(\d\d)'?(\d\d)'?)?", text)
    if not found:
        return None
    try:
        moment = datetime.strptime(found.group(1), "%Y%m%d%H%M%S").replace(tzinfo=timezone.utc)
        offset = timedelta(hours=int(found.group(3) or 0), minutes=int(found.group(4) or 0))
        return moment - offset if found.group(2) == "+" else moment + offset
    except (ValueError, OverflowError):
        return None


def pem_bodies(text: str, label: str) -> list[bytes]:
    """What stands between the BEGIN and END lines of this label (RFC 7468). Raises Malformed for broken base64."""
    try:
        return [
            base64.b64decode("".join(body.split()), validate=True) for name, body in _PEM.findall(text) if name == label
        ]
    except (binascii.Error, ValueError) as error:
        raise Malformed("it is no PEM file") from error
