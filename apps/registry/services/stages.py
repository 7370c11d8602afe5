"""The stages of a version: decisions, each with who took it and why."""

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.accounts.services import require
from apps.audit.services import record
from apps.core.errors import Conflict, Invalid
from apps.incidents.services import require_free
from apps.registry import rules
from apps.registry.models import ModelVersion
from apps.registry.rules.deploying import obstacles


@transaction.atomic
def version_propose(*, by: User, version: ModelVersion) -> ModelVersion:
    """Make a draft a candidate: it now waits for its checklist and a sign-off."""
    require(by, "version.propose", version.team_id, shared=version.model)
    return _stage_change(version, rules.CANDIDATE, by=by, action="version.propose")


@transaction.atomic
def version_approve(*, by: User, version: ModelVersion, reason: str) -> ModelVersion:
    """Approve the version's present files. Called by checklist's sign-off only, which holds the gate and knows
    whose roles its policy counts."""
    require(by, "assessment.sign", version.team_id, shared=version.model)
    return _stage_change(version, rules.APPROVED, by=by, action="version.approve", reason=reason)


@transaction.atomic
def version_reject(*, by: User, version: ModelVersion, reason: str) -> ModelVersion:
    """Reject the version, from a refused sign-off or because an approval is taken back."""
    require(by, "assessment.sign", version.team_id, shared=version.model)
    return _stage_change(version, rules.REJECTED, by=by, action="version.reject", reason=reason)


@transaction.atomic
def version_retire(*, by: User, version: ModelVersion, reason: str) -> ModelVersion:
    """Take a version out of use for good."""
    require(by, "version.retire", version.team_id, shared=version.model)
    return _stage_change(version, rules.RETIRED, by=by, action="version.retire", reason=reason)


def _stage_change(version: ModelVersion, to: str, *, by: User, action: str, reason: str = "") -> ModelVersion:
    version = ModelVersion.objects.select_for_update(of=("self",)).select_related("model").get(pk=version.pk)
    before = version.stage
    if to not in {rules.REJECTED, rules.RETIRED}:  # taking it out of use protects people, whatever is held
        require_free(version)
    if to == rules.APPROVED:
        _check_files(version)
    if not rules.may_move(before, to):
        raise Conflict(
            f"{version} is {before}; it cannot become {to}.",
            code="version.stage",
            remedy=f"From {before} it can become {', '.join(sorted(rules.MOVES[before])) or 'nothing else'}.",
        )
    if to in {rules.APPROVED, rules.REJECTED, rules.RETIRED} and not reason.strip():
        raise Invalid("A reason is needed; it is kept in the trail.", code="reason.missing")
    version.stage = to
    if to == rules.APPROVED:
        version.approved_digest = version.manifest_digest
        version.approved_at = timezone.now()
    version.updated_at = timezone.now()
    version.save(update_fields=["stage", "approved_digest", "approved_at", "updated_at"])
    data = {"from": before, "to": to, "manifest_digest": version.manifest_digest}
    record(action=action, obj=version, by=by, reason=reason, data=data)
    return version


def _check_files(version: ModelVersion) -> None:
    """Raise Conflict when what is to be approved cannot be used: files in quarantine, altered ones, none, deleted."""
    found = obstacles(
        stage=rules.APPROVED,
        manifest_digest=version.manifest_digest,
        approved_digest=version.manifest_digest,
        held_files=version.held_files,
        is_broken=version.broken_at is not None,
        is_deleted=version.deleted_at is not None,
    )
    if found:
        raise Conflict(
            f"{version} cannot be approved: it {' and '.join(found)}.",
            code="version.broken" if version.broken_at else "version.held" if version.held_files else "version.stage",
            remedy="Its page says what has to be done about its files.",
        )
