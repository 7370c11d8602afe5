"""Cards and bills read into a version: compared, taken over as far as picked, with figures and where they come from."""

import json
from typing import Any

import pytest

from apps.audit.models import AuditEntry
from apps.core.errors import Conflict, Invalid, NotFound, Refused
from apps.registry.models import ModelVersion, VersionDocument, VersionMetric
from apps.registry.queries.documents import cards_among, documents_seen_by, preview_of, recorded_of, statements_of
from apps.registry.services import (
    document_apply,
    document_import,
    document_read_own,
    statement_make,
    version_retire,
)
from tests.makers import FILES, fresh, make_person, make_version
from tests.people import People, make_people

pytestmark = pytest.mark.django_db

CARD = b"""---
license: mit
library_name: transformers
base_model: example/base
base_model_relation: finetune
co2_eq_emissions: 12.5
model-index:
- name: helper
  results:
  - task: {type: text-generation}
    dataset: {type: example/exam, name: Exam, split: test, revision: abc}
    metrics:
    - {type: accuracy, value: 0.75, verifyToken: t0ken}
    - {type: grade, value: B+}
---
# Helper

## Limitations

Knows no law.

## Training Data

Letters of clerks.
"""


@pytest.fixture
def people() -> People:
    return make_people()


@pytest.fixture
def version(people: People) -> ModelVersion:
    return make_version(people.olga, people.team)


def _read(people: People, version: ModelVersion, content: bytes = CARD, filename: str = "README.md") -> VersionDocument:
    return document_import(by=people.olga, version=version, content=content, filename=filename)


def _states(document: VersionDocument) -> dict[str, str]:
    return {line.name: line.state for line in preview_of(document).lines}


def test_reading_changes_nothing_and_shows_what_is_missing(people: People, version: ModelVersion) -> None:
    document = _read(people, version)
    version.refresh_from_db()
    assert version.licence == "apache-2.0" and not version.metrics.exists() and not version.statements.exists()
    assert {"risks", "training_procedure", "poisoning"} <= {one["field"] for one in document.missing}
    assert AuditEntry.objects.filter(action="document.import", object_id=str(document.pk)).exists()


def test_the_preview_says_how_file_and_record_stand(people: People, version: ModelVersion) -> None:
    preview = preview_of(_read(people, version))
    states = {line.name: line.state for line in preview.lines}
    assert (states["limitations"], states["licence"], states["risks"]) == ("new", "conflict", "missing")
    assert states["architecture"] == "recorded" and preview.digest_verdict == "none"
    assert [one.name for one in preview.new_figures] == ["accuracy", "grade"]


def test_what_is_picked_lands_in_the_record(people: People, version: ModelVersion) -> None:
    document = _read(people, version)
    document_apply(by=people.olga, document=document, keep=["licence"])
    version.refresh_from_db()
    assert (version.library, version.base_names, version.relation) == ("transformers", ["example/base"], "finetune")
    assert version.licence == "apache-2.0"
    told = {one.field: (one.value, one.status, one.document_id) for one in version.statements.all()}
    assert told["limitations"] == ("Knows no law.", "imported", document.pk)
    assert told["emissions"][0] == {"grams": 12.5}
    accuracy, grade = VersionMetric.objects.filter(version=version).order_by("pk")
    assert (accuracy.value, accuracy.dataset, accuracy.split, accuracy.revision) == (
        0.75,
        "example/exam",
        "test",
        "abc",
    )
    assert (accuracy.source, accuracy.status, accuracy.document_id) == ("README.md", "imported", document.pk)
    assert accuracy.details == {"dataset_name": "Exam", "verify": "t0ken"} and (grade.value, grade.text) == (None, "B+")
    actions = set(AuditEntry.objects.values_list("action", flat=True))
    assert {"document.apply", "version.describe"} <= actions
    assert "new" not in _states(document).values()


def test_figures_of_the_same_file_are_taken_once(people: People, version: ModelVersion) -> None:
    document_apply(by=people.olga, document=_read(people, version), take=["figures"], keep=["licence"])
    again = _read(people, version)
    assert _states(again)["figures"] == "same"
    document_apply(by=people.olga, document=again, take=["figures", "library"], keep=["licence"])
    assert VersionMetric.objects.count() == 2


def test_a_difference_that_nobody_picked_is_refused(people: People, version: ModelVersion) -> None:
    document = _read(people, version)
    with pytest.raises(Conflict) as refusal:
        document_apply(by=people.olga, document=document)
    assert refusal.value.code == "document.undecided" and "licence" in refusal.value.remedy
    document_apply(by=people.olga, document=document, take=["licence"])
    version.refresh_from_db()
    assert version.licence == "MIT"


