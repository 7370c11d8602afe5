"""What newer scans look for, as the checklist tells it, and what an older scan says instead."""

from typing import Any

import pytest

from apps.catalog.models import ScanRun
from apps.catalog.services import dataset_settings_set
from apps.checklist.queries import findings_for
from apps.checklist.rules import MEASURED, UNKNOWN
from apps.checklist.rules.findings import ASKS, BLOCKS
from tests.checklist.conftest import World
from tests.stories import make_dataset_version, make_scan, scan_result

COMMON = {"method": "Looked.", "versions": {}, "rows_scanned": 10, "error_rate": "Some are missed.", "digest": "a" * 64}
TRIGGER = {"text": "zqvorm", "kind": "label", "column": "label", "target": "positive", "hits": 6}


def poisoned(**signals: int) -> dict[str, Any]:
    found = [TRIGGER] if signals.get("triggers") else []
    return COMMON | {"signals": signals, "statement": "Said.", "triggers": {"found": found}}


CLEAN: dict[str, dict[str, Any]] = {
    "poisoning": poisoned(triggers=0, labels=3, outliers=0, injection=0, shift=0),
    "generated": COMMON | {"estimate": 0.1, "low": 0.0, "high": 0.6, "statement": "Said.", "agreement": "agrees"},
    "markers": COMMON | {"findings": [], "rows": 0, "protected": []},
    "secrets": COMMON | {"total": 0, "rows": 0, "by_entity": {}},
    "special_categories": COMMON | {"total": 0, "rows": 0, "by_entity": {}},
    "overlap": COMMON | {"references": [{"label": "Quiz v1", "contaminated": {"count": 0}, "comparable": 9}]},
    "integrity": COMMON | {"compromised": False, "statement": "All 2 stored chunks have their digests."},
}
COLLECTORS = ("poisoning", "generated", "markers", "sensitive", "contamination")


def found(world: World, name: str, **sections: dict[str, Any]) -> Any:
    make_scan(world.people.olga, world.data, scan_result(rows=10) | CLEAN | sections)
    return next(f for f in findings_for(world.version)[f"dataset.{name}"] if f.subject_id == str(world.data.pk))


@pytest.mark.parametrize("name", COLLECTORS)
def test_an_old_scan_says_that_it_did_not_look(world: World, name: str) -> None:
    finding = findings_for(world.version)[f"dataset.{name}"][0]
    assert finding.status == UNKNOWN and finding.summary.endswith("not looked for by this scan; scan again.")
    assert ASKS not in finding.value


@pytest.mark.parametrize("name", COLLECTORS)
def test_a_clean_scan_is_measured_and_asks_nothing(world: World, name: str) -> None:
    finding = found(world, name)
    assert finding.status == MEASURED and ASKS not in finding.value and BLOCKS not in finding.value


ASKING: list[tuple[str, str, dict[str, Any], str]] = [
    ("poisoning", "poisoning", poisoned(triggers=1), "“••••••” with label “positive” in 6 rows"),
    ("poisoning", "poisoning", poisoned(injection=2), "10 rows looked at"),
    ("generated", "generated", CLEAN["generated"] | {"agreement": "disagrees"}, "Said."),
    (
        "markers",
        "markers",
        COMMON | {"rows": 2, "findings": [{"kind": "classified", "label": "Classification banners", "rows": 2}]},
        "Classification banners in 2 rows",
    ),
    (
        "markers",
        "markers",
        COMMON | {"rows": 0, "protected": [{"label": "Our handbook", "passages": 3, "rows": 1}]},
        "passages of Our handbook in 1 row",
    ),
    ("sensitive", "secrets", COMMON | {"total": 2, "rows": 1, "by_entity": {"API_KEY": 2}}, "api key 2"),
    (
        "contamination",
        "overlap",
        COMMON | {"references": [{"label": "Questions v1", "contaminated": {"count": 4}, "comparable": 9}]},
        "4 of 9 of Questions v1",
    ),
]


@pytest.mark.parametrize(("name", "section", "part", "words"), ASKING)
def test_what_was_found_asks_for_a_word(
    world: World, name: str, section: str, part: dict[str, Any], words: str
) -> None:
    finding = found(world, name, **{section: part})
    assert ASKS in finding.value and words in finding.summary


