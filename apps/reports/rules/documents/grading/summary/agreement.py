"""Statements and figures of a summary that contradict one another, or the record that it was made from."""

import re
from collections import Counter
from collections.abc import Iterator

from apps.reports.rules.documents.filling.training_sizes import MODALITIES, amounts, range_of, rounded, section_of
from apps.reports.rules.documents.filling.training_sources import KINDS, SUMMARY, use_of
from apps.reports.rules.documents.grading import Finding
from apps.reports.rules.documents.grading.summary.dates import months_apart
from apps.reports.rules.documents.grading.summary.record import COMPREHENSION, CONSISTENCY, CORRECTNESS, Summary

# Where yes or no is told for each kind of source, and the fields that a “no” leaves nothing to say in.
_FIELDS = {
    "public": ("public-used", ("public-large", "public-other")),
    "licensed": ("licensed-used", ("licensed-modalities",)),
    "private": ("private-used", ("private-content",)),
    "crawled": ("crawled-used", ("crawlers", "crawl-purposes", "crawl-behaviour", "crawl-content", "crawl-domains")),
    "user": ("user-content", ("user-content",)),
    "synthetic": ("synthetic-used", ("synthetic-models", "synthetic-other-models")),
    "other": ("other-used", ("other-content",)),
}
_POWERS = {"thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12}
# Bounded everywhere: a text of digits or blanks alone would take minutes.
_AMOUNT = re.compile(
    r"(?P<number>\d[\d,]{0,40}(?:\.\d{1,20})?)\s{0,9}(?P<power>thousand|million|billion|trillion)?s?\s{1,9}(?:of\s{1,9})?"
    r"(?P<unit>tokens|images|hours)",
    re.IGNORECASE,
)
_FAR = 3.0  # a stated size this many times larger or smaller than the measured one contradicts it
_REPEATED = 8  # words from which a text that stands in two fields was copied


def used_or_not(summary: Summary) -> Iterator[Finding]:
    """A “no” beside a source of that kind on record, and a “no” beside a description."""
    for kind, (field, details) in _FIELDS.items():
        if field not in summary.places:
            continue
        use = use_of(summary.facts, kind)
        if use.contradiction:
            remedy = "Correct the answer, or how the source's content came into being."
            yield summary.finding(field, CORRECTNESS, 50, use.contradiction, remedy)
        said = [name for name in details if _answered(summary, name)]
        if use.answered is False and said:
            sentence = f"{KINDS[kind]}: it is said that none were used, yet {', '.join(said)} was answered."
            yield summary.finding(field, CONSISTENCY, 30, sentence, "Take one of the two back.")


def _answered(summary: Summary, question: str) -> bool:
    """Whether somebody wrote something at a question, other than that it does not apply."""
    found = summary.facts.answer(SUMMARY, question)
    return bool(found and (found.answer or {}).get("text") and found.question["status"] != "not_applicable")


def sizes(summary: Summary) -> Iterator[Finding]:
    """Sizes in words that are far from those measured."""
    totals: dict[str, float] = {}
    for one in amounts(summary.facts):
        unit = next(modality.unit for modality in MODALITIES if modality.id == one.modality)
        totals[unit] = totals.get(unit, 0.0) + one.value
    for name in ("modalities", "content-types", "characteristics"):
        for found in _AMOUNT.finditer(summary.words(name)):
            stated = float(found["number"].replace(",", "")) * _POWERS.get((found["power"] or "").lower(), 1.0)
            unit = found["unit"].lower()
            counted = totals.get(unit, 0.0)
            if counted and stated and not 1 / _FAR <= stated / counted <= _FAR:
                yield _size(summary, name, found[0], f"{rounded(counted)} {unit}", _range(unit, counted))


def _range(unit: str, counted: float) -> str:
    return range_of(next(modality for modality in MODALITIES if modality.unit == unit), counted)


def _size(summary: Summary, name: str, stated: str, counted: str, words: str) -> Finding:
    return summary.finding(
        name,
        CORRECTNESS,
        50,
        f"“{stated}” is stated, but the record comes to about {counted} ({words}).",
        "State what was used for this training, and leave what base models read to their own summary.",
    )


def acquisition(summary: Summary) -> Iterator[Finding]:
    """A stated date of acquisition that the periods of the sources contradict."""
    apart = months_apart(summary)
    if apart:
        yield summary.finding(
            "acquired",
            CORRECTNESS,
            30,
            f"Data were acquired until {apart[0]} by the answer, and until {apart[1]} by the sources on record.",
            "Correct the answer, or the period of the sources.",
        )


def synthetic(summary: Summary) -> Iterator[Finding]:
    """A declared share of machine-written text that lies outside what a scan estimated."""
    for data in summary.facts.training_data:
        if section_of(data, "generated").get("agreement") == "disagrees" and "synthetic-used" in summary.places:
            yield summary.finding(
                "synthetic-used",
                CORRECTNESS,
                40,
                f"The share of {data['label']} that machines wrote is declared otherwise than the scan estimates it.",
                "Find out how the text was made, and correct the datasheet or explain the difference.",
            )


def stale(summary: Summary) -> Iterator[Finding]:
    """Statements about an earlier state of what they are about."""
    for point in summary.points:
        if any(known.is_stale for known in point.known):
            sentence = f"{point.ref} “{point.title}” speaks of an earlier state of the data or the model."
            yield summary.finding(
                point.id, CORRECTNESS, 30, sentence, "Answer the question anew for the present state."
            )


def names(summary: Summary) -> Iterator[Finding]:
    """A name in the answer that is not the model's on record."""
    said = summary.words("names")
    models = [str(version["model"]["name"]) for version in summary.facts.versions]
    if said and models and not any(_key(model) in _key(said) for model in models):
        yield summary.finding(
            "names",
            CONSISTENCY,
            20,
            f"The model is called “{said[:80]}” in the answer, and {', '.join(models)} on record.",
            "Use one name, the one under which people find the model.",
        )


def _key(name: str) -> str:
    return re.sub(r"[\W_]+", "", name).lower()


def repeated(summary: Summary) -> Iterator[Finding]:
    """The same text in several fields."""
    texts = {point.id: summary.words(point.id) for point in summary.filled}
    counts = Counter(text for text in texts.values() if len(text.split()) >= _REPEATED)
    for name, text in texts.items():
        if counts[text] > 1 and name != next(other for other, same in texts.items() if same == text):
            yield summary.finding(
                name,
                COMPREHENSION,
                15,
                f"{summary.places[name][1].ref} repeats word for word what another field says.",
                "Say in each field what that field asks for.",
            )
