"""What kinds of documents there are: data, read from `apps/reports/documents/*.yaml` by `reading`."""

from dataclasses import dataclass

VERSION, SYSTEM, DEPLOYMENT, DATASET, INCIDENT = "version", "system", "deployment", "dataset", "incident"
SUBJECTS = {
    VERSION: "Model version",
    SYSTEM: "AI system",
    DEPLOYMENT: "Deployment",
    DATASET: "Dataset version",
    INCIDENT: "Incident",
}
PDF, DOCX, XLSX, JSON = "pdf", "docx", "xlsx", "json"
FORMATS = {PDF: "PDF", DOCX: "Word", XLSX: "Excel", JSON: "JSON"}
EVERYTHING = "all"
CHOSEN = "chosen"  # of a period: whoever asks for the document says from when to when it speaks
FULL, WORDS, STATED, EXPLAINED, WHOLE = "full", "words", "stated", "explained", "whole"
AUDIT_PACK = "audit-pack"  # documents about one thing, with all that is needed to rely on nobody; it has no file here
AUDIT_REPORT = "audit-report"  # everything on record, for people: the one of a pack's documents that is shown beside it


@dataclass(frozen=True)
class AudienceSpec:
    """Who one edition of a document is for."""

    id: str
    title: str


@dataclass(frozen=True)
class PointSpec:
    """One point: its place in the official text, our paraphrase of what it asks, and what fills it.

    `fill` names fillers (see `filling.FILLERS`), `answers` framework questions as `urn#question`. `applies` names a
    rule of `filling.CONDITIONS`; where that says no, the point is printed as not applicable with the rule's reason.
    `needs` is "any" or "all" of fillers and answers together. `simplified` tells what the edition for small providers
    does with it: "full", "short" (text and first table only) or "left_out". `answers_as` "words" leaves out who
    answered and what evidence found, for readers who get neither names nor exact figures; "stated" leaves the findings
    of the portal to the fillers and takes what people stated and attached; "explained" asks for a person's statement
    too; "whole" shows every assessment's answer with all that is known of it, and what its framework still asks for.
    """

    id: str
    ref: str
    title: str
    asks: str
    remedy: str
    fill: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()
    applies: str = ""
    needs: str = "any"
    audience: frozenset[str] = frozenset()
    simplified: str = "full"
    answers_as: str = "full"


@dataclass(frozen=True)
class SectionSpec:
    """Points under one heading."""

    id: str
    ref: str
    title: str
    points: tuple[PointSpec, ...]
    summary: str = ""


@dataclass(frozen=True)
class DocumentSpec:
    """One kind of document. `digest` is the SHA-256 of its file, so that a document can name the very text it used.
    `period` is "chosen" for one that speaks of a period which people choose, and empty for all others.
    """

    slug: str
    urn: str
    version: int
    title: str
    summary: str
    law: str
    source_url: str
    subjects: tuple[str, ...]
    formats: tuple[str, ...]
    sections: tuple[SectionSpec, ...]
    digest: str
    audiences: tuple[AudienceSpec, ...] = ()
    notes: tuple[str, ...] = ()
    lint: str = ""
    period: str = ""

    @property
    def points(self) -> list[PointSpec]:
        """Every point, in order."""
        return [point for section in self.sections for point in section.points]

    @property
    def has_simplified(self) -> bool:
        """Whether small providers may hand in a shorter edition."""
        return any(point.simplified != FULL for point in self.points)

    def editions(self, *, is_small: bool) -> list[tuple[str, bool]]:
        """Audience (empty: everybody) and whether it is the simplified one, of each edition that can be had; `is_small`
        says whether the provider is."""
        found = [("", False), *((audience.id, False) for audience in self.audiences)]
        return [*found, ("", True)] if self.has_simplified and is_small else found
