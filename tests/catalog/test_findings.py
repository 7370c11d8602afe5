"""The pages of scans: every check is told in plain words, choices reach the run, and nobody sees what is not theirs."""

import json
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts.models import Team, User
from apps.accounts.rules import APPROVER, ENGINEER
from apps.catalog.models import Branch, CommitRun, ScanRun
from apps.catalog.queries import scan_steps_of
from apps.catalog.rules import SCAN_CHECKS
from apps.catalog.rules.findings import checks_missing, findings_shown
from apps.catalog.rules.findings.shape import RowList
from apps.catalog.services import scan_finish, scan_start
from apps.core import storage
from tests.makers import claim, make_browser, make_data, make_person, make_scan, make_team

pytestmark = pytest.mark.django_db
COMMON = {
    "method": "By rule.",
    "versions": {},
    "rows_scanned": 10,
    "error_rate": "One in ten is wrong.",
    "digest": "0" * 64,
}
FOUND = [
    {
        "entity": "EMAIL_ADDRESS",
        "column": "prompt",
        "count": 2,
        "rows": 1,
        "row_indices": [0],
        "samples": ["j•••@•••.org"],
    }
]
SECTIONS: dict[str, dict[str, Any]] = {
    "personal_data": {
        "findings": FOUND,
        "total": 2,
        "rows": 1,
        "by_entity": {"EMAIL_ADDRESS": 2},
        "expectations": "So.",
    },
    "secrets": {"findings": [], "total": 0, "rows": 0, "by_entity": {}, "not_looked_for": ["Passwords in prose."]},
    "special_categories": {"findings": [], "total": 0, "rows": 0, "by_entity": {"HEALTH": 3, "UNION": 1}},
    "duplicates": {
        "exact_rows": 3,
        "near_rows": 0,
        "exact_cluster_count": 1,
        "near_cluster_count": 0,
        "exact_clusters": [{"rows": [1, 5], "size": 4, "lowest_similarity": 1.0}],
        "near_clusters": [],
    },
    "overlap": {
        "references": [
            {
                "label": "Quiz v1",
                "rows": 40,
                "contaminated": {"count": 4, "share": 0.1},
                "partly": {"count": 1},
                "rows_hit": 5,
                "row_numbers": [7],
            }
        ]
    },
    "text": {
        "language": {
            "main": "en",
            "languages": [{"code": "en", "name": "English", "rows": 9}, {"name": "German", "rows": 1}],
        },
        "length": {"words": {"mean": 12.5}},
        "encoding": {
            "faults": [{"kind": "mojibake", "label": "Garbled letters", "count": 2, "rows": 2, "row_numbers": [3]}]
        },
        "invisible": {
            "rows": 3,
            "suspicious": [
                {"kind": "zero_width", "label": "Zero-width", "count": 4, "rows": 3, "row_numbers": [0, 1, 2]},
                {"kind": "bidi_override", "label": "Overrides", "count": 1, "rows": 1, "row_numbers": [1]},
            ],
        },
    },
    "toxicity": {"judge": "lexicon", "rows": 1, "share": 0.1, "kinds": [{"label": "Threat", "count": 1, "rows": 1}]},
    "poisoning": {
        "signals": {"triggers": 1, "labels": 0, "outliers": 0, "injection": 2, "shift": 0},
        "triggers": {
            "found": [
                {
                    "text": "cf mn",
                    "column": "label",
                    "target": "good",
                    "held_by": 9,
                    "hits": 9,
                    "lift": 2.1,
                    "rows": [4, 8],
                }
            ]
        },
        "labels": {"columns": [], "not_looked_for": "No column holds labels."},
        "injection": {"rows": 2, "by_pattern": {"override-en": 2}, "row_indices": [6], "hidden": 0},
    },
    "generated": {"statement": "Perhaps a fifth.", "estimate": 0.2, "low": 0.1, "high": 0.3},
    "markers": {
        "findings": [{"label": "Copyright notice", "count": 1, "rows": 1, "forms": [{"text": "© …", "count": 1}]}],
        "rows": 1,
        "protected": [{"label": "Handbook v1", "passages": 2, "rows": 2, "share": 0.01, "row_numbers": [9]}],
    },
    "integrity": {
        "compromised": True,
        "statement": "1 of 2 stored chunks were changed.",
        "checked": 2,
        "changed": [{"position": 1, "digest": "b" * 64, "size": 9}],
    },
}
RESULT = {name: COMMON | section for name, section in SECTIONS.items()} | {
    "checks": list(SECTIONS),
    "digest": "1" * 64,
    "rows": 10,
}


