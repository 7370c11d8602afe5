from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from apps.catalog.services import chunks_sweep
from apps.core.formatting import file_size


class Command(BaseCommand):
    help = "Remove the chunks of files that never became a version and that nobody touched for CHUNK_KEEP_DAYS."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="count, and remove nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        swept = chunks_sweep(is_trial=options["dry_run"])
        done = "would go" if options["dry_run"] else "removed"
        days = settings.CHUNK_KEEP_DAYS
        self.stdout.write(f"{swept.looked_at} files in chunks; of those untouched for {days} days")
        self.stdout.write(f"{done}: {swept.lists} files, {swept.chunks} chunks, {file_size(swept.size)}")
