"""Whether a reader gets from the summary to what it speaks of: earlier versions, datasets, the base model's summary."""

import re
from collections.abc import Iterator
from ipaddress import ip_address
from urllib.parse import urlsplit

from apps.reports.rules.documents.content import Table
from apps.reports.rules.documents.grading import Finding
from apps.reports.rules.documents.grading.summary.record import ACCESSIBILITY, CLARITY, Summary, links_in, text_of

_NUMBER = re.compile(r"\d+(?:\.\d+)*")
_FIRST = re.compile(r"\b(first|initial|no earlier|none before)\b", re.IGNORECASE)
_REACHES = re.compile(r"https?://|@|\+?\d[\d /-]{6,}", re.IGNORECASE)


def earlier_versions(summary: Summary) -> Iterator[Finding]:
    """A later version without a link to those before it."""
    if summary.point("earlier") is None and "earlier" in summary.places:
        yield _earlier(summary, 30, "Nothing is said about earlier versions of the summary.")
        return
    words = summary.words("earlier")
    if words and not links_in(words) and not (_is_first(summary) and _FIRST.search(words)):
        yield _earlier(summary, 50, "There is no link to the earlier versions of the summary.")


def _earlier(summary: Summary, points: float, sentence: str) -> Finding:
    return summary.finding(
        "earlier",
        ACCESSIBILITY,
        points,
        sentence,
        "Give a web address for each earlier version, or say that this is the first.",
    )


def _is_first(summary: Summary) -> bool:
    """Whether the number of the version leaves room for none before it."""
    found = _NUMBER.search(summary.words("version"))
    return found is None or tuple(int(part) for part in found[0].split(".")) <= (1, 0)


def addresses(summary: Summary) -> Iterator[Finding]:
    """Fields that send the reader somewhere without an address."""
    asked = (
        (
            "published",
            40,
            "It is not told at which address the summary stands.",
            "Give the web address of the summary.",
        ),
        (
            "dependencies",
            40,
            "No link leads to the summary of the model that this one was made from.",
            "Ask its provider for the address of its summary, and give it.",
        ),
    )
    for name, points, sentence, remedy in asked:
        point = summary.point(name)
        if point and not links_in(summary.words(name)):
            yield summary.finding(name, ACCESSIBILITY, points, sentence, remedy)
    if summary.point("crawl-domains") and not links_in(text_of(summary.places["crawl-domains"][1])):
        yield summary.finding(
            "crawl-domains",
            ACCESSIBILITY,
            20,
            "The domains are named, but no file with the whole list can be fetched.",
            "Publish the list, and give its address.",
        )


def datasets(summary: Summary) -> Iterator[Finding]:
    """Public datasets that are named without a link."""
    point = summary.point("public-large")
    tables = [
        block for block in (point.blocks if point else ()) if isinstance(block, Table) and "Link" in block.columns
    ]
    rows = [(row[0], row[table.columns.index("Link")]) for table in tables for row in table.rows]
    bare = [name for name, link in rows if not links_in(link)]
    if bare:
        yield summary.finding(
            "public-large",
            ACCESSIBILITY,
            50 * len(bare) / len(rows),
            f"Public datasets are named without a link: {', '.join(bare)}.",
            "Record the address of each of these sources.",
        )


def broken(summary: Summary) -> Iterator[Finding]:
    """Addresses that lead nowhere by their form: no domain, or one of a private network."""
    for point in summary.filled:
        for link in links_in(text_of(point)):
            if _is_private(urlsplit(link).hostname or ""):
                yield summary.finding(
                    point.id,
                    ACCESSIBILITY,
                    20,
                    f"The address {link} cannot be reached from outside.",
                    "Give an address that anybody can open.",
                )


def _is_private(host: str) -> bool:
    """Whether nobody outside gets there: no domain, one of a local network, or an address kept for such (IANA)."""
    try:
        return not ip_address(host).is_global
    except ValueError:
        return "." not in host or host.endswith((".local", ".internal"))


def contact(summary: Summary) -> Iterator[Finding]:
    """A contact that nobody can use."""
    point = summary.point("provider")
    if point and not _REACHES.search(text_of(point)):
        yield summary.finding(
            "provider",
            CLARITY,
            30,
            "The contact holds no mailbox, web address or telephone number.",
            "Enter an address that is read by those who answer for training data.",
        )