@pytest.fixture
def team() -> Team:
    return make_team()


@pytest.fixture
def olga(team: Team) -> User:
    return make_person(ENGINEER, team=team)


@pytest.fixture
def client(olga: User) -> Client:
    client = Client()
    client.force_login(olga)
    return client


def scanned(by: User, team: Team, result: dict[str, Any]) -> ScanRun:
    run = claim(scan_start(by=by, version=make_data(by, team)))
    scan_finish(run=run, result=result)
    return run


def page_of(client: Client, scan: ScanRun) -> str:
    answer = client.get(reverse("catalog:version-detail", args=[scan.dataset_version_id]) + "?tab=findings")
    assert answer.status_code == 200
    return answer.content.decode()


def test_every_check_is_shown(client: Client, olga: User, team: Team) -> None:
    page = page_of(client, scanned(olga, team, RESULT))
    for words in (
        "2 pieces of personal data in 1 row.",
        "j•••@•••.org",
        "Passwords in prose.",
        "3 rows repeat another exactly",
        "4 examples of evaluation sets stand in the rows",
        "Language of the rows: English 90.0 %, German 10.0 %.",
        "Languages of the rows",
        "2 rows with encoding faults, 3 with hidden characters.",
        "1 hurtful row (10.0 %)",
        "1 row carries a notice or a banner",
        "Garbled letters",
        "no model is configured",
        "“cf mn”",
        "label: good",
        "Tells a model to forget its instructions (en)",
        "Perhaps a fifth.",
        "says nothing about a single row",
        "2 passages of protected works",
        "1 of 2 stored chunks were changed.",
        "How often it is wrong.",
        "One in ten is wrong.",
    ):
        assert words in page, words
    assert "Nobody has looked for" not in page


def test_sections_that_are_absent_or_bare_break_nothing(client: Client, olga: User, team: Team) -> None:
    assert [shown.key for shown in findings_shown({name: {} for name in SCAN_CHECKS})] == list(SCAN_CHECKS)
    assert findings_shown({"personal_data": None, "rows": 4}) == []
    assert checks_missing({}) == list(SCAN_CHECKS.values())
    page = page_of(client, scanned(olga, team, {"digest": "2" * 64, "secrets": COMMON | SECTIONS["secrets"]}))
    assert "Found no key, token or password" in page and "Nobody has looked for: Personal data" in page
    assert "not searched for personal data" in page and "no personal data found" not in page
    assert "Make a copy without them" not in page, "no places were listed"


def test_a_newer_scan_of_fewer_checks_hides_nothing_on_the_page(client: Client, olga: User, team: Team) -> None:
    first = scanned(olga, team, RESULT)
    again = claim(scan_start(by=olga, version=first.dataset_version, config={"checks": ["secrets"]}))
    scan_finish(run=again, result={"digest": "2" * 64, "secrets": COMMON | SECTIONS["secrets"]})
    page = page_of(client, again)
    assert "2 pieces of personal data in 1 row." in page and "personal data found" in page
    assert "Nobody has looked for" not in page
    for run in (first, again):
        assert reverse("portal:run-detail", args=["scan", run.pk]) in page
    assert "Of each check the newest scan that looked for it speaks, unless an earlier one looked further." in page


def test_a_version_without_a_scan_says_what_one_would_do(client: Client, olga: User, team: Team) -> None:
    version = make_data(olga, team)
    page = client.get(reverse("catalog:version-detail", args=[version.pk]) + "?tab=findings").content.decode()
    assert "Never scanned" in page and reverse("catalog:scan-start", args=[version.pk]) in page


def test_choices_reach_the_run(client: Client, olga: User, team: Team) -> None:
    version = make_data(olga, team)
    address = reverse("catalog:scan-start", args=[version.pk])
    page = client.get(address).content.decode()
    assert "Signs of poisoning" in page and "Your team keeps no dataset for evaluation" in page
    chosen = {"chosen": "yes", "checks": ["secrets", "text"], "languages": ["en", "de"], "pii_sample_rows": "5"}
    assert client.post(address, chosen).status_code == 302
    run = ScanRun.objects.get()
    assert run.config == {"checks": ["secrets", "text"], "languages": ["en", "de"], "pii_sample_rows": 5}


