"""What is odd about answers, whatever they answer: each check by its id, as page, as file and over the API."""

import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.checklist.models import Answer, Assessment, Evidence
from apps.checklist.queries import present_view
from apps.checklist.queries.quality import quality_of
from apps.checklist.rules.quality import CHECKS, SEVERITIES, QualityItem
from apps.checklist.services import (
    answer_save,
    assessment_create,
    assessment_upgrade,
    evidence_add,
    evidence_cite_new,
    evidence_collect,
    framework_load,
)
from apps.checklist.services.library import Content
from apps.registry.models import AISystem
from apps.registry.services import system_change, system_create
from tests.checklist.conftest import World
from tests.checklist.framework_files import URN, group, question, raw_framework, text_of
from tests.makers import make_browser, make_client, make_person, queries_of
from tests.people import People

pytestmark = pytest.mark.django_db

OTHER = "urn:example:framework:their-rules"
SENTENCE = "It answers questions about desks, and nothing else is asked of it."
CHOICES = [{"id": "a", "title": "First"}, {"id": "b", "title": "Second"}]
TYPED: dict[str, dict[str, Any]] = {
    "words": {},
    "more": {},
    "law": {"answer": "yes_no"},
    "kind": {"answer": "choice", "choices": CHOICES},
    "share": {"answer": "number", "unit": "percent"},
}


def loaded(people: People, raw: dict[str, Any]) -> None:
    framework_load(by=make_person("compliance_officer", team=people.team), text=text_of(raw))


def asked_by(urn: str, relation: str = "", **more: Any) -> dict[str, Any]:
    """The questions of every type, mapped to those of the first framework where a relation is given."""
    mapped = {name: {"mappings": [{"to": f"{URN}#{name}", "relation": relation}]} if relation else {} for name in TYPED}
    questions = [question(name, f"About {name}?", **kind, **mapped[name]) for name, kind in TYPED.items()]
    return raw_framework(group("all", *questions), urn=urn, subjects=["system"], **more)


@pytest.fixture
def system(people: People) -> AISystem:
    return system_create(by=people.olga, team=people.team, name="Support desk")


@pytest.fixture
def held(people: People, system: AISystem) -> Assessment:
    loaded(people, asked_by(URN))
    return assessment_create(by=people.olga, system=system, urn=URN)


def say(people: People, assessment: Assessment, name: str, text: str = SENTENCE, **more: Any) -> None:
    given = {"status": "declared", "text": text} | more
    answer_save(by=people.olga, assessment=assessment, question=name, **given)


def items_of(assessment: Assessment, on: date | None = None) -> list[QualityItem]:
    assessment.refresh_from_db()
    return list(quality_of(assessment, present_view(assessment), on).items)


def found(assessment: Assessment, name: str) -> set[str]:
    return {item.id for item in items_of(assessment) if item.question == name}


def test_a_good_answer_has_nothing_odd(people: People, held: Assessment) -> None:
    assert found(held, "words") == {"QC-010"}
    say(people, held, "words")
    assert found(held, "words") == {"QC-001"}
    evidence_add(by=people.olga, assessment=held, question="words", summary="Minutes of the meeting.")
    assert found(held, "words") == set()


def test_evidence_from_before_what_it_speaks_of(people: People, held: Assessment) -> None:
    say(people, held, "words")
    evidence_add(by=people.olga, assessment=held, question="words", summary="Minutes of the meeting.")
    Evidence.objects.update(collected_at=timezone.now() - timedelta(days=9))
    [item] = [item for item in items_of(held) if item.id == "QC-002"]
    assert item.question == "words" and "Support desk was made" in item.message and item.severity == "warning"


def test_a_cited_document_of_before(people: People, held: Assessment) -> None:
    say(people, held, "words")
    content = Content(method="By post", link="https://example.org/old", effective_on=date(2020, 1, 1))
    evidence_cite_new(
        by=people.olga, assessment=held, question="words", title="Report", shows="What was tested.", content=content
    )
    [item] = [item for item in items_of(held) if item.id == "QC-002"]
    assert "the oldest of 2020-01-01" in item.message


def test_short_copied_and_hollow_words(people: People, held: Assessment) -> None:
    say(people, held, "words", "Yes.")
    assert "QC-008" in found(held, "words")
    say(people, held, "words", "See above.")
    assert "QC-008" in found(held, "words")
    say(people, held, "words", "它只回答有关桌子的问题。")
    assert "QC-008" not in found(held, "words"), "wide characters say more"
    say(people, held, "words")
    say(people, held, "more", f" {SENTENCE.upper()}\n")
    assert "QC-007" in found(held, "words") and "QC-007" in found(held, "more")
    say(people, held, "law", "", status="not_applicable", reason="n/a")
    assert found(held, "law") == {"QC-004"}
    say(people, held, "law", "", status="not_applicable", reason="Nobody outside the house can reach it.")
    assert found(held, "law") == set()


def test_an_answer_whose_value_went_missing(people: People, held: Assessment) -> None:
    say(people, held, "words")
    raw = asked_by(URN, version=2)
    raw["groups"][0]["questions"][0] |= {"answer": "yes_no"}
    loaded(people, raw)
    assessment_upgrade(by=people.olga, assessment=held)
    assert "QC-012" in found(held, "words")


def test_what_stands_behind_an_answer_changed(people: People, system: AISystem, held: Assessment) -> None:
    say(people, held, "words")
    assert "QC-005" not in found(held, "words")
    system_change(by=people.olga, system=system, reason="It grew.", intended_purpose="Something else.")
    assert "QC-005" in found(held, "words")


def test_evidence_against_the_words(world: World) -> None:
    evidence_collect(by=world.people.olga, assessment=world.assessment)
    say(world.people, world.assessment, "data-1", "", status="not_applicable", reason="There is no data in this one.")
    assert "QC-006" in found(world.assessment, "data-1")
    assert found(world.assessment, "modeling-1") & {"QC-010", "QC-011"}