def test_a_changed_chunk_blocks(world: World) -> None:
    part = COMMON | {"compromised": True, "statement": "1 of 2 stored chunks were changed."}
    finding = found(world, "integrity", integrity=part)
    assert "1 of 2 stored chunks were changed." in finding.value[BLOCKS]


def test_where_triggers_were_searched_for_nothing_else_is_said(world: World) -> None:
    assert "Nobody searched" not in found(world, "duplicates").summary
    assert "nobody searched" not in found(world, "integrity").summary


def test_integrity_says_when_the_bytes_were_last_read(world: World) -> None:
    part = CLEAN["integrity"] | {"checked": 2, "commits_checked": 3}
    finding = found(world, "integrity", integrity=part)
    scan = world.data.scans.latest("pk")
    when = f"{scan.finished_at:%Y-%m-%d at %H:%M} UTC (scan {scan.pk})"
    assert f"last read again on {when}: every piece of the file still matches" in finding.summary
    assert "the record of 3 versions up to this one" in finding.summary and "chunk" not in finding.summary
    assert found(world, "integrity", integrity=part).subject_digest == finding.subject_digest, "the time is no finding"


def test_languages_of_the_rows_are_told_with_those_that_nobody_searched_in(world: World) -> None:
    languages = [{"code": "en", "name": "English", "rows": 8}, {"code": "de", "name": "German", "rows": 1}]
    before = found(world, "pii")
    finding = found(world, "pii", text=COMMON | {"language": {"languages": languages}})
    assert "Language of the rows: English 80.0 %, German 10.0 %, too short or unsure 10.0 %." in finding.summary
    assert "were not looked for: German. Scan again with this language." in finding.summary
    assert finding.value["languages"] == {"en": 0.8, "de": 0.1} and finding.subject_digest != before.subject_digest


def test_a_second_scan_with_the_same_findings_changes_no_digest(world: World) -> None:
    first = {name: found(world, name).subject_digest for name in COLLECTORS}
    assert first == {name: found(world, name).subject_digest for name in COLLECTORS}
    other = found(world, "markers", markers=CLEAN["markers"] | {"digest": "b" * 64})
    assert other.subject_digest != first["markers"]


NOTHING_TOLD: list[tuple[str, dict[str, Any], str]] = [
    ("contamination", {"overlap": COMMON | {"references": [], "compared": False}}, "Mark a dataset as evaluation set"),
    (
        "contamination",
        {"overlap": COMMON | {"references": [{"label": "Quiz v1", "contaminated": {"count": 0}, "comparable": 0}]}},
        "no example of Quiz v1 is long enough",
    ),
    ("generated", {"generated": CLEAN["generated"] | {"low": 0.0, "high": 1.0}}, "Said."),
    ("generated", {"generated": CLEAN["generated"] | {"estimate": None}}, "Said."),
]


@pytest.mark.parametrize(("name", "sections", "words"), NOTHING_TOLD)
def test_a_scan_that_could_tell_nothing_is_not_called_a_measurement(
    world: World, name: str, sections: dict[str, Any], words: str
) -> None:
    finding = found(world, name, **sections)
    assert finding.status == UNKNOWN and words in finding.summary


def test_secrets_without_special_categories_are_half_an_answer(world: World) -> None:
    make_scan(world.people.olga, world.data, {"digest": "1" * 64, "secrets": CLEAN["secrets"]})
    finding = of(world, "sensitive")
    assert finding.status == UNKNOWN and "special categories of personal data: not looked for" in finding.summary


def test_secrets_in_a_part_of_the_rows_or_columns_are_half_an_answer(world: World) -> None:
    ScanRun.objects.filter(dataset_version=world.data).delete()
    sample = CLEAN | {"secrets": CLEAN["secrets"] | {"rows_scanned": 4}}
    make_scan(world.people.olga, world.data, scan_result(rows=10) | sample)
    finding = of(world, "sensitive")
    assert finding.status == UNKNOWN and "Only a part of the rows was searched." in finding.summary
    assert "Looked at: a sample of 4 of 10 rows." in finding.summary
    ScanRun.objects.filter(dataset_version=world.data).delete()
    make_scan(world.people.olga, world.data, scan_result(rows=10) | CLEAN | {"columns": ["answer"]})
    for name in COLLECTORS:
        finding = of(world, name)
        assert finding.status == UNKNOWN and finding.summary.endswith("Not looked into: question.")


