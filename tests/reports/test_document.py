"""The report for people: what is on its pages, that it can be read by everybody, and that it is the same every time."""

import io
import re
from datetime import datetime
from typing import Any

import pytest
from django.conf import settings
from pypdf import PdfReader

from apps.checklist.queries import framework
from apps.core.pdf import render_pdf
from apps.reports.queries import snapshot
from apps.reports.queries.document import document_html
from apps.reports.rules.pack import page_count, sha256
from apps.reports.services.signing import sign_pdf
from tests.reports.conftest import Pack
from tests.reports.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def reader(pack: Pack) -> PdfReader:
    return PdfReader(io.BytesIO(pack.document))


@pytest.fixture(scope="module")
def words(reader: PdfReader) -> str:
    """Everything that stands on the pages; reading it takes seconds."""
    return words_of(reader)


def words_of(reader: PdfReader) -> str:
    """The text of all pages, with single spaces."""
    return squeezed(" ".join(page.extract_text() for page in reader.pages))


def squeezed(text: str) -> str:
    return re.sub(r"\s+", " ", text.replace("\u200b", ""))


def render(facts: dict[str, Any], digest: str = "ab" * 32) -> bytes:
    at = datetime.fromisoformat(facts["generated_at"])
    return render_pdf(document_html(facts, digest), base_url=settings.BASE_URL, identifier=digest, created_at=at)


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


def test_all_eighteen_questions_are_answered_on_paper(words: str) -> None:
    questions = framework().questions.values()
    assert len(questions) == 18
    for question in questions:
        assert words.count(squeezed(question.text)) >= 2  # in the overview and at its answer
        assert f"Olga's own word on {question.id}." in words


@pytest.mark.parametrize(
    "said",
    [
        "AUDIT PACK",
        "No gaps.",
        "no legal advice",
        "Approved since",
        "Measured by the platform",
        "Support questions v1",
        "Datasheet, as declared",
        "j•••@•••.org",
        "1 exact copies in 1 groups",
        "Its files",
        "2 Wh",
        "codecarbon 3.3.2",
        "Loss (nats per token)",
        "better than the baseline",
        "Where is desk 3?",
        "internal test",
        "A line above the box says so.",
        "This is not data from the version's own use.",
        "0.300000",
        "0.333333",
        "Good enough for the desk.",
        "Rui (Approver)",
        "assessment.decide",
        "found it intact",
        "verify_pack.py",
    ],
)
def test_it_says(words: str, said: str) -> None:
    assert said in words


def test_each_page_names_the_record_and_its_number(reader: PdfReader, pack: Pack) -> None:
    assert sha256(pack.content) == pack.result["json_digest"]
    for number, page in enumerate(reader.pages, start=1):
        text = page.extract_text()
        assert pack.result["json_digest"] in text
        assert f"{number} / {len(reader.pages)}" in text
        if number > 1:
            assert "Desk answers v1" in text


def test_it_is_tagged_has_bookmarks_and_names_its_language(reader: PdfReader) -> None:
    root = reader.root_object
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en-GB"
    assert "/StructTreeRoot" in root
    assert b"pdfuaid:part" in reader.xmp_metadata.stream.get_data()
    titles = outline(reader)
    assert {"The answers", "The data", "How well it does", "Extract of the audit trail"} <= set(titles)
    assert sum(title.startswith(("data-", "modeling-", "deployment-")) for title in titles) == 18


def test_every_drawing_has_a_text_in_its_place(pack: Pack) -> None:
    html = document_html(pack.facts, "ab" * 32)
    images = re.findall(r"<img [^>]*>", html)
    assert len(images) >= 10
    assert all(re.search(r'alt="[^"]{20,}"', image) for image in images)


def test_digests_stand_there_whole(words: str, pack: Pack) -> None:
    solid = words.replace(" ", "")
    facts = pack.facts
    for digest in (
        facts["version"]["manifest_digest"],
        facts["version"]["files"][0]["digest"],
        *(data["digest"] for data in facts["datasets"]),
        facts["assessment"]["sign_offs"][0]["basis_digest"],
        facts["audit_trail"]["head"]["digest"],
        *(entry["digest"] for entry in facts["audit_trail"]["entries"]),
    ):
        assert digest in solid


def test_the_report_can_be_made_again_from_its_record_byte_by_byte(pack: Pack) -> None:
    """The signature included: it is made with the same key for the same time."""
    made = render(pack.facts, pack.result["json_digest"])
    at = datetime.fromisoformat(pack.facts["generated_at"])
    assert sign_pdf(made, reason="Issued: Audit pack", signed_at=at) == pack.document


def test_pages_are_counted(reader: PdfReader, pack: Pack) -> None:
    assert page_count(pack.document) == len(reader.pages) == pack.result["pages"]
    assert page_count(b"no pdf") == 0


def test_gaps_stand_first_and_what_people_typed_stays_text(world: World) -> None:
    """Text can neither become markup nor make the renderer fetch anything."""
    facts = snapshot(world.version)
    facts["model"]["intended_purpose"] = '</dd><img src="http://evil.test/x"><script>alert(1)</script>'
    assert "<script>" not in document_html(facts, "ab" * 32)
    reader = PdfReader(io.BytesIO(render(facts)))
    first = squeezed(reader.pages[0].extract_text())
    assert '</dd><img src="http://evil.test' in first
    assert "18 gaps stand against approval" in first
    assert "data-1 What data sources were used to train the model?" in first
    assert words_of(reader).count("This question has no answer yet.") >= 36


def test_a_version_about_which_nothing_is_known_makes_a_report_too(world: World) -> None:
    facts = snapshot(world.base)
    words = words_of(PdfReader(io.BytesIO(render(facts))))
    assert "No tuning run of this portal made this version" in words
    assert "This version was never evaluated on this portal." in words
    assert "Drift was never measured for this version." in words
    assert "This version is not deployed and never was." in words