def test_a_day_that_has_passed(people: People, system: AISystem) -> None:
    asked = [question("due", applies_from="2026-02-02"), question("later", applies_from="2199-01-01"), question("any")]
    loaded(people, raw_framework(group("all", *asked), subjects=["system"]))
    held = assessment_create(by=people.olga, system=system, urn=URN)
    before, after = items_of(held, date(2026, 2, 1)), items_of(held, date(2026, 2, 2))
    assert [(item.id, item.question) for item in before] == [("QC-010", "any")]
    assert [(item.id, item.question) for item in after] == [("QC-009", "due"), ("QC-010", "any")], "the gravest first"
    assert "since 2026-02-02" in after[0].message


@pytest.mark.parametrize("relation", ["same", "broader"])
def test_two_answers_cannot_both_be_right(people: People, system: AISystem, held: Assessment, relation: str) -> None:
    loaded(people, asked_by(OTHER, relation, title="Their rules"))
    theirs = assessment_create(by=people.olga, system=system, urn=OTHER)
    values = {"law": [{"yes": True}, {"yes": False}], "kind": [{"choice": "a"}, {"choice": "b"}]}
    values["share"] = [{"number": "1.50"}, {"number": "2"}]
    for name, (one, other) in values.items():
        say(people, held, name, "", value=one)
        assert "QC-003" not in found(theirs, name), "it is taken over"
        say(people, theirs, name, "", value=one)
        assert "QC-003" not in found(theirs, name)
        say(people, theirs, name, "", value=other)
        assert ("QC-003" in found(theirs, name)) is (relation == "same" or name == "law")
    say(people, theirs, "law", "", value={"yes": True})
    say(people, held, "law", "", value={"yes": False})
    assert ("QC-003" in found(theirs, "law")) is (relation == "same"), "no to more is not no to less"
    say(people, held, "words")
    say(people, theirs, "words", "Quite another thing is said about it here.")
    assert "QC-003" not in found(theirs, "words"), "words are not held against words"
    say(people, theirs, "words", "", status="not_applicable", reason="Nobody outside the house can reach it.")
    [item] = [one for one in items_of(theirs) if one.id == "QC-003" and one.question == "words"]
    assert item.elsewhere == (held.pk, "words") and "House rules" in item.message and item.severity == "error"
    say(people, theirs, "words", "", status="unknown")
    assert "QC-003" in found(theirs, "words")


def test_the_page_filters_and_leads_to_the_question(people: People, held: Assessment) -> None:
    say(people, held, "words", "Yes.")
    client, url = make_browser(people.rui), reverse("checklist:quality", args=[held.pk])
    text = client.get(url).content.decode()
    assert "QC-008" in text and "QC-010" in text and "#words" in text and "All that it says" in text
    assert "QC-010" not in text_of_table(client.get(url, {"check": "QC-008"}).content.decode())
    assert "Nothing of this kind" in client.get(url, {"severity": "note"}).content.decode()
    assert "QC-008" in client.get(url, {"check": "none", "severity": "none", "page": "x"}).content.decode()
    lines = client.get(url, {"format": "csv", "check": "QC-008"}).getvalue().decode().splitlines()
    assert lines[0].startswith("id,severity,check,question") and len(lines) == 2 and lines[1].startswith("QC-008")
    assert make_browser(people.xena).get(url).status_code == 404
    detail = client.get(reverse("checklist:assessment-detail", args=[held.pk])).content.decode()
    assert f'href="{url}?severity=warning"' in detail and "6 warnings" in detail


def text_of_table(text: str) -> str:
    return text.partition("<tbody>")[2].partition("</tbody>")[0]


def test_the_api_lists_the_same(people: People, held: Assessment) -> None:
    say(people, held, "words", "Yes.")
    url = f"/api/v1/assessments/{held.pk}/quality/"
    rows = make_client(people.rui).get(url).json()
    assert {row["id"] for row in rows} == {"QC-001", "QC-008", "QC-010"} and rows[0]["remedy"]
    assert len(make_client(people.rui).get(url, {"check": "QC-008"}).json()) == 1
    assert make_client(people.rui).get(url, {"check": "QC-999"}).status_code == 400
    assert make_client(people.xena).get(url).status_code == 404


def test_three_hundred_questions_cost_no_more_queries(people: People, held: Assessment, system: AISystem) -> None:
    raw = raw_framework(group("all", *(question(f"q-{n}") for n in range(300))), urn=OTHER, subjects=["system"])
    loaded(people, raw)
    large = assessment_create(by=people.olga, system=system, urn=OTHER)
    Answer.objects.bulk_create(
        Answer(
            assessment=large, question=f"q-{n}", status="declared", stated="declared", text=SENTENCE,
            answered_by=people.olga,
        )
        for n in range(300)
    )  # fmt: skip
    say(people, held, "words")
    client = make_browser(people.olga)
    few, many = (queries_of(client, reverse("checklist:quality", args=[one.pk])) for one in (held, large))
    assert many <= few + 1, "one more finds the evidence of more answers at once" if many > few else ""
    assert len([item for item in items_of(large) if item.id == "QC-007"]) == 300


def test_every_check_is_told_in_the_handbook() -> None:
    told = Path("docs/assessment-files.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| (QC-\d{3}) \| [^|]+ \| (\w+) \|", told, re.MULTILINE))
    assert rows == {check.id: check.severity for check in CHECKS.values()}
    assert {check.severity for check in CHECKS.values()} <= set(SEVERITIES)
    assert list(CHECKS) == [f"QC-{n:03}" for n in range(1, len(CHECKS) + 1)]
