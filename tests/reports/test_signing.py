"""Signing documents: with a key of our own making, a file, or a security device; with and without a time stamp."""

import asyncio
import base64
import importlib.util
import os
import shutil
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from io import BytesIO, StringIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import pkcs12
from django.conf import LazySettings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from apps.audit.models import AuditEntry
from apps.core.errors import Conflict, Invalid, Unavailable
from apps.reports.models import SealCertificate
from apps.reports.rules.verify_pack import check_pdf
from apps.reports.services import signing, stamping
from apps.reports.services.keys import key_pair, seal_rotate
from apps.reports.services.signing import sign_pdf
from genaiops_site.time_stamps import check_time_stamps
from tests.reports.sealing import AT, OK, Checker, plain_pdf, use_keys
from tests.reports.time_stamps import authority, certify, make_key, private_pem

pytestmark = pytest.mark.django_db
HSM = Path(os.environ.get("SOFTHSM2_MODULE", "/usr/lib/softhsm/libsofthsm2.so"))
HSM_TOOL = os.environ.get("SOFTHSM2_UTIL") or shutil.which("softhsm2-util")
HAS_HSM = HSM.exists() and HSM_TOOL and importlib.util.find_spec("pkcs11") is not None


@pytest.fixture(autouse=True)
def folder(settings: LazySettings, tmp_path: Path) -> Path:
    use_keys(settings, tmp_path)
    return tmp_path


def signed(**more: Any) -> bytes:
    return sign_pdf(plain_pdf(), **{"reason": "Issued by the organisation", "signed_at": AT} | more)


def bring(settings: LazySettings, folder: Path, content: bytes, password: str = "") -> None:
    """A key file of the organisation's own."""
    path = folder / "own-key"
    path.write_bytes(content)
    settings.SEAL_KEY_FILE, settings.SEAL_KEY_IS_OWN, settings.SEAL_KEY_PASSWORD = str(path), False, password


def test_the_first_document_makes_the_key_and_publishes_its_certificate(folder):
    made = signed()
    key = folder / "keys" / "document-signing.pem"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    row = SealCertificate.objects.get()
    assert check_pdf(made).signatures[0].fingerprint == row.fingerprint
    assert (row.origin, row.retired_at, row.is_self_made, row.algorithm) == ("own", None, True, "RSA, 3072 bits")
    assert "PRIVATE" not in row.pem
    assert AuditEntry.objects.get(action="seal.certify").data["fingerprint"] == row.fingerprint
    signed()
    assert SealCertificate.objects.count() == AuditEntry.objects.filter(action="seal.certify").count() == 1


def test_the_same_document_reason_and_time_give_the_same_bytes():
    assert signed() == signed()
    assert signed() != signed(reason="Another reason")


def test_a_thread_that_has_an_event_loop_signs_too():
    with signing._key_held() as held:

        async def in_a_loop() -> bytes:
            return signing._signed(plain_pdf(), held, "Issued by the organisation", AT)

        if asyncio._get_running_loop() is None:  # a browser test of this process may have left one
            assert asyncio.run(in_a_loop()) == signed()


def test_pyhanko_finds_the_signature_sound_and_the_document_closed_to_changes():
    made = signed()
    (found,) = PdfFileReader(BytesIO(made)).embedded_signatures
    trusted = ValidationContext(trust_roots=[found.signer_cert])
    with ThreadPoolExecutor(1) as hand:  # a browser test of this process may have left an event loop in this thread
        status = hand.submit(validate_pdf_signature, found, trusted).result()
    assert status.bottom_line, status.pretty_print_details()
    assert status.coverage.name == "ENTIRE_FILE"
    assert found.sig_object["/SubFilter"] == "/ETSI.CAdES.detached"
    assert found.docmdp_level.name == "NO_CHANGES"


