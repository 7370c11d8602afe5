import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.serializers.json import DjangoJSONEncoder

from apps.checklist.queries import GENAIOPS, assessment_of, present_view
from apps.checklist.queries.explaining import gate_explained
from apps.checklist.rules import AssessmentView, GateItem
from apps.registry.models import ModelVersion

RED, UNUSABLE, NOT_APPROVED = 1, 2, 3


class Command(BaseCommand):
    help = (
        "Say whether a version may be approved, by the policy that holds for it. Exit code 0: green, 1: red, "
        "2: there is nothing to check, 3 (with --approved): green, but no approval holds."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("version", metavar="MODEL@VERSION", help="for example support-desk@3 or my-team/name@3")
        parser.add_argument("--framework", default=GENAIOPS, help="the framework's URN")
        parser.add_argument("--json", action="store_true", help="write the whole explanation as one JSON object")
        parser.add_argument("--approved", action="store_true", help="ask also for an approval that still holds")

    def handle(self, *args: Any, **options: Any) -> None:
        version = _version(options["version"])
        assessment = assessment_of(version, options["framework"])
        if assessment is None:
            raise CommandError(f"{version} has no checklist yet.", returncode=UNUSABLE)
        view = present_view(assessment)
        if options["json"]:
            self.stdout.write(json.dumps(gate_explained(view), cls=_Encoder, indent=2, ensure_ascii=False))
        else:
            self._tell(view)
        if not view.gate.is_green:
            raise CommandError(f"RED: {version}, {len(view.gate.problems)} problems", returncode=RED)
        if options["approved"] and not view.is_approval_current:
            raise CommandError(f"NOT APPROVED: {version}", returncode=NOT_APPROVED)
        if not options["json"]:
            self.stdout.write(f"GREEN: {version}")

    def _tell(self, view: AssessmentView) -> None:
        for item in view.gate.problems:
            self.stdout.write(f"{item.question}: {item.problem} {item.remedy}")


class _Encoder(DjangoJSONEncoder):
    """Days and times as ISO 8601, and each reason against approval by its fields."""

    def default(self, o: Any) -> Any:
        if isinstance(o, GateItem):
            names = ("question", "kind", "problem", "remedy", "conflict", "page", "key")
            return {name: getattr(o, name) for name in names}
        return super().default(o)


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
