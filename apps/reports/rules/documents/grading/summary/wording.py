"""How the summary is worded: types of content that say nothing, statements in the wrong field, text hard to read."""

import re
from collections.abc import Iterator

from apps.reports.rules.documents.grading import Finding
from apps.reports.rules.documents.grading.summary.record import (
    ACCESSIBILITY,
    CLARITY,
    COMPREHENSION,
    Summary,
    fact,
    text_of,
    words_of,
)

# Types of content that a rights holder can look for, as stems of words.
_SPECIFIC = re.compile(
    r"fiction|novel|poe(?:m|try)|scien|paper|journal|article|press|news|magazine|legal|law|court|statute|official|patent"
    r"|manual|handbook|encyclop|wikipedia|textbook|educat|exercise|code|software|repositor|documentation|forum|blog|review"
    r"|comment|social media|conversation|dialogue|chat|question|answer|ticket|e-?mail|letter|report|minutes|transcript"
    r"|subtitle|lyric|song|music|podcast|speech|audiobook|film|photograph|artwork|infograph|illustration|recipe|advert"
    r"|instruction|translation|table|math|medical|financ|product|government|parliament|subject index|catalogu?e",
    re.IGNORECASE,
)
# Statements that belong into one place of the template: what they speak of, where they may stand, where they belong.
_PLACES = (
    (
        re.compile(r"robots\.txt|user[- ]agent|captcha|paywall", re.IGNORECASE),
        ("crawl-names", "crawl-purposes", "crawl-behaviour", "crawl-content", "reservations", "further"),
        "behaviour of crawlers (2.3)",
    ),
    (
        re.compile(r"\bcommon ?crawl\b|\bcc-main\b|\bfineweb\b|\bthe pile\b", re.IGNORECASE),
        ("public-used", "public-large", "public-other", "content-types", "languages", "reservations", "further"),
        "publicly available datasets (2.1)",
    ),
    (
        re.compile(r"opt[- ]?out|text and data mining|tdm\b|rights? reserv", re.IGNORECASE),
        ("reservations", "crawl-behaviour", "signatory", "further"),
        "respect of reservations (3.1)",
    ),
    (
        re.compile(r"child (?:sexual )?abuse|terroris|illegal content|block ?list", re.IGNORECASE),
        ("illegal", "further"),
        "removal of illegal content (3.2)",
    ),
    (
        re.compile(r"synthetic (?:data|text)|generated (?:by|with) (?:an? )?(?:AI|LLM|model)|distill", re.IGNORECASE),
        ("synthetic-used", "synthetic-models", "synthetic-other-models", "content-types", "characteristics", "further"),
        "synthetic data (2.5)",
    ),
)
# Fields that ask for a description rather than for a name, a number or yes and no.
_DESCRIPTIONS = (
    "content-types",
    "public-other",
    "private-content",
    "crawl-purposes",
    "crawl-behaviour",
    "crawl-content",
    "user-content",
    "other-content",
    "reservations",
    "illegal",
)
_LEAST_WORDS = 6
_LONG, _MOST_AVERAGE, _HARD = 45, 28.0, 20.0
_SENTENCE = re.compile(r"(?<=[.!?])\s+")
_VOWELS = re.compile(r"[aeiouy]+", re.IGNORECASE)
_SHORTENED = re.compile(r"\b[A-Z]{3,6}\b")
_COMMON = frozenset(["JSON", "CSV", "HTML", "HTTP", "HTTPS", "PDF", "URL", "API", "SHA", "UTC", "ISO", "NATO", "USA"])


def generic_types(summary: Summary) -> Iterator[Finding]:
    """Types of content in words that fit everything."""
    point = summary.point("content-types")
    said = text_of(point) if point else ""
    if point and not _SPECIFIC.search(said):
        yield summary.finding(
            "content-types",
            CLARITY,
            50,
            f"The types of content are too general for anybody to recognise their own work: “{said[:100]}”.",
            "Name types such as fiction, scientific text, press publications, legal text, forum posts or source code.",
        )