@pytest.mark.parametrize("kind", ["rsa", "ed25519", "P-256", "P-384", "P-521"])
def test_a_key_file_of_the_organisation_is_used_with_its_chain(settings, folder, tmp_path, kind):
    authority_key, key = make_key("P-256"), make_key(kind)
    root = certify(authority_key, "Example authority")
    own = certify(key, "Example seal", by=(authority_key, root))
    bring(settings, folder, private_pem(key) + own.public_bytes(serialization.Encoding.PEM)
          + root.public_bytes(serialization.Encoding.PEM))  # fmt: skip
    made = signed()
    row = SealCertificate.objects.get()
    assert (row.origin, row.is_self_made) == ("file", False)
    assert row.pem.count("BEGIN CERTIFICATE") == 2
    code, said = Checker(tmp_path)(made, "--key", row.fingerprint)
    assert code == OK
    assert "Signed by: Example seal, Example AG" in said
    assert made == signed()


@pytest.mark.parametrize("password", ["", "one two"])
def test_a_pkcs12_file_is_used(settings, folder, password):
    key = make_key("rsa")
    lock = serialization.BestAvailableEncryption(password.encode()) if password else serialization.NoEncryption()
    content = pkcs12.serialize_key_and_certificates(b"seal", key, certify(key, "Example seal"), None, lock)
    bring(settings, folder, content, password)
    assert check_pdf(signed()).signatures[0].holder == "Example seal"


def test_a_locked_pem_file_is_opened_with_its_password(settings, folder):
    key = make_key("P-256")
    pem = private_pem(key, "one two") + certify(key, "Example seal").public_bytes(serialization.Encoding.PEM)
    bring(settings, folder, pem, "one two")
    assert check_pdf(signed()).problems == []
    bring(settings, folder, pem, "another")
    with pytest.raises(Unavailable, match="its password is another one"):
        signed()


def _without_certificate() -> bytes:
    return private_pem(make_key("rsa"))


def _of_another_key() -> bytes:
    return private_pem(make_key("rsa")) + certify(make_key("rsa"), "x").public_bytes(serialization.Encoding.PEM)


@pytest.mark.parametrize("content", [lambda: b"", lambda: b"rubbish", _without_certificate, _of_another_key])
def test_a_key_file_that_cannot_be_used_is_named_without_what_is_in_it(settings, folder, content):
    bring(settings, folder, content())
    with pytest.raises(Unavailable) as refused:
        signed()
    assert refused.value.code == "seal.no_key"
    assert "PRIVATE" not in str(refused.value)
    (folder / "own-key").unlink()
    with pytest.raises(Unavailable, match="cannot be opened"):
        signed()


def test_an_expired_certificate_signs_nothing(settings, folder):
    key = make_key("rsa")
    own = certify(key, "Example seal", starts=-20, ends=-10).public_bytes(serialization.Encoding.PEM)
    bring(settings, folder, private_pem(key) + own)
    with pytest.raises(Unavailable, match="the certificate was not valid at"):
        signed()


@pytest.mark.parametrize("content", [b"", b"rubbish", b"%PDF-1.7\nnothing", plain_pdf()[:500]])
def test_what_is_no_pdf_is_refused(content):
    with pytest.raises(Invalid, match="no PDF that can be signed"):
        sign_pdf(content, reason="Issued", signed_at=AT)


def test_a_time_stamp_is_fetched_and_verified(settings, tmp_path):
    with authority() as tsa:
        settings.SEAL_TIMESTAMP_URL = tsa.url
        before = datetime.now(UTC)
        made = signed()
        after = datetime.now(UTC)
        assert tsa.asked == 1
    (one,) = check_pdf(made).signatures
    assert (one.problems, one.stamp.problems, one.stamp.authority.holder) == ([], [], "Test time stamps")
    assert before.replace(microsecond=0) <= one.stamp.at <= after  # its own clock, not the time that we told
    code, said = Checker(tmp_path)(made)
    assert code == OK
    assert "time stamp of Test time stamps" in said


def test_a_time_stamp_that_was_put_in_from_another_document_is_named(settings):
    """It stands outside of what is signed, so anybody could exchange it: it must be over this very signature."""
    with authority() as tsa:
        settings.SEAL_TIMESTAMP_URL = tsa.url
        tsa.breaks = "other"
        with pytest.raises(Unavailable, match="it was made for another signature"):
            signed()


