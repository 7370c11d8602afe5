"""Check framework files: `manage.py framework_load --check FILE …`."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.checklist.queries import read_framework
from apps.checklist.rules import Framework, FrameworkInvalid

UNUSABLE = 2


class Command(BaseCommand):
    """Reads each file and says every rule that it breaks, with its line."""

    help = "Check framework files. With --check nothing is written."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which files."""
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
        parser.add_argument(
            "--check", action="store_true", required=True, help="only say whether the files keep the rules"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Check each file; the exit code is 2 where one of them breaks a rule."""
        problems = [problem for path in options["files"] for problem in self._check(path)]
        if problems:
            raise CommandError("\n".join(problems), returncode=UNUSABLE)

    def _check(self, path: Path) -> list[str]:
        try:
            found = read_framework(path)
        except (FrameworkInvalid, OSError) as error:
            return [str(error)]
        self.stdout.write(f"{path.name}: {in_words(found)}")
        return []


def in_words(framework: Framework) -> str:
    """A framework in one line."""
    groups, questions = len(framework.sections), len(framework.questions)
    return f"{framework.urn} version {framework.version}: {groups} groups, {questions} questions, {framework.digest}"
