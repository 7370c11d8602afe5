"""What a signature says about a PDF, and how each way of tampering with one is named."""

import re
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader, PdfWriter
from pypdf.generic import IndirectObject

from apps.reports.rules.verify_pack import check_pdf
from apps.reports.services.signing import sign_pdf
from tests.kept import kept
from tests.reports.sealing import AT, DIFFERS, NO_OLD_PYTHON, OK, OLD_PYTHON, Checker, plain_pdf, use_keys

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def signed(django_db_setup: None, django_db_blocker, tmp_path_factory) -> Iterator[bytes]:
    from django.conf import settings

    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("keys")
        for name, value in {"SEAL_KEY_FILE": str(folder / "seal.pem"), "SEAL_KEY_IS_OWN": True}.items():
            patch.setattr(settings, name, value)
        with kept(django_db_blocker, lambda: sign_pdf(plain_pdf(), reason="Issued", signed_at=AT)) as made:
            yield made


@pytest.fixture
def check(tmp_path: Path) -> Checker:
    return Checker(tmp_path)


def fingerprint(content: bytes) -> str:
    return check_pdf(content).signatures[0].fingerprint


def gap(content: bytes) -> tuple[int, int]:
    """Where the signature's digits begin and end."""
    numbers = [int(number) for number in re.findall(rb"/ByteRange \[(\d+) (\d+) (\d+) (\d+)\]", content)[-1]]
    return numbers[1], numbers[2]


def flipped(content: bytes, place: int) -> bytes:
    changed = bytearray(content)
    changed[place] ^= 1
    return bytes(changed)


def test_an_untouched_document_is_intact_and_says_who_signed_it_and_when(signed, check):
    verdict = check_pdf(signed)
    assert verdict.problems == []
    (one,) = verdict.signatures
    assert (one.covers, one.signed_at, one.holder[:11]) == (len(signed), AT, "GenAIOps at")
    code, said = check(signed)
    assert code == OK
    assert AT.isoformat() in said
    assert fingerprint(signed) in said


def test_the_expected_key_is_accepted_in_any_usual_spelling(signed, check):
    key = fingerprint(signed)
    with_colons = ":".join(re.findall("..", key.upper()))
    assert check(signed, "--key", key)[0] == check(signed, "--key", "0" * 64, "--key", with_colons)[0] == OK


def test_a_signature_from_another_key_is_named(signed, check, settings, tmp_path):
    use_keys(settings, tmp_path)
    forged = sign_pdf(plain_pdf(), reason="Issued", signed_at=AT)
    assert fingerprint(forged) != fingerprint(signed)
    code, said = check(forged, "--key", fingerprint(signed))
    assert code == DIFFERS
    assert said == (
        f"DIFFERS: it is signed with the key {fingerprint(forged)}, which is none of those that were expected\n"
    )


@pytest.mark.parametrize("share", [0.01, 0.2, 0.9])
def test_one_changed_byte_is_named(signed, check, share):
    code, said = check(flipped(signed, int(share * len(plain_pdf()))))
    assert code == DIFFERS
    assert "the signed bytes were changed after they were signed" in said


def test_no_byte_can_change_unnoticed(signed):
    start, end = gap(signed)
    room = range(start, end)
    outside = [place for place in range(len(signed)) if place not in room]
    for place in [*outside[::7], *range(start, start + 4_000, 3), *range(end - 40, end)]:
        assert check_pdf(flipped(signed, place)).problems, f"byte {place} changed unnoticed"


def test_an_appended_update_is_named(signed, check):
    writer = PdfWriter(BytesIO(signed), incremental=True)
    writer.add_blank_page(100, 100)
    changed = BytesIO()
    writer.write(changed)
    code, said = check(changed.getvalue())
    assert code == DIFFERS
    more = len(changed.getvalue()) - len(signed)
    assert f"an update of {more} bytes was appended after the bytes that GenAIOps" in said
    assert "signed by nobody" in said


@pytest.mark.parametrize("more", [b"\n", b" ", b"%%EOF\n", b"\0" * 100])
def test_not_even_an_empty_line_may_follow(signed, more):
    assert check_pdf(signed + more).problems[0].startswith(f"an update of {len(more)} bytes was appended")


def test_an_update_that_somebody_else_signed_is_named_with_them(signed, settings, tmp_path):
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign import signers

    use_keys(settings, tmp_path)
    settings.SEAL_NAME = "Mallory"
    from apps.reports.services.keys import key_pair
    from apps.reports.services.signing import _key_held

    assert key_pair()
    with _key_held() as held:
        writer = IncrementalPdfFileWriter(BytesIO(signed))
        about = signers.PdfSignatureMetadata(field_name="Another", md_algorithm="sha256")
        signer = signers.PdfSigner(about, held.signer)
        signer._enforce_certification_constraints = lambda reader: None  # a forger keeps to no rules
        with ThreadPoolExecutor(1) as hand:  # a browser test of this process may have left an event loop in this thread
            again = hand.submit(signer.sign_pdf, writer).result().getvalue()
    verdict = check_pdf(again)
    assert [one.holder for one in verdict.signatures][1] == "Mallory"
    assert "it is signed by Mallory" in verdict.problems[-1]


