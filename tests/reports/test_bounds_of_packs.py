"""A pack stays within what the program in it reads, however long the record is, and none is handed out unchecked."""

import io
import json
import zipfile
from pathlib import Path

import pytest
from django.conf import LazySettings

from apps.core.errors import Conflict
from apps.reports.rules.pack import Archive, pretty_json, rows_by_kind, unsound
from apps.reports.rules.packing import Cited
from apps.reports.rules.verify_pack import MOST_FILES
from apps.reports.services import packing
from apps.reports.services.packing import pack_documents, refuse_unsound
from tests.reports.format_1 import archive_1
from tests.reports.sealing import AT, OK, Checker, facts_of_trail, plain_pdf, use_keys

MANY = MOST_FILES + 500


@pytest.mark.django_db
def test_a_record_of_thousands_of_runs_gives_a_pack_that_holds(settings: LazySettings, tmp_path: Path) -> None:
    use_keys(settings, tmp_path)
    facts = facts_of_trail()
    facts["versions"][0]["drift"] = [{"id": number, "share": 0.25} for number in range(MANY)]
    facts["versions"].append({"id": 2, "evaluations": [{"id": 7, "score": 0.5}, {"id": 8, "score": 0.75}]})
    made = pack_documents(snapshot=pretty_json(facts), documents={"a.json": b"{}"}, made_at=AT)
    assert Checker(tmp_path)(made.data)[0] == OK
    with zipfile.ZipFile(io.BytesIO(made.data)) as opened:
        drift = [json.loads(line) for line in opened.read("evidence/drift.jsonl").splitlines()]
        runs = [json.loads(line) for line in opened.read("evidence/evaluations.jsonl").splitlines()]
    assert drift == facts["versions"][0]["drift"]
    assert [run["id"] for run in runs] == [7, 8], "the run that two versions share stands there once"


def test_kinds_without_rows_have_no_file() -> None:
    assert rows_by_kind({"drift": [], "scans": [{"id": 1}]}) == {"scans.jsonl": b'{"id": 1}\n'}


@pytest.mark.django_db
def test_a_pack_that_does_not_hold_is_not_handed_out(settings: LazySettings, tmp_path: Path) -> None:
    use_keys(settings, tmp_path)
    unsigned = {"card.pdf": plain_pdf()}
    with pytest.raises(Conflict, match=r"documents/card\.pdf: it carries no signature") as refused:
        pack_documents(snapshot=pretty_json(facts_of_trail()), documents=unsigned, made_at=AT)
    assert refused.value.code == "pack.unsound"


def test_what_does_not_hold_is_told_for_format_1() -> None:
    files = {f"evidence/{number}.json": b"{}" for number in range(MANY)}
    made = archive_1(files)
    with pytest.raises(Conflict, match="a pack never has more than 2000"):
        refuse_unsound(made)
    assert "it is no ZIP archive" in unsound(Archive(b"PK", made.manifest_digest))


def test_cited_files_beyond_the_bound_are_named_as_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packing, "MOST_EVIDENCE_FILES", 2)
    monkeypatch.setattr(packing, "_content", lambda file, most: (b"x", ""))
    found, left_out = packing._cited([Cited(digit * 64, "a.txt", digit) for digit in "abc"])
    assert sorted(found) == ["a" * 64 + ".txt", "b" * 64 + ".txt"]
    assert [(row["label"], row["because"]) for row in left_out] == [("c", packing.TOO_MANY)]
