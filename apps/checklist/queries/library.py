"""The evidence library: who sees which documents, how they stand today, and what they support."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, TypeVar

from django.db.models import Count, Exists, IntegerField, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from apps.accounts.queries import team_ids_seen_by, team_ids_where
from apps.checklist.models import Evidence, EvidenceDocument, EvidenceVersion
from apps.checklist.queries.cited import LIVE, newest_of, standing_of
from apps.checklist.rules.library import CURRENT, EXPIRED, SOON, SOON_BEFORE, SUPERSEDED, WITHDRAWN, Standing
from apps.core.errors import NotFound
from apps.incidents.queries import is_held

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from apps.accounts.models import User

T = TypeVar("T")
MISSING = "There is no such document in the evidence library, or you may not see it."


def documents_seen_by(user: "User | AnonymousUser") -> QuerySet[EvidenceDocument]:
    """The documents of the person's teams, by title. Whom a model was shared with sees none of them."""
    rows = EvidenceDocument.objects.filter(team_id__in=team_ids_seen_by(user))
    return rows.select_related("team", "created_by", "withdrawn_by")


def document_seen(user: "User | AnonymousUser", pk: int) -> EvidenceDocument:
    """One document. Raises NotFound when it is not there or not to be seen."""
    return _or_missing(documents_seen_by(user).filter(pk=pk).first())


def versions_seen_by(user: "User | AnonymousUser") -> QuerySet[EvidenceVersion]:
    """Every version of the documents of the person's teams."""
    rows = EvidenceVersion.objects.filter(team_id__in=team_ids_seen_by(user))
    return rows.select_related("document__team", "uploaded_by", "withdrawn_by")


def version_seen(user: "User | AnonymousUser", pk: int) -> EvidenceVersion:
    """One version of a document. Raises NotFound when it is not there or not to be seen."""
    return _or_missing(versions_seen_by(user).filter(pk=pk).first())


def _or_missing(found: T | None) -> T:
    if found is None:
        raise NotFound(MISSING)
    return found


def with_state(rows: QuerySet[EvidenceDocument]) -> QuerySet[EvidenceDocument]:
    """The rows with what tells their state: `newest_number` and `newest_expires` of the newest version that was not
    withdrawn, and `supports`, the number of present answers that cite any version.
    """
    newest = EvidenceVersion.objects.filter(document=OuterRef("pk"), withdrawn_at=None).order_by("-number")
    cited = Evidence.objects.filter(cites__document=OuterRef("pk"), answer__is_current=True).order_by()
    counted = cited.values("cites__document").annotate(number=Count("pk")).values("number")
    return rows.annotate(
        newest_number=Subquery(newest.values("number")[:1]),
        newest_expires=Subquery(newest.values("expires_on")[:1]),
        supports=Coalesce(Subquery(counted, output_field=IntegerField()), 0),
    )


def in_state(rows: QuerySet[EvidenceDocument], state: str, on: date | None = None) -> QuerySet[EvidenceDocument]:
    """Those documents of `with_state` whose newest version stands like that on a day (today). Superseded are those of
    which an answer still cites an older version.
    """
    on = on or timezone.localdate()
    lives = Q(withdrawn_at=None, newest_number__isnull=False)
    if state == WITHDRAWN:
        return rows.exclude(lives)
    if state == SUPERSEDED:
        older = Evidence.objects.filter(
            cites__document=OuterRef("pk"), answer__is_current=True, cites__number__lt=OuterRef("newest_number")
        )
        return rows.filter(lives, Exists(older))
    within = {
        EXPIRED: Q(newest_expires__lt=on),
        SOON: Q(newest_expires__gte=on, newest_expires__lte=on + SOON_BEFORE),
        CURRENT: Q(newest_expires=None) | Q(newest_expires__gt=on + SOON_BEFORE),
    }
    return rows.filter(lives, within[state])