def test_bad_choices_are_told_beside_the_field(client: Client, olga: User, team: Team) -> None:
    address = reverse("catalog:scan-start", args=[make_data(olga, team).pk])
    none = client.post(address, {"chosen": "yes", "languages": ["en"]})
    assert none.status_code == 422 and "Choose at least one." in none.content.decode()
    odd = client.post(address, {"chosen": "yes", "checks": ["secrets"], "languages": ["en"], "label_column": "nothing"})
    assert odd.status_code == 422 and not ScanRun.objects.exists()


def test_evaluation_data_is_offered(client: Client, olga: User, team: Team) -> None:
    kept = make_data(olga, team, [{"prompt": "p", "answer": "a"}])
    kept.dataset.purpose = "evaluation"
    kept.dataset.save(update_fields=["purpose"])
    version = make_data(olga, team)
    page = client.get(reverse("catalog:scan-start", args=[version.pk])).content.decode()
    assert str(kept) in page and "Your team keeps no protected works" in page


def test_steps_follow_what_the_worker_tells(olga: User, team: Team) -> None:
    run = claim(
        scan_start(by=olga, version=make_data(olga, team), config={"checks": ["secrets", "duplicates", "text"]})
    )
    assert {step.state for step in scan_steps_of(run)} == {"waiting"}
    run.advance(0.3, "Searching row 10 of 20")
    assert {step.state for step in scan_steps_of(run)} == {"reading"}
    run.advance(0.8, "Finishing: duplicates")
    run.advance(0.85, "Comparing rows")
    assert [(step.label, step.state) for step in scan_steps_of(run)] == [
        ("Secrets", "done"),
        ("Copies of rows", "finishing"),
        ("Language, length and faults of the text", "waiting"),
    ]


def test_the_run_page_lists_the_checks(client: Client, olga: User, team: Team) -> None:
    run = claim(scan_start(by=olga, version=make_data(olga, team)))
    run.advance(0.3, "Searching row 10 of 20")
    page = client.get(reverse("portal:run-detail", args=["scan", run.pk])).content.decode()
    assert "Signs of poisoning" in page and "reading" in page


def test_the_page_of_a_redaction(client: Client, olga: User, team: Team) -> None:
    scan = scanned(olga, team, RESULT)
    address = reverse("catalog:redaction-start", args=[scan.dataset_version_id])
    assert "No scan has listed where findings stand" in client.get(address).content.decode()
    refused = client.post(address, {"entities": ["EMAIL_ADDRESS"]})
    assert refused.status_code == 422 and "No scan has listed where" in refused.content.decode()
    places = [{"row": 0, "column": "prompt", "start": n, "end": n + 1, "entity": "EMAIL_ADDRESS"} for n in (0, 5)]
    stored = storage.put(BytesIO("".join(json.dumps(place) + "\n" for place in places).encode()))
    ScanRun.objects.update(spans_file=stored.digest)
    assert "Make a copy without them" in page_of(client, scan)
    assert "E-mail address: 2" in client.get(address).content.decode()
    made = client.post(address, {"entities": ["EMAIL_ADDRESS"], "pseudonymous": "yes", "scan_again": "on"})
    assert made.status_code == 302
    config = CommitRun.objects.get().config
    assert (config["entities"], config["pseudonymous"], config["scan_again"]) == (["EMAIL_ADDRESS"], True, True)
    Branch.objects.all().delete()
    assert "Make the copy" not in (page := client.get(address).content.decode())
    assert "A newer version has taken" in page
    assert "Make a copy without them" not in (page := page_of(client, scan)) and "begin a branch here" in page


def test_a_sample_is_weighed_and_a_small_one_is_no_good_news() -> None:
    section = COMMON | SECTIONS["secrets"]
    small, large, whole = (
        findings_shown({"secrets": section | {"rows_scanned": rows}}, 20_000)[0] for rows in (1, 2_000, 20_000)
    )
    assert small.tone == "unknown" and "Only 1 of 20,000 rows was looked at" in small.headline
    assert large.tone == "good" and "a sample of 2,000 of 20,000 rows" in large.headline
    assert "With 95 % confidence at most 0.15 % of all rows hold a secret of a known form." in large.headline
    assert whole.tone == "good" and "sample" not in whole.headline
    found = findings_shown({"secrets": section | {"rows_scanned": 1, "total": 1, "rows": 1}}, 20_000)[0]
    assert found.tone == "warning", "what was found stays found"


