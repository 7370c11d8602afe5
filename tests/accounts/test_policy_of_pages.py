"""Every page of checklists, frameworks, library, policies, risks and incidents, tried by every role and an outsider.

The table of `test_policy.py` tries every action over the API; this one tries every page, whatever lies behind it.
"""

from importlib import import_module
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from apps.accounts.rules import ENGINEER, ROLES, allows
from apps.audit.models import AuditEntry
from tests.accounts.page_rows import EVERYBODY, ROWS, Rooms, Row, make_rooms
from tests.makers import make_browser, make_person, make_team

OUTSIDER = "outsider"


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
    address = reverse(f"{room}:{row.name}", args=[_number(rooms, one) for one in row.args])
    wanted = _wanted(row, role)
    with transaction.atomic():
        entries = AuditEntry.objects.count()
        answer = browser.get(address) if row.body is None else browser.post(address, row.body(rooms))
        written = AuditEntry.objects.count() - entries
        transaction.set_rollback(True)
    if answer.status_code not in wanted:
        return f"{answer.status_code}, not {wanted}"
    refused = not wanted & {200, 302}
    return "wrote something, though it was refused" if refused and written else ""


def _wanted(row: Row, role: str) -> set[int]:
    if role == OUTSIDER:
        return {200} if row.action == EVERYBODY else {row.outsider}
    if row.action == EVERYBODY or allows([role], row.action):
        return {row.good} if row.good else {200} if row.body is None else {302}
    return {403}


def _number(rooms: Rooms, told: str | int) -> str | int:
    return rooms[told[1:]] if isinstance(told, str) and told.startswith("#") else told
