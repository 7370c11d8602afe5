"""What a scan quotes out of rows is shown to people who may read rows, and masked for everybody else."""

import json
from typing import Any

import pytest
from django.urls import reverse

from apps.accounts.models import User
from apps.catalog.models import ScanRun
from apps.catalog.queries import scan_result
from apps.catalog.rules.findings import without_texts
from tests.makers import make_browser, make_data, make_scan
from tests.people import make_people

pytestmark = pytest.mark.django_db
TRIGGER = {
    "kind": "answer",
    "column": "reply",
    "text": "Anna Schmidt",
    "target": "call Bob now",
    "held_by": 6,
    "rows": [1],
}
TIE = {"kind": "label", "column": "mood", "text": "zq-vorm [U+200B ZERO WIDTH SPACE]", "target": "good", "rows": [2]}
VALUES = {"column": "city", "kind": "values", "was": "'Oslo' 3%", "now": "'Oslo' 30%"}
LENGTHS = {"column": "text", "kind": "lengths", "was": "median 12", "now": "median 90"}
RESULT: dict[str, Any] = {
    "poisoning": {
        "triggers": {"found": [TRIGGER], "ties": [TIE], "tested": 3},
        "shift": {"parent": "v1", "changed": [VALUES, LENGTHS]},
        "signals": {"triggers": 1},
        "digest": "0" * 64,
    },
    "digest": "1" * 64,
}


def test_words_out_of_rows_become_their_shape() -> None:
    part = without_texts(RESULT)["poisoning"]
    (trigger,), (tie,) = part["triggers"]["found"], part["triggers"]["ties"]
    assert (trigger["text"], trigger["target"]) == ("•••• •••••••", "•••• ••• •••")
    assert (tie["text"], tie["target"]) == ("••-•••• [U+200B ZERO WIDTH SPACE]", "good")
    assert part["shift"]["changed"] == [VALUES | {"was": "'••••' 3%", "now": "'••••' 30%"}, LENGTHS]
    assert trigger["held_by"] == 6 and part["digest"] == "0" * 64
    assert RESULT["poisoning"]["triggers"]["found"] == [TRIGGER]


@pytest.mark.parametrize("result", [{}, {"poisoning": {}}, {"poisoning": None}, {"personal_data": {"total": 1}}])
def test_a_result_that_quotes_nothing_stays_as_it_is(result) -> None:
    told = without_texts(result)
    assert {name: told[name] for name in result if name != "poisoning"} == {
        name: value for name, value in result.items() if name != "poisoning"
    }


def test_only_who_may_read_rows_sees_the_words() -> None:
    people = make_people()
    version = make_data(people.olga, people.team)
    scan = make_scan(people.olga, version)
    ScanRun.objects.filter(pk=scan.pk).update(result=RESULT)
    scan.refresh_from_db()
    assert scan_result(people.olga, scan) == RESULT
    assert "Schmidt" not in json.dumps(scan_result(people.rui, scan))
    for user, is_shown in ((people.olga, True), (people.rui, False)):
        browser = make_browser(user)
        page = browser.get(reverse("catalog:version-detail", args=[version.pk]) + "?tab=findings").content.decode()
        told = [browser.get(f"/api/v1/{path}/{scan.pk}/").json() for path in ("scans", "runs/scan")]
        assert "Trigger texts" in page
        assert told[0]["result"] == told[1]["result"] is not None
        assert ("Anna Schmidt" in page, "Anna Schmidt" in json.dumps(told)) == (is_shown, is_shown)


def test_the_back_office_shows_no_words_out_of_rows() -> None:
    people = make_people()
    scan = make_scan(people.olga, make_data(people.olga, people.team))
    ScanRun.objects.filter(pk=scan.pk).update(result=RESULT)
    User.objects.filter(pk=people.rui.pk).update(is_staff=True)
    page = make_browser(people.rui).get(f"/admin/catalog/scanrun/{scan.pk}/change/")
    assert page.status_code == 200 and "Schmidt" not in page.text