@pytest.mark.parametrize("breaks", ["status", "rubbish", "large", "page", "elsewhere"])
def test_without_its_time_stamp_nothing_is_signed(settings, breaks):
    with authority() as tsa:
        settings.SEAL_TIMESTAMP_URL, tsa.breaks = tsa.url, breaks
        with pytest.raises(Unavailable) as refused:
            signed()
        assert tsa.asked == 1
    assert refused.value.code == "seal.no_time_stamp"


def test_no_more_is_read_of_an_answer_than_one_may_have(settings, monkeypatch):
    taken: list[int] = []
    read = httpx.Response.iter_raw

    def counted(answer, *more):
        for block in read(answer, *more):
            taken.append(len(block))
            yield block

    monkeypatch.setattr(httpx.Response, "iter_raw", counted)
    with authority() as tsa:
        settings.SEAL_TIMESTAMP_URL, tsa.breaks = tsa.url, "large"
        with pytest.raises(Unavailable):
            signed()
    assert 0 < sum(taken) <= 3 * stamping.MOST_ANSWER


def test_an_answer_that_takes_too_long_in_all_is_left(settings, monkeypatch):
    with authority() as tsa:
        settings.SEAL_TIMESTAMP_URL = tsa.url
        monkeypatch.setattr(stamping, "time", SimpleNamespace(monotonic=iter([0.0, 60.0]).__next__))
        with pytest.raises(Unavailable) as refused:
            signed()
    assert refused.value.code == "seal.no_time_stamp"


def test_neither_proxies_nor_passwords_of_the_surroundings_are_used(settings, monkeypatch, folder):
    (folder / "netrc").write_text("machine 127.0.0.1 login somebody password secret\n")
    monkeypatch.setenv("NETRC", str(folder / "netrc"))
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9/")
    with authority() as tsa:
        settings.SEAL_TIMESTAMP_URL = tsa.url
        assert check_pdf(signed()).problems == []
        assert "Authorization" not in tsa.headers
        settings.SEAL_TIMESTAMP_USER, settings.SEAL_TIMESTAMP_PASSWORD = "us", "one:two"
        signed()
        assert tsa.headers["Authorization"] == f"Basic {base64.b64encode(b'us:one:two').decode()}"


@pytest.mark.parametrize(
    ("url", "user"),
    [("http://host/", "us"), ("http://us:pw@host/", ""), ("ftp://host/", ""), ("host", ""), ("https://", "")],
)
def test_an_account_is_told_over_https_only(url, user):
    with pytest.raises(ImproperlyConfigured) as refused:
        check_time_stamps(url, user)
    assert "pw" not in str(refused.value)


def may_be_set(url: str, user: str) -> bool:
    try:
        check_time_stamps(url, user)
    except ImproperlyConfigured:
        return False
    return True


def test_addresses_of_time_stamp_servers_that_may_be_set():
    told = {
        ("", "us"): True,
        ("https://us:pw@host/tsa", ""): True,
        ("https://host/tsa", "us"): True,
        ("http://host:81/", ""): True,
        ("http://host:81/", "us"): False,
    }
    assert {one: may_be_set(*one) for one in told} == told


def test_a_time_stamp_server_that_is_not_there_is_named(settings):
    settings.SEAL_TIMESTAMP_URL = "http://127.0.0.1:9/"
    with pytest.raises(Unavailable) as refused:
        signed()
    assert refused.value.code == "seal.no_time_stamp"


def test_a_rotated_key_signs_what_comes_and_the_old_one_stays_published():
    before = signed()
    old = SealCertificate.objects.get()
    new = seal_rotate()
    old.refresh_from_db()
    assert old.retired_at is not None
    assert new.retired_at is None
    after = signed()
    assert check_pdf(before).signatures[0].fingerprint == old.fingerprint
    assert check_pdf(after).signatures[0].fingerprint == new.fingerprint
    assert SealCertificate.objects.count() == 2


