"""Cards and bills of materials that were read, beside what is recorded of their version."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.db.models import Q, QuerySet

from apps.accounts.queries import shared_ids, team_ids_seen_by
from apps.core.errors import NotFound
from apps.registry.models import (
    ModelFile,
    ModelVersion,
    RegisteredModel,
    VersionDocument,
    VersionMetric,
    VersionStatement,
)
from apps.registry.queries.models import MISSING
from apps.registry.rules import IMPORTED, cards

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from apps.accounts.models import User

MOST_FIGURES = 1_000  # of one version, on a page or in an export
MOST_STATEMENTS = 500
MOST_FILES = 5_000
_PLAIN = ("name", "value", "text", "task", "dataset", "split", "revision", "source")


def documents_seen_by(user: "User | AnonymousUser") -> QuerySet[VersionDocument]:
    """Cards and bills of every version that the person sees, the newest first."""
    seen = Q(version__team_id__in=team_ids_seen_by(user)) | Q(version__model_id__in=shared_ids(user, RegisteredModel))
    rows = VersionDocument.objects.filter(seen, version__deleted_at=None)
    return rows.select_related("version__model", "version__team", "created_by")


def document_seen(user: "User | AnonymousUser", pk: int) -> VersionDocument:
    """One of them. Raises NotFound when it is not there or not to be seen."""
    found = documents_seen_by(user).filter(pk=pk).first()
    if found is None:
        raise NotFound(MISSING)
    return found


def cards_among(version: ModelVersion) -> list[ModelFile]:
    """The version's own files that are cards, results or bills, as far as their names tell and they can be read."""
    small = version.files.filter(size__lte=cards.MOST_BYTES)[:MOST_FILES]
    return [file for file in small if cards.OWN_FILES.match(file.path)]


def statements_of(version: ModelVersion) -> list[VersionStatement]:
    """What is said of a version."""
    return list(version.statements.select_related("document")[:MOST_STATEMENTS])


def recorded_of(version: ModelVersion, statements: Iterable[VersionStatement]) -> dict[str, Any]:
    """The version's record by our fields: its own columns, the model's purpose, and what is said of it."""
    told: dict[str, Any] = {name: getattr(version, column) for name, column in cards.COLUMNS.items()}
    told["intended_uses"] = version.model.intended_purpose
    told |= {one.field: one.value for one in statements}
    return {name: value for name, value in told.items() if value not in (None, "", [], {})}


def how_known_of(version: ModelVersion, statements: Iterable[VersionStatement]) -> dict[str, str]:
    """How each field is known, in words: by whom it was said, or from which file it was taken and still is as there."""
    documents = version.documents.exclude(applied=[]).order_by("applied_at", "pk")
    taken: dict[str, str] = {}
    for document in documents:
        for name in document.applied:
            column = cards.COLUMNS.get(name)
            if column and getattr(version, column) == cards.column_value(name, cards.said_of(document.found, name)):
                taken[name] = f"imported from {document.filename}"
    facts = version.facts if isinstance(version.facts, dict) else {}
    for name in ("architecture", "parameters", "context_length"):
        if facts.get(name) and facts[name] == getattr(version, name):
            taken.setdefault(name, "measured by the platform in the files")
    if facts.get("licence") and facts["licence"] == version.licence:
        taken.setdefault(cards.LICENCE, "imported from the files' own card")
    for one in statements:
        if one.status == IMPORTED and one.document is not None:
            taken[one.field] = f"imported from {one.document.filename}"
    return taken


def figures_of(version: ModelVersion, *, most: int = MOST_FIGURES) -> list[cards.Figure]:
    """The figures on record that came from outside, in the order in which they came."""
    return [figure_of_row(row) for row in version.metrics.order_by("pk")[:most]]


def figure_of_row(row: VersionMetric) -> cards.Figure:
    """A row as the rules know it."""
    told: dict[str, Any] = {name: getattr(row, name) for name in _PLAIN}
    return cards.figure_of(told | dict(row.details))


@dataclass(frozen=True)
class Preview:
    """What a file says beside what is recorded now."""

    document: VersionDocument
    lines: list[cards.Line]
    new_figures: list[cards.Figure]
    digest_verdict: str  # same | differs | none

    @property
    def groups(self) -> list[tuple[str, str, list[cards.Line]]]:
        """The lines under the question that each answers."""
        return cards.lines_by_question(self.lines)

    @cached_property
    def missing(self) -> list[cards.Line]:
        """What the questions need and the file does not say."""
        return [line for line in self.lines if line.is_missing]

    @cached_property
    def open(self) -> list[cards.Line]:
        """What neither the file nor the record says."""
        return [line for line in self.missing if not line.recorded]

    @cached_property
    def conflicts(self) -> list[cards.Line]:
        """On what the file and the record differ, so that somebody has to pick."""
        return [line for line in self.lines if line.state == cards.CONFLICT and line.can_be_taken]

    @cached_property
    def news(self) -> list[cards.Line]:
        """What the file says and nobody has recorded."""
        return [line for line in self.lines if line.state == cards.NEW and line.can_be_taken]


def preview_of(document: VersionDocument, told: Mapping[str, list[str]] | None = None) -> Preview:
    """The document beside the version's present record; `told` is what runs, data and deployments tell of it by field,
    which stands on floors above this one.
    """
    version = document.version
    statements, figures = statements_of(version), figures_of(version)
    digests = [digest for digest in version.files.values_list("digest", flat=True)[:MOST_FILES] if digest]
    digests += [version.manifest_digest] if version.manifest_digest else []
    recorded = recorded_of(version, statements)
    shown = recorded | ({cards.FILES_DIGEST: digests} if digests else {})
    beside = dict(told or {}) | ({cards.FIGURES: [one.words for one in figures]} if figures and not told else {})
    lines = cards.compared(document.found, shown, beside, figures)
    fresh = cards.new_figures(document.found, figures)
    return Preview(document, lines, fresh, cards.digest_verdict(document.found, digests))
