"""The organisation on documents: who may enter it, what is refused, and that snapshots and papers carry it."""

import json
from io import BytesIO
from typing import Any

import docx
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from apps.accounts.models import User
from apps.accounts.services import site_administrator_set
from apps.audit.models import AuditEntry
from apps.audit.services import SYSTEM
from apps.core import storage
from apps.core.errors import Conflict, Invalid, Refused
from apps.reports.models import Organisation
from apps.reports.queries.organisation import organisation_told
from apps.reports.rendering.html import document_html
from apps.reports.rendering.pictures import blank_png
from apps.reports.rendering.word import document_word
from apps.reports.rules.organisation import colour_problem, contrast_on_white, parsed_sections
from apps.reports.rules.pictures import picture_size
from apps.reports.services.organisation import organisation_edit, organisation_logo_remove, organisation_logo_set
from tests.makers import make_person
from tests.people import People, make_people
from tests.reports.test_rendering import AT, document

PAGE, LOGO = "/reports/organisation/", "/reports/organisation/logo/"
API, LOGO_API = "/api/v1/organisation/", "/api/v1/organisation/logo/"
PNG = blank_png(40, 20)
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(10) + b"\xff\xc0\x00\x11\x08\x00\x14\x00\x28\x03" + bytes(10)


@pytest.fixture
def people(db: None) -> People:
    return make_people()


@pytest.fixture
def ann(people: People) -> User:
    """Administers the whole site; Tess, below, one team of it."""
    found = make_person("administrator", team=people.team, name="Ann")
    site_administrator_set(by=SYSTEM, user=found, is_one=True)
    return found


def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def test_an_administrator_enters_it_and_the_trail_says_which_fields(ann: User) -> None:
    row = organisation_edit(by=ann, name=" Desk Works Ltd ", address="1 Harbour Street", colour="#1F4FA3")
    assert row.colour == "#1f4fa3"
    assert (row.name, row.pk, row.changed_by) == ("Desk Works Ltd", 1, ann)
    organisation_edit(by=ann, name="Desk Works SE")
    assert Organisation.objects.get().address == "1 Harbour Street"
    entries = list(AuditEntry.objects.filter(action="organisation.edit").order_by("sequence"))
    assert [entry.data["changed"] for entry in entries] == [["address", "colour", "name"], ["name"]]
    assert "Harbour" not in json.dumps([entry.data for entry in entries])


def test_nobody_else_may_change_it(people: People, ann: User) -> None:
    organisation_edit(by=ann, name="Desk Works")
    tess = make_person("administrator", team=people.team, name="Tess")
    for person in (tess, people.olga, people.rui, people.xena, make_person("auditor", team=people.team, name="Ada")):
        with pytest.raises(Refused):
            organisation_edit(by=person, name="Mine")
        with pytest.raises(Refused):
            organisation_logo_set(by=person, content=PNG)
        assert signed_in(person).post(PAGE, {"name": "Mine"}).status_code == 403
        assert signed_in(person).put(API, {"name": "Mine"}, "application/json").status_code == 403
        assert signed_in(person).post(LOGO, {"remove": "1"}).status_code == 403
        assert signed_in(person).delete(LOGO_API).status_code == 403
        page = signed_in(person).get(PAGE)
        assert page.status_code == 200
        assert "You cannot change this" in page.text
        assert "an administrator of the whole site" in page.text
        assert "Desk Works" in page.text
    assert Organisation.objects.get().name == "Desk Works"


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"name": "  "}, "organisation.name"),
        ({"name": "A", "colour": "red"}, "organisation.colour"),
        ({"name": "A", "colour": "#ffee00"}, "organisation.colour"),
        ({"name": "A", "sections": "No title"}, "organisation.sections"),
        ({"name": "A", "sections": "## Title"}, "organisation.sections"),
        ({"name": "A", "sections": "## T\nx\n" * 13}, "organisation.sections"),
    ],
)
def test_what_cannot_stand_on_a_document_is_refused(ann: User, given: dict[str, str], code: str) -> None:
    with pytest.raises(Invalid) as refused:
        organisation_edit(by=ann, **given)
    assert refused.value.code == code
    assert not Organisation.objects.exists()
    assert signed_in(ann).post(PAGE, given).status_code == 422
    assert signed_in(ann).put(API, given, "application/json").status_code in (400, 422)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"GIF89a",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"%PDF-1.7",
        PNG[:10],
        PNG[:-20],
        blank_png(5000, 1),
        b"\xff\xd8\xff",
        JPEG,
    ],
    ids=["empty", "gif", "svg", "pdf", "half", "cut", "wide", "no frame", "head only"],
)
def test_a_logo_is_a_small_png_or_jpeg(ann: User, content: bytes) -> None:
    organisation_edit(by=ann, name="Desk Works")
    with pytest.raises(Invalid):
        organisation_logo_set(by=ann, content=content)
    assert Organisation.objects.get().logo_digest == ""


def test_a_large_logo_is_refused(ann: User) -> None:
    organisation_edit(by=ann, name="Desk Works")
    with pytest.raises(Invalid):
        organisation_logo_set(by=ann, content=PNG + bytes(600_000))


