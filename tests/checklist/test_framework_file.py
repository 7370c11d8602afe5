"""The GenAIOps checklist as it is shipped: the source's words, and rules that the gate can work with."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from apps.checklist import rules
from apps.checklist.queries import framework as installed
from apps.checklist.queries.frameworks import FOLDER, GENAIOPS, read_frameworks
from apps.core.canonical import digest_of

FILE = Path(__file__).parents[2] / "apps" / "checklist" / "frameworks" / "genaiops-checklist.yaml"

QUESTIONS = {
    "data-1": "What data sources were used to train the model?",
    "data-2": "How was the data that was used to train the model generated?",
    "data-3": "Did the trainers have permission to use the data in the context?",
    "data-4": "Does the data contain copyrighted material?",
    "data-5": "Does the data contain sensitive or confidential information?",
    "data-6": "Does the data contain individual or PII data?",
    "data-7": "Has the data been poisoned? Is it subject to poisoning?",
    "data-8": "Was the data genuine or did it include AI-generated content?",
    "modeling-1": "What limitations does the model have?",
    "modeling-2": "Are there risks associated with the model?",
    "modeling-3": "What are model performance benchmarks?",
    "modeling-4": "Can we recreate the model if we had to?",
    "modeling-5": "Are the models transparent?",
    "modeling-6": "What other foundation models were used to create the current model?",
    "modeling-7": "How much energy and computational resources were used to train the model?",
    "deployment-1": "Where will the models be deployed?",
    "deployment-2": "Do the target deployment applications understand that they are using generative AI?",
    "deployment-3": "Do we have the appropriate documentation to satisfy auditors and regulators?",
}
COLLECTORS = {
    "dataset.provenance", "dataset.permission", "dataset.licence", "dataset.confidentiality", "dataset.pii",
    "dataset.duplicates", "dataset.integrity", "dataset.generation", "dataset.poisoning",
    "dataset.generated", "dataset.markers", "dataset.sensitive", "dataset.contamination",
    "model.limitations", "model.risks",
    "evaluation.metrics", "tuning.recipe", "model.transparency", "lineage.base_models", "tuning.energy",
    "serving.deployments", "serving.disclosure", "reports.pack",
}  # fmt: skip
FIELDS = {"id", "text", "subject", "minimum_status", "collectors", "help", "why", "next_step"}


@pytest.fixture(scope="module")
def framework() -> dict[str, Any]:
    return yaml.safe_load(FILE.read_text("utf-8"))


@pytest.fixture(scope="module")
def questions(framework: dict[str, Any]) -> list[dict[str, Any]]:
    return [question for group in framework["groups"] for question in group["questions"]]


def test_the_eighteen_questions_are_there_word_for_word_and_in_order(questions: list[dict[str, Any]]) -> None:
    assert [(question["id"], question["text"]) for question in questions] == list(QUESTIONS.items())


def test_the_groups_are_those_of_the_source(framework: dict[str, Any]) -> None:
    groups = [(group["id"], group["title"], len(group["questions"])) for group in framework["groups"]]
    assert groups == [("data", "Data", 8), ("modeling", "Modeling", 7), ("deployment", "Deployment", 3)]


def test_the_head_names_version_source_and_rights(framework: dict[str, Any]) -> None:
    assert framework["urn"] == "urn:genaiops:framework:genaiops-checklist"
    assert isinstance(framework["version"], int)
    assert framework["source"]["title"] == "GenAIOps: Evolving the MLOps Framework"
    assert framework["effective_date"] and framework["copyright"]


def test_every_question_is_complete(questions: list[dict[str, Any]]) -> None:
    for question in questions:
        assert set(question) == FIELDS
        assert all(question[field] for field in FIELDS), question["id"]
        assert question["subject"] in {"dataset", "model", "deployment"}
        assert question["minimum_status"] in {rules.MEASURED, rules.IMPORTED, rules.DECLARED}


def test_collectors_are_known_and_all_are_used(questions: list[dict[str, Any]]) -> None:
    assert {collector for question in questions for collector in question["collectors"]} == COLLECTORS


def test_what_a_machine_can_measure_must_be_measured(questions: list[dict[str, Any]]) -> None:
    measured = {question["id"] for question in questions if question["minimum_status"] == rules.MEASURED}
    assert measured == {"data-6", "data-7", "modeling-3", "modeling-4", "modeling-5"}


# The digest of every version that was given out. A changed text or rule is a new file with the next number: a line is
# added here and none changed, for assessments, answers and decisions name the version that they were made with.
GIVEN_OUT = {1: "585dede7678f77b8ae7355a6b2e94d40979671be8666d711b5d65e416cfeccaf"}


def test_a_version_that_was_given_out_never_changes() -> None:
    found = {one.version: one.digest for one in read_frameworks(FOLDER).values() if one.urn == GENAIOPS}
    assert found == GIVEN_OUT
    assert installed(GENAIOPS, 1).digest == digest_of(rules.told(installed(GENAIOPS, 1)))
