"""What is said of a version answers questions: out of a card that was taken over, or typed by a person."""

import pytest

from apps.checklist.queries.collectors import findings_for
from apps.checklist.rules import DECLARED, IMPORTED, Finding
from apps.registry.models import ModelVersion
from apps.registry.services import document_apply, document_import, statement_make
from tests.makers import make_version
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
