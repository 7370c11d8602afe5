"""The doors of model files: look for hidden code, read what is stored against its digest, sign."""

from dataclasses import asdict
from pathlib import Path

from celery import shared_task
from django.conf import settings
from django.utils.text import slugify

from apps.core import queue, storage
from apps.jobs.services.claims import Claim, claimed
from apps.registry.models import FileCheckRun, FileScanRun, ModelVersion, SigningRun
from apps.registry.queries.safety import FILE_LIST, held_files_of, manifest_found, signatures_in_force
from apps.registry.services import file_scan_finish, version_check_finish, version_sign_finish
from workers.doors import checked_path, model_folder, work_folder
from workers.errors import EngineError


@shared_task(name=queue.SCAN_FILES)
def scan_files(run_id: int) -> None:
    with claimed(FileScanRun, run_id) as claim:
        if claim is None:
            return
        from workers.artifacts import engine

        with work_folder(claim.run) as folder:
            held = held_files_of(claim.run.version)
            files = tuple(
                engine.File(str(checked_path(file.digest, file.path)), file.path, file.digest) for file in held
            )
            config = engine.Config(files, str(folder), seconds=settings.FILE_SCAN_SECONDS)
            result = engine.run(config, claim.progress)
        found = {digest: [asdict(item) for item in findings] for digest, findings in result.files.items()}
        told = {"scanner": result.scanner, "seconds": result.seconds}
        file_scan_finish(run=claim.run, files=found, result=told)


@shared_task(name=queue.CHECK_FILES)
def check_files(run_id: int) -> None:
    with claimed(FileCheckRun, run_id) as claim:
        if claim is None:
            return
        altered = _altered(claim)
        signatures = {} if altered else _verified(claim)
        version_check_finish(run=claim.run, altered=altered, signatures=signatures)


def _altered(claim: Claim[FileCheckRun]) -> list[dict[str, str]]:
    """Every file whose stored bytes have another digest now, read from the storage itself, not from a copy of it; and
    the list of files, where it is not the one that the version's digest was taken over.
    """
    version = claim.run.version
    files, altered = list(version.files.all()), []
    if (listed := manifest_found(version)) != version.manifest_digest:
        altered.append({"path": FILE_LIST, "digest": version.manifest_digest, "found": listed})
    for number, file in enumerate(files):
        claim.progress(number / len(files), f"Reading {file.path[:200]}")
        if (found := storage.digest_found(file.digest)) != file.digest:
            altered.append({"path": file.path, "digest": file.digest, "found": found})
    return altered


def _verified(claim: Claim[FileCheckRun]) -> dict[int, str]:
    """Why each signature over the present files does not hold; empty for those that do."""
    signatures = list(signatures_in_force(claim.run.version))
    if not signatures:
        return {}
    from workers.artifacts import signing

    with work_folder(claim.run) as folder:
        model = _laid_out(claim.run.version, folder)
        return {one.pk: signing.verify(model, one.bundle, one.public_key, folder) for one in signatures}


@shared_task(name=queue.SIGN)
def sign(run_id: int) -> None:
    with claimed(SigningRun, run_id) as claim:
        if claim is None:
            return
        from workers.artifacts import signing

        key = _key()
        with work_folder(claim.run) as folder:
            claim.progress(0.1, "Reading the files")
            signed = signing.sign(_laid_out(claim.run.version, folder), key, folder)
        version_sign_finish(run=claim.run, **asdict(signed))


def _key() -> Path:
    """The organisation's key. A trial makes one for itself; in production somebody decides where it lies."""
    from workers.artifacts import signing

    key = Path(settings.SIGNING_KEY_FILE)
    if not key.exists():
        if settings.IS_PRODUCTION:
            raise EngineError("signing.no_key", "There is no signing key. Make one: python -m workers.artifacts")
        signing.make_key(key)
    return key


def _laid_out(version: ModelVersion, folder: Path) -> Path:
    """The version's files in a folder that bears its name, which is what stands in the signature."""
    return model_folder(
        version, folder / (slugify(f"{version.model.name}-v{version.number}") or "model"), is_loaded=False
    )
