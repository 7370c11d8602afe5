"""`manage.py gate_check` for a build server: the exit code says whether a version may be approved."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from tests.checklist.conftest import World
from tests.stories import make_base_version


def check(name: str) -> str:
    out = StringIO()
    call_command("gate_check", name, stdout=out)
    return out.getvalue()


def test_green(submitted: World) -> None:
    assert check("Desk@1") == "GREEN: Desk v1\n"
    assert check("support-desk/Desk@1") == "GREEN: Desk v1\n"


def test_red_lists_every_problem(world: World) -> None:
    out = StringIO()
    with pytest.raises(CommandError) as refused:
        call_command("gate_check", "Desk@1", stdout=out)
    assert refused.value.returncode == 1
    assert out.getvalue().count("\n") == 18


@pytest.mark.parametrize("name", ["Desk", "Desk@two", "Nobody@1", "Desk@9", "Base@1"])
def test_nothing_to_check(world: World, name: str) -> None:
    with pytest.raises(CommandError) as refused:
        check(name)
    assert refused.value.returncode == 2


def test_a_name_that_two_teams_use_has_to_be_told_apart(submitted: World) -> None:
    make_base_version(submitted.people.xena, submitted.people.other_team, "Desk")
    with pytest.raises(CommandError, match="TEAM/MODEL@VERSION") as refused:
        check("Desk@1")
    assert refused.value.returncode == 2
    assert check("support-desk/Desk@1") == "GREEN: Desk v1\n"
