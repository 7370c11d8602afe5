"""What is said of a version answers questions: out of a card that was taken over, or typed by a person."""

import pytest

from apps.checklist.queries.collectors import findings_for
from apps.checklist.rules import DECLARED, IMPORTED, MEASURED, Finding
from apps.registry.models import ModelVersion
from apps.registry.services import document_apply, document_import, statement_make
from apps.tracking.rules.values import reading_of
from apps.tracking.services import experiment_create, run_log, tracking_run_create
from tests.makers import make_evaluation, make_tuned, make_version
from tests.people import People, make_people

pytestmark = pytest.mark.django_db


def _finding(version: ModelVersion, collector: str) -> Finding:
    (found,) = findings_for(version)[collector]
    return found


@pytest.fixture
def people() -> People:
    return make_people()


def test_a_statement_of_a_card_is_imported_with_the_file_that_it_is_from(people: People) -> None:
    version = make_version(people.olga, people.team)
    card = b"# H\n\n## Limitations\n\nKnows no law.\n"
    document = document_import(by=people.olga, version=version, content=card, filename="README.md")
    document_apply(by=people.olga, document=document)
    found = _finding(version, "model.limitations")
    assert (found.status, found.summary) == (IMPORTED, "Knows no law.")
    assert "README.md" in found.method and found.value == {"document": document.pk, "digest": document.digest}


def test_a_statement_of_a_person_is_declared_and_goes_stale_when_it_changes(people: People) -> None:
    version = make_version(people.olga, people.team)
    risks = [{"name": "Wrong advice", "mitigation": "A person checks"}]
    statement_make(by=people.olga, version=version, field="risks", value=risks, reason="asked")
    before = _finding(version, "model.risks")
    assert before.status == DECLARED and "Wrong advice" in before.summary and "A person checks" in before.summary
    statement_make(by=people.olga, version=version, field="risks", value="None known.", reason="asked")
    assert _finding(version, "model.risks").subject_digest != before.subject_digest


def test_a_card_among_the_files_that_says_otherwise_is_told_and_asked_about(people: People) -> None:
    version = make_version(people.olga, people.team)
    version.facts = {**version.facts, "card_sections": {"limitations": "Knows no law."}}
    version.save(update_fields=["facts"])
    statement_make(by=people.olga, version=version, field="limitations", value="knows no LAW", reason="asked")
    assert "otherwise" not in _finding(version, "model.limitations").summary, "the same in other letters"
    statement_make(by=people.olga, version=version, field="limitations", value="Cannot count.", reason="asked")
    found = _finding(version, "model.limitations")
    assert found.summary == "Cannot count. The model card among its files says otherwise: Knows no law."
    assert found.status == DECLARED and "say which holds" in found.value["asks"]


def test_figures_of_a_card_answer_as_imported_until_the_version_is_evaluated(people: People) -> None:
    run = make_tuned(people.olga, people.team)
    version = run.output_version
    assert version is not None
    assert findings_for(version)["evaluation.metrics"] == []
    card = b"""---
model-index:
- name: m
  results:
  - task: {type: text-generation}
    dataset: {name: MMLU, type: mmlu}
    metrics: [{type: accuracy, value: 0.71}]
---
# M
"""
    document = document_import(by=people.olga, version=version, content=card, filename="README.md")
    document_apply(by=people.olga, document=document)
    found = _finding(version, "evaluation.metrics")
    assert found.status == IMPORTED and found.method == "Read from README.md"
    assert "accuracy 0.71 on" in found.summary and "has not measured them" in found.summary
    make_evaluation(people.olga, run)
    assert _finding(version, "evaluation.metrics").status == MEASURED


def test_what_a_tool_logged_with_a_model_is_imported_too(people: People) -> None:
    experiment = experiment_create(by=people.olga, team=people.team, name="Trials")
    run = tracking_run_create(by=people.olga, experiment=experiment, name="first")
    reading = reading_of({"key": "eval_loss", "value": 0.5, "timestamp": 1, "step": 3})
    run_log(by=people.olga, key=run.uuid, metrics=[reading])
    version = make_version(people.olga, people.team)
    ModelVersion.objects.filter(pk=version.pk).update(tracking_run=run)
    version.refresh_from_db()
    found = _finding(version, "evaluation.metrics")
    assert (found.status, found.method) == (IMPORTED, "Read from the run first")
    assert "eval_loss 0.5" in found.summary
