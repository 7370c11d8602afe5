"""People, data, models and runs for tests, made through the same services that the portal calls.

Plain functions: a test says what it needs and gets it back. Names are numbered, so that nothing collides.
"""

import io
import json
import tempfile
from collections.abc import Sequence
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from apps.accounts.models import Team, User
from apps.accounts.queries import roles_forget
from apps.accounts.rules import ENGINEER, ROLES, WRITE
from apps.accounts.services import person_create, role_grant, team_create, token_create
from apps.audit.services import SYSTEM
from apps.catalog.models import Dataset, DatasetVersion, ScanRun
from apps.catalog.services import dataset_create, dataset_version_commit, scan_finish, scan_start
from apps.core.canonical import digest_of
from apps.core.models import Run
from apps.evaluation.models import EvaluationRun
from apps.evaluation.services import evaluation_finish, evaluation_start
from apps.registry.models import ModelVersion, RegisteredModel, TuningRun
from apps.registry.services import (
    import_finish,
    model_create,
    tuning_finish,
    tuning_start,
    version_approve,
    version_import,
    version_propose,
)
from apps.serving.models import Deployment
from apps.serving.services import deployment_start

R = TypeVar("R", bound=Run)
_number = count(1)
ROWS: Sequence[dict[str, Any]] = [{"prompt": f"Question {n}?", "answer": f"Answer {n}."} for n in range(4)]
FILES = {"config.json": b'{"model_type": "llama"}', "model.safetensors": b"weights"}
FACTS = {"architecture": "LlamaForCausalLM", "parameters": 1_000_000, "licence": "apache-2.0"}
DATASHEET = {
    "sources": ["written for this test"],
    "origin": "people",
    "collection_method": "by hand",
    "permission": "own work",
    "contains_copyrighted_material": "no",
    "confidentiality": "public",
    "ai_generated": "no",
}


def make_team(name: str = "") -> Team:
    return team_create(by=SYSTEM, name=name or f"Team {next(_number)}")


def make_person(*roles: str, team: Team | None = None, name: str = "", **more: Any) -> User:
    """Somebody with these roles in the team; nobody in particular without any. No password unless one is given."""
    number = next(_number)
    user = person_create(by=SYSTEM, email=f"person{number}@example.org", name=name or f"Person {number}", **more)
    for role in roles:
        assert team is not None, "a role is held in a team"
        role_grant(by=SYSTEM, user=user, team=team, role=role)
    return user


def make_crew(team: Team) -> dict[str, User]:
    """One person for every role, by role."""
    return {role: make_person(role, team=team, name=label) for role, label in ROLES.items()}


def make_client(user: User, scope: str = WRITE) -> APIClient:
    """The API as this person's tool calls it. Every request reads the person's roles afresh."""
    _, secret = token_create(by=SYSTEM, user=user, name="test", scope=scope)
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {secret}")
    return client


def make_browser(user: User) -> Client:
    """The portal's pages as this person's browser opens them, signed in."""
    client = Client()
    client.force_login(user)
    return client


def queries_of(client: Client, url: str) -> int:
    """How many queries a page costs that was opened before, so that content types are known."""
    assert client.get(url).status_code == 200
    with CaptureQueriesContext(connection) as captured:
        client.get(url)
    return len(captured)


def make_dataset(by: User, team: Team, **more: Any) -> Dataset:
    return dataset_create(by=by, team=team, **{"name": f"Dataset {next(_number)}"} | more)


def jsonl(rows: Sequence[dict[str, Any]]) -> bytes:
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


def csv(rows: Sequence[dict[str, Any]]) -> bytes:
    lines = [",".join(rows[0])] + [",".join(str(value) for value in row.values()) for row in rows]
    return ("\n".join(lines) + "\n").encode()


def commit(by: User, dataset: Dataset, content: bytes, filename: str = "rows.jsonl", **more: Any) -> DatasetVersion:
    with tempfile.NamedTemporaryFile(suffix=filename) as file:
        file.write(content)
        file.flush()
        return dataset_version_commit(by=by, dataset=dataset, path=Path(file.name), filename=filename, **more)


