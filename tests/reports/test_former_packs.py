"""Packs that were made before packs were of one kind keep their files, and are recognised by them."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from apps.core.errors import NotFound
from apps.reports.models import ReportRun
from apps.reports.queries.packs import pack_file, packed_documents
from tests.makers import make_person, make_team

pytestmark = pytest.mark.django_db(transaction=True)
BEFORE, AFTER = [("reports", "0005_organisation")], [("reports", "0007_files_only")]
COUNTS = {"total": 4, "filled": 1, "partly": 1, "not_applicable": 1, "missing": 1}


@pytest.fixture
def former() -> Iterator[Any]:
    """The table of runs as it was."""
    executor = MigrationExecutor(connection)
    executor.migrate(BEFORE)
    yield executor.loader.project_state(BEFORE).apps.get_model("reports", "ReportRun").objects
    MigrationExecutor(connection).migrate(AFTER)


def test_former_packs_list_their_files(former: Any) -> None:
    team = make_team()
    about = {"team_id": team.pk, "created_by_id": make_person("engineer", team=team).pk, "subject_id": 1}
    about |= {"subject_kind": "version", "subject_label": "Desk answers v1"}
    pdf, record, archive = (digit * 64 for digit in "abc")
    digests = {"pdf_digest": pdf, "json_digest": record, "zip_digest": archive}
    told = digests | {"manifest_digest": "d" * 64}
    first = former.create(**about, **digests, zip_size=7, pages=3, state="succeeded", result=told)
    failed = former.create(**about, state="failed")
    file = {"form": "zip", "digest": archive, "size": 9, "pages": None}
    result = {"zip_digest": archive, "documents": {"model-card": COUNTS}}
    sealed = former.create(**about, document="sealed-pack", state="succeeded", files=[file], result=result)
    MigrationExecutor(connection).migrate(AFTER)
    one, two, three = (ReportRun.objects.get(pk=run.pk) for run in (first, failed, sealed))
    assert {run.document for run in (one, two, three)} == {"audit-pack"} and two.files == []
    assert one.digests == one.result["files"] == {"pdf": pdf, "json": record, "zip": archive}
    assert (one.pages, [file["size"] for file in one.files]) == (3, [None, None, 7])
    assert packed_documents(one) == [] and pack_file(one, "pdf").digest == pdf
    assert three.files == [file] and three.result["files"] == {"zip": archive}
    (card,) = packed_documents(three)
    assert (card.title, card.standing["share"], card.pages) == ("Model card", 0.5, None)
    with pytest.raises(NotFound):
        pack_file(three, "pdf")
