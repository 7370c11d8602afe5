"""The pages of the evidence library, and citing it from the page of a question."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from apps.accounts.rules import AUDITOR, COMPLIANCE
from apps.checklist.models import EvidenceDocument, EvidenceVersion
from apps.checklist.queries import present_view
from apps.checklist.rules import DECLARED
from apps.checklist.services import answer_save, evidence_cite
from apps.incidents.services import hold_place, incident_open
from tests.checklist.conftest import World
from tests.checklist.documents import METHOD, a_link, expired, make_document, next_version
from tests.makers import make_browser, make_person, queries_of, upload
from tests.people import People

QUESTION = "modeling-1"
LIBRARY = "/checklists/library/"


def page(answer: Any) -> str:
    return str(answer.content.decode())


@pytest.fixture
def cited(world: World) -> World:
    """One answer of Olga's cites version 1 of a policy."""
    answer_save(by=world.people.olga, assessment=world.assessment, question=QUESTION, status=DECLARED, text="It errs.")
    version = make_document(world.people.olga, world.people.team)
    evidence_cite(by=world.people.olga, assessment=world.assessment, question=QUESTION, version=version)
    return world


def the_version() -> EvidenceVersion:
    return EvidenceVersion.objects.select_related("document").order_by("pk").first()  # type: ignore[return-value]


def test_an_empty_library_says_what_belongs_there(people: People) -> None:
    assert "The library is empty" in page(make_browser(people.olga).get(LIBRARY))
    answer = make_browser(people.rui).get(LIBRARY)
    assert "Put in a document" not in page(answer)


def test_the_list_finds_by_words_and_state_and_comes_as_csv(people: People) -> None:
    today = timezone.localdate()
    make_document(people.olga, people.team, expires_on=today + timedelta(days=3))
    late = make_document(people.olga, people.team, "=Certificate", content=a_link("https://example.org/iso"))
    expired(late, today - timedelta(days=1))
    make_document(people.xena, people.other_team, "Elsewhere")
    browser = make_browser(people.olga)
    assert "Elsewhere" not in page(browser.get(LIBRARY))
    for asked, title in (("q=privacy", "Privacy policy"), ("q=example.org/iso", "=Certificate"),
                         ("state=soon", "Privacy policy"), ("state=expired", "=Certificate"),
                         ("kind=link", "=Certificate")):  # fmt: skip
        found = browser.get(f"{LIBRARY}?{asked}").context["lines"]
        assert [line.document.title for line in found] == [title], asked
    for asked in ("state=current", "state=superseded", "state=withdrawn", "q=nothing"):
        assert "No document is like that" in page(browser.get(f"{LIBRARY}?{asked}"))
    lines = b"".join(browser.get(f"{LIBRARY}?format=csv").streaming_content).decode().splitlines()  # type: ignore[attr-defined]
    assert len(lines) == 3
    assert any("'=Certificate" in line and "Expired" in line for line in lines), "no formula for a spreadsheet"


def test_a_document_is_put_in_with_its_next_version(people: People) -> None:
    browser, today = make_browser(people.olga), timezone.localdate().isoformat()
    told = {"team": people.team.pk, "title": "Policy", "shows": "All.", "method": METHOD, "status": DECLARED}
    told |= {"effective_on": today, "expires_on": ""}
    for wrong in (told, told | {"link": "javascript:alert(1)"}, told | {"link": "https://x.org", "file": upload(b"x")},
                  told | {"file": upload(b"", "a.pdf")},
                  told | {"link": "https://x.org", "expires_on": "2000-01-01"}):  # fmt: skip
        assert browser.post(f"{LIBRARY}new/", wrong).status_code == 422
    assert not EvidenceDocument.objects.exists()
    answer = browser.post(f"{LIBRARY}new/", told | {"file": upload(b"<script>", "policy.html")}, follow=True)
    assert "policy.html" in page(answer)
    version = the_version()
    given = {name: told[name] for name in ("method", "status", "effective_on")} | {"number": 1}
    more = f"{LIBRARY}{version.document_id}/new-version/"
    assert "from 0" not in page(browser.get(more))
    assert browser.post(more, given | {"file": upload(b"more", "policy.pdf")}).status_code == 302
    assert browser.post(more, given | {"file": upload(b"even more", "policy.pdf")}).status_code == 422, "overtaken"
    assert version.document.versions.count() == 2


def test_a_file_is_only_ever_downloaded(people: People) -> None:
    version = make_document(people.olga, people.team, content=None, filename="page.html")
    address = f"{LIBRARY}versions/{version.pk}/file/"
    for person in (people.olga, people.rui, make_person(AUDITOR, team=people.team)):
        answer = make_browser(person).get(address)
        assert answer["Content-Type"] == "application/octet-stream"
        assert answer["Content-Disposition"].startswith("attachment")
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert b"".join(answer.streaming_content) == b"what the policy says"  # type: ignore[attr-defined]
    assert make_browser(people.xena).get(address).status_code == 404


