"""Phrases by which texts say whose they are and who may read or mine them, in several languages.

Words alone do not count where people also use them in passing ("please keep this confidential"): such a word counts as
a banner, in capitals or alone on its line. Sources: Traffic Light Protocol 2.0 (FIRST, 2022); classification markings
of NATO (C-M(2002)49), the European Union (Council Decision 2013/488/EU), the United States (32 CFR 2001, CUI registry),
Germany (VSA), France (IGI 1300) and the United Kingdom (Government Security Classifications); SPDX licence identifiers;
reservations after Article 4(3) of Directive (EU) 2019/790 and the TDM Reservation Protocol (W3C community group, 2024).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

LABELS = {
    "copyright_notice": "Copyright notices",
    "licence_header": "Licence headers and SPDX tags",
    "confidential": "Confidentiality markers",
    "classified": "Classification banners",
    "privileged": "Legal privilege",
    "stock_media": "Stock photo and watermark notices",
    "mining_reserved": "Reservations against text and data mining or training",
    "isbn": "Book numbers (ISBN) with a valid check digit",
    "issn": "Serial numbers (ISSN) with a valid check digit",
    "doi": "Digital object identifiers (DOI)",
}
ANY, BANNER = re.IGNORECASE, re.MULTILINE


@dataclass(frozen=True)
class Rule:
    """``needs``: lower-case words of which one stands in every match, so that most texts are passed over quickly."""

    kind: str
    needs: tuple[str, ...]
    pattern: re.Pattern[str]


def _rule(kind: str, needs: str, pattern: str, flags: int = ANY) -> Rule:
    return Rule(kind, tuple(needs.split("|")), re.compile(pattern, flags))


def _phrases(kind: str, *phrases: str) -> Rule:
    spaced = (re.escape(phrase).replace(r"\ ", r"\s+") for phrase in phrases)
    return Rule(kind, phrases, re.compile(rf"(?<!\w)(?:{'|'.join(spaced)})", ANY))


def _banner(kind: str, *words: str) -> Rule:
    """In capitals with nothing but marks and capitals beside it, or alone on its line."""
    either = "|".join(re.escape(word) for word in words)
    upper = "|".join(re.escape(word.upper()) for word in words)
    alone = rf"^(?:[^\w\n]|_){{0,40}}(?i:{either})(?:[^\w\n]|_){{0,40}}$"
    capitals = rf"(?<![\w'’])(?:{upper})(?![\w'’])(?=\W{{0,40}}(?:$|\n|[-–—:|/*.\]\)]|[A-ZÄÖÜ]{{2}}))"
    return Rule(kind, words, re.compile(f"{alone}|{capitals}", BANNER))


_YEAR = r"(?:19|20)\d\d"
_STOCK = r"getty\s?images|shutterstock|istock(?:photo)?|alamy|adobe\s?stock|depositphotos|dreamstime|123rf|bigstock"
RULES = (
    _rule("copyright_notice", "©|(c)|copyright|℗", rf"(?:©|\(c\)|℗|copyright(?:\s+(?:©|\(c\)))?)[\s:,]*{_YEAR}"),
    _rule("copyright_notice", "©|℗", r"[©℗]\s*[^\W\d_]\w+"),
    _phrases(
        "copyright_notice", "all rights reserved", "alle rechte vorbehalten", "tous droits réservés",
        "todos los derechos reservados", "reservados todos los derechos", "tutti i diritti riservati",
        "todos os direitos reservados", "alle rechten voorbehouden", "wszelkie prawa zastrzeżone",
        "alla rättigheter förbehållna", "všechna práva vyhrazena", "все права защищены", "tüm hakları saklıdır",
    ),
    _phrases("copyright_notice", "版权所有", "版權所有", "無断転載", "無断複製", "保留所有权利"),
    _rule("licence_header", "spdx-license-identifier", r"SPDX-License-Identifier:\s*[A-Za-z0-9.+() -]{2,60}"),
    _phrases(
        "licence_header", "licensed under the apache license", "gnu general public license",
        "gnu affero general public license", "gnu lesser general public license", "mozilla public license",
        "permission is hereby granted, free of charge", "redistribution and use in source and binary forms",
        "licensed under the mit license", "licensed under a creative commons", "creative commons attribution",
        "eclipse public license", "european union public licence",
    ),
    _rule(
        "licence_header", "cc by|cc-by",
        r"\b(?:CC[ -]BY(?:-(?:NC|SA|ND))*|cc-by(?:-(?:nc|sa|nd))*)(?:[ -][1-4]\.0)?\b", 0,
    ),
    _rule("confidential", "tlp:", r"\bTLP:\s?(?:RED|AMBER\+STRICT|AMBER|GREEN)\b"),
    _phrases(
        "confidential", "strictly confidential", "company confidential", "highly confidential",
        "confidential and proprietary", "proprietary and confidential", "internal use only", "not for distribution",
        "for internal distribution only", "do not distribute", "commercial in confidence", "subject to nda",
        "contains trade secrets", "streng vertraulich", "nur für den internen gebrauch", "nur zum internen gebrauch",
        "strictement confidentiel", "réservé à un usage interne", "strettamente riservato",
        "estrictamente confidencial",
        "solo para uso interno", "estritamente confidencial", "strikt vertrouwelijk", "ściśle poufne",
        "строго конфиденциально", "для служебного пользования",
    ),
    _rule("confidential", "内部资料|机密|社外秘|部外秘", "内部资料|商业机密|(?<!无)机密(?:文件|★)|社外秘|部外秘"),
    _banner(
        "confidential", "confidential", "company internal", "internal only", "restricted distribution", "vertraulich",
        "confidentiel", "confidencial", "riservato", "vertrouwelijk", "poufne", "konfidentiellt",
    ),
    _rule(
        "classified", "secret|unclassified|confidential|cui|noforn|restricted",
        r"(?<!\w)(?:TOP SECRET|SECRET|CONFIDENTIAL|UNCLASSIFIED|CUI)//[A-Z][A-Z/ ,-]*"
        r"|(?<!\w)(?:COSMIC TOP SECRET|NATO (?:SECRET|CONFIDENTIAL|RESTRICTED))(?!\w)"
        r"|(?<!\w)(?:EU (?:TOP SECRET|SECRET|CONFIDENTIAL|RESTRICTED)|(?:UK )?OFFICIAL[- ]SENSITIVE)(?!\w)", 0,
    ),
    _rule("classified", "official", r"(?<!\w)(?:OFFICIAL[-: ]{1,2}SENSITIVE|FOR OFFICIAL USE ONLY)(?!\w)", 0),
    _rule("classified", " ue", r"(?<!\w)(?:TR[EÈ]S SECRET|SECRET|CONFIDENTIEL|RESTREINT) UE(?!\w)", 0),
    _rule(
        "classified", "dienstgebrauch|vs-|nfd|geheim|défense|defense|diffusion",
        r"(?<!\w)VS[ -–]{1,3}(?:NUR FÜR DEN DIENSTGEBRAUCH|NfD|VERTRAULICH)(?!\w)"
        r"|(?<!\w)(?:SECRET[ -]D[ÉE]FENSE|DIFFUSION RESTREINTE|AMTLICH GEHEIM[ -]?GEHALTEN)(?!\w)", 0,
    ),
    _banner(
        "classified", "top secret", "streng geheim", "geheim", "très secret", "ściśle tajne",
        "совершенно секретно",
    ),
    _rule(
        "privileged", "privilege|work product",
        r"attorney[\s–-]+client\s+privileged?|privileged\s*(?:and|&)\s*confidential|attorney\s+work[\s-]+product"
        r"|legally\s+privileged|legal\s+professional\s+privilege|solicitor[\s–-]+client\s+privilege",
    ),
    _phrases("privileged", "anwaltliche verschwiegenheit", "anwaltsgeheimnis", "secret professionnel de l'avocat"),
    _rule(
        "stock_media", "getty|shutterstock|istock|alamy|stock|deposit|dreamstime|123rf",
        rf"(?:©|\(c\)|credits?:|(?:photo(?:graph)?|images?)(?:\s+by|:)|via|licensed from|courtesy of)\W{{0,4}}"
        rf"(?:{_STOCK})"
        rf"|(?:{_STOCK})[_ -]?\d{{6,}}|/\s?(?:{_STOCK})\b|alamy stock photo|(?:{_STOCK})\s+watermark",
    ),
    _rule(
        "mining_reserved", "tdm-|noai|noimageai|mining|urhg|2019/790|nutzungsvorbehalt",
        r"tdm-(?:reservation\W{1,6}1\b|policy\W{1,4}http)|\bno(?:image)?ai\b"
        r"|text[\s-]+(?:and|&)[\s-]+data[\s-]+mining[^.\n]{0,60}(?:reserv|prohibit|forbidden|not\s+(?:permitted|allowed)|opt)"
        r"|(?:reserv|prohibit|opt)[^.\n]{0,60}text[\s-]+(?:and|&)[\s-]+data[\s-]+mining"
        r"|article\s+4\s?\(3\)[^.\n]{0,40}2019/790|§\s?44b[^.\n]{0,20}urhg|nutzungsvorbehalt",
    ),
    _rule(
        "mining_reserved", "train|gptbot|ccbot|google-extended|claudebot",
        r"(?:may|must|shall|can)\s?not\s+be\s+used\s+(?:to|for)[^.\n]{0,30}train"
        r"|user-agent:\s*(?:gptbot|ccbot|google-extended|claudebot|anthropic-ai|bytespider)",
    ),
)  # fmt: skip
_ISBN = re.compile(r"(?<![\d-])(ISBN(?:-1[03])?[:\s]{0,3})?((?:97[89][- ]?)?(?:\d[- ]?){9}[\dXx])(?![\d-])", ANY)
_ISSN = re.compile(r"(?<!\w)ISSN[:\s]{0,3}(\d{4}-\d{3}[\dXx])(?!\w)", ANY)
_DOI = re.compile(r"(?<![\w.])10\.\d{4,9}/[-._;()/:a-z0-9]*[a-z0-9]", ANY)


def find(text: str) -> Iterator[tuple[str, str]]:
    """Kind and wording of every marker."""
    low = text.lower()
    for rule in RULES:
        if any(map(low.__contains__, rule.needs)):
            yield from ((rule.kind, match.group()) for match in rule.pattern.finditer(text))
    if "isbn" in low or "978" in low or "979" in low:
        yield from (("isbn", number) for number in isbns(text))
    if "issn" in low:
        yield from (("issn", m.group(1)) for m in _ISSN.finditer(text) if is_issn(m.group(1)))
    if "10." in low and "/" in low:
        yield from (("doi", match.group()) for match in _DOI.finditer(text))


def isbns(text: str) -> Iterator[str]:
    """ISBN-13 that are named so or written in groups, and ISBN-10 that are named so, with their check digits right."""
    for match in _ISBN.finditer(text):
        written = match.group(2)
        digits = re.sub("[- ]", "", written).upper()
        is_told = match.group(1) is not None
        is_long = len(digits) == 13 and (is_told or "-" in written) and is_isbn13(digits)
        if is_long or (is_told and is_isbn10(digits)):
            yield written


def is_isbn13(digits: str) -> bool:
    """ISO 2108: weights 1 and 3 in turn, sum divisible by 10."""
    return digits.isdigit() and sum(int(d) * (3 if i % 2 else 1) for i, d in enumerate(digits)) % 10 == 0


def is_isbn10(digits: str) -> bool:
    """ISO 2108 before 2007: weights 10 to 1, sum divisible by 11, X stands for 10."""
    return _weighted(digits, 10)


def is_issn(written: str) -> bool:
    """ISO 3297: weights 8 to 1, sum divisible by 11, X stands for 10."""
    return _weighted(written.replace("-", "").upper(), 8)


def _weighted(digits: str, length: int) -> bool:
    if len(digits) != length or not digits[:-1].isdigit():
        return False
    values = [int(d) for d in digits[:-1]] + [10 if digits[-1] == "X" else int(digits[-1])]
    return sum(weight * value for weight, value in zip(range(length, 0, -1), values, strict=True)) % 11 == 0