def wrong_field(summary: Summary) -> Iterator[Finding]:
    """Statements that stand in another field than the template's."""
    for point in summary.filled:
        for text in words_of(point):
            for pattern, allowed, where in _PLACES:
                found = pattern.search(text)
                if found and point.id not in allowed:
                    yield summary.finding(
                        point.id,
                        CLARITY,
                        20,
                        f"{point.ref} “{point.title}” speaks of “{found[0]}”, which belongs under {where}.",
                        f"Move the statement to {where}.",
                    )


def too_short(summary: Summary) -> Iterator[Finding]:
    """Descriptions of a few words."""
    for point in [one for one in summary.filled if one.id in _DESCRIPTIONS]:
        for text in words_of(point):
            if 0 < len(text.split()) < _LEAST_WORDS and text.lower() not in ("yes", "no"):
                yield summary.finding(
                    point.id,
                    CLARITY,
                    20,
                    f"{point.ref} “{point.title}” is described in {len(text.split())} words: “{text}”.",
                    "Describe it in one or two sentences.",
                )


def hard_to_read(summary: Summary) -> Iterator[Finding]:
    """Text that many readers will not follow: very long sentences, or a low score of reading ease."""
    for point in summary.filled:
        text = " ".join(words for words in words_of(point) if len(words.split()) >= _LEAST_WORDS)
        sentences = [one for one in _SENTENCE.split(text) if one.strip()]
        if not sentences:
            continue
        longest = max(len(one.split()) for one in sentences)
        average = len(text.split()) / len(sentences)
        ease = reading_ease(text)
        if longest > _LONG or average > _MOST_AVERAGE:
            yield _hard(summary, point.id, f"has sentences of up to {longest} words ({average:.0f} on average)")
        elif ease < _HARD and len(text.split()) >= 30:
            yield _hard(summary, point.id, f"is very hard to read (reading ease {ease:.0f} of 100)")


def _hard(summary: Summary, name: str, what: str) -> Finding:
    point = summary.places[name][1]
    sentence = f"{point.ref} “{point.title}” {what}."
    return summary.finding(name, COMPREHENSION, 20, sentence, "Use shorter sentences and common words.")


def reading_ease(text: str) -> float:
    """Flesch's reading ease of English text, about 0 (very hard) to 100 (very easy); syllables are counted as groups of
    vowels, which is near enough for the mean of a text."""
    words = re.findall(r"[A-Za-z']+", text)
    sentences = max(1, len([one for one in _SENTENCE.split(text) if one.strip()]))
    if not words:
        return 100.0
    syllables = sum(max(1, len(_VOWELS.findall(word.rstrip("e")))) for word in words)
    return 206.835 - 1.015 * len(words) / sentences - 84.6 * syllables / len(words)


def abbreviations(summary: Summary) -> Iterator[Finding]:
    """Abbreviations that are not explained anywhere in the summary."""
    every = " ".join(text_of(point) for point in summary.filled)
    for point in summary.filled:
        used = {one for text in words_of(point) for one in _SHORTENED.findall(text)} - _COMMON
        unexplained = sorted(one for one in used if not re.search(rf"\({one}\)|\b{one} \(", every))
        if unexplained:
            yield summary.finding(
                point.id,
                COMPREHENSION,
                10,
                f"{point.ref} “{point.title}” uses {', '.join(unexplained)} without saying what it means.",
                "Write the term out where it stands first, with the abbreviation in brackets.",
            )


def unnumbered(summary: Summary) -> Iterator[Finding]:
    """A version that is no number, so that nobody can tell which summary is the later one."""
    said = summary.words("version")
    if said and not re.search(r"\d", said):
        yield summary.finding(
            "version", CLARITY, 30, f"The version “{said[:40]}” holds no number.", "Number the versions, such as 1.2."
        )


def no_languages(summary: Summary) -> Iterator[Finding]:
    """Languages that are told in figures alone or not named at all."""
    point = summary.point("languages")
    if point and not fact(point, "Stated") and not words_of(point):
        yield summary.finding(
            "languages",
            ACCESSIBILITY,
            10,
            "The languages stand there as shares of rows, with no word on what that means for those who speak them.",
            "Say in a sentence which languages the model can be expected to know, and which it hardly saw.",
        )
