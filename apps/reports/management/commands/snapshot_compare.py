import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.core.errors import DomainError
from apps.reports.models import Snapshot
from apps.reports.queries.snapshots import comparison_of, in_order


class Command(BaseCommand):
    help = "Write what differs between two snapshots of one thing as JSON, however large they are."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("before", type=int)
        parser.add_argument("after", type=int)

    def handle(self, *args: Any, **options: Any) -> None:
        found = Snapshot.objects.in_bulk([options["before"], options["after"]])
        if len(found) != 2:
            raise CommandError("There is no such snapshot, or it is twice the same.")
        try:
            told = comparison_of(*in_order(*found.values()), most=sys.maxsize).as_json
        except DomainError as error:
            raise CommandError(f"{error.message} {error.remedy}".strip()) from error
        self.stdout.write(json.dumps(told, indent=1, ensure_ascii=False))
