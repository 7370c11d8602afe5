"""Annexes XI and XII, the Model Documentation Form and the public summary, against the official structure and made from
a world with data, sources, scans, a tuning and answers."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from pytest_django import DjangoDbBlocker

from apps.catalog.models import DatasetVersion
from apps.catalog.services import source_create, version_source_link
from apps.checklist.models import Assessment
from apps.checklist.queries import framework
from apps.checklist.services import answer_save, assessment_create, evidence_collect
from apps.registry.models import ModelVersion
from apps.reports.queries.frozen import freeze
from apps.reports.rules.documents.content import FILLED, MISSING, NOT_APPLICABLE, PARTLY, Document
from apps.reports.rules.documents.filling.facts import Facts
from apps.reports.rules.documents.grading import LETTERS
from apps.reports.rules.documents.grading.summary import WEIGHTS, grade
from apps.reports.rules.documents.grading.summary.record import text_of
from apps.reports.rules.documents.reading import document_specs
from tests.kept import kept
from tests.reports import training
from tests.reports.small_facts import AT
from tests.reports.world import World, make_world

pytestmark = pytest.mark.django_db
XI, XII, FORM, SUMMARY = "ai-act-annex-xi", "ai-act-annex-xii", "model-documentation-form", "training-content-summary"
ACT = "urn:genaiops:framework:eu-ai-act"
MDF = "urn:genaiops:framework:gpai-model-documentation"
TCS = "urn:genaiops:framework:training-content-summary"
AUDIENCES = ("aio", "nca", "dp")
# The numbers of the Official Journal; point 2(c) asks for three things that stand in rows of their own.
OFFICIAL = {
    XI: {f"Annex XI, S. 1, 1({letter})": 1 for letter in "abcdef"}
    | {f"Annex XI, S. 1, 2({letter})": 3 if letter == "c" else 1 for letter in "abcde"}
    | {f"Annex XI, S. 2, {number}": 1 for number in (1, 2, 3)},
    XII: {f"Annex XII(1)({letter})": 1 for letter in "abcdefgh"} | {f"Annex XII(2)({letter})": 1 for letter in "abc"},
}
# The sections of the template of the AI Office.
TEMPLATE = ["Head", "1.1", "1.2", "1.3", "2.1", "2.2", "2.3", "2.4", "2.5", "2.6", "3.1", "3.2", "3.3"]
FORM_ANSWERS = {"market-date": "23/11/2026", "release-date": "2026-11-23", "use-policy": "No policy exists."}
CONTRADICTION = "“1 to 500 million” is stated, but the record comes to “Less than 1 million”."
WHOLE = 1_000  # parameters of the tuned version


@pytest.mark.parametrize("slug", OFFICIAL)
def test_each_point_of_the_annex_is_there(slug: str) -> None:
    found = Counter(point.ref for point in document_specs()[slug].points if point.ref.startswith("Annex"))
    assert found == OFFICIAL[slug]


@pytest.mark.parametrize("slug", [XI, XII, FORM, SUMMARY])
def test_each_question_that_fills_a_point_is_asked(slug: str) -> None:
    for point in document_specs()[slug].points:
        for target in point.answers:
            urn, _, question = target.rpartition("#")
            assert question in framework(urn).questions, f"{point.id}: {target}"


def test_annexes_use_every_question_on_them() -> None:
    asked = {name for name in framework(ACT).questions if name.startswith(("annex-xi-", "annex-xii-"))}
    used = {
        one.rpartition("#")[2] for slug in (XI, XII) for point in document_specs()[slug].points for one in point.answers
    }
    # Architecture and number of parameters are columns of the version, and stand there without a question.
    assert asked - used == {"annex-xi-1d", "annex-xii-1f"}


def test_the_form_has_every_item_with_its_readers() -> None:
    points = {point.id: point for point in document_specs()[FORM].points}
    items = framework(MDF).questions
    assert list(points) == list(items)
    for name, item in items.items():
        assert points[name].audience == {reader.lower() for reader in item.audience}, name
        assert points[name].answers == (f"{MDF}#{name}",)
    editions = {one: sum(one in point.audience for point in points.values()) for one in AUDIENCES}
    assert editions == {"aio": 40, "nca": 39, "dp": 23}


def test_results_of_evaluation_are_asked_of_every_provider() -> None:
    point = next(one for one in document_specs()[XI].points if one.id == "testing")
    assert point.ref == "Art. 53(1)(a)" and not point.applies and "evaluation.results" in point.fill


def test_the_summary_has_the_sections_of_the_template() -> None:
    spec = document_specs()[SUMMARY]
    assert [section.ref for section in spec.sections] == TEMPLATE
    assert all(point.answers_as == "words" for point in spec.points if point.answers), "it is published"
    used = {target.rpartition("#")[2] for point in spec.points for target in point.answers if target.startswith(TCS)}
    assert used == set(framework(TCS).questions)


def test_the_manual_tells_the_weights_and_the_letters() -> None:
    manual = (Path(__file__).resolve().parents[2] / "docs/general-purpose-documents.md").read_text("utf-8")
    assert all(f"| {metric} | {weight} |" in manual for metric, weight in WEIGHTS.items())
    assert all(f"{letter} {least:.0f}" in manual for least, letter, _ in LETTERS[1:-1]) and "A+ from 95" in manual
    assert all(f"`{slug}`" in manual for slug in (XI, XII, FORM, SUMMARY))


def make_training_world() -> World:
    """Everything of the small world, with sources of its data, and the three frameworks on models answered in part."""
    world = make_world()
    describe(world, world.data)
    ask(world, TCS)
    form = ask(world, MDF)
    for question, text in FORM_ANSWERS.items():
        answer_save(by=world.olga, assessment=form, question=question, status="declared", text=text)
    size = {"choice": "1m-500m"}
    answer_save(by=world.olga, assessment=form, question="size-range", status="declared", text="Counted.", value=size)
    policy = "Nobody may rely on it alone."
    answer_save(by=world.olga, assessment=ask(world, ACT), question="annex-xi-1b", status="declared", text=policy)
    return world


def describe(world: World, data: DatasetVersion) -> None:
    """Two sources: a public dataset and the staff."""
    period = {"collected_from": date(2025, 1, 1), "collected_to": date(2026, 6, 30)}
    public = source_create(
        by=world.olga, team=world.team, name="Office forum", url="https://forum.example.org/dump", licence="CC-BY-4.0",
        collection_method="feeds-file-feed-info", tdm_reservation="none", tdm_note="robots.txt of 1 June 2026",
        description="Posts on desks.", geography=["DE"], **period,
    )  # fmt: skip
    staff = source_create(
        by=world.olga, team=world.team, name="Help desk", collection_method="primary-user-source-other",
        tdm_reservation="not_applicable", description="Questions and answers from memory.", **period,
    )  # fmt: skip
    version_source_link(by=world.olga, version=data, source=public, share=0.6)
    version_source_link(by=world.olga, version=data, source=staff, share=0.4)


def ask(world: World, urn: str) -> Assessment:
    """An assessment of the tuned version; that of the summary with every answer."""
    assessment = assessment_create(by=world.olga, version=world.version, urn=urn)
    evidence_collect(by=world.olga, assessment=assessment)
    if urn != TCS:
        return assessment
    for question, text in training.WORDS.items():
        answer_save(by=world.olga, assessment=assessment, question=question, status="declared", text=text)
    for question in (*training.NO, *training.YES):
        value = {"yes": question in training.YES}
        answer_save(by=world.olga, assessment=assessment, question=question, status="declared", text="", value=value)
    for question, reason in training.DECLINED.items():
        answer_save(by=world.olga, assessment=assessment, question=question, status="not_applicable", reason=reason)
    return assessment


def frozen() -> Facts:
    """What a snapshot of the tuned version holds."""
    world = make_training_world()
    version = ModelVersion.objects.select_related("model").get(pk=world.version.pk)
    at = datetime(2026, 11, 22, 12, tzinfo=UTC)
    return Facts(freeze(version, by=world.olga, at=at, reason="Audit", organisation=training.ORGANISATION))


@pytest.fixture(scope="module")
def facts(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Facts]:
    """The snapshot that all documents here are made from."""
    with kept(django_db_blocker, frozen) as made:
        yield made


def state_of(document: Document, point: str) -> str:
    """The state of one point."""
    return next(one.state for one in document.points if one.id == point)


def everything(document: Document) -> str:
    """All that a document says, with how it is known."""
    return " ".join(f"{text_of(point)} {point.reason} {point.known}" for point in document.points)


def test_annex_xi_of_a_real_version(facts: Facts) -> None:
    document = training.document(facts, XI)
    assert state_of(document, "1b") == FILLED and state_of(document, "1d") == FILLED
    assert state_of(document, "2d") in {FILLED, PARTLY} and state_of(document, "2e") in {FILLED, PARTLY}
    section_2 = [point for point in document.points if point.id.startswith("s2-")]
    assert [point.state for point in section_2] == [NOT_APPLICABLE] * 3
    assert all("10^25" in point.reason for point in section_2)
    assert all(point.gaps for point in document.points if point.state == MISSING)


def test_annex_xii_of_a_real_version(facts: Facts) -> None:
    document = training.document(facts, XII)
    assert {"1f", "1h", "2c"} <= {point.id for point in document.points if point.state in {FILLED, PARTLY}}
    assert "operations" not in everything(document) and "kWh" not in everything(document)


@pytest.mark.parametrize("audience", AUDIENCES)
def test_each_reader_s_edition(facts: Facts, audience: str) -> None:
    document = training.document(facts, FORM, audience)
    spec = document_specs()[FORM]
    assert {point.id for point in document.points} == {point.id for point in spec.points if audience in point.audience}
    assert document.audience == next(one.title for one in spec.audiences if one.id == audience)
    exact = f"{WHOLE:,}" in everything(document)
    assert exact == (audience == "aio"), "the exact number of parameters goes to the AI Office alone"
    assert "Olga" not in " ".join(text_of(point) for point in document.points)
    ranges = [gap.problem for point in document.points if point.id == "size-range" for gap in point.gaps]
    assert ranges == ([] if audience == "aio" else [CONTRADICTION])
    assert ("MWh" in everything(document)) == (audience != "dp"), "downstream providers get nothing on energy"


def test_the_summary_of_a_real_version(facts: Facts) -> None:
    document = training.document(facts)
    states = Counter(point.state for point in document.points)
    assert states[MISSING] == 0, [point.id for point in document.points if point.state == MISSING]
    assert state_of(document, "public-large") == FILLED and state_of(document, "crawl-names") == NOT_APPLICABLE
    text = everything(document)
    assert "Less than 1 billion tokens" in text and "https://forum.example.org/dump" in text and "06/2026" in text
    assert "Olga" not in text and "people.example" not in text, "nobody's name is published"


def test_the_summary_of_a_real_version_is_graded(facts: Facts) -> None:
    found = grade(training.document(facts), facts)
    assert found.letter in {"A+", "A"}, [(row.section, row.metric, one.sentence) for row, one in found.deductions]
    assert any("only estimated" in one.sentence for _, one in found.deductions), "no scan has measured the texts"


@pytest.mark.parametrize("slug", [XI, XII, FORM, SUMMARY])
def test_the_same_snapshot_gives_the_same_document(facts: Facts, slug: str) -> None:
    assert training.document(facts, slug) == training.document(Facts(facts.raw), slug)
    assert training.document(facts, slug).made_at == AT
