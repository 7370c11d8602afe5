"""Which kinds of personal data a text cannot hold, told by tests that cost a fraction of Presidio's.

Each test is a necessary condition of the recogniser's own patterns: the characters and digits that every match has.
Phone numbers are judged more closely by `phones`. A kind without a test here is never ruled out. Texts with letters or
digits that case folding or ``\\d`` count as ASCII ones (the Kelvin sign, the long s, digits of other scripts) are not
judged at all.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

_DIGIT = re.compile("[0-9]")
_ODD = re.compile("[\u0130\u0131\u017f\u212a]|(?![0-9])\\d")
# Digits with at most one other mark between two of them, which no letter is.
_RUN = re.compile(r"[0-9](?:[^0-9A-Za-z]?[0-9])+")
_DOTTED = re.compile(r"[0-9]\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]")
_DOTTED_HEX = re.compile(r"\.[0-9A-Fa-f]{4}\.")
_COUNTRY = re.compile(r"[A-Z]{2}[0-9]{2}[ -]?[A-Z0-9]{4}")
_WALLET = re.compile(r"[13][0-9A-Za-z]{25}")
_NINO = re.compile(r"[A-Za-z] ?[0-9]{2} ?[0-9]{2} ?[0-9]{2} ?[A-Da-d]")
_DEA = re.compile(r"[A-Za-z9][0-9]{7}")
_NIF = re.compile(r"[0-9]{7}-?[A-Za-z]")
_HETU = re.compile(r"[0-9]{6}[-+A-Za-z][0-9]{3}")
_SIXTEEN = re.compile(r"[0-9A-Za-z]{16}")


@dataclass(frozen=True)
class Test:
    """What every match of a kind has: so many digits in one run, and something like this somewhere."""

    run: int
    form: re.Pattern[str] | None = None
    # Kinds that may do without digits say themselves.
    else_by: Callable[[str], bool] | None = None


def _may_be_address(text: str) -> bool:
    """IPv6: shortened, or with all its seven colons."""
    return "::" in text or text.count(":") >= 7


def _may_be_device(text: str) -> bool:
    return text.count(":") >= 5 or text.count("-") >= 5 or _DOTTED_HEX.search(text) is not None


NEVER = 1 << 30  # digits in a run: the kind is told by its other test alone
TESTS: dict[str, Test] = {
    "EMAIL_ADDRESS": Test(NEVER, else_by=lambda text: "@" in text),
    "CREDIT_CARD": Test(13),
    "IBAN_CODE": Test(2, _COUNTRY),
    "CRYPTO": Test(1, _WALLET),
    "PHONE_NUMBER": Test(1),
    "IP_ADDRESS": Test(4, _DOTTED, _may_be_address),
    "MAC_ADDRESS": Test(NEVER, else_by=_may_be_device),
    "US_SSN": Test(9),
    "US_ITIN": Test(9),
    "MEDICAL_LICENSE": Test(7, _DEA),
    "UK_NHS": Test(10),
    "UK_NINO": Test(6, _NINO),
    "DE_TAX_ID": Test(11),
    "ES_NIF": Test(7, _NIF),
    "ES_NIE": Test(7, _NIF),
    "IT_FISCAL_CODE": Test(NEVER, else_by=lambda text: _SIXTEEN.search(text) is not None),
    "PL_PESEL": Test(11),
    "FI_PERSONAL_IDENTITY_CODE": Test(6, _HETU),
    "SE_PERSONNUMMER": Test(10),
}
_OPEN = Test(0)


class Prefilter:
    """Rules kinds out, for one choice of kinds."""

    def __init__(self, entities: Iterable[str]) -> None:
        self._entities = tuple(entities)
        self._tests = [(entity, TESTS.get(entity, _OPEN)) for entity in self._entities]
        self._digitless = [(name, test) for name, test in self._tests if test.else_by or test.run == 0]

    def may_hold(self, text: str) -> Sequence[str]:
        """The kinds of which a match may stand in the text; never without one that does."""
        if not text.isascii() and _ODD.search(text):
            return self._entities
        if _DIGIT.search(text) is None:
            return [name for name, test in self._digitless if test.else_by is None or test.else_by(text)]
        run = longest_run(text)
        return [
            name
            for name, test in self._tests
            if (run >= test.run and (test.form is None or test.form.search(text)))
            or (test.else_by is not None and test.else_by(text))
        ]


def longest_run(text: str) -> int:
    """Most digits with at most one mark between two of them; 1 where single ones stand."""
    return max((len(run) if run.isdigit() else len(_DIGIT.findall(run)) for run in _RUN.findall(text)), default=1)
