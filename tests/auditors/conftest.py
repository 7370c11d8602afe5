"""Two systems of one team, an officer who lets an auditor in to the first of them, and the auditor's browser."""

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from apps.accounts.models import User
from apps.accounts.rules import COMPLIANCE
from apps.auditors.models import AuditGrant
from apps.auditors.services import Given, access_give, room_enter
from apps.registry.models import AISystem, ModelVersion
from apps.registry.services import system_create, system_version_add
from tests.makers import make_browser, make_person, make_version
from tests.people import People, make_people

PASSWORD = "a long enough phrase"


@dataclass(frozen=True)
class House:
    """`desk` and its version `own` are opened to auditors; `till` and its version `other` are not. `both` works in
    the two of them."""

    people: People
    cora: User
    desk: AISystem
    till: AISystem
    own: ModelVersion
    other: ModelVersion
    both: ModelVersion
    told: dict[str, Any] = field(default_factory=dict)

    def give(self, **more: Any) -> Given:
        """An access to the first system, by link unless told otherwise."""
        given: dict[str, Any] = {"team": self.people.team, "systems": [self.desk], "kind": "link"}
        given |= {"label": "Certifier Ltd", "reason": "the yearly audit"}
        given |= {"expires_at": timezone.now() + timedelta(days=3)}
        return access_give(by=self.cora, **given | more)


@pytest.fixture(autouse=True)
def own_trail(settings: Any, tmp_path: Path) -> None:
    """Snapshots and proofs sign the trail as it is: into a folder that goes with the test, as its entries do."""
    settings.TRAIL_FOLDER = str(tmp_path / "trail")
    settings.TRAIL_KEY_FILE, settings.TRAIL_KEY_IS_OWN = str(tmp_path / "keys/trail.pem"), True


@pytest.fixture
def house(db: None) -> House:
    people = make_people()
    olga, team = people.olga, people.team
    desk, till = (system_create(by=olga, team=team, name=name) for name in ("Desk", "Till"))
    own, other, both = (make_version(olga, team) for _ in range(3))
    for system, version in ((desk, own), (till, other), (desk, both), (till, both)):
        system_version_add(by=olga, system=system, version=version, role="answers")
    return House(people, make_person(COMPLIANCE, team=team, name="Cora"), desk, till, own, other, both)


@pytest.fixture
def given(house: House) -> Given:
    return house.give()


@pytest.fixture
def guest(given: Given) -> Client:
    """Somebody who came in by the link."""
    return entered(given)


def entered(given: Given, password: str = "") -> Client:
    """A browser that came in by the link of an access."""
    return make_browser(room_enter(secret=given.secret, origin="192.0.2.1", password=password).holder)


def ended(grant: AuditGrant) -> None:
    """The access as if its time were over: time passes in tests by moving its end."""
    past = timezone.now() - timedelta(seconds=1)
    AuditGrant.objects.filter(pk=grant.pk).update(expires_at=past)
    User.objects.filter(pk=grant.holder_id).update(access_ends_at=past)
