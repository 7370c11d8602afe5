"""The three named people of all tests: Olga owns the work, Rui reviews it, Xena stands outside.

def test_something(db):
    people = make_people()
    dataset_create(by=people.olga, team=people.team, name="Questions")
"""

from dataclasses import dataclass

from apps.accounts.models import Team, User
from apps.accounts.services import person_create, role_grant, team_create
from apps.audit.services import SYSTEM

PASSWORD = "correct horse battery staple"


@dataclass(frozen=True)
class People:
    """A team with two of the three people in it; Xena works in a team of her own."""

    team: Team
    olga: User  # owner: engineer
    rui: User  # reviewer: approver, and nothing else
    xena: User  # outsider: engineer and approver of another team
    other_team: Team


def make_team(name: str = "Support desk") -> Team:
    """A team without people."""
    return team_create(by=SYSTEM, name=name)


def make_person(name: str, team: Team | None = None, *roles: str, is_staff: bool = False) -> User:
    """An account that can sign in with PASSWORD, holding these roles in the team."""
    user = person_create(
        by=SYSTEM, email=f"{name.lower()}@example.org", name=name, password=PASSWORD, is_staff=is_staff
    )
    for role in roles:
        assert team is not None
        role_grant(by=SYSTEM, user=user, team=team, role=role)
    return user


def make_people() -> People:
    """Olga, Rui and Xena."""
    team, other = make_team(), make_team("Other team")
    return People(
        team=team,
        olga=make_person("Olga", team, "engineer"),
        rui=make_person("Rui", team, "approver"),
        xena=make_person("Xena", other, "engineer", "approver"),
        other_team=other,
    )
