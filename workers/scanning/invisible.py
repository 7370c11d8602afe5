"""Characters that are not seen or that show another text than a machine reads, told apart from their honest uses.

Bidirectional controls: N. Boucher and R. Anderson, "Trojan Source: invisible vulnerabilities" (2021; CVE-2021-42574).
Scripts mixed within a word: Unicode Technical Standard #39, "Unicode security mechanisms". Tag characters and runs of
variation selectors carry hidden text that language models read. Joiners have honest uses in emoji and in the scripts
of Persia, Arabia and India, direction marks in text that runs from right to left, zero-width spaces in Thai and Khmer.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

KINDS = {
    "bidi_override": "Direction overrides: what is shown stands in another order than what is read.",
    "bidi_unclosed": "Directional embeddings or isolates that are not closed in their line.",
    "bidi_control": "Closed directional embeddings and isolates.",
    "direction_mark": "Left-to-right and right-to-left marks.",
    "zero_width": "Zero-width spaces, joiners and non-joiners.",
    "tag_characters": "Tag characters: an invisible copy of the ASCII alphabet.",
    "variation_selectors": "Variation selectors: choose how the character before them looks; runs of them hide bytes.",
    "filler": "Fillers and invisible operators that show nothing.",
    "soft_hyphen": "Soft hyphens, shown only where a line is broken.",
    "mixed_scripts": "Words in which letters of another script stand for Latin ones, or the other way round.",
}
_OPENING, _CLOSING = "\u202a\u202b\u2066\u2067\u2068", "\u202c\u2069"
_OVERRIDES, _MARKS = "\u202d\u202e", "\u200e\u200f\u061c"
_FILLERS = "\u034f\u115f\u1160\u17b4\u17b5\u180e\u2061-\u2065\u206a-\u206f\u3164\uffa0\ufff9-\ufffb"
_SELECTORS = "\ufe00-\ufe0f\U000e0100-\U000e01ef\u180b-\u180d"
_TAGS = "\U000e0000-\U000e007f"
_ODD = re.compile(
    f"[{_TAGS}]+|[{_SELECTORS}]+|[{_OPENING}{_CLOSING}{_OVERRIDES}{_MARKS}{_FILLERS}\u00ad\u200b-\u200d\u2060\ufeff]"
)
_BIDI = re.compile(f"[{_OPENING}{_CLOSING}{_OVERRIDES}]")
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]")
# Scripts whose letters change their shape by joiners: Arabic, Syriac, N'Ko, those of India, Mongolian, Khmer, Myanmar.
_JOINING = re.compile("[\u0600-\u08ff\u0900-\u0dff\u1000-\u109f\u1780-\u18af\ufb50-\ufdff\ufe70-\ufefc]")
# Scripts that are written without spaces: Thai, Lao, Tibetan, Myanmar, Khmer, Chinese and Japanese.
_SPACELESS = re.compile("[\u0e00-\u109f\u1780-\u17ff\u3000-\u30ff\u3400-\u9fff]")
_FLAG = re.compile("\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]{2,6}\U000e007f")
_IDEOGRAPH = re.compile("[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_VARIED_LETTER = re.compile("[\u1000-\u109f\u1800-\u18af\ua840-\ua87f\u3000-\u303f]")
_MEETING = re.compile("[A-Za-z][\u0370-\u052f]|[\u0370-\u052f][A-Za-z]")
_WORD = re.compile(r"[^\W\d_]+")
_LIKE_CYRILLIC = dict(zip("aeopcxyijshdqwABEKMHOPCTXIJS", "аеорсхуіјѕһԁԛԝАВЕКМНОРСТХІЈЅ", strict=True))
_LIKE_GREEK = dict(zip("ovipuaABEZHIKMNOPTYX", "ονιρυαΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", strict=True))
_LOOKALIKE = frozenset(_LIKE_CYRILLIC.values()) | frozenset(_LIKE_GREEK.values())
_LATIN_LOOKALIKE = frozenset(_LIKE_CYRILLIC) | frozenset(_LIKE_GREEK)
_LEAST_LETTERS = 3  # shorter words are units and symbols: kΩ, μm, Δt


@dataclass(frozen=True)
class Odd:
    """Characters [start, end) of a text. ``honest``: they have a use there that readers of the script expect."""

    kind: str
    start: int
    end: int
    honest: bool


def find(text: str) -> Iterator[Odd]:
    """What is odd in a text, in order within each kind. Costs next to nothing where there is nothing."""
    if text.isascii():
        return
    unclosed = _unclosed(text) if _BIDI.search(text) else frozenset()
    runs_left = bool(_RIGHT_TO_LEFT.search(text))
    for match in _ODD.finditer(text):
        yield _judged(text, match.start(), match.end(), unclosed, runs_left)
    if _MEETING.search(text):
        yield from _mixed_words(text)


def named(character: str) -> tuple[str, str]:
    """``U+202E`` and ``RIGHT-TO-LEFT OVERRIDE``; Unicode gives control characters no name."""
    return f"U+{ord(character):04X}", unicodedata.name(character, f"<{unicodedata.category(character)}>")


def _judged(text: str, start: int, end: int, unclosed: frozenset[int], runs_left: bool) -> Odd:
    mark = text[start]
    if mark in _OVERRIDES:
        return Odd("bidi_override", start, end, False)
    if mark in _OPENING or mark in _CLOSING:
        return Odd(
            "bidi_unclosed" if start in unclosed else "bidi_control", start, end, runs_left and start not in unclosed
        )
    if mark in _MARKS:
        return Odd("direction_mark", start, end, runs_left)
    if mark == "\u00ad":
        return Odd("soft_hyphen", start, end, _between_letters(text, start))
    if "\U000e0000" <= mark <= "\U000e007f":
        honest = any(
            flag.start() < start and flag.end() == end for flag in _FLAG.finditer(text, max(0, start - 1), end)
        )
        return Odd("tag_characters", start, end, honest)
    if mark in "\u200b\u200c\u200d\u2060\ufeff":
        return Odd("zero_width", start, end, _is_honest_join(text, start))
    if unicodedata.category(mark) == "Mn" and mark not in "\u034f\u17b4\u17b5":
        return Odd("variation_selectors", start, end, end - start == 1 and _is_varied(text[start - 1 : start], mark))
    return Odd("filler", start, end, False)


def _between_letters(text: str, place: int) -> bool:
    return text[place - 1 : place].isalpha() and text[place + 1 : place + 2].isalpha()


def _is_honest_join(text: str, place: int) -> bool:
    mark, before, after = text[place], text[place - 1 : place] if place else "", text[place + 1 : place + 2]
    if mark == "\ufeff":
        return place == 0  # a byte order mark
    if mark in "\u200b\u2060":
        return bool(_SPACELESS.match(before) or _SPACELESS.match(after))
    if _JOINING.match(before):
        return True
    return mark == "\u200d" and _is_picture(before) and _is_picture(after)


def _is_picture(mark: str) -> bool:
    """Emoji and what may end one: a skin tone or a variation selector."""
    return mark == "\ufe0f" or (mark != "" and unicodedata.category(mark) in ("So", "Sk"))


def _is_varied(base: str, selector: str) -> bool:
    """Unicode defines variants for emoji and other symbols, key caps, ideographs and letters of a few scripts."""
    if base == "":
        return False
    if selector >= "\U000e0100":
        return bool(_IDEOGRAPH.match(base))
    if base.isascii():
        return base in "0123456789#*" and selector in "\ufe0e\ufe0f"
    is_symbol = unicodedata.category(base) in ("So", "Sk", "Sm", "Po", "Pd")
    return is_symbol or bool(_IDEOGRAPH.match(base) or _VARIED_LETTER.match(base))


def _unclosed(text: str) -> frozenset[int]:
    """Places of directional openings without an end in their line, and of ends without an opening."""
    found: set[int] = set()
    first = 0
    for line in re.split("[\n\r\u2029]", text):
        opened: dict[str, list[int]] = {"\u202c": [], "\u2069": []}
        for match in _BIDI.finditer(line):
            mark, place = match.group(), first + match.start()
            if mark in _CLOSING:
                if opened[mark]:
                    opened[mark].pop()
                else:
                    found.add(place)
            else:
                opened["\u2069" if mark >= "\u2066" else "\u202c"].append(place)
        found.update(place for places in opened.values() for place in places)
        first += len(line) + 1
    return frozenset(found)


def _mixed_words(text: str) -> Iterator[Odd]:
    for match in _WORD.finditer(text):
        word = match.group()
        if len(word) >= _LEAST_LETTERS and _is_disguised(word):
            yield Odd("mixed_scripts", match.start(), match.end(), False)


def _is_disguised(word: str) -> bool:
    """The letters of the rarer script are all ones that look like letters of the other."""
    latin = {letter for letter in word if letter < "\u0250"}
    other = {letter for letter in word if "\u0370" <= letter <= "\u052f"}
    if not latin or not other:
        return False
    in_latin = sum(letter in latin for letter in word)
    if in_latin * 2 >= len(word):
        return in_latin > 1 and other <= _LOOKALIKE
    return latin <= _LATIN_LOOKALIKE
