"""Two people at one answer, of every kind: the second is shown what it says now, and nothing is overwritten."""

import re
from typing import Any

import pytest

from apps.accounts.rules import COMPLIANCE
from apps.checklist.models import Answer, Assessment
from apps.checklist.queries import present_view
from apps.checklist.services import answer_save, assessment_create, framework_load
from apps.registry.services import system_create
from tests.checklist.framework_files import URN, group, question, raw_framework, text_of
from tests.makers import make_browser, make_client, make_person
from tests.people import People

LEVELS = [{"value": 0, "title": "None", "text": "Nothing."}, {"value": 2, "title": "All", "text": "All of it."}]
RULES = raw_framework(
    group(
        "first",
        question("yes", answer="yes_no"),
        question("pick", answer="choice", choices=[{"id": "a", "title": "Apples"}, {"id": "b", "title": "Pears"}]),
        question("count", answer="number", unit="kWh"),
        question("rate", answer="scale", scale="grade"),
    ),
    scales={"grade": LEVELS},
    subjects=["system"],
)
# What the first writes, how that reads, what the second sends, and how the page keeps what they entered.
BOTH = [
    ("yes", {"yes": True}, "Yes", {"yes": False}, "no", r'value="no"[^>]*checked'),
    ("pick", {"choice": "a"}, "Apples", {"choice": "b"}, "b", r'value="b"[^>]*checked'),
    ("count", {"number": "12.50"}, "12.50 kWh", {"number": "7"}, "7", r'name="value" value="7"'),
    ("rate", {"level": 0}, "0: None", {"level": 2}, "2", r'value="2"[^>]*checked'),
]


@pytest.fixture
def assessment(people: People) -> Assessment:
    framework_load(by=make_person(COMPLIANCE, team=people.team), text=text_of(RULES))
    system = system_create(by=people.olga, team=people.team, name="Front desk")
    return assessment_create(by=people.olga, system=system, urn=URN)


def first_writes(people: People, assessment: Assessment, name: str, value: dict[str, Any]) -> None:
    otto = make_person("engineer", team=people.team, name="Otto")
    answer_save(by=otto, assessment=assessment, question=name, status="declared", value=value)


@pytest.mark.parametrize(("name", "first", "words", "second", "sent", "kept"), BOTH)
def test_the_api_refuses_the_second_and_says_what_stands(
    people: People,
    assessment: Assessment,
    name: str,
    first: dict[str, Any],
    words: str,
    second: dict[str, Any],
    sent: str,
    kept: str,
) -> None:
    first_writes(people, assessment, name, first)
    api, url = make_client(people.olga), f"/api/v1/assessments/{assessment.pk}/answers/{name}/"
    body = {"status": "declared", "value": second, "expect_revision": 0}
    late = api.put(url, body, format="json")
    assert (late.status_code, late.json()["code"]) == (409, "answer.changed")
    assert f"It now says: “{words}”" in str(late.json())
    assert Answer.objects.get().value == first
    again = api.put(url, body | {"expect_revision": 1}, format="json")
    assert again.status_code == 200 and Answer.objects.filter(question=name).count() == 2
    assert Answer.objects.get(is_current=True).value == second


@pytest.mark.parametrize(("name", "first", "words", "second", "sent", "kept"), BOTH)
def test_the_page_shows_both_and_keeps_what_was_entered(
    people: People,
    assessment: Assessment,
    name: str,
    first: dict[str, Any],
    words: str,
    second: dict[str, Any],
    sent: str,
    kept: str,
) -> None:
    browser, url = make_browser(people.olga), f"/checklists/{assessment.pk}/{name}/"
    basis = present_view(assessment).question(name).basis
    first_writes(people, assessment, name, first)
    late = browser.post(url, {"status": "declared", "value": sent, "revision": 0, "basis": basis})
    text = late.content.decode()
    assert late.status_code == 409
    assert "Otto changed this answer" in text and f"It now says: “{words}”" in text
    assert re.search(kept, text), "what was entered is still there"
    assert present_view(assessment).question(name).says == words
    decided = browser.post(url, {"status": "declared", "value": sent, "revision": 1, "basis": basis})
    assert decided.status_code == 302 and Answer.objects.get(is_current=True).value == second
