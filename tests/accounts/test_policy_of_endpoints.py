"""Every endpoint of checklists, frameworks, library, policies, risks and incidents, tried by every role.

Which there are is read from the addresses that the portal answers, so that none is left out.
"""

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.schemas.generators import EndpointEnumerator, is_api_view
from rest_framework.test import APIClient

from apps.accounts.models import User
from apps.accounts.rules import ENGINEER, READ, ROLES
from tests.accounts.api_rows import ENDPOINTS, Endpoint
from tests.accounts.page_rows import EVERYBODY, OUTSIDER, Rooms, make_rooms, taken_back
from tests.makers import make_client, make_person, make_team

TRIED = ("apps.checklist.", "apps.risks.", "apps.incidents.", "apps.reminders.")
THINGS = ("Desk", "Till", "Letter", "A leak", "A flood", "It leaked", "It stopped")


class _All(EndpointEnumerator):
    """Those that the description of the API leaves out, too."""

    def should_include_endpoint(self, path: str, callback: Callable[..., Any]) -> bool:
        return is_api_view(callback) and not path.endswith((".{format}", ".{format}/"))


def test_every_endpoint_is_tried() -> None:
    there = {
        f"{method} {path.removeprefix('/api/v1/')}"
        for path, method, callback in _All().get_api_endpoints()
        if callback.cls.__module__.startswith(TRIED)
    }
    assert {one.name for one in ENDPOINTS} == there


@pytest.mark.django_db
@pytest.mark.parametrize("role", [*ROLES, OUTSIDER])
def test_who_may_read_and_use_what(role: str) -> None:
    """All endpoints in one world: each is asked in a transaction of its own, which is taken back."""
    team = make_team()
    rooms = make_rooms(team)
    client = make_client(make_person(ENGINEER, team=make_team()) if role == OUTSIDER else make_person(role, team=team))
    assert _wrong(client, rooms, lambda one: _good(one) if one.is_open_to(role) else _refused(one, role)) == []


@pytest.mark.django_db
def test_nobody_may_do_anything() -> None:
    """Without a token nothing is read, and with one to read nothing is written, whatever the person's role."""
    rooms = make_rooms(make_team())
    assert _wrong(APIClient(), rooms, lambda _: {401}) == []
    reader = make_client(rooms.maker, scope=READ)
    assert _wrong(reader, rooms, lambda one: {200} if one.method == "get" else {403}) == []


@pytest.mark.django_db
def test_lists_show_an_outsider_nothing_of_the_team() -> None:
    rooms = make_rooms(make_team())
    stranger = make_person(ENGINEER, team=make_team())
    assert _things_shown(stranger, rooms) == set()
    assert _things_shown(rooms.maker, rooms) == set(THINGS), "a list that shows nothing to anybody proves nothing"


def _things_shown(person: User, rooms: Rooms) -> set[str]:
    """What stands in everything that is open to everybody."""
    client = make_client(person)
    texts = [_asked(client, rooms, one).content.decode() for one in ENDPOINTS if one.action == EVERYBODY]
    return {thing for thing in THINGS if any(f'"{thing}' in text for text in texts)}


def _wrong(client: APIClient, rooms: Rooms, wanted: Callable[[Endpoint], set[int]]) -> list[str]:
    """What is answered otherwise than wanted, or writes something though it is refused."""
    found = [(one, *taken_back(lambda one=one: _asked(client, rooms, one)), wanted(one)) for one in ENDPOINTS]
    return [
        f"{one.name}: {answer.status_code}, not {codes} {written[:1]}"
        for one, answer, written, codes in found
        if answer.status_code not in codes or (answer.status_code >= 400 and (written or not _is_told(answer)))
    ]


def _good(one: Endpoint) -> set[int]:
    return {200} if one.method == "get" else {200, 201}


def _refused(one: Endpoint, role: str) -> set[int]:
    return {one.outsider} if role == OUTSIDER else {403}


def _is_told(answer: Any) -> bool:
    """Whether a refusal says why, and what helps; to whom it is not there, no more than that."""
    told = answer.json() if answer["Content-Type"] == "application/problem+json" else {}
    return bool(told.get("title")) and (answer.status_code != 403 or bool(told.get("remedy")))


def _asked(client: APIClient, rooms: Rooms, one: Endpoint) -> Any:
    path = one.path(rooms)
    if one.body is None:
        return client.get(path)
    return getattr(client, one.method)(path, data=one.body(rooms), format=one.form)
