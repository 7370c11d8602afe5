"""A framework of three hundred questions: read in parts, answered one after the other, seen as a matrix, compared."""

import re
from typing import Any

import pytest
from django.urls import reverse
from rest_framework.test import APIClient

from apps.checklist.models import Assessment
from apps.checklist.queries import assessments_seen_by, framework, present_view
from apps.checklist.queries.matrix import matrix_of, standings_of
from apps.checklist.queries.reading import AT_ONCE, next_unanswered, reading_of
from apps.checklist.services import answer_save, assessment_create, evidence_collect, framework_load
from apps.registry.services import system_create
from tests.checklist.conftest import World
from tests.checklist.framework_files import URN, group, question, raw_framework, text_of
from tests.makers import make_browser, make_client, make_data, make_person, queries_of
from tests.stories import make_base_version

GROUPS, IN_GROUP = 6, 50
KINDS = ["system", "version", "dataset", "deployment"]


def large() -> dict[str, Any]:
    """Six groups of fifty questions, the first of each answered by a collector, every tenth of a typed kind."""
    groups = []
    for number in range(1, GROUPS + 1):
        questions = [
            question(
                f"q-{number}.{i}",
                f"Question {i} of group {number}?",
                **({"answer": "yes_no"} if i % 10 == 0 else {}),
                **({"subject": "dataset", "collectors": ["dataset.licence"]} if i == 1 else {}),
            )
            for i in range(1, IN_GROUP + 1)
        ]
        groups.append(group(f"group-{number}", *questions))
    return raw_framework(group("outer", title="Outer", groups=groups), subjects=KINDS)


@pytest.fixture
def long(world: World) -> Assessment:
    framework_load(by=make_person("compliance_officer", team=world.people.team), text=text_of(large()))
    made = assessment_create(by=world.people.olga, version=world.version, urn=URN)
    evidence_collect(assessment=made)
    return made


def page_of(assessment: Assessment, query: str = "") -> str:
    return reverse("checklist:assessment-detail", args=[assessment.pk]) + query


def shown(text: str) -> list[str]:
    return re.findall(r'<article class="question" id="([^"]+)"', text)


def test_a_page_shows_a_part_and_leads_through_all_of_it(world: World, long: Assessment) -> None:
    client, url, seen = make_browser(world.people.olga), page_of(long), []
    while url:
        text = client.get(url).content.decode()
        part = shown(text)
        assert 0 < len(part) <= AT_ONCE
        seen += part
        following = re.search(r'<a class="button button-small" rel="next" href="([^"]+)"', text)
        url = page_of(long, following[1].replace("&amp;", "&").partition("#")[0]) if following else ""
    assert seen == list(framework(URN).questions), "each question once, in order"


def test_a_question_is_found_by_its_address(world: World, long: Assessment) -> None:
    client = make_browser(world.people.olga)
    assert "q-4.47" in shown(client.get(page_of(long, "?question=q-4.47")).content.decode())
    assert len(shown(client.get(page_of(long, "?question=none&page=999&group=none")).content.decode())) == AT_ONCE


def test_only_what_is_open_stale_or_in_the_way(world: World, long: Assessment) -> None:
    view = present_view(long)
    first = reading_of(view, show="unanswered", group="", question="", page=1)
    assert first.words == "Page 1 of 8" and first.show == "unanswered"
    assert all(item.status == "unknown" for _, items in first.groups for item in items)
    assert reading_of(view, show="stale", group="", question="", page=1).groups == []
    assert reading_of(view, show="nonsense", group="", question="", page=-3).show == ""


def test_saving_goes_on_to_the_next_without_an_answer(world: World, long: Assessment) -> None:
    client = make_browser(world.people.olga)
    url = reverse("checklist:answer", args=[long.pk, "q-1.50"])
    said = {"status": "declared", "value": "no", "revision": 0, "next": "1"}
    saved = client.post(url, said)
    assert saved.status_code == 302 and saved["Location"].endswith("?question=q-2.2#q-2.2"), "the first is collected"
    view = present_view(long)
    assert view.question("q-1.50").says == "No"
    assert next_unanswered(view, "q-6.50") == "q-1.2", "from the beginning where none comes later"


