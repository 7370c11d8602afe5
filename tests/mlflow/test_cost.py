"""What one call costs the database: few questions, the same few however many versions there are, each by an index."""

import json
import re
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.accounts.rules import WRITE
from apps.accounts.services import token_create
from apps.audit.services import SYSTEM
from apps.registry.models import ModelVersion, RegisteredModel, VersionTag
from apps.registry.services import alias_set, model_create, version_create, version_tag_set
from tests.people import People, make_people

pytestmark = pytest.mark.django_db
MANY = 3_000

ADDRESSES = {
    "get": ("registered-models/get?name=scoring", 3),
    "version": ("model-versions/get?name=scoring&version=1", 2),
    "alias": ("registered-models/alias?name=scoring&alias=blue", 2),
    "uri": ("model-versions/get-download-uri?name=scoring&version=1", 2),
    "search one": ("model-versions/search?filter=name%3D'scoring'&max_results=20", 2),
    "search all": ("model-versions/search?max_results=20", 3),
    "search models": ("registered-models/search?filter=name%20LIKE%20's%25'&max_results=20", 4),
    "latest": ("registered-models/get-latest-versions?name=scoring", 3),
}


@pytest.fixture
def people() -> People:
    people = make_people()
    model = model_create(by=people.olga, team=people.team, name="scoring", tags=[("task", "chat")])
    version = version_create(by=people.olga, model=model, source="s3://bucket/model", tags=[("a", "b")])
    alias_set(by=people.olga, model=model, name="blue", version=version)
    return people


@pytest.fixture
def ask(people: People) -> Callable[[str], list[str]]:
    """The questions that an address asks the database, once everything is known that a process learns only once."""
    secret = token_create(by=SYSTEM, user=people.olga, name="test", scope=WRITE)[1]
    client, headers = Client(), {"Authorization": f"Bearer {secret}"}

    def questions(address: str) -> list[str]:
        assert client.get(f"/api/2.0/mlflow/{address}", headers=headers).status_code == 200
        with CaptureQueriesContext(connection) as captured:
            answer = client.get(f"/api/2.0/mlflow/{address}", headers=headers)
        assert answer.status_code == 200, answer.content
        assert json.loads(answer.content)
        return [query["sql"] for query in captured]

    return questions


def more_versions(people: People) -> None:
    model = RegisteredModel.objects.get()
    ModelVersion.objects.bulk_create(
        ModelVersion(model=model, team=people.team, number=number, source="s3://bucket/model", created_by=people.olga)
        for number in range(2, MANY)
    )
    VersionTag.objects.bulk_create(
        VersionTag(version=version, key="a", value=str(version.number))
        for version in model.versions.filter(number__gt=1)
    )


@pytest.mark.parametrize("name", ADDRESSES)
def test_a_call_asks_the_same_few_questions_at_one_version_and_at_thousands(
    people: People, ask: Callable[[str], list[str]], name: str
) -> None:
    address, most = ADDRESSES[name]
    few = ask(address)
    more_versions(people)
    many = ask(address)
    assert len(few) == len(many) == most, "\n".join(many)


@pytest.mark.skipif(
    connection.vendor != "sqlite", reason="reads SQLite's way of telling its plan; the indexes are the same"
)
@pytest.mark.parametrize("name", ["get", "version", "alias", "search one", "search all", "latest"])
def test_no_question_reads_the_versions_from_end_to_end(
    people: People, ask: Callable[[str], list[str]], name: str
) -> None:
    more_versions(people)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    for sql in ask(ADDRESSES[name][0]):
        plan = plan_of(sql)
        for table in ("registry_modelversion", "registry_versiontag"):
            assert not re.search(rf"SCAN {table}(?! USING)", plan), f"{plan}\n{sql}"
            assert "TEMP B-TREE FOR ORDER BY" not in plan or "RIGHT PART" in plan, f"{plan}\n{sql}"


def plan_of(sql: str) -> str:
    """How SQLite would answer, one step a line: SEARCH goes by an index, SCAN reads from end to end."""
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}".replace("%", "%%"))
        return "\n".join(row[3] for row in cursor.fetchall())


def test_a_tag_is_set_in_few_questions(people: People, django_assert_max_num_queries: Callable) -> None:
    version = ModelVersion.objects.select_related("model").get()
    version_tag_set(by=people.olga, version=version, key="k", value="first")
    with django_assert_max_num_queries(8):
        version_tag_set(by=people.olga, version=version, key="k", value="v")
