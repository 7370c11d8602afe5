"""What a model version is, what it was made from, and how: version, files, lineage, data, tuning."""

from typing import Any

from apps.catalog.models import DatasetVersion, VersionSource
from apps.catalog.queries import Scanned, scanned
from apps.catalog.queries.licences import HIDDEN, Origins, origins_of
from apps.catalog.rules import provenance_gaps
from apps.catalog.rules.findings import without_texts
from apps.registry.models import ModelVersion, RegisteredModel, TuningRun
from apps.reports.queries.words import moment, person, run_facts

TRAINING, ANCESTOR, EVALUATION = "training data", "training data of a base model", "evaluation data"
REFERENCE, ANALYSIS = "drift reference", "drift analysis"


def model_facts(model: RegisteredModel) -> dict[str, Any]:
    """The registered model that the version belongs to."""
    return {
        "id": model.pk,
        "name": model.name,
        "team": model.team.name,
        "description": model.description,
        "intended_purpose": model.intended_purpose,
        "intended_uses": model.intended_uses,
        "created_by": person(model.created_by),
        "created_at": moment(model.created_at),
    }


def version_facts(version: ModelVersion) -> dict[str, Any]:
    """The version with the digest of every file it is made of."""
    return {
        "id": version.pk,
        "label": str(version),
        "number": version.number,
        "stage": version.stage,
        "source": version.source,
        "description": version.description,
        "architecture": version.architecture,
        "parameters": version.parameters,
        "licence": version.licence,
        "relation": version.relation,
        "facts": version.facts,
        "size": version.size,
        "manifest_digest": version.manifest_digest,
        "approved_digest": version.approved_digest,
        "approved_at": moment(version.approved_at),
        "is_deployable": version.is_deployable,
        "created_by": person(version.created_by),
        "created_at": moment(version.created_at),
        "files": [{"path": file.path, "digest": file.digest, "size": file.size} for file in version.files.all()],
    }


def dataset_facts(roles: dict[DatasetVersion, list[str]], team_id: int) -> list[dict[str, Any]]:
    """Each dataset version with its datasheet and what its scans say together.

    `team_id` is the team of the version, whose people read the pack: sources of other teams have no name in it.
    """
    scans, origins = scanned([data.pk for data in roles]), origins_of(roles)
    return [_dataset(data, used_as, scans.get(data.pk), origins, team_id) for data, used_as in roles.items()]


def _dataset(
    data: DatasetVersion, used_as: list[str], found: Scanned | None, origins: Origins, team_id: int
) -> dict[str, Any]:
    return {
        "id": data.pk,
        "label": str(data),
        "used_as": used_as,
        "description": data.dataset.description,
        "filename": data.filename,
        "format": data.format,
        "encoding": data.encoding,
        "digest": data.digest,
        "size": data.size,
        "rows": data.rows,
        "columns": data.columns,
        "licence": data.licence,
        "sources": [source_facts(link, team_id) for link in origins.sources_of(data)],
        "derived_from": [{"id": one.origin_id, "how": one.how} for one in origins.derivations.get(data.pk, [])],
        "provenance": data.provenance,
        "provenance_gaps": provenance_gaps(data.provenance),
        "provenance_digest": data.provenance_digest,
        "created_by": person(data.created_by),
        "created_at": moment(data.created_at),
        "scan": None if found is None else _scan(found),
    }


def source_facts(link: VersionSource, team_id: int) -> dict[str, Any]:
    """A source of a dataset version, with who verified its licence and the digest of the document that permits it. Of
    one of another team only its licence and its share are told."""
    source = link.source
    if source.team_id != team_id:
        return {"id": None, "name": HIDDEN, "share": link.share, "licence": source.licence, "is_hidden": True}
    return {
        "id": source.pk,
        "name": source.name,
        "share": link.share,
        "issuer": source.issuer,
        "collection_method": source.collection_method,
        "licence": source.licence,
        "licence_verified_by": person(source.licence_verified_by) if source.licence_verified_by else None,
        "licence_verified_at": moment(source.licence_verified_at),
        "document_digest": source.consent_digest,
        "tdm_reservation": source.tdm_reservation,
        "digest": source.record_digest,
    }


def _scan(found: Scanned) -> dict[str, Any]:
    """The newest scan, with what earlier ones say of checks that were not part of it; `checks_of` names their scans."""
    scan = found.newest
    facts = run_facts(scan, scan.created_by)
    facts["result"] = without_texts(found.result)  # a pack goes to people who may not read the rows
    facts["earlier"] = [one.pk for one in found.speaking if one.pk != scan.pk]
    facts["checks_of"] = {name: one.pk for name, one in found.by_check.items()}
    return facts | {"findings_digest": scan.findings_digest, "dataset_version": scan.dataset_version_id}


def tuning_facts(run: TuningRun | None) -> dict[str, Any] | None:
    """The run that made the version: settings, seeds, curves, environment, energy."""
    if run is None:
        return None
    return run_facts(run, run.created_by) | {
        "base_version": run.base_version_id,
        "base_label": str(run.base_version),
        "dataset_version": run.dataset_version_id,
        "dataset_label": str(run.dataset_version),
        "held_out_digest": run.held_out_digest,
    }