def make_data(
    by: User, team: Team, rows: Sequence[dict[str, Any]] = ROWS, filename: str = "rows.jsonl", **more: Any
) -> DatasetVersion:
    """The first version of a new dataset; a file name that ends in `.csv` gives a CSV file."""
    content = csv(rows) if filename.endswith(".csv") else jsonl(rows)
    return commit(by, make_dataset(by, team), content, filename, **more)


def make_scan(by: User, version: DatasetVersion, result: dict[str, Any] | None = None) -> ScanRun:
    """A scan that succeeded."""
    run = claim(scan_start(by=by, version=version))
    scan_finish(run=run, result={"rows": version.rows, "digest": digest_of(result or {})} | (result or {}))
    return run


def make_model(by: User, team: Team, **more: Any) -> RegisteredModel:
    return model_create(by=by, team=team, **{"name": f"Model {next(_number)}"} | more)


def make_folder(files: dict[str, bytes]) -> Path:
    """A temporary folder with these files, by path."""
    folder = Path(tempfile.mkdtemp())
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


def make_version(
    by: User, team: Team, *, model: RegisteredModel | None = None, files: dict[str, bytes] | None = None, **more: Any
) -> ModelVersion:
    """An imported version with its files; each has bytes of its own unless `files` says which."""
    run = version_import(by=by, model=model or make_model(by, team), source="folder/of/a/model", **more)
    content = files or FILES | {"model.safetensors": f"weights {next(_number)}".encode()}
    import_finish(run=claim(run), folder=make_folder(content), facts=FACTS)
    return ModelVersion.objects.select_related("model").get(pk=run.version_id)


def make_approved(team: Team, *, by: User | None = None, approver: User | None = None) -> ModelVersion:
    """A version that another person approved, without a checklist: only tests of what follows it may do that."""
    engineer = by or make_person(ENGINEER, team=team)
    version = version_propose(by=engineer, version=make_version(engineer, team))
    return version_approve(by=approver or make_person("approver", team=team), version=version, reason="checked")


def make_tuned(by: User, team: Team, **result: Any) -> TuningRun:
    """A tuning run that succeeded, with its base version, data and tuned version."""
    base, data = make_version(by, team), make_data(by, team)
    run = claim(tuning_start(by=by, base_version=base, dataset_version=data, output_model=make_model(by, team)))
    held_out = make_folder({"held_out.jsonl": jsonl([{"prompt": f"Kept {run.pk}?", "answer": "Yes."}])})
    tuned = make_folder(FILES | {"model.safetensors": f"tuned {run.pk}".encode()})
    result = {"energy_kwh": 0.25, "loss": 1.5} | result
    tuning_finish(run=run, folder=tuned, held_out=held_out / "held_out.jsonl", facts=FACTS, result=result)
    return TuningRun.objects.get(pk=run.pk)


SCORES = [
    {"of": "version", "metric": "loss", "value": 1.0, "low": 0.9, "high": 1.1, "n": 4},
    {"of": "baseline", "metric": "loss", "value": 2.0, "low": 1.9, "high": 2.1, "n": 4},
    {"of": "difference", "metric": "loss", "value": -1.0, "low": -1.2, "high": -0.8, "n": 4},
]


def make_evaluation(by: User, run: TuningRun) -> EvaluationRun:
    """An evaluation of a tuned version beside its base that succeeded."""
    assert run.output_version is not None
    started = evaluation_start(
        by=by, version=run.output_version, baseline=run.base_version, dataset_version=run.dataset_version
    )
    evaluation_finish(run=claim(started), result={"rows": 4}, scores=SCORES)
    return EvaluationRun.objects.get(pk=started.pk)


def make_deployment(by: User, version: ModelVersion, **more: Any) -> Deployment:
    named = {"name": f"Deployment {next(_number)}", "environment": "internal test"}
    return deployment_start(by=by, version=version, **named | more)


def claim(run: R, worker: str = "test:1") -> R:
    """The run in a worker's hands."""
    held = type(run).claim(run.pk, worker)
    assert held is not None, f"{run} was not queued"
    return held


def fresh(user: User) -> User:
    """The same person without what was remembered of their roles."""
    found = User.objects.get(pk=user.pk)
    roles_forget(found)
    return found


def upload(content: bytes, name: str = "rows.jsonl") -> io.BytesIO:
    """A file as a client sends it."""
    file = io.BytesIO(content)
    file.name = name
    return file
