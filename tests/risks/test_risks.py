"""The risk register: rated by one person, decided on by another, opened again when a control fails."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from apps.audit.models import AuditEntry
from apps.audit.services import SYSTEM
from apps.core.errors import Conflict, Invalid, NotFound, Refused
from apps.registry.services import system_create
from apps.risks.models import Risk, RiskRating
from apps.risks.queries import (
    Matrix,
    controls_to_check,
    matrix,
    review_due,
    risks_at_level,
    risks_in_cell,
    risks_seen_by,
)
from apps.risks.rules import ACCEPTED, CLOSED, FAILING, INHERENT, LEVELS, OPEN, RESIDUAL, SCALE, WORKING, level_of
from apps.risks.services import (
    control_add,
    control_checked,
    control_mark,
    control_remove,
    risk_accept,
    risk_change,
    risk_close,
    risk_create,
    risk_rate,
    risk_reopen,
)
from tests.makers import make_browser, make_client, make_person, make_version, queries_of
from tests.people import People, make_people

pytestmark = pytest.mark.django_db
API = "/api/v1/risks/"


@pytest.fixture
def people() -> People:
    return make_people()


def made(people: People, **more: object) -> Risk:
    given = {"title": "It invents prices", "likelihood": 4, "impact": 4, "category": "hallucination"} | more
    return risk_create(by=people.olga, team=people.team, **given)  # type: ignore[arg-type]


def rated(people: People, risk: Risk, likelihood: int = 2, impact: int = 3) -> RiskRating:
    return risk_rate(
        by=people.olga, risk=risk, kind=RESIDUAL, likelihood=likelihood, impact=impact, because="Two filters."
    )


def in_days(days: int) -> date:
    return timezone.localdate() + timedelta(days=days)


@pytest.mark.parametrize(
    ("likelihood", "impact", "level"),
    [(1, 1, "low"), (4, 1, "low"), (1, 5, "medium"), (3, 3, "medium"), (2, 5, "high"), (4, 4, "high")]
    + [(5, 4, "critical"), (5, 5, "critical"), (None, 3, ""), (0, 3, "")],
)
def test_a_level_is_the_product_of_both_scales(likelihood: int | None, impact: int | None, level: str) -> None:
    assert level_of(likelihood, impact) == level


def test_a_risk_is_rated_by_one_person_and_accepted_by_another(people: People) -> None:
    risk = made(people)
    assert (risk.level, risk.state, risk.owner) == ("high", OPEN, people.olga)
    rated(people, risk)
    accepted = risk_accept(by=people.rui, risk=risk, reason="Small enough.", review_on=in_days(90))
    assert (accepted.state, accepted.level, accepted.treatment) == (ACCEPTED, "medium", "accept")
    actions = set(AuditEntry.objects.filter(object_type="risks.risk").values_list("action", flat=True))
    assert actions == {"risk.create", "risk.rate", "risk.accept"}


def test_nobody_decides_on_a_rating_of_their_own(people: People) -> None:
    officer = make_person("compliance_officer", team=people.team)
    risk = made(people)
    risk_rate(by=officer, risk=risk, kind=RESIDUAL, likelihood=1, impact=1, because="Read the logs.")
    with pytest.raises(Refused, match="you rated it"):
        risk_accept(by=officer, risk=risk, reason="Fine.", review_on=in_days(9))
    with pytest.raises(Refused):
        risk_close(by=officer, risk=risk, reason="Fine.")
    with pytest.raises(Refused):
        risk_accept(by=people.olga, risk=risk, reason="Fine.", review_on=in_days(9))


def test_a_new_rating_opens_what_was_accepted(people: People) -> None:
    risk = made(people)
    risk_accept(by=people.rui, risk=risk, reason="Small enough.", review_on=in_days(90))
    rated(people, risk, 5, 5)
    risk.refresh_from_db()
    assert (risk.state, risk.level) == (OPEN, "critical")


def test_a_failing_control_opens_the_risk_again_and_stands_against_accepting_it(people: People) -> None:
    risk = made(people)
    control = control_add(by=people.olga, risk=risk, title="Answers are measured", rule="no conflict: licence")
    assert list(controls_to_check()) == [control]
    control_checked(by=SYSTEM, control=control, state=WORKING, found="No conflict.", digest="a" * 64)
    risk_accept(by=people.rui, risk=risk, reason="Measured.", review_on=in_days(90))
    entries = AuditEntry.objects.count()
    control_checked(by=SYSTEM, control=control, state=WORKING, found="No conflict.", digest="a" * 64)
    assert AuditEntry.objects.count() == entries, "nothing changed, so nothing is written"
    control_checked(by=SYSTEM, control=control, state=FAILING, found="A conflict stands.", digest="b" * 64)
    risk.refresh_from_db()
    assert risk.state == OPEN
    assert risk.reopened_because == "The control “Answers are measured” fails. A conflict stands."
    with pytest.raises(Conflict, match="Answers are measured"):
        risk_accept(by=people.rui, risk=risk, reason="Still.", review_on=in_days(90))
    control_remove(by=people.olga, control=control, reason="Another one is better.")
    assert not controls_to_check().exists()
    assert risk_accept(by=people.rui, risk=risk, reason="Without it.", review_on=in_days(90)).state == ACCEPTED


def test_people_say_of_a_control_without_a_rule_whether_it_works(people: People) -> None:
    risk = made(people)
    by_hand = control_add(by=people.olga, risk=risk, title="Second reader")
    assert control_mark(by=people.olga, control=by_hand, works=False, reason="She left.").state == FAILING
    checked = control_add(by=people.olga, risk=risk, title="Measured", rule="fresh")
    with pytest.raises(Conflict, match="platform checks"):
        control_mark(by=people.olga, control=checked, works=True, reason="I think so.")
    control_remove(by=people.olga, control=checked, reason="Not needed.")
    with pytest.raises(Conflict, match="taken away"):
        control_remove(by=people.olga, control=checked, reason="Twice.")


@pytest.mark.parametrize(
    "wrong",
    [
        {"title": " "},
        {"likelihood": 0},
        {"impact": 6},
        {"category": "bad luck"},
        {"treatment": "pray"},
        {"review_on": date(2020, 1, 1)},
        {"review_on": date(2999, 1, 1)},
        {"description": "x" * 20_001},
    ],
)
def test_what_cannot_be_a_risk_is_refused(people: People, wrong: dict[str, object]) -> None:
    with pytest.raises(Invalid):
        made(people, **wrong)
    assert not Risk.objects.exists()


def test_a_risk_names_nobody_and_nothing_of_another_team(people: People) -> None:
    theirs = system_create(by=people.xena, team=people.other_team, name="Theirs")
    with pytest.raises(Invalid, match="belongs to its team"):
        made(people, owner=people.xena)
    with pytest.raises(NotFound):
        made(people, system=theirs)
    with pytest.raises(NotFound):
        made(people, version=make_version(people.xena, people.other_team))


def test_the_second_of_two_writers_is_told(people: People) -> None:
    risk = made(people)
    risk_change(by=people.olga, risk=risk, reason="Clearer.", title="It invents discounts", expect_revision=1)
    with pytest.raises(Conflict, match="Somebody changed this risk"):
        risk_change(by=people.olga, risk=risk, reason="Mine.", title="Other", expect_revision=1)
    risk.refresh_from_db()
    assert (risk.title, risk.revision) == ("It invents discounts", 2)


def test_a_closed_risk_is_opened_before_it_is_changed(people: People) -> None:
    risk = made(people)
    risk_close(by=people.rui, risk=risk, reason="The feature is gone.")
    with pytest.raises(Conflict, match="closed"):
        rated(people, risk)
    with pytest.raises(Invalid):
        risk_reopen(by=people.olga, risk=risk, because=" ")
    assert risk_reopen(by=people.olga, risk=risk, because="It is back.").state == OPEN
    with pytest.raises(Conflict):
        risk_reopen(by=people.olga, risk=risk, because="Again.")


def counted(picture: Matrix) -> dict[tuple[int, int], int]:
    return {(cell.likelihood, cell.impact): cell.count for _, _, cells in picture.rows for cell in cells if cell.count}


def test_the_matrix_counts_each_risk_where_it_stands(people: People) -> None:
    first, second = made(people), made(people, likelihood=1, impact=1)
    rated(people, first)
    rows = risks_seen_by(people.olga)
    now = {(c.likelihood, c.impact): c.count for _, _, cells in matrix(rows).rows for c in cells if c.count}
    before = {
        (c.likelihood, c.impact): c.count for _, _, cells in matrix(rows, INHERENT).rows for c in cells if c.count
    }
    assert (now, before) == ({(2, 3): 1, (1, 1): 1}, {(4, 4): 1, (1, 1): 1})
    assert {level: list(risks_at_level(rows, level)) for level in LEVELS} == {
        "low": [second], "medium": [first], "high": [], "critical": [],
    }  # fmt: skip
    assert list(risks_in_cell(rows, INHERENT, 4, 4)) == [first]
    assert list(risks_in_cell(rows, RESIDUAL, 2, 3)) == [first]
    assert matrix(rows).total == 2
    assert len(matrix(rows).rows) == len(SCALE)


def test_a_day_of_review_that_has_come_is_listed(people: People) -> None:
    risk = made(people, review_on=in_days(10))
    assert not review_due(people.olga).exists()
    Risk.objects.update(review_on=in_days(-1))
    assert list(review_due(people.olga)) == [risk]
    assert not review_due(people.xena).exists()


def test_an_outsider_sees_nothing_and_an_auditor_reads_only(people: People) -> None:
    risk, auditor = made(people), make_person("auditor", team=people.team)
    outside = make_client(people.xena)
    assert outside.get(f"{API}{risk.pk}/").status_code == 404
    assert outside.get(API).json()["results"] == []
    assert {cell["count"] for cell in outside.get(f"{API}matrix/").json()} == {0}
    assert make_browser(people.xena).get(f"/risks/{risk.pk}/").status_code == 404
    assert make_client(auditor).get(f"{API}{risk.pk}/").status_code == 200
    assert b"Judge it anew" not in make_browser(auditor).get(f"/risks/{risk.pk}/").content
    for path, body in (
        ("rate", {"kind": "residual", "likelihood": 1, "impact": 1, "because": "x"}),
        ("close", {"reason": "x"}),
    ):
        assert make_client(auditor).post(f"{API}{risk.pk}/{path}/", body, format="json").status_code == 403


def test_the_api(people: People) -> None:
    olga, rui = make_client(people.olga), make_client(people.rui)
    version = make_version(people.olga, people.team)
    body = {"team": people.team.pk, "title": "Leak", "likelihood": 3, "impact": 5, "version": version.pk}
    risk = olga.post(API, body, format="json").json()
    assert (risk["level"], risk["version"]["id"], risk["controls"]) == ("high", version.pk, [])
    one = f"{API}{risk['id']}/"
    changed = olga.post(f"{one}change/", {"reason": "A plan.", "treatment": "reduce"}, format="json").json()
    assert (changed["treatment"], changed["revision"]) == ("reduce", 2)
    rating = {"kind": "residual", "likelihood": 1, "impact": 5, "because": "Filtered."}
    assert olga.post(f"{one}rate/", rating, format="json").status_code == 201
    assert olga.post(f"{one}rate/", rating | {"likelihood": 9}, format="json").status_code == 400
    assert [row["id"] for row in olga.get(f"{API}?level=medium").json()["results"]] == [risk["id"]]
    accepting = {"reason": "Small.", "review_on": in_days(30).isoformat()}
    assert rui.post(f"{one}accept/", accepting, format="json").json()["state"] == ACCEPTED
    assert olga.post(f"{one}reopen/", {"reason": "Seen again."}, format="json").json()["state"] == OPEN
    assert rui.post(f"{one}close/", {"reason": "Gone."}, format="json").json()["state"] == CLOSED
    found = {(cell["likelihood"], cell["impact"]): cell["count"] for cell in olga.get(f"{API}matrix/").json()}
    assert (len(found), found[(1, 5)]) == (25, 1)


def test_the_pages(people: People) -> None:
    browser, approver = make_browser(people.olga), make_browser(people.rui)
    assert b"No risk on record" in browser.get("/risks/").content
    given = {"team": people.team.pk, "title": "Leak", "category": "nist-4", "treatment": "none"}
    given |= {"likelihood": 3, "impact": 5}
    page = browser.post("/risks/new/", given).headers["Location"]
    assert browser.post("/risks/new/", given | {"title": ""}).status_code == 422
    control = control_add(by=people.olga, risk=Risk.objects.get(), title="Second reader")
    marked = browser.post(f"{page}controls/{control.pk}/mark/", {"works": "yes", "reason": "Asked her."}, follow=True)
    assert b"Asked her." in marked.content
    rating = {"kind": "residual", "likelihood": 1, "impact": 2, "because": "Filtered.", "expect_revision": 1}
    assert b"Filtered." in browser.post(f"{page}rate/", rating, follow=True).content
    told = browser.post(f"{page}rate/", rating)
    assert (told.status_code, b"Somebody changed this risk" in told.content) == (422, True)
    refused = approver.post(f"{page}accept/", {"reason": "Small.", "review_on": "2020-01-01"})
    assert (refused.status_code, b"lies in the future" in refused.content) == (422, True)
    accepted = approver.post(f"{page}accept/", {"reason": "Small.", "review_on": in_days(9).isoformat()}, follow=True)
    assert b"Small." in accepted.content
    changing = {"title": "Leaks", "category": "nist-4", "treatment": "reduce", "owner": people.olga.pk}
    changed = browser.post(f"{page}change/", changing | {"reason": "More.", "expect_revision": 3}, follow=True)
    assert b"Leaks" in changed.content and b"What is on record of it changed. More." in changed.content
    assert b"Leaks" in browser.get("/risks/?kind=residual&likelihood=1&impact=2").content
    assert b"No risk matches" in browser.get("/risks/?kind=residual&likelihood=5&impact=5").content
    assert b"Leaks" in b"".join(browser.get("/risks/?level=low&format=csv").streaming_content)  # type: ignore[attr-defined]
    assert b"Gone." in approver.post(f"{page}close/", {"reason": "Gone."}, follow=True).content
    assert b"Seen again." in browser.post(f"{page}reopen/", {"reason": "Seen again."}, follow=True).content
    assert browser.get("/risks/999999/").status_code == 404


def test_the_register_costs_the_same_however_long(people: People) -> None:
    browser = make_browser(people.olga)
    risk = made(people)
    first, page = queries_of(browser, "/risks/"), queries_of(browser, f"/risks/{risk.pk}/")
    for number in range(5):
        made(people, title=f"Risk {number}")
        control_add(by=people.olga, risk=risk, title=f"Control {number}")
    assert queries_of(browser, "/risks/") == first
    assert queries_of(browser, f"/risks/{risk.pk}/") == page