def test_a_typed_answer_needs_its_value_and_keeps_two_writers_apart(world: World, long: Assessment) -> None:
    client, url = make_browser(world.people.olga), reverse("checklist:answer", args=[long.pk, "q-1.10"])
    empty = client.post(url, {"status": "declared", "revision": 0})
    assert empty.status_code == 422 and "This question asks for yes or no." in empty.content.decode()
    wrong = client.post(url, {"status": "declared", "value": "perhaps", "revision": 0})
    assert wrong.status_code == 422
    other = make_person("engineer", team=world.people.team, name="Otto")
    answer_save(by=other, assessment=long, question="q-1.10", status="declared", value={"yes": True})
    late = client.post(url, {"status": "declared", "value": "no", "revision": 0})
    text = late.content.decode()
    assert late.status_code == 409 and "Otto changed this answer" in text and "It now says: “Yes”" in text
    assert 'value="no"' in text and re.search(r'value="no"[^>]*checked', text), "what was chosen is still chosen"
    assert present_view(long).question("q-1.10").says == "Yes"


def test_a_matrix_says_the_same_as_the_pages(world: World, long: Assessment) -> None:
    answer_save(by=world.people.olga, assessment=long, question="q-2.3", status="declared", text="So.")
    type(world.version).objects.filter(pk=world.version.pk).update(manifest_digest="e" * 64)
    world.data.licence = "MIT"
    world.data.save()
    rows = list(assessments_seen_by(world.people.olga))
    for row in rows:
        evidence_collect(assessment=row) if row.framework != URN else None
        standings, view = standings_of([row])[row.pk], present_view(row)
        assert {name: (one.status, one.is_stale) for name, one in standings.items()} == {
            one.id: (one.status, one.is_stale) for one in view.questions
        }
    matrix = matrix_of(framework(URN), [row for row in rows if row.framework == URN])
    [line] = matrix.lines
    assert [cell.state for cell in line.cells] == ["stale"] * GROUPS, "the licence is asked for in each"
    assert (line.cells[1].answered, line.cells[1].total, line.total) == (2, IN_GROUP, GROUPS * IN_GROUP)


def test_pages_cost_as_much_for_many_as_for_few(world: World, long: Assessment) -> None:
    olga, team = world.people.olga, world.people.team
    client = make_browser(olga)
    matrix = f"{reverse('checklist:matrix')}?framework={URN}"
    addresses = [page_of(long), matrix, f"{matrix}&group=group-1", reverse("checklist:assessment-list")]
    before = [queries_of(client, url) for url in addresses]
    for number in range(2):
        system = system_create(by=olga, team=team, name=f"System {number}")
        evidence_collect(assessment=assessment_create(by=olga, system=system, urn=URN))
        data = make_data(olga, team)
        evidence_collect(assessment=assessment_create(by=olga, dataset_version=data, urn=URN))
    for number in range(2, 6):
        answer_save(by=olga, assessment=long, question=f"q-1.{number}", status="unknown")
    after = [queries_of(client, url) for url in addresses]
    assert after[0] == before[0]
    # Systems and data are read by kind: a first of each kind costs its own queries, a hundredth none.
    system = system_create(by=olga, team=team, name="One more")
    assessment_create(by=olga, system=system, urn=URN)
    assert [queries_of(client, url) for url in addresses] == after


