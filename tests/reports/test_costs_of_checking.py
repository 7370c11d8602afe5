"""What a check of somebody else's file may cost: steps and bytes are counted before they are spent."""

import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from django.conf import LazySettings

from apps.core.errors import Conflict
from apps.reports.rules.pack import pretty_json
from apps.reports.rules.verify_pack import TooCostly, Verdict, at_most, check_pdf
from apps.reports.rules.verify_pack.contents import ENTRY_STEPS, KEY_STEPS, _entries, _spend_on
from apps.reports.rules.verify_pack.ed25519 import TABLES
from apps.reports.rules.verify_pack.verdicts import read_json
from apps.reports.services.packing import pack_documents
from apps.reports.services.signing import sign_pdf
from tests.reports.sealing import AT, facts_of_trail, plain_pdf, use_keys
from tests.reports.time_stamps import certify, make_key, private_pem

MUCH = 64 * 1024**2


def proof_of(checkpoints: int, keys: int) -> dict[str, list[dict[str, str]]]:
    return {"checkpoints": [{"key": str(number % keys)} for number in range(checkpoints)]}


def is_within(steps: float, lines: bytes, proof: dict[str, list[dict[str, str]]]) -> bool:
    try:
        with at_most(steps, MUCH):
            _spend_on(lines, proof)
    except TooCostly:
        return False
    return True


def test_signatures_entries_and_keys_count_in_advance() -> None:
    assert is_within(630 + KEY_STEPS, b"", proof_of(900, 1))
    assert not is_within(630, b"", proof_of(900, 1))
    many = 630 + (TABLES + 1) * KEY_STEPS
    assert not is_within(many, b"", proof_of(900, TABLES + 1)), "keys whose tables are not kept cost anew each time"
    assert not is_within(1_000 * ENTRY_STEPS, b"{}\n" * 1_001, proof_of(0, 1))
    assert is_within(1_000 * ENTRY_STEPS + 5, b"{}\n" * 1_001, proof_of(0, 1))


def test_outside_of_a_bound_nothing_is_counted() -> None:
    costly, content = proof_of(10_000, 10_000), b'{"a": 1}'
    _spend_on(b"", costly)
    assert not is_within(1, b"", costly)
    _spend_on(b"", costly)  # the bound is gone with its block, though it was overstepped
    with at_most(1, 1), pytest.raises(TooCostly):
        read_json(content, "a", Verdict())
    assert read_json(content, "a", Verdict()) == {"a": 1}


@pytest.mark.django_db
@pytest.mark.parametrize(("kind", "enough"), [("rsa", 1.5), ("P-256", 6), ("P-521", 22), ("ed25519", 10)])
def test_a_signature_costs_what_its_key_asks_for(
    settings: LazySettings, tmp_path: Path, kind: str, enough: float
) -> None:
    use_keys(settings, tmp_path)
    key, path = make_key(kind), tmp_path / "own"
    path.write_bytes(private_pem(key) + certify(key, "Example").public_bytes(serialization.Encoding.PEM))
    settings.SEAL_KEY_FILE, settings.SEAL_KEY_IS_OWN = str(path), False
    made = sign_pdf(plain_pdf(), reason="Issued", signed_at=AT)
    with at_most(enough, MUCH):
        assert check_pdf(made).problems == []
    with at_most(0.1, MUCH), pytest.raises(TooCostly, match="checking its signatures"):
        check_pdf(made)


def test_a_document_that_claims_many_signatures_costs_its_reading_each_time() -> None:
    claims = b"%PDF-1.7\n" + b"/ByteRange [0 9 9 9]" * 8 + bytes(1024**2) + b"%%EOF"
    with at_most(5, MUCH), pytest.raises(TooCostly, match="as often as it claims signatures"):
        check_pdf(claims)


def test_json_is_read_up_to_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("apps.reports.rules.verify_pack.verdicts.MOST_JSON_BYTES", 10)
    verdict = Verdict()
    assert read_json(b'{"a": 12345}', "snapshot.json", verdict) is None
    assert verdict.problems == ["snapshot.json: is larger than the 10 bytes that are read of it"]
    with at_most(10, 12), pytest.raises(TooCostly):
        read_json(b'{"a": 1}', "a", Verdict())
        read_json(b'{"a": 1}', "b", Verdict())


def test_a_number_of_a_million_digits_is_never_computed() -> None:
    limit, verdict = sys.get_int_max_str_digits(), Verdict()
    sys.set_int_max_str_digits(0)  # as on the first releases of Python 3.9
    try:
        assert read_json(b'{"a": ' + b"9" * 1_000_000 + b"}", "snapshot.json", verdict) is None
        with pytest.raises(ValueError, match="more than 4300 digits"):
            next(_entries(b'{"a": ' + b"9" * 1_000_000 + b"}\n"))
    finally:
        sys.set_int_max_str_digits(limit)
    assert verdict.problems == ["snapshot.json: is not valid JSON"]


def test_many_small_values_cost_more_than_their_bytes() -> None:
    text, lists = b'"' + b"x" * 3_000_000 + b'"', b"[" + b"[]," * 1_000_000 + b"[]]"
    with at_most(100, MUCH):
        assert read_json(text, "a", Verdict()) is not None
    with at_most(100, MUCH), pytest.raises(TooCostly, match="reading a would take longer"):
        read_json(lists, "a", Verdict())
    assert not is_within(100, lists, proof_of(0, 1)), "lines are counted too"


def test_lines_of_json_are_read_one_by_one_up_to_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("apps.reports.rules.verify_pack.contents.MOST_LINE_BYTES", 10)
    lines = _entries(b'{"a": 1}\n{"a": 12345}\nnever read')
    assert next(lines) == {"a": 1}
    with pytest.raises(ValueError, match="longer than 10 bytes"):
        next(lines)


@pytest.mark.django_db
def test_no_pack_is_made_that_the_program_would_not_read(
    settings: LazySettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_keys(settings, tmp_path)
    monkeypatch.setattr("apps.reports.rules.verify_pack.verdicts.MOST_JSON_BYTES", 1_000)
    with pytest.raises(Conflict, match="is larger than the 1000 bytes that are read of it"):
        pack_documents(snapshot=pretty_json(facts_of_trail()), documents={}, made_at=AT)