def test_a_key_that_is_not_ours_is_not_rotated(settings, folder):
    bring(settings, folder, b"x")
    with pytest.raises(Conflict) as refused:
        seal_rotate()
    assert refused.value.code == "seal.key_is_yours"


def test_the_command_prints_the_certificate_and_rotates_it(settings):
    out, err = StringIO(), StringIO()
    call_command("seal_key", stdout=out, stderr=err)
    row = SealCertificate.objects.get()
    assert (out.getvalue(), row.fingerprint in err.getvalue()) == (row.pem, True)
    call_command("seal_key", "--rotate", stdout=StringIO(), stderr=StringIO())
    assert key_pair().certificate.public_bytes(serialization.Encoding.PEM).decode() != row.pem
    settings.SEAL_KEY_IS_OWN, settings.SEAL_KEY_FILE = False, "/nowhere/key.pem"
    with pytest.raises(CommandError, match="SEAL_KEY_FILE"):
        call_command("seal_key", stdout=StringIO(), stderr=StringIO())


def test_a_device_that_is_not_there_is_named(settings):
    settings.SEAL_PKCS11_MODULE = "/nowhere/libdevice.so"
    with pytest.raises(Unavailable) as refused:
        signed()
    assert refused.value.code == "seal.no_token"


@pytest.mark.skipif(
    not HAS_HSM, reason=f"there is no SoftHSM at {HSM} (SOFTHSM2_MODULE), or no python-pkcs11: apt install softhsm2"
)
def test_a_key_on_a_security_device_signs_and_never_leaves_it(settings, folder, monkeypatch):
    import pkcs11

    tokens = folder / "tokens"
    tokens.mkdir()
    (folder / "softhsm2.conf").write_text(f"directories.tokendir = {tokens}\n")
    monkeypatch.setenv("SOFTHSM2_CONF", str(folder / "softhsm2.conf"))
    certificate = _put_on_device(pkcs11, make_key("rsa"))
    settings.SEAL_PKCS11_MODULE, settings.SEAL_PKCS11_TOKEN = str(HSM), "seal"
    settings.SEAL_PKCS11_LABEL, settings.SEAL_PKCS11_PIN = "own", "1234"
    assert check_pdf(signed()).signatures[0].holder == "Example device"
    row = SealCertificate.objects.get()
    assert (row.origin, row.pem) == ("token", certificate.public_bytes(serialization.Encoding.PEM).decode())
    assert signed() == signed()
    settings.SEAL_PKCS11_PIN = "9999"
    with pytest.raises(Unavailable, match="PinIncorrect"):
        signed()


def _put_on_device(pkcs11: Any, key: Any) -> Any:
    """What an administrator does once: initialise the token, and put key and certificate on it."""
    from pkcs11.util.rsa import decode_rsa_private_key
    from pkcs11.util.x509 import decode_x509_certificate

    made = ["--init-token", "--free", "--label", "seal", "--so-pin", "0000", "--pin", "1234", "--module", str(HSM)]
    subprocess.run([str(HSM_TOOL), *made], check=True, capture_output=True, timeout=60)
    library = pkcs11.lib(str(HSM))
    certificate = certify(key, "Example device")
    der, form = serialization.Encoding.DER, serialization.PrivateFormat.TraditionalOpenSSL
    private = decode_rsa_private_key(key.private_bytes(der, form, serialization.NoEncryption()))
    public = decode_x509_certificate(certificate.public_bytes(der))
    with library.get_token(token_label="seal").open(rw=True, user_pin="1234") as session:
        for told in (private, public):
            session.create_object({pkcs11.Attribute.TOKEN: True, pkcs11.Attribute.LABEL: "own"} | told)
    return certificate


def test_the_site_does_not_load_pyhanko():
    code = "import genaiops_site.asgi, django; django.setup(); import sys; sys.exit('pyhanko' in sys.modules)"
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "genaiops_site.settings"}
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=120, env=environment).returncode == 0
