"""What personal data is looked for, by which Presidio recogniser, on what evidence, and why.

Chosen for precision on ordinary text: an identifier counts by its form only where that form is rare in plain writing
or guarded by a strong checksum. Numbers that any order or invoice could carry count only beside a word that names them.
"""

import ipaddress
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

import tldextract
from phonenumbers import PhoneNumberMatch
from presidio_analyzer import EntityRecognizer, Pattern, RecognizerResult
from presidio_analyzer import predefined_recognizers as presidio

from workers.scanning.phones import ENOUGH

# One code for all text: the multi-language tokeniser splits words alike everywhere, and the patterns need no more.
LANGUAGE = "xx"
FORM, CHECKSUM, CONTEXT = "form", "checksum", "context"


@dataclass(frozen=True)
class Kind:
    """One sort of personal data. ``evidence``: form, checksum, or context (a word nearby must name it)."""

    entity: str
    recogniser: type[EntityRecognizer]
    evidence: str
    context: tuple[str, ...]  # single words, lower case, that make a match likelier
    reason: str
    languages: tuple[str, ...] = ()  # looked for only when one of these is configured; empty: always
    options: dict[str, object] = field(default_factory=dict)


class OfflineEmailRecognizer(presidio.EmailRecognizer):
    """E-mail addresses whose domain ends in a public suffix, by the list bundled with tldextract.

    Presidio's own look-up fetches a newer list from the network at first use; here nothing is fetched or cached.
    """

    _suffixes = tldextract.TLDExtract(cache_dir=None, suffix_list_urls=(), fallback_to_snapshot=True)

    def validate_result(self, pattern_text: str) -> bool:
        return bool(self._suffixes(pattern_text.rpartition("@")[2]).suffix)


class WrittenPhoneRecognizer(presidio.PhoneRecognizer):
    """Numbers that libphonenumber holds valid, scored by how much they look written as a phone number.

    Ten bare digits are as often an order number; a plus sign, or digits set in groups, say more.
    """

    _grouped = re.compile(r"\(\d{2,5}\)|\d[ .\-/]\d{2,}[ .\-/]\d")

    def analyze(self, text: str, entities: list[str], nlp_artifacts: object = None) -> list[RecognizerResult]:
        if not ENOUGH.search(text):
            return []
        return [r for r in super().analyze(text, entities, nlp_artifacts) if not _is_dated(text[r.start : r.end])]

    def _get_recognizer_result(
        self, match: PhoneNumberMatch, text: str, region: str | None, nlp_artifacts: object
    ) -> RecognizerResult:
        result = super()._get_recognizer_result(match, text, region, nlp_artifacts)
        written = text[match.start : match.end]
        if written.startswith("+"):
            result.score = 0.75
        elif self._grouped.search(written):
            result.score = 0.5
        return result


def _is_dated(written: str) -> bool:
    """2026-11-22 and its like: valid numbers in some region, dates everywhere."""
    return re.match(r"(19|20)\d\d[-./ ](0?[1-9]|1[0-2])[-./ ]", written) is not None


# Lengths and first digits as issued (ISO/IEC 7812). Presidio's own pattern misses Mastercard's 2221 to 2720 and
# numbers of 19 digits.
_CARD_PATTERNS = [
    Pattern(
        "16 to 19 digits",
        r"\b(?:4\d{3}|5[0-8]\d{2}|6\d{3}|2[2-7]\d{2}|35\d{2})(?:[- ]?\d{4}){3}(?:[- ]?\d{1,3})?\b",
        0.3,
    ),
    Pattern("American Express, Diners", r"\b3[04-9]\d{2}[- ]?\d{6}[- ]?\d{4,5}\b", 0.3),
    Pattern("13 digits", r"\b4\d{12}\b", 0.3),
]

_PHONE_WORDS = (
    "phone",
    "telephone",
    "tel",
    "cell",
    "cellphone",
    "mobile",
    "call",
    "calling",
    "fax",
    "whatsapp",
    "sms",
    "telefon",
    "handy",
    "rufnummer",
    "mobil",
    "teléfono",
    "móvil",
    "telefono",
    "cellulare",
    "téléphone",
    "portable",
    "puhelin",
    "telefonnummer",
)

# Presidio writes regions as ISO 3166; a number in international form is found whatever the region.
REGIONS = {
    "en": ("US", "GB"),
    "de": ("DE", "AT", "CH"),
    "es": ("ES", "MX"),
    "it": ("IT",),
    "pl": ("PL",),
    "fi": ("FI",),
    "sv": ("SE",),
    "fr": ("FR", "BE"),
}

