"""Dates: written as the template writes them, real days, and in an order that can be."""

import re
from collections.abc import Iterator
from datetime import date

from apps.reports.rules.documents.grading import Finding
from apps.reports.rules.documents.grading.summary.record import CONSISTENCY, CORRECTNESS, Summary, fact

DAY = re.compile(r"(?P<day>\d{2})/(?P<month>\d{2})/(?P<year>\d{4}|\d{2})")
MONTH = re.compile(r"(?<![\d/])(?P<month>\d{2})/(?P<year>\d{4})(?![\d/])")
# Other ways of writing a day that people use: 2026-11-22, 22.11.2026, Nov 22nd, 2026. A month in prose is no such way.
_OTHER = re.compile(
    r"\b\d{4}-\d{2}-\d{2}\b|\b\d{1,2}\.\d{1,2}\.\d{4}\b"
    r"|\b(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.? \d{1,2}(?:st|nd|rd|th)?,? \d{4}\b",
    re.IGNORECASE,
)


def formats(summary: Summary) -> Iterator[Finding]:
    """Dates that people stated in another form than the template's, or that no calendar has."""
    said = summary.words("updated")
    if said and _day(said) is None:
        yield _wrong(summary, "updated", said, "as day/month/year, such as 22/11/2026")
    said = summary.words("acquired")
    if said and _month(said) is None:
        yield _wrong(summary, "acquired", said, "as month/year, such as 10/2026")
    said = summary.words("market-date")
    if said and _day(said) is None and not _iso(said):
        yield _wrong(summary, "market-date", said, "as a full date, such as 22/11/2026")


def _wrong(summary: Summary, name: str, said: str, how: str) -> Finding:
    title = summary.places[name][1].title
    return summary.finding(
        name,
        CORRECTNESS,
        30,
        f"{title} is given as “{said[:80]}”, which is no date of the asked form.",
        f"Write it {how}.",
    )


def _day(text: str) -> date | None:
    """The first day in a text, as the template writes days; None where there is none that exists."""
    found = DAY.search(text)
    if found is None:
        return None
    year = int(found["year"]) + (2000 if len(found["year"]) == 2 else 0)
    try:
        return date(year, int(found["month"]), int(found["day"]))
    except ValueError:
        return None


def _month(text: str) -> tuple[int, int] | None:
    """The last year and month in a text, as the template writes months; None where there is none that exists."""
    found = [(int(one["year"]), int(one["month"])) for one in MONTH.finditer(text) if 1 <= int(one["month"]) <= 12]
    return max(found, default=None)


def _iso(text: str) -> bool:
    found = re.search(r"\d{4}-\d{2}-\d{2}", text)
    try:
        return found is not None and bool(date.fromisoformat(found[0]))
    except ValueError:
        return False


def order(summary: Summary) -> Iterator[Finding]:
    """Days that contradict one another: updated before the record or after it, acquired after the update."""
    recorded = _day(fact(summary.point("updated"), "Last update"))
    stated = _day(summary.words("updated"))
    if stated and recorded and stated != recorded:
        yield summary.finding(
            "updated",
            CONSISTENCY,
            20,
            f"The last update is stated as {stated:%d/%m/%Y}, but the record is of {recorded:%d/%m/%Y}.",
            "Give the day of the record, or leave the answer out: the portal fills it in.",
        )
    updated = stated or recorded
    acquired = _month(summary.words("acquired")) or _month(
        fact(summary.point("acquired"), "Latest date of acquisition")
    )
    if updated and acquired and acquired > (updated.year, updated.month):
        yield summary.finding(
            "acquired",
            CORRECTNESS,
            40,
            f"The latest data were acquired in {acquired[1]:02}/{acquired[0]}, after the last update of the summary.",
            "Correct the period of collection of the sources, or the date of the update.",
        )


def _recorded_end(summary: Summary) -> str:
    """The latest date of acquisition by the sources on record; empty where only the day of the commit is known."""
    found = fact(summary.point("acquired"), "Latest date of acquisition")
    return "" if found.startswith("not after") else found


def months_apart(summary: Summary) -> tuple[str, str] | None:
    """The stated and the recorded month of the last acquisition where they differ."""
    stated, recorded = _month(summary.words("acquired")), _month(_recorded_end(summary))
    if stated is None or recorded is None or stated == recorded:
        return None
    return f"{stated[1]:02}/{stated[0]}", f"{recorded[1]:02}/{recorded[0]}"


def mixed(summary: Summary) -> Iterator[Finding]:
    """Days written in several ways within one summary."""
    other = [(point.id, found[0]) for point in summary.filled if (found := _OTHER.search(summary.words(point.id)))]
    template = [point.id for point in summary.filled if DAY.search(summary.words(point.id))]
    if other and template:
        name, words = other[0]
        yield summary.finding(
            name,
            CONSISTENCY,
            10,
            f"Dates are written in several ways: “{words}” here, and as day/month/year elsewhere.",
            "Write every date as day/month/year, or month/year where only the month is known.",
        )
