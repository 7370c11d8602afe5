"""The audit report of an approved and deployed version: nothing on record is left out, and all can read it."""

import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from html import unescape

import pytest
from django.utils import timezone
from pypdf import PdfReader
from pytest_django import DjangoDbBlocker

from apps.checklist.queries import framework
from apps.registry.models import ModelVersion
from apps.reports.queries.frozen import freeze
from apps.reports.rendering import RENDERERS
from apps.reports.rendering.html import document_html
from apps.reports.rules.documents.assembling import assemble
from apps.reports.rules.documents.content import MISSING, PARTLY, Document
from apps.reports.rules.documents.filling.facts import Facts
from apps.reports.rules.documents.reading import document_specs
from apps.reports.rules.documents.spec import WHOLE
from apps.reports.rules.pack import page_count, pretty_json, sha256
from tests.kept import kept
from tests.reports.world import approve, make_world

pytestmark = pytest.mark.django_db
SPEC = document_specs()["audit-report"]
ANSWERS = ("data-", "modeling-", "deployment-")


@dataclass(frozen=True)
class Told:
    """A record and the report of it."""

    facts: Facts
    document: Document
    html: str

    @property
    def words(self) -> str:
        """Everything that the report says, with single spaces."""
        return squeezed(unescape(re.sub(r"<[^>]*>", " ", self.html)))


def told_of(version: ModelVersion) -> Told:
    """The report of a version."""
    content = pretty_json(freeze(version, by=None, at=timezone.now()))
    facts = Facts(json.loads(content))
    document = assemble(SPEC, facts, made_at=facts.taken_at, snapshot_digest=sha256(content))
    return Told(facts, document, document_html(document))


def reports() -> tuple[Told, Told]:
    """Of a version that was approved and deployed, and of its base, which nobody asked anything about."""
    world = make_world()
    approve(world)
    return told_of(world.version), told_of(world.base)


def squeezed(text: str) -> str:
    """The text with single spaces."""
    return re.sub(r"\s+", " ", text)


def outline(reader: PdfReader) -> list[str]:
    """The titles of all bookmarks, whatever their depth."""
    found: list[str] = []
    waiting = list(reader.outline)
    while waiting:
        item = waiting.pop(0)
        if isinstance(item, list):
            waiting = item + waiting
        else:
            found.append(squeezed(str(item.title)))
    return found


@pytest.fixture(scope="module")
def both(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[tuple[Told, Told]]:
    with kept(django_db_blocker, reports) as made:
        yield made


@pytest.fixture(scope="module")
def told(both: tuple[Told, Told]) -> Told:
    return both[0]


@pytest.fixture(scope="module")
def paper(told: Told) -> bytes:
    return RENDERERS["pdf"](told.document, datetime.fromisoformat(told.document.made_at))


def test_its_questions_are_those_of_the_checklist_word_for_word() -> None:
    asked = [point for point in SPEC.points if point.answers_as == WHOLE]
    questions = framework().questions
    assert [(point.id, point.title) for point in asked] == [(one.id, one.text) for one in questions.values()]
    assert [point.answers for point in asked] == [(f"{framework().urn}#{pk}",) for pk in questions]
    assert [(point.asks, point.remedy) for point in asked] == [(one.why, one.next_step) for one in questions.values()]


def test_all_eighteen_questions_are_answered(told: Told) -> None:
    points = [point for point in told.document.points if point.id.startswith(ANSWERS)]
    assert len(points) == 18
    assert [point.id for point in points if point.state in (MISSING, PARTLY)] == []
    for point in points:
        assert f"Olga's own word on {point.id}." in told.words
        assert told.words.count(squeezed(point.title)) >= 2  # in the contents and at its answer


@pytest.mark.parametrize(
    "said",
    [
        "Answering colleagues' questions about desks",  # what it is for
        "those that were approved",
        "The gate is green",
        "Support questions v1",
        "Its datasheet, as declared:",
        "j•••@•••.org",
        "1 exact copies in 1 groups",
        "model.safetensors",
        "2 Wh",
        "codecarbon 3.3.2",
        "Loss during tuning",
        "better than the baseline",
        "internal test",
        "A line above the box says so.",
        "This is not data from the version's own use.",
        "A stand-in: loans, not desks.",
        "0.300000",
        "0.333333",
        "Good enough for the desk.",
        "Nobody may decide on their own work.",
        "Rui (Approver)",
        "assessment.decide",
        "verify_pack.py",
        "David Sweenor",
        "no legal advice",
    ],
)
def test_it_says(told: Told, said: str) -> None:
    assert said in told.words


def test_examples_of_an_evaluation_are_rows_and_stay_where_they_are(told: Told) -> None:
    assert "Where is desk 3?" not in told.html


def test_digests_stand_there_whole(told: Told) -> None:
    raw, version = told.facts.raw, told.facts.versions[0]
    for digest in (
        version["version"]["manifest_digest"],
        version["version"]["files"][0]["digest"],
        version["tuning"]["held_out_digest"],
        version["evaluations"][0]["rows_digest"],
        version["drift"][0]["reference"]["digest"],
        *(data["digest"] for data in raw["datasets"]),
        *(data["scan"]["findings_digest"] for data in raw["datasets"] if data["scan"]),
        raw["assessments"][0]["sign_offs"][0]["basis_digest"],
        raw["audit_trail"]["head"]["digest"],
        *(entry["digest"] for entry in raw["audit_trail"]["entries"]),
    ):
        assert digest in told.words


def test_every_measured_value_stands_there(told: Told) -> None:
    values = [
        chunk["value"]
        for measure in told.facts.drift[0]["result"]["measures"]
        for chunk in measure["chunks"]
        if chunk["value"] is not None
    ]
    assert values
    assert [value for value in values if f"{value:.6f}" not in told.words] == []


def test_no_address_stands_in_it(told: Told) -> None:
    assert "people.example" not in told.html


def test_every_drawing_has_a_text_in_its_place(told: Told) -> None:
    images = re.findall(r"<img [^>]*>", told.html)
    assert len(images) >= 10
    assert all(re.search(r'alt="[^"]{20,}"', image) for image in images)


def test_gaps_stand_on_page_one_and_every_page_names_the_record(told: Told, paper: bytes) -> None:
    reader = PdfReader(io.BytesIO(paper))
    first = squeezed(reader.pages[0].extract_text())
    assert "What is missing" in first
    assert any(gap.problem[:40] in first for point in told.document.points for gap in point.gaps)
    assert page_count(paper) == len(reader.pages)
    for number, page in enumerate(reader.pages, 1):
        text = page.extract_text()
        assert told.document.snapshot_digest in text
        assert f"{number} / {len(reader.pages)}" in text


def test_it_is_tagged_and_every_question_has_a_bookmark(paper: bytes) -> None:
    reader = PdfReader(io.BytesIO(paper))
    root = reader.root_object
    assert root["/MarkInfo"]["/Marked"] and root["/Lang"] == "en-GB" and "/StructTreeRoot" in root
    titles = outline(reader)
    assert sum(title.startswith(ANSWERS) for title in titles) == 18


def test_a_version_about_which_nothing_is_known_makes_a_report_too(both: tuple[Told, Told]) -> None:
    bare = both[1]
    answers = [point for point in bare.document.points if point.id.startswith(ANSWERS)]
    assert {point.state for point in answers} == {MISSING}
    for said in ("was never evaluated on this portal.", "Drift was never measured for Base v1", "is not deployed"):
        assert said in bare.words
