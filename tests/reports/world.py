"""A small world with everything that a pack speaks of, made through the product's own services."""

import json
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from apps.accounts.models import Team, User
from apps.accounts.services import person_create, role_grant, team_create
from apps.audit.services import SYSTEM
from apps.catalog.models import DatasetVersion
from apps.catalog.services import dataset_create, dataset_version_commit, scan_finish, scan_start
from apps.checklist.models import Assessment
from apps.checklist.queries import framework
from apps.checklist.services import (
    answer_save,
    assessment_create,
    assessment_decide,
    assessment_submit,
    evidence_collect,
)
from apps.core.models import Run
from apps.evaluation.services import evaluation_finish, evaluation_start
from apps.monitoring.services import drift_finish, drift_start
from apps.registry.models import ModelVersion
from apps.registry.services import import_finish, model_create, tuning_finish, tuning_start, version_import
from apps.serving.services import application_acknowledge, application_add, deployment_start
from tests.reports import results

ROWS = [{"question": f"Where is desk {number}?", "answer": "By the door."} for number in range(10)]
PROVENANCE: dict[str, Any] = {
    "sources": [{"name": "Support questions", "issuer": "The support team", "statement": "Written by our own staff."}],
    "origin": "Written in the house",
    "collection_method": "Questions written by staff from memory, answers from the handbook",
    "permission": "Own work; the employment contracts cover training",
    "contains_copyrighted_material": "Yes, our own text",
    "confidentiality": {"classification": "internal", "statement": "Nothing secret is in it."},
    "ai_generated": {"share": 0.0, "statement": "Written by people."},
}
FACTS = {"architecture": "LlamaForCausalLM", "parameters": 1_000, "licence": "apache-2.0"}


@dataclass
class World:
    """Who and what there is. Olga does the work, Rui decides on it, Ada audits, Xena belongs to another team."""

    team: Team
    olga: User
    rui: User
    ada: User
    xena: User
    data: DatasetVersion
    base: ModelVersion
    version: ModelVersion


def claimed(run: Run) -> Any:
    """The run in a worker's hands."""
    mine = type(run).claim(run.pk, "test worker")
    assert mine is not None
    return mine


def person(name: str, team: Team, *roles: str) -> User:
    """Somebody with an address that must never show up in a pack."""
    user = person_create(by=SYSTEM, email=f"{name.lower()}@people.example", name=name)
    for role in roles:
        role_grant(by=SYSTEM, user=user, team=team, role=role)
    return user


def make_world(**results_of: dict[str, Any]) -> World:
    """Scanned data, a base model, a tuned version with evaluation and drift; no question answered yet.

    `scan`, `tuning` and `drift` take the place of the small results.
    """
    team, other = (team_create(by=SYSTEM, name=name) for name in ("Support desk", "Other team"))
    olga, rui, ada = person("Olga", team, "engineer"), person("Rui", team, "approver"), person("Ada", team, "auditor")
    scan = results.scan_result(entities={"EMAIL_ADDRESS": 2, "IBAN_CODE": 1}, copies=1)
    data = make_data(olga, team, "Support questions", "rows.jsonl", _jsonl(ROWS), results_of.get("scan", scan))
    text = make_data(olga, team, "General text", "text.jsonl", _jsonl(ROWS[:5]), results.scan_result(5))
    base = make_base(olga, team, text)
    tuning = (results_of.get("tuning") or results.tuning_result()) | {"data_sha256": data.digest}
    version = make_tuned(olga, base, data, tuning)
    evaluate(olga, version, data, base)
    watch(olga, version, results_of.get("drift") or results.drift_result())
    return World(team, olga, rui, ada, person("Xena", other, "engineer"), data, base, version)


def _jsonl(rows: list[dict[str, Any]]) -> str:
    return "".join(json.dumps(row) + "\n" for row in rows)