@pytest.mark.parametrize("side", [4_001, 30_000])
def test_a_logo_with_two_heads_is_refused_by_the_larger(ann: User, side: int) -> None:
    """The first frame says 40 by 20 pixels, the one that decoders go by says what would take gigabytes."""
    written = BytesIO()
    Image.new("L", (40, 20)).save(written, "JPEG")
    content = written.getvalue()
    place = content.index(b"\xff\xc0")
    frame = content[place : place + 2 + int.from_bytes(content[place + 2 : place + 4], "big")]
    huge = frame[:5] + side.to_bytes(2, "big") * 2 + frame[9:]
    organisation_edit(by=ann, name="Desk Works")
    with pytest.raises(Invalid):
        organisation_logo_set(by=ann, content=content.replace(frame, frame + huge))


def test_a_logo_needs_the_organisation(ann: User) -> None:
    with pytest.raises(Conflict):
        organisation_logo_set(by=ann, content=PNG)


def test_a_logo_is_written_again_without_what_else_the_file_carries(ann: User) -> None:
    organisation_edit(by=ann, name="Desk Works")
    written, told = BytesIO(), Image.Exif()
    told[0x010E] = "taken at home"
    Image.new("RGB", (3000, 1000), "#663300").save(written, "JPEG", exif=told)
    assert b"taken at home" in written.getvalue()
    row = organisation_logo_set(by=ann, content=written.getvalue())
    with storage.open(row.logo_digest) as stream:
        kept = stream.read()
    assert b"taken at home" not in kept
    assert picture_size(kept) == (1200, 400)
    word = docx.Document(BytesIO(document_word(document(), AT, kept)))
    assert word.inline_shapes[0]._inline.docPr.get("descr") == "Desk & Sons"


def test_size_of_pictures() -> None:
    assert picture_size(PNG) == (40, 20)
    assert picture_size(JPEG) == (40, 20)


def test_page_sets_shows_and_removes_the_logo(ann: User) -> None:
    client = signed_in(ann)
    assert client.get(PAGE).status_code == 200
    assert client.post(PAGE, {"name": "Desk Works", "sections": "## Quality\nISO 9001."}).status_code == 302
    assert client.post(LOGO, {"logo": SimpleUploadedFile("l.png", PNG)}).status_code == 302
    assert "Logo of Desk Works" in client.get(PAGE).text
    answer = client.get(f"{LOGO}file/")
    assert answer["Content-Type"] == "image/png"
    assert picture_size(b"".join(answer.streaming_content)) == (40, 20)  # type: ignore[attr-defined]
    assert client.post(LOGO, {"logo": SimpleUploadedFile("l.png", b"no")}).status_code == 422
    assert client.post(LOGO, {"remove": "1"}).status_code == 302
    assert client.get(f"{LOGO}file/").status_code == 404


def test_api_reads_and_writes(ann: User) -> None:
    client = signed_in(ann)
    assert client.get(API).status_code == 404
    given = {"name": "Desk Works", "contact": "Office of the board", "colour": "#663300"}
    answer = client.put(API, given, "application/json")
    assert answer.status_code == 200
    assert answer.json()["contact"] == "Office of the board"
    assert client.put(API, {"name": "A", "nonsense": 1}, "application/json").status_code == 400
    assert client.get(API).json()["colour"] == "#663300"
    organisation_logo_set(by=ann, content=PNG)
    assert client.get(API).json()["logo_digest"]
    assert client.delete(LOGO_API).status_code == 204
    assert client.get(API).json()["logo_digest"] == ""
    assert Client().get(API).status_code in (401, 403)


def test_snapshots_and_papers_carry_it(ann: User) -> None:
    assert organisation_told() == {}
    organisation_edit(
        by=ann, name="Desk <Works>", colour="#663300", sections="## Quality\nISO 9001.\n\n## More\n<b>x</b>"
    )
    organisation_logo_set(by=ann, content=PNG)
    told = organisation_told()
    assert json.loads(told["sections"]) == [["Quality", "ISO 9001."], ["More", "<b>x</b>"]]
    with storage.open(told["logo_digest"]) as stream:
        html = document_html(document(**told), stream.read())
    for words in (
        "Desk &lt;Works&gt;",
        "data:image/png;base64,",
        "--accent: #663300",
        "&lt;b&gt;x&lt;/b&gt;",
        "ISO 9001.",
    ):
        assert words in html
    organisation_logo_remove(by=ann)
    assert "logo_digest" not in organisation_told()


def test_contrast_is_that_of_wcag() -> None:
    assert contrast_on_white("#000000") == pytest.approx(21)
    assert contrast_on_white("#ffffff") == pytest.approx(1)
    assert contrast_on_white("#767676") == pytest.approx(4.54, abs=0.01)
    assert colour_problem("#777777").startswith("This colour is too pale")
    assert colour_problem("") == ""


def test_sections_are_plain_text() -> None:
    assert parsed_sections("") == []
    found: list[Any] = parsed_sections("## A\r\none\r\n\r\n# two\r\n## B\nthree")
    assert found == [("A", "one\n\n# two"), ("B", "three")]
    assert parsed_sections("## \t C \t\nfour") == [("C", "four")]


def test_a_title_of_blanks_without_end_takes_no_time() -> None:
    """Where two parts of a pattern can take the same blanks, 300,000 of them take minutes."""
    with pytest.raises(ValueError, match="too long"):
        parsed_sections(f"## a{' ' * 299_000}b\ntext")
    with pytest.raises(ValueError, match="Begin each section"):
        parsed_sections(f"##{' ' * 299_000}")
