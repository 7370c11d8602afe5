"""The evidence library: documents with versions, citing them, and what is told once they no longer hold."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError
from django.utils import timezone

from apps.accounts.rules import AUDITOR, COMPLIANCE
from apps.audit.models import AuditEntry
from apps.checklist.models import Answer, EvidenceVersion
from apps.checklist.queries import present_view
from apps.checklist.queries.library import citable_in, document_seen, expiring_for, version_seen
from apps.checklist.queries.supports import supports_of
from apps.checklist.rules import DECLARED, IMPORTED, QuestionView
from apps.checklist.services import (
    answer_save,
    assessment_create,
    assessment_decide,
    assessment_submit,
    assessment_upgrade,
    evidence_add,
    evidence_cite,
    evidence_cite_new,
    evidence_collect,
    evidence_document_add,
    evidence_document_withdraw,
    evidence_drop,
    evidence_version_add,
    evidence_version_withdraw,
)
from apps.core import storage
from apps.core.errors import Conflict, Invalid, NotFound, Refused
from apps.incidents.services import hold_place, hold_release, incident_open
from tests.checklist.conftest import World
from tests.checklist.documents import a_file, a_link, expired, make_document, next_version
from tests.makers import make_person
from tests.people import People

QUESTION, GPAI = "modeling-1", "urn:genaiops:framework:gpai-model-documentation"
TODAY = timezone.localdate


def cite(world: World, version: EvidenceVersion, question: str = QUESTION, **more: Any) -> Answer:
    return evidence_cite(by=world.people.olga, assessment=world.assessment, question=question, version=version, **more)


def asked(world: World, question: str = QUESTION) -> QuestionView:
    return present_view(world.assessment).question(question)


@pytest.fixture
def answered(world: World) -> World:
    """Olga has said something about one question."""
    answer_save(by=world.people.olga, assessment=world.assessment, question=QUESTION, status=DECLARED, text="It errs.")
    return world


@pytest.fixture
def compliance(world: World) -> Any:
    return make_person(COMPLIANCE, team=world.people.team, name="Cora")


class TestPuttingIn:
    def test_a_file_is_kept_under_its_digest_with_both_dates(self, people: People) -> None:
        day = TODAY() - timedelta(days=400)
        version = make_document(people.olga, people.team, effective_on=day, status=IMPORTED)
        assert storage.is_intact(version.digest)
        assert (version.number, version.size, version.filename) == (1, 20, "policy.pdf")
        assert version.media_type == "application/pdf"
        assert version.effective_on == day
        assert version.uploaded_at.date() == timezone.now().date()
        entry = AuditEntry.objects.get(action="evidence.add")
        assert entry.data["digest"] == version.digest

    def test_a_link_is_kept_as_it_was_given(self, people: People) -> None:
        version = make_document(people.olga, people.team, content=a_link("https://example.org/a?b=c#d"))
        assert (version.link, version.filename, version.size) == ("https://example.org/a?b=c#d", "", None)
        assert len(version.digest) == 64

    @pytest.mark.parametrize(
        "link",
        [
            "javascript:alert(1)",
            "JavaScript:alert(1)",
            "data:text/html,x",
            "file:///etc/passwd",
            "ftp://example.org/x",
            "//example.org/x",
            "example.org",
            "https://",
            "https://a b.example",
            "https://example.org/\x00",
            "https://[::1",
            "https://olga:secret@example.org/",
            "https://example.org/" + "x" * 2_000,
            "",
        ],
    )
    def test_only_addresses_of_the_web_are_links(self, people: People, link: str) -> None:
        with pytest.raises(Invalid) as refused:
            make_document(people.olga, people.team, content=a_link(link))
        assert refused.value.code == "evidence.link"
        assert not EvidenceVersion.objects.exists()

    @pytest.mark.parametrize(
        ("told", "code"),
        [
            ({"content": b""}, "evidence.empty_file"),
            ({"expires_on": TODAY() - timedelta(days=1)}, "evidence.dates"),
            ({"effective_on": TODAY().replace(year=1)}, "evidence.dates"),
            ({"expires_on": TODAY().replace(year=9998)}, "evidence.dates"),
            ({"status": "measured"}, "evidence.status"),
            ({"method": "  "}, "evidence.words"),
            ({"method": "x" * 301}, "evidence.words"),
            ({"filename": "../../etc/passwd"}, "table.filename"),
            ({"filename": "report\u202efdp.exe"}, "table.filename"),
            ({"filename": ".htaccess"}, "table.filename"),
        ],
    )
    def test_bad_input_is_refused_with_a_sentence(self, people: People, told: dict[str, Any], code: str) -> None:
        with pytest.raises(Invalid) as refused:
            evidence_document_add(by=people.olga, team=people.team, title="Policy", shows="It.", content=a_file(**told))
        assert refused.value.code == code
        assert not EvidenceVersion.objects.exists()

    def test_a_file_has_a_bound(self, people: People, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("apps.checklist.services.library.FILE_MOST", 10)
        with pytest.raises(Invalid) as refused:
            make_document(people.olga, people.team, content=a_file(b"eleven byte"))
        assert refused.value.code == "evidence.too_large"

    def test_two_documents_of_one_title_would_be_taken_for_each_other(self, people: People) -> None:
        make_document(people.olga, people.team)
        with pytest.raises(Conflict) as refused:
            make_document(people.olga, people.team, " Privacy policy ")
        assert refused.value.code == "evidence.exists"
        make_document(people.xena, people.other_team)

    def test_the_database_refuses_dates_in_the_wrong_order(self, people: People) -> None:
        version = make_document(people.olga, people.team)
        with pytest.raises(IntegrityError):
            EvidenceVersion.objects.filter(pk=version.pk).update(expires_on=version.effective_on - timedelta(days=1))

    def test_outsiders_and_auditors_put_nothing_in(self, people: People) -> None:
        auditor = make_person(AUDITOR, team=people.team)
        for person, refusal in ((people.xena, NotFound), (auditor, Refused), (people.rui, Refused)):
            with pytest.raises(refusal):
                make_document(person, people.team)
        version = make_document(people.olga, people.team)
        assert version_seen(auditor, version.pk) == version
        for read in (lambda: version_seen(people.xena, version.pk),
                     lambda: document_seen(people.xena, version.document_id)):  # fmt: skip
            with pytest.raises(NotFound):
                read()


class TestVersions:
    def test_the_next_version_leaves_the_one_before_as_it_is(self, people: People) -> None:
        first = make_document(people.olga, people.team)
        second = next_version(people.olga, first.document)
        first.refresh_from_db()
        assert (first.number, second.number) == (1, 2)
        assert storage.is_intact(first.digest)
        assert first.digest != second.digest

    def test_two_people_do_not_overtake_each_other(self, people: People) -> None:
        document = make_document(people.olga, people.team).document
        next_version(people.olga, document)
        with pytest.raises(Conflict) as refused:
            evidence_version_add(by=people.olga, document=document, content=a_file(), expect_number=1)
        assert refused.value.code == "evidence.changed"

    def test_a_file_does_not_become_a_link(self, people: People) -> None:
        document = make_document(people.olga, people.team).document
        with pytest.raises(Invalid) as refused:
            evidence_version_add(by=people.olga, document=document, content=a_link())
        assert refused.value.code == "evidence.kind"


class TestCiting:
    def test_an_answer_names_the_version_with_its_digest_and_stays_as_it_is(self, answered: World) -> None:
        version = make_document(answered.people.olga, answered.people.team, status=IMPORTED)
        cite(answered, version)
        view = asked(answered)
        [item] = [one for one in view.evidence if one.cites_id]
        assert (item.subject_digest, item.status, item.method) == (version.digest, IMPORTED, version.method)
        assert item.title == "From the evidence library"
        assert (view.says, view.status, view.is_stale) == ("It errs.", DECLARED, False)

    def test_one_document_supports_answers_of_two_frameworks(self, answered: World) -> None:
        olga, version = answered.people.olga, make_document(answered.people.olga, answered.people.team)
        other = assessment_create(by=olga, version=answered.version, urn=GPAI)
        [question, *_] = present_view(other).questions
        cite(answered, version)
        evidence_cite(by=olga, assessment=other, question=question.id, version=version, summary="Section 3 says so.")
        found = supports_of(olga, [version])
        assert [(one.assessment, one.question) for one in found.seen] == [
            (answered.assessment.pk, QUESTION), (other.pk, question.id),
        ]  # fmt: skip
        assert (found.total, found.others) == (2, 0)

    def test_later_revisions_go_on_citing(self, answered: World) -> None:
        version = make_document(answered.people.olga, answered.people.team)
        cite(answered, version)
        evidence_collect(by=answered.people.olga, assessment=answered.assessment)
        answer_save(
            by=answered.people.olga, assessment=answered.assessment, question=QUESTION, status=DECLARED, text="Anew."
        )
        evidence_add(by=answered.people.olga, assessment=answered.assessment, question=QUESTION, summary="A note.")
        assert [one.cites_id for one in asked(answered).evidence if not one.collector] == [version.pk, None]

    def test_a_document_of_another_team_is_not_there(self, answered: World) -> None:
        elsewhere = make_document(answered.people.xena, answered.people.other_team)
        with pytest.raises(NotFound):
            cite(answered, elsewhere)

    def test_nobody_else_cites(self, answered: World) -> None:
        version = make_document(answered.people.olga, answered.people.team)
        for person, refusal in ((answered.people.rui, Refused), (answered.people.xena, NotFound)):
            with pytest.raises(refusal):
                evidence_cite(by=person, assessment=answered.assessment, question=QUESTION, version=version)

    def test_what_no_longer_holds_is_not_cited(self, answered: World) -> None:
        old = make_document(answered.people.olga, answered.people.team)
        next_version(answered.people.olga, old.document)
        late = make_document(answered.people.olga, answered.people.team, "Certificate")
        expired(late, TODAY() - timedelta(days=1))
        for version in (old, late):
            with pytest.raises(Conflict) as refused:
                cite(answered, version)
            assert refused.value.code == "evidence.outdated"

    def test_citing_it_twice_is_told(self, answered: World) -> None:
        version = make_document(answered.people.olga, answered.people.team)
        cite(answered, version)
        with pytest.raises(Conflict) as refused:
            cite(answered, version)
        assert refused.value.code == "evidence.cited"

    def test_a_new_document_is_put_in_and_cited_in_one_go(self, answered: World) -> None:
        made = evidence_cite_new(
            by=answered.people.olga,
            assessment=answered.assessment,
            question=QUESTION,
            title="Minutes",
            shows="Who agreed to what.",
            content=a_link(),
        )
        [item] = made.evidence.filter(cites__isnull=False)
        assert item.cites is not None
        assert item.cites.document.title == "Minutes"
        assert item.value == {"link": "https://example.org/policy"}

    def test_where_the_answer_moved_on_nothing_is_put_in_either(self, answered: World) -> None:
        with pytest.raises(Conflict):
            evidence_cite_new(
                by=answered.people.olga,
                assessment=answered.assessment,
                question=QUESTION,
                title="Minutes",
                shows="Who agreed to what.",
                content=a_link(),
                expect_revision=0,
            )
        assert not EvidenceVersion.objects.exists()

    def test_it_is_taken_off_with_a_reason_and_the_revision_before_keeps_it(self, answered: World) -> None:
        before = cite(answered, make_document(answered.people.olga, answered.people.team))
        [item] = before.evidence.filter(cites__isnull=False)
        drop = {"by": answered.people.olga, "assessment": answered.assessment, "question": QUESTION}
        with pytest.raises(Invalid):
            evidence_drop(**drop, evidence=item.pk, reason=" ")
        with pytest.raises(NotFound):
            evidence_drop(**drop, evidence=item.pk + 1, reason="It is about something else.")
        evidence_drop(**drop, evidence=item.pk, reason="It is about something else.")
        assert [one for one in asked(answered).evidence if one.cites_id] == []
        assert before.evidence.filter(pk=item.pk).exists()
        assert AuditEntry.objects.get(action="answer.detach").reason == "It is about something else."


class TestAtReadTime:
    def test_a_newer_version_makes_the_answer_stale_until_it_is_cited(self, answered: World) -> None:
        first = make_document(answered.people.olga, answered.people.team)
        cite(answered, first)
        second = next_version(answered.people.olga, first.document)
        view = asked(answered)
        assert view.answer is not None
        assert view.answer.stale_because == (
            "“Privacy policy”, version 1: the evidence library has a newer version, 2.",
        )
        [item] = [one for one in view.evidence if one.cites_id]
        assert item.cited is not None
        assert (item.cited.instead, item.cited.instead_number) == (second.pk, 2)
        cite(answered, second)
        assert [one.cites_id for one in asked(answered).evidence if one.cites_id] == [second.pk]
        assert not asked(answered).is_stale

    def test_an_expired_version_makes_the_answer_stale_on_the_day_after(self, answered: World) -> None:
        version = make_document(answered.people.olga, answered.people.team, expires_on=TODAY())
        cite(answered, version)
        assert not asked(answered).is_stale
        yesterday = TODAY() - timedelta(days=1)
        expired(version, yesterday)
        [reason] = asked(answered).answer.stale_because  # type: ignore[union-attr]
        assert (
            reason == f"“Privacy policy”, version 1 expired: {yesterday.isoformat()} was the last day on which it held."
        )

    def test_an_approval_that_rests_on_it_is_no_longer_current(self, submitted: World, compliance: Any) -> None:
        version = make_document(submitted.people.olga, submitted.people.team)
        cite(submitted, version)
        assert present_view(submitted.assessment).gate.is_green
        submitted.assessment.refresh_from_db()
        assert submitted.assessment.state == "open", "new evidence opens what was handed in"
        assessment_submit(by=submitted.people.olga, assessment=submitted.assessment)
        assessment_decide(by=submitted.people.rui, assessment=submitted.assessment, decision="approved", reason="Good.")
        submitted.assessment.refresh_from_db()
        assert present_view(submitted.assessment).is_approval_current
        evidence_version_withdraw(by=compliance, version=version, reason="It was forged", expect_supports=1)
        submitted.assessment.refresh_from_db()
        view = present_view(submitted.assessment)
        assert not view.is_approval_current
        [problem] = [one for one in view.gate.problems if one.question == QUESTION]
        assert "was withdrawn from the evidence library: It was forged." in problem.problem
        assert "take it off the answer" in problem.remedy

    def test_an_upgrade_takes_citations_along(self, answered: World) -> None:
        version = make_document(answered.people.olga, answered.people.team)
        cite(answered, version)
        with pytest.raises(Conflict):
            assessment_upgrade(by=answered.people.olga, assessment=answered.assessment)
        assert [one.cites_id for one in asked(answered).evidence if one.cites_id] == [version.pk]


class TestWithdrawing:
    def test_only_who_saw_what_it_supports_withdraws_it(self, answered: World, compliance: Any) -> None:
        version = make_document(answered.people.olga, answered.people.team)
        cite(answered, version)
        give: dict[str, Any] = {"by": compliance, "document": version.document}
        with pytest.raises(Invalid):
            evidence_document_withdraw(**give, reason="", expect_supports=1)
        with pytest.raises(Conflict) as refused:
            evidence_document_withdraw(**give, reason="It was forged.")
        assert refused.value.code == "evidence.supports"
        assert not asked(answered).is_stale
        evidence_document_withdraw(**give, reason="It was forged.", expect_supports=1)
        assert asked(answered).is_stale
        assert storage.is_intact(version.digest), "what earlier decisions rested on stays"
        assert AuditEntry.objects.get(action="evidence.withdraw").reason == "It was forged."
        with pytest.raises(Conflict):
            evidence_document_withdraw(**give, reason="Again.", expect_supports=1)

    def test_engineers_and_approvers_withdraw_nothing(self, answered: World) -> None:
        version = make_document(answered.people.olga, answered.people.team)
        for person, refusal in (
            (answered.people.olga, Refused),
            (answered.people.rui, Refused),
            (answered.people.xena, NotFound),
        ):
            with pytest.raises(refusal):
                evidence_version_withdraw(by=person, version=version, reason="No longer needed.")

    def test_without_the_newest_version_the_one_before_is_the_newest(self, answered: World, compliance: Any) -> None:
        first = make_document(answered.people.olga, answered.people.team)
        cite(answered, first)
        second = next_version(answered.people.olga, first.document)
        assert asked(answered).is_stale
        evidence_version_withdraw(by=compliance, version=second, reason="The wrong file.")
        assert not asked(answered).is_stale
        assert list(citable_in(answered.people.team.pk)) == [first]
        third = next_version(answered.people.olga, first.document)
        assert third.number == 3, "a number is given once"

    def test_what_an_incident_holds_stays(self, answered: World, compliance: Any) -> None:
        version = make_document(answered.people.olga, answered.people.team)
        incident = incident_open(by=answered.people.olga, team=answered.people.team, title="A leak", severity="high")
        hold = hold_place(by=compliance, incident=incident, subject=version, reason="It is evidence.")
        for withdraw in (
            lambda: evidence_version_withdraw(by=compliance, version=version, reason="Old."),
            lambda: evidence_document_withdraw(by=compliance, document=version.document, reason="Old."),
        ):
            with pytest.raises(Refused) as refused:
                withdraw()
            assert refused.value.code == "hold.in_force"
        hold_release(by=compliance, hold=hold, reason="Looked into.")
        evidence_document_withdraw(by=compliance, document=version.document, reason="Old.")

    def test_what_was_withdrawn_takes_no_version_and_is_not_cited(self, answered: World, compliance: Any) -> None:
        version = make_document(answered.people.olga, answered.people.team)
        evidence_document_withdraw(by=compliance, document=version.document, reason="Old.")
        for write in (lambda: next_version(answered.people.olga, version.document), lambda: cite(answered, version)):
            with pytest.raises(Conflict):
                write()
        make_document(answered.people.olga, answered.people.team)  # its title is free again


def test_who_is_told_that_evidence_expires(answered: World, compliance: Any) -> None:
    soon = TODAY() + timedelta(days=5)
    version = make_document(answered.people.olga, answered.people.team, expires_on=soon)
    other = make_document(answered.people.olga, answered.people.team, "Certificate")
    for person in (answered.people.olga, compliance):
        assert list(expiring_for(person)) == [version]
    for person in (answered.people.rui, answered.people.xena):
        assert list(expiring_for(person)) == []
    cite(answered, other)
    for one in (version, other):
        expired(one, TODAY() - timedelta(days=1))
    assert list(expiring_for(compliance)) == [other], "what expired matters as long as an answer rests on it"
    next_version(answered.people.olga, other.document)
    assert list(expiring_for(compliance)) == []
