"""The pages of the quarantine, and what the version's page lets people start."""

import pickle
from typing import Any

import pytest

from apps.registry.models import FileScanRun, HeldFile, ModelVersion
from apps.registry.queries import held_files_of
from apps.registry.services import file_scan_finish
from tests.makers import FILES, claim, make_browser, make_person, make_version, queries_of
from tests.people import People, make_people

pytestmark = pytest.mark.django_db
LIST = "/models/quarantine/"
FOUND = {"severity": "critical", "what": "It would call posix.system when it is loaded.", "where": ""}


@pytest.fixture
def people() -> People:
    return make_people()


def held(people: People, count: int = 1) -> HeldFile:
    files = {f"model{number}.pkl": pickle.dumps([number]) for number in range(count)}
    version = make_version(people.olga, people.team, files=FILES | files)
    first = held_files_of(version)[0]
    run = claim(FileScanRun.objects.get(version=version))
    file_scan_finish(run=run, files={first.digest: [FOUND]}, result={"scanner": "modelscan"})
    return first


def text(browser: Any, url: str) -> str:
    answer = browser.get(url)
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_an_empty_quarantine_says_what_belongs_there(people: People) -> None:
    assert "Nothing is held" in text(make_browser(people.rui), LIST)


def test_a_held_file_is_shown_released_and_taken_back(people: People) -> None:
    file, browser = held(people), make_browser(people.rui)
    page = f"{LIST}{file.pk}/"
    assert file.path in text(browser, LIST)
    assert "Do not load this file" in text(browser, page)
    assert "posix.system" in text(browser, page)
    assert "Release it all the same" in text(browser, page)
    sent = browser.post(f"{page}release/", {"reason": "Read by hand."}, follow=True)
    assert "released, in your name" in sent.content.decode()
    assert "Take the release back" in sent.content.decode()
    browser.post(f"{page}refuse/", {"reason": "A hint."})
    assert HeldFile.objects.get(pk=file.pk).state == "refused"
    assert ModelVersion.objects.get(pk=file.version_id).held_files == 1


def test_no_action_is_offered_to_who_may_not_take_it(people: People) -> None:
    file = held(people)
    assert "Release it" not in text(make_browser(people.olga), f"{LIST}{file.pk}/")
    assert "You brought this file yourself" in text(make_browser(people.olga), f"{LIST}{file.pk}/")
    assert make_browser(people.olga).post(f"{LIST}{file.pk}/release/", {"reason": "x"}).status_code == 403
    assert make_browser(people.xena).get(f"{LIST}{file.pk}/").status_code == 404
    assert file.path not in text(make_browser(people.xena), LIST)
    auditor = make_browser(make_person("auditor", team=people.team))
    assert "Release it" not in text(auditor, f"{LIST}{file.pk}/")


def test_the_version_page_names_what_is_held_and_offers_the_next_steps(people: People) -> None:
    file = held(people)
    page = f"/models/versions/{file.version_id}/files/"
    assert "Files that can run code" in text(make_browser(people.rui), page)
    assert "Sign this version" not in text(make_browser(people.rui), page)
    assert "Scan again" in text(make_browser(people.olga), page)
    assert make_browser(people.olga).get(f"/models/versions/{file.version_id}/files/{file.path}").status_code in (
        403,
        404,
    )
    clean = make_version(people.olga, people.team)
    assert "Sign this version" in text(make_browser(people.rui), f"/models/versions/{clean.pk}/files/")


@pytest.mark.parametrize("what", ["check-files", "sign", "scan-files"])
def test_work_on_files_becomes_a_run_with_a_page(people: People, what: str) -> None:
    version = held(people).version if what == "scan-files" else make_version(people.olga, people.team)
    user = people.olga if what == "scan-files" else people.rui
    browser = make_browser(user)
    sent = browser.post(f"/models/versions/{version.pk}/{what}/")
    assert sent.status_code == 302
    assert str(version) in text(browser, sent.headers["Location"])


def test_filters_and_the_file_for_spreadsheets(people: People) -> None:
    file, browser = held(people), make_browser(people.rui)
    assert file.path in text(browser, f"{LIST}?severity=critical&state=held")
    assert "No held file matches" in text(browser, f"{LIST}?state=released")
    lines = b"".join(browser.get(f"{LIST}?format=csv").streaming_content).decode().splitlines()
    assert len(lines) == 2
    assert "posix" not in lines[1]


def test_the_list_costs_the_same_however_long(people: People) -> None:
    held(people)
    browser = make_browser(people.rui)
    first = queries_of(browser, LIST)
    held(people, 12)
    assert queries_of(browser, LIST) == first


def test_the_overview_counts_what_waits_for_me(people: People) -> None:
    held(people)
    assert "Files to release" in text(make_browser(people.rui), "/")
    assert "Files to release" not in text(make_browser(people.olga), "/")
