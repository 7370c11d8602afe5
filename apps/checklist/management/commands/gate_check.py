from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.checklist.queries import GENAIOPS, assessment_of, gate_of
from apps.registry.models import ModelVersion

RED, UNUSABLE = 1, 2


class Command(BaseCommand):
    help = "Say whether a version may be approved. Exit code 0: green, 1: red, 2: there is nothing to check."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("version", metavar="MODEL@VERSION", help="for example support-desk@3 or my-team/name@3")
        parser.add_argument("--framework", default=GENAIOPS, help="the framework's URN")

    def handle(self, *args: Any, **options: Any) -> None:
        version = _version(options["version"])
        assessment = assessment_of(version, options["framework"])
        if assessment is None:
            raise CommandError(f"{version} has no checklist yet.", returncode=UNUSABLE)
        gate = gate_of(assessment)
        for item in gate.problems:
            self.stdout.write(f"{item.question}: {item.problem} {item.remedy}")
        if not gate.is_green:
            raise CommandError(f"RED: {version}, {len(gate.problems)} problems", returncode=RED)
        self.stdout.write(f"GREEN: {version}")


def _version(given: str) -> ModelVersion:
    """The version that MODEL@VERSION or TEAM/MODEL@VERSION names."""
    name, _, number = given.rpartition("@")
    if not name or not number.isdigit():
        raise CommandError("Name the version as MODEL@VERSION, for example support-desk@3.", returncode=UNUSABLE)
    versions = ModelVersion.objects.filter(number=int(number)).select_related("model")
    found = list(versions.filter(model__name=name)[:2])
    team, _, rest = name.partition("/")
    if not found and rest:
        found = list(versions.filter(model__name=rest, team__slug=team)[:2])
    if len(found) != 1:
        problem = "There is no such version." if not found else "Several teams have it: name it as TEAM/MODEL@VERSION."
        raise CommandError(problem, returncode=UNUSABLE)
    return found[0]