KINDS: tuple[Kind, ...] = (
    Kind(
        "EMAIL_ADDRESS",
        OfflineEmailRecognizer,
        FORM,
        ("email", "mail"),
        "Names a person directly; its form is unmistakable.",
    ),
    Kind(
        "CREDIT_CARD",
        presidio.CreditCardRecognizer,
        CHECKSUM,
        ("card", "credit", "visa", "mastercard", "amex"),
        "Payment data. Luhn passes one in ten random numbers with a card's first digits and length.",
        options={"patterns": _CARD_PATTERNS},
    ),
    Kind(
        "IBAN_CODE", presidio.IbanRecognizer, CHECKSUM, ("iban", "account"), "Bank account; two check digits modulo 97."
    ),
    Kind(
        "CRYPTO", presidio.CryptoRecognizer, CHECKSUM, ("wallet", "bitcoin", "btc"), "Wallet address; 32-bit checksum."
    ),
    Kind(
        "PHONE_NUMBER",
        WrittenPhoneRecognizer,
        FORM,
        _PHONE_WORDS,
        "Reaches a person. Bare digits count only beside a word such as 'phone'.",
    ),
    Kind(
        "IP_ADDRESS",
        presidio.IpRecognizer,
        FORM,
        ("ip", "ipv4", "ipv6", "address"),
        "Personal data by Recital 30 GDPR. Loopback addresses and version numbers are left out.",
    ),
    Kind("MAC_ADDRESS", presidio.MacAddressRecognizer, FORM, ("mac", "hardware"), "Identifies a device."),
    Kind(
        "US_SSN",
        presidio.UsSsnRecognizer,
        FORM,
        ("ssn", "social", "security"),
        "Counts as 123-45-6789; nine bare digits only beside a word that names it.",
        ("en",),
    ),
    Kind(
        "US_ITIN",
        presidio.UsItinRecognizer,
        FORM,
        ("itin", "taxpayer", "tin"),
        "As for the social security number.",
        ("en",),
    ),
    Kind(
        "MEDICAL_LICENSE",
        presidio.MedicalLicenseRecognizer,
        CONTEXT,
        ("dea", "medical", "prescriber"),
        "One check digit: a tenth of product codes of its form would pass.",
        ("en",),
    ),
    Kind(
        "UK_NHS",
        presidio.NhsRecognizer,
        CONTEXT,
        ("nhs", "health", "patient"),
        "Ten digits with one check digit: an eleventh of phone and order numbers would pass.",
        ("en",),
    ),
    Kind(
        "UK_NINO",
        presidio.UkNinoRecognizer,
        FORM,
        ("nino", "insurance"),
        "Two letters, six digits, one letter: rare otherwise.",
        ("en",),
    ),
    Kind(
        "DE_TAX_ID",
        presidio.DeTaxIdRecognizer,
        CONTEXT,
        ("steuer", "steuernummer", "steueridentifikationsnummer", "idnr", "steuerid"),
        "Eleven digits with one check digit.",
        ("de",),
    ),
    Kind("ES_NIF", presidio.EsNifRecognizer, CHECKSUM, ("dni", "nif"), "Control letter modulo 23.", ("es",)),
    Kind("ES_NIE", presidio.EsNieRecognizer, CHECKSUM, ("nie",), "Control letter modulo 23.", ("es",)),
    Kind(
        "IT_FISCAL_CODE",
        presidio.ItFiscalCodeRecognizer,
        CHECKSUM,
        ("codice", "fiscale", "cf"),
        "Sixteen characters of fixed form with a control letter.",
        ("it",),
    ),
    Kind("PL_PESEL", presidio.PlPeselRecognizer, CONTEXT, ("pesel",), "Eleven digits with one check digit.", ("pl",)),
    Kind(
        "FI_PERSONAL_IDENTITY_CODE",
        presidio.FiPersonalIdentityCodeRecognizer,
        CHECKSUM,
        ("hetu", "henkilötunnus"),
        "A date and a check character modulo 31.",
        ("fi",),
    ),
    Kind(
        "SE_PERSONNUMMER",
        presidio.SePersonnummerRecognizer,
        CONTEXT,
        ("personnummer", "samordningsnummer"),
        "A date and one check digit.",
        ("sv",),
    ),
)

NOT_LOOKED_FOR = (
    "Names of people (PERSON) and places (LOCATION): they need a language model for each language; none is configured.",
    "Postal addresses: no pattern finds them reliably.",
    "Dates and times (DATE_TIME): a date alone names nobody, and nearly every text holds one.",
    "Web addresses (URL) and UUIDs: they rarely name a person and would drown the findings.",
    "Passport, driving-licence, bank-account and tax numbers without a checksum: any order number looks like them.",
)
EXPECTATIONS = (
    "Patterns and checksums only. What has a fixed form is found nearly always; what is spelled out in words, split"
    " over cells or written in an unusual form is missed. About one in ten random numbers with the first digits and"
    " the length of a payment card passes its checksum."
)


def kinds_for(languages: Iterable[str]) -> tuple[Kind, ...]:
    """What is looked for in text of these languages (ISO 639-1 codes)."""
    chosen = set(languages)
    return tuple(kind for kind in KINDS if not kind.languages or chosen & set(kind.languages))


def regions_of(languages: Iterable[str]) -> tuple[str, ...]:
    """Whose national phone numbers are looked for; those of the United States where no language says."""
    regions = [region for language in languages for region in REGIONS.get(language, ())]
    return tuple(dict.fromkeys(regions)) or ("US",)


def build(kind: Kind, languages: Iterable[str]) -> EntityRecognizer:
    """The recogniser, made for our one language code, with our context words."""
    if kind.recogniser is WrittenPhoneRecognizer:
        return build_phones(kind, regions_of(languages))
    return kind.recogniser(supported_language=LANGUAGE, context=list(kind.context), **kind.options)


def build_phones(kind: Kind, regions: tuple[str, ...]) -> EntityRecognizer:
    """The recogniser of phone numbers, for these regions."""
    return kind.recogniser(supported_language=LANGUAGE, context=list(kind.context), supported_regions=regions)


def is_plausible(entity: str, text: str, start: int, end: int) -> bool:
    """What a pattern alone cannot tell: addresses that are nobody's, and version numbers."""
    if entity != "IP_ADDRESS":
        return True
    try:
        address = ipaddress.ip_interface(text[start:end].partition("%")[0]).ip
    except ValueError:
        return False
    if address.is_loopback or address.is_unspecified or address.is_multicast:
        return False
    before = text[max(0, start - 12) : start].lower()
    return re.search(r"(?:\bv|version|release|build)[ :=]*$", before) is None
