"""Which texts libphonenumber cannot find a number in, told from their digits alone.

`PhoneNumberMatcher` takes runs of digit groups that are joined by at most four marks of its punctuation, and accepts a
run, or some consecutive groups of it, as valid only when the national number has a length that its region issues
(``general_desc.possible_length`` of the metadata). What may stand before it is an international prefix, the country
code, or the national prefix. So a text none of whose consecutive groups has such a number of digits holds no number.
Where a region rewrites numbers by a rule of its own, or a plus sign stands in the text, nothing is ruled out.
"""

import re
from dataclasses import dataclass

import phonenumbers

# The recogniser looks only at texts with seven digits near to each other; a number itself may have fewer.
ENOUGH = re.compile(r"\d(?:\D{0,3}\d){6}")
# Beyond these the matcher cuts runs in the middle of a group; nothing is ruled out then.
MAX_GROUPS, MAX_DIGITS = 20, 20
# Groups of digits with what may join them. The library's punctuation holds one letter, the x.
CHAIN = re.compile(r"[0-9]+(?:[^0-9A-WYZa-wyz]{1,4}[0-9]+)*")
_GROUP = re.compile(r"[0-9]+")
_PLUS = re.compile("[+＋]")
_OTHER_DIGITS = re.compile(r"(?![0-9])\d")


@dataclass(frozen=True)
class _Region:
    code: str
    lengths: frozenset[int]
    national: re.Pattern[str] | None
    abroad: re.Pattern[str]

    def may_issue(self, digits: str) -> bool:
        """Whether a valid number could be written with just these digits, without a plus sign."""
        if self.abroad.match(digits) or self._is_long_enough(digits):
            return True
        return digits.startswith(self.code) and self._is_long_enough(digits[len(self.code) :])

    def _is_long_enough(self, digits: str) -> bool:
        if len(digits) in self.lengths:
            return True
        prefix = self.national.match(digits) if self.national else None
        return prefix is not None and len(digits) - prefix.end() in self.lengths


class PhoneFilter:
    """Says of a text which regions' numbers may stand in it; never leaves one out that does."""

    def __init__(self, regions: tuple[str, ...]) -> None:
        self._all = regions
        self._regions = {region: _region(region) for region in regions}

    def regions(self, text: str) -> tuple[str, ...]:
        """For text whose digits are all ASCII; any other text may hold numbers of every region."""
        if not text.isascii() and _OTHER_DIGITS.search(text):
            return self._all
        if not ENOUGH.search(text):
            return ()
        if _PLUS.search(text):
            return self._all
        possible: set[str] = set()
        for chain in CHAIN.findall(text):
            groups = _GROUP.findall(chain)
            if len(groups) > MAX_GROUPS or sum(map(len, groups)) > MAX_DIGITS:
                return self._all
            possible.update(name for name in self._all if name not in possible and self._may_issue(name, groups))
        return tuple(name for name in self._all if name in possible)

    def _may_issue(self, name: str, groups: list[str]) -> bool:
        region = self._regions[name]
        if region is None:
            return True
        for first in range(len(groups)):
            digits = ""
            for group in groups[first:]:
                digits += group
                if region.may_issue(digits):
                    return True
        return False


def _region(name: str) -> _Region | None:
    """What the metadata says of a region; None where it rewrites numbers or says too little."""
    metadata = phonenumbers.PhoneMetadata.metadata_for_region(name)
    if metadata is None or metadata.country_code is None or metadata.international_prefix is None:
        return None
    if metadata.national_prefix_transform_rule:
        return None
    lengths: set[int] = set()
    for sharing in phonenumbers.region_codes_for_country_code(metadata.country_code):
        other = phonenumbers.PhoneMetadata.metadata_for_region(sharing)
        if other is None or other.general_desc is None or not other.general_desc.possible_length:
            return None
        lengths.update(other.general_desc.possible_length)
    national = metadata.national_prefix_for_parsing
    return _Region(
        str(metadata.country_code),
        frozenset(lengths),
        re.compile(national) if national else None,
        re.compile(metadata.international_prefix),
    )
