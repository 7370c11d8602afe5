"""Making a document from its kind and a snapshot: every point present, filled, or with the reason why not."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any, cast

from apps.reports.rules.documents.content import (
    FILLED,
    MISSING,
    NOT_APPLICABLE,
    PARTLY,
    Block,
    Document,
    Filled,
    Gap,
    Picture,
    Point,
    Section,
    Table,
    joined,
)
from apps.reports.rules.documents.filling import CONDITIONS, FILLERS
from apps.reports.rules.documents.filling.answers import Answered, answered
from apps.reports.rules.documents.filling.audit_answers import whole_answer
from apps.reports.rules.documents.filling.cycle_period import period_of
from apps.reports.rules.documents.filling.facts import Facts
from apps.reports.rules.documents.filling.registry import about
from apps.reports.rules.documents.period import Period
from apps.reports.rules.documents.reading import LEFT_OUT, SHORT
from apps.reports.rules.documents.spec import EVERYTHING, EXPLAINED, WHOLE, DocumentSpec, PointSpec, SectionSpec

SIMPLIFIED_EDITION = "simplified edition"
NOTHING_RECORDED = "The record holds nothing on this point."
CONTRADICTED = "An answer says that this point does not apply ({reason}), yet the record holds something on it."
UNSAID = "No person has put this into words; only the portal's own records speak of it."
STALE = "Something stated here speaks of an earlier state of what it is about."
# What neither XML nor a reader can take: control characters, halves of surrogate pairs, non-characters.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def assemble(
    spec: DocumentSpec,
    facts: Facts,
    *,
    audience: str = "",
    simplified: bool = False,
    period: Period | None = None,
    made_at: str,
    snapshot_digest: str,
) -> Document:
    """The document that this snapshot gives. `audience` is one of the kind's or empty for everybody; `simplified` asks
    for the edition for small providers; `period` is for kinds that speak of one; `made_at` is ISO 8601. The same values
    give the same document.
    """
    chosen = next((one for one in spec.audiences if one.id == audience), None)
    if audience and chosen is None:
        raise ValueError(f"{spec.slug} has no audience {audience}")
    if period is not None:
        if not spec.period:
            raise ValueError(f"{spec.slug} speaks of no period")
        facts = Facts(facts.raw | {"period": period.as_json})
    return Document(
        kind=spec.slug,
        version=spec.version,
        title=f"{spec.title} ({SIMPLIFIED_EDITION})" if simplified else spec.title,
        law=spec.law,
        source_url=spec.source_url,
        subject=_printable(facts.label),
        audience=chosen.title if chosen else "",
        taken_at=facts.taken_at,
        made_at=made_at,
        snapshot_digest=snapshot_digest,
        sections=tuple(_sections(spec, facts, audience, simplified)),
        notes=spec.notes,
        organisation={name: _printable(str(value)) for name, value in facts.organisation.items() if value},
        formats=spec.formats,
        period=_period(facts) if spec.period else "",
    )


def _period(facts: Facts) -> str:
    found = period_of(facts)
    return f"{found[0]:%Y-%m-%d} to {found[1]:%Y-%m-%d}" if found else ""


def _sections(spec: DocumentSpec, facts: Facts, audience: str, simplified: bool) -> Iterator[Section]:
    for section in spec.sections:
        points = tuple(
            _point(point, facts, simplified) for point in section.points if _is_in(point, audience, simplified)
        )
        if points:
            yield _section(section, points)


def _section(section: SectionSpec, points: tuple[Point, ...]) -> Section:
    return Section(section.id, section.ref, section.title, points, section.summary)


def _is_in(point: PointSpec, audience: str, simplified: bool) -> bool:
    is_for_them = not audience or not point.audience or audience in point.audience
    return is_for_them and not (simplified and point.simplified == LEFT_OUT)


def _point(spec: PointSpec, facts: Facts, simplified: bool) -> Point:
    made = _made(spec, facts)
    if simplified and spec.simplified == SHORT:
        made = replace(made, blocks=_shortened(made.blocks))
    return cast(Point, _clean(made))


def _made(spec: PointSpec, facts: Facts) -> Point:
    empty = Point(spec.id, spec.ref, spec.title, spec.asks, MISSING)
    if spec.applies:
        applies, reason = CONDITIONS[spec.applies](facts)
        if not applies:
            return replace(empty, state=NOT_APPLICABLE, reason=reason)
    found = [(FILLERS[name](facts), f"Not on record: {about(name)}.") for name in spec.fill]
    said = _each_told_once([_said(spec, facts, target) for target in spec.answers])
    reasons = tuple(dict.fromkeys(reason for one in said for reason in one.reasons))
    is_declined = bool(reasons) and not any(one.is_open for one in said)
    if is_declined and not any(filled for filled, _ in found):
        return replace(empty, state=NOT_APPLICABLE, reason=" ".join(reasons))
    whole = joined([*(filled for filled, _ in found), *(one.filled for one in said)])
    if not whole:
        return replace(empty, gaps=(Gap(_nothing(found, said), spec.remedy),))
    problems = list(_problems(spec, found, said))
    if is_declined:
        problems.append(CONTRADICTED.format(reason=" ".join(reasons)))
    if any(known.is_stale for known in whole.known):
        problems.append(STALE)
    gaps = tuple(Gap(problem, spec.remedy) for problem in dict.fromkeys(problems))
    return replace(empty, state=PARTLY if gaps else FILLED, blocks=whole.blocks, known=_each_once(whole), gaps=gaps)


def _said(spec: PointSpec, facts: Facts, target: str) -> Answered:
    if spec.answers_as == WHOLE:
        return whole_answer(facts, target)
    return answered(facts, target, answers_as=spec.answers_as)


def _each_told_once(said: list[Answered]) -> list[Answered]:
    """The answers, where one that was taken over from another question does not say the same words again."""
    seen: set[tuple[Block, ...]] = set()
    told = []
    for one in said:
        blocks = one.filled.blocks
        told.append(replace(one, filled=replace(one.filled, blocks=())) if blocks in seen else one)
        seen.add(blocks)
    return told


def _nothing(found: list[tuple[Filled, str]], said: list[Answered]) -> str:
    """Why a point is empty, in as much as fillers and answers can tell."""
    told = [sentence for filled, _ in found for sentence in filled.missing]
    told += [sentence for one in said for sentence in one.filled.missing]
    told += [UNSAID for one in said if one.is_given and not one.is_stated]
    return " ".join(dict.fromkeys(told)) or NOTHING_RECORDED


def _problems(spec: PointSpec, found: list[tuple[Filled, str]], said: list[Answered]) -> Iterator[str]:
    """What is still looked for: in whatever was found, and, where everything is needed, in what was not."""
    for filled, nothing in found:
        if filled:
            yield from filled.missing
        elif spec.needs == EVERYTHING:
            yield from filled.missing or (nothing,)
    for one in said:
        if one.is_given or spec.needs == EVERYTHING:
            yield from one.filled.missing
    if spec.answers_as == EXPLAINED and not any(one.is_stated for one in said):
        # One statement would do, wherever it is given: the first place stands for all.
        unanswered = [problem for one in said for problem in one.filled.missing if not one.is_given]
        yield unanswered[0] if unanswered else UNSAID


def _each_once(whole: Filled) -> tuple[Any, ...]:
    return tuple(dict.fromkeys(whole.known))


def _shortened(blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    """Texts and the first table: what the edition for small providers keeps of a point."""
    tables = [block for block in blocks if isinstance(block, Table)]
    return tuple(block for block in blocks if not isinstance(block, Table | Picture) or (tables and block is tables[0]))


def _clean(value: Any) -> Any:
    """The value with every text in it printable, whoever wrote it."""
    if isinstance(value, str):
        return _printable(value)
    if isinstance(value, tuple):
        return tuple(_clean(item) for item in value)
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{one.name: _clean(getattr(value, one.name)) for one in fields(value)})
    return value


def _printable(text: str) -> str:
    return _UNPRINTABLE.sub("", text)


@dataclass(frozen=True)
class OpenPoint:
    """A gap with the place where it stands."""

    id: str
    ref: str
    title: str
    state: str
    problem: str
    remedy: str


@dataclass(frozen=True)
class Readiness:
    """How far a document would be filled if it were made now."""

    total: int
    filled: int
    partly: int
    not_applicable: int
    missing: int
    gaps: tuple[OpenPoint, ...]

    @property
    def share(self) -> float:
        """Points that are settled, filled or not applicable with a reason, from 0 to 1."""
        return (self.filled + self.not_applicable) / self.total if self.total else 0.0


def readiness(document: Document) -> Readiness:
    """The document's points counted by state, and every gap in order."""
    return Readiness(
        total=len(document.points),
        filled=document.count(FILLED),
        partly=document.count(PARTLY),
        not_applicable=document.count(NOT_APPLICABLE),
        missing=document.count(MISSING),
        gaps=tuple(
            OpenPoint(point.id, point.ref, point.title, point.state, gap.problem, gap.remedy)
            for point in document.points
            for gap in point.gaps
        ),
    )
