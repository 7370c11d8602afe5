"""Where content comes from: sources, on what terms they are offered, and who has read that."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from django.db import models, transaction
from django.utils import timezone

from apps.accounts.models import Team, User
from apps.accounts.services import in_turn, require
from apps.audit.services import record
from apps.catalog.models import Source
from apps.catalog.rules.licences import judge
from apps.catalog.rules.sources import (
    SOURCE_FIELDS,
    TDM_RESERVATIONS,
    collection_methods,
    confidentialities,
    data_uses,
    place_problem,
)
from apps.catalog.services.licences import licence_read
from apps.core import storage, tables
from apps.core.errors import Conflict, Invalid

# What a verification speaks of: another licence, or another place where it was read, has not been verified.
VERIFIED = ("licence", "licence_evidence")
MOST_BYTES = 50 * 1024 * 1024  # of a contract or a consent form
_LOOKED = ("none", "reserved", "permitted")


@transaction.atomic
def source_create(*, by: User, team: Team, imported_from: str = "", **told: Any) -> Source:
    """Record a source. `told` are the fields in SOURCE_FIELDS; a name is needed, the rest may follow.
    `imported_from` names the file that all of it was read from; empty: a person typed it.

    Raises Invalid, which names the field and, for a licence, the word at fault; Conflict for a name that is taken.
    """
    require(by, "source.edit", team)
    told = _checked(told)
    if not told.get("name"):
        raise Invalid("A source needs a name.", code="source.name")
    in_turn(team)
    _check_free(team, told["name"])
    source = Source.objects.create(team=team, created_by=by, imported_from=imported_from[:200], **told)
    record(action="source.create", obj=source, by=by, data={"digest": source.record_digest})
    return source


@transaction.atomic
def source_change(*, by: User, source: Source, **told: Any) -> Source:
    """Change what is on record about a source. Another licence, or another place where it was read, withdraws the
    verification: nobody has verified that one. Answers that rest on the source turn stale.
    """
    require(by, "source.edit", source.team_id)
    told = _checked(told)
    in_turn(source.team)
    source = _locked(source)
    before, was_verified = source.record_digest, source.licence_verified_at is not None
    if told.get("name", source.name) != source.name:
        _check_free(source.team, told["name"])
    is_other = any(name in told and told[name] != getattr(source, name) for name in VERIFIED)
    if any(getattr(source, name) != value for name, value in told.items()):
        source.imported_from = ""  # from now on it is what a person said
    for name, value in told.items():
        setattr(source, name, value)
    if is_other:
        source.licence_verified_by, source.licence_verified_at = None, None
    source.changed_at = timezone.now()
    source.save()
    data = {"before": before, "after": source.record_digest, "verification_withdrawn": was_verified and is_other}
    record(action="source.change", obj=source, by=by, data=data)
    return source


@transaction.atomic
def source_verify_licence(*, by: User, source: Source, evidence: str) -> Source:
    """Put on record that this person has read under which licence the source is offered, and where.

    Raises Invalid without a licence that can be read, or without saying where it was read.
    """
    require(by, "source.verify", source.team_id)
    source = _locked(source)
    verdict = judge(source.licence)
    if not verdict.valid:
        raise Invalid(verdict.problem, code="licence.invalid", remedy="Record the licence first, then verify it.")
    if not evidence.strip():
        raise Invalid("Say where the licence was read: an address, a file, a contract.", code="source.evidence")
    source.licence_evidence = evidence.strip()[:500]
    source.licence_verified_by, source.licence_verified_at = by, timezone.now()
    source.changed_at = source.licence_verified_at
    source.save()
    record(action="source.verify", obj=source, by=by, data={"licence": source.licence, "digest": source.record_digest})
    return source


def source_document_store(*, by: User, source: Source, path: Path, filename: str) -> Source:
    """Store the contract or consent that permits the use, under its SHA-256. A verification of before is withdrawn.

    Raises Invalid for a file that is empty or larger than MOST_BYTES, StorageFull when there is no room.
    """
    require(by, "source.edit", source.team_id)
    size = path.stat().st_size
    if not 0 < size <= MOST_BYTES:
        raise Invalid(f"A document has between 1 and {MOST_BYTES} bytes; this one has {size}.", code="source.document")
    name = tables.clean_filename(filename)
    return _document_keep(by, source, storage.put_path(path).digest, name)


@transaction.atomic
def _document_keep(by: User, source: Source, digest: str, name: str) -> Source:
    source = _locked(source)
    if source.consent_digest and source.consent_digest != digest:
        source.licence_verified_by, source.licence_verified_at = None, None
    source.consent_document, source.consent_digest = name[:500], digest
    source.imported_from = ""
    source.changed_at = timezone.now()
    source.save()
    record(action="source.document", obj=source, by=by, data={"document": digest})
    return source


def _locked(source: Source) -> Source:
    return Source.objects.select_for_update(of=("self",)).select_related("team").get(pk=source.pk)


def _check_free(team: Team, name: str) -> None:
    if Source.objects.filter(team=team, name=name).exists():
        raise Conflict(f"This team already has a source called “{name}”.", code="source.exists")


def _checked(told: Mapping[str, Any]) -> dict[str, Any]:
    """The fields without white space around texts. Raises Invalid, which names the field."""
    unknown = sorted(set(told) - set(SOURCE_FIELDS))
    if unknown:
        raise Invalid(f"A source has no {', '.join(unknown)}.", code="source.field")
    found: dict[str, Any] = {n: value.strip() if isinstance(value, str) else value for n, value in told.items()}
    for name, value in found.items():
        most = Source._meta.get_field(name)
        if isinstance(most, models.CharField) and isinstance(value, str) and len(value) > (most.max_length or 0):
            raise Invalid(f"{name}: up to {most.max_length} characters.", code="source.field")
    if "name" in found and not found["name"]:
        raise Invalid("A source needs a name.", code="source.name")
    _check_place(found)
    _check_codes(found)
    _check_period(found.get("collected_from"), found.get("collected_to"))
    share = found.get("machine_generated")
    if share is not None and not 0 <= share <= 1:
        raise Invalid("The share written by machines lies between 0 and 1.", code="source.share")
    if found.get("licence"):
        found["licence"] = licence_read(found["licence"])
    return found


def _check_place(found: Mapping[str, Any]) -> None:
    url = found.get("url") or ""
    if url and not url.startswith(("https://", "http://")):
        raise Invalid("An address starts with https:// or http://.", code="source.url")
    for code in found.get("geography") or []:
        if problem := place_problem(code):
            raise Invalid(problem, code="source.geography")


def _check_codes(found: Mapping[str, Any]) -> None:
    lists = {
        "collection_method": collection_methods(),
        "confidentiality": confidentialities(),
        "tdm_reservation": TDM_RESERVATIONS,
        "intended_uses": data_uses(),
    }
    for name, codes in lists.items():
        given = found.get(name) or []
        for code in given if isinstance(given, list) else [given]:
            if code not in codes:
                raise Invalid(f"{name}: there is no code “{code}”.", code="source.code")
    if found.get("tdm_reservation") in _LOOKED and not found.get("tdm_note"):
        raise Invalid(
            "Say how and when a reservation against text and data mining was looked for.",
            code="source.tdm_note",
            remedy="For example: robots.txt and the site's terms, read on 3 May 2026.",
        )


def _check_period(start: date | None, end: date | None) -> None:
    if start and end and end < start:
        raise Invalid("The period of collection ends before it begins.", code="source.period")
