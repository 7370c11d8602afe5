"""The framework browser: the list, one framework, loading one, what changed, scores, and moving an assessment."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from apps.accounts.models import User
from apps.checklist.models import Assessment, FrameworkFile
from apps.checklist.queries import GENAIOPS
from apps.checklist.services import answer_save, assessment_create, framework_load
from apps.registry.services import system_create
from tests.checklist.framework_files import URN, group, question, raw_framework, text_of
from tests.makers import make_browser, make_client, make_person
from tests.people import People

BASE = "/checklists/frameworks/"
SCALES = {"s": [{"value": n, "title": f"Level {n}", "text": f"Described {n}."} for n in range(5)]}
RUBRIC = raw_framework(
    group("outer", question("a", answer="scale", scale="s", weight="0.1"), groups=[
        group("inner", question("b", answer="scale", scale="s", subject="model"), weight="2")
    ]),
    scales=SCALES, subjects=["system"],
)  # fmt: skip
NEXT = raw_framework(group("outer", question("a", "Otherwise?"), question("c")), subjects=["system"], version=2)


@pytest.fixture
def officer(people: People) -> User:
    return make_person("compliance_officer", team=people.team, name="Carla")


@pytest.fixture
def browser(officer: User) -> Client:
    return make_browser(officer)


def rate(people: People, name: str, **levels: int) -> Assessment:
    system = system_create(by=people.olga, team=people.team, name=name)
    found = assessment_create(by=people.olga, system=system, urn=URN)
    for one, level in levels.items():
        given: dict[str, Any] = {"status": "declared", "text": "Looked.", "value": {"level": level}}
        answer_save(by=people.olga, assessment=found, question=one, **given)
    return found


def test_everybody_reads_the_list_and_some_may_load(people: People, browser: Client) -> None:
    shown = browser.get(BASE).content.decode()
    assert "GenAIOps checklist" in shown
    assert "Load a framework" in shown
    outside = make_browser(people.xena).get(BASE).content.decode()
    assert "GenAIOps checklist" in outside
    assert "Load a framework" not in outside
    assert Client().get(BASE).status_code == 302


def test_one_framework_shows_its_questions_and_finds_some(browser: Client) -> None:
    page = browser.get(f"{BASE}{GENAIOPS}/").content.decode()
    assert page.count('class="asked"') == 18
    assert "David Sweenor" in page
    found = browser.get(f"{BASE}{GENAIOPS}/", {"q": "copyrighted MATERIAL"}).content.decode()
    assert found.count('class="asked"') == 1
    nothing = browser.get(f"{BASE}{GENAIOPS}/", {"q": "zzz<script>"}).content.decode()
    assert "No question says that" in nothing
    assert "<script>zzz" not in nothing
    assert "zzz<script>" not in nothing


@pytest.mark.parametrize(
    "path", ["urn:nobody/", f"{GENAIOPS}/?version=99", "urn:nobody/changes/", "urn:nobody/scores/"]
)
def test_what_is_not_there_is_not_found(browser: Client, path: str) -> None:
    assert browser.get(f"{BASE}{path}").status_code == 404


@pytest.mark.parametrize("version", ["x", "-1", "9" * 30, "", "²"])
def test_a_version_that_makes_no_sense_shows_the_newest(browser: Client, version: str) -> None:
    assert browser.get(f"{BASE}{GENAIOPS}/", {"version": version}).status_code == 200


def test_a_page_asks_the_database_a_constant_number_of_questions(
    officer: User, browser: Client, django_assert_max_num_queries: Any
) -> None:
    for number in range(6):
        framework_load(by=officer, text=text_of(raw_framework(urn=f"urn:example:framework:n{number}")))
    browser.get(BASE)
    with django_assert_max_num_queries(14):
        browser.get(BASE)
    with django_assert_max_num_queries(14):
        browser.get(f"{BASE}{GENAIOPS}/")


def test_loading_on_the_page(browser: Client) -> None:
    text = text_of(raw_framework())
    checked = browser.post(f"{BASE}load/", {"text": text, "check": "1"})
    assert "The file keeps every rule" in checked.content.decode()
    assert not FrameworkFile.objects.exists()
    file = SimpleUploadedFile("rules.yaml", text.encode())
    assert browser.post(f"{BASE}load/", {"file": file, "load": "1"}).headers["Location"] == f"{BASE}{URN}/"
    assert FrameworkFile.objects.get().urn == URN
    again = browser.post(f"{BASE}load/", {"text": text, "load": "1"})
    assert (again.status_code, "is here already" in again.content.decode()) == (422, True)


def test_a_next_version_is_compared_before_it_is_loaded(officer: User, browser: Client) -> None:
    framework_load(by=officer, text=text_of(RUBRIC))
    shown = browser.post(f"{BASE}load/", {"text": text_of(NEXT), "check": "1"}).content.decode()
    assert "What it would change" in shown
    assert "<ins>Otherwise?</ins>" in shown
    assert FrameworkFile.objects.count() == 1


def test_a_file_comes_back_as_it_was_loaded(officer: User, browser: Client) -> None:
    text = "# A remark of whoever wrote it.\n" + text_of(raw_framework())
    framework_load(by=officer, text=text)
    answer = browser.get(f"{BASE}{URN}/file/")
    assert answer.content.decode() == text
    assert answer["Content-Disposition"] == 'attachment; filename="house-rules-1.yaml"'
    assert make_client(officer).get(f"/api/v1/frameworks/{URN}/file/").content.decode() == text
    assert b"word for word" in browser.get(f"{BASE}{GENAIOPS}/file/").content
    assert browser.get(f"{BASE}{URN}/file/", {"version": 9}).status_code == 404


def test_a_broken_file_is_shown_line_by_line(browser: Client) -> None:
    text = text_of(raw_framework()).replace("declared", "guessed").replace("language: en", "language: '1'")
    refused = browser.post(f"{BASE}load/", {"text": text, "load": "1"})
    shown = refused.content.decode()
    assert refused.status_code == 422
    assert "minimum_status is one of" in shown
    assert "is a language tag" in shown
    for given in ({}, {"text": "a: &a [x]\nb: *a", "load": "1"}, {"text": text, "file": SimpleUploadedFile("r", b"x")}):
        assert browser.post(f"{BASE}load/", given).status_code == 422
    assert not FrameworkFile.objects.exists()


def test_who_has_no_right_cannot_load(people: People) -> None:
    for person in (people.olga, people.xena, make_person("auditor", team=people.team)):
        client = make_browser(person)
        assert "You cannot load frameworks" in client.get(f"{BASE}load/").content.decode()
        assert client.post(f"{BASE}load/", {"text": text_of(raw_framework()), "load": "1"}).status_code == 403
    assert not FrameworkFile.objects.exists()


def test_changes_between_versions(officer: User, browser: Client) -> None:
    assert "There is one version only" in browser.get(f"{BASE}{GENAIOPS}/changes/").content.decode()
    framework_load(by=officer, text=text_of(RUBRIC))
    framework_load(by=officer, text=text_of(NEXT))
    shown = browser.get(f"{BASE}{URN}/changes/").content.decode()
    assert "<del>Is it so?</del>" in shown
    assert "<ins>Otherwise?</ins>" in shown
    assert "No longer asked" in shown
    assert browser.get(f"{BASE}{URN}/changes/", {"before": 2, "after": 1}).status_code == 404
    assert "There is a newer version" in browser.get(f"{BASE}{URN}/", {"version": 1}).content.decode()


def test_scores_stand_side_by_side_on_page_file_and_api(people: People, officer: User, browser: Client) -> None:
    framework_load(by=officer, text=text_of(RUBRIC))
    first, second = rate(people, "Desk", a=3, b=4), rate(people, "Translator", a=1)
    shown = browser.get(f"{BASE}{URN}/scores/").content.decode()
    assert shown.index("Translator") < shown.index("Desk")
    assert "<strong>8.3</strong>" in shown  # 0.1 * 3 + 2 * 4
    assert "1 of 2 rated" in shown
    lines = b"".join(browser.get(f"{BASE}{URN}/scores/", {"format": "csv", "of": first.pk}).streaming_content)  # type: ignore[attr-defined]
    assert lines.decode().splitlines()[-1] == ",,total,8.3"
    told = make_client(officer).get(f"/api/v1/frameworks/{URN}/scores/").json()
    assert [one["assessment"]["id"] for one in told] == [second.pk, first.pk]
    assert told[1]["total"] == {"points": "8.3", "most": "8.4", "percent": "98.8", "rated": 2, "asked": 2}
    assert told[1]["groups"]["inner"]["points"] == "4"
    assert told[0]["subjects"]["system"]["points"] == "0.1"


def test_an_outsider_compares_nothing_of_others(people: People, officer: User) -> None:
    framework_load(by=officer, text=text_of(RUBRIC))
    found = rate(people, "Desk", a=3)
    shown = make_browser(people.xena).get(f"{BASE}{URN}/scores/", {"of": found.pk}).content.decode()
    assert "Nothing is rated yet" in shown
    assert "Desk" not in shown
    assert make_client(people.xena).get(f"/api/v1/frameworks/{URN}/scores/", {"of": found.pk}).json() == []
    assert make_client(people.xena).get(f"/api/v1/frameworks/{URN}/scores/", {"of": "x"}).status_code == 400


def test_an_assessment_moves_on_its_page(people: People, officer: User) -> None:
    framework_load(by=officer, text=text_of(RUBRIC))
    found = rate(people, "Desk", a=3, b=4)
    page = f"/checklists/{found.pk}/upgrade/"
    olga = make_browser(people.olga)
    assert "This is the newest version" in olga.get(page).content.decode()
    framework_load(by=officer, text=text_of(NEXT))
    assert "Move to version 2" in olga.get(page).content.decode()
    assert "There is a newer version of the framework" in olga.get(f"/checklists/{found.pk}/").content.decode()
    for person, status in ((people.rui, 403), (people.xena, 404), (make_person("auditor", team=people.team), 403)):
        assert make_browser(person).post(page).status_code == status
    assert "Move to version 2" not in make_browser(people.rui).get(page).content.decode()
    assert olga.post(page).status_code == 302
    assert Assessment.objects.get(pk=found.pk).framework_version == 2
    after = olga.get(page).content.decode()
    assert "Answers that are no longer asked for" in after
    assert "Looked." in after
    assert olga.post(page).status_code == 409
