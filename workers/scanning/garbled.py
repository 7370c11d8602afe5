"""Text that was decoded or stored wrongly.

Mojibake is UTF-8 that was read as Windows-1252 or Latin-1: such characters are turned back into bytes, and where these
are valid UTF-8 of a plausible length, they were (the idea of R. Speer, "ftfy", 2019; the rules here are our own).
"""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator

KINDS = {
    "mojibake": "UTF-8 that was read as Windows-1252 or Latin-1, as in Ã© for é.",
    "replacement": "Replacement characters U+FFFD: what stood there is lost.",
    "control": "Control characters other than tab and line breaks.",
    "noncharacter": "Code points that Unicode never assigns to a character.",
    "private_use": "Private-use characters, which mean something in one font only.",
    "html_entities": "HTML entities left in the text, as in &amp;amp; for &amp;.",
    "escapes": "Escape sequences left in the text, as in \\u00e9 for é.",
    "not_composed": "Letters and accents apart, where Unicode's usual form (NFC) has one character.",
}


def _byte_of() -> dict[str, int]:
    """The byte that each character stands for in Windows-1252; for bytes it does not define, and in Latin-1, itself."""
    found = {chr(code): code for code in range(0x80, 0x100)}
    for code in range(0x80, 0xA0):
        try:
            found[bytes([code]).decode("cp1252")] = code
        except UnicodeDecodeError:
            continue
    return found


_BYTES = _byte_of()
_REST = "".join(re.escape(mark) for mark, code in _BYTES.items() if code < 0xC0)  # bytes 80 to BF go on a character
_MOJIBAKE = re.compile(f"(?:[Â-ß][{_REST}]|[à-ï][{_REST}]{{2}}|[ð-ô][{_REST}]{{3}})+")
_LEADS = re.compile("[Â-ô]")
_SINGLE = "ÂÃ"  # one character of two bytes counts for these only: É» and Ö“ also stand in honest text
_FAULTS = re.compile(
    "(?P<replacement>\ufffd+)|(?P<control>[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f]+)"
    "|(?P<noncharacter>[\ufdd0-\ufdef\ufffe\uffff\U0001fffe\U0001ffff\U0010fffe\U0010ffff]+)"
    "|(?P<private_use>[\ue000-\uf8ff\U000f0000-\U000ffffd\U00100000-\U0010fffd]+)"
)
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]+")
_ENTITY = re.compile(
    r"&(?:amp|lt|gt|quot|apos|nbsp|[aeiouAEIOU](?:acute|grave|circ|uml)|szlig|#\d{2,6}|#x[0-9a-fA-F]{2,5});"
)
_ESCAPE = re.compile(r"\\u[0-9a-fA-F]{4}|\\x[0-9a-fA-F]{2}")


def find(text: str) -> Iterator[tuple[str, int, int]]:
    """Kind and characters [start, end) of every fault."""
    if "&" in text:
        yield from (("html_entities", *match.span()) for match in _ENTITY.finditer(text))
    if "\\" in text:
        yield from (("escapes", *match.span()) for match in _ESCAPE.finditer(text))
    if text.isascii():
        if not text.isprintable():
            yield from (("control", *match.span()) for match in _CONTROLS.finditer(text))
        return
    broken: list[tuple[int, int]] = []
    if _LEADS.search(text):
        broken = [match.span() for match in _MOJIBAKE.finditer(text) if _is_mojibake(match.group())]
        yield from (("mojibake", *span) for span in broken)
    ends = [end for _, end in broken]
    for match in _FAULTS.finditer(text):
        behind = bisect_right(ends, match.start())  # the first broken part that ends behind the fault
        if behind == len(broken) or match.start() < broken[behind][0]:
            yield str(match.lastgroup), *match.span()
    if not unicodedata.is_normalized("NFC", text):
        yield "not_composed", 0, len(text)


def has_composed(text: str) -> bool:
    """Whether a text holds letters that could also be written as letter and accent."""
    return not text.isascii() and not unicodedata.is_normalized("NFD", text)


def _is_mojibake(run: str) -> bool:
    try:
        decoded = bytes(_BYTES[mark] for mark in run).decode("utf-8")
    except UnicodeDecodeError:
        return False
    return len(run) > 2 or run[0] in _SINGLE and decoded.isprintable() or decoded == "\xa0"
