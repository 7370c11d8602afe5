"""The pages of checklists, as Olga who does the work, Rui who decides on it, and Xena who stands outside see them."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts.models import User
from apps.checklist.models import Assessment
from apps.checklist.queries import present_view
from apps.checklist.services import answer_save, assessment_create, evidence_collect
from apps.registry.models import ModelVersion
from tests.checklist.conftest import World, collect_and_say
from tests.makers import make_person, make_version

pytestmark = pytest.mark.django_db


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def page(user: User, url: str, status: int = 200) -> str:
    response = signed_in(user).get(url)
    assert response.status_code == status
    return response.content.decode()


def address(name: str, assessment: Assessment, *more: str) -> str:
    return reverse(f"checklist:{name}", args=[assessment.pk, *more])


def hidden(text: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', text)
    assert found is not None
    return found[1]


def test_the_list_says_how_far_each_checklist_is(submitted: World) -> None:
    text = page(submitted.people.rui, reverse("checklist:assessment-list"))
    assert str(submitted.version) in text
    assert "18 of 18" in text and "Waiting for sign-off" in text and "gate green" in text
    assert "by Olga" in text


def test_the_list_of_somebody_outside_holds_nothing_of_it(submitted: World) -> None:
    text = page(submitted.people.xena, reverse("checklist:assessment-list"))
    assert str(submitted.version) not in text and "No checklist yet" in text


def test_the_list_can_be_filtered_and_taken_as_a_file(submitted: World) -> None:
    client = signed_in(submitted.people.rui)
    url = reverse("checklist:assessment-list")
    assert "No checklist is like that" in client.get(url, {"state": "open"}).content.decode()
    lines = client.get(url, {"format": "csv"}).getvalue().decode().splitlines()
    assert lines[0].startswith("id,version,stage,state,answered,questions,measured")
    assert len(lines) == 2 and ",submitted,18,18," in lines[1]


def test_a_version_without_a_checklist_is_offered_only_to_who_may_begin_it(world: World) -> None:
    begin = f'name="version" value="{world.base.pk}"'
    assert begin in page(world.people.olga, reverse("checklist:assessment-list"))
    assert begin not in page(world.people.rui, reverse("checklist:assessment-list"))


def test_beginning_a_checklist_collects_what_the_platform_knows(world: World) -> None:
    url = reverse("checklist:assessment-create")
    assert signed_in(world.people.rui).post(url, {"version": world.base.pk}).status_code == 403
    assert signed_in(world.people.xena).post(url, {"version": world.base.pk}).status_code == 404
    assert signed_in(world.people.olga).post(url, {"version": "none"}).status_code == 404
    response = signed_in(world.people.olga).post(url, {"version": world.base.pk}, follow=True)
    made = Assessment.objects.get(version=world.base)
    assert response.redirect_chain == [(address("assessment-detail", made), 302)]
    assert made.answers.exists() and "The checklist has begun" in response.content.decode()


def test_every_question_stands_with_help_answer_evidence_and_what_to_do(world: World) -> None:
    collect_and_say(world)
    text = page(world.people.olga, address("assessment-detail", world.assessment))
    view = present_view(world.assessment)
    for question in view.questions:
        saves = f'action="{address("answer", world.assessment, question.id)}#your-answer"'
        assert f'id="{question.id}"' in text and saves in text
    assert text.count("<article") == 18
    assert "What a good answer holds" in text and "Why it matters" in text
    assert "It knows ten answers about desks and nothing else." in text
    assert reverse("catalog:version-detail", args=[world.data.pk]) in text  # evidence leads to what it speaks of
    assert "Nothing stands against approval" in text and "gate green" in text


def test_the_gate_leads_to_each_question_that_stands_against_approval(world: World) -> None:
    text = page(world.people.olga, address("assessment-detail", world.assessment))
    gate = present_view(world.assessment).gate
    assert f"{len(gate.questions)} questions stand against approval" in text
    anchors = set(re.findall(r'href="#([\w-]+)"', text)) - {"content"}
    assert anchors == set(gate.questions) <= set(re.findall(r'id="([\w-]+)"', text))


def test_what_changed_behind_an_answer_is_said(submitted: World) -> None:
    submitted.version.model.intended_purpose = "Something else altogether"
    submitted.version.model.save()
    submitted.data.licence = "MIT"
    submitted.data.save()
    text = page(submitted.people.olga, address("assessment-detail", submitted.assessment))
    assert "it has changed since the evidence was collected" in text and "stale" in text


def test_nobody_is_shown_what_they_may_not_do(submitted: World) -> None:
    url = address("assessment-detail", submitted.assessment)
    for_olga, for_rui = page(submitted.people.olga, url), page(submitted.people.rui, url)
    decide, collect = address("decide", submitted.assessment), address("collect", submitted.assessment)
    assert collect in for_olga and "Save the answer" in for_olga and decide not in for_olga
    assert decide in for_rui and "Approve Desk v1" in for_rui
    assert collect not in for_rui and "Save the answer" not in for_rui
    page(submitted.people.xena, url, 404)


def test_four_eyes_are_explained(submitted: World) -> None:
    both = make_person("engineer", "approver", team=submitted.people.team, name="Bo")
    answer_save(
        by=both, assessment=submitted.assessment, question="modeling-1", status="declared", text="Nine answers."
    )
    signed_in(submitted.people.olga).post(address("submit", submitted.assessment))
    text = page(both, address("assessment-detail", submitted.assessment))
    assert "You wrote answers in it. Nobody decides on their own work." in text
    assert address("decide", submitted.assessment) not in text
    assert "<strong>May decide:</strong> Rui" in text and "Olga made this version" in text
    refused = signed_in(both).post(address("decide", submitted.assessment), {"decision": "approved", "reason": "me"})
    assert refused.status_code == 403 and "because you wrote answers in it" in refused.content.decode()


def test_an_answer_is_saved_with_its_reason_where_one_is_due(world: World) -> None:
    client, url = signed_in(world.people.olga), address("answer", world.assessment, "modeling-2")
    basis = present_view(world.assessment).question("modeling-2").basis
    said = {"status": "not_applicable", "text": "", "reason": "", "revision": 0, "basis": basis}
    refused = client.post(url, said)
    assert refused.status_code == 422 and "Say why the question does not apply." in refused.content.decode()
    empty = client.post(url, said | {"status": "declared"})
    assert empty.status_code == 422 and "Write the answer" in empty.content.decode()
    saved = client.post(url, said | {"reason": "It is not used for anything."})
    assert saved.status_code == 302 and saved["Location"].endswith("/#modeling-2")
    assert "It is not used for anything." in client.get(saved["Location"]).content.decode()


def test_who_may_not_answer_cannot(world: World) -> None:
    url = address("answer", world.assessment, "modeling-2")
    said = {"status": "declared", "text": "Yes.", "revision": 0}
    assert signed_in(world.people.rui).post(url, said).status_code == 403
    assert signed_in(world.people.xena).post(url, said).status_code == 404
    assert "Save the answer" not in page(world.people.rui, url)
    page(world.people.rui, address("answer", world.assessment, "no-such-question"), 404)


def test_two_people_at_once_see_both_answers_and_nothing_is_lost(world: World) -> None:
    url = address("answer", world.assessment, "modeling-1")
    seen = page(world.people.olga, url)
    other = make_person("engineer", team=world.people.team, name="Otto")
    answer_save(by=other, assessment=world.assessment, question="modeling-1", status="declared", text="Otto was first.")
    mine = {"status": "declared", "text": "Olga was second.", "revision": hidden(seen, "revision")}
    conflict = signed_in(world.people.olga).post(url, mine | {"basis": hidden(seen, "basis")})
    text = conflict.content.decode()
    assert conflict.status_code == 409 and "Otto changed this answer while you were writing." in text
    assert "What stands now" in text and "Otto was first." in text
    assert "What you wrote" in text and "Olga was second." in text
    assert present_view(world.assessment).question("modeling-1").says == "Otto was first."
    again = mine | {"revision": hidden(text, "revision"), "basis": hidden(text, "basis")}
    assert signed_in(world.people.olga).post(url, again).status_code == 302
    history = page(world.people.olga, url)
    assert "Otto was first." in history and "Olga was second." in history


def test_evidence_by_hand_leads_to_its_document(world: World) -> None:
    url = address("evidence-add", world.assessment, "modeling-2")
    client = signed_in(world.people.olga)
    bad = client.post(url, {"summary": "The risk list.", "link": "javascript:alert(1)"})
    assert bad.status_code == 422 and not world.assessment.answers.exists()
    client.post(url, {"summary": "The risk list.", "link": "https://example.org/risks"})
    text = page(world.people.olga, address("assessment-detail", world.assessment))
    assert 'href="https://example.org/risks"' in text and "The risk list." in text
    assert signed_in(world.people.rui).post(url, {"summary": "Mine."}).status_code == 403


def test_collecting_says_whether_anything_is_new(world: World) -> None:
    client, url = signed_in(world.people.olga), address("collect", world.assessment)
    assert "There is something new on" in client.post(url, follow=True).content.decode()
    assert "Nothing new was found" in client.post(url, follow=True).content.decode()
    assert signed_in(world.people.rui).post(url).status_code == 403
    assert client.get(url).status_code == 405


def test_a_second_person_approves_with_a_reason(submitted: World) -> None:
    client, url = signed_in(submitted.people.rui), address("decide", submitted.assessment)
    assert client.post(url, {"decision": "approved", "reason": " "}).status_code == 422
    assert client.post(url, {"decision": "perhaps", "reason": "so"}).status_code == 422
    done = client.post(url, {"decision": "approved", "reason": "The scores hold."}, follow=True).content.decode()
    assert "Desk v1 is approved and may now be deployed." in done
    assert "The scores hold." in done and "approved, and it still holds" in done
    assert ModelVersion.objects.get(pk=submitted.version.pk).is_deployable


def test_a_red_gate_offers_no_approval(world: World) -> None:
    signed_in(world.people.olga).post(address("submit", world.assessment))
    text = page(world.people.rui, address("assessment-detail", world.assessment))
    assert 'value="approved"' not in text and 'value="refused"' in text and "The gate is red" in text
    forced = {"decision": "approved", "reason": "I want it."}
    answer = signed_in(world.people.rui).post(address("decide", world.assessment), forced)
    assert answer.status_code == 409 and "The gate is red" in answer.content.decode()


def test_refusing_sends_it_back(submitted: World) -> None:
    said = {"decision": "refused", "reason": "Too little data."}
    signed_in(submitted.people.rui).post(address("decide", submitted.assessment), said)
    text = page(submitted.people.olga, address("assessment-detail", submitted.assessment))
    assert "Too little data." in text and "Submit for sign-off" in text


def test_pages_hold_nothing_inline(submitted: World) -> None:
    for url in (
        reverse("checklist:assessment-list"),
        address("assessment-detail", submitted.assessment),
        address("answer", submitted.assessment, "data-1"),
    ):
        text = page(submitted.people.olga, url)
        assert not re.search(r"\sstyle=|<style|\son[a-z]+=|<script(?![^>]*\ssrc=)|javascript:", text)
        ids = re.findall(r'\sid="([^"]+)"', text)
        assert len(ids) == len(set(ids)), "two things have the same id"


LIST_QUERIES = 29  # for figures brought along, what is watched, the verified trail and what the person has in hand


def test_the_list_costs_as_much_for_thirty_as_for_one(people, django_assert_num_queries) -> None:
    def add(count: int) -> None:
        for _ in range(count):
            evidence_collect(
                assessment=assessment_create(by=people.olga, version=make_version(people.olga, people.team))
            )

    client, url = signed_in(people.olga), reverse("checklist:assessment-list")
    client.get(url)
    add(1)
    with django_assert_num_queries(LIST_QUERIES):
        client.get(url)
    add(29)
    with django_assert_num_queries(LIST_QUERIES):
        client.get(url)