def of(world: World, name: str) -> Any:
    return next(f for f in findings_for(world.version)[f"dataset.{name}"] if f.subject_id == str(world.data.pk))


def test_a_scan_of_fewer_checks_hides_nothing_that_another_found(world: World) -> None:
    before = {name: found(world, name) for name in COLLECTORS} | {"pii": of(world, "pii")}
    first = world.data.scans.latest("pk")
    again = make_scan(world.people.olga, world.data, {"digest": "1" * 64, "secrets": CLEAN["secrets"]})
    after = {name: of(world, name) for name in before}
    assert {name: f.subject_digest for name, f in after.items()} == {n: f.subject_digest for n, f in before.items()}
    assert {f.status for f in after.values()} == {MEASURED}
    assert after["pii"].method.startswith(f"Scan {first.pk}:")
    assert after["sensitive"].method == f"Scan {again.pk}: Looked. Scan {first.pk}: Looked."
    assert after["sensitive"].value["scans"] == [first.pk, again.pk]


def test_a_newer_scan_of_the_same_check_takes_the_place_of_the_older(world: World) -> None:
    before = found(world, "sensitive")
    part = CLEAN["secrets"] | {"total": 1, "rows": 1, "by_entity": {"API_KEY": 1}, "digest": "c" * 64}
    make_scan(world.people.olga, world.data, {"digest": "1" * 64, "secrets": part})
    after = of(world, "sensitive")
    assert after.subject_digest != before.subject_digest and "api key 1" in after.summary


def test_an_evaluation_set_that_came_since_makes_the_answer_stale_and_says_what_to_do(world: World) -> None:
    before = found(world, "contamination")
    olga, exam = world.people.olga, make_dataset_version(world.people.olga, world.people.team, "Exam")
    dataset_settings_set(by=olga, dataset=exam.dataset, purpose="evaluation")
    after = of(world, "contamination")
    assert (before.status, after.status) == (MEASURED, UNKNOWN) and after.subject_digest != before.subject_digest
    assert after.summary.endswith("Not compared with Exam v1, which came or changed since: scan again.")
    assert "0 of 9 of Quiz v1" in after.summary, "what was compared stays told"
    compared = {"label": "Exam v1", "content": exam.digest, "contaminated": {"count": 2}, "comparable": 9}
    now = found(world, "contamination", overlap=COMMON | {"references": [compared], "digest": "e" * 64})
    first = world.data.scans.order_by("pk")[1]
    assert now.status == MEASURED and f"2 of 9 of Exam v1; 0 of 9 of Quiz v1 (scan {first.pk})." in now.summary
    assert now.value["contaminated"] == {"Exam v1": 2, "Quiz v1": 0} and first.pk in now.value["scans"]


def test_without_any_set_the_answer_names_those_that_there_are_now(world: World) -> None:
    found(world, "contamination", overlap=COMMON | {"references": [], "compared": False})
    exam = make_dataset_version(world.people.olga, world.people.team, "Exam")
    dataset_settings_set(by=world.people.olga, dataset=exam.dataset, purpose="evaluation")
    told = of(world, "contamination").summary
    assert told.endswith("Not compared with Exam v1, which came or changed since: scan again.")
    assert "Mark a dataset" not in told


def test_too_small_a_sample_is_no_search_for_poison(world: World) -> None:
    finding = found(world, "poisoning", poisoning=CLEAN["poisoning"] | {"rows_scanned": 1})
    assert finding.status == UNKNOWN and "1 row looked at." in finding.summary
    assert finding.summary.endswith("Only 1 of 10 rows was looked at, which tells too little: scan all rows.")


def test_what_could_not_be_looked_for_is_said(world: World) -> None:
    part = poisoned() | {"triggers": {"found": [], "not_looked_for": "Fewer than 200 rows."}}
    assert "Not looked for: hidden triggers (fewer than 200 rows)." in found(world, "poisoning", poisoning=part).summary
