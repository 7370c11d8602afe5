"""The documents under the AI Act from a real record: what stands in them, what is open, and how they are graded."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import pytest
from pytest_django import DjangoDbBlocker

from apps.reports.rules.documents.assembling import UNSAID, assemble, readiness
from apps.reports.rules.documents.content import (
    FILLED,
    MISSING,
    NOT_APPLICABLE,
    PARTLY,
    Bullets,
    Document,
    FactList,
    Paragraph,
    Picture,
    Point,
    Table,
)
from apps.reports.rules.documents.filling.facts import Facts
from apps.reports.rules.documents.grading.annex_iv import grade
from apps.reports.rules.documents.reading import document_specs
from tests.kept import kept
from tests.reports.regulated import DECLINED, MADE_AT, WORDS, facts_of, regulate
from tests.reports.world import approve, make_world

pytestmark = pytest.mark.django_db  # so that there is a database to make the world in
SLUGS = ("ai-act-annex-iv", "ai-act-annex-v", "ai-act-art-10", "ai-act-art-12", "ai-act-art-13", "ai-act-art-27")
OF_DEPLOYMENTS = ("ai-act-art-12", "ai-act-art-13", "ai-act-art-27", "ai-act-art-50")


def _snapshots() -> dict[str, str]:
    """Of the system, its version, its deployment, and a version about which little is known; as JSON."""
    world = make_world()
    approve(world)
    system = regulate(world)
    subjects = {"system": system, "version": world.version, "deployment": world.version.deployments.get()}
    subjects["bare"] = world.base
    return {name: json.dumps(facts_of(subject, world).raw) for name, subject in subjects.items()}


@pytest.fixture(scope="module")
def snapshots(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[dict[str, str]]:
    """Taken once; each test reads its own copy."""
    with kept(django_db_blocker, _snapshots) as made:
        yield made


def facts_in(snapshots: dict[str, str], name: str) -> Facts:
    return Facts(json.loads(snapshots[name]))


def made(slug: str, facts: Facts, *, simplified: bool = False) -> Document:
    spec = document_specs()[slug]
    return assemble(spec, facts, simplified=simplified, made_at=MADE_AT, snapshot_digest="0" * 64)


def point_of(document: Document, pk: str) -> Point:
    return next(point for point in document.points if point.id == pk)


def _as_json(slug: str, facts: Facts) -> str:
    return json.dumps(asdict(made(slug, facts)), default=sorted)


def text_of(point: Point) -> str:
    """Everything that the point says."""
    return " ".join(word for block in point.blocks for word in _words(block))


def _words(block: Any) -> list[str]:
    if isinstance(block, Paragraph):
        return [block.text]
    if isinstance(block, FactList):
        return [word for row in block.rows for word in row]
    if isinstance(block, Bullets):
        return list(block.items)
    if isinstance(block, Table):
        return [word for row in block.rows for word in row]
    return [block.title]


@pytest.mark.parametrize("slug", SLUGS)
@pytest.mark.parametrize("subject", ["system", "version", "bare"])
def test_every_point_is_there_in_one_of_four_states(snapshots: dict[str, str], slug: str, subject: str) -> None:
    document = made(slug, facts_in(snapshots, subject))
    assert [point.id for point in document.points] == [point.id for point in document_specs()[slug].points]
    for point in document.points:
        assert point.state in (FILLED, PARTLY, NOT_APPLICABLE, MISSING)
        assert bool(point.gaps) is (point.state in (PARTLY, MISSING)), point.id
        assert bool(point.reason) is (point.state == NOT_APPLICABLE), point.id
        assert all(gap.problem.endswith(".") and gap.remedy.endswith(".") for gap in point.gaps), point.id


@pytest.mark.parametrize("slug", [*SLUGS, "ai-act-art-50"])
def test_what_stands_in_a_point_says_how_it_is_known(snapshots: dict[str, str], slug: str) -> None:
    document = made(slug, facts_in(snapshots, "deployment" if slug == "ai-act-art-50" else "system"))
    blank = {"3", "4", "7", "8"} if slug == "ai-act-annex-v" else set()
    assert not [point.id for point in document.points if point.blocks and not point.known and point.id not in blank]


@pytest.mark.parametrize("slug", [*SLUGS, "ai-act-art-50"])
def test_the_same_snapshot_gives_the_same_document_without_addresses(snapshots: dict[str, str], slug: str) -> None:
    subject = "deployment" if slug in OF_DEPLOYMENTS else "system"
    first, second = (_as_json(slug, facts_in(snapshots, subject)) for _ in range(2))
    assert first == second
    assert "people.example" not in first and "user:" not in first


def test_annex_iv_of_a_system(snapshots: dict[str, str]) -> None:
    document = made("ai-act-annex-iv", facts_in(snapshots, "system"))
    purpose = point_of(document, "1a-purpose")
    assert purpose.state == FILLED and "Helping colleagues find a desk and book it." in text_of(purpose)
    assert "High-risk, a use listed in Annex III" in text_of(purpose)
    assert "Desk Works Ltd" in text_of(point_of(document, "1a-provider"))
    assert point_of(document, "1f").reason == DECLINED["annex-iv-1f"]
    assert "Base v1" in text_of(point_of(document, "2a-others"))
    assert "Support questions v1" in text_of(point_of(document, "2d-sets"))
    assert "Rui" in text_of(point_of(document, "2g-reports"))
    assert point_of(document, "3-groups").state == MISSING
    assert "Answers suit some teams better" in text_of(point_of(document, "5-register"))
    assert point_of(document, "8").state == MISSING


def test_what_needs_words_is_not_filled_by_records_alone(snapshots: dict[str, str]) -> None:
    document = made("ai-act-annex-iv", facts_in(snapshots, "system"))
    assert point_of(document, "2b-logic").state == FILLED
    assert WORDS["annex-iv-2b"] in text_of(point_of(document, "2b-logic"))
    instructions = point_of(document, "1h")
    assert instructions.state == MISSING and instructions.gaps[0].problem == UNSAID
    architecture = point_of(document, "2c-architecture")
    assert architecture.state == PARTLY and UNSAID in [gap.problem for gap in architecture.gaps]


def test_findings_of_the_portal_stand_once(snapshots: dict[str, str]) -> None:
    """Collected evidence is told by the fillers; the answers add people's words, not the same again."""
    document = made("ai-act-annex-iv", facts_in(snapshots, "system"))
    assert "items are on record" not in " ".join(text_of(point) for point in document.points)