def test_the_page_of_a_question_tells_why_it_is_stale_and_offers_the_newest(cited: World) -> None:
    version = the_version()
    second = next_version(cited.people.olga, version.document)
    browser, address = make_browser(cited.people.olga), f"/checklists/{cited.assessment.pk}/{QUESTION}/"
    shown = page(browser.get(address))
    assert "the evidence library has a newer version, 2." in shown
    assert "Cite version 2 instead" in shown
    assert browser.post(f"{address}cite/", {"instead": second.pk}).status_code == 302
    assert not present_view(cited.assessment).question(QUESTION).is_stale
    assert browser.post(f"{address}cite/", {"instead": version.pk}).status_code == 409
    assert browser.post(f"{address}cite/", {"version": "x"}).status_code == 422


def test_a_new_document_is_put_in_and_cited_from_the_question(cited: World) -> None:
    browser, address = make_browser(cited.people.olga), f"/checklists/{cited.assessment.pk}/{QUESTION}/"
    told = {"title": "Minutes", "shows": "Who agreed.", "method": METHOD, "status": DECLARED}
    told |= {"effective_on": timezone.localdate().isoformat()}
    assert browser.post(f"{address}cite/new/", told).status_code == 422
    assert browser.post(f"{address}cite/new/", told | {"link": "https://example.org/minutes"}).status_code == 302
    [_, item] = [one for one in present_view(cited.assessment).question(QUESTION).evidence if one.cites_id]
    assert browser.post(f"{address}evidence/{item.pk}/drop/", {"reason": ""}).status_code == 422
    assert browser.post(f"{address}evidence/{item.pk}/drop/", {"reason": "Another topic."}).status_code == 302
    assert len([one for one in present_view(cited.assessment).question(QUESTION).evidence if one.cites_id]) == 1


def test_withdrawing_lists_first_what_rests_on_it(cited: World) -> None:
    version, cora = the_version(), make_person(COMPLIANCE, team=cited.people.team)
    browser, address = make_browser(cora), f"{LIBRARY}{version.document_id}/withdraw/"
    assert "1 answer cites it, and turns stale at once" in page(browser.get(address))
    assert make_browser(cited.people.olga).get(address).status_code == 403
    overtaken = browser.post(address, {"reason": "Forged.", "expect_supports": 0})
    assert overtaken.status_code == 422
    assert 'value="1"' in page(overtaken), "the page has the present number"
    assert browser.post(address, {"reason": " ", "expect_supports": 1}).status_code == 422
    assert browser.post(address, {"reason": "Forged.", "expect_supports": 1}).status_code == 302
    assert "Forged." in page(browser.get(f"{LIBRARY}{version.document_id}/"))
    assert "was withdrawn from the evidence library" in page(browser.get(f"/checklists/{cited.assessment.pk}/"))


def test_a_held_document_offers_no_withdrawal(cited: World) -> None:
    version, cora = the_version(), make_person(COMPLIANCE, team=cited.people.team)
    incident = incident_open(by=cora, team=cited.people.team, title="A leak", severity="high")
    hold_place(by=cora, incident=incident, subject=version, reason="It is evidence.")
    browser = make_browser(cora)
    for address in (f"{LIBRARY}{version.document_id}/withdraw/", f"{LIBRARY}versions/{version.pk}/withdraw/"):
        assert "It is kept as evidence" in page(browser.get(address))
        assert browser.post(address, {"reason": "Old.", "expect_supports": 1}).status_code == 403
    assert f"/library/versions/{version.pk}/" in page(browser.get(f"/incidents/{incident.pk}/"))
    assert browser.get(f"{LIBRARY}versions/{version.pk}/")["Location"].endswith("#version-1")


def test_outsiders_find_nothing(cited: World) -> None:
    version, browser = the_version(), make_browser(cited.people.xena)
    for place in (f"{version.document_id}/", f"{version.document_id}/new-version/", f"{version.document_id}/withdraw/",
                  f"versions/{version.pk}/", f"versions/{version.pk}/withdraw/"):  # fmt: skip
        assert browser.get(f"{LIBRARY}{place}").status_code == 404, place
    answer = browser.post(f"/checklists/{cited.assessment.pk}/{QUESTION}/cite/", {"instead": version.pk})
    assert answer.status_code == 404
    assert make_browser(cited.people.rui).get(f"{LIBRARY}new/").status_code == 403


def test_pages_cost_the_same_however_much_there_is(cited: World) -> None:
    olga, team, browser = cited.people.olga, cited.people.team, make_browser(cited.people.olga)
    version = the_version()
    pages = [LIBRARY, f"{LIBRARY}{version.document_id}/", f"/checklists/{cited.assessment.pk}/",
             f"/checklists/{cited.assessment.pk}/{QUESTION}/"]  # fmt: skip
    before = [queries_of(browser, address) for address in pages]
    for number in range(3):
        other = make_document(olga, team, f"Document {number}")
        next_version(olga, version.document)
        for question in (QUESTION, f"deployment-{number + 1}"):
            evidence_cite(by=olga, assessment=cited.assessment, question=question, version=other)
    assert [queries_of(browser, address) for address in pages] == before