def with_words(rows: QuerySet[EvidenceDocument], words: str) -> QuerySet[EvidenceDocument]:
    """Those documents that hold the words in their title, in what they show, in a file's name or an address."""
    versions = EvidenceVersion.objects.filter(document=OuterRef("pk"))
    versions = versions.filter(Q(filename__icontains=words) | Q(link__icontains=words))
    return rows.filter(Q(title__icontains=words) | Q(shows__icontains=words) | Exists(versions))


@dataclass(frozen=True)
class DocumentLine:
    """One document of the list, with its newest version and how that stands; None where every one was withdrawn."""

    document: EvidenceDocument
    newest: EvidenceVersion | None
    standing: Standing | None
    supports: int

    @property
    def state(self) -> str:
        """One of the states of the library."""
        return self.standing.state if self.standing else WITHDRAWN


def lines_of(documents: Sequence[EvidenceDocument], on: date | None = None) -> list[DocumentLine]:
    """The lines of a list for documents of `with_state` that were read with their `versions`. Reads nothing."""
    on = on or timezone.localdate()
    return [_line(document, on) for document in documents]


def _line(document: EvidenceDocument, on: date) -> DocumentLine:
    newest = newest_of(document)
    if newest is not None:
        newest.document = document
    standing = standing_of(newest, on) if newest is not None else None
    supports: int = document.supports  # type: ignore[attr-defined] # annotated by with_state
    return DocumentLine(document, newest, standing, supports)


def with_newest(rows: QuerySet[EvidenceDocument]) -> QuerySet[EvidenceDocument]:
    """The rows with their versions that were not withdrawn, for `lines_of`."""
    live = EvidenceVersion.objects.filter(withdrawn_at=None).order_by("-number").select_related("uploaded_by")
    return rows.prefetch_related(Prefetch("versions", queryset=live, to_attr="live"))


def versions_of(document: EvidenceDocument) -> list[EvidenceVersion]:
    """Every version of one document, the newest first, ready to be asked how it stands. Constant queries."""
    rows = document.versions.select_related("document", "uploaded_by", "withdrawn_by").prefetch_related(LIVE)
    return list(rows.order_by("-number"))


def _newest() -> QuerySet[EvidenceVersion]:
    """The newest version of each document, nothing withdrawn among them."""
    later = EvidenceVersion.objects.filter(
        document=OuterRef("document"), number__gt=OuterRef("number"), withdrawn_at=None
    )
    return EvidenceVersion.objects.filter(~Exists(later), withdrawn_at=None, document__withdrawn_at=None)


def citable_in(team_id: int, on: date | None = None) -> QuerySet[EvidenceVersion]:
    """The newest version of each document of a team that an answer can rest on today, by title."""
    rows = _newest().filter(Q(expires_on=None) | Q(expires_on__gte=on or timezone.localdate()), team=team_id)
    return rows.select_related("document").order_by("document__title", "pk")


def expiring_for(user: "User", on: date | None = None) -> QuerySet[EvidenceVersion]:
    """Versions that expire and that the person brought or may withdraw, the next one first: what has expired already
    as long as an answer rests on it.
    """
    on = on or timezone.localdate()
    mine = Q(uploaded_by=user, team_id__in=team_ids_where(user, "evidence.edit"))
    mine |= Q(team_id__in=team_ids_where(user, "evidence.withdraw"))
    cited = Evidence.objects.filter(cites=OuterRef("pk"), answer__is_current=True)
    rows = _newest().filter(mine, Q(expires_on__gte=on) | Q(Exists(cited), expires_on__lt=on))
    return rows.select_related("document__team").order_by("expires_on", "pk")


def held_among(versions: Sequence[EvidenceVersion]) -> QuerySet[EvidenceVersion]:
    """Those of these versions that an incident keeps as they are."""
    rows = EvidenceVersion.objects.filter(is_held(EvidenceVersion), pk__in=[one.pk for one in versions])
    return rows.select_related("document")
