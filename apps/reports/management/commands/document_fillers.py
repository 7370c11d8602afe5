from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from apps.reports.rules.documents.filling import CONDITIONS, FILLERS


class Command(BaseCommand):
    help = "List what can fill the points of a document (`fill`) and the rules by which they apply (`applies`)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("word", nargs="?", default="", help="only names and lines that hold this word")

    def handle(self, *args: Any, **options: Any) -> None:
        for title, known in (("fill", FILLERS), ("applies", CONDITIONS)):
            lines = [f"  {name:<34} {_first_line(function)}" for name, function in sorted(known.items())]
            kept = [line for line in lines if options["word"].lower() in line.lower()]
            if kept:
                self.stdout.write("\n".join([f"{title}:", *kept]))


def _first_line(function: object) -> str:
    return (getattr(function, "__doc__", None) or "").strip().partition("\n")[0]
