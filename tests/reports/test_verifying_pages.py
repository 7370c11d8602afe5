"""The page and the API for whoever must rely on a document, and our published keys."""

import io
import json
from collections.abc import Iterator
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from apps.audit.rules.checkpoints import key_id, public_pem
from apps.core import rules as run_rules
from apps.core import storage
from apps.reports.models import ReportRun, SealCertificate
from apps.reports.rules.pack import pretty_json, stored_zip
from apps.reports.services.keys import seal_rotate
from apps.reports.services.signing import sign_pdf
from tests.kept import kept
from tests.makers import make_browser, make_client, make_person, make_team
from tests.reports.sealing import AT, Sealed, make_sealed, plain_pdf, use_keys
from tests.reports.test_verify_sealed_pack import again

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def sealed(django_db_setup: None, django_db_blocker, tmp_path_factory) -> Iterator[Sealed]:
    from django.conf import settings

    folder = tmp_path_factory.mktemp("keys")
    with pytest.MonkeyPatch.context() as patch:
        for name in ("SEAL_KEY_FILE", "TRAIL_KEY_FILE", "TRAIL_FOLDER"):
            patch.setattr(settings, name, str(folder / name.lower()))
        with kept(django_db_blocker, make_sealed) as made:
            yield made


@pytest.fixture
def ada() -> Any:
    return make_person("auditor", team=make_team(), name="Ada")


def page_of(user: Any, content: bytes, **more: str) -> tuple[int, str]:
    file = SimpleUploadedFile("brought", content)
    answer = make_browser(user).post(reverse("reports:verify"), {"pack": file} | more)
    return answer.status_code, answer.content.decode()


def verdict_of(user: Any, content: bytes, **more: str) -> Any:
    answer = make_client(user).post("/api/v1/verifications/", {"file": SimpleUploadedFile("x", content)} | more,
                                    format="multipart")  # fmt: skip
    return answer.status_code, answer.json()


def made_here(user: Any, team: Any, content: bytes) -> ReportRun:
    """A finished run on record that made exactly this PDF."""
    digest = storage.put(io.BytesIO(content)).digest
    run = ReportRun.objects.create(
        team=team, document="model-card", subject_kind="version", subject_id=1, subject_label="Desk answers v1",
        created_by=user, files=[{"form": "pdf", "digest": digest, "size": len(content), "pages": 1}],
        state=run_rules.SUCCEEDED, result={"files": {"pdf": digest}},
    )  # fmt: skip
    return run


def test_a_pack_of_ours_is_intact_and_ours(sealed, ada):
    status, text = page_of(ada, sealed.archive)
    assert status == 200
    assert "The pack is intact" in text
    assert "This organisation&#x27;s key, in use now." in text
    assert sealed.seal_key in text
    assert "documents/model-card.pdf" in text
    status, told = verdict_of(ada, sealed.archive)
    assert (status, told["kind"], told["is_intact"], told["is_ours"], told["problems"]) == (200, "pack", True, True, [])
    assert (told["seal"]["key"], told["seal"]["is_ours"]) == (sealed.seal_key, True)
    assert told["documents"]["documents/model-card.pdf"]["is_ours"] is True


def test_a_pdf_of_ours_says_who_signed_it_and_when(sealed, ada):
    status, text = page_of(ada, sealed.document)
    assert status == 200
    assert "The PDF is intact" in text
    assert "GenAIOps at" in text
    status, told = verdict_of(ada, sealed.document)
    assert (told["kind"], told["is_intact"], told["is_ours"], told["is_made_here"]) == ("pdf", True, True, False)
    (signature,) = told["signatures"]
    assert (signature["covers"], signature["problems"]) == (len(sealed.document), [])
    assert signature["signed_at"].startswith(AT.strftime("%Y-%m-%dT%H:%M:%S"))


