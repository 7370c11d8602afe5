"""Every page of checklists, frameworks, library, policies, risks and incidents, tried by every role and an outsider.

The table of `test_policy.py` tries every action over the API; this one tries every page, whatever lies behind it.
"""

from importlib import import_module
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts.rules import ENGINEER, ROLES
from tests.accounts.page_rows import OUTSIDER, ROWS, Rooms, Row, make_rooms, taken_back
from tests.makers import make_browser, make_person, make_team


@pytest.mark.parametrize("room", ROWS)
def test_every_page_is_tried(room: str) -> None:
    patterns: Any = import_module(f"apps.{room}.urls")
    assert {row.name for row in ROWS[room]} == {one.name for one in patterns.urlpatterns}


@pytest.mark.django_db
@pytest.mark.parametrize("role", [*ROLES, OUTSIDER])
def test_who_may_open_and_use_what(role: str) -> None:
    """All pages in one world: each is asked in a transaction of its own, which is taken back."""
    team = make_team()
    rooms = make_rooms(team)
    person = make_person(ENGINEER, team=make_team()) if role == OUTSIDER else make_person(role, team=team)
    rooms.made["self"] = person.pk
    browser = make_browser(person)
    wrong = [
        f"{room}:{row.name} {found}"
        for room, rows in ROWS.items()
        for row in rows
        if (found := _tried(browser, rooms, room, row, role))
    ]
    assert wrong == []


def _tried(browser: Client, rooms: Rooms, room: str, row: Row, role: str) -> str:
    """What is wrong with the answer; empty where it is as the policy says."""
    address = reverse(f"{room}:{row.name}", args=[rooms.number(one) for one in row.args])
    wanted = _wanted(row, role)
    answer, written = taken_back(
        lambda: browser.get(address) if row.body is None else browser.post(address, row.body(rooms))
    )
    if answer.status_code != wanted:
        return f"{answer.status_code}, not {wanted}"
    return f"refused, and yet: {written[0]}" if written and wanted not in {200, 302} else ""


def _wanted(row: Row, role: str) -> int:
    if row.is_open_to(role):
        good = 200 if row.body is None else 302
        return good if row.good is None or role == OUTSIDER else row.good
    return row.outsider if role == OUTSIDER else 403
