"""Load framework files for the whole site, or only check them."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.accounts.queries import person_by_email
from apps.checklist.queries import read_framework
from apps.checklist.rules import Framework, FrameworkInvalid
from apps.checklist.services import framework_load
from apps.core.errors import DomainError

UNUSABLE = 2


class Command(BaseCommand):
    """`manage.py framework_load FILE … --as EMAIL`, or `--check FILE …`, which writes nothing and needs no database."""

    help = "Load framework files for the whole site. Errors name the file, the line and the rule; the exit code is 2."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which files, and in whose name."""
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
        who = parser.add_mutually_exclusive_group(required=True)
        who.add_argument("--as", dest="email", metavar="EMAIL", help="load them in the name of this person")
        who.add_argument("--check", action="store_true", help="only say whether the files keep the rules")

    def handle(self, *args: Any, **options: Any) -> None:
        """Take each file; those that keep the rules are loaded whatever the others do."""
        problems = [problem for path in options["files"] for problem in self._take(path, options["email"])]
        if problems:
            raise CommandError("\n".join(problems), returncode=UNUSABLE)

    def _take(self, path: Path, email: str | None) -> list[str]:
        try:
            if email is None:
                self.stdout.write(f"{path.name}: {in_words(read_framework(path))}")
            else:
                self._load(path, email)
        except (FrameworkInvalid, OSError) as error:
            return [str(error)]
        except DomainError as error:
            return [f"{error.message} {error.remedy}".strip()]
        return []

    def _load(self, path: Path, email: str) -> None:
        by = person_by_email(email)
        if by is None:
            raise CommandError("Nobody has this e-mail address.", returncode=UNUSABLE)
        row = framework_load(by=by, text=path.read_bytes(), name=path.name)
        self.stdout.write(f"{path.name}: loaded {row.urn} version {row.version}, {row.digest}")


def in_words(framework: Framework) -> str:
    """A framework in one line."""
    groups, questions = len(framework.sections), len(framework.questions)
    return f"{framework.urn} version {framework.version}: {groups} groups, {questions} questions, {framework.digest}"
