"""What holds for every kind of document: the same bytes anywhere, forms for tables, digests, tags, and the docs."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from pytest_django import DjangoDbBlocker

from apps.reports.rendering import RENDERERS
from apps.reports.rules.documents.content import Document, Picture, Table
from apps.reports.rules.documents.reading import document_specs
from apps.reports.rules.documents.spec import FORMATS, PDF, SUBJECTS, XLSX
from tests.kept import kept
from tests.reports.every_kind import Snapshots, documents_of, snapshots_of
from tests.reports.pdf_structure import problems
from tests.reports.world import make_world

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parent.parent.parent
ELSEWHERE = (
    "import sys, django; django.setup(); from tests.reports.every_kind import print_digests; print_digests(sys.argv[1])"
)
SETTINGS = {"DJANGO_SETTINGS_MODULE": "genaiops_site.settings"}
PLACES = (
    {"PYTHONHASHSEED": "1", "TZ": "UTC", "LC_ALL": "C.UTF-8"},
    {"PYTHONHASHSEED": "271828", "TZ": "Pacific/Chatham", "LC_ALL": "C", "LANG": "tr_TR.UTF-8"},
)


@pytest.fixture(scope="module")
def snapshots(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Snapshots]:
    with kept(django_db_blocker, lambda: snapshots_of(make_world())) as made:
        yield made


@pytest.fixture(scope="module")
def documents(snapshots: Snapshots) -> dict[str, Document]:
    return dict(documents_of(snapshots))


def test_the_bytes_do_not_depend_on_where_they_are_made(snapshots: Snapshots, tmp_path: Path) -> None:
    path = tmp_path / "snapshots.json"
    path.write_text(json.dumps(snapshots))
    command = [sys.executable, "-c", ELSEWHERE, str(path)]
    at_work = [
        subprocess.Popen(command, cwd=ROOT, env=os.environ | SETTINGS | place, stdout=subprocess.PIPE, text=True)
        for place in PLACES
    ]
    here, there = (json.loads(process.communicate()[0]) for process in at_work)
    assert [process.returncode for process in at_work] == [0, 0]
    assert {name for name, digest in here.items() if there[name] != digest} == set()
    assert {name.rpartition(".")[2] for name in here} == set(FORMATS)
    assert here.keys() == there.keys()


def test_every_kind_with_tables_has_a_form_for_tables(documents: dict[str, Document]) -> None:
    with_tables = {
        document.kind
        for document in documents.values()
        for point in document.points
        if any(isinstance(block, Table | Picture) for block in point.blocks)
    }
    assert {kind for kind in with_tables if XLSX not in document_specs()[kind].formats} == set()


# What rests on no single record of the snapshot, whose own digest stands on each page.
WITHOUT = re.compile(
    "Moment of the snapshot|Counted from the snapshot|Day on which the record was taken|Alerts, incidents, risks and"
    " gates|Rules of the platform|Owners on record|Dates of answers and deployments|Record of incidents|The"
    " snapshot that"
)


def test_what_is_known_names_the_digest_of_its_evidence(documents: dict[str, Document]) -> None:
    bare = {
        (document.kind, point.id, known.source)
        for document in documents.values()
        for point in document.points
        for known in point.known
        if not re.fullmatch("[0-9a-f]{64}", known.digest) and not WITHOUT.match(known.source)
    }
    assert bare == set()


def test_docs_list_every_kind_with_formats_and_editions() -> None:
    told = {}
    for line in (ROOT / "docs" / "documents.md").read_text().splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("| `") and len(cells) == 5:
            told[cells[0].strip("`")] = tuple(cells[2:])
    assert told == {slug: _row(slug) for slug in document_specs()}


def _row(slug: str) -> tuple[str, str, str]:
    """What the kinds' own file says, in the words of the table."""
    spec = document_specs()[slug]
    editions = [one.title for one in spec.audiences]
    editions += ["simplified"] if any(point.simplified != "full" for point in spec.points) else []
    editions += ["for a period"] if spec.period else []
    about = ", ".join(SUBJECTS[kind].lower().replace("ai system", "AI system") for kind in spec.subjects)
    return about, ", ".join(FORMATS[form] for form in spec.formats), ", ".join(editions)


@pytest.mark.slow
def test_every_kind_is_accessible_as_pdf(documents: dict[str, Document]) -> None:
    kinds = {document.kind: document for document in documents.values()}
    found = {kind: problems(RENDERERS[PDF](one, datetime.fromisoformat(one.made_at))) for kind, one in kinds.items()}
    assert {kind: told for kind, told in found.items() if told} == {}
