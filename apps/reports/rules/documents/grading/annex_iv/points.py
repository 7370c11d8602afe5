"""Objections to what the points of the document say, or do not say."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import chain

from apps.checklist.rules.status import IMPORTED, MEASURED
from apps.reports.rules.documents.assembling import CONTRADICTED
from apps.reports.rules.documents.content import MISSING, NOT_APPLICABLE, PARTLY, Document, Known, Point, Section
from apps.reports.rules.documents.filling.moments import day, read
from apps.reports.rules.documents.grading.annex_iv.shapes import (
    COMPLETENESS,
    CONSISTENCY,
    CURRENCY,
    EVIDENCE,
    REASONS,
    TRACEABILITY,
    Objection,
)

PARTLY_COSTS = 0.4  # of what a missing point costs
SHORT_REASON = 20  # characters: shorter than this, a reason tells nobody anything
NO_REASON = "No reason was given."
OLD = timedelta(days=365)
_CONTRADICTED = CONTRADICTED.partition("(")[0]
# Points that state who somebody is, or what was not used: there is nothing to measure in them.
_PLAIN = frozenset({"1a-provider", "7"})
# What an empty point cannot earn: nothing in it is proven, up to date, traced or reasoned.
_EARNED = {
    EVIDENCE: "so nothing is proven there",
    CURRENCY: "so nothing shows what holds today",
    TRACEABILITY: "so nothing there can be traced",
    REASONS: "so no reason is given there",
}


def objections_to_points(document: Document) -> Iterator[Objection]:
    """Everything that the points by themselves show to be missing, unproven, outdated or without reason."""
    taken = read(document.taken_at)
    for section in document.sections:
        share = 100.0 / len(section.points)
        yield from _empty(section, share)
        for point in section.points:
            yield from chain(
                _gaps(section.id, point, share),
                _words_alone(section.id, point, share),
                _outdated(section.id, point, share),
                _old(section.id, point, share, taken),
                _without_reason(section.id, point, share),
                _contradicted(section.id, point, share),
            )


def _empty(section: Section, share: float) -> Iterator[Objection]:
    """Points that say nothing earn nothing."""
    count = sum(point.state == MISSING for point in section.points)
    if count:
        words = "A point says nothing" if count == 1 else f"{count} points say nothing"
        for metric, so in _EARNED.items():
            yield Objection(section.id, metric, share * count, f"{words}, {so}.", "Fill the points that are missing.")


def _gaps(section: str, point: Point, share: float) -> Iterator[Objection]:
    if point.state not in (MISSING, PARTLY) or not point.gaps:
        return
    first, *others = point.gaps
    more = f" And {len(others)} more." if others else ""
    points = share if point.state == MISSING else share * PARTLY_COSTS
    yield Objection(section, COMPLETENESS, points, f"{_name(point)}: {first.problem}{more}", first.remedy, point.id)


def _words_alone(section: str, point: Point, share: float) -> Iterator[Objection]:
    if point.state in (MISSING, NOT_APPLICABLE) or point.id in _PLAIN or any(_is_proof(one) for one in point.known):
        return
    yield Objection(
        section,
        EVIDENCE,
        share,
        f"{_name(point)} rests on words alone: nothing was measured, imported or attached.",
        "Attach a file to the answer, or let the portal measure what the words say.",
        point.id,
    )


def _is_proof(known: Known) -> bool:
    """Whether something stands behind the words: a measurement, an import, or a thing with a digest."""
    return known.status in (MEASURED, IMPORTED) or bool(known.digest)


def _outdated(section: str, point: Point, share: float) -> Iterator[Objection]:
    stale = [known for known in point.known if known.is_stale]
    if stale:
        sentence = f"{_name(point)} speaks of an earlier state: {stale[0].source}."
        yield Objection(
            section, CURRENCY, share, sentence, "Measure anew, or answer again for the present version.", point.id
        )


def _old(section: str, point: Point, share: float, taken: datetime | None) -> Iterator[Objection]:
    """Everything measured in a point is older than a year."""
    dates = [known.at for known in point.known if known.at and known.status == MEASURED]
    newest = read(max(dates)) if dates else None
    if newest and taken and taken - newest > OLD:
        sentence = f"{_name(point)}: the newest measurement is of {day(max(dates))}, more than a year old."
        yield Objection(section, CURRENCY, share, sentence, "Measure anew.", point.id)


def _without_reason(section: str, point: Point, share: float) -> Iterator[Objection]:
    if point.state == NOT_APPLICABLE and (point.reason.endswith(NO_REASON) or len(point.reason) < SHORT_REASON):
        yield Objection(
            section,
            REASONS,
            share,
            f"{_name(point)} is said not to apply, without a reason that a stranger could follow.",
            "Say in the answer why the point does not apply to this system.",
            point.id,
        )


def _contradicted(section: str, point: Point, share: float) -> Iterator[Objection]:
    for gap in point.gaps:
        if gap.problem.startswith(_CONTRADICTED):
            yield Objection(section, CONSISTENCY, share, f"{_name(point)}: {gap.problem}", gap.remedy, point.id)


def _name(point: Point) -> str:
    return f"{point.ref}, “{point.title}”"
