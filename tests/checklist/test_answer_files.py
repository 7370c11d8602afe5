"""An assessment goes out as a file and comes back: nothing is lost, nothing is overwritten, nothing is half done."""

import csv
import io
from html import unescape
from itertools import zip_longest
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from apps.accounts.models import User
from apps.audit.models import AuditEntry
from apps.checklist.models import Answer, Assessment
from apps.checklist.queries import present_view
from apps.checklist.rules.answer_files import CONFLICT, EMPTY, NEW, REFUSED, SAME, Preview
from apps.checklist.services import (
    answer_save,
    answers_checked,
    answers_import,
    answers_take,
    assessment_create,
    assessment_upgrade,
    evidence_add,
    evidence_collect,
    framework_load,
)
from apps.core.errors import Conflict, Invalid, NotFound, Refused
from apps.core.spreadsheets import Line, read
from apps.registry.services import system_create
from tests.checklist.conftest import World
from tests.checklist.framework_files import URN, group, question, raw_framework, text_of
from tests.makers import make_browser, make_client, make_person, queries_of
from tests.people import People

pytestmark = pytest.mark.django_db

SCALE = {"maturity": [{"value": n, "title": f"Step {n}", "text": "So far."} for n in range(3)]}
ASKED = [
    question("words", "What is it for?"),
    question("law", "Is it lawful?", answer="yes_no"),
    question(
        "kind", "Which kind?", answer="choice", choices=[{"id": "a", "title": "First"}, {"id": "b", "title": "B"}]
    ),
    question("share", "How much?", answer="number", unit="percent"),
    question("step", "How far?", answer="scale", scale="maturity"),
    question("spare", "Anything else?", answer="text"),
]
AWKWARD = [
    "=1+1", "+49 30 1", "-5 degrees", "@all", "'=1", "Line one\nline two\r\nline three", 'She said "so"; or, not',
    "Größe, 😀 und שלום", "  spaced  ", "_x000D_", "007", "TRUE", "<b>bold</b>", "x" * 20_000,
]  # fmt: skip


@pytest.fixture
def held(people: People) -> Assessment:
    """A system of Olga's team, held against six questions of every type."""
    raw = raw_framework(group("first", *ASKED), scales=SCALE, subjects=["system"])
    framework_load(by=make_person("compliance_officer", team=people.team), text=text_of(raw))
    system = system_create(by=people.olga, team=people.team, name="Support desk")
    return assessment_create(by=people.olga, system=system, urn=URN)


def sent_out(user: User, assessment: Assessment, kind: str = "csv") -> bytes:
    response = make_browser(user).get(reverse("checklist:assessment-export", args=[assessment.pk]), {"as": kind})
    assert response.status_code == 200
    return b"".join(response.streaming_content) if response.streaming else response.content


