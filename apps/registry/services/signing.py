"""Signatures over whole versions in OpenSSF's model-signing form, made by a worker that holds our key."""

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.accounts.services import require
from apps.audit.services import WORKER, record
from apps.core import rules as run_rules
from apps.core.errors import Conflict
from apps.core.queue import enqueue
from apps.registry.models import ModelVersion, SigningRun, VersionSignature
from apps.registry.queries.safety import refuse_unsafe


@transaction.atomic
def version_sign_start(*, by: User, version: ModelVersion) -> SigningRun:
    """Have a version signed with the organisation's key, in one's own name.

    Raises Conflict when it has no files, an altered one, or is being signed; Refused while a file is in quarantine.
    """
    require(by, "version.sign", version.team_id, shared=version.model)
    version = ModelVersion.objects.select_for_update(of=("self",)).select_related("model").get(pk=version.pk)
    if not version.manifest_digest:
        raise Conflict(f"{version} has no files yet.", code="version.no_files")
    refuse_unsafe(version)
    if SigningRun.objects.filter(version=version, state__in=run_rules.OPEN).exists():
        raise Conflict("This version is being signed already.", code="signing.open")
    run = SigningRun.objects.create(
        team_id=version.team_id, version=version, manifest_digest=version.manifest_digest, created_by=by
    )
    record(action="signing.start", obj=run, by=by, data={"manifest_digest": run.manifest_digest})
    enqueue(run)
    return run


@transaction.atomic
def version_sign_finish(*, run: SigningRun, bundle: str, public_key: str, key_digest: str) -> VersionSignature:
    """Keep the signature. Raises Conflict when the version got other files meanwhile: it would speak of those."""
    version = ModelVersion.objects.select_for_update(of=("self",)).select_related("model").get(pk=run.version_id)
    if version.manifest_digest != run.manifest_digest:
        raise Conflict(f"{version} got other files while it was signed.", code="signing.stale", remedy="Sign it again.")
    signature = VersionSignature.objects.create(
        version=version,
        manifest_digest=run.manifest_digest,
        bundle=bundle,
        public_key=public_key,
        key_digest=key_digest,
        verified_at=timezone.now(),
        created_by=run.created_by,
    )
    run.end(run_rules.SUCCEEDED, result={"signature": signature.pk, "key_digest": key_digest}, message="Signed")
    data = {"manifest_digest": run.manifest_digest, "key_digest": key_digest, "for": f"user:{run.created_by_id}"}
    record(action="version.sign", obj=version, by=WORKER, data=data)
    return signature