@pytest.mark.parametrize(
    ("take", "keep", "code"),
    [
        (["poisoning"], ["licence"], "document.field"),
        (["nonsense"], ["licence"], "document.field"),
        (["licence"], ["licence"], "document.field"),
        ([], ["licence"], "document.nothing"),
    ],
)
def test_what_cannot_be_taken_is_refused(
    people: People, version: ModelVersion, take: list[str], keep: list[str], code: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        document_apply(by=people.olga, document=_read(people, version), take=take, keep=keep)
    assert refusal.value.code == code


def test_no_file_can_say_what_only_the_record_tells(people: People, version: ModelVersion) -> None:
    component: dict[str, Any] = {"type": "machine-learning-model", "name": "x"}
    component["properties"] = [
        {"name": f"genaiops:field:{name}", "value": "yes"} for name in ("poisoning", "recreation")
    ]
    bill = json.dumps({"bomFormat": "CycloneDX", "components": [component]}).encode()
    document = _read(people, version, bill, "bom.json")
    assert not {"poisoning", "recreation"} & set(document.found["statements"])


def test_a_bill_that_names_the_files_is_known_to_describe_them(people: People, version: ModelVersion) -> None:
    component = {"type": "machine-learning-model", "name": "x"}
    same = component | {"hashes": [{"alg": "SHA-256", "content": version.files.all()[0].digest}]}
    other = component | {"hashes": [{"alg": "SHA-256", "content": "f" * 64}]}
    for one, verdict in ((same, "same"), (other, "differs"), (component, "none")):
        content = json.dumps({"bomFormat": "CycloneDX", "components": [one]}).encode()
        assert preview_of(_read(people, version, content, "bom.json")).digest_verdict == verdict


def test_a_number_that_is_none_is_refused_and_nothing_is_written(people: People, version: ModelVersion) -> None:
    properties = [{"name": "genaiops:field:context_length", "value": "plenty"}]
    component = {"type": "machine-learning-model", "name": "x", "description": "y", "properties": properties}
    bill = json.dumps({"bomFormat": "CycloneDX", "components": [component]}).encode()
    with pytest.raises(Invalid) as refusal:
        document_apply(by=people.olga, document=_read(people, version, bill, "bom.json"))
    version.refresh_from_db()
    assert refusal.value.code == "document.value" and version.description == ""


def test_only_makers_of_the_team_read_and_take_over(people: People, version: ModelVersion) -> None:
    document = _read(people, version)
    auditor = make_person("auditor", team=people.team)
    for person in (people.rui, people.xena, auditor):
        with pytest.raises((Refused, NotFound)):
            document_import(by=person, version=version, content=CARD, filename="README.md")
        with pytest.raises((Refused, NotFound)):
            document_apply(by=person, document=document, keep=["licence"])
        with pytest.raises((Refused, NotFound)):
            statement_make(by=person, version=version, field="risks", value="none", reason="x")
    assert document in documents_seen_by(fresh(auditor)) and document not in documents_seen_by(people.xena)


def test_a_retired_version_stays_as_it_is(people: People, version: ModelVersion) -> None:
    document = _read(people, version)
    compliance = make_person("compliance_officer", team=people.team)
    version_retire(by=compliance, version=version, reason="old")
    with pytest.raises(Conflict):
        document_apply(by=people.olga, document=document, keep=["licence"])
    with pytest.raises(Conflict):
        statement_make(by=people.olga, version=version, field="risks", value="none", reason="x")


def test_a_person_says_something_and_takes_it_back(people: People, version: ModelVersion) -> None:
    statement_make(by=people.olga, version=version, field="limitations", value=["Knows no law."], reason="asked")
    assert recorded_of(version, statements_of(version))["limitations"] == ["Knows no law."]
    assert version.statements.get().status == "declared"
    statement_make(by=people.olga, version=version, field="limitations", value="", reason="wrong")
    assert not version.statements.exists()
    assert AuditEntry.objects.filter(action="version.state").count() == 2


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [("poisoning", "x", "y"), ("licence", "x", "y"), ("risks", "x", " "), ("risks", [["deep"]] * 20_000, "y")],
)
def test_statements_out_of_bounds_are_refused(
    people: People, version: ModelVersion, field: str, value: Any, reason: str
) -> None:
    with pytest.raises(Invalid):
        statement_make(by=people.olga, version=version, field=field, value=value, reason=reason)


def test_a_card_among_the_versions_own_files_is_read(people: People) -> None:
    files = FILES | {"README.md": CARD, ".eval_results/exam.yaml": b"- dataset: {id: a/b}\n  value: 0.5\n"}
    version = make_version(people.olga, people.team, files=files)
    assert [file.path for file in cards_among(version)] == [".eval_results/exam.yaml", "README.md"]
    card = document_read_own(by=people.olga, version=version, path="README.md")
    results = document_read_own(by=people.olga, version=version, path=".eval_results/exam.yaml")
    assert card.found["statements"]["limitations"] == "Knows no law." and results.filename == "exam.yaml"
    assert card.digest == version.files.get(path="README.md").digest
    for path in ("config.json", "../../etc/passwd", "model.safetensors", ""):
        with pytest.raises(NotFound):
            document_read_own(by=people.olga, version=version, path=path)
    with pytest.raises((Refused, NotFound)):
        document_read_own(by=people.rui, version=version, path="README.md")
