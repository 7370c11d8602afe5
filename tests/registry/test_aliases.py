"""Aliases: where they point, who moved them, which are protected, and two people who move one at once."""

import pytest

from apps.accounts.rules import COMPLIANCE
from apps.audit.models import AuditEntry
from apps.core.errors import Conflict, Invalid, NotFound, Refused
from apps.registry.models import AliasMove, ModelAlias
from apps.registry.rules.aliases import alias_problem
from apps.registry.services import alias_delete, alias_set, aliases_protect, version_reject
from tests.makers import make_approved, make_model, make_person, make_version
from tests.people import make_people

pytestmark = pytest.mark.django_db


def test_an_alias_points_moves_and_goes_and_each_step_is_kept() -> None:
    people = make_people()
    model = make_model(people.olga, people.team)
    first, second = (make_version(people.olga, people.team, model=model) for _ in range(2))
    alias_set(by=people.olga, model=model, name="trial", version=first, reason="first try")
    alias_set(by=people.olga, model=model, name="trial", version=second)
    alias_set(by=people.olga, model=model, name="trial", version=second)  # nothing moves, nothing is noted
    alias_delete(by=people.olga, model=model, name="trial", reason="done with it")
    moves = AliasMove.objects.filter(model=model).order_by("pk")
    assert [(move.previous, move.version, move.reason) for move in moves] == [
        (None, first, "first try"),
        (first, second, ""),
        (second, None, "done with it"),
    ]
    assert list(AuditEntry.objects.filter(action__startswith="alias.").values_list("action", flat=True)) == [
        "alias.delete",
        "alias.set",
        "alias.set",
    ]
    with pytest.raises(NotFound):
        alias_delete(by=people.olga, model=model, name="trial")


def test_a_protected_alias_goes_to_deployable_versions_only() -> None:
    people = make_people()
    approved = make_approved(people.team, by=people.olga, approver=people.rui)
    draft = make_version(people.olga, people.team, model=approved.model)
    with pytest.raises(Refused) as refusal:
        alias_set(by=people.olga, model=approved.model, name="champion", version=draft)
    assert refusal.value.code == "alias.protected"
    assert "is draft, not approved" in refusal.value.message
    assert f"/models/versions/{draft.pk}/checklist/" in refusal.value.remedy
    assert alias_set(by=people.olga, model=approved.model, name="champion", version=approved).version == approved
    version_reject(by=people.rui, version=approved, reason="found a fault")
    with pytest.raises(Refused):  # even to where it points already: the approval is gone
        alias_set(by=people.olga, model=approved.model, name="champion", version=approved)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"held_files": 2}, "has 2 files in quarantine"),
        ({"manifest_digest": "0" * 64}, "has other files than those that were approved"),
        ({"manifest_digest": ""}, "has no files yet"),
    ],
)
def test_what_stands_against_a_protected_alias_is_named(change: dict[str, object], words: str) -> None:
    people = make_people()
    version = make_approved(people.team, by=people.olga, approver=people.rui)
    type(version).objects.filter(pk=version.pk).update(**change)
    with pytest.raises(Refused, match=words):
        alias_set(by=people.olga, model=version.model, name="production", version=version)


def test_whoever_expects_another_version_is_told() -> None:
    people = make_people()
    model = make_model(people.olga, people.team)
    first, second = (make_version(people.olga, people.team, model=model) for _ in range(2))
    alias_set(by=people.olga, model=model, name="trial", version=first, expect_version=0)
    with pytest.raises(Conflict, match="points at version 1 now"):
        alias_set(by=people.olga, model=model, name="trial", version=second, expect_version=0)
    with pytest.raises(Conflict):
        alias_delete(by=people.olga, model=model, name="trial", expect_version=2)
    alias_set(by=people.olga, model=model, name="trial", version=second, expect_version=1)
    assert ModelAlias.objects.get(model=model).version == second


def test_the_list_of_protected_aliases_is_not_the_engineers_to_change() -> None:
    people = make_people()
    officer = make_person(COMPLIANCE, team=people.team)
    version = make_version(people.olga, people.team)
    with pytest.raises(Refused):
        aliases_protect(by=people.olga, model=version.model, names=[], reason="in a hurry")
    with pytest.raises(Invalid):
        aliases_protect(by=officer, model=version.model, names=["trial"], reason=" ")
    with pytest.raises(Invalid):
        aliases_protect(by=officer, model=version.model, names=["v3"], reason="versions")
    model = aliases_protect(by=officer, model=version.model, names=["trial", "trial"], reason="the trial is live now")
    assert model.protected_aliases == ["trial"]
    with pytest.raises(Refused):
        alias_set(by=people.olga, model=version.model, name="trial", version=version)
    alias_set(by=people.olga, model=version.model, name="champion", version=version)  # no longer protected


def test_outsiders_and_strange_versions() -> None:
    people = make_people()
    version, other = make_version(people.olga, people.team), make_version(people.olga, people.team)
    with pytest.raises(NotFound):
        alias_set(by=people.xena, model=version.model, name="trial", version=version)
    with pytest.raises(Refused):
        alias_set(by=people.rui, model=version.model, name="trial", version=version)
    with pytest.raises(NotFound):
        alias_set(by=people.olga, model=version.model, name="trial", version=other)


@pytest.mark.parametrize("name", ["", "latest", "LATEST", "v1", "V22", "a b", "a/b", "x" * 256, "champion\n", "a:b"])
def test_names_that_no_alias_can_have(name: str) -> None:
    assert alias_problem(name)


@pytest.mark.parametrize("name", ["champion", "prod-eu_1", "v1a", "später", "推荐", "x" * 255])
def test_names_that_an_alias_can_have(name: str) -> None:
    assert alias_problem(name) == ""