def test_what_this_portal_made_is_named_and_linked_for_those_who_may_see_it(sealed):
    team, other = make_team(), make_team()
    olga, xena = make_person("engineer", team=team), make_person("engineer", team=other)
    run = made_here(olga, team, sealed.document)
    _, text = page_of(olga, sealed.document)
    assert reverse("reports:report-detail", args=[run.pk]) in text
    assert verdict_of(olga, sealed.document)[1]["report"] == run.pk
    _, text = page_of(xena, sealed.document)
    assert "This portal made it" in text
    assert "Desk answers" not in text
    told = verdict_of(xena, sealed.document)[1]
    assert (told["is_made_here"], told["report"]) == (True, None)


def test_an_unsigned_document_of_ours_is_recognised(sealed, ada):
    made_here(ada, make_team(), plain_pdf())
    _, text = page_of(ada, plain_pdf())
    assert "The PDF carries no signature" in text
    assert "Do not rely" not in text
    assert verdict_of(ada, plain_pdf())[1]["problems"] == ["it carries no signature"]


def test_what_differs_is_listed(sealed, ada):
    changed = bytearray(sealed.document)
    changed[300] ^= 1
    _, text = page_of(ada, bytes(changed))
    assert "Do not rely on this PDF" in text
    assert "It names this organisation&#x27;s key, but the signature does not hold." in text
    assert verdict_of(ada, bytes(changed))[1]["is_ours"] is False
    assert "the signed bytes were changed after they were signed" in text
    edited = stored_zip(again(sealed.files | {"documents/model-card.json": b"[]\n"}))
    _, text = page_of(ada, edited)
    assert "The pack was changed" in text
    assert "the manifest was edited after it was sealed" in text
    _, told = verdict_of(ada, sealed.document + b"\n")
    assert told["is_intact"] is False
    assert "an update of 1 bytes was appended" in told["problems"][0]


def test_another_key_is_not_called_ours(sealed, ada, settings, tmp_path):
    use_keys(settings, tmp_path)
    settings.SEAL_NAME = "Mallory"
    forged = sign_pdf(plain_pdf(), reason="Issued", signed_at=AT)
    SealCertificate.objects.filter(subject__contains="Mallory").delete()
    _, text = page_of(ada, forged)
    assert "It is signed with a key that is not ours" in text
    assert verdict_of(ada, forged)[1]["is_ours"] is False
    key = Ed25519PrivateKey.generate()
    own = {f"keys/trail-{key_id(key.public_key())}.pem": public_pem(key.public_key()).encode()}
    _, text = page_of(ada, stored_zip(again(sealed.files | own, key)))
    assert "It is sealed with a key that is not ours" in text


def test_the_key_that_was_given_decides(sealed, ada):
    certificate = SealCertificate.objects.get(retired_at=None).fingerprint
    assert "signed with the key you gave" in page_of(ada, sealed.document, key=certificate.upper())[1]
    assert "another than was expected" in page_of(ada, sealed.document, key="ab" * 32)[1]
    assert "none of those that were expected" in page_of(ada, sealed.archive, key="ab" * 32)[1]
    assert "sealed with the key you gave" in page_of(ada, sealed.archive, key=sealed.seal_key)[1]
    assert page_of(ada, sealed.archive, key="xyz")[0] == 422


def test_a_replaced_key_is_still_ours(sealed, ada):
    seal_rotate()
    _, text = page_of(ada, sealed.document)
    assert "since replaced by another" in text


@pytest.mark.parametrize("content", [b"GIF89a", b"PK\3\4 cut off", b"x" * 1_000])
def test_what_is_neither_is_refused(sealed, ada, content):
    status, text = page_of(ada, content)
    assert status == 422
    assert "This file cannot be checked" in text
    status, told = verdict_of(ada, content)
    assert (status, told["code"]) == (422, "verify.unreadable")
    assert verdict_of(ada, sealed.document, key="abc")[0] == 422


