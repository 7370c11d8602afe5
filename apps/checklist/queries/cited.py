"""What cited versions of documents are worth when they are read."""

from datetime import date

from django.db.models import Prefetch

from apps.checklist.models import EvidenceDocument, EvidenceVersion
from apps.checklist.rules.library import Cited, Standing

# Versions whose standing is asked are read with this: their document, and its versions that were not withdrawn.
LIVE = Prefetch(
    "document__versions",
    queryset=EvidenceVersion.objects.filter(withdrawn_at=None).order_by("-number"),
    to_attr="live",
)
# Evidence whose view is made is read with this. Where nothing is cited, it costs no query.
CITES = Prefetch("cites", queryset=EvidenceVersion.objects.select_related("document").prefetch_related(LIVE))


def newest_of(document: EvidenceDocument) -> EvidenceVersion | None:
    """The newest version that was not withdrawn, of a document that was read with its versions."""
    live: list[EvidenceVersion] = document.live  # type: ignore[attr-defined] # set by the prefetch
    return live[0] if live else None


def standing_of(version: EvidenceVersion, on: date) -> Standing:
    """How a version that was read with `LIVE` stands on a day."""
    return _standing(version, version.document, newest_of(version.document), on)


def _standing(
    version: EvidenceVersion, document: EvidenceDocument, newest: EvidenceVersion | None, on: date
) -> Standing:
    return Standing(
        name=document.title,
        number=version.number,
        newest=newest.number if newest else 0,
        expires_on=version.expires_on,
        is_withdrawn=document.withdrawn_at is not None or version.withdrawn_at is not None,
        withdrawn_because=document.withdrawn_because or version.withdrawn_because,
        on=on,
    )


def cited_view(version: EvidenceVersion, on: date) -> Cited:
    """A cited version as it stands on a day, with the newest one where that could be cited in its place."""
    document, newest = version.document, newest_of(version.document)
    instead = newest if newest is not None and newest.pk != version.pk else None
    if instead is not None and not _standing(instead, document, instead, on).holds:
        instead = None
    return Cited(
        version=version.pk,
        document=document.pk,
        standing=_standing(version, document, newest, on),
        filename=version.filename,
        effective_on=version.effective_on,
        instead=instead.pk if instead else None,
        instead_number=instead.number if instead else 0,
    )
