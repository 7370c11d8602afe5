"""The demo's people: four roles, one team, passwords and tokens made on this machine."""

import json
import secrets
from dataclasses import dataclass
from pathlib import Path

from genaiops_site.launch import Site, manage
from workers.demo.client import Client

TEAM = "Support desk"


@dataclass(frozen=True)
class Person:
    """Somebody who takes part."""

    key: str
    name: str
    roles: tuple[str, ...]

    @property
    def email(self) -> str:
        """The address to sign in with; example.org is reserved for this (RFC 2606)."""
        return f"{self.key}@example.org"


# Erin holds two roles on purpose: she could approve, but not what she made herself.
PEOPLE = (
    Person("erin", "Erin Engineer", ("engineer", "approver")),
    Person("carol", "Carol Compliance", ("compliance_officer",)),
    Person("amir", "Amir Approver", ("approver",)),
    Person("ada", "Ada Administrator", ("administrator",)),
    Person("otto", "Otto Auditor", ("auditor",)),
)


def clients(site: Site) -> dict[str, Client]:
    """A client for each person; people are made on the first run, and each run makes short-lived tokens."""
    path = site.var_dir / "demo" / "people.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        _make(site, path)
    found = {}
    for person in PEOPLE:
        token = manage(site, "api_token_create", person.email, "--name", "demo", "--days", "1").strip()
        found[person.key] = Client(site.address, token, person.name)
    return found


def _make(site: Site, path: Path) -> None:
    passwords = {person.key: secrets.token_urlsafe(12) for person in PEOPLE}
    for person in PEOPLE:
        # One word with its option: a drawn password may begin with a hyphen, which would read as another option.
        options = ["--name", person.name, "--team", TEAM, f"--password={passwords[person.key]}"]
        options += [word for role in person.roles for word in ("--role", role)]
        options += ["--staff"] if "administrator" in person.roles else []
        manage(site, "person_create", person.email, *options)
        if "administrator" in person.roles:
            manage(site, "site_administrator", person.email)
    _write_private(path, json.dumps({person.email: passwords[person.key] for person in PEOPLE}, indent=1))
    lines = [f"  {person.email:<22} {passwords[person.key]:<20} {person.name}" for person in PEOPLE]
    _write_private(site.var_dir / "sign-in.txt", "\n".join(["Sign in as one of the demo's people:", *lines, ""]))


def _write_private(path: Path, text: str) -> None:
    path.touch(mode=0o600)
    path.write_text(text)