def test_the_simplified_edition_is_shorter_and_leaves_no_point_out(snapshots: dict[str, str]) -> None:
    facts = facts_in(snapshots, "system")
    full, short = made("ai-act-annex-iv", facts), made("ai-act-annex-iv", facts, simplified=True)
    assert [point.ref for point in full.points] == [point.ref for point in short.points]
    assert [point.state for point in full.points] == [point.state for point in short.points]
    tables = [sum(isinstance(block, Table | Picture) for point in one.points for block in point.blocks)
              for one in (full, short)]  # fmt: skip
    assert tables[1] < tables[0]
    assert short.title == f"{full.title} (simplified edition)"


def test_annex_iv_is_graded_and_a_poor_record_worse(snapshots: dict[str, str]) -> None:
    found = {name: facts_in(snapshots, name) for name in ("system", "bare")}
    grades = {name: grade(made("ai-act-annex-iv", facts), facts) for name, facts in found.items()}
    assert grades["bare"].total < 50 < grades["system"].total < 95
    sentences = [deduction.sentence for _, deduction in grades["system"].deductions]
    assert "The risk “Outdated answers” has no treatment." in sentences
    assert "No reason is given why the metric BLEU is the right one." in sentences
    assert not any("metric Exact match" in sentence or "metric ROUGE-L" in sentence for sentence in sentences)


def test_the_draft_declaration_is_never_complete(snapshots: dict[str, str]) -> None:
    document = made("ai-act-annex-v", facts_in(snapshots, "system"))
    assert "(draft)" in document.title
    assert point_of(document, "8").state == PARTLY and "____" in text_of(point_of(document, "8"))
    against = text_of(point_of(document, "4"))
    assert (
        "The incident “Wrong desk” is open." in against and "not on record that the system is high-risk" not in against
    )
    bare = made("ai-act-annex-v", facts_in(snapshots, "bare"))
    assert "works in no AI system" in point_of(bare, "1").gaps[0].problem


def test_the_record_of_data(snapshots: dict[str, str]) -> None:
    document = made("ai-act-art-10", facts_in(snapshots, "version"))
    assert "training data of a base model" in text_of(point_of(document, "1"))
    assert WORDS["art-10-2-d"] in text_of(point_of(document, "2d"))
    assert any("first collected" in gap.problem for gap in point_of(document, "2b").gaps)
    assert "Rows that repeat another exactly" in text_of(point_of(document, "3-errors"))
    assert point_of(document, "5").state == MISSING


def test_the_record_of_logs(snapshots: dict[str, str]) -> None:
    document = made("ai-act-art-12", facts_in(snapshots, "deployment"))
    assert "Operation" in text_of(point_of(document, "1"))
    assert point_of(document, "3").reason == DECLINED["art-12-3"]
    assert WORDS["art-26-6"] in text_of(point_of(document, "26-6"))
    assert point_of(document, "19").state == FILLED and WORDS["art-26-6"] in text_of(point_of(document, "19"))


def test_instructions_for_use(snapshots: dict[str, str]) -> None:
    document = made("ai-act-art-13", facts_in(snapshots, "system"))
    assert "Office of the board" in text_of(point_of(document, "a"))
    accuracy = text_of(point_of(document, "b-ii"))
    assert "Exact match" in accuracy and "0.35 to 0.45" in accuracy
    assert WORDS["art-13-1"] in text_of(point_of(document, "b-iv"))
    assert point_of(document, "c").reason == DECLINED["annex-iv-2f"]
    assert "Olga" not in text_of(point_of(document, "b-iii"))


def test_the_assessment_of_fundamental_rights(snapshots: dict[str, str]) -> None:
    document = made("ai-act-art-27", facts_in(snapshots, "deployment"))
    assert "Helping colleagues find a desk" in text_of(point_of(document, "scope"))
    assert point_of(document, "a").state == FILLED
    assert point_of(document, "c").state == MISSING
    assert "not yet in use" in text_of(point_of(document, "2"))
    assert point_of(document, "3").gaps[0].remedy.startswith("Send the filled template to the authority")


def test_the_record_of_transparency(snapshots: dict[str, str]) -> None:
    document = made("ai-act-art-50", facts_in(snapshots, "deployment"))
    told = point_of(document, "1")
    assert told.state == FILLED and "A line above the box says so." in text_of(told)
    assert point_of(document, "2").state == MISSING
    assert point_of(document, "4-deepfake").reason == DECLINED["art-50-4-deepfake"]
    counts = readiness(document)
    assert counts.total == 8 and counts.not_applicable >= 2