def test_a_file_that_is_cut_off_is_named(signed, check):
    start, end = gap(signed)
    for size in (100, len(plain_pdf()) // 2, start + 50):
        assert "it is cut off" in check(signed[:size])[1]
    code, said = check(signed[:-20])
    assert code == DIFFERS
    assert f"the file is cut off: {len(signed)} bytes were signed, {len(signed) - 20} are there" in said


def test_a_document_whose_signature_was_taken_off_says_that_it_has_none(check):
    assert check(plain_pdf()) == (DIFFERS, "DIFFERS: it carries no signature\n")


def test_a_signature_moved_to_another_document_is_named(signed):
    start, end = gap(signed)
    other = signed.replace(b"(Issued)", b"(Denied)")
    assert "the signed bytes were changed" in check_pdf(other).problems[0]


def test_a_range_that_leaves_out_more_than_the_signature_is_named(signed):
    """The wrapping attack: the range is changed such that forged bytes lie in what it leaves out."""
    start, end = gap(signed)
    told = f"/ByteRange [0 {start} {end} {len(signed) - end}]".encode()
    wider = f"/ByteRange [0 {start - 9} {end} {len(signed) - end}]".encode().ljust(len(told))
    assert told in signed
    assert "leaves out bytes other than its own digits" in check_pdf(signed.replace(told, wider)).problems[0]
    later = f"/ByteRange [9 {start} {end} {len(signed) - end}]".encode()
    assert "leaves out bytes other than its own digits" in check_pdf(signed.replace(told, later)).problems[0]


def test_digits_put_in_behind_the_signature_are_named(signed):
    _, end = gap(signed)
    changed = signed[: end - 3] + b"41" + signed[end - 1 :]
    assert "where only zeros may stand" in check_pdf(changed).problems[0]


def test_text_that_looks_like_a_signature_is_text():
    page = '<html lang="en"><head><title>/ByteRange [0 1 2 3] /M (D:2020)</title></head><body><h1>x</h1></body></html>'
    from apps.core.pdf import render_pdf

    made = render_pdf(page, base_url="http://portal.invalid/", created_at=AT)
    verdict = check_pdf(sign_pdf(made, reason="/M (D:20200101000000Z)", signed_at=AT))
    assert (verdict.problems, verdict.signatures[0].signed_at) == ([], AT)


def test_bombs_cost_no_more_than_reading_them(check):
    """Nothing is unpacked, nested structures are not followed, and a thousand signatures are not tried."""
    import zlib

    packed = zlib.compress(b"\0" * 200_000_000, 9)
    bomb = b"%PDF-1.7\n1 0 obj <</Filter/FlateDecode/Length " + str(len(packed)).encode() + b">>\nstream\n" + packed
    nested = b"<30" + b"8000" * 200_000 + b">"
    many = b"%PDF-1.7\n" + b"/ByteRange [0 10 20 30]\n" * 100_000
    deep = f"%PDF-1.7\n/ByteRange [0 42 {42 + len(nested)} 0]".encode()
    began = time.process_time()
    assert "it is cut off" in check_pdf(bomb).problems[0]
    assert "it claims more than 8 signatures" in check_pdf(many).problems[0]
    assert (
        check_pdf(deep.ljust(42) + nested)
        .problems[0]
        .startswith("signature of an unknown signer: the signature cannot")
    )
    assert time.process_time() - began < 20


@pytest.mark.parametrize("content", [b"", b"%PD", b"GIF89a", b"PK\3\4"])
def test_what_is_no_pdf_is_named(content):
    assert check_pdf(content).problems == ["it is no PDF: it does not begin with %PDF-"]


def test_rubbish_where_the_signature_belongs_is_named(signed):
    start, end = gap(signed)
    for inside in (b"30030101ff", b"3000", b"30820fff", b"300906072a864886f70d0107020500"):
        digits = inside + b"0" * (end - start - 2 - len(inside))
        changed = signed[: start + 1] + digits + signed[end - 1 :]
        assert "the signature cannot be read" in " ".join(check_pdf(changed).problems)


def _tree(reader: PdfReader) -> tuple[int, int]:
    """Number and generation of the tags' root; that the object itself is untouched, the appended bytes tell."""
    found = reader.trailer["/Root"].raw_get("/StructTreeRoot")
    return found.idnum, found.generation


def test_the_signed_document_is_still_tagged_and_accessible(signed):
    """PDF/UA-1: tags, language, title and identifier as they were; the hidden field has words and stands outside the
    content, and its page says in which order it is read (ISO 14289-1, 7.18)."""
    before, after = (PdfReader(BytesIO(content)) for content in (plain_pdf(), signed))
    root = after.trailer["/Root"]
    assert root["/Metadata"].get_object().get_data() == before.trailer["/Root"]["/Metadata"].get_object().get_data()
    assert (root["/Lang"], root["/MarkInfo"]["/Marked"]) == ("en", True)
    assert after.metadata == before.metadata
    assert root.raw_get("/StructTreeRoot") == IndirectObject(*_tree(before), after)
    page = after.pages[0]
    (widget,) = [one.get_object() for one in page["/Annots"] if one.get_object()["/Subtype"] == "/Widget"]
    assert page["/Tabs"] == "/S"
    assert widget["/F"] & 2
    assert widget["/TU"]
    assert root["/Perms"]["/DocMDP"].get_object()["/SubFilter"] == "/ETSI.CAdES.detached"


@pytest.mark.skipif(not OLD_PYTHON, reason=NO_OLD_PYTHON)
def test_python_3_9_says_the_same(signed, tmp_path):
    check = Checker(tmp_path, OLD_PYTHON)
    assert check(signed, "--key", fingerprint(signed))[0] == OK
    assert check(flipped(signed, 300))[0] == DIFFERS
