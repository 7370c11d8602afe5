"""The three named people of all tests: Olga owns the work, Rui reviews it, Xena stands outside."""

from dataclasses import dataclass

from apps.accounts.models import Team, User
from tests.makers import make_person, make_team

PASSWORD = "correct horse battery staple"


@dataclass(frozen=True)
class People:
    """A team with two of the three people in it; Xena works in a team of her own."""

    team: Team
    olga: User  # owner: engineer
    rui: User  # reviewer: approver, and nothing else
    xena: User  # outsider: engineer and approver of another team
    other_team: Team


def make_people(password: str = "") -> People:
    """Olga, Rui and Xena. They can sign in only with a password, which takes a while to hash: give PASSWORD then."""
    more = {"password": password} if password else {}
    team, other = make_team("Support desk"), make_team("Other team")
    return People(
        team=team,
        olga=make_person("engineer", team=team, name="Olga", **more),
        rui=make_person("approver", team=team, name="Rui", **more),
        xena=make_person("engineer", "approver", team=other, name="Xena", **more),
        other_team=other,
    )
