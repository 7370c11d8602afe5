"""Questions put into SQL once: the same answers as asked anew, and kept by the database where it can keep them."""

import pytest
from django.db import connection

from apps.accounts.models import Team
from apps.audit.models import AuditEntry
from apps.core.prepared import Prepared, PreparedByKeys
from apps.core.statements import inserted, prepared_cursor
from apps.registry.models import ModelVersion
from tests.makers import make_team

pytestmark = pytest.mark.django_db

BY_NAME = Prepared(lambda name: Team.objects.filter(name=name).order_by("-pk").values_list("pk", "slug"), name=str)


def test_a_question_answers_as_asked_anew() -> None:
    team, other = make_team("it's 100 %s"), make_team("plain")
    assert BY_NAME.rows(name="it's 100 %s") == [(team.pk, team.slug)]
    assert BY_NAME.rows(name="plain") == [(other.pk, other.slug)]
    assert BY_NAME.rows(name="plain' OR '1'='1") == []


def test_only_the_first_rows_are_read_where_no_more_are_wanted() -> None:
    all_of = Prepared(lambda least: Team.objects.filter(pk__gte=least).order_by("-pk").values_list("pk"), least=int)
    teams = [make_team(f"team {number}") for number in range(4)]
    assert all_of.first_rows(2, least=teams[0].pk) == [(teams[3].pk,), (teams[2].pk,)]
    assert len(all_of.rows(least=teams[0].pk)) == 4


@pytest.mark.parametrize("constant", ["plain", "with space", "it's", "100 %", "back\\slash", "größe"])
def test_constants_of_a_question_mean_what_they_say(constant: str) -> None:
    make_team("another")
    team = make_team(constant)
    named = Prepared(lambda pk: Team.objects.filter(pk=pk, name=constant).order_by().values_list("pk"), pk=int)
    assert named.rows(pk=team.pk) == [(team.pk,)]
    assert named.rows(pk=team.pk - 1) == []


def test_keys_go_with_other_values() -> None:
    teams = [make_team(f"team {number}") for number in range(7)]
    asked = PreparedByKeys(lambda keys, name: Team.objects.filter(pk__in=keys, name=name).values_list("pk"), name=str)
    assert asked.rows([team.pk for team in teams], name="team 3") == [(teams[3].pk,)]
    assert asked.rows([teams[0].pk], name="team 3") == []
    assert asked.rows([], name="team 3") == []


def test_a_row_is_written_as_save_writes_it() -> None:
    team = inserted(Team(name="größe", slug="groesse"))
    assert not team._state.adding
    assert Team.objects.get(pk=team.pk).name == "größe"
    fields = {field.attname for field in AuditEntry._meta.concrete_fields}
    assert fields >= {"sequence", "data", "digest"}
    assert ModelVersion._meta.auto_field is not None


@pytest.mark.skipif(connection.vendor != "postgresql", reason="only PostgreSQL is told to keep statements")
def test_numbers_of_any_size_are_one_statement() -> None:
    asked = Prepared(lambda pk: Team.objects.filter(pk=pk).order_by().values_list("name"), pk=int)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements")
        before = cursor.fetchone()[0]
    for number in (1, 40_000, 3_000_000_000):
        asked.rows(pk=number)
    with prepared_cursor() as kept, connection.cursor() as cursor:
        kept.execute("SELECT 1")
        cursor.execute("SELECT count(*) FROM pg_prepared_statements")
        assert cursor.fetchone()[0] == before + 2