def test_the_keys_and_the_program_are_public(sealed):
    nobody = Client()
    row = SealCertificate.objects.get(retired_at=None)
    text = nobody.get(reverse("reports:keys")).content.decode()
    assert row.fingerprint in text
    assert sealed.seal_key in text
    file = nobody.get(reverse("reports:certificate", args=[row.fingerprint]))
    assert (file.content.decode(), file.headers["Content-Type"]) == (row.pem, "application/x-pem-file")
    assert nobody.get(reverse("reports:certificate", args=["0" * 64])).status_code == 404
    assert nobody.get(reverse("reports:verify-program")).content.startswith(b"#!/usr/bin/env python3")
    told = nobody.get("/api/v1/signing-keys/").json()
    assert [one["fingerprint"] for one in told["certificates"]] == [row.fingerprint]
    assert sealed.seal_key in [one["id"] for one in told["seals"]]


def test_checking_asks_for_a_sign_in(sealed):
    assert Client().get(reverse("reports:verify")).status_code == 302
    assert Client().post("/api/v1/verifications/", {}).status_code == 401


def test_the_keys_page_says_so_where_nothing_was_signed_yet(db, settings, tmp_path):
    use_keys(settings, tmp_path)
    SealCertificate.objects.all().delete()
    text = Client().get(reverse("reports:keys")).content.decode()
    assert "No document was signed yet" in text


def test_a_pack_that_takes_longer_than_somebody_should_wait_is_for_the_program(sealed, ada, monkeypatch):
    monkeypatch.setattr(
        "apps.reports.rules.verify_pack.contents.proof_problems", lambda *told: pytest.fail("a signature was checked")
    )
    proof = json.loads(sealed.files["trail/proof.json"])
    proof["checkpoints"] *= 1_000
    many = stored_zip(again(sealed.files | {"trail/proof.json": pretty_json(proof)}))
    status, told = verdict_of(ada, many)
    assert (status, told["code"]) == (422, "verify.too_costly")
    assert "2000 checkpoints of its audit trail would take longer than somebody should wait" in str(told)
    assert "would take longer than somebody should wait" in page_of(ada, many)[1]
    assert "python3 -I verify_pack.py FILE" in str(told)


def test_a_pack_whose_record_is_larger_than_the_portal_reads_is_for_the_program(sealed, ada, monkeypatch):
    names = ("snapshot.json", "trail/proof.json", "manifest.json", "manifest.seal.json")
    enough = sum(len(sealed.files[name]) for name in names)
    monkeypatch.setattr("apps.reports.queries.verifying.MOST_JSON", enough - 1)
    status, told = verdict_of(ada, sealed.archive)
    assert (status, told["code"]) == (422, "verify.too_costly")
    assert "the record in it is larger than what is read here" in str(told)
    monkeypatch.setattr("apps.reports.queries.verifying.MOST_JSON", enough)
    assert verdict_of(ada, sealed.archive)[1]["is_intact"] is True


def test_a_document_that_takes_longer_than_somebody_should_wait_is_for_the_program(sealed, ada, monkeypatch):
    monkeypatch.setattr("apps.reports.queries.verifying.MOST_STEPS", 0.1)
    status, told = verdict_of(ada, sealed.document)
    assert (status, told["code"]) == (422, "verify.too_costly")


@pytest.mark.parametrize(
    "told",
    [
        {"subject": "\ud800"},
        {"format": "\ud800"},
        {"generated_at": "0001-01-01T00:00:00+14:00"},
        {"generated_at": "9999-12-31T23:59:59-14:00"},
    ],
)
def test_words_and_times_that_cannot_be_written_are_no_fault_of_the_page(sealed: Sealed, ada: Any, told: Any) -> None:
    manifest = json.dumps(json.loads(sealed.files["manifest.json"]) | told).encode()
    brought = stored_zip(sealed.files | {"manifest.json": manifest})
    assert page_of(ada, brought)[0] == 200
    answer = make_client(ada).post(
        "/api/v1/verifications/", {"file": SimpleUploadedFile("p", brought)}, format="multipart"
    )
    assert answer.status_code == 200 and not answer.json()["is_intact"]
