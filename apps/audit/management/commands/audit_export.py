from argparse import ArgumentParser
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from apps.audit.queries import fields_of
from apps.audit.queries.exports import Wanted, entries_wanted, event_source
from apps.audit.rules.extracts import FORMS, JSON_LINES, Extract, sealed_lines
from apps.audit.services.keys import signing_key
from apps.audit.services.once import write_once
from apps.core.errors import DomainError


def _day(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)


class Command(BaseCommand):
    help = "Write entries of the audit trail that are in the database to a new file, sealed with the portal's key."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="a file that is not there yet")
        parser.add_argument("--format", choices=list(FORMS), default=JSON_LINES)
        for name in ("action", "actor", "object_type", "object_id"):
            parser.add_argument(f"--{name.replace('_', '-')}", default="")
        parser.add_argument("--since", type=_day, metavar="DATE", help="YYYY-MM-DD, UTC")
        parser.add_argument("--until", type=_day, metavar="DATE", help="YYYY-MM-DD, UTC; that day left out")

    def handle(self, *args: Any, **options: Any) -> None:
        names = ("action", "actor", "object_type", "object_id", "since", "until")
        wanted = Wanted(**{name: options[name] for name in names})
        try:
            at = timezone.now().isoformat(timespec="microseconds")
            extract = Extract(signing_key(), at, wanted.in_words(), options["format"], event_source())
            lines = sealed_lines(fields_of(entries_wanted(wanted)), extract)
            write_once(options["file"], _encoded(lines))
        except DomainError as error:
            raise CommandError(f"{error.message} {error.remedy}".strip()) from None
        self.stdout.write(f"Written: {options['file']}. Verify it: manage.py audit_verify --file {options['file']}")


def _encoded(lines: Iterator[str]) -> Iterator[bytes]:
    return (line.encode() for line in lines)