def make_data(
    by: User, team: Team, name: str, filename: str, content: str, scan: dict[str, Any] | None = None
) -> DatasetVersion:
    """A dataset version with a complete datasheet, and its finished scan where a result is given."""
    dataset = dataset_create(by=by, team=team, name=name)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / filename
        path.write_text(content, encoding="utf-8")
        version = dataset_version_commit(
            by=by, dataset=dataset, path=path, filename=filename, licence="CC-BY-4.0", provenance=PROVENANCE
        )
    if scan is not None:
        scan_finish(run=claimed(scan_start(by=by, version=version)), result=scan)
    return version


def _model_folder(folder: Path, weights: bytes) -> Path:
    folder.mkdir(parents=True)
    (folder / "config.json").write_text("{}", encoding="utf-8")
    (folder / "model.safetensors").write_bytes(weights)
    return folder


def make_base(by: User, team: Team, text: DatasetVersion) -> ModelVersion:
    """A version as an import makes it."""
    model = model_create(by=by, team=team, name="Base", intended_purpose="To be tuned")
    run = version_import(by=by, model=model, source="example/base", licence="Apache-2.0", trained_on=[text])
    with tempfile.TemporaryDirectory() as folder:
        import_finish(run=claimed(run), folder=_model_folder(Path(folder) / "model", b"base"), facts=FACTS)
    return ModelVersion.objects.select_related("model").get(pk=run.version_id)


def make_tuned(
    by: User, base: ModelVersion, data: DatasetVersion, result: dict[str, Any], name: str = "Desk answers"
) -> ModelVersion:
    """A version as a tuning makes it, with lineage, recipe, energy and two rows kept unseen."""
    model = model_create(
        by=by, team=base.team, name=name, intended_purpose="Answering colleagues' questions about desks"
    )
    run = claimed(tuning_start(by=by, base_version=base, dataset_version=data, output_model=model))
    with tempfile.TemporaryDirectory() as folder:
        held_out = Path(folder) / "held_out.jsonl"
        held_out.write_text(_jsonl(ROWS[:2]), encoding="utf-8")
        version = tuning_finish(
            run=run,
            folder=_model_folder(Path(folder) / "model", b"tuned"),
            held_out=held_out,
            facts=FACTS,
            result=result,
        )
    return ModelVersion.objects.select_related("model").get(pk=version.pk)


def evaluate(by: User, version: ModelVersion, data: DatasetVersion, base: ModelVersion) -> None:
    """A finished evaluation beside the base."""
    run = claimed(evaluation_start(by=by, version=version, dataset_version=data, baseline=base))
    evaluation_finish(run=run, result=results.evaluation_result(), scores=results.scores())


def watch(by: User, version: ModelVersion, result: dict[str, Any]) -> None:
    """A finished drift measurement on two small tables."""
    reference, analysis = (
        make_data(by, version.team, f"Loans, {period}", "table.csv", f"value,period\n1,{period}\n2,{period}\n")
        for period in ("reference", "analysis")
    )
    config = {"feature_columns": ["value"]}
    note = "A stand-in: loans, not desks."
    run = drift_start(by=by, version=version, reference=reference, analysis=analysis, config=config, note=note)
    drift_finish(run=claimed(run), result=result)


def approve(world: World) -> Assessment:
    """Answer every question, hand in, let Rui approve; then deploy, with one application that acknowledged."""
    assessment = assessment_create(by=world.olga, version=world.version)
    evidence_collect(by=world.olga, assessment=assessment)
    for question in framework().questions.values():
        text = f"Olga's own word on {question.id}."
        answer_save(by=world.olga, assessment=assessment, question=question.id, status="declared", text=text)
    assessment_submit(by=world.olga, assessment=assessment)
    assessment_decide(by=world.rui, assessment=assessment, decision="approved", reason="Good enough for the desk.")
    world.version.refresh_from_db()
    deployment = deployment_start(
        by=world.olga, version=world.version, name="Desk", environment="internal test", purpose="Help at the desk"
    )
    application = application_add(by=world.olga, deployment=deployment, name="Intranet", contact="box@people.example")
    application_acknowledge(by=world.olga, application=application, statement="A line above the box says so.")
    evidence_collect(assessment=assessment)
    return assessment
