"""Which kinds of documents there are: those described by data files, and the pack of them."""

from dataclasses import dataclass

from apps.core.errors import NotFound
from apps.reports.queries.own import all_specs
from apps.reports.rules.documents.spec import (
    AUDIT_PACK,
    AUDIT_REPORT,
    FORMATS,
    JSON,
    PDF,
    SUBJECTS,
    AudienceSpec,
    DocumentSpec,
)

ZIP = "zip"
FORMS = FORMATS | {ZIP: "ZIP"}


@dataclass(frozen=True)
class Kind:
    """One kind of document as pages and API show it. `spec` is None for the pack, whose layout is its own."""

    slug: str
    title: str
    summary: str
    law: str
    subjects: tuple[str, ...]
    formats: tuple[str, ...]
    spec: DocumentSpec | None = None

    @property
    def audiences(self) -> tuple[AudienceSpec, ...]:
        """Whom it has editions for; none where there is one for everybody."""
        return self.spec.audiences if self.spec else ()

    @property
    def has_simplified(self) -> bool:
        """Whether small providers may hand in a shorter edition."""
        return self.spec is not None and self.spec.has_simplified

    @property
    def has_period(self) -> bool:
        """Whether it speaks of a period that people choose."""
        return self.spec is not None and bool(self.spec.period)

    @property
    def is_graded(self) -> bool:
        """Whether the platform can say how good it is before a regulator does."""
        return self.spec is not None and bool(self.spec.lint)

    @property
    def format_labels(self) -> list[str]:
        """The formats in words."""
        return [FORMS[form] for form in self.formats]

    def audience_title(self, audience: str) -> str:
        """Whom an edition is for, in words; empty for everybody."""
        return next((one.title for one in self.audiences if one.id == audience), audience)


PACK = Kind(
    slug=AUDIT_PACK,
    title="Audit pack",
    summary="The documents that you choose about one thing, made from one snapshot and signed, with the record, the"
    " evidence and the audit trail's proof, under the organisation's seal. Anybody can check it without this portal.",
    law="",
    subjects=tuple(SUBJECTS),
    formats=(PDF, JSON, ZIP),
)


def kinds() -> list[Kind]:
    """Every kind of document: the pack, the report on everything, and the others by their names."""
    specs = sorted(all_specs().values(), key=lambda spec: spec.slug != AUDIT_REPORT)
    return [PACK, *(_of(spec) for spec in specs)]


def kinds_about(subject_kind: str) -> list[Kind]:
    """The kinds of documents that can be about this kind of thing."""
    return [kind for kind in kinds() if subject_kind in kind.subjects]


def kind_named(slug: str) -> Kind:
    """One kind of document. Raises NotFound for a name that none has."""
    found = next((kind for kind in kinds() if kind.slug == slug), None)
    if found is None:
        raise NotFound(f"There is no kind of document called “{slug}”.", code="document.unknown")
    return found


def title_of(slug: str) -> str:
    """What a kind of document is called; of one that is no more, its name."""
    return next((kind.title for kind in kinds() if kind.slug == slug), slug)


def kind_formats(slug: str) -> tuple[str, ...]:
    """The forms in which a kind of document is made; of one that is no more, every form."""
    return next((kind.formats for kind in kinds() if kind.slug == slug), tuple(FORMS))


def _of(spec: DocumentSpec) -> Kind:
    return Kind(spec.slug, spec.title, spec.summary, spec.law, spec.subjects, spec.formats, spec)