def test_the_matrix_leads_to_answers_and_to_a_comparison(world: World, long: Assessment) -> None:
    client = make_browser(world.people.olga)
    text = client.get(reverse("checklist:matrix"), {"framework": URN, "group": "group-2"}).content.decode()
    assert "?question=q-2.1#q-2.1" in text and f'name="of" value="{long.pk}"' in text
    lines = client.get(reverse("checklist:matrix"), {"framework": URN, "format": "csv"}).getvalue().decode()
    assert lines.splitlines()[1].startswith(f"{world.version},1 of 50,")
    outside = make_browser(world.people.xena).get(reverse("checklist:matrix"), {"framework": URN})
    assert outside.status_code == 200 and str(world.version) not in outside.content.decode()
    assert client.get(reverse("checklist:matrix"), {"framework": "none"}).status_code == 404


def test_things_are_read_side_by_side(world: World, long: Assessment) -> None:
    olga = world.people.olga
    system = assessment_create(by=olga, system=system_create(by=olga, team=world.people.team, name="Desk"), urn=URN)
    for assessment, text in ((long, "As one."), (system, "As two.")):
        answer_save(by=olga, assessment=assessment, question="q-1.2", status="declared", text=text)
    client, url = make_browser(olga), reverse("checklist:compare")
    chosen = {"framework": URN, "of": [long.pk, system.pk]}
    text = client.get(url, chosen).content.decode()
    assert "As one." in text and "As two." in text and "Question 50 of group 1?" in text
    different = client.get(url, chosen | {"differences": "1"}).content.decode()
    assert "As two." in different and "Question 3 of group 1?" not in different
    assert "Nothing is chosen yet" in make_browser(world.people.xena).get(url, chosen).content.decode()
    api: APIClient = make_client(olga)
    told = api.get("/api/v1/assessments/compare/", {"framework": URN, "of": f"{long.pk},{system.pk}"}).json()
    assert [side["says"] for side in told[1]["sides"]] == ["As one.", "As two."] and told[1]["differs"]
    assert api.get("/api/v1/assessments/compare/", {"of": "1;2"}).status_code == 400


def test_the_api_pages_through_the_matrix(world: World, long: Assessment) -> None:
    api: APIClient = make_client(world.people.olga)
    told = api.get("/api/v1/assessments/matrix/", {"framework": URN}).json()
    assert told["next"] is None and [row["assessment"] for row in told["rows"]] == [long.pk]
    assert len(told["rows"][0]["cells"]) == GROUPS * IN_GROUP
    assert api.get("/api/v1/assessments/matrix/", {"framework": URN, "after": long.pk}).json()["rows"] == []
    assert make_client(world.people.xena).get("/api/v1/assessments/matrix/", {"framework": URN}).json()["rows"] == []


def test_versions_that_nobody_began_with_stand_below_the_matrix(world: World, long: Assessment) -> None:
    client, url = make_browser(world.people.olga), reverse("checklist:matrix")
    text = client.get(url, {"framework": URN}).content.decode()
    begin = reverse("checklist:subject", args=["version", world.base.pk])
    assert "not begun" in text and begin in text
    assert reverse("checklist:subject", args=["version", world.version.pk]) not in text, "it is a line of the matrix"
    assert begin not in client.get(url, {"framework": URN, "kind": "dataset"}).content.decode()
    assert begin not in make_browser(world.people.xena).get(url, {"framework": URN}).content.decode()
    before = queries_of(client, f"{url}?framework={URN}")
    for number in range(3):
        make_base_version(world.people.olga, world.people.team, f"Other {number}")
    assert queries_of(client, f"{url}?framework={URN}") == before
    api = make_client(world.people.olga)
    told = api.get("/api/v1/assessments/not-begun/", {"framework": URN}).json()
    assert [one["label"] for one in told["versions"]] == ["Other 2 v1", "Other 1 v1", "Other 0 v1", "Base v1"]
    last = told["versions"][-2]["id"]
    part = api.get("/api/v1/assessments/not-begun/", {"framework": URN, "after": last}).json()
    assert [one["id"] for one in part["versions"]] == [world.base.pk] and part["next"] is None
    assert make_client(world.people.xena).get("/api/v1/assessments/not-begun/").json()["versions"] == []
