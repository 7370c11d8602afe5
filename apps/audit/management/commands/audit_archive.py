from argparse import ArgumentParser
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.audit.queries.segments import segment_path
from apps.audit.services.archives import archive
from apps.core.errors import DomainError


def _midnight(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)


class Command(BaseCommand):
    help = "Move entries older than a date from the database to a file that still verifies."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--before", required=True, type=_midnight, metavar="DATE", help="YYYY-MM-DD, UTC")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            segment = archive(before=options["before"])
        except DomainError as error:
            raise CommandError(f"{error.message} {error.remedy}".strip()) from None
        if segment is None:
            self.stdout.write("No entry is that old.")
            return
        self.stdout.write(f"Entries {segment.first} to {segment.last} lie in {segment_path(segment)}")
        self.stdout.write(f"SHA-256 {segment.sha256}, {segment.size} bytes, read back and verified.")