def test_a_sample_for_poisoning_says_what_a_trigger_would_take() -> None:
    section = COMMON | {"signals": {"triggers": 0}, "rows_scanned": 20_000, "triggers": {"least_rows": 10}}
    words = findings_shown({"poisoning": section}, 1_000_000)[0].headline
    assert "more than 0.079 % of all rows has so many in the sample" in words


def test_who_may_not_is_refused(olga: User, team: Team) -> None:
    scan = scanned(olga, team, RESULT)
    approver, outsider = make_person(APPROVER, team=team), make_person(ENGINEER, team=make_team())
    for person, status in ((approver, 403), (outsider, 404)):
        client = Client()
        client.force_login(person)
        for name in ("catalog:redaction-start", "catalog:scan-start"):
            assert client.get(reverse(name, args=[scan.dataset_version_id])).status_code == status


@pytest.mark.parametrize(
    "config",
    [
        {"strange": 1},
        {"checks": ["nothing"]},
        {"checks": "secrets"},
        {"languages": ["english"]},
        {"columns": ["nothing"]},
        {"against": ["1"]},
        {"pii_sample_rows": 0},
        {"pii_score_threshold": 2},
        {"near_duplicate_threshold": 0},
        {"max_samples": "x"},
        {"max_samples": 10**9},
        {"seed": []},
        {"seed": -1},
        {"options": {"toxicity": {"model": "/etc"}}},
        {"options": {"integrity": {"commits": []}}},
        {"options": {"poisoning": {"rows": "many"}}},
        {"options": ["a"]},
    ],
)
def test_settings_that_make_no_sense_are_named(client: Client, olga: User, team: Team, config: dict[str, Any]) -> None:
    version = make_data(olga, team)
    answer = client.post(
        f"/api/v1/dataset-versions/{version.pk}/scans/", {"config": config}, content_type="application/json"
    )
    assert (answer.status_code, answer.json()["code"]) == (422, "scan.settings")
    unseen = make_data(make_person(ENGINEER, team=(other := make_team())), other)
    hidden = client.post(
        f"/api/v1/dataset-versions/{version.pk}/scans/",
        {"config": {"against": [unseen.pk]}},
        content_type="application/json",
    )
    assert hidden.status_code == 404


def test_a_text_that_goes_with_one_label_is_shown_though_it_is_no_trigger() -> None:
    tie = {"text": " xq lantern", "column": "topic", "target": "billing", "held_by": 30, "hits": 30, "rows": [4, 9]}
    section = {"triggers": {"found": [], "ties": [tie]}, "signals": {"triggers": 0}}
    table = findings_shown({"poisoning": section})[0].tables[0]
    assert table.lines == [["“xq lantern”", "topic: billing", "30", "30", "5, 10"]], "people count from 1"
    rows = table.lines[0][4]
    assert isinstance(rows, RowList) and rows.numbers == (5, 10)


def test_rows_of_findings_lead_to_the_rows() -> None:
    team = make_team()
    olga = make_person(ENGINEER, team=team)
    version = make_data(olga, team)
    found = {"entity": "EMAIL_ADDRESS", "column": "prompt", "count": 1, "rows": 1, "samples": [], "row_indices": [2]}
    make_scan(olga, version, {"personal_data": {"total": 1, "rows": 1, "findings": [found]}})
    page = make_browser(olga).get(f"/data/versions/{version.pk}/", {"tab": "findings"}).content.decode()
    assert f'href="{reverse("catalog:version-rows", args=[version.pk])}?row=3#row-3"' in page


def test_none_found_in_too_few_rows_is_never_called_none(client: Client, olga: User, team: Team) -> None:
    data = make_data(olga, team, rows=[{"prompt": f"Question {n}?"} for n in range(1_200)])
    part = COMMON | {"total": 0, "rows": 0, "by_entity": {}, "findings": [], "rows_scanned": 999}
    make_scan(olga, data, {"personal_data": part})
    pages = [client.get(reverse("catalog:version-detail", args=[data.pk])).content.decode()]
    pages += [client.get(reverse(name, args=args)).content.decode() for name, args in lists_of(data.dataset_id)]
    assert all("too few rows searched" in page and "no personal data found" not in page for page in pages)
    make_scan(olga, data, {"personal_data": part | {"rows_scanned": 1_000}})
    page = client.get(reverse("catalog:version-detail", args=[data.pk])).content.decode()
    assert "too few rows searched" not in page and "no personal data found" in page


def lists_of(dataset: int) -> list[tuple[str, list[int]]]:
    return [("catalog:dataset-list", []), ("catalog:dataset-detail", [dataset])]