def rows_of(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def written(rows: list[dict[str, str]], mark: str = ",") -> bytes:
    stream = io.StringIO()
    writer = csv.DictWriter(stream, list(rows[0]), delimiter=mark)
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue().encode()


def filled(*rows: tuple[str, ...], columns: str = "id,status,value,answer,reason") -> bytes:
    return written([dict(zip_longest(columns.split(","), row, fillvalue="")) for row in rows])


def kinds(preview: Preview) -> dict[str, str]:
    return {line.question: line.kind for line in preview.lines}


def said(assessment: Assessment) -> dict[str, tuple[Any, ...]]:
    rows = Answer.objects.filter(assessment=assessment, is_current=True)
    return {row.question: (row.revision, row.stated, row.text, row.reason, row.value) for row in rows}


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_what_went_out_comes_back_and_changes_nothing(people: People, held: Assessment, kind: str) -> None:
    olga = people.olga
    for number, text in enumerate(AWKWARD):
        name = ASKED[number % len(ASKED)]["id"]
        given = {"law": {"yes": False}, "kind": {"choice": "b"}, "share": {"number": "-12.50"}, "step": {"level": 0}}
        answer_save(by=olga, assessment=held, question=name, status="declared", text=text, value=given.get(name, {}))
        before = said(held)
        content = sent_out(olga, held, kind)
        found = answers_take(by=olga, assessment=held, content=content)
        assert set(found.counts) <= {SAME, EMPTY} and not found.warnings, (text[:40], found.lines)
        assert said(held) == before
    assert not AuditEntry.objects.filter(action="answers.import").exists()


def test_every_column_of_an_export_is_filled_where_there_is_something(world: World) -> None:
    olga, assessment = world.people.olga, world.assessment
    evidence_collect(by=olga, assessment=assessment)
    answer_save(by=olga, assessment=assessment, question="modeling-1", status="not_applicable", reason="It is a test.")
    evidence_add(by=olga, assessment=assessment, question="modeling-1", summary="Minutes.", link="https://example.org")
    rows = {row["id"]: row for row in rows_of(sent_out(world.people.rui, assessment))}
    row, view = rows["modeling-1"], present_view(assessment)
    assert len(rows) == 18 and list(rows) == [question.id for question in view.questions]
    assert (row["status"], row["reason"], row["known"]) == ("not_applicable", "It is a test.", "not_applicable")
    assert (row["answered by"], row["revision"]) == ("Olga", str(view.question("modeling-1").revision))
    assert row["framework version"] == str(view.framework.version) and row["assessment"] == str(assessment.pk)
    assert "Minutes." in row["evidence"] and "https://example.org" in row["evidence"]
    measured = rows["data-1"]
    assert measured["status"] == "" and measured["says"] and '"digest"' in measured["evidence"]


def test_a_workbook_says_what_it_is(world: World) -> None:
    evidence_collect(by=world.people.olga, assessment=world.assessment)
    content = sent_out(world.people.olga, world.assessment, "xlsx")
    about = {line.cells["what"]: line.cells["it is"] for line in read(content, "About").lines}
    assert about["Framework"].startswith("GenAIOps") and about["Written for"] == "Olga"
    assert len(about["SHA-256 of the answers"]) == 64 and "Fill in" in about["How to fill it in"]
    evidence = read(content, "Evidence")
    assert {"id", "status", "says", "method", "digest", "effective", "stale"} <= set(evidence.columns)
    assert len(evidence.lines) == sum(len(one.evidence) for one in present_view(world.assessment).questions)


def test_a_file_as_spreadsheet_programs_in_europe_write_it(people: People, held: Assessment) -> None:
    content = b"\xef\xbb\xbf" + b"ID;Status;Value;Answer\r\nlaw;;ja;\r\nshare;;0.5;\r\nstep;;2: Step 2;\r\n"
    content += "kind;Declared;FIRST;Größe\r\nwords;unknown;;\r\nspare;;;\r\n".encode()
    found = answers_checked(by=people.olga, assessment=held, content=content)
    assert kinds(found) == {"law": REFUSED, "share": NEW, "step": NEW, "kind": NEW, "words": NEW, "spare": EMPTY}
    assert found.against[0].number == 2 and found.against[0].why == "Choose yes or no."
    with pytest.raises(Conflict):
        answers_take(by=people.olga, assessment=held, content=content)
    assert said(held) == {}, "nothing is written where a row is refused"
    answers_take(by=people.olga, assessment=held, content=content, skip_refused=True)
    assert said(held)["step"][4] == {"level": 2} and said(held)["kind"][4] == {"choice": "a"}
    assert said(held)["share"][4] == {"number": "0.5"} and said(held)["words"][1] == "unknown"
    entry = AuditEntry.objects.get(action="answers.import")
    assert entry.data["questions"] == ["share", "step", "kind", "words"] and len(entry.data["file"]) == 64
    assert AuditEntry.objects.filter(action="answer.save").count() == 4


def test_rows_that_cannot_be_taken_say_why(people: People, held: Assessment) -> None:
    content = filled(
        ("nothing", "declared", "", "An answer."),
        ("words", "measured", "", "An answer."),
        ("law", "declared", "", "Only words."),
        ("kind", "declared", "c"),
        ("share", "declared", "1,5"),
        ("step", "not_applicable", "", "", ""),
        ("spare", "declared", "7", "Words."),
        ("spare", "declared", "", "Again."),
        ("", "declared", "", "Nobody’s."),
    )
    found = answers_checked(by=people.olga, assessment=held, content=content)
    assert found.counts == {REFUSED: 9}
    why = [line.why for line in found.lines]
    assert why[0] == "The framework has no question “nothing”." and "cannot be said by a person" in why[1]
    assert why[2] == "This question asks for yes or no." and why[3] == "Choose one of its choices."
    assert "number such as" in why[4] and "Say why" in why[5] and "in words, without a value" in why[6]
    assert why[7] == "Line 8 speaks of this question already." and why[8] == "This row names no question."
    long = filled(("words", "", "", "x" * 20_001))
    assert "up to 20000" in answers_checked(by=people.olga, assessment=held, content=long).lines[0].why
    with pytest.raises(Invalid, match="no questions and answers"):
        answers_checked(by=people.olga, assessment=held, content=b"name,text\na,b\n")


def test_an_answer_that_changed_since_the_export_is_never_overwritten(people: People, held: Assessment) -> None:
    answer_save(by=people.olga, assessment=held, question="words", status="declared", text="First.")
    rows = rows_of(sent_out(people.olga, held))
    answer_save(by=people.olga, assessment=held, question="words", status="declared", text="Second.")
    rows[0]["answer"], rows[5]["answer"] = "From the file.", "Fine."
    found = answers_checked(by=people.olga, assessment=held, content=written(rows, ";"))
    assert kinds(found)["words"] == CONFLICT and kinds(found)["spare"] == NEW
    [line] = found.against
    assert line.before == "Second." and line.after == "From the file." and "Olga changed this answer" in line.why
    rows[0]["answer"] = "Second."
    found = answers_checked(by=people.olga, assessment=held, content=written(rows))
    assert kinds(found)["words"] == SAME, "both say the same: nothing to quarrel about"
    rows[0]["revision"] = "many"
    rows[0]["answer"] = "Third."
    assert "no whole number" in answers_checked(by=people.olga, assessment=held, content=written(rows)).lines[0].why


def test_a_statement_speaks_of_the_evidence_that_its_writer_saw(world: World) -> None:
    olga, assessment = world.people.olga, world.assessment
    evidence_collect(by=olga, assessment=assessment)
    rows = [row | {"answer": "A word on it.", "basis": "0" * 64} for row in rows_of(sent_out(olga, assessment))][:1]
    found = answers_checked(by=olga, assessment=assessment, content=written(rows))
    assert found.lines[0].kind == CONFLICT and found.lines[0].why == "The evidence changed since the export."


def test_a_change_between_looking_and_writing_stops_everything(people: People, held: Assessment) -> None:
    found = answers_checked(by=people.olga, assessment=held, content=filled(("words", "", "", "A"), ("law", "", "yes")))
    answer_save(by=people.olga, assessment=held, question="law", status="declared", value={"yes": False})
    before = said(held)
    with pytest.raises(Conflict):
        answers_import(by=people.olga, assessment=held, given=found.given)
    assert said(held) == before
    with pytest.raises(Invalid):
        answers_import(by=people.olga, assessment=held, given=[*found.given[:1], *found.given[:1]])


def test_only_who_answers_may_bring_a_file(people: People, held: Assessment) -> None:
    auditor, content = make_person("auditor", team=people.team), filled(("words", "", "", "A"))
    for who in (auditor, people.rui):
        for take in (answers_checked, answers_take):
            with pytest.raises(Refused):
                take(by=who, assessment=held, content=content)
        assert rows_of(sent_out(who, held))[0]["id"] == "words", "reading is enough to take it out"
        url = reverse("checklist:assessment-fill-in", args=[held.pk])
        assert "You cannot answer here" in make_browser(who).get(url).content.decode()
    for name in ("assessment-export", "assessment-fill-in"):
        assert make_browser(people.xena).get(reverse(f"checklist:{name}", args=[held.pk])).status_code == 404
    with pytest.raises(NotFound):
        answers_import(by=people.xena, assessment=held, given=[])


def test_a_file_of_another_version_or_assessment_is_taken_with_a_warning(people: People, held: Assessment) -> None:
    answer_save(by=people.olga, assessment=held, question="words", status="declared", text="Kept.")
    rows = rows_of(sent_out(people.olga, held))
    newer = [question("purpose", "What is it for, in short?", replaces=["words"]), *ASKED[1:]]
    raw = raw_framework(group("first", *newer), scales=SCALE, subjects=["system"], version=2)
    framework_load(by=make_person("compliance_officer", team=people.team), text=text_of(raw))
    assessment_upgrade(by=people.olga, assessment=held)
    held.refresh_from_db()
    rows[1]["value"] = "no"
    found = answers_checked(by=people.olga, assessment=held, content=written(rows))
    assert kinds(found)["purpose"] == SAME and kinds(found)["law"] == NEW
    assert found.warnings[0].startswith("The file was made for version 1")
    system = system_create(by=people.olga, team=people.team, name="Another desk")
    other = assessment_create(by=people.olga, system=system, urn=URN)
    found = answers_checked(by=people.olga, assessment=other, content=written(rows))
    assert kinds(found)["purpose"] == NEW and "another assessment" in found.warnings[1]
    rows[0]["framework"] = "urn:example:other"
    rows = [row | {"note": "x"} for row in rows]
    found = answers_checked(by=people.olga, assessment=other, content=written(rows))
    assert kinds(found)["purpose"] == REFUSED and found.warnings[-1] == "Columns that nobody reads: note."


def test_answers_that_are_no_longer_asked_stay_in_the_file(people: People, held: Assessment) -> None:
    answer_save(by=people.olga, assessment=held, question="spare", status="declared", text="Old words.")
    raw = raw_framework(group("first", *ASKED[:5]), scales=SCALE, subjects=["system"], version=2)
    framework_load(by=make_person("compliance_officer", team=people.team), text=text_of(raw))
    assessment_upgrade(by=people.olga, assessment=held)
    held.refresh_from_db()
    content = sent_out(people.olga, held)
    assert rows_of(content)[-1]["answer"] == "Old words." and rows_of(content)[-1]["group"] == "no longer asked"
    found = answers_take(by=people.olga, assessment=held, content=content)
    assert found.lines[-1].kind == "no longer asked" and not found.against


def brought(user: User, assessment: Assessment, content: bytes, name: str = "answers.csv") -> tuple[int, str]:
    url = reverse("checklist:assessment-fill-in", args=[assessment.pk])
    response = make_browser(user).post(url, {"file": SimpleUploadedFile(name, content)})
    return response.status_code, response.content.decode()


def test_the_page_shows_old_and_new_before_anything_is_written(people: People, held: Assessment) -> None:
    answer_save(by=people.olga, assessment=held, question="words", status="declared", text="First.")
    content = filled(("words", "", "", "<Second> & more"), ("law", "", "yes"), ("none", "", "", "A"))
    status, text = brought(people.olga, held, content)
    assert status == 200 and "First." in text and "&lt;Second&gt; &amp; more" in text
    assert "The framework has no question “none”." in text and "Save 2 answers" in text
    assert said(held)["words"][2] == "First.", "looking writes nothing"
    rows = text.split('name="rows" value="')[1].split('"')[0]
    client, url = make_browser(people.olga), reverse("checklist:assessment-fill-in", args=[held.pk])
    response = client.post(url, {"rows": unescape(rows)})
    assert response.status_code == 302 and said(held)["words"][2] == "<Second> & more"
    response = client.post(url, {"rows": unescape(rows)})
    assert response.status_code == 409 and "Nothing was written" in response.content.decode()
    for wrong in ("", "{", "[]", '{"rows": [{"question": "words"}]}', '{"rows": [1]}'):
        assert client.post(url, {"rows": wrong}).status_code in (200, 409, 422)
    assert said(held)["words"][0] == 2


def test_the_page_refuses_what_is_no_such_file(people: People, held: Assessment) -> None:
    for content in (b"", b"PK\x03\x04 nothing", b"a,b\n1,2\n", "Grün".encode("cp1252"), b"x" * 4_194_305):
        status, text = brought(people.olga, held, content)
        assert status == 422 and "field-error" in text
    client = make_browser(people.olga)
    assert client.get(reverse("checklist:assessment-export", args=[held.pk]), {"as": "pdf"}).status_code == 422


def test_the_api_looks_first_and_writes_on_request(people: People, held: Assessment) -> None:
    client, url = make_client(people.olga), f"/api/v1/assessments/{held.pk}"
    assert client.get(f"{url}/export/").content.startswith(b"PK")
    content = filled(("words", "", "", "By API."), ("none", "", "", "A"))

    def post(query: str) -> Any:
        file = SimpleUploadedFile("answers.csv", content)
        return client.post(f"{url}/import/{query}", {"file": file}, format="multipart")

    looked = post("").json()
    assert looked["is_applied"] is False and looked["counts"] == {"new": 1, "refused": 1}
    assert looked["lines"][1]["line"] == 3 and not said(held)
    refused = post("?apply=true")
    assert refused.status_code == 409 and refused.json()["code"] == "import.refused" and not said(held)
    assert post("?apply=true&skip_refused=true").json()["is_applied"] is True
    assert said(held)["words"][2] == "By API."
    assert post("?apply=maybe").status_code == 400
    assert client.post(f"{url}/import/", {}, format="multipart").status_code == 400
    assert client.get(f"{url}/export/?as=pdf").status_code == 422
    assert make_client(people.xena).get(f"{url}/export/").status_code == 404
    rui = make_client(people.rui)
    assert rui.get(f"{url}/export/?as=csv").status_code == 200
    file = SimpleUploadedFile("answers.csv", content)
    assert rui.post(f"{url}/import/", {"file": file}, format="multipart").status_code == 403


def test_three_hundred_answers_at_once(people: People) -> None:
    asked = [question(f"q-{n}", f"Question {n}?") for n in range(300)]
    framework_load(
        by=make_person("compliance_officer", team=people.team),
        text=text_of(raw_framework(group("all", *asked), subjects=["system"])),
    )
    system = system_create(by=people.olga, team=people.team, name="Support desk")
    held = assessment_create(by=people.olga, system=system, urn=URN)
    rows = [row | {"answer": f"Answer to {row['id']}, in words."} for row in rows_of(sent_out(people.olga, held))]
    found = answers_take(by=people.olga, assessment=held, content=written(rows))
    assert found.counts == {NEW: 300} and len(said(held)) == 300
    again = answers_checked(by=people.olga, assessment=held, content=sent_out(people.olga, held, "xlsx"))
    assert again.counts == {SAME: 300}
    url = reverse("checklist:assessment-export", args=[held.pk])
    assert queries_of(make_browser(people.olga), url) < 40, "as few as for one question"
    assert isinstance(read(sent_out(people.olga, held, "xlsx"), "Answers").lines[0], Line)
